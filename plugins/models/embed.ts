/** What a model that makes vectors of texts is asked, and what it answers. */
import type { Cause } from 'nexus-gateway/sdk'
import type { ModelSpec } from './spec.ts'
import type { ModelUsage } from './usage.ts'

/** Texts of one request. A provider is asked for 100 at once, or fewer where the model takes fewer: a larger answer would hold everybody up while it is read. */
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
  /** One of the provider's accounts, and then no other is tried. */
  readonly account?: string
  readonly sessionKey?: string
  readonly runId?: string
  readonly agentId?: string
}

export interface EmbedResult {
  /** One vector for each text, in the order of the texts, all of one length. */
  readonly embeddings: readonly (readonly number[])[]
  /** Of what the provider counted: 0 where it does not. */
  readonly usage: ModelUsage
  /** What answered, which is always the model asked for: vectors of two models do not mix. */
  readonly provider: string
  readonly model: string
  readonly account?: string
  /** How often a provider was asked, when it was more than once for a batch. */
  readonly attempts?: number
}

/** As a provider gets it: at most 100 texts, and never more than its `spec.maxValues`. */
export interface EmbedCall extends Omit<EmbedRequest, 'model'> {
  readonly provider: string
  readonly model: string
  readonly spec?: ModelSpec
}

export interface EmbedFinish {
  /** In the order of the texts. */
  readonly embeddings: readonly (readonly number[])[]
  /** Left out by a provider that does not count. */
  readonly usage?: ModelUsage
}
