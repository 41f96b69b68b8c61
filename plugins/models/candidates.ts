/** What may be tried for a request, and what of it now. Pure. */
import type { Account } from './attempt.ts'
import type { FailureKind } from './errors.ts'
import type { ModelSpec } from './spec.ts'

export interface Candidate { readonly spec: ModelSpec; readonly account?: Account }

/** Whether something may be sent to a candidate now. */
export interface Gate {
  /** `cooling`: others first. `open`: nothing at all. */
  readonly state: 'ready' | 'cooling' | 'open'
  readonly until?: number
  /** The provider itself named `until`. */
  readonly hard?: boolean
  readonly reason?: FailureKind
  /** Somebody is finding out right now whether it works again. */
  readonly busy?: boolean
}

export interface Option {
  readonly candidate: Candidate
  readonly gate: Gate
  /** It has failed in this request, and may be tried once more from then on. */
  readonly notBefore?: number
}

export interface Choice { readonly option: Option; readonly waitMs: number }

/**
 * The first that is ready. At the start of a request also one that is cooling, so that a request whose accounts all
 * cool is still tried once; else the first that will be ready within `patienceMs`.
 */
export function choose(options: readonly Option[], now: number, patienceMs: number, first: boolean): Choice | undefined {
  const ready = options.find(({ gate, notBefore = 0 }) => gate.state === 'ready' && notBefore <= now)
    ?? (first ? options.find(({ gate }) => gate.state === 'cooling' && !gate.hard && !gate.busy) : undefined)
  if (ready) return { option: ready, waitMs: 0 }
  const soon = options.flatMap((option) => {
    const at = readyAt(option)
    return at !== undefined && at - now <= patienceMs ? [{ option, waitMs: Math.max(0, at - now) }] : []
  })
  return soon.toSorted((a, b) => a.waitMs - b.waitMs)[0]
}

function readyAt({ gate, notBefore }: Option): number | undefined {
  if (gate.state === 'ready') return notBefore
  if (gate.state === 'cooling' && gate.hard && gate.until !== undefined) return Math.max(gate.until, notBefore ?? 0)
  return undefined
}

/** What is left after a failure, what would fail for the same reason last. */
export function after(options: readonly Candidate[], failed: Candidate, kind: FailureKind): readonly Candidate[] {
  const left = options.filter((candidate) => candidate !== failed)
  const alike = (candidate: Candidate): boolean => {
    if (candidate.spec.provider !== failed.spec.provider) return false
    if (kind === 'network') return true
    if (kind === 'auth' || kind === 'billing') return candidate.account?.id === failed.account?.id
    return kind !== 'rate_limit' && candidate.spec.id === failed.spec.id
  }
  return [...left.filter((candidate) => !alike(candidate)), ...left.filter(alike)]
}

/** Whether another candidate may do better. A refusal and too long a conversation are answers. */
export const mayFallBack = (kind: FailureKind): boolean => kind !== 'refusal' && kind !== 'context_length'

/** Once more at the same place, after a moment: where the server answered that it cannot now, or the connection broke. */
export function mayRepeat(kind: FailureKind, status: number | undefined, retryAfterMs: number | undefined, patienceMs: number): boolean {
  if (retryAfterMs !== undefined) return status !== undefined && retryAfterMs <= patienceMs && (kind === 'rate_limit' || kind === 'server' || kind === 'timeout')
  return kind === 'network' || (kind === 'server' && status !== undefined)
}
