/** A program of the settings, in a process group of its own: what it starts goes when it goes. */
import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import type { Clock } from 'nexus-gateway/sdk'

export interface ChildOptions {
  readonly command: string
  readonly args: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

export interface Child {
  readonly process: ChildProcessWithoutNullStreams
  /** How it ended, such as `code 1` or `SIGKILL`. */
  readonly ended: Promise<string>
  /** Closes its input, then asks, then kills it with its group. Within 1.2 s, whatever it does. */
  stop(): Promise<void>
}

const inputMs = 200
const askedMs = 700

/** Rejects when there is no such program, or no such folder. */
export async function startChild({ command, args, cwd, env }: ChildOptions, clock: Clock): Promise<Child> {
  const grouped = process.platform !== 'win32'
  const child = spawn(command, [...args], { cwd, env, stdio: ['pipe', 'pipe', 'pipe'], detached: grouped, windowsHide: true })
  // Writing to one that has gone is no fault of ours.
  child.stdin.on('error', () => undefined)
  const ended = new Promise<string>((resolve) => child.once('exit', (code, signal) => resolve(signal ?? `code ${code}`)))
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve)
    child.once('error', reject)
  })
  child.on('error', () => undefined)

  function signal(name: NodeJS.Signals): void {
    try {
      if (grouped) process.kill(-child.pid!, name)
      else child.kill(name)
    } catch {
      // It has gone already.
    }
  }
  /** What it has started may outlive it, and must not. */
  void ended.then(() => signal('SIGKILL'))

  const within = (ms: number): Promise<boolean> => new Promise((resolve) => {
    const timer = clock.setTimeout(() => resolve(false), ms)
    void ended.then(() => {
      clock.clearTimeout(timer)
      resolve(true)
    })
  })

  let stopping: Promise<void> | undefined
  async function end(): Promise<void> {
    child.stdin.end()
    if (!await within(inputMs)) {
      signal('SIGTERM')
      if (!await within(askedMs)) signal('SIGKILL')
    }
    await ended
    for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
  }
  return { process: child, ended, stop: () => stopping ??= end() }
}
