/**
 * One gateway per state directory. The lock names its holder by pid, start time, boot and pid namespace, so that
 * a pid that was given out again is never taken for the gateway, neither to yield to it nor to signal it.
 *
 * A lock appears by `link()`, whole or not at all. A stale one is removed only by whoever holds the lock's guard,
 * after reading it again under the guard: of any number of starters exactly one wins.
 */
import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, readlinkSync, renameSync, unlinkSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { fail } from '../errors.ts'

export interface LockRecord {
  readonly pid: number
  /** Start time of the process as the system tells it, its boot and its pid namespace; empty where unknown. */
  readonly start: string
  readonly boot: string
  readonly space: string
  readonly nonce: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Where it listens, once it does. */
  readonly host?: string
  readonly port?: number
}
export interface Lock {
  publish(listening: { readonly host: string; readonly port: number }): void
  /** Removes the lock if it is still this one. */
  release(): void
}
interface Place { readonly state: string; readonly lock: string; readonly socket: string }

/** `away`: alive in another pid namespace, such as a container; its pid means nothing here. */
export type Holder = 'alive' | 'away' | 'gone'

const GUARD_RETRY_MS = 5
const GUARD_RETRIES = 400
/** A holder in another namespace that does not answer: this young it may still be starting. */
const STARTING_MS = 2000
const UNWRITABLE = ['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'ENOENT']

/** Throws NEXUS_START_LOCKED while another gateway lives, NEXUS_START_STATE if the directory cannot be written. */
export async function acquireLock(paths: Place): Promise<Lock> {
  const record: LockRecord = { pid: process.pid, ...identityOf(process.pid), nonce: randomUUID(), startedAt: Date.now() }
  const draft = `${paths.lock}.${record.nonce}`
  const write = (content: LockRecord): void => writeFileSync(draft, JSON.stringify(content), { mode: 0o600, flag: 'wx' })
  const lost = (holder: LockRecord | undefined) => fail('NEXUS_START_LOCKED', { pid: holder?.pid ?? '?', dir: paths.state })
  try {
    write(record)
    const holder = await claim(paths.lock, draft, paths.socket).finally(() => remove(draft))
    if (holder) throw lost(holder)
  } catch (error) {
    throw isErrno(error, UNWRITABLE) ? fail('NEXUS_START_STATE', { dir: paths.state }, error) : error
  }
  const isOwn = (): boolean => readLock(paths.lock)?.nonce === record.nonce
  return {
    publish(listening) {
      if (!isOwn()) throw lost(readLock(paths.lock))
      write({ ...record, ...listening })
      renameSync(draft, paths.lock)
    },
    release() {
      if (isOwn()) remove(paths.lock)
    },
  }
}

/** The lock's record, whether its holder lives or not; `undefined` if there is none or it is damaged. */
export const readLock = (file: string): LockRecord | undefined => parse(readText(file))

/** Whether the process that wrote `held` is still that process. */
export async function holderOf(held: LockRecord, socket: string): Promise<Holder> {
  const now = identityOf(held.pid)
  if (held.boot !== now.boot) return 'gone'
  if (held.space !== now.space) return Date.now() - held.startedAt < STARTING_MS || (await answers(socket)) ? 'away' : 'gone'
  return held.start === '' || held.start === now.start ? 'alive' : 'gone'
}

/** Gives `file` the content of `draft`, or gives the record of the live process that has it. */
async function claim(file: string, draft: string, socket: string): Promise<LockRecord | undefined> {
  for (let tries = 0; ; tries++) {
    if (without(['EEXIST'], () => { linkSync(draft, file); return true })) return undefined
    const text = readText(file)
    if (text === undefined) continue
    const held = parse(text)
    if (held && (await holderOf(held, socket)) !== 'gone') return held
    const guard = `${file}.guard`
    const cleaner = await claim(guard, draft, socket)
    if (cleaner && tries === GUARD_RETRIES) return cleaner
    if (cleaner) {
      await sleep(GUARD_RETRY_MS)
      continue
    }
    if (readText(file) === text) remove(file)
    remove(guard)
  }
}

function identityOf(pid: number): Pick<LockRecord, 'start' | 'boot' | 'space'> {
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim()
  if (boot === undefined) return { start: startByPs(pid), boot: '', space: '' }
  const stat = readText(`/proc/${pid}/stat`) ?? ''
  // The second field is the program's name in parentheses and may hold anything; a zombie has ended.
  const [state = 'X', ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return { start: 'ZX'.includes(state) ? 'ended' : rest[18] ?? 'ended', boot, space: readlinkSync('/proc/self/ns/pid') }
}

function startByPs(pid: number): string {
  try {
    return process.getBuiltinModule('node:child_process').execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', stdio: 'pipe' }).trim()
  } catch {
    // No such process, or no `ps` here either.
    return ''
  }
}

function answers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = connect(socket)
    probe.once('connect', () => resolve(true)).once('error', () => resolve(false)).setTimeout(500, () => resolve(true))
    probe.once('connect', () => probe.destroy()).once('timeout', () => probe.destroy())
  })
}

function parse(text: string | undefined): LockRecord | undefined {
  try {
    const record = JSON.parse(text ?? '') as LockRecord
    return Number.isInteger(record?.pid) && record.pid > 0 && typeof record.nonce === 'string' ? record : undefined
  } catch {
    // A damaged lock, say after a power cut, is nobody's.
    return undefined
  }
}

const readText = (file: string): string | undefined => without(['ENOENT', 'ESRCH'], () => readFileSync(file, 'utf8'))
const remove = (file: string): void => void without(['ENOENT'], () => unlinkSync(file))

/** What `run` gives, or `undefined` if it fails with one of `codes`. */
function without<T>(codes: readonly string[], run: () => T): T | undefined {
  try {
    return run()
  } catch (error) {
    if (isErrno(error, codes)) return undefined
    throw error
  }
}

export const isErrno = (error: unknown, codes: readonly string[]): boolean => error instanceof Error && codes.includes((error as NodeJS.ErrnoException).code ?? '')
