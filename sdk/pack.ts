/** Writes down what is to be known of a plugin without running it. Serves the build and `nexus plugins pack`. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { toJsonSchema, type ConversionConfig } from '@valibot/to-json-schema'
import { isTable, type JsonSchema } from '../kernel/config/schema.ts'
import { schemaFaults } from '../kernel/config/subset.ts'
import type { Command } from '../kernel/command.ts'
import type { Plugin, Schema } from '../kernel/contract.ts'
import { failures, reasonOf } from '../kernel/errors.ts'
import { manifestOf, parseManifest, summaries, type Manifest, type ManifestExtra } from '../kernel/manifest.ts'
import { Secret } from '../kernel/secret.ts'
import type { Tier } from '../kernel/source.ts'

export type { Tier } from '../kernel/source.ts'

const fail = failures({
  NEXUS_PACK_CONFIG: { text: 'plugin "{plugin}": its config cannot be written as a schema: {faults}', fix: 'Use strictObject, record, array, string, number, boolean, literal, picklist, union, optional, bounds and regex; check the rest in setup.' },
})

/**
 * The whole manifest of a plugin, its config schema included.
 * Throws NEXUS_PACK_CONFIG for a config beyond the closed subset, NEXUS_PLUGIN_BAD_MANIFEST for bad names.
 */
export function pack(plugin: Plugin, extra: Omit<ManifestExtra, 'commands' | 'config'>, commands: Readonly<Record<string, Command>> = {}): Manifest {
  const manifest = manifestOf(plugin, { ...extra, config: configSchema(plugin), commands: summaries(commands) })
  return parseManifest(manifest, plugin.id)
}

export interface DescribeOptions {
  /** Where its code is run to find out: in this process, or where it can touch nothing. */
  readonly tier: Tier
  /** For transformed code; made with mode 0700. */
  readonly cacheDir: string
}

/**
 * The whole manifest of the plugin in a folder, from what its code says today: in this process whatever `nexus` of
 * its package.json says, elsewhere only where that is a stub. Throws what `pack` throws, NEXUS_PLUGIN_LOAD_FAILED,
 * _LOAD_TIMEOUT, _NOT_A_PLUGIN, _NO_ISOLATOR.
 */
export async function describe(folder: string, { tier, cacheDir }: DescribeOptions): Promise<Manifest> {
  const { createLoader } = await import('../kernel/loader.ts')
  const source = (await createLoader({ cacheDir })).path(folder, tier)
  if (tier === 'isolated') return asDeclared(await source.manifest())
  const { version, description, nexus } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as PackageJson
  const about = { ...(version !== undefined && { version }), ...(description !== undefined && { description }) }
  return pack(await source.load(), { entry: nexus.entry, ...(nexus.cli !== undefined && { cli: nexus.cli }), ...about }, await source.commands())
}

/** Without what it needs only because of where it runs; such a name cannot be one of `ctx.deps`. */
function asDeclared(manifest: Manifest): Manifest {
  return { ...manifest, requires: Object.fromEntries(Object.entries(manifest.requires).filter(([name]) => !name.startsWith('#'))) }
}
interface PackageJson { readonly version?: string; readonly description?: string; readonly nexus: { readonly entry: string; readonly cli?: string } }

/** What ships with the gateway, and whether any of it runs plugins outside this process. */
export async function release(): Promise<{ readonly ids: readonly string[]; readonly isolates: boolean; readonly version: string; readonly root: string }> {
  const [{ createLoader }, { packageDir }] = await Promise.all([import('../kernel/loader.ts'), import('../kernel/paths.ts')])
  const root = packageDir()
  const { manifests } = await createLoader({ cacheDir: root })
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
  return { ids: Object.keys(manifests), isolates: Object.values(manifests).some(({ isolator }) => isolator !== undefined), version, root }
}

/** A plugin's config as JSON Schema; one without a config takes an empty block only. */
export function configSchema(plugin: Plugin): JsonSchema {
  if (!plugin.config) return { type: 'object', additionalProperties: false }
  const where = plugin.id
  const faults = inconvertible(plugin.config, where)
  const schema = faults.length > 0 ? {} : reduced(toJsonSchema(plugin.config, conversion))
  const all = [...faults, ...schemaFaults(schema, where)]
  if (all.length > 0) throw fail('NEXUS_PACK_CONFIG', { plugin: plugin.id, faults: all.join('; ') })
  return schema as JsonSchema
}

interface Parts { readonly entries?: Readonly<Record<string, Schema>>; readonly item?: Schema; readonly value?: Schema; readonly wrapped?: Schema; readonly options?: readonly unknown[]; readonly class?: unknown }

/** A `Secret` is made of a text; whoever writes settings knows it as nothing else. Known by its brand: a built plugin has the class from the build. */
const isHeld = (schema: unknown): boolean => isSchema(schema) && ((schema as Schema & Parts).class as Partial<typeof Secret> | undefined)?.brand === Secret.brand
const conversion: ConversionConfig = {
  typeMode: 'input',
  overrideSchema({ valibotSchema, jsonSchema }) {
    const { options = [] } = valibotSchema as Schema & Parts
    if (isHeld(valibotSchema)) return {}
    if (!options.some(isHeld)) return undefined
    const written = jsonSchema.anyOf?.filter((_, i) => !isHeld(options[i])) ?? []
    return written.length === 1 ? written[0] as typeof jsonSchema : { anyOf: written }
  },
}

/** The same schema in the words of the subset, where there is one. */
function reduced(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(reduced)
  if (!isTable(json)) return json
  const { $schema: _, oneOf, propertyNames, type, required, default: preset, properties, ...rest } = json
  const anyKey = isTable(propertyNames) && Object.keys(propertyNames).length === 1 && propertyNames['type'] === 'string'
  return {
    ...(type !== undefined && !(Array.isArray(type) && rest['enum']) && { type }),
    ...(isTable(properties) && { properties: Object.fromEntries(Object.entries(properties).map(([key, sub]) => [key, reduced(sub)])) }),
    ...(Array.isArray(required) && required.length > 0 && { required }),
    ...(propertyNames !== undefined && !anyKey && { propertyNames }),
    ...(oneOf !== undefined && { anyOf: reduced(oneOf) }),
    ...Object.fromEntries(Object.entries(rest).map(([word, value]) => [word, ['enum', 'const'].includes(word) ? value : reduced(value)])),
    ...(preset !== undefined && { default: preset }),
  }
}

/** The keys whose schema has no JSON form, each with the reason; the converter itself does not say where. */
function inconvertible(schema: Schema, where: string): string[] {
  try {
    toJsonSchema(schema, conversion)
    return []
  } catch (error) {
    const { entries = {}, item, value, wrapped, options = [] } = schema as Schema & Parts
    const inner = [
      ...Object.entries(entries).flatMap(([key, sub]) => inconvertible(sub, `${where}.${key}`)),
      ...[item, value, wrapped, ...options].filter(isSchema).flatMap((sub) => inconvertible(sub, where)),
    ]
    return inner.length > 0 ? inner : [`"${where}": ${reasonOf(error)}`]
  }
}

function isSchema(x: unknown): x is Schema {
  return isTable(x) && x['kind'] === 'schema'
}
