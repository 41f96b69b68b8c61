/** Files and folders that are there whole or not at all, and one writer at a time. */
import { randomBytes } from 'node:crypto'
import { chmod, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPrivate, NexusError } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException | undefined)?.code

export async function privateDir(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await chmod(dir, 0o700)
}

/** All of it. What an npm that lost its parent still writes there is taken along, for some seconds. */
export const removeTree = (path: string): Promise<void> => rm(path, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })

/** Makes what was made, renamed and removed in `dir` last. */
export async function syncDir(dir: string): Promise<void> {
  if (process.platform === 'win32') return
  const handle = await open(dir, 'r')
  try { await handle.sync() } finally { await handle.close() }
}

/** Every file below `dir`, and the folders themselves, are on the disk then. */
export async function syncTree(dir: string): Promise<void> {
  for (const entry of await readdir(dir, { withFileTypes: true })) {
    const path = join(dir, entry.name)
    if (entry.isDirectory()) await syncTree(path)
    else await syncFile(path)
  }
  await syncDir(dir)
}

async function syncFile(file: string): Promise<void> {
  const handle = await open(file, 'r')
  try { await handle.sync() } finally { await handle.close() }
}

/** A private file with new content. */
export async function replaceFile(file: string, content: string): Promise<void> {
  const draft = draftOf(file)
  try {
    await createPrivate(draft, content)
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
  await syncDir(dirname(file))
}

/** Tells this process from an earlier one that had its number, as in a container they all have. */
const self = randomBytes(8).toString('hex')

/** In ms. The work takes a few of them: whoever holds the lock longer has been stopped in the middle of it. */
const held = 30_000
const torn = 500
const patience = 60_000

/** Runs `work` while `<file>.lock` is held, also against other processes. Throws NEXUS_PLUGINS_LOCK_BUSY. */
export async function withLock<T>(file: string, work: () => Promise<T>, patienceMs = patience): Promise<T> {
  const lock = `${file}.lock`
  const own = `${process.pid} ${self} ${randomBytes(8).toString('hex')}`
  const start = performance.now()
  let [seen, since]: [string | undefined, number] = [undefined, start]
  for (;;) {
    if (await taken(lock, own, file)) break
    const holder = await readFile(lock, 'utf8').catch(() => undefined /* gone again */)
    const now = performance.now()
    if (holder !== seen) [seen, since] = [holder, now]
    else if (holder !== undefined && now - since >= staleAfter(holder)) await rm(lock, { force: true })
    if (now - start > patienceMs) throw fail('NEXUS_PLUGINS_LOCK_BUSY', { file: lock })
    await sleep(10 + Math.random() * 20)
  }
  try {
    return await work()
  } finally {
    if (await readFile(lock, 'utf8').catch(() => '') === own) await rm(lock, { force: true })
  }
}

/** Whole from the first instant: whoever finds it can tell whose it is. */
async function taken(lock: string, own: string, file: string): Promise<boolean> {
  const draft = draftOf(file)
  try {
    await createPrivate(draft, own)
    await link(draft, lock)
    return true
  } catch (error) {
    // Somebody holds it, or has swept the draft away as one that a crash had left.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    throw error
  } finally {
    await rm(draft, { force: true })
  }
}

const draftOf = (file: string): string => join(dirname(file), `.${basename(file)}.${randomBytes(6).toString('hex')}.tmp`)

/** The lock of a file whose holder is no more; the next writer would break it. */
export async function deadLock(file: string): Promise<string | undefined> {
  const holder = await readFile(`${file}.lock`, 'utf8').catch(() => undefined /* the usual case: nobody holds it */)
  return holder !== undefined && staleAfter(holder) < held ? `${file}.lock` : undefined
}

function staleAfter(holder: string): number {
  const [number, life] = holder.split(' ')
  const pid = Number(number)
  if (!Number.isInteger(pid) || pid <= 0) return torn
  return (pid === process.pid ? life === self : isAlive(pid)) ? held : 0
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}

/** What the system says of a disk that is full, or not ours to write to. */
export function diskFault(error: unknown): unknown {
  const code = codeOf(error)
  return error instanceof NexusError || code === undefined ? error : fail('NEXUS_PLUGINS_DISK', { reason: code }, error)
}
