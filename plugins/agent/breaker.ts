/** Notices a model that makes the same call over and over although the answer stays the same. */
import { createHash } from 'node:crypto'

/** A call whose last three answers were the same is not made a fourth time. */
const sameAnswers = 3
/** How often a model may be told so before its run is ended. */
const warnings = 2

export interface Breaker {
  /** `run` the call, `refuse` it and tell the model, or `stop` the run. */
  check(name: string, args: unknown): 'run' | 'refuse' | 'stop'
  answered(name: string, args: unknown, answer: unknown): void
}

/** One per run; it remembers two hashes per different call, and a run's calls are bounded. */
export function createBreaker(): Breaker {
  const calls = new Map<string, { answer: string; times: number; refused: number }>()
  return {
    check(name, args) {
      const call = calls.get(hash([name, args]))
      if (!call || call.times < sameAnswers) return 'run'
      call.refused++
      return call.refused > warnings ? 'stop' : 'refuse'
    },
    answered(name, args, answer) {
      const key = hash([name, args])
      const print = hash(answer)
      const before = calls.get(key)
      if (before?.answer === print) before.times++
      else calls.set(key, { answer: print, times: 1, refused: 0 })
    },
  }
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value) ?? '').digest('base64')
}
