/** How a plugin becomes a provider: its hooks, tapped at once. */
import { hook } from 'nexus-gateway/sdk'
import type { Ctx, MaybePromise } from 'nexus-gateway/sdk'
import type { Account } from './attempt.ts'
import type { EmbedCall, EmbedFinish } from './embed.ts'
import type { EmitPart, ModelFinish, ModelRequest } from './request.ts'
import { underSignals } from './signals.ts'
import type { ModelSpec } from './spec.ts'

/** A registry is a hook that collects: every provider answers with the models it has. */
export const modelsListed = hook.collect<[], readonly ModelSpec[]>('models.listed', { onError: 'isolate' })
/** The provider named in the request answers; the others stay silent. */
export const modelStream = hook.bail<[ModelRequest, EmitPart], ModelFinish>('models.stream')
/** The provider named in the request makes the vectors; the others stay silent. */
export const modelEmbed = hook.bail<[EmbedCall], EmbedFinish>('models.embed')
/** The accounts of the provider named; one that has none stays silent. */
export const modelAccounts = hook.bail<[provider: string], readonly Account[]>('models.accounts')

export interface Provider {
  readonly id: string
  /** `allKnown(id)` among them stands for all that the catalogue has. */
  models(): MaybePromise<readonly ModelSpec[]>
  /** Several credentials: `models` chooses one for each attempt and names it in `request.account`. */
  accounts?(): MaybePromise<readonly Account[]>
  /** Rejects with `providerFailure(…)`. When `request.signal` aborts it may resolve as `aborted` or reject; both count as aborted. */
  stream(request: ModelRequest, emit: EmitPart): MaybePromise<ModelFinish>
  /** One vector for each text, in order. Rejects as `stream` does. Left out by a provider without such models. */
  embed?(call: EmbedCall): MaybePromise<EmbedFinish>
}

/** Makes a plugin a provider; call it in `setup`. When the plugin closes, its streams see `request.signal` aborted. */
export function offerModels(ctx: Pick<Ctx, 'scope' | 'tap'>, provider: Provider): void {
  const { embed } = provider
  tapModels(ctx, {
    ...provider,
    models: () => provider.models(),
    stream: (request, emit) => underSignals([request.signal, ctx.scope.signal], (signal) => provider.stream({ ...request, signal }, emit)),
    ...(embed && { embed: (call) => underSignals([call.signal, ctx.scope.signal], (signal) => provider.embed!({ ...call, signal })) }),
    ...(provider.accounts && { accounts: () => provider.accounts!() }),
  })
}

/** The same for one that ends its streams itself when the plugin closes. */
export function tapModels(ctx: Pick<Ctx, 'tap'>, provider: Provider): void {
  const { id } = provider
  ctx.tap(modelsListed, () => provider.models())
  if (provider.accounts) ctx.tap(modelAccounts, (asked) => (asked === id ? provider.accounts?.() : undefined))
  ctx.tap(modelStream, (request, emit) => (request.provider === id ? provider.stream(request, emit) : undefined))
  if (provider.embed) ctx.tap(modelEmbed, (call) => (call.provider === id ? provider.embed?.(call) : undefined))
}
