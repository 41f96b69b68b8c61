/**
 * Tells which plugins have changed on disk. Events only say when to look: what has changed is found by comparing what
 * the files' entries say, so a touched folder, a lost event or ten events for one save all come out right.
 */
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { watchFolders } from './folders.ts'

export interface Target {
  readonly id: string
  /** The plugin's files, or a folder whose code files it is made of. */
  readonly paths: readonly string[]
  /** Whether its files say something else than what runs; asked once, when it is new here. */
  stale?(): Promise<boolean>
}

export interface Watch extends Disposable {
  /** Takes up the targets as they are now. */
  sync(): Promise<void>
  check(): Promise<void>
}

export interface WatchOptions {
  targets(): readonly Target[]
  /** Gives those that may be taken up later though nothing changes any more; they are told of again. */
  onChange(ids: readonly string[]): Promise<readonly string[]>
  onTrouble(dir: string, error: unknown): void
  /** Runs something later; dropped when the owner closes. */
  after(run: () => Promise<void>, ms: number): void
  now(): number
  /** Quiet time after which a save counts as finished. */
  debounceMs?: number
  /** Until what may be taken up later is told of again, and twice as long the next time. */
  againMs?: number
}

const code = /\.[cm]?[jt]sx?$/
/** An author's folder holds a plugin; one with more files than this is something else. */
const mostFiles = 1_000
/** So often a change is told of again. */
const mostAgain = 3

export function watchPlugins({ targets, onChange, onTrouble, after, now, debounceMs = 25, againMs = 1_000 }: WatchOptions): Watch {
  const folders = watchFolders(touched, onTrouble)
  let prints = new Map<string, string>()
  let quietAt = 0
  let armed = false
  let busy: Promise<void> = Promise.resolve()

  function touched(): void {
    quietAt = now() + debounceMs
    if (!armed) arm(debounceMs)
  }

  function arm(ms: number): void {
    armed = true
    after(async () => {
      const left = quietAt - now()
      if (left > 0) return arm(left)
      armed = false
      await serially(report)
    }, ms)
  }

  async function report(): Promise<void> {
    const { dirs, owners, found } = await look(targets())
    const changed = new Set<string>()
    for (const [file, print] of found) if (prints.get(file) !== print) for (const id of owners.get(file) ?? []) changed.add(id)
    // A file that is gone for a moment, while it is being saved, keeps its print.
    prints = new Map([...prints, ...found])
    await folders.set(dirs)
    await tell([...changed])
  }

  async function sync(): Promise<void> {
    const all = targets()
    const { dirs, owners, found } = await look(all)
    const fresh = new Set([...found.keys()].flatMap((file) => (prints.has(file) ? [] : owners.get(file) ?? [])))
    // What is known already may have changed meanwhile and is compared when the folder's event comes.
    prints = new Map([...found].map(([file, print]) => [file, prints.get(file) ?? print]))
    await folders.set(dirs)
    // What is new here may have been saved between its load and this look, and of that no event comes any more.
    const late = await Promise.all(all.map(async ({ id, stale }) => (fresh.has(id) && await stale?.() ? [id] : [])))
    await tell(late.flat())
  }

  async function tell(ids: readonly string[], turn = 0): Promise<void> {
    if (ids.length === 0) return
    const again = await onChange(ids)
    if (again.length > 0 && turn < mostAgain) after(() => serially(() => tell(again, turn + 1)), againMs * 2 ** turn)
  }

  /** One look at the disk after the other. */
  function serially(work: () => Promise<void>): Promise<void> {
    const done = busy.then(work)
    // Whoever asked is told of the failure; the next one in line is not concerned.
    busy = done.catch(() => {})
    return done
  }

  return {
    sync: () => serially(sync),
    check: () => folders.check(),
    [Symbol.dispose]: () => folders[Symbol.dispose](),
  }
}

interface Look { readonly dirs: ReadonlySet<string>; readonly owners: ReadonlyMap<string, readonly string[]>; readonly found: ReadonlyMap<string, string> }

/** Where to watch, whose file is whose, and what each file that is there looks like. */
async function look(targets: readonly Target[]): Promise<Look> {
  const dirs = new Set<string>()
  const owners = new Map<string, string[]>()
  for (const { id, paths } of targets) {
    for (const { dir, files } of await Promise.all(paths.map(placeOf))) {
      dirs.add(dir)
      for (const file of files) owners.set(file, [...(owners.get(file) ?? []), id])
    }
  }
  const found = new Map<string, string>()
  await Promise.all([...owners.keys()].map(async (file) => {
    const print = await printOf(file)
    if (print) found.set(file, print)
  }))
  return { dirs, owners, found }
}

async function placeOf(path: string): Promise<{ dir: string; files: string[] }> {
  const isFolder = await stat(path).then((found) => found.isDirectory(), () => false)
  if (!isFolder) return { dir: dirname(path), files: [path] }
  const names = await readdir(path).catch((): string[] => [])
  return { dir: path, files: names.filter((name) => code.test(name) || name === 'package.json').slice(0, mostFiles).map((name) => join(path, name)) }
}

/** `undefined`: not there at the moment. */
async function printOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined)
  return found?.isFile() ? `${found.ino}:${found.size}:${found.mtimeMs}` : undefined
}
