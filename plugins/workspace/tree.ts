/** A walk through a folder and what is below it, in bounds. */
import { setImmediate as others } from 'node:timers/promises'
import { entriesOf } from './files.ts'
import type { FolderEntry } from './contract.ts'
import type { Found } from './find.ts'
import type { Place, Walker } from './walk.ts'

const maxDepth = 32
const maxFolderEntries = 5_000
/** Comparisons of characters, or 500 for an entry: then others have their turn. */
const maxAtOnce = 100_000
/** Not entered unless somebody asks for them: others' files, and many. */
const skipped: ReadonlySet<string> = new Set(['.git', '.hg', '.svn', 'node_modules'])

export interface Step {
  /** From the root of the workspace, with `/`. */
  readonly path: string
  readonly type: FolderEntry['type']
  readonly folder: Place
  readonly name: string
}
export interface Walk {
  readonly walker: Walker
  readonly mounts: boolean
  readonly depth?: number
  readonly maxEntries: number
  /** Characters of the pattern that each path is held against. */
  readonly patternChars?: number
  readonly signal: AbortSignal
}

/** `visit` gives false to end it. Links are named and not followed; what cannot be opened is left out. Gives whether all was seen. */
export async function walkTree(found: Found, prefix: string, walk: Walk, visit: (step: Step) => Promise<boolean> | boolean): Promise<boolean> {
  const state = { entries: 0, complete: true, done: 0 }

  async function inside(folder: Place, path: string, depth: number): Promise<boolean> {
    walk.signal.throwIfAborted()
    const { entries, more } = await entriesOf(folder, maxFolderEntries)
    if (more) state.complete = false
    for (const { name, type } of entries) {
      if (state.entries++ >= walk.maxEntries) return stop()
      const below = path === '' ? name : `${path}/${name}`
      await turn(below)
      if (!await visit({ path: below, type, folder, name })) return stop()
      if (type === 'folder' && !await enter(folder, name, below, depth)) return false
    }
    return true
  }

  /** A large folder, or a pattern made for it, holds nobody up, and a call that is over goes no further. */
  async function turn(path: string): Promise<void> {
    state.done += 500 + (walk.patternChars ?? 0) * path.length
    if (state.done < maxAtOnce) return
    state.done = 0
    await others()
    walk.signal.throwIfAborted()
  }

  async function enter(folder: Place, name: string, path: string, depth: number): Promise<boolean> {
    if (depth >= Math.min(walk.depth ?? maxDepth, maxDepth) || skipped.has(name)) return true
    const place = await opened(found, walk, folder, name)
    if (!place) return true
    try {
      return await inside(place, path, depth + 1)
    } finally {
      await place.close()
    }
  }

  function stop(): false {
    state.complete = false
    return false
  }

  await inside(found.place!, prefix, 1)
  return state.complete
}

/** A folder of the workspace's own, or nothing. */
async function opened(found: Found, { walker, mounts }: Walk, folder: Place, name: string): Promise<Place | undefined> {
  const place = await found.step(folder, name).catch(() => undefined)
  if (!place) return undefined
  const isOwn = place.stats.isDirectory() && await walker.verify(found.root, place, mounts).then(() => true, () => false)
  if (isOwn) return place
  await place.close()
  return undefined
}
