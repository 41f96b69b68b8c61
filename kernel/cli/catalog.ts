/** Every command there is, known from data alone: the kernel's own table, the build's manifests, manifests of plugins from outside. */
import { join } from 'node:path'
import type { Command, CommandOption } from '../command.ts'
import type { Catalog } from '../loader.ts'
import type { Manifest, ManifestCommand } from '../manifest.ts'
import { packageDir, statePaths } from '../paths.ts'
import { commonOptions, gatewayOptions, ownCommands } from './own.ts'

const { readFileSync } = process.getBuiltinModule('node:fs')

export interface Entry {
  readonly name: string
  /** The plugin it comes from; `undefined` for the kernel's own. */
  readonly plugin?: string
  readonly spec: ManifestCommand
  readonly calls: boolean
  load(): Promise<Command['run']>
}
export type Entries = ReadonlyMap<string, Entry>

export const optionsOf = ({ spec, calls }: Entry): Readonly<Record<string, CommandOption>> => ({ ...spec.options, ...(calls && gatewayOptions), ...commonOptions })

export const packageJson = (): { readonly version: string; readonly description: string } => JSON.parse(readFileSync(join(packageDir(), 'package.json'), 'utf8')) as { version: string; description: string }

/** Manifests of the first-party plugins as the build wrote them; none in a checkout that is not built. */
export function builtManifests(): readonly Manifest[] {
  const text = readIfThere(join(packageDir(), 'dist', 'plugins', 'manifests.json'))
  return text === '' ? [] : Object.values((JSON.parse(text) as Catalog).manifests)
}

export const ownEntries: Entries = new Map(Object.entries(ownCommands).map(([name, spec]) => [name, { name, spec, calls: spec.calls, load: spec.load }]))

/** The commands of the plugins that ship with the gateway. */
export function builtCommands(): Entries {
  const entries = builtManifests().flatMap((manifest) => entriesOf(manifest, async () => {
    const { createLoader } = await import('../loader.ts')
    const loader = await createLoader({ cacheDir: statePaths(process.env).cache })
    return loader.builtin(manifest.id)?.commands() ?? {}
  }))
  return new Map(entries.map((entry) => [entry.name, entry]))
}

/** The commands of plugins that the settings take from paths and packages. What cannot be read has none: `start` says why. */
export async function outsideCommands(): Promise<Entries> {
  const paths = statePaths(process.env)
  if (!readIfThere(paths.config).includes('plugins')) return new Map()
  const [{ gather }, { createLoader }, { guardOf, waryOfHeld }] = await Promise.all([import('../config/gather.ts'), import('../loader.ts'), import('./wary.ts')])
  const loader = await createLoader({ cacheDir: paths.cache, guard: guardOf(waryOfHeld(paths)) })
  const { plugins } = await gather(loader, { paths, env: process.env })
  const entries = await Promise.all(plugins.filter(({ source }) => source.origin !== 'builtin').map(async ({ source }) => {
    const manifest = await Promise.resolve(source.manifest()).catch(() => undefined)
    return manifest ? entriesOf(manifest, () => source.commands()) : []
  }))
  await loader.save()
  return new Map(entries.flat().map((entry) => [entry.name, entry]))
}

function entriesOf(manifest: Manifest, load: () => Promise<Readonly<Record<string, Command>>>): Entry[] {
  return Object.entries(manifest.commands).map(([name, spec]) => ({
    // One with a `--url` of its own asks the gateway of the state directory, and no other.
    name, spec, plugin: manifest.id, calls: !Object.hasOwn(spec.options ?? {}, 'url'),
    load: async () => {
      const command = (await load())[name]
      if (!command) throw new Error(`the plugin has no command "${name}"`)
      return (io) => command.run(io)
    },
  }))
}

/** Empty if there is no such file, or none for us. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (['ENOENT', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '')) return ''
    throw error
  }
}
