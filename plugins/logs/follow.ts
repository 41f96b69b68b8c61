/** Yields what is appended to a file from byte `from` on, across rotation, until the signal aborts. */
import { stat, type FileHandle } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { openIfThere, split } from './tail.ts'

export async function* follow(file: string, from: number, signal: AbortSignal, everyMs = 250): AsyncGenerator<string> {
  let handle = await openIfThere(file)
  let position = from
  try {
    while (!signal.aborted) {
      handle ??= await openIfThere(file)
      if (handle) {
        // Asked before reading: what was written before the file was replaced is then read below.
        const replaced = await isReplaced(handle, file)
        position = Math.min(position, (await handle.stat()).size)
        for (let { lines, used } = await next(handle, position); used > 0; { lines, used } = await next(handle, position)) {
          position += used
          yield* lines
        }
        if (replaced) {
          await handle.close()
          handle = undefined
          position = 0
          continue
        }
      }
      await sleep(everyMs, undefined, { signal }).catch(() => undefined /* aborted: the loop ends */)
    }
  } finally {
    await handle?.close()
  }
}

const chunkBytes = 256 * 1024

/** A longer line than a chunk comes in pieces. */
async function next(handle: FileHandle, position: number): Promise<{ lines: string[]; used: number }> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(chunkBytes), 0, chunkBytes, position)
  const { lines, used } = split(buffer.subarray(0, bytesRead))
  if (used === 0 && bytesRead === chunkBytes) return { lines: [buffer.toString('utf8')], used: bytesRead }
  return { lines, used }
}

/** True once another file has the name; while none has it, there is nothing else to read. */
async function isReplaced(handle: FileHandle, file: string): Promise<boolean> {
  const there = await stat(file).catch(() => undefined)
  return there !== undefined && there.ino !== (await handle.stat()).ino
}
