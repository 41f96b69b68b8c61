/** What the build wrote down of the plugins is what their source says, and they need nothing that others could not have. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Command } from '../../kernel/command.ts'
import type { Plugin } from '../../kernel/contract.ts'
import { createLoader, type Catalog } from '../../kernel/loader.ts'
import { manifestFaults } from '../../kernel/manifest.ts'
import { pack } from '../../sdk/pack.ts'
import { pluginIds, readJson, root, type PluginPackage } from './sources.ts'

const load = async <T>(file: string) => ((await import(pathToFileURL(file).href)) as { default: T }).default
const { defaults, manifests } = readJson<Catalog>('dist/plugins/manifests.json')

const cacheDir = mkdtempSync(join(tmpdir(), 'nexus-check-'))
afterAll(() => rmSync(cacheDir, { recursive: true }))

it.each(pluginIds)('%s is as the build says', async (id) => {
  const { version, description } = readJson<PluginPackage & { version: string }>(`plugins/${id}/package.json`)
  const folder = join(root, 'plugins', id)
  const cli = existsSync(join(folder, 'cli.ts'))
  const isolator = existsSync(join(folder, 'isolator.ts'))
  const commands = cli ? await load<Record<string, Command>>(join(folder, 'cli.ts')) : {}
  const manifest = pack(await load<Plugin>(join(folder, 'index.ts')), { entry: 'index.js', ...(cli && { cli: 'cli.js' }), ...(isolator && { isolator: 'isolator.js' }), version, description }, commands)
  expect(manifests[id], 'npm run build').toEqual(JSON.parse(JSON.stringify(manifest)))
  expect(readJson<{ nexus: unknown }>(`dist/plugins/${id}/package.json`).nexus).toEqual(manifests[id])
})

it('lists every plugin and the default set', () => {
  expect(Object.keys(manifests).sort()).toEqual([...pluginIds].sort())
  expect(defaults).toEqual(readJson<{ nexus: { defaultPlugins: string[] } }>('package.json').nexus.defaultPlugins)
})

describe('by the road of a third party\'s plugin', () => {
  it.each(pluginIds)('%s loads', async (id) => {
    const loader = await createLoader({ cacheDir, deadlineMs: 60_000 })
    expect(manifestFaults(manifests[id]!, await loader.path(join(root, 'plugins', id)).load())).toEqual([])
  })
})
