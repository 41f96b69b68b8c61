/** Plugins that a test names by where they are: loaded as a gateway loads them, in either tier. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isPath } from '../../kernel/config/plugins.ts'
import type { Plugin } from '../../kernel/contract.ts'
import { fail } from '../../kernel/errors.ts'
import { createLoader, type Loader } from '../../kernel/loader.ts'
import type { Source, Tier } from '../../kernel/source.ts'

/** A definition; a file or a folder of a plugin, absolute; or the id of a plugin that ships with the gateway. */
export type Tested = Plugin | URL | string
export const isDefinition = (tested: Tested): tested is Plugin => typeof tested === 'object' && !(tested instanceof URL)

/** Sources for those that are not definitions, the plugin that isolates included where `tier` needs it. */
export async function placed(tested: readonly Tested[], tier: Tier, cacheDir: string | undefined): Promise<Source[]> {
  const named = tested.filter((one): one is URL | string => !isDefinition(one))
  if (tier === 'isolated' && named.length < tested.length) throw new TypeError('in the isolated tier a plugin under test is named by its place, such as new URL(\'./index.ts\', import.meta.url)')
  if (named.length === 0) return []
  const loader = await createLoader({ cacheDir: cacheDir ?? passing() })
  const sources = await Promise.all(named.map((one) => sourceOf(loader, one, tier)))
  if (tier === 'trusted' || sources.some(({ id }) => id === 'isolation')) return sources
  const isolation = loader.builtin('isolation')
  if (!isolation) throw fail('NEXUS_PLUGIN_NO_ISOLATOR')
  return [isolation, ...sources]
}

async function sourceOf(loader: Loader, named: URL | string, tier: Tier): Promise<Source> {
  const place = named instanceof URL || named.startsWith('file:') ? fileURLToPath(named) : named
  if (isPath(place)) return loader.path(await packageOf(place), tier)
  const builtin = loader.builtin(place)
  if (!builtin) throw fail('NEXUS_PLUGIN_NOT_FOUND', { plugin: place, where: ', neither a path nor the id of a plugin of this release', hint: '' })
  return builtin
}

/** The entry of a package stands for the package, with what its package.json says of it. */
async function packageOf(place: string): Promise<string> {
  const { readFile, stat } = await import('node:fs/promises')
  if (!(await stat(place).catch(() => undefined))?.isFile()) return place
  const text = await readFile(join(dirname(place), 'package.json'), 'utf8').catch(() => '{}')
  const { nexus } = JSON.parse(text) as { nexus?: { entry?: unknown } }
  return typeof nexus?.entry === 'string' && join(dirname(place), nexus.entry) === place ? dirname(place) : place
}

/** Transformed code, kept for the tests of one process and gone with it. */
const kept: { dir?: string } = {}
function passing(): string {
  if (kept.dir !== undefined) return kept.dir
  const dir = kept.dir = mkdtempSync(join(tmpdir(), 'nexus-test-'))
  process.once('exit', () => rmSync(dir, { recursive: true, force: true }))
  return dir
}
