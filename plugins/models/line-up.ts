/** Who may be asked for a request: the model and its fallbacks, each with the accounts of its provider. */
import type { Log, MaybePromise } from 'nexus-gateway/sdk'
import { inTurn } from './accounts.ts'
import type { Account } from './attempt.ts'
import type { Candidate } from './candidates.ts'
import { failModels } from './errors.ts'
import type { Recent } from './recent.ts'
import type { Registry } from './registry.ts'
import type { ModelRequest } from './request.ts'
import { referenceOf } from './spec.ts'
import type { ModelSpec } from './spec.ts'
import type { Standings } from './standings.ts'

export interface LineUpHost {
  readonly registry: Registry
  accounts(provider: string): MaybePromise<readonly Account[] | undefined>
  readonly standings: Standings
  /** The account each session used last, by `stickyKey`. */
  readonly sticky: Recent<string, string>
  readonly fallbacks: readonly string[]
  readonly log: Log
}

export type Wanted = Pick<ModelRequest, 'provider' | 'model' | 'fallbacks' | 'account' | 'sessionKey'>

export const stickyKey = (provider: string, sessionKey = ''): string => `${provider}\n${sessionKey}`

/** Rejects with NEXUS_MODELS_NOT_ALLOWED, or NEXUS_MODELS_ACCOUNT for an account that is none. */
export async function lineUp(host: LineUpHost, wanted: Wanted): Promise<readonly Candidate[]> {
  const specs = await specsOf(host, wanted)
  const [only, ...more] = specs
  if (only && more.length === 0) return withAccounts(host, wanted, only, await accountsOf(host, only.provider))
  const perSpec = await Promise.all(specs.map(async (spec) => withAccounts(host, wanted, spec, await accountsOf(host, spec.provider))))
  return perSpec.flat()
}

/** A fallback that is gone or not allowed is no candidate; the model asked for still is. */
async function specsOf({ registry, fallbacks: usual }: LineUpHost, { provider, model, fallbacks = usual, account }: Wanted): Promise<readonly ModelSpec[]> {
  const specs = [await registry.spec(provider, model)]
  for (const reference of account === undefined ? fallbacks : []) {
    const spec = await registry.resolve(reference).catch(() => undefined)
    if (spec && !specs.some((known) => referenceOf(known) === referenceOf(spec))) specs.push(spec)
  }
  return specs
}

/** A provider that cannot say which accounts it has is asked without one: what is wrong comes out then. */
async function accountsOf({ accounts, log }: LineUpHost, provider: string): Promise<readonly Account[]> {
  try {
    return await accounts(provider) ?? []
  } catch (error) {
    log.warn('a provider does not say which accounts it has', { provider, error })
    return []
  }
}

function withAccounts({ sticky, standings }: LineUpHost, { account: wanted, sessionKey }: Wanted, spec: ModelSpec, accounts: readonly Account[]): readonly Candidate[] {
  if (wanted !== undefined) {
    const account = accounts.find(({ id }) => id === wanted)
    if (!account) throw failModels('NEXUS_MODELS_ACCOUNT', { provider: spec.provider })
    return [{ spec, account }]
  }
  if (accounts.length === 0) return [{ spec }]
  return inTurn(accounts, sticky.get(stickyKey(spec.provider, sessionKey)), (account) => standings.lastUsed(spec.provider, account)).map((account) => ({ spec, account }))
}
