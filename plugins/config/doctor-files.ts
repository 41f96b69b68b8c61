/** The state directory and the file of the settings: who can read them, and what was left lying there. */
import { chmod, lstat, readdir, readFile, rm, unlink } from 'node:fs/promises'
import { basename, dirname, join, sep } from 'node:path'
import type { DoctorFinding } from './contract.ts'
import { accepts, type Patient } from './patient.ts'

const mostEntries = 20_000
const mostNamed = 3
const minute = 60_000
/** What was cut off is this old before it is taken for that; nobody writes one file for so long. */
const draftAge = 10 * minute
/** An edit that was refused is somebody's work: it is kept for a week after the settings have moved on. */
const refusedAge = 7 * 24 * 60 * minute
/** Of other people's making, and modes in them matter little below a directory that nobody else can enter. */
const foreign = ['plugins', 'cache']

interface Entry { readonly path: string; readonly kind: 'dir' | 'file' | 'socket'; readonly mode: number; readonly mtime: number; readonly mine: boolean }

export async function fileFindings(patient: Patient): Promise<DoctorFinding[]> {
  const { paths, control } = patient
  const { file } = control.current()
  const [state, beside] = await Promise.all([below(paths.state, foreign), entriesIn(dirname(file))])
  const own = await entryOf(file)
  const near = beside.filter(({ path }) => basename(path).startsWith(`${basename(file)}.`) || basename(path).startsWith(`.${basename(file)}.`))
  const all = [...new Map([...state, ...near, ...(own ? [own] : [])].map((entry) => [entry.path, entry])).values()]
  return [
    ...(process.platform === 'win32' ? [] : [...permissions(state), ...(own && !isBelow(paths.state, file) ? changeable(own) : [])]),
    ...drafts(all, patient.now()),
    ...refused(all, file, own, patient.now()),
    ...copies(all),
    ...await staleLock(join(paths.state, 'gateway.lock'), all),
    ...await staleSocket(paths.socket, all),
  ]
}

function permissions(entries: readonly Entry[]): DoctorFinding[] {
  const foreigners = entries.filter(({ mine }) => !mine)
  const open = entries.filter(({ mine, kind, mode }) => mine && kind !== 'socket' && (mode & 0o077) !== 0)
  const list = (some: readonly Entry[]): string => some.slice(0, mostNamed).map(({ path }) => path).join(', ') + (some.length > mostNamed ? ` and ${some.length - mostNamed} more` : '')
  return [
    ...(open.length === 0 ? [] : [{
      id: 'state.permissions', level: 'error' as const, what: `others than the owner have access to ${list(open)}`, fix: 'chmod 700 the directories and 600 the files.',
      repair: async () => { for (const { path, kind } of open) await chmod(path, kind === 'dir' ? 0o700 : 0o600) },
    }]),
    ...(foreigners.length === 0 ? [] : [{ id: 'state.owner', level: 'error' as const, what: `${list(foreigners)} belong to another user`, fix: 'Make them the gateway\'s: chown.' }]),
  ]
}

/** Settings that stand elsewhere, in /etc say, may be there for others to read, but not to change. */
function changeable({ path, mode, mine }: Entry): DoctorFinding[] {
  if ((mode & 0o022) === 0) return []
  return [{ id: 'config.permissions', level: 'error', what: `others than the owner can change ${path}`, fix: `chmod go-w ${path}`, ...(mine && { repair: () => chmod(path, mode & 0o7755) }) }]
}

const isBelow = (dir: string, path: string): boolean => path.startsWith(dir + sep)

/** What a write had begun when the process ended. */
function drafts(entries: readonly Entry[], now: number): DoctorFinding[] {
  const stale = entries.filter(({ path, kind, mtime }) => kind === 'file' && path.endsWith('.tmp') && now - mtime > draftAge)
  return stale.map(({ path }) => ({ id: 'state.draft', level: 'warning', what: `${path} was left by a write that was cut off`, fix: `rm ${path}`, repair: () => rm(path, { force: true }) }))
}

function refused(entries: readonly Entry[], file: string, own: Entry | undefined, now: number): DoctorFinding[] {
  const kept = entries.find(({ path }) => path === `${file}.rejected`)
  if (!kept) return []
  const over = own !== undefined && own.mtime > kept.mtime && now - kept.mtime > refusedAge
  return [{
    id: 'config.rejected', level: 'note', what: `${kept.path} keeps an edit that was refused`, fix: 'Take from it what is wanted, then remove it.',
    ...(over && { repair: () => rm(kept.path, { force: true }) }),
  }]
}

const copies = (entries: readonly Entry[]): DoctorFinding[] => entries.filter(({ path }) => /\/edit-[0-9a-f]+\.json5$/.test(path))
  .map(({ path }) => ({ id: 'config.copy', level: 'note', what: `${path} holds an edit that was not finished`, fix: `Go on with \`nexus config edit --from ${path}\`, or remove it.` }))

/** Of a process that is no more. While this gateway runs it is its own, and it lives. */
async function staleLock(file: string, entries: readonly Entry[]): Promise<DoctorFinding[]> {
  if (!entries.some(({ path }) => path === file)) return []
  const text = await readFile(file, 'utf8').catch(() => '' /* gone meanwhile */)
  const pid = pidIn(text)
  if (pid === undefined || isAlive(pid)) return []
  return [{ id: 'gateway.lock', level: 'warning', what: `${file} names process ${pid}, which has ended`, fix: 'The next start removes it.', repair: async () => { if ((await readFile(file, 'utf8')) === text) await unlink(file) } }]
}

function pidIn(text: string): number | undefined {
  const pid: unknown = /"pid"\s*:\s*(\d{1,10})/.exec(text)?.[1]
  return typeof pid === 'string' ? Number(pid) : undefined
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

async function staleSocket(file: string, entries: readonly Entry[]): Promise<DoctorFinding[]> {
  if (!entries.some(({ path, kind }) => path === file && kind === 'socket') || await accepts({ path: file })) return []
  return [{ id: 'gateway.socket', level: 'warning', what: `nobody answers at ${file}`, fix: `rm ${file}`, repair: async () => { if (!await accepts({ path: file })) await rm(file, { force: true }) } }]
}

// ── Looking ─────────────────────────────────────────────────────────────────────────────────────

async function below(dir: string, except: readonly string[]): Promise<Entry[]> {
  const root = await entryOf(dir)
  const found: Entry[] = root ? [root] : []
  for (let at = 0; at < found.length && found.length < mostEntries; at++) {
    const { path, kind } = found[at]!
    if (kind === 'dir' && !except.some((name) => path === join(dir, name))) found.push(...await entriesIn(path))
  }
  return found.slice(0, mostEntries)
}

async function entriesIn(dir: string): Promise<Entry[]> {
  const names = await readdir(dir).catch(() => [] /* gone, or not ours to read: its owner is told of elsewhere */)
  return (await Promise.all(names.slice(0, mostEntries).map((name) => entryOf(join(dir, name))))).filter((entry) => entry !== undefined)
}

/** Links are not followed, and only what can be mended or removed counts. */
async function entryOf(path: string): Promise<Entry | undefined> {
  const found = await lstat(path).catch(() => undefined /* gone meanwhile */)
  const kind = found?.isDirectory() ? 'dir' : found?.isFile() ? 'file' : found?.isSocket() ? 'socket' : undefined
  return found && kind && { path, kind, mode: found.mode, mtime: found.mtimeMs, mine: process.getuid === undefined || found.uid === process.getuid() }
}

