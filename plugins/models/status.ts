/** What the methods of `models` answer. */
import type { MaybePromise } from 'nexus-gateway/sdk'
import type { Account } from './attempt.ts'
import type { ModelsList, ModelsStatus } from './wire.ts'
import type { ModelSpec } from './spec.ts'
import type { Standings } from './standings.ts'

/** Without `detail` only what the protocol's clients know. */
export function choiceOf(spec: ModelSpec, detail: boolean, isDefault: boolean): ModelsList['models'][number] {
  const { id, name, provider, contextWindow, reasoning, aliases, maxOutput, tools, thinking, input, price, pricedBy, pricedFrom, kind, dimensions } = spec
  const known = { contextWindow, reasoning, ...(detail && { aliases: aliases && [...aliases], maxOutput, tools, thinking: thinking && [...thinking], input: input && [...input], price, pricedBy, pricedFrom, kind, dimensions, ...(isDefault && { default: true }) }) }
  return { id, name, provider, ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)) }
}

/** Every provider that lists a model, with how each of its accounts stands; one without accounts stands for itself. */
export async function standingsOf(specs: readonly ModelSpec[], accountsOf: (provider: string) => MaybePromise<readonly Account[] | undefined>, standings: Standings): Promise<ModelsStatus['providers']> {
  const ids = [...new Set(specs.map((spec) => spec.provider))]
  return Promise.all(ids.map(async (id) => {
    const accounts = await accountsOf(id)
    return { id, models: specs.filter((spec) => spec.provider === id).length, accounts: (accounts && accounts.length > 0 ? accounts : [undefined]).map((account) => row(account, standings.standing(id, account))) }
  }))
}

function row(account: Account | undefined, { state, until, reason, errors }: ReturnType<Standings['standing']>): ModelsStatus['providers'][number]['accounts'][number] {
  return { ...(account && { id: account.id, kind: account.kind }), state, errors, ...(until === undefined ? {} : { until }), ...(reason === undefined ? {} : { reason }) }
}
