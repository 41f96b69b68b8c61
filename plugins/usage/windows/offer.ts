/** How a vendor's provider tells of its accounts: what is remembered of answers, and who may be asked. */
import type { Ctx, Secret } from 'nexus-gateway/sdk'
import type { FetchApi } from '../../outbound/contract.ts'
import { usageSources } from './source.ts'
import type { UsageSource } from './source.ts'
import { remembering } from './headers.ts'
import type { Remembered } from './headers.ts'

export interface UsageAccount { readonly id: string; readonly kind: 'oauth' | 'token' | 'key'; readonly apiKey: Secret }

/** What there is to tell by. */
export interface UsageHost {
  /** Up to and with the version. */
  readonly baseUrl: string
  readonly accounts: readonly UsageAccount[]
  /** Nothing where `outbound` does not run. */
  readonly web: FetchApi | undefined
  readonly remembered: Pick<Remembered, 'of'>
  /** Milliseconds since the epoch. */
  now(): number
}

export interface UsageOffer {
  readonly settings: { readonly baseUrl: string; readonly apiKey?: Secret | undefined; readonly accounts: readonly UsageAccount[] }
  readonly web: FetchApi | undefined
  /** Names of the headers that tell of limits, in lower case. */
  readonly headers: RegExp
  readonly fetch: typeof fetch
  sources(host: UsageHost): readonly UsageSource[]
}

/** Call it in `setup`; what it returns is for the vendor's library in place of `offer.fetch`. */
export function offerUsage(ctx: Pick<Ctx, 'tap' | 'clock'>, { settings: { baseUrl, apiKey, accounts: several }, web, headers, fetch, sources }: UsageOffer): typeof globalThis.fetch {
  const accounts = [...several, ...(apiKey ? [{ id: 'default', kind: 'key' as const, apiKey }] : [])]
  const now = (): number => ctx.clock.now()
  const remembered = remembering(fetch, accounts, headers, now)
  ctx.tap(usageSources, () => sources({ baseUrl, accounts, web, remembered, now }))
  return remembered.fetch
}
