/** One end of the pipe: asks and is asked, says and is told, sends and receives bytes. The same on both sides. */
import type { Socket } from 'node:net'
import { createFlows, type Flows } from './flow.ts'
import { fromFailure, toFailure } from './failure.ts'
import { longestLine, parseFrame, type Frame } from './frame.ts'
import { lineWriter, readLines } from './lines.ts'

export interface Asked { readonly id: number; /** Made when somebody reads it. */ readonly signal: AbortSignal }
export type Answers = Readonly<Record<string, (body: never, asked: Asked) => unknown>>
export type Hears = Readonly<Record<string, (body: never) => void>>

export interface LinkOptions {
  readonly answers: Answers
  readonly hears: Hears
  /** The other side has broken the rules; nothing it sends is looked at from then on. */
  onBroken(reason: string): void
  /** The pipe has ended and all that was in it is handled. */
  onEnd(): void
  /** Before each message that was not asked for. */
  onUnasked?(op: string): void
  onBytes?(): void
  readonly perTurn?: number
}

export interface Link {
  /** The number of what is asked is given to `asked` before it is sent. */
  ask(op: string, body: unknown, signal?: AbortSignal, asked?: (id: number) => void): Promise<unknown>
  say(op: string, body?: unknown): void
  stop(id: number): void
  readonly flows: Flows
  /** What was asked and is not answered yet. */
  readonly waiting: number
  /** Bytes that the other side has not taken yet. */
  readonly unread: number
  /** Every question under way fails with this. */
  close(error: Error): void
}

interface Waiting { resolve(value: unknown): void; reject(error: Error): void; readonly unfollow: (() => void) | undefined }

/** Something that is being asked of this side. */
class Running implements Asked {
  readonly id: number
  private abort: AbortController | undefined
  private stopped: unknown

  constructor(id: number) {
    this.id = id
    this.abort = undefined
    this.stopped = undefined
  }

  get signal(): AbortSignal {
    this.abort ??= new AbortController()
    if (this.stopped !== undefined) this.abort.abort(this.stopped)
    return this.abort.signal
  }

  stop(reason: Error): void {
    this.stopped = reason
    this.abort?.abort(reason)
  }
}

export function createLink(socket: Socket, options: LinkOptions): Link {
  const write = lineWriter(socket)
  const waiting = new Map<number, Waiting>()
  const running = new Map<number, Running>()
  let numbers = 0
  let closed: Error | undefined

  function send(frame: Frame): void {
    if (closed) return
    const line = JSON.stringify(frame)
    if (line.length >= longestLine) throw new RangeError('it is larger than 16 MiB, the most that fits into one message to or from a process')
    write(line)
  }
  const flows = createFlows(send)

  function ask(op: string, body: unknown, signal?: AbortSignal, asked?: (id: number) => void): Promise<unknown> {
    if (closed) return Promise.reject(closed)
    const id = ++numbers
    return new Promise((resolve, reject) => {
      asked?.(id)
      send(['ask', id, op, body])
      waiting.set(id, { resolve, reject, unfollow: signal && follow(id, signal) })
    })
  }

  function follow(id: number, signal: AbortSignal): () => void {
    const stop = (): void => send(['stop', id])
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
    return () => signal.removeEventListener('abort', stop)
  }

  function onAsk(id: number, op: string, body: unknown): void {
    const run = Object.hasOwn(options.answers, op) ? options.answers[op] : undefined
    if (!run || running.has(id)) return broken(run ? 'it used a number twice' : 'it asked for something that there is not')
    const asked = new Running(id)
    running.set(id, asked)
    let answer: unknown
    try {
      answer = run(body as never, asked)
    } catch (error) {
      return refuse(id, error)
    }
    if (isPromise(answer)) answer.then((value) => reply(id, value), (error: unknown) => refuse(id, error))
    else reply(id, answer)
  }

  function reply(id: number, value: unknown): void {
    running.delete(id)
    try {
      send(value === undefined ? ['yes', id] : ['yes', id, value])
    } catch (error) {
      send(['no', id, toFailure(error)])
    }
  }

  function refuse(id: number, error: unknown): void {
    running.delete(id)
    const failure = toFailure(error)
    try {
      send(['no', id, failure])
    } catch {
      send(['no', id, { message: failure.message }]) // its data is not JSON, or too much
    }
  }

  function settle(id: number, end: (one: Waiting) => void): void {
    const one = waiting.get(id)
    if (!one) return broken('it answered what nobody asked')
    waiting.delete(id)
    one.unfollow?.()
    end(one)
  }

  function onStop(id: number): void {
    running.get(id)?.stop(new DOMException('nobody waits for it any more', 'AbortError'))
  }

  function onSay(op: string, body: unknown): void {
    const hear = Object.hasOwn(options.hears, op) ? options.hears[op] : undefined
    if (hear) hear(body as never)
    else broken('it said something that means nothing')
  }

  function onLine(line: string): void {
    if (closed) return
    const frame = parseFrame(line)
    if (!frame) return broken('it sent a line that is no message')
    try {
      handle(frame)
    } catch {
      broken('it sent a message of the wrong shape')
    }
  }

  function handle(frame: Frame): void {
    switch (frame[0]) {
      case 'yes': return settle(frame[1], (one) => one.resolve(frame[2]))
      case 'no': return settle(frame[1], (one) => one.reject(fromFailure(frame[2])))
      case 'ask': options.onUnasked?.(frame[2]); return onAsk(frame[1], frame[2], frame[3])
      case 'say': options.onUnasked?.(frame[1]); return onSay(frame[1], frame[2])
      case 'stop': return onStop(frame[1])
      default: if (!flows.take(frame)) broken('it sent more bytes than it was granted')
    }
  }

  function broken(reason: string): void {
    if (!closed) options.onBroken(reason)
  }

  readLines(socket, { onLine, onTooLong: () => broken('it sent a line of more than 16 MiB'), onEnd: options.onEnd, ...(options.onBytes && { onBytes: options.onBytes }), ...(options.perTurn !== undefined && { perTurn: options.perTurn }) })

  return {
    ask, flows,
    say: (op, body) => send(['say', op, body]),
    stop: (id) => send(['stop', id]),
    get waiting() { return waiting.size },
    get unread() { return socket.writableLength },
    close(error) {
      if (closed) return
      closed = error
      for (const one of waiting.values()) {
        one.unfollow?.()
        one.reject(error)
      }
      waiting.clear()
      for (const asked of running.values()) asked.stop(error)
      flows.close(error)
    },
  }
}

function isPromise(value: unknown): value is Promise<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
}
