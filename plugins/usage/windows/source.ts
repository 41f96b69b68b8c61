/** Who tells what has been used, and what is told. */
import { hook } from 'nexus-gateway/sdk'
import type { Cause, MaybePromise } from 'nexus-gateway/sdk'

/** `usedPercent` from 0 to 100, `resetAt` in ms since the epoch. */
export interface UsageWindowRead { readonly label: string; readonly usedPercent: number; readonly resetAt?: number }
export interface UsageRead { readonly windows: readonly UsageWindowRead[]; readonly plan?: string }

/** One account of one provider. */
export interface UsageSource {
  readonly provider: string
  /** For people. */
  readonly displayName: string
  /** Left out where the provider has but one. */
  readonly account?: string
  /**
   * What has been used; nothing where that is not known and nobody can be asked. It has five seconds, then the signal
   * aborts. What it throws by `usageProblem(text)` is shown; of anything else only that it failed.
   */
  read(question: { readonly signal: AbortSignal; readonly cause: Cause }): MaybePromise<UsageRead | undefined>
}

/** Every provider that can tell answers with its sources; they are asked when somebody wants to know, at most once a minute. */
export const usageSources = hook.collect<[], readonly UsageSource[]>('usage.sources', { onError: 'isolate' })
