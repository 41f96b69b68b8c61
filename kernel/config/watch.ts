/**
 * Tells when one of some files has changed. Directories are watched and not files, because a watch on a file goes blind
 * when an editor saves by renaming another one over it. Events only say when to look; what has changed is found by
 * comparing what the files' entries say. A slow look at all of them besides finds what sends no event: a file on a
 * network mount, a directory that was replaced or is back again, a link far up the path that points elsewhere.
 */
import { watch, type FSWatcher } from 'node:fs'
import { realpath, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Log } from '../contract.ts'
import { errno } from './atomic.ts'

export interface WatchOptions {
  readonly log: Log
  /** Quiet time after which a save counts as finished. */
  readonly debounceMs?: number
  /** Between two looks without an event. */
  readonly lookMs?: number
}
/** What the entries say of all files, and which names in which directories events may come for. */
interface Survey { readonly prints: ReadonlyMap<string, string>; readonly paths: ReadonlySet<string>; readonly dirs: ReadonlyMap<string, string> }

/** A file that is written to without end is reported all the same, once in so many debounces. */
const longest = 10

/**
 * Calls `onChange` after a change of `files`, which is asked anew at every look. Also once for every file that is new in
 * it, the first ones too: it may have changed between being read and being watched.
 */
export function watchFiles(files: () => readonly string[], onChange: () => void, { log, debounceMs = 100, lookMs = 1_000 }: WatchOptions): Disposable {
  const watched = new Map<string, { readonly id: string; readonly watcher: FSWatcher }>()
  const troubled = new Set<string>()
  let prints: ReadonlyMap<string, string> = new Map()
  let paths: ReadonlySet<string> = new Set()
  let [looking, closed] = [false, false]
  let pending: { readonly since: number; readonly timer: NodeJS.Timeout } | undefined
  const slow = setInterval(() => void look(false), lookMs).unref()

  function touched(): void {
    if (closed) return
    clearTimeout(pending?.timer)
    const now = performance.now()
    const since = pending?.since ?? now
    const ms = Math.max(0, Math.min(debounceMs, since + longest * debounceMs - now))
    pending = { since, timer: setTimeout(() => { pending = undefined; void look(true) }, ms).unref() }
  }

  /** `settled`: the files have been quiet, so a difference is reported and not waited for. */
  async function look(settled: boolean): Promise<void> {
    if (looking) return settled ? touched() : undefined
    looking = true
    const seen = await survey(files()).finally(() => { looking = false })
    if (closed) return
    paths = seen.paths
    follow(seen.dirs)
    if ([...seen.prints].every(([file, print]) => prints.get(file) === print)) return
    if (!settled) return pending ? undefined : touched()
    prints = seen.prints
    onChange()
  }

  function follow(dirs: ReadonlyMap<string, string>): void {
    for (const [dir, { id }] of watched) if (dirs.get(dir) !== id) unwatch(dir)
    for (const [dir, id] of dirs) if (!watched.has(dir)) open(dir, id)
    for (const dir of troubled) if (!dirs.has(dir)) troubled.delete(dir)
  }

  function open(dir: string, id: string): void {
    try {
      const watcher = watch(dir, { persistent: false }, (_, name) => {
        // Its own name: the directory was moved or removed, and this watch sees nothing of what takes its place.
        if (name === basename(dir)) unwatch(dir)
        if (name === null || name === basename(dir) || paths.has(join(dir, name))) touched()
      })
      watched.set(dir, { id, watcher: watcher.on('error', (error) => { unwatch(dir); trouble(dir, error) }) })
    } catch (error) {
      trouble(dir, error)
    }
  }

  function trouble(dir: string, error: unknown): void {
    if (!troubled.has(dir)) log.warn('a directory with settings cannot be watched; its files are looked at now and then', { dir, reason: errno(error), everyMs: lookMs })
    troubled.add(dir)
  }

  function unwatch(dir: string): void {
    watched.get(dir)?.watcher.close()
    watched.delete(dir)
  }

  void look(false)
  return {
    [Symbol.dispose]() {
      closed = true
      clearInterval(slow)
      clearTimeout(pending?.timer)
      for (const dir of [...watched.keys()]) unwatch(dir)
    },
  }
}

async function survey(files: readonly string[]): Promise<Survey> {
  const found = await Promise.all(files.map(async (file) => ({ file, print: await printOf(file), target: await realpath(file).catch(() => file) })))
  const paths = new Set(found.flatMap(({ file, target }) => [file, target]))
  const dirs = await Promise.all([...new Set([...paths].map(dirname))].map(async (dir) => [dir, await stat(dir).catch(() => undefined)] as const))
  return {
    prints: new Map(found.map(({ file, print }) => [file, print])),
    paths,
    dirs: new Map(dirs.flatMap(([dir, at]) => (at?.isDirectory() ? [[dir, `${at.dev}:${at.ino}`] as const] : []))),
  }
}

/** Changes whenever the file does; the reason if there is none to be seen. */
const printOf = (file: string): Promise<string> => stat(file, { bigint: true }).then(
  ({ dev, ino, size, mtimeNs, ctimeNs }) => `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`,
  (error: unknown) => errno(error) ?? String(error),
)
