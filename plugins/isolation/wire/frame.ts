/**
 * What goes over the pipe between a gateway and a plugin's process: one JSON array a line, the first element its kind.
 * Either side may ask the other; what is asked has a number of the asker's, by which it is answered or stopped.
 */
import type { Failure } from './failure.ts'

export type Frame =
  | readonly ['ask', id: number, op: string, body?: unknown]
  | readonly ['yes', id: number, value?: unknown]
  | readonly ['no', id: number, failure: Failure]
  /** The asker has lost interest: the signal of the asked aborts. */
  | readonly ['stop', id: number]
  /** Wants no answer. */
  | readonly ['say', op: string, body?: unknown]
  // Bytes. A stream has a number of its source's, which sends no more than the sink has granted.
  | readonly ['data', stream: number, base64: string]
  | readonly ['end', stream: number]
  | readonly ['broke', stream: number, failure: Failure]
  | readonly ['more', stream: number, bytes: number]
  | readonly ['cancel', stream: number]

/** Characters of one line; a message is never longer than this on either side. */
export const longestLine = 16 * 1024 * 1024

const kinds: Readonly<Record<string, (frame: readonly unknown[]) => boolean>> = {
  ask: ([, id, op]) => isNumber(id) && typeof op === 'string',
  yes: ([, id]) => isNumber(id),
  no: ([, id, failure]) => isNumber(id) && isObject(failure),
  stop: ([, id]) => isNumber(id),
  say: ([, op]) => typeof op === 'string',
  data: ([, stream, base64]) => isNumber(stream) && typeof base64 === 'string',
  end: ([, stream]) => isNumber(stream),
  broke: ([, stream, failure]) => isNumber(stream) && isObject(failure),
  more: ([, stream, bytes]) => isNumber(stream) && isNumber(bytes),
  cancel: ([, stream]) => isNumber(stream),
}
const isNumber = (x: unknown): boolean => Number.isSafeInteger(x)
const isObject = (x: unknown): boolean => typeof x === 'object' && x !== null

/** `undefined` for a line that is no frame. */
export function parseFrame(line: string): Frame | undefined {
  let frame: unknown
  try {
    frame = JSON.parse(line)
  } catch {
    return undefined // said by the caller, who knows whose line it is
  }
  if (!Array.isArray(frame) || typeof frame[0] !== 'string' || !Object.hasOwn(kinds, frame[0])) return undefined
  return kinds[frame[0]]?.(frame) ? frame as unknown as Frame : undefined
}
