/** Where a built plugin finds its libraries: beside the gateway, as in a clone, or where `nexus plugins enable` has put them. */
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Plugin } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { folderName, named, opener, sizeText, type LibraryLock } from './lock.ts'

export type Need = Pick<LibraryLock, 'plugin' | 'digest' | 'bytes' | 'libraries'>
/** `undefined`: they are nowhere. */
export type Place = 'beside' | 'fetched' | undefined

export interface Shelf {
  /** Looks where they are, and whether fetched ones are what was fetched; imports nothing. Throws NEXUS_PLUGINS_LIBRARY, NEXUS_PLUGINS_LIBRARY_TAMPERED. */
  look(state: string): Promise<void>
  /** `beside` imports it as Node would. Throws NEXUS_PLUGINS_LIBRARY. */
  open<T>(specifier: string, beside: () => Promise<T>): Promise<T>
}

export function shelfOf(need: Need): Shelf {
  let fetched: string | undefined
  return {
    async look(state) {
      fetched = folderFor(need, state)
      const place = await whereabouts(need, state)
      if (!place) throw missing(need)
      if (place === 'beside') return
      // Once a load, before anything of them is imported; only who has fetched some pays for it.
      const { differing, fewOf } = await import('./verify.ts')
      const differ = await differing(fetched)
      if (differ.length > 0) throw fail('NEXUS_PLUGINS_LIBRARY_TAMPERED', { plugin: need.plugin, files: fewOf(differ) })
    },
    async open<T>(specifier: string, beside: () => Promise<T>): Promise<T> {
      if (await isBeside(need)) return beside()
      if (fetched === undefined || !await isFetched(fetched)) throw missing(need)
      const { default: open } = await import(pathToFileURL(join(fetched, opener)).href) as { default: (specifier: string) => Promise<T> }
      return open(specifier)
    },
  }
}

/** The same plugin, which is not set up without its libraries. */
export const onShelf = <P extends Plugin>(plugin: P, shelf: Shelf): P => ({
  ...plugin,
  async setup(ctx: Parameters<P['setup']>[0]) {
    await shelf.look(ctx.paths.state)
    return plugin.setup(ctx) as unknown
  },
})

export async function whereabouts(need: Need, state: string): Promise<Place> {
  if (await isBeside(need)) return 'beside'
  return await isFetched(folderFor(need, state)) ? 'fetched' : undefined
}

export const folderFor = (need: Pick<Need, 'plugin' | 'digest'>, state: string): string => join(state, 'plugins', 'libraries', folderName(need))
/** The folder is put there whole. */
const isFetched = (folder: string): Promise<boolean> => stat(join(folder, opener)).then(() => true, () => false)

const missing = ({ plugin, libraries, bytes }: Need): Error => fail('NEXUS_PLUGINS_LIBRARY', { plugin, libraries: named(libraries), size: sizeText(bytes) })

/** Another version than the one that was tested is as good as none. */
async function isBeside({ libraries }: Need): Promise<boolean> {
  for (const [name, version] of Object.entries(libraries)) if (await versionBeside(name, dirname(fileURLToPath(import.meta.url))) !== version) return false
  return true
}

async function versionBeside(name: string, dir: string): Promise<unknown> {
  const text = await readFile(join(dir, 'node_modules', name, 'package.json'), 'utf8').catch(() => undefined /* not here: further up */)
  if (text !== undefined) return (JSON.parse(text) as { version?: unknown }).version
  return dirname(dir) === dir ? undefined : versionBeside(name, dirname(dir))
}
