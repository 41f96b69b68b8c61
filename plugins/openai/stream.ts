/** A run as server-sent events. */
import type { Clock } from 'nexus-gateway/sdk'
import type { RunEvent, RunOutcome } from '../agent/contract.ts'
import { shapeOf } from './errors.ts'
import { chunk, finishOf, usageChunk } from './shapes.ts'
import type { Head } from './shapes.ts'

/** Bytes that may wait for a slow client before text is put together instead of being queued. */
const highWater = 64 * 1024
/** A comment this often keeps proxies from cutting a run that works silently. */
const keepAliveMs = 15_000

const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache', Connection: 'keep-alive', 'X-Accel-Buffering': 'no' }

export interface Streamed {
  readonly response: Response
  event(event: RunEvent): void
  end(outcome: RunOutcome): void
  /** There is no run after all, and no answer. */
  discard(): void
}

/** `gone` is called when the client stops reading before the end. */
export function streamed(head: Head, withUsage: boolean, clock: Clock, gone: () => void): Streamed {
  const encoder = new TextEncoder()
  let out: ReadableStreamDefaultController<Uint8Array>
  /** Text that waits for a slow client; bounded by what the run says. */
  let pending = ''
  let open = true
  let timer: unknown

  const write = (text: string): void => out.enqueue(encoder.encode(text))
  const send = (data: unknown): void => write(`data: ${JSON.stringify(data)}\n\n`)
  function flush(): void {
    if (pending === '') return
    const content = pending
    // Emptied first: to enqueue may ask for more at once, which comes back here.
    pending = ''
    send(chunk(head, { content }))
  }
  function keepAlive(): void {
    timer = clock.setTimeout(() => {
      if ((out.desiredSize ?? 0) > 0) write(': the run goes on\n\n')
      keepAlive()
    }, keepAliveMs)
  }
  function close(): void {
    open = false
    clock.clearTimeout(timer)
  }

  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      out = controller
      send(chunk(head, { role: 'assistant' }))
      keepAlive()
    },
    pull() { if (open) flush() },
    cancel() {
      close()
      gone()
    },
  }, new ByteLengthQueuingStrategy({ highWaterMark: highWater }))

  return {
    response: new Response(body, { headers }),
    event(event) {
      if (!open || event.type !== 'text') return
      pending += event.delta
      if ((out.desiredSize ?? 0) > 0) flush()
    },
    end(outcome) {
      if (!open) return
      flush()
      if (outcome.error) send(shapeOf(outcome.error))
      else send(chunk(head, {}, finishOf(outcome)))
      if (withUsage && !outcome.error) send(usageChunk(head, outcome.usage))
      write('data: [DONE]\n\n')
      close()
      out.close()
    },
    discard: close,
  }
}
