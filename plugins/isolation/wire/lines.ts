/** Lines out of a stream of text, so many at a time that whoever shares the thread with this hardly notices. */
import type { Socket } from 'node:net'
import { longestLine } from './frame.ts'

export interface LineOptions {
  onLine(line: string): void
  /** A line longer than any may be. Nothing is read after it. */
  onTooLong(): void
  /** Everything before the end has been through `onLine`. */
  onEnd(): void
  /** Something was there to read. */
  onBytes?(): void
  /** Lines handled before others have their turn. */
  readonly perTurn?: number
}

export function readLines(socket: Socket, { onLine, onTooLong, onEnd, onBytes, perTurn = Infinity }: LineOptions): void {
  /** Of a line whose end is not there yet; never searched twice. */
  let begun: string[] = []
  let length = 0
  /** What was read last, and where in it the next line begins. */
  let text = ''
  let at = 0
  let ended = false

  function line(end: number): string {
    const last = text.slice(at, end)
    at = end + 1
    if (begun.length === 0) return last
    const whole = begun.join('') + last
    begun = []
    length = 0
    return whole
  }

  function turn(): void {
    for (let n = 0; n < perTurn; n++) {
      const end = text.indexOf('\n', at)
      if (end < 0) return rested()
      onLine(line(end))
    }
    socket.pause()
    setImmediate(turn)
  }

  function rested(): void {
    if (at < text.length) begun.push(at === 0 ? text : text.slice(at))
    length += text.length - at
    text = ''
    at = 0
    if (length > longestLine) {
      begun = []
      socket.pause()
      return onTooLong()
    }
    if (ended) onEnd()
    else socket.resume()
  }

  socket.setEncoding('utf8')
  socket.on('data', (more: string) => {
    onBytes?.()
    const busy = text !== ''
    text = at === 0 ? text + more : text.slice(at) + more
    at = 0
    if (!busy) turn()
  })
  socket.on('close', () => {
    ended = true
    if (text === '') onEnd()
  })
}

/** Writes lines, all of one turn of the microtask queue at once. */
export function lineWriter(socket: Socket): (line: string) => void {
  let pending = ''
  const flush = (): void => {
    const text = pending
    pending = ''
    if (socket.writable) socket.write(text)
  }
  return (line) => {
    if (pending === '') queueMicrotask(flush)
    pending += `${line}\n`
  }
}
