/** One answer through the AI SDK, as parts and an end. */
import type { LanguageModelV3, LanguageModelV3CallOptions, LanguageModelV3FinishReason, LanguageModelV3StreamPart, LanguageModelV3Usage } from '@ai-sdk/provider'
import type { EmitPart, ModelFinish, ModelRequest } from '../request.ts'
import { providerFailure } from '../errors.ts'
import { parseArguments } from '../message.ts'
import { usageOf } from '../usage.ts'
import type { ModelUsage } from '../usage.ts'
import { optionsOf } from './prompt.ts'
import type { Dialect } from './prompt.ts'
import { signatureOf } from './signature.ts'
import type { Way } from './way.ts'

export interface Sdk {
  readonly provider: string
  /** The AI SDK's model of that id; loads the SDK when it is first needed. */
  model(id: string): Promise<LanguageModelV3>
  readonly dialect?: Dialect
  /** What this kind of provider wants besides: thinking, caching. */
  shape?(options: LanguageModelV3CallOptions, request: ModelRequest): LanguageModelV3CallOptions
}
type Finished = Extract<LanguageModelV3StreamPart, { type: 'finish' }>

export async function answerFrom(sdk: Sdk, request: ModelRequest, { headers, signal, fed }: Way, emit: EmitPart): Promise<ModelFinish> {
  const model = await sdk.model(request.model)
  const options = optionsOf(request, sdk.dialect)
  const { stream, response } = await model.doStream({ ...(sdk.shape?.(options, request) ?? options), headers, abortSignal: signal })
  if (/\bjson\b/.test(response?.headers?.['content-type'] ?? '')) {
    await stream.cancel()
    throw providerFailure(sdk.provider, 'format')
  }
  let called = false
  let finished: Finished | undefined
  for await (const part of stream) {
    // What only announces an answer is none: a model may think long before it says something.
    if (part.type !== 'stream-start' && part.type !== 'response-metadata') fed()
    if (part.type === 'error') throw part.error
    if (part.type === 'finish') finished = part
    if (part.type === 'tool-call' && part.providerExecuted) continue
    called ||= part.type === 'tool-call'
    pass(part, sdk.dialect?.metadata, emit)
  }
  if (!finished || isCutOff(finished.finishReason)) throw providerFailure(sdk.provider, 'network')
  return { stopReason: stopReasonOf(sdk.provider, finished.finishReason, called), usage: usageFrom(finished.usage), provider: request.provider, model: request.model }
}

function pass(part: LanguageModelV3StreamPart, dialect: string | undefined, emit: EmitPart): void {
  switch (part.type) {
    case 'text-delta':
      if (part.delta !== '') emit({ type: 'text', delta: part.delta })
      break
    case 'reasoning-start':
    case 'reasoning-delta':
    case 'reasoning-end': {
      const delta = part.type === 'reasoning-delta' ? part.delta : ''
      // At its start a thought is not signed yet, unless nobody may read it.
      const signature = part.type === 'reasoning-start' && !isSealed(part.providerMetadata?.[dialect ?? '']) ? undefined : signatureOf(part.providerMetadata, dialect)
      if (delta !== '' || signature !== undefined) emit({ type: 'thinking', delta, ...(signature === undefined ? {} : { signature }) })
      break
    }
    case 'tool-call': {
      const signature = signatureOf(part.providerMetadata, dialect)
      emit({ type: 'toolCall', id: part.toolCallId, name: part.toolName, arguments: parseArguments(part.input), ...(signature === undefined ? {} : { signature }) })
    }
  }
}

const isSealed = (own: Readonly<Record<string, unknown>> | undefined): boolean => own !== undefined && 'redactedData' in own

/** The SDK's models end in order when a stream does not, but have no reason for it then. */
const isCutOff = ({ unified, raw }: LanguageModelV3FinishReason): boolean => unified === 'other' && raw === undefined

/** Some servers say `stop` where they call tools. */
function stopReasonOf(provider: string, { unified }: LanguageModelV3FinishReason, called: boolean): ModelFinish['stopReason'] {
  if (unified === 'content-filter') throw providerFailure(provider, 'refusal')
  if (unified === 'error') throw providerFailure(provider, 'server')
  if (unified === 'length') return 'length'
  return called ? 'toolUse' : 'stop'
}

function usageFrom({ inputTokens, outputTokens }: LanguageModelV3Usage): ModelUsage {
  const { cacheRead = 0, cacheWrite = 0, total = 0 } = inputTokens
  const { reasoning } = outputTokens
  return usageOf({
    input: inputTokens.noCache ?? Math.max(0, total - cacheRead - cacheWrite), output: outputTokens.total ?? 0, cacheRead, cacheWrite,
    ...(reasoning !== undefined && reasoning > 0 && { reasoning }),
  })
}
