/** An answer as server-sent events, which may still become another answer as long as nothing was sent. */
import type { Clock } from 'nexus-gateway/sdk'
import { createOutlet } from './outlet.ts'

/** A comment this often keeps proxies from cutting a run that works silently. It is also how long nothing may come before the stream begins anyway. */
const keepAliveMs = 15_000

const headers = { 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-cache', Connection: 'keep-alive', 'X-Accel-Buffering': 'no' }

export interface Sse {
  /** Resolves when the stream begins, or with what is answered instead. */
  readonly response: Promise<Response>
  /** Nothing was sent yet. */
  readonly held: boolean
  readonly open: boolean
  /** Whether the client keeps up; when it does again, `hasRoom` is called. */
  readonly room: boolean
  /** Begins the stream, if that was not done: from here on a failure is told in it. */
  begin(): void
  send(data: object, event?: string): void
  /** `send` of what is JSON already. */
  sendJson(json: string): void
  /** `[DONE]`, and nothing after it. */
  done(): void
  /** Instead of the stream, as long as it is held. */
  instead(response: Response): void
  /** There is no answer, and nobody waits for one. */
  discard(): void
}

export interface SseParts {
  readonly clock: Clock
  /** The first thing to be sent. */
  opening(sse: Pick<Sse, 'send'>): void
  hasRoom(): void
  /** The client stops reading before the end. */
  gone(): void
}

export function serverSentEvents({ clock, opening, hasRoom, gone }: SseParts): Sse {
  let answer: (response: Response) => void = () => {}
  const response = new Promise<Response>((resolve) => { answer = resolve })
  let state: 'held' | 'open' | 'over' = 'held'
  let timer: unknown
  const out = createOutlet({
    drained() { if (state === 'open') hasRoom() },
    gone() {
      close()
      gone()
    },
  })

  const sendJson = (json: string): void => out.write(`data: ${json}\n\n`)
  const send: Sse['send'] = (data, event) => out.write(`${event === undefined ? '' : `event: ${event}\n`}data: ${JSON.stringify(data)}\n\n`)
  function keepAlive(): void {
    timer = clock.setTimeout(() => {
      if (state === 'held') begin()
      else if (out.room) out.write(': the run goes on\n\n')
      keepAlive()
    }, keepAliveMs)
  }
  function begin(): void {
    if (state !== 'held') return
    state = 'open'
    opening({ send })
    answer(out.response(headers))
  }
  function close(): void {
    state = 'over'
    clock.clearTimeout(timer)
  }
  keepAlive()

  return {
    response,
    get held() { return state === 'held' },
    get open() { return state !== 'over' },
    get room() { return out.room },
    begin, send, sendJson,
    done() {
      out.write('data: [DONE]\n\n')
      close()
      out.end()
    },
    instead(other) {
      close()
      answer(other)
    },
    discard: close,
  }
}
