/** From the root of a workspace to a path in it, with every check on the way. */
import { mkdir } from 'node:fs/promises'
import { codeOf, fail } from './errors.ts'
import { namesOf } from './paths.ts'
import type { Place, Walker } from './walk.ts'

/** What may not be touched although it may lie inside: the gateway's state and settings. */
export interface Guard {
  /** Rejects with NEXUS_WORKSPACE_ROOT for a root that is part of the state. */
  checkRoot(root: string): Promise<void>
  /** Called at the start of each use: things are replaced while the gateway runs. */
  look(): Promise<{ covers(folder: Place, name: string, found: Place | undefined): boolean }>
}
export interface Bounds { readonly mounts: boolean; readonly hardLinks: boolean }
export interface Finder {
  /** Runs `use` with what is at `path`, and closes it. `make`: folders above it are made. */
  at<T>(path: string, use: (found: Found) => Promise<T>, options?: { readonly make?: boolean }): Promise<T>
}
export interface Found {
  readonly root: Place
  /** The folder it is in; the root is in itself. */
  readonly folder: Place
  /** '' for the root. */
  readonly name: string
  /** The whole path from the root, '' for the root itself. */
  readonly prefix: string
  readonly place: Place | undefined
  /** The same again, for what may have changed. The caller closes it. */
  again(): Promise<Place | undefined>
  /** A name in a folder, unless it is none of the workspace's. The caller closes it. */
  step(folder: Place, name: string): Promise<Place | undefined>
}

/** `within`: folders that the root must not lead out of. */
export function createFinder(walker: Walker, guard: Guard, bounds: Bounds, root: string, within: readonly string[] = []): Finder {
  async function at<T>(path: string, use: (found: Found) => Promise<T>, { make = false } = {}): Promise<T> {
    const names = namesOf(path, root)
    const open: Place[] = []
    const keep = <P extends Place | undefined>(place: P): P => {
      if (place) open.push(place)
      return place
    }
    try {
      const base = keep(await rootPlace(make))
      for (const above of within) await confine(keep(await walker.root(above)), base)
      const cover = await guard.look()
      const step = async (folder: Place, name: string): Promise<Place | undefined> => {
        const place = await walker.step(folder, name)
        if (!cover.covers(folder, name, place)) return place
        await place?.close()
        throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'it belongs to the gateway itself' })
      }
      let folder: Place = base
      for (const name of names.slice(0, -1)) folder = keep(await down(step, base, folder, name, make))
      const name = names.at(-1) ?? ''
      const place = name === '' ? base : keep(await step(folder, name))
      await walker.verify(base, place && !place.stats.isSymbolicLink() ? place : folder, bounds.mounts)
      return await use({ root: base, folder, name, prefix: names.join('/'), place, again: () => step(folder, name), step })
    } catch (error) {
      throw asOurs(error)
    } finally {
      for (const place of open.reverse()) await place.close()
    }
  }

  async function rootPlace(make: boolean): Promise<Place> {
    await guard.checkRoot(root)
    try {
      return await walker.root(root)
    } catch (error) {
      if (codeOf(error) === 'ENOTDIR') throw fail('NEXUS_WORKSPACE_ROOT', { reason: 'it is no folder' })
      if (codeOf(error) !== 'ENOENT') throw error
      if (!make) throw fail('NEXUS_WORKSPACE_NOT_FOUND')
    }
    await mkdir(root, { recursive: true, mode: 0o700 })
    return walker.root(root)
  }

  async function confine(above: Place, base: Place): Promise<void> {
    try {
      await walker.verify(above, base, true)
    } catch (error) {
      throw codeOf(error) === 'NEXUS_WORKSPACE_OUTSIDE' ? fail('NEXUS_WORKSPACE_ROOT', { reason: 'it is not part of that of the run above' }) : error
    }
  }

  async function down(step: Found['step'], base: Place, folder: Place, name: string, make: boolean): Promise<Place> {
    const found = await step(folder, name) ?? (make ? await made(step, base, folder, name) : undefined)
    if (!found) throw fail('NEXUS_WORKSPACE_NOT_FOUND')
    if (found.stats.isDirectory()) return found
    await found.close()
    throw found.stats.isSymbolicLink() ? isLink() : fail('NEXUS_WORKSPACE_NOT_FOLDER')
  }

  /** Nothing is made in what is not the workspace's own, such as a mount: by the end of the path it would be there. */
  async function made(step: Found['step'], base: Place, folder: Place, name: string): Promise<Place | undefined> {
    await walker.verify(base, folder, bounds.mounts)
    try {
      await mkdir(`${folder.path}/${name}`, { mode: 0o700 })
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error
    }
    return step(folder, name)
  }

  return { at }
}

export const isLink = () => fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'a link stands there, and links are not followed' })

/** Rejects for what is no plain file of the workspace's own. */
export function checkFile(place: Place, { hardLinks }: Bounds): void {
  const { stats } = place
  if (stats.isSymbolicLink()) throw isLink()
  if (stats.isDirectory()) throw fail('NEXUS_WORKSPACE_NOT_FILE', { what: 'a folder' })
  if (!stats.isFile()) throw fail('NEXUS_WORKSPACE_NOT_FILE', { what: 'a pipe, a socket or a device' })
  if (!hardLinks && stats.nlink > 1n) throw fail('NEXUS_WORKSPACE_OUTSIDE', { reason: 'the file has more than one name, and another may be elsewhere; `workspace.hardLinks` lets that pass' })
}

/** What the system says, in our words and without its paths. */
export function asOurs(error: unknown): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  if (typeof code !== 'string' || code.startsWith('NEXUS_')) return error
  if (code === 'ENOENT') return fail('NEXUS_WORKSPACE_NOT_FOUND', {}, error)
  if (code === 'ENOTDIR') return fail('NEXUS_WORKSPACE_NOT_FOLDER', {}, error)
  if (code === 'ELOOP') return isLink()
  return fail('NEXUS_WORKSPACE_IO', { reason: codeOf(error) }, error)
}
