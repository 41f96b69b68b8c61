/** One try at one model with one account: what budgets see before it, and what everybody learns after it. */
import { hook } from 'nexus-gateway/sdk'
import type { Cause, NexusError } from 'nexus-gateway/sdk'
import type { FailureKind } from './errors.ts'
import type { ModelSpec } from './spec.ts'
import type { ModelUsage } from './usage.ts'

/** A credential of a provider; never the credential itself. Used in the order oauth, token, key. */
export interface Account { readonly id: string; readonly kind: 'oauth' | 'token' | 'key' }

export interface Attempt {
  /** Unique in the installation. */
  readonly id: string
  /** The request it belongs to; tries of one request share it. */
  readonly request: string
  /** 1 for the first try of a request. */
  readonly nth: number
  readonly cause: Cause
  readonly runId?: string
  readonly sessionKey?: string
  readonly agentId?: string
  readonly provider: string
  readonly model: string
  readonly account?: string
  /** With the price, where one is known. */
  readonly spec: ModelSpec
  /** The most tokens it may come to: of input by size, of output by the limits of request and model. */
  readonly estimate: { readonly input: number; readonly output: number }
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

export interface AttemptOutcome {
  /** `refused`: a tap of `models.before` said no, the request was not `ready` or was aborted meanwhile; nothing was sent. */
  readonly status: 'ok' | 'failed' | 'aborted' | 'refused'
  readonly kind?: FailureKind
  /** Of the provider's answer, where a failure came as one. */
  readonly httpStatus?: number
  /** No connection was made: nothing of the request was sent, so it can cost nothing. Left out where that is not sure. */
  readonly unsent?: true
  /** Counted by the provider; left out when it has not said, as after most failures. */
  readonly usage?: ModelUsage
  /** Characters of the answer that came, whatever became of it. */
  readonly characters: number
  /** Milliseconds until the first piece, and until the end. */
  readonly firstMs?: number
  readonly durationMs: number
}

/** What a tap of `models.before` may do besides refusing. Both are without effect once the attempt has ended. */
export interface AttemptControl {
  /** The answer may have at most so many tokens, a whole number from 1; of several the least counts. Only until `models.before` is over. */
  limitOutput(tokens: number): void
  /** Ends the attempt, whatever it does: the request rejects with `error`, and nothing else is tried for it. The first counts. */
  stop(error: NexusError): void
}

/** Before anything is sent. Throwing a `NexusError` refuses the whole request: nothing else is tried for it. */
export const modelBefore = hook.series<[Attempt, AttemptControl]>('models.before', { onError: 'fail' })
/** Exactly once for every attempt that `models.before` was asked about, whatever became of it. */
export const modelAfter = hook.series<[Attempt, AttemptOutcome]>('models.after')
