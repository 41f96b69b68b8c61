/** One log: its open file, the appends that wait for the next commit, and the repair of a torn tail. */
import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Log } from 'nexus-gateway/sdk'
import type { Budget } from './budget.ts'
import type { LogLine } from './contract.ts'
import { fail, readFailed, writeFailed } from './errors.ts'
import type { Files } from './files.ts'
import { lastLineEnd, linesBefore, linesFrom, type ReadAt } from './lines.ts'
import { createSerial } from './serial.ts'

export interface LogEnv { readonly files: Files; readonly budget: Budget; readonly log: Log; readonly maxLineBytes: number }
export interface Span { readonly offset: number; readonly end: number }

export interface LogFile {
  /** At least one line. */
  append(lines: readonly string[]): Promise<Span>
  read(from: number, limit: number): AsyncIterable<LogLine>
  lastLines(count: number, before: number, maxBytes: number): Promise<LogLine[]>
  readBytes(from: number, max: number): Promise<Buffer>
  size(): Promise<number>
  remove(): Promise<boolean>
  readonly open: boolean
  /** Nothing is under way, and nothing but the file itself is needed to go on later. */
  readonly idle: boolean
  close(): Promise<void>
}

interface Append { readonly text: string; readonly bytes: number; resolve(span: Span): void; reject(error: Error): void }
interface Removal { readonly text: undefined; resolve(removed: boolean): void; reject(error: Error): void }
/** `settled`: what stands in the file is on disk, also what a process wrote that died before it could say so. */
interface Opened { readonly handle: FileHandle; users: number; retired: boolean; settled: boolean }

const maxBatchBytes = 1024 * 1024
const maxReadBytes = 8 * 1024 * 1024

