/** From the settings and the command line to the plugins that shall run. Only plugins without a manifest are looked into. */
import { dirname, join } from 'node:path'
import type { Config } from '../config/config.ts'
import { fail, type NexusError } from '../errors.ts'
import type { KernelOptions } from '../kernel.ts'
import type { Paths } from '../paths.ts'
import type { Source } from '../source.ts'

export interface Gathered extends Pick<KernelOptions, 'plugins' | 'settings' | 'checkSettings' | 'installed'> {
  readonly gateway: Config['gateway']
  /** One for each name in the list that is no plugin. */
  readonly faults: readonly NexusError[]
}
export interface Wish {
  /** `--plugins`. */
  readonly list?: string | undefined
  /** The file was named by somebody, so it has to be there. */
  readonly mustExist?: boolean
}

/** Throws NEXUS_CONFIG_SYNTAX, NEXUS_CONFIG_INVALID, NEXUS_CONFIG_UNREADABLE. */
export async function gather(paths: Paths, { list = '', mustExist = false }: Wish = {}): Promise<Gathered> {
  const [{ readConfig, unknownBlocks }, { anchored, select, splitList }, { checkConfig }, { createLoader }] = await Promise.all([
    import('../config/config.ts'), import('../config/plugins.ts'), import('../config/schema.ts'), import('../loader.ts'),
  ])
  const [{ gateway, plugins, blocks, file }, loader] = await Promise.all([readConfig(paths.config, { mustExist }), createLoader({ cacheDir: paths.cache })])
  const typed = anchored(splitList(list), process.cwd())
  const selection = select([...plugins, ...typed], loader.defaults, Object.keys(blocks).filter((id) => loader.builtin(id)))
  const { sources, faults } = await loader.find(selection, [join(paths.state, 'plugins'), dirname(file)])
  const outside = await idsOf(sources.filter(({ origin }) => origin !== 'builtin'))
  // A plugin that cannot say its id yet may be the one whose settings these are.
  const strangers = outside ? unknownBlocks(blocks, [...Object.keys(loader.manifests), ...outside]) : []
  if (strangers.length > 0) throw fail('NEXUS_CONFIG_INVALID', { file, faults: strangers.join('; ') })

  const why = ({ id, place }: Source): string => {
    const named = (entries: readonly string[]) => entries.some((entry) => entry === id || place === entry || place.endsWith(join('node_modules', entry)))
    return named(typed) ? 'command line' : named(plugins) ? 'config' : named(loader.defaults) ? 'default' : 'settings'
  }
  return {
    gateway, faults,
    plugins: sources.map((source) => ({ source, why: why(source) })),
    settings: blocks,
    installed: Object.values(loader.manifests),
    checkSettings: ({ id, config }, block) => (config ? [...checkConfig(block ?? {}, config, id).faults] : []),
  }
}

async function idsOf(sources: readonly Source[]): Promise<string[] | undefined> {
  const manifests = await Promise.all(sources.map(async (source) => source.manifest()).map((manifest) => manifest.catch(() => undefined)))
  return manifests.every((manifest) => manifest !== undefined) ? manifests.map(({ id }) => id) : undefined
}
