/** What is wrong with a request, and every error in the shape that OpenAI's clients read. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable, NexusError } from 'nexus-gateway/sdk'
import { failureOf } from '../models/contract.ts'
import { json } from './json.ts'

export const openaiErrors = {
  NEXUS_OPENAI_BODY: { wire: 'INVALID_REQUEST', text: 'the body is not a JSON object', fix: 'Send the JSON of a request, as OpenAI\'s API describes it.' },
  NEXUS_OPENAI_TOO_LARGE: { wire: 'INVALID_REQUEST', status: 413, text: 'the body is larger than {limit} bytes', fix: 'Send fewer or smaller messages.' },
  NEXUS_OPENAI_INVALID: { wire: 'INVALID_REQUEST', text: 'invalid request: {faults}', fix: 'Correct the named fields.' },
  NEXUS_OPENAI_UNSUPPORTED: { wire: 'INVALID_REQUEST', text: '"{param}" is not supported: {reason}', fix: 'Leave "{param}" out.' },
  NEXUS_OPENAI_NO_USER: { wire: 'INVALID_REQUEST', text: '`{param}` holds nothing to be answered', fix: 'Let a message of the user, or the output of a tool, be the last.' },
  NEXUS_OPENAI_IMAGE: { wire: 'INVALID_REQUEST', text: 'an image cannot be taken: {reason}', fix: 'Send a PNG, JPEG, GIF or WebP image of at most 5 MiB, best as a data: URL.' },
  NEXUS_OPENAI_MODEL: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no such model', fix: 'Use one that GET /v1/models lists, such as `nexus`.' },
  NEXUS_OPENAI_RESPONSE: { wire: 'INVALID_REQUEST', status: 404, text: 'there is no such response, or not any more, or it is somebody else\'s', fix: 'Use the id of a response that says `store: true`.' },
  NEXUS_OPENAI_PREVIOUS: { wire: 'INVALID_REQUEST', text: 'the response before is not there, or not any more, or it is somebody else\'s', fix: 'Send the whole conversation as `input`, without `previous_response_id`.' },
} as const satisfies ErrorTable

export const failOpenai = failures(openaiErrors)

export interface OpenaiError { readonly error: { readonly message: string; readonly type: string; readonly param: string | null; readonly code: string } }

interface Kind { readonly status: number; readonly type: string; readonly code?: string }

/** By what the provider said; everything else goes by its HTTP status. */
const providerKinds: Readonly<Record<string, Kind>> = {
  rate_limit: { status: 429, type: 'rate_limit_error', code: 'rate_limit_exceeded' },
  billing: { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' },
  context_length: { status: 400, type: 'invalid_request_error', code: 'context_length_exceeded' },
  refusal: { status: 400, type: 'invalid_request_error', code: 'content_filter' },
  timeout: { status: 504, type: 'server_error', code: 'timeout' },
}
/** A budget that is used up is what OpenAI calls a quota; its clients do not send again by themselves. */
const quota: Kind = { status: 429, type: 'insufficient_quota', code: 'insufficient_quota' }
/** OpenAI's own names for what is ours. */
const codes: Readonly<Record<string, string>> = {
  NEXUS_OPENAI_MODEL: 'model_not_found',
  NEXUS_MODELS_UNKNOWN: 'model_not_found',
  NEXUS_OPENAI_PREVIOUS: 'previous_response_not_found',
}

export function shapeOf(error: NexusError): OpenaiError {
  const { type, code } = kindOf(error)
  const { param } = error.data
  return { error: { message: `${error.message}. ${error.fix}`, type, param: typeof param === 'string' ? param : null, code: code ?? error.code } }
}

/**
 * A failed request as an answer. OpenAI's clients send again by themselves after a 429 or a 5xx; a run may have
 * had effects by then, so they are told not to, unless nothing was begun.
 */
export function errorResponse(error: NexusError, begun: boolean): Response {
  const { retryAfterMs } = error.data
  return json(shapeOf(error), {
    status: kindOf(error).status,
    headers: {
      'x-should-retry': String(!begun && error.retryable),
      ...(typeof retryAfterMs === 'number' ? { 'Retry-After': String(Math.ceil(retryAfterMs / 1000)) } : {}),
    },
  })
}

function kindOf(error: NexusError): Kind {
  const known = providerKinds[failureOf(error)?.kind ?? '']
  if (known) return known
  const { status, code } = error
  if (code === 'NEXUS_COST_EXCEEDED') return quota
  const own = codes[code]
  if (own !== undefined) return { status, type: 'invalid_request_error', code: own }
  if (status === 403) return { status, type: 'permission_error' }
  if (status === 429) return { status, type: 'rate_limit_error' }
  return { status, type: status >= 500 ? 'server_error' : 'invalid_request_error' }
}
