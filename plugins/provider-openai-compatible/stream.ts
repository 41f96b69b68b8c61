/** One request to the server, through the AI SDK, as parts and an end. */
import type { LanguageModelV3, LanguageModelV3FinishReason, LanguageModelV3StreamPart, LanguageModelV3Usage } from '@ai-sdk/provider'
import type { Clock, Log } from 'nexus-gateway/sdk'
import { parseArguments, providerFailure, underSignals, usageOf } from '../models/contract.ts'
import type { EmitPart, ModelFinish, ModelRequest, ModelUsage } from '../models/contract.ts'
import { read } from './failure.ts'
import type { Credentials } from './credentials.ts'
import { optionsOf } from './prompt.ts'
import { watchdog } from './watchdog.ts'
import type { Watchdog } from './watchdog.ts'

export interface Server {
  readonly provider: string
  /** The AI SDK's model of that id; loads the SDK when it is first needed. */
  model(id: string): Promise<LanguageModelV3>
  readonly timeoutMs: number
  readonly stallMs: number
  readonly credentials: Credentials
  readonly clock: Clock
  readonly log: Log
}
type Finished = Extract<LanguageModelV3StreamPart, { type: 'finish' }>

export async function streamFrom(server: Server, request: ModelRequest, emit: EmitPart): Promise<ModelFinish> {
  const late = new AbortController()
  const dog = watchdog(server.clock, server.timeoutMs, server.stallMs, () => late.abort(providerFailure(server.provider, 'timeout')))
  try {
    return await underSignals([request.signal, late.signal], (signal) => answerFrom(server, { ...request, signal }, emit, dog))
  } catch (error) {
    if (request.signal.aborted) return finishOf(request, 'aborted', usageOf({}))
    const { failure, said } = read(server.provider, late.signal.aborted ? late.signal.reason : error, server.clock.now(), server.credentials.known())
    server.log.warn('the provider failed', { model: request.model, trace: request.cause.trace, kind: failure.data.kind, said })
    throw failure
  } finally {
    dog.stop()
  }
}

async function answerFrom(server: Server, request: ModelRequest, emit: EmitPart, dog: Watchdog): Promise<ModelFinish> {
  const model = await server.model(request.model)
  const headers = await server.credentials.headers(request.signal)
  const { stream, response } = await model.doStream({ ...optionsOf(request), headers, abortSignal: request.signal })
  if (/\bjson\b/.test(response?.headers?.['content-type'] ?? '')) {
    await stream.cancel()
    throw providerFailure(server.provider, 'format')
  }
  let called = false
  let finished: Finished | undefined
  for await (const part of stream) {
    if (part.type !== 'stream-start') dog.fed()
    switch (part.type) {
      case 'text-delta': emit({ type: 'text', delta: part.delta }); break
      case 'reasoning-delta': emit({ type: 'thinking', delta: part.delta }); break
      case 'tool-call':
        called = true
        emit({ type: 'toolCall', id: part.toolCallId, name: part.toolName, arguments: parseArguments(part.input) })
        break
      case 'error': throw part.error
      case 'finish': finished = part
    }
  }
  if (!finished) throw providerFailure(server.provider, 'network')
  return finishOf(request, stopReasonOf(server.provider, finished.finishReason, called), usageFrom(finished.usage))
}

/** Some servers say `stop` where they call tools. */
function stopReasonOf(provider: string, { unified }: LanguageModelV3FinishReason, called: boolean): ModelFinish['stopReason'] {
  if (unified === 'content-filter') throw providerFailure(provider, 'refusal')
  if (unified === 'error') throw providerFailure(provider, 'server')
  if (unified === 'length') return 'length'
  return called ? 'toolUse' : 'stop'
}

function usageFrom({ inputTokens, outputTokens }: LanguageModelV3Usage): ModelUsage {
  const { cacheRead = 0, cacheWrite = 0, total = 0 } = inputTokens
  return usageOf({ input: inputTokens.noCache ?? total - cacheRead - cacheWrite, output: outputTokens.total ?? 0, cacheRead, cacheWrite })
}

const finishOf = ({ provider, model }: ModelRequest, stopReason: ModelFinish['stopReason'], usage: ModelUsage): ModelFinish => ({ stopReason, usage, provider, model })
