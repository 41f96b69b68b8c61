/** A run as the chunks of a chat completion. */
import type { Clock } from 'nexus-gateway/sdk'
import type { RunEvent, RunOutcome } from '../../agent/contract.ts'
import type { ToolCallPart } from '../../models/contract.ts'
import { errorResponse, shapeOf } from '../errors.ts'
import { serverSentEvents } from '../sse.ts'
import { callChunks, chunk, finishOf, textChunks, usageChunk } from './shapes.ts'
import type { Head } from './shapes.ts'

export interface ChatStream {
  /** A failure before the first event is answered as such, with its status. */
  readonly response: Promise<Response>
  event(event: RunEvent): void
  /** `calls`: what the client is to run now. */
  end(outcome: RunOutcome, calls: readonly ToolCallPart[]): void
  /** There is no run after all, and no answer. */
  discard(): void
}

/** `gone` is called when the client stops reading before the end. */
export function chatStream(head: Head, withUsage: boolean, clock: Clock, gone: () => void): ChatStream {
  /** Text that waits for a slow client; bounded by what the run says. */
  let pending = ''
  const textOf = textChunks(head)
  const sse = serverSentEvents({ clock, gone, hasRoom: flush, opening: ({ send }) => send(chunk(head, { role: 'assistant' })) })

  function flush(): void {
    if (pending === '') return
    const content = pending
    // Emptied first: to send may ask for more at once, which comes back here.
    pending = ''
    sse.sendJson(textOf(content))
  }

  return {
    response: sse.response,
    event(event) {
      if (!sse.open || event.type === 'start') return
      sse.begin()
      if (event.type !== 'text') return
      pending += event.delta
      if (sse.room) flush()
    },
    end(outcome, calls) {
      const { error } = outcome
      if (!sse.open) return
      if (error && sse.held) return sse.instead(errorResponse(error, true))
      sse.begin()
      flush()
      if (error) sse.send(shapeOf(error))
      else {
        for (const [index, call] of calls.entries()) for (const one of callChunks(head, call, index)) sse.send(one)
        sse.send(chunk(head, {}, finishOf(outcome, calls)))
        if (withUsage) sse.send(usageChunk(head, outcome.usage))
      }
      sse.done()
    },
    discard: sse.discard,
  }
}
