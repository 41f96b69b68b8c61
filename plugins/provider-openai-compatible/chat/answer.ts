/** An answer, event by event, until it is whole. */
import { providerFailure, serverSaid, usageOf } from '../../models/contract.ts'
import type { EmitPart, ModelFinish, ModelUsage } from '../../models/contract.ts'
import { createCalls } from './calls.ts'
import { chunkReader } from './alike.ts'

export interface Answer {
  /** The data of one event. Throws for what is none, and for an error that stands in its place. */
  take(data: string): void
  /** Whether the server has said that nothing more comes. */
  over(): boolean
  /** Tool calls are emitted here. Throws a failure for an answer that was cut off, filtered or broken. */
  finish(): Pick<ModelFinish, 'stopReason' | 'usage'>
}

export interface AnswerHost {
  readonly provider: string
  emit: EmitPart
  /** Something was said: what only announces an answer is none, for a model may think long before it says something. */
  fed(): void
}

export function createAnswer({ provider, emit, fed }: AnswerHost): Answer {
  const read = chunkReader()
  const calls = createCalls(() => `call_${crypto.randomUUID().replaceAll('-', '')}`)
  let reason: string | undefined
  let usage: ModelUsage | undefined
  let over = false
  let called = false
  const broken = (words: string): Error => providerFailure(provider, 'format', {}, new Error(words))

  function stopReason(): ModelFinish['stopReason'] {
    if (reason === undefined) throw providerFailure(provider, 'network', {}, new Error('its stream ended without a reason'))
    if (reason === 'content_filter') throw providerFailure(provider, 'refusal')
    if (reason === 'error') throw providerFailure(provider, 'server')
    // Some servers say `stop` where they call tools.
    return reason === 'length' ? 'length' : called ? 'toolUse' : 'stop'
  }

  return {
    take(data) {
      if (data === '[DONE]') {
        over = true
        return
      }
      const chunk = read(data)
      if (chunk === undefined) throw broken('an event of its stream is no piece of an answer')
      if (chunk.error !== undefined) throw serverSaid({ body: chunk.error })
      const { text, thinking, finish } = chunk
      if (chunk.usage !== undefined) ({ usage } = chunk)
      if (finish !== undefined) reason = finish
      if (thinking !== '') emit({ type: 'thinking', delta: thinking })
      if (text !== '') emit({ type: 'text', delta: text })
      for (const piece of chunk.calls) {
        called = true
        if (!calls.take(piece)) throw broken('its tool calls are too many or too long')
      }
      if (text !== '' || thinking !== '' || finish !== undefined || chunk.calls.length > 0) fed()
    },
    over: () => over,
    finish() {
      const end = stopReason()
      const whole = calls.whole()
      if (whole === undefined) throw broken('a tool call of it has no name')
      whole.forEach(emit)
      return { stopReason: end, usage: usage ?? usageOf({}) }
    },
  }
}
