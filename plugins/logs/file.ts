/**
 * An append-only file that rotates by size. Lines are queued and written in batches, one write at a time, so that
 * rotating needs no lock. A line that cannot be written is counted and dropped: logging never stops the gateway.
 */
import { constants, fstatSync, writeSync } from 'node:fs'
import { chmod, mkdir, open, stat, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { rotate } from './rotate.ts'

export interface LogFile {
  write(line: string): void
  /** Resolves when everything written so far is on disk or given up. */
  flush(): Promise<void>
  /** For the end of the process, when nothing asynchronous runs any more. */
  flushSync(): void
  close(): Promise<void>
}

export interface LogFileOptions {
  readonly file: string
  readonly maxBytes: number
  /** How many files to keep, the current one among them. */
  readonly files: number
  /** Bytes of lines that wait; what comes beyond them is dropped. */
  readonly maxQueued?: number
  /** The first failure of a row of them. */
  onTrouble(error: unknown): void
  /** The first success after it, with the number of lines lost in between. */
  onRecovered(lost: number): void
}

export function logFile({ file, maxBytes, files, maxQueued = 4 << 20, onTrouble, onRecovered }: LogFileOptions): LogFile {
  let handle: FileHandle | undefined
  let size = 0
  let queue: string[] = []
  let queued = 0
  let writing = ''
  let lost = 0
  let failing = false
  let drained: Promise<void> | undefined

  function write(line: string): void {
    const bytes = Buffer.byteLength(line)
    if (queued + bytes > maxQueued) return void lost++
    queue.push(line)
    queued += bytes
    drained ??= drain()
  }

  async function drain(): Promise<void> {
    // The first lines of a burst go out together.
    await Promise.resolve()
    while (queue.length > 0) {
      const lines = queue
      writing = lines.join('')
      queue = []
      queued = 0
      try {
        await append(writing)
        recovered()
      } catch (error) {
        lost += lines.length
        await troubled(error)
      }
      writing = ''
    }
    drained = undefined
  }

  async function append(text: string): Promise<void> {
    if (handle && await wasMoved(handle, file)) await close()
    if (!handle) {
      handle = await openLog(file)
      size = (await handle.stat()).size
    }
    await handle.appendFile(text)
    size += Buffer.byteLength(text)
    if (size < maxBytes) return
    await close()
    await rotate(file, files)
  }

  function recovered(): void {
    if (lost === 0) return
    const lines = lost
    lost = 0
    failing = false
    onRecovered(lines)
  }

  async function troubled(error: unknown): Promise<void> {
    const old = handle
    handle = undefined
    // Its failure to close adds nothing to the failure to write.
    await old?.close().catch(() => {})
    if (!failing) onTrouble(error)
    failing = true
  }

  async function close(): Promise<void> {
    const old = handle
    handle = undefined
    await old?.close()
  }

  const flush = async (): Promise<void> => { while (drained) await drained }

  return {
    write,
    flush,
    flushSync() {
      if (!handle) return
      // A batch under way may have got there or not; the size tells.
      const text = (fstatSync(handle.fd).size > size ? '' : writing) + queue.join('')
      queue = []
      if (text) writeSync(handle.fd, text)
    },
    async close() {
      await flush()
      await close()
    },
  }
}

/** 0600 in a directory of 0700, whatever the umask; never through a link. */
async function openLog(file: string): Promise<FileHandle> {
  const dir = dirname(file)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
  const handle = await open(file, constants.O_APPEND | constants.O_CREAT | constants.O_WRONLY | constants.O_NOFOLLOW, 0o600)
  await handle.chmod(0o600)
  return handle
}

/** True if somebody has deleted or renamed the file since it was opened. */
async function wasMoved(handle: FileHandle, file: string): Promise<boolean> {
  const [mine, there] = await Promise.all([handle.stat(), stat(file).catch(() => undefined)])
  return mine.ino !== there?.ino
}
