import type { Clock } from './contract.ts'

/** Wall-clock time. Its timers do not keep the process alive: a gateway lives by its listeners. */
export const realClock: Clock = {
  now: () => Date.now(),
  setTimeout: (run, ms) => setTimeout(run, ms).unref(),
  clearTimeout: (timer) => clearTimeout(timer as NodeJS.Timeout),
}
