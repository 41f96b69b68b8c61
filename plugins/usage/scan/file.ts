/** A transcript in a file, read from where it was left. For the thread: it may wait for the disk. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { createScan, freshState, type Scan, type ScanState, type Step } from './gather.ts'
import { fingerprint, headOf, type Mark, tailOf } from './mark.ts'

export interface FileStep { readonly step: Step; readonly mark: Mark; readonly last: boolean }
export interface OpenFile {
  /** `same`: nothing to read. `new`: what was counted of it before is to be taken back. */
  readonly status: 'same' | 'more' | 'new'
  /** What the next lines come to; at most about `stepBytes` of them. */
  next(): FileStep
  close(): void
}

const chunkBytes = 1 << 20
const stepBytes = 8 << 20

export function openFile(path: string, mark: Mark | undefined, state: ScanState): OpenFile {
  const fd = openSync(path, 'r')
  try {
    return opened(fd, mark, state)
  } catch (error) {
    closeSync(fd)
    throw error
  }
}

function opened(fd: number, mark: Mark | undefined, before: ScanState): OpenFile {
  // Only what was there at this moment is read: what comes later has another size, and is more.
  const { size, mtimeMs, ino } = fstatSync(fd)
  const file = { size, mtimeMs, ino }
  const status = statusOf(fd, mark, file)
  let at = status === 'more' ? (mark as Mark).offset : 0
  let offset = at
  const scan: Scan = createScan(status === 'more' ? before : freshState)
  let chunk: Buffer | undefined

  return {
    status,
    next() {
      chunk ??= Buffer.allocUnsafeSlow(chunkBytes)
      while (at < size && scan.fed < stepBytes) {
        const read = readSync(fd, chunk, 0, Math.min(chunkBytes, size - at), at)
        if (read === 0) break // it was cut while it was read: the next look will see
        scan.feed(chunk.subarray(0, read))
        at += read
      }
      const last = at >= size || scan.fed < stepBytes
      const step = scan.take(last)
      offset += step.bytes
      return { step, last, mark: { ...marked(fd, offset), file: last ? file : { ...file, size: -1 } } }
    },
    close: () => closeSync(fd),
  }
}

function statusOf(fd: number, mark: Mark | undefined, { size, mtimeMs, ino }: NonNullable<Mark['file']>): OpenFile['status'] {
  if (mark?.file === undefined) return 'new'
  const was = mark.file
  if (size === was.size && mtimeMs === was.mtimeMs && ino === was.ino) return 'same'
  // Another file, a shorter one, or one of the same length that was written since: nothing tells what of it is as it was.
  if (ino !== was.ino || size <= was.size || size < mark.offset) return 'new'
  const { head, tail } = marked(fd, mark.offset)
  return head === mark.head && tail === mark.tail ? 'more' : 'new'
}

function marked(fd: number, offset: number): Mark {
  const of = ([from, length]: readonly [number, number]): string => {
    const bytes = Buffer.alloc(length)
    readSync(fd, bytes, 0, length, from)
    return fingerprint(bytes)
  }
  return { offset, head: of(headOf(offset)), tail: of(tailOf(offset)) }
}
