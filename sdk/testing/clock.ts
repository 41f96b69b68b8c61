/** Time that stands still until a test moves it. */
import type { Clock } from '../../kernel/contract.ts'

export interface PendingTimer {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Where it was set: the first line outside this package's own code, if there is one. */
  readonly from: string
}
export interface TestClock extends Clock {
  /** Runs what falls due within `ms`, in order, and lets promises settle after each timer. */
  advance(ms: number): Promise<void>
  /** Timers that have not fired. */
  pending(): readonly PendingTimer[]
}

/** Timers that may fire at one instant: one that sets itself again without a delay would turn for ever. */
const MOST = 10_000
const EPOCH = Date.UTC(2026, 0, 1)
// Kept here so that a test runner's own fake timers cannot stop it.
const { setImmediate } = globalThis

/** Lets every promise that can settle without time or I/O do so. */
export const settled = (): Promise<void> => new Promise((resolve) => { setImmediate(() => resolve()) })

interface Timer { readonly at: number; readonly run: () => void; readonly made: Error }

export function fakeClock(start = EPOCH): TestClock {
  const timers = new Set<Timer>()
  let now = start

  // A Set keeps insertion order, so timers due at one instant run in the order in which they were set.
  function due(until: number): Timer | undefined {
    let first: Timer | undefined
    for (const timer of timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer
    return first
  }

  return {
    now: () => now,
    setTimeout(run, ms) {
      const timer = { at: now + Math.max(0, ms || 0), run, made: new Error('set here') }
      timers.add(timer)
      return timer
    },
    clearTimeout: (timer) => void timers.delete(timer as Timer),
    pending: () => [...timers].map(({ at, made }) => ({ at, from: caller(made) })),
    async advance(ms) {
      const until = now + ms
      await settled()
      for (let ran = 0, next = due(until); next; next = due(until)) {
        ran = next.at > now ? 0 : ran + 1
        if (ran > MOST) throw new Error(`a timer sets itself again without a delay, at ${caller(next.made)}`)
        timers.delete(next)
        now = Math.max(now, next.at)
        next.run()
        await settled()
      }
      now = until
    },
  }
}

// In the source these are kernel/ and sdk/, in the build both are the folder of the build.
const ours = ['../../kernel/', '../'].map((dir) => new URL(dir, import.meta.url).pathname)

function caller(made: Error): string {
  const frames = (made.stack ?? '').split('\n').slice(1).map((line) => line.trim().replace(/^at /, ''))
  return frames.find((frame) => !frame.includes('node:internal') && !ours.some((dir) => frame.includes(dir))) ?? 'an unknown place'
}
