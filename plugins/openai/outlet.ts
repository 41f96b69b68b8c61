/** The way out of a streamed answer: on Node's own response where the gateway offers it, else as a stream that is read. */
import type { ServerResponse } from 'node:http'
import { direct } from 'nexus-gateway/sdk'

/** Characters that may wait for a slow client before `room` says no. */
const highWater = 64 * 1024

export interface OutletParts {
  /** There is room again. */
  drained(): void
  /** The client stops reading before the end. */
  gone(): void
}
export interface Outlet {
  write(text: string): void
  readonly room: boolean
  /** Nothing is written after it. */
  end(): void
  /** To be given to the gateway once. */
  response(headers: Readonly<Record<string, string>>): Response
}
/** `flush`: what was written goes out, and waits neither for more of this turn nor for whatever else happens in it. */
type Way = Pick<Outlet, 'write' | 'end' | 'room'> & { flush(): void }

export function createOutlet(parts: OutletParts): Outlet {
  /** What is written before it is known which way is taken. */
  let early = ''
  let ended = false
  let way: Way | undefined

  function take(chosen: Way): void {
    way = chosen
    if (early !== '') way.write(early)
    if (ended) way.end()
    else way.flush()
    early = ''
  }

  return {
    write(text) {
      if (way) way.write(text)
      else early += text
    },
    get room() { return way ? way.room : early.length < highWater },
    end() {
      ended = true
      way?.end()
    },
    response(headers) {
      return direct(new Response(readWay(parts, take), { headers }), (response) => take(nodeWay(response, headers, parts)))
    },
  }
}

/** What is written within one turn of the event loop becomes one chunk. */
function nodeWay(response: ServerResponse, headers: Readonly<Record<string, string>>, { drained, gone }: OutletParts): Way {
  let waiting = ''
  let scheduled = false
  let full = false
  let ended = false
  response.on('close', () => { if (!ended) gone() })
  response.on('drain', () => {
    full = false
    if (waiting === '') drained()
    else flush()
  })
  response.writeHead(200, headers)
  // A chunk and its frame are one text here: Node would make four pieces of it, and a system call that gathers them.
  const chunked = response.chunkedEncoding
  response.chunkedEncoding = false

  function flush(): void {
    scheduled = false
    if (waiting === '' || response.destroyed) return
    const text = waiting
    waiting = ''
    const taken = response.write(chunked ? `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n` : text)
    full = !taken && response.writableLength >= highWater
    if (!full) drained()
  }

  return {
    get room() { return !full && waiting.length < highWater },
    write(text) {
      waiting += text
      if (scheduled || full) return
      scheduled = true
      setImmediate(flush)
    },
    flush,
    end() {
      ended = true
      flush()
      response.chunkedEncoding = chunked
      response.end()
    },
  }
}

function readWay({ drained, gone }: OutletParts, take: (way: Way) => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder()
  let controller: ReadableStreamDefaultController<Uint8Array>
  let waiting = ''
  let asked = false
  let ended = false
  let taken = false

  function give(): void {
    if (!asked || waiting === '') return
    asked = false
    const text = waiting
    waiting = ''
    controller.enqueue(encoder.encode(text))
    drained()
  }
  const way: Way = {
    get room() { return waiting.length < highWater },
    write(text) {
      waiting += text
      give()
    },
    flush: give,
    end() {
      ended = true
      // A text that nobody has asked for yet is still owed.
      if (waiting !== '') controller.enqueue(encoder.encode(waiting))
      waiting = ''
      controller.close()
    },
  }
  return new ReadableStream<Uint8Array>({
    start(given) { controller = given },
    pull() {
      asked = true
      if (!taken) {
        taken = true
        take(way)
      }
      if (!ended) give()
    },
    cancel() {
      ended = true
      gone()
    },
  }, { highWaterMark: 0 })
}