export function createLogFile(name: string, path: string, env: LogEnv): LogFile {
  const { files, budget, log } = env
  const what = `the log ${name}`
  const serial = createSerial()
  let opened: Opened | undefined
  let size = 0 // acknowledged bytes
  let torn: 'no' | 'own' | 'found' = 'no' // whether bytes that nobody was promised may follow them, and whose
  const queue: (Append | Removal)[] = []
  let active = 0
  let closed = false

  // ── The file ──────────────────────────────────────────────────────────────────────────────────

  const open = (create: boolean): Promise<Opened | undefined> => (opened ? Promise.resolve(opened) : serial('open', async () => {
    if (opened) return opened
    if (closed) throw fail('NEXUS_STORE_CLOSED')
    const handle = await files.openLog(path, create)
    if (!handle) return undefined
    const mine: Opened = { handle, users: 0, retired: false, settled: false }
    try {
      const length = (await handle.stat()).size
      size = await lastLineEnd((offset, bytes) => readFully(handle, offset, bytes), length)
      torn = size < length ? 'found' : 'no'
    } catch (error) {
      await handle.close()
      throw error
    }
    // A disk that cannot be written can still be read; the next append tries again.
    if (torn === 'found') await cut(mine).catch((error: unknown) => log.warn('could not repair a torn log', { log: name, reason: writeFailed(what, error).message }))
    return (opened = mine)
  }))

  async function withFile<T>(create: boolean, use: (file: Opened) => Promise<T>): Promise<T | undefined> {
    const file = await open(create)
    if (!file) return undefined
    file.users++
    try {
      return await use(file)
    } finally {
      if (--file.users === 0 && file.retired) await file.handle.close()
    }
  }

  /** Lets go of the file; it closes once its last reader is done. */
  async function retire(): Promise<void> {
    const file = opened
    opened = undefined
    if (!file) return
    file.retired = true
    if (file.users === 0) await file.handle.close()
  }

  /** Cuts off what was not acknowledged. What a former process left is kept beside the log. */
  async function cut({ handle }: Opened): Promise<void> {
    if (torn === 'found') {
      const length = (await handle.stat()).size
      for (let at = size; at < length;) {
        const bytes = await readFully(handle, at, Math.min(maxBatchBytes, length - at))
        if (bytes.length === 0) break
        await files.appendSynced(`${path}.torn`, bytes)
        at += bytes.length
      }
      await files.appendSynced(`${path}.torn`, Buffer.from('\n'))
      budget.counts.repairs++
      log.warn('cut a torn tail off a log', { log: name, bytes: length - size, keptIn: `${name}.jsonl.torn` })
    }
    await handle.truncate(size)
    await handle.datasync()
    torn = 'no'
  }

  // ── Appending ─────────────────────────────────────────────────────────────────────────────────

  /** One at a time: everything in the queue, in its order. */
  async function work(): Promise<void> {
    for (let next = queue[0]; next; next = queue[0]) {
      if (next.text === undefined) await removeFile(queue.shift() as Removal)
      else await commitNext()
    }
  }

  async function commitNext(): Promise<void> {
    let batch: Append[] = []
    try {
      await withFile(true, async (file) => {
        if (torn !== 'no') await cut(file)
        batch = takeBatch() // only now, so that all who came meanwhile share the write
        await commit(file, batch)
      })
    } catch (error) {
      if (batch.length === 0) batch = takeBatch()
      budget.counts.failures++
      const failed = writeFailed(what, error)
      for (const append of batch) append.reject(failed)
      // At once, so that a crash leaves no half line; if it fails, the next commit tries again.
      if (opened && torn !== 'no') await cut(opened).catch((e: unknown) => log.warn('could not cut back a failed append', { log: name, reason: writeFailed(what, e).message }))
    }
  }

  /** What fits into one write, up to the next removal; one append at least. */
  function takeBatch(): Append[] {
    const batch: Append[] = []
    let bytes = 0
    for (const next of queue) {
      if (next.text === undefined || (batch.length > 0 && bytes + next.bytes > maxBatchBytes)) break
      batch.push(next)
      bytes += next.bytes
    }
    queue.splice(0, batch.length)
    return batch
  }

  async function commit(file: Opened, batch: readonly Append[]): Promise<void> {
    torn = 'own'
    await writeFully(file.handle, Buffer.from(batch.length === 1 ? batch[0]!.text : batch.map((append) => append.text).join('')), size)
    if (!files.writesThrough || !file.settled) await file.handle.datasync()
    file.settled = true
    if (size === 0) await files.syncDir(dirname(path)) // the file may be new
    torn = 'no'
    budget.counts.commits++
    budget.counts.appends += batch.length
    for (const append of batch) {
      const offset = size
      size += append.bytes
      append.resolve({ offset, end: size })
    }
  }

  async function removeFile(removal: Removal): Promise<void> {
    try {
      // Nobody may open the file while it goes away, or would write into what no longer has a name.
      removal.resolve(await serial('open', async () => {
        await retire()
        const removed = await files.remove(path)
        size = 0
        torn = 'no'
        return removed
      }))
    } catch (error) {
      budget.counts.failures++
      removal.reject(writeFailed(what, error))
    }
  }

  function enqueue(task: Append | Removal): void {
    queue.push(task)
    if (queue.length === 1) void during(() => serial('write', work))
  }

  // ── Reading ───────────────────────────────────────────────────────────────────────────────────

  const readAt: ReadAt = async (offset, length) => {
    try {
      return (await withFile(false, ({ handle }) => readFully(handle, offset, Math.max(0, Math.min(length, size - offset))))) ?? Buffer.alloc(0)
    } catch (error) {
      throw readFailed(what, error)
    }
  }

  async function currentSize(): Promise<number> {
    try {
      return (await withFile(false, async () => size)) ?? 0
    } catch (error) {
      throw readFailed(what, error)
    }
  }

  async function during<T>(work: () => Promise<T>): Promise<T> {
    active++
    try { return await work() } finally { active-- }
  }

  return {
    append(lines) {
      const text = `${lines.join('\n')}\n`
      const bytes = Buffer.byteLength(text)
      return during(() => budget.spend(bytes, () => new Promise((resolve, reject) => { enqueue({ text, bytes, resolve, reject }) })))
    },
    async* read(from, limit) {
      active++
      try {
        yield* linesFrom(readAt, from, await currentSize(), limit)
      } finally { active-- }
    },
    lastLines: (count, before, maxBytes) => during(async () => linesBefore(readAt, Math.min(before, await currentSize()), count, maxBytes)),
    readBytes: (from, max) => during(async () => readAt(from, Math.min(max, maxReadBytes, Math.max(0, (await currentSize()) - from)))),
    size: () => during(currentSize),
    remove: () => during(() => budget.spend(0, () => new Promise((resolve, reject) => { enqueue({ text: undefined, resolve, reject }) }))),
    get open() { return opened !== undefined },
    get idle() { return active === 0 && torn === 'no' },
    close() {
      closed = true
      return retire()
    },
  }
}

/** Throws NEXUS_STORE_LINE where a line could not be told from its neighbours, or is too long. */
export function checkLines(name: string, lines: readonly string[], limit: number): void {
  for (const line of lines) {
    if (line.includes('\n') || line.length > limit || Buffer.byteLength(line) > limit) throw fail('NEXUS_STORE_LINE', { log: name, limit })
  }
}

async function readFully(handle: FileHandle, offset: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(length)
  let done = 0
  while (done < length) {
    const { bytesRead } = await handle.read(buffer, done, length - done, offset + done)
    if (bytesRead === 0) break
    done += bytesRead
  }
  return buffer.subarray(0, done)
}

async function writeFully(handle: FileHandle, bytes: Buffer, offset: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, offset + done)
    done += bytesWritten
  }
}
