/**
 * Bytes over the pipe, with back-pressure: a source sends what its sink has granted and then waits, so a reader that
 * stops reading costs a window of memory and nothing else.
 */
import type { Frame } from './frame.ts'
import { fromFailure, toFailure, type Failure } from './failure.ts'

export interface Flows {
  /** Its number, for a message that goes before its first bytes. `done` is called once, however it ends. */
  send(body: ReadableStream<Uint8Array>, done?: () => void): number
  /** To be called before the message with the number is let go of. */
  receive(stream: number, done?: () => void): ReadableStream<Uint8Array>
  /** False for bytes that nobody granted. */
  take(frame: Frame): boolean
  /** Every stream breaks. */
  close(error: Error): void
  readonly open: number
}

const windowBytes = 256 * 1024
const chunkBytes = 64 * 1024

interface Source { credit: number; wake: (() => void) | undefined; readonly reader: ReadableStreamDefaultReader<Uint8Array>; readonly done: () => void }
interface Sink { granted: number; owed: number; readonly control: ReadableStreamDefaultController<Uint8Array>; readonly done: () => void }

export function createFlows(send: (frame: Frame) => void): Flows {
  const sources = new Map<number, Source>()
  const sinks = new Map<number, Sink>()
  let numbers = 0

  async function pump(stream: number, source: Source): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await source.reader.read()
        if (!sources.has(stream)) return
        if (done) break
        for (let at = 0; at < value.byteLength; at += chunkBytes) {
          const part = value.subarray(at, at + chunkBytes)
          while (source.credit < part.byteLength) await new Promise<void>((resolve) => { source.wake = resolve })
          if (!sources.has(stream)) return
          source.credit -= part.byteLength
          send(['data', stream, Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString('base64')])
        }
      }
      send(['end', stream])
    } catch (error) {
      if (sources.has(stream)) send(['broke', stream, toFailure(error)])
    } finally {
      if (sources.delete(stream)) source.done()
    }
  }

  function stopSource(stream: number, reason?: Error): void {
    const source = sources.get(stream)
    if (!source || !sources.delete(stream)) return
    source.credit = Infinity
    source.wake?.()
    // What the body does on being cancelled is its own affair; nobody is left to tell.
    source.reader.cancel(reason).catch(() => {})
    source.done()
  }

  function endSink(stream: number, end: (control: ReadableStreamDefaultController<Uint8Array>) => void): void {
    const sink = sinks.get(stream)
    if (!sink || !sinks.delete(stream)) return
    end(sink.control)
    sink.done()
  }

  function data(stream: number, base64: string): boolean {
    const sink = sinks.get(stream)
    // One that was cancelled may have had something under way.
    if (!sink) return true
    const bytes = Buffer.from(base64, 'base64')
    sink.granted -= bytes.byteLength
    sink.owed += bytes.byteLength
    if (sink.granted < 0) return false
    sink.control.enqueue(new Uint8Array(bytes))
    return true
  }

  return {
    get open() { return sources.size + sinks.size },
    send(body, done = () => {}) {
      const stream = ++numbers
      const source: Source = { credit: 0, wake: undefined, reader: body.getReader(), done }
      sources.set(stream, source)
      void pump(stream, source)
      return stream
    },
    receive(stream, done = () => {}) {
      return new ReadableStream<Uint8Array>({
        start(control) {
          sinks.set(stream, { granted: windowBytes, owed: 0, control, done })
          send(['more', stream, windowBytes])
        },
        pull() {
          const sink = sinks.get(stream)
          if (!sink || sink.owed === 0) return
          send(['more', stream, sink.owed])
          sink.granted += sink.owed
          sink.owed = 0
        },
        cancel() {
          if (sinks.has(stream)) send(['cancel', stream])
          endSink(stream, () => {})
        },
      }, { highWaterMark: 1 })
    },
    take(frame) {
      const [kind, stream] = frame as readonly [string, number]
      if (kind === 'data') return data(stream, frame[2] as string)
      if (kind === 'end') endSink(stream, (control) => control.close())
      if (kind === 'broke') endSink(stream, (control) => control.error(fromFailure(frame[2] as Failure)))
      if (kind === 'cancel') stopSource(stream)
      const source = kind === 'more' ? sources.get(stream) : undefined
      if (source) {
        source.credit += Math.max(0, frame[2] as number)
        source.wake?.()
      }
      return true
    },
    close(error) {
      for (const stream of [...sources.keys()]) stopSource(stream, error)
      for (const stream of [...sinks.keys()]) endSink(stream, (control) => control.error(error))
    },
  }
}
