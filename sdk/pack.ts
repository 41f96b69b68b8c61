/** Writes down what is to be known of a plugin without running it. Serves the build and `nexus plugins pack`. */
import { toJsonSchema, type ConversionConfig } from '@valibot/to-json-schema'
import { isTable, type JsonSchema } from '../kernel/config/schema.ts'
import { schemaFaults } from '../kernel/config/subset.ts'
import type { Command } from '../kernel/command.ts'
import type { Plugin, Schema } from '../kernel/contract.ts'
import { failures, reasonOf } from '../kernel/errors.ts'
import { manifestOf, parseManifest, summaries, type Manifest, type ManifestExtra } from '../kernel/manifest.ts'
import { Secret } from '../kernel/secret.ts'

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
