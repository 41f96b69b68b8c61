/** What can go wrong between the gateway and a model. Nothing a provider said is repeated here: providers echo keys. */
import { failures, NexusError } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const modelsErrors = {
  NEXUS_MODELS_UNKNOWN: { wire: 'INVALID_REQUEST', status: 404, text: 'no running provider has that model{hint}', fix: 'See `nexus call models.list`; a reference is provider/id or a bare id.' },
  NEXUS_MODELS_NOT_ALLOWED: { wire: 'INVALID_REQUEST', status: 403, text: 'the settings do not allow that model{where}', fix: 'Add it to `models.allow` as provider/id, or its provider as provider/*.' },
  NEXUS_MODELS_KIND: { wire: 'INVALID_REQUEST', status: 400, text: 'that model {does}{where}', fix: 'See `nexus models list` for {others}; if it is mistaken for what it is not, say so in `models.catalogue` with `kind`.' },
  NEXUS_MODELS_VALUES: { wire: 'INVALID_REQUEST', status: 400, text: 'vectors are made of 1 to {most} texts, none of them empty', fix: 'Leave out empty texts, and ask for many in several requests.' },
  NEXUS_MODELS_ACCOUNT: { wire: 'INVALID_REQUEST', status: 404, text: 'provider "{provider}" has no such account', fix: 'See `nexus models status` for the accounts there are.' },
  NEXUS_MODELS_ACCOUNT_TWICE: { text: 'two accounts of provider "{provider}" have one id', fix: 'Give each of its `accounts` an id of its own; the `apiKey` beside them is called `default`.' },
  NEXUS_MODELS_NONE: { wire: 'UNAVAILABLE', text: 'no provider offers a model{purpose}', fix: 'Set up a provider, such as provider-openai-compatible with its baseUrl{instead}.' },
  NEXUS_MODELS_FILTER: { text: 'none of the {count} models has that in its name', fix: 'See `nexus models list` for all of them.' },
  NEXUS_MODELS_TIMEOUT: { text: '--timeout is no number of milliseconds', fix: 'Give a whole number from 1 to 120000.' },
  NEXUS_MODELS_PROVIDER: { wire: 'UNAVAILABLE', text: 'provider "{provider}" {reason}{status}', fix: '{advice}' },
} as const satisfies ErrorTable

export const failModels = failures(modelsErrors)

/**
 * Why a provider failed, as far as anyone can act on it. `auth` the credential, `rate_limit` too many requests,
 * `billing` no money, `timeout` no answer in time, `format` a request or an answer the other side cannot read,
 * `context_length` too long a conversation, `refusal` the content was filtered, `network` no connection,
 * `server` the provider's own fault.
 */
export type FailureKind = keyof typeof kinds

const kinds = {
  auth: { reason: 'refused the credential', advice: 'Check the key of {provider} in the settings.', retryable: false },
  rate_limit: { reason: 'takes no more requests for now', advice: 'Try again later, or use another model.', retryable: true },
  billing: { reason: 'wants to be paid first', advice: 'Top up the account of {provider}, or use another model.', retryable: false },
  timeout: { reason: 'did not answer in time', advice: 'Try again, or raise the timeout of {provider} in the settings.', retryable: true },
  format: { reason: 'and the gateway did not understand each other', advice: 'Check the model id and the base URL of {provider}; the log has the provider\'s reason.', retryable: false },
  context_length: { reason: 'cannot take so long a conversation', advice: 'Start a new session, or use a model with a larger context window.', retryable: false },
  refusal: { reason: 'declined to answer', advice: 'Ask differently.', retryable: false },
  network: { reason: 'could not be reached', advice: 'Check the network and the base URL of {provider} in the settings.', retryable: true },
  server: { reason: 'failed', advice: 'Try again, or use another model.', retryable: true },
} as const

export const failureKinds = Object.keys(kinds) as readonly FailureKind[]

export interface ProviderFailure {
  readonly kind: FailureKind
  readonly provider: string
  readonly retryable: boolean
  /** HTTP status, where there was an answer. */
  readonly status?: number
  /** What the provider asked for, in milliseconds. */
  readonly retryAfterMs?: number
  /** No connection was made, so nothing of the request was sent. Left out where that is not sure. */
  readonly unsent?: true
}

/** NEXUS_MODELS_PROVIDER. Pass as `cause` only what carries no request, key or body of the provider's. */
export function providerFailure(provider: string, kind: FailureKind, more: Partial<Pick<ProviderFailure, 'status' | 'retryAfterMs' | 'unsent'>> = {}, cause?: unknown): NexusError {
  const { reason, advice, retryable } = kinds[kind]
  const failure: ProviderFailure = { kind, provider, retryable, ...more }
  const data = {
    provider, kind, reason, failure,
    advice: advice.replace('{provider}', provider),
    status: more.status === undefined ? '' : ` (HTTP ${more.status})`,
    ...(more.retryAfterMs === undefined ? {} : { retryAfterMs: more.retryAfterMs }),
  }
  return new NexusError('NEXUS_MODELS_PROVIDER', { ...modelsErrors.NEXUS_MODELS_PROVIDER, retryable }, data, cause)
}

/** Reads a provider's failure out of anything caught; `undefined` if it is none. */
export function failureOf(error: unknown): ProviderFailure | undefined {
  return error instanceof NexusError && error.code === 'NEXUS_MODELS_PROVIDER' ? (error.data.failure as ProviderFailure) : undefined
}
