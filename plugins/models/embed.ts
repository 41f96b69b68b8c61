/** What a model that makes vectors of texts is asked, and what it answers. */
import type { Cause } from 'nexus-gateway/sdk'
import type { ModelSpec } from './spec.ts'
import type { ModelUsage } from './usage.ts'

/** Texts of one request; more of them are asked for in turn, as many at once as the model takes. */
export const mostEmbedValues = 2_048

export interface EmbedRequest {
  /** `provider/id`, a bare id or an alias; without it `models.embedding` of the settings, else the first model that makes vectors. */
  readonly model?: string
  /** From 1 to `mostEmbedValues` texts; none of them empty. */
  readonly values: readonly string[]
  /** Of each vector, where the model can make shorter ones. */
  readonly dimensions?: number
  /** Aborting rejects with its reason, within a second. */
  readonly signal: AbortSignal
  /** Who asks, and under which trace. */
  readonly cause: Cause
  readonly sessionKey?: string
  readonly runId?: string
  readonly agentId?: string
}

export interface EmbedResult {
  /** One vector for each text, in the order of the texts, all of one length. */
  readonly embeddings: readonly (readonly number[])[]
  readonly usage: ModelUsage
  /** What answered, which is always the model asked for: vectors of two models do not mix. */
  readonly provider: string
  readonly model: string
  readonly account?: string
  /** How often a provider was asked, when it was more than once for a batch. */
  readonly attempts?: number
}

/** As a provider gets it: never more texts than its `spec.maxValues`. */
export interface EmbedCall extends Omit<EmbedRequest, 'model'> {
  readonly provider: string
  readonly model: string
  /** One of the provider's accounts, chosen by `models`. */
  readonly account?: string
  readonly spec?: ModelSpec
}

export interface EmbedFinish {
  readonly embeddings: readonly (readonly number[])[]
  readonly usage: ModelUsage
}
