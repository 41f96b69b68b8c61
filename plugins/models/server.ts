/** Makes a server a provider: its accounts, its list of models, the times it has, and its failures in words that anyone can act on. */
import type { Ctx } from 'nexus-gateway/sdk'
import { secretsHeld } from '../logs/contract.ts'
import { bearer, credentialsOf } from './language-model/credentials.ts'
import type { Carry } from './language-model/credentials.ts'
import { kindByName } from './language-model/kind.ts'
import { listedBy } from './language-model/remote.ts'
import type { LanguageModelSettings, ModelSettings } from './language-model/settings.ts'
import { createHalts } from './language-model/halt.ts'
import { embedFrom, streamFrom } from './language-model/way.ts'
import type { Server, Way } from './language-model/way.ts'
import { tapModels } from './provider.ts'
import { allKnown } from './spec.ts'
import type { ModelPrice, ModelSpec } from './spec.ts'

export interface ServerOffer extends Pick<Server, 'stream' | 'embed'> {
  /** The provider's id in references. */
  readonly id: string
  readonly settings: LanguageModelSettings
  /** How a credential is sent; as a bearer token by default. */
  readonly carry?: Carry
  /** Nothing is sent without a credential. */
  readonly needsKey?: boolean
  /** Where the server lists its models, in OpenAI's shape; without it those of the catalogue are offered. */
  readonly listUrl?: string
  /** What a model costs where neither its server nor the settings say. */
  price?(id: string): ModelPrice | undefined
}
export type { Way }

/** Call it in `setup`. The keys it sends are told to whoever keeps them out of the log. */
export function offerServer(ctx: Pick<Ctx, 'scope' | 'tap' | 'clock' | 'log'>, { id, settings, carry = bearer, needsKey, listUrl, price, stream, embed }: ServerOffer): void {
  const { clock, log } = ctx
  const credentials = credentialsOf(id, settings, carry, needsKey)
  const halts = createHalts()
  ctx.scope.signal.addEventListener('abort', () => halts.end(ctx.scope.signal.reason), { once: true })
  const server: Server = { provider: id, halts, timeoutMs: settings.timeoutMs, stallMs: settings.stallMs, credentials, clock, log, stream, ...(embed && { embed }) }
  const fixed = settings.models?.map((model) => specOf(id, model, price?.(model.id))) ?? (listUrl === undefined ? [allKnown(id)] : undefined)
  ctx.tap(secretsHeld, credentials.known)
  tapModels(ctx, {
    id,
    models: fixed ? () => fixed : listedBy({ provider: id, baseUrl: listUrl!, credentials, clock, log, signal: ctx.scope.signal, ...(price && { price }) }),
    ...(credentials.accounts.length > 0 && { accounts: () => credentials.accounts }),
    stream: (request, emit) => streamFrom(server, request, emit),
    ...(embed && { embed: (call) => embedFrom(server, embed, call) }),
  })
}

function specOf(provider: string, model: ModelSettings, price: ModelPrice | undefined): ModelSpec {
  const known = Object.fromEntries(Object.entries({ kind: kindByName(model.id), ...model, price: model.price ?? price }).filter(([, value]) => value !== undefined))
  return { ...known, provider, id: model.id, name: model.name ?? model.id }
}
