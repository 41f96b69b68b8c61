/** A run as the events of a response. */
import type { Clock, NexusError } from 'nexus-gateway/sdk'
import { errorResponse } from '../errors.ts'
import { serverSentEvents } from '../sse.ts'
import type { AnswerEvent, Tell } from './assembly.ts'
import type { ResponseObject } from './shapes.ts'

export interface ResponseStream {
  /** A failure before the first event is answered as such, with its status. */
  readonly response: Promise<Response>
  readonly tell: Tell
  begin(): void
  /** The last event, by the response's status. With an `error`, and if nothing was sent yet, that is the answer. */
  end(response: ResponseObject, error?: NexusError): void
  discard(): void
}

type Delta = AnswerEvent & { readonly delta: string; readonly item_id: string }
const isDelta = (event: AnswerEvent): event is Delta => event.type === 'response.output_text.delta' || event.type === 'response.reasoning_summary_text.delta'

/** `started` is the response as it is at its beginning. `gone` is called when the client stops reading before the end. */
export function responseStream(started: ResponseObject, clock: Clock, gone: () => void): ResponseStream {
  let number = 0
  /** A piece that waits for a slow client; bounded by what the run says. */
  let pending: Delta | undefined
  const sse = serverSentEvents({
    clock, gone, hasRoom: flush,
    opening: ({ send }) => {
      for (const type of ['response.created', 'response.in_progress']) send({ type, sequence_number: number++, response: started }, type)
    },
  })
  const send = (event: AnswerEvent): void => sse.send({ ...event, sequence_number: number++ }, event.type)

  function flush(): void {
    const event = pending
    // Emptied first: to send may ask for more at once, which comes back here.
    pending = undefined
    if (event) send(event)
  }

  return {
    response: sse.response,
    begin: () => sse.begin(),
    tell(event) {
      if (!sse.open) return
      sse.begin()
      if (!isDelta(event)) {
        flush()
        return send(event)
      }
      if (pending?.item_id === event.item_id) pending = { ...pending, delta: pending.delta + event.delta }
      else {
        flush()
        pending = event
      }
      if (sse.room) flush()
    },
    end(response, error) {
      if (!sse.open) return
      if (error && sse.held) return sse.instead(errorResponse(error, true))
      sse.begin()
      flush()
      send({ type: `response.${response.status}`, response })
      sse.done()
    },
    discard: sse.discard,
  }
}
