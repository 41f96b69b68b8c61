/** The assembled settings: what the kernel itself needs, the list of plugins, and one block for each plugin. */
import { dirname } from 'node:path'
import { fail } from '../errors.ts'
import { reservedKeys } from '../manifest.ts'
import { anchored } from './plugins.ts'
import { readRaw, type RawConfig } from './read.ts'
import { checkConfig, type JsonSchema } from './schema.ts'
import { didYouMean } from './suggest.ts'

export interface GatewayConfig {
  readonly port: number
  /** `loopback`, `lan` or an address. */
  readonly bind: string
}
export interface Config {
  readonly file: string
  readonly gateway: GatewayConfig
  /** Edits of the default set, paths made absolute. */
  readonly plugins: readonly string[]
  /** By plugin id; not checked yet. */
  readonly blocks: Readonly<Record<string, unknown>>
}

const kernelSchema: JsonSchema = {
  type: 'object',
  properties: {
    gateway: {
      type: 'object',
      properties: { port: { type: 'integer', minimum: 0, maximum: 65_535, default: 19_789 }, bind: { type: 'string', minLength: 1, maxLength: 255, default: 'loopback' } },
      additionalProperties: false,
      default: {},
    },
    plugins: { type: 'array', items: { type: 'string', minLength: 1, maxLength: 1_024 }, maxItems: 1_000, default: [] },
    meta: { type: 'object' },
    $schema: { type: 'string' },
  },
}
const later = reservedKeys.filter((key) => !Object.hasOwn(kernelSchema.properties!, key))

/** Throws what `readRaw` throws, and NEXUS_CONFIG_INVALID with all faults of the kernel's own keys at once. */
export async function readConfig(file: string, options: { readonly mustExist?: boolean } = {}): Promise<Config> {
  return configOf(await readRaw(file, options), file)
}

export function configOf(raw: RawConfig, file: string): Config {
  const entries = Object.entries(raw)
  const own = Object.fromEntries(entries.filter(([key]) => reservedKeys.includes(key)))
  const { value, faults } = checkConfig(own, kernelSchema, 'config')
  const all = [...faults.map((fault) => fault.replace('"config.', '"')), ...later.filter((key) => Object.hasOwn(own, key)).map((key) => `"${key}" is not supported by this version`)]
  if (all.length > 0) throw fail('NEXUS_CONFIG_INVALID', { file, faults: all.join('; ') })
  const { gateway, plugins } = value as { gateway: GatewayConfig; plugins: string[] }
  return { file, gateway, plugins: anchored(plugins, dirname(file)), blocks: Object.fromEntries(entries.filter(([key]) => !reservedKeys.includes(key))) }
}

/** One line for each block that belongs to no plugin; `ids` are the plugins of this installation, enabled or not. */
export function unknownBlocks(blocks: Readonly<Record<string, unknown>>, ids: readonly string[]): string[] {
  return Object.keys(blocks).filter((key) => !ids.includes(key)).map((key) => `no plugin "${key}" in the list${didYouMean(key, [...ids, ...reservedKeys])}`)
}
