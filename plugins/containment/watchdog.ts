/**
 * The main thread's side of the watch: a heart that beats as long as the event loop turns, and the thread that listens.
 * It is about real time, so it does not follow `ctx.clock`.
 */
import { url as debuggedAt } from 'node:inspector'
import { Worker } from 'node:worker_threads'
import { threadCode, type Blocked, type ThreadData, type WatchedPlugin } from './thread.ts'

export interface WatchdogOptions {
  readonly marker: SharedArrayBuffer
  readonly file: string | undefined
  readonly warnMs: number
  /** 0: never. */
  readonly killMs: number
  onBlocked(blocked: Blocked): void
  onTrouble(error: unknown): void
}
export interface Watchdog extends AsyncDisposable {
  tell(plugins: readonly WatchedPlugin[]): void
}

/** With it a process ends that was blocked for too long: of its own, so that a service manager can tell. */
export const blockedStatus = 86

/** Nothing while a debugger may stop the main thread: it would be taken for a blocked loop. */
export function startWatchdog({ marker, file, warnMs, killMs, onBlocked, onTrouble }: WatchdogOptions): Watchdog | undefined {
  if (debuggedAt() !== undefined) return undefined
  const stepMs = Math.max(10, Math.min(250, Math.floor(warnMs / 4)))
  const beat = new SharedArrayBuffer(4)
  const cell = new Int32Array(beat)
  const workerData: ThreadData = { beat, marker, file, warnMs, killMs, stepMs, status: blockedStatus }
  const thread = new Worker(threadCode, { eval: true, workerData, execArgv: [], env: {}, resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2, stackSizeMb: 1 } })
  thread.on('message', onBlocked)
  thread.on('error', onTrouble)
  thread.unref()
  const heart = setInterval(() => { Atomics.add(cell, 0, 1) }, stepMs).unref()
  return {
    // oxlint-disable-next-line require-post-message-target-origin -- a thread is no window
    tell: (plugins) => thread.postMessage(plugins),
    async [Symbol.asyncDispose]() {
      clearInterval(heart)
      await thread.terminate()
    },
  }
}
