/** `POST /v1/embeddings`: vectors of texts, by whichever model makes them. */
import * as v from 'valibot'
import type { Call, RouteContext } from 'nexus-gateway/sdk'
import { keepToAgent } from '../agent/contract.ts'
import { mostEmbedValues } from '../models/contract.ts'
import { fields, invalid, maybe, mostBytes, objectIn, shaped, unsupported } from './body.ts'
import { json } from './json.ts'
import { agentNamed } from './models.ts'
import type { Parts } from './parts.ts'

const maxDimensions = 100_000

const Request = v.looseObject({
  model: fields.model,
  input: v.union([v.string(), v.array(v.union([v.string(), v.number(), v.array(v.number())]))]),
  dimensions: maybe(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(maxDimensions))),
  encoding_format: maybe(v.picklist(['float', 'base64'])),
})

export async function embed({ agent, models }: Parts, c: RouteContext, call: Call): Promise<Response> {
  const { model, input, dimensions, encoding_format } = shaped(Request, await objectIn(c, mostBytes.embeddings))
  const { caller, signal } = call
  const agentId = agentNamed(agent.agents(), caller, model)
  if (agentId !== undefined) keepToAgent(caller, agentId)
  const whose = agentId ?? caller.bounds?.['agent']
  const { embeddings, usage } = await models.embed({
    values: textsOf(input), cause: call, signal,
    // A name of an agent's stands for whatever model the settings choose.
    ...(agentId === undefined && { model }), ...(whose !== undefined && { agentId: whose }), ...(dimensions && { dimensions }),
  })
  const tokens = usage.input + usage.cacheRead + usage.cacheWrite
  const written = encoding_format === 'base64' ? base64Of : (vector: readonly number[]) => vector
  return json({ object: 'list', data: embeddings.map((vector, index) => ({ object: 'embedding', index, embedding: written(vector) })), model, usage: { prompt_tokens: tokens, total_tokens: tokens } })
}

/** Throws NEXUS_OPENAI_INVALID, NEXUS_OPENAI_UNSUPPORTED. */
function textsOf(input: v.InferOutput<typeof Request>['input']): string[] {
  const texts = typeof input === 'string' ? [input] : input
  if (texts.some((one) => typeof one !== 'string')) throw unsupported('input', 'every provider counts tokens differently, so send texts and no tokens')
  if (texts.length === 0 || texts.includes('')) throw invalid('input', 'must be one or more texts, none of them empty')
  if (texts.length > mostEmbedValues) throw invalid('input', `must be at most ${mostEmbedValues} texts`)
  return texts as string[]
}

/** 32-bit floats, the lowest byte first. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4)
  for (const [at, value] of vector.entries()) bytes.writeFloatLE(value, at * 4)
  return bytes.toString('base64')
}
