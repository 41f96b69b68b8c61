/** Programs of the author's machine, run to their end or to a deadline. */
import { spawn } from 'node:child_process'

export interface Ran {
  /** `undefined`: it was ended at the deadline, or could not be started. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
  readonly late: boolean
}
export interface RunOptions { readonly cwd: string; readonly env?: NodeJS.ProcessEnv; readonly deadlineMs: number; readonly signal?: AbortSignal | undefined }

const most = 4 * 1024 * 1024

/** Never rejects. What it starts itself is ended with it. */
export function run(program: string, args: readonly string[], { cwd, env = process.env, deadlineMs, signal }: RunOptions): Promise<Ran> {
  return new Promise((resolve) => {
    const out = { stdout: '', stderr: '' }
    let late = false
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: process.platform !== 'win32' })
    const end = (): void => {
      try {
        process.kill(process.platform === 'win32' ? child.pid! : -child.pid!, 'SIGKILL')
      } catch {
        // It has ended by itself.
      }
    }
    const timer = setTimeout(() => { late = true; end() }, deadlineMs)
    signal?.addEventListener('abort', end, { once: true })
    for (const name of ['stdout', 'stderr'] as const) child[name].on('data', (piece: Buffer) => { if (out[name].length < most) out[name] += piece.toString() })
    const done = (code: number | undefined, stderr = out.stderr): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      resolve({ code: late ? undefined : code, stdout: out.stdout, stderr, late })
    }
    child.on('error', (error) => done(undefined, error.message))
    child.on('close', (code) => done(code ?? undefined))
  })
}
