/**
 * Watches folders and says which of them something happened in. Folders and not files, because a watch on a file goes
 * blind when an editor saves by renaming another one over it. A folder that is itself replaced is found again.
 */
import { watch, type FSWatcher } from 'node:fs'
import { stat } from 'node:fs/promises'

export interface Folders extends Disposable {
  /** From now on these folders, and no others. */
  set(dirs: Iterable<string>): Promise<void>
  /** Looks whether every folder is still the one that is watched. */
  check(): Promise<void>
}

export function watchFolders(onEvent: (dir: string) => void, onTrouble: (dir: string, error: unknown) => void): Folders {
  const watched = new Map<string, { watcher: FSWatcher | undefined; ino: number | undefined }>()

  async function open(dir: string): Promise<void> {
    const ino = await inodeOf(dir)
    const before = watched.get(dir)
    if (!before || before.ino === ino) return
    before.watcher?.close()
    watched.set(dir, { watcher: ino === undefined ? undefined : start(dir), ino })
    if (ino !== undefined) onEvent(dir)
  }

  function start(dir: string): FSWatcher | undefined {
    try {
      const watcher = watch(dir, { persistent: false }, () => onEvent(dir))
      watcher.on('error', (error) => onTrouble(dir, error))
      return watcher
    } catch (error) {
      onTrouble(dir, error)
      return undefined
    }
  }

  function close(dir: string): void {
    watched.get(dir)?.watcher?.close()
    watched.delete(dir)
  }

  return {
    async set(dirs) {
      const wanted = new Set(dirs)
      for (const dir of [...watched.keys()]) if (!wanted.has(dir)) close(dir)
      for (const dir of wanted) if (!watched.has(dir)) watched.set(dir, { watcher: undefined, ino: undefined })
      await Promise.all([...wanted].map(open))
    },
    async check() { await Promise.all([...watched.keys()].map(open)) },
    [Symbol.dispose]() { for (const dir of [...watched.keys()]) close(dir) },
  }
}

/** `undefined`: not there, or not ours to look at; it is asked for again at the next check. */
async function inodeOf(dir: string): Promise<number | undefined> {
  const found = await stat(dir).catch(() => undefined)
  return found?.isDirectory() ? found.ino : undefined
}
