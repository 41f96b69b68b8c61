/**
 * One writer at a time for a file, also among processes. The lock is there for fairness and not for safety: breaking
 * one that looks stale may, once in a blue moon, break a live one, and then the drafts (`openDraft`) let one writer win.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { createPrivate, errno, realFs, removeFile, type Fs } from './atomic.ts'
import { failConfig } from './errors.ts'

/** In milliseconds. */
export interface Patience {
  /** A lock without a readable holder: its maker may be about to write it, or was killed in between. */
  readonly torn: number
  /** A lock of one live holder; a write takes a few milliseconds. */
  readonly held: number
  /** In all, however many writers come first. */
  readonly all: number
}
const usual: Patience = { torn: 500, held: 10_000, all: 30_000 }

/** Tells this process from an earlier one that had its pid. */
const self = randomUUID()

/** Runs `work` while `<file>.lock` is held. Throws NEXUS_CONFIG_WRITE if others have it for too long; what the system throws otherwise. */
export async function withFileLock<T>(file: string, work: () => Promise<T>, fs: Fs = realFs, patience: Patience = usual): Promise<T> {
  const lock = `${file}.lock`
  const own = JSON.stringify({ pid: process.pid, process: self, nonce: randomUUID() })
  const start = performance.now()
  let [seen, since]: [string | undefined, number] = [undefined, start]
  while (!(await take(lock, own, fs))) {
    const text = await readText(lock, fs)
    const now = performance.now()
    if (text !== seen) [seen, since] = [text, now]
    if (text !== undefined && now - since >= staleAfter(text, patience)) {
      await removeFile(lock, fs)
      continue
    }
    if (now - start > patience.all) throw failConfig('NEXUS_CONFIG_WRITE', { file, reason: 'others are writing it all the time' })
    await sleep(5 + Math.random() * 10)
  }
  try {
    return await work()
  } finally {
    // If it cannot be removed, the next writer will find it stale; the work is done all the same.
    if ((await readText(lock, fs)) === own) await fs.unlink(lock).catch(() => {})
  }
}

async function take(lock: string, own: string, fs: Fs): Promise<boolean> {
  const handle = await createPrivate(lock, fs).catch((error: unknown) => {
    if (errno(error) === 'EEXIST') return undefined
    throw error
  })
  if (!handle) return false
  try {
    await handle.writeFile(own)
    return true
  } catch (error) {
    await removeFile(lock, fs)
    throw error
  } finally {
    await handle.close()
  }
}

/** How long the same lock may be seen. */
function staleAfter(text: string, { torn, held }: Patience): number {
  const holder = parse(text)
  if (!holder) return torn
  return holder.pid === process.pid ? (holder.process === self ? held : 0) : isAlive(holder.pid) ? held : 0
}

function parse(text: string): { readonly pid: number; readonly process: unknown } | undefined {
  try {
    const holder = JSON.parse(text) as { pid?: unknown; process?: unknown } | null
    return Number.isInteger(holder?.pid) && Number(holder?.pid) > 0 ? { pid: Number(holder?.pid), process: holder?.process } : undefined
  } catch {
    return undefined // killed while it was written
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return errno(error) !== 'ESRCH'
  }
}

/** `undefined`: no lock. One that cannot be read is as good as a torn one: removing it shows whether that is allowed. */
const readText = (lock: string, fs: Fs): Promise<string | undefined> =>
  fs.readFile(lock, 'utf8').catch((error: unknown) => (errno(error) === 'ENOENT' ? undefined : ''))
