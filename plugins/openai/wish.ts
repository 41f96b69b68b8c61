/** What a request says of how it is to be answered, in the agent's words. */
import * as v from 'valibot'
import type { AnswerRequest, Sampling } from '../agent/contract.ts'
import type { ThinkingLevel } from '../models/contract.ts'
import { maybe, unsupported } from './body.ts'

const thinking: Readonly<Record<string, ThinkingLevel>> = { none: 'off', minimal: 'minimal', low: 'low', medium: 'medium', high: 'high', xhigh: 'max', max: 'max' }

const Named = { name: v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/)), schema: v.optional(v.record(v.string(), v.unknown())) }
/** Chat completions have the schema one level deeper than responses. */
export const ChatFormat = v.looseObject({ type: v.string(), json_schema: v.optional(v.looseObject(Named)) })
export const TextFormat = v.looseObject({ type: v.string(), ...v.partial(v.object(Named)).entries })

type Schema = { readonly name?: string | undefined; readonly schema?: Readonly<Record<string, unknown>> | undefined }
type Format = Pick<AnswerRequest, 'responseFormat'>

/** Throws NEXUS_OPENAI_UNSUPPORTED for a form that is none of text, json_object and json_schema. */
export function formatOf(param: string, type: string | undefined, { name, schema }: Schema = {}): Format {
  switch (type) {
    case undefined:
    case 'text': return {}
    case 'json_object': return { responseFormat: { type: 'json' } }
    case 'json_schema': return { responseFormat: { type: 'json', ...(name !== undefined && { name }), ...(schema !== undefined && { schema }) } }
    default: throw unsupported(param, 'an answer is text, json_object or json_schema')
  }
}

export const thinkingOf = (effort: string | null | undefined): Pick<AnswerRequest, 'thinking'> => {
  const level = thinking[effort ?? '']
  return level === undefined ? {} : { thinking: level }
}

interface Sampled { readonly most?: number | null | undefined; readonly temperature?: number | null | undefined; readonly top_p?: number | null | undefined; readonly stop?: string | readonly string[] | null | undefined }

export function samplingOf({ most, temperature, top_p, stop }: Sampled): Sampling {
  return {
    ...(typeof most === 'number' ? { maxOutputTokens: most } : {}),
    ...(typeof temperature === 'number' ? { temperature } : {}),
    ...(typeof top_p === 'number' ? { topP: top_p } : {}),
    ...(stop?.length ? { stop: [stop].flat() } : {}),
  }
}

export const Metadata = maybe(v.pipe(v.record(v.pipe(v.string(), v.maxLength(64)), v.pipe(v.string(), v.maxLength(512))), v.maxEntries(16)))
