/** How far a transcript has been read, and by what it is known again. */
import { createHash } from 'node:crypto'

export interface Mark {
  /** The byte after the last line that has been counted. */
  readonly offset: number
  /** Of its first bytes, and of those before `offset`. */
  readonly head: string
  readonly tail: string
  /** Of a file, as it was when that was read. */
  readonly file?: { readonly size: number; readonly mtimeMs: number; readonly ino: number }
}

export const probeBytes = 1024

export const fingerprint = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('base64url').slice(0, 16)

/** Where the bytes stand that `head` and `tail` are of. */
export const headOf = (offset: number): readonly [from: number, length: number] => [0, Math.min(probeBytes, offset)]
export const tailOf = (offset: number): readonly [from: number, length: number] => [Math.max(0, offset - probeBytes), Math.min(probeBytes, offset)]
