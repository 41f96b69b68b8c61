/** Starts programs of the user's own, npm and git: bounded in time and in what they may say, ended when nobody waits any more. */
import { spawn } from 'node:child_process'
import { fail } from '../errors.ts'

export interface Programs {
  /** What it printed. Throws NEXUS_PLUGINS_PROGRAM with the last lines it complained with, _NO_PROGRAM, _STOPPED. */
  run(program: 'npm' | 'git', args: readonly string[], options: RunOptions): Promise<string>
}
export interface RunOptions {
  readonly cwd: string
  readonly signal: AbortSignal
  /** Milliseconds, 10 minutes. */
  readonly timeoutMs?: number
  /** Also give what it printed if it failed. */
  readonly tolerant?: boolean
}

const usualMs = 600_000
const mostOutput = 32 * 1024 * 1024
const mostComplaint = 16 * 1024

export function programs(env: () => NodeJS.ProcessEnv): Programs {
  return {
    run(program, args, { cwd, signal, timeoutMs = usualMs, tolerant = false }) {
      return new Promise((resolve, reject) => {
        const stopped = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
        const child = spawn(program, args, { cwd, env: quiet(env()), stdio: ['ignore', 'pipe', 'pipe'], signal: stopped, killSignal: 'SIGKILL' })
        const output: Buffer[] = []
        let [bytes, complaint] = [0, '']
        child.stdout.on('data', (part: Buffer) => {
          if ((bytes += part.length) <= mostOutput) output.push(part)
          else child.kill('SIGKILL')
        })
        child.stderr.on('data', (part: Buffer) => { complaint = (complaint + part).slice(-mostComplaint) })
        child.once('error', (error: NodeJS.ErrnoException) => {
          reject(error.code === 'ENOENT' ? fail('NEXUS_PLUGINS_NO_PROGRAM', { program }, error) : fail('NEXUS_PLUGINS_STOPPED', { program, why: signal.aborted ? 'it was called off' : `it took longer than ${timeoutMs / 1_000} s` }, error))
        })
        child.once('close', (code) => {
          const text = Buffer.concat(output).toString()
          if (code === 0 || (tolerant && code !== null)) return resolve(text)
          reject(fail('NEXUS_PLUGINS_PROGRAM', { program, reason: bytes > mostOutput ? 'it said too much' : told(complaint) || `exit status ${code}` }))
        })
      })
    },
  }
}

/** Neither asks anything, nor runs what belongs to another project. */
function quiet(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { NODE_OPTIONS: _, NEXUS_TOKEN: __, ...rest } = env
  return { ...rest, GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: rest['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes', NO_UPDATE_NOTIFIER: '1' }
}

/** What npm and git say of a failure, without their decoration, and without secrets that stand in addresses. */
function told(complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.replace(/^npm (error|ERR!) ?(code \w+)?/, '$2').trim()).filter((line) => line !== '' && !/complete log of this run|^npm (warn|notice)|^code E/i.test(line))
  return lines.slice(0, 4).join('; ').replace(/\/\/[^/@\s]+@/g, '//').slice(0, 600)
}
