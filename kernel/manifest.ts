/** What is known of a plugin without running it: `nexus` in its package.json, or derived from its definition. */
import { isDeepStrictEqual } from 'node:util'
import * as v from 'valibot'
import type { Command } from './command.ts'
import type { Access, CallLimit, OptionalToken, Plugin, ServiceToken } from './contract.ts'
import { fail, type ErrorTable } from './errors.ts'
import type { Migration } from './config/migrate.ts'
import { migrationSchema } from './config/migration-schema.ts'
import type { JsonSchema } from './config/schema.ts'
import { schemaFaults } from './config/subset.ts'

export const apiLevel = 1
/** Keys of `nexus.json5` that are never a plugin's block. The plugin `plugins` is the one plugin called like one of them, and takes no settings. */
export const reservedKeys: readonly string[] = ['gateway', 'plugins', 'pluginPolicy', 'env', 'meta', '$schema', '$include']

export interface Requirement { readonly service: string; readonly optional: boolean }
export type ManifestCommand = Omit<Command, 'run'>

export interface Manifest {
  readonly api: typeof apiLevel
  readonly id: string
  /** Relative to the manifest's folder. */
  readonly entry: string
  readonly cli?: string
  /** The part that runs other plugins outside this process, see `Isolator`. Counts in plugins that ship with the gateway. */
  readonly isolator?: string
  readonly version?: string
  readonly description?: string
  /** By the name under `ctx.deps`. */
  readonly requires: Readonly<Record<string, Requirement>>
  readonly provides: readonly string[]
  readonly methods: Readonly<Record<string, Access>>
  /** How often one caller may call some of them. */
  readonly limits?: Readonly<Record<string, CallLimit>>
  readonly events: Readonly<Record<string, Access>>
  readonly routes: Readonly<Record<string, Access>>
  readonly upgrades: Readonly<Record<string, Access>>
  readonly paths: readonly string[]
  readonly commands: Readonly<Record<string, ManifestCommand>>
  readonly capabilities: readonly string[]
  /** The guarded hooks it may tap: its capabilities `tap:…` once more, for whoever is asked to agree. */
  readonly taps: readonly string[]
  readonly required: boolean
  readonly safe: boolean
  readonly exclusive: boolean
  readonly tier?: 'trusted'
  readonly eager?: boolean
  /** Of the services it provides, by id: the functions by which another process can use them. */
  readonly members?: Readonly<Record<string, readonly string[]>>
  /** Without it the plugin's block can be checked only once its code is loaded. */
  readonly config?: JsonSchema
  readonly errors?: ErrorTable
  /** Of settings written for an older version, in order. */
  readonly migrations?: readonly Migration[]
}
export type ManifestExtra = Partial<Pick<Manifest, 'entry' | 'cli' | 'isolator' | 'version' | 'description' | 'commands' | 'config'>>

/** The manifest that a definition amounts to. */
export function manifestOf(plugin: Plugin, extra: ManifestExtra = {}): Manifest {
  const tokens = Object.entries(plugin.requires ?? {}) as [string, ServiceToken<unknown> | OptionalToken<unknown>][]
  const provided = Object.values((plugin.provides ?? {}) as Record<string, ServiceToken<unknown>>)
  const limits = Object.entries((plugin.methods ?? {}) as Record<string, { readonly limit?: CallLimit }>).flatMap(([name, { limit }]) => (limit ? [[name, { ...limit }] as const] : []))
  return {
    api: apiLevel,
    id: plugin.id,
    entry: '',
    requires: Object.fromEntries(tokens.map(([name, t]) => [name, t.kind === 'optional' ? { service: t.token.id, optional: true } : { service: t.id, optional: false }])),
    provides: provided.map((token) => token.id),
    methods: scopes(plugin.methods),
    events: scopes(plugin.events),
    routes: scopes(plugin.routes),
    upgrades: scopes(plugin.upgrades),
    paths: [...(plugin.paths ?? [])],
    commands: {},
    capabilities: [...(plugin.capabilities ?? [])],
    taps: tapsOf(plugin.capabilities ?? []),
    required: plugin.required ?? false,
    safe: plugin.safe ?? false,
    exclusive: plugin.exclusive ?? false,
    ...(limits.length > 0 && { limits: Object.fromEntries(limits) }),
    ...(plugin.tier && { tier: plugin.tier }),
    ...(plugin.eager && { eager: true }),
    ...(provided.some((token) => token.members) && { members: Object.fromEntries(provided.flatMap(({ id, members }) => (members ? [[id, [...members]]] : []))) }),
    ...(plugin.errors && { errors: plugin.errors }),
    ...(plugin.migrations && { migrations: plugin.migrations }),
    ...extra,
  }
}

const tapsOf = (capabilities: readonly string[]): string[] => capabilities.flatMap((name) => (name.startsWith('tap:') ? name.slice('tap:'.length) : []))

const scopes = (table: Record<string, { readonly scope: Access }> | undefined): Record<string, Access> => Object.fromEntries(Object.entries(table ?? {}).map(([name, entry]) => [name, entry.scope]))

/** Commands as a manifest lists them. */
export const summaries = (commands: Readonly<Record<string, Command>>): Record<string, ManifestCommand> => Object.fromEntries(Object.entries(commands).map(([name, { run: _, ...rest }]) => [name, rest]))

/** How a definition differs from its manifest, one line each; nothing when it does not. */
export function manifestFaults(manifest: Manifest, plugin: Plugin): string[] {
  const actual = manifestOf(plugin)
  const faults: string[] = []
  for (const part of ['id', 'required', 'safe', 'exclusive', 'tier', 'eager'] as const) {
    if ((manifest[part] || undefined) !== (actual[part] || undefined)) faults.push(`${part} is ${actual[part]}, the manifest says ${manifest[part]}`)
  }
  if (!isDeepStrictEqual(manifest.limits ?? {}, actual.limits ?? {})) faults.push('the limits of its methods are not those of the manifest')
  if (!isDeepStrictEqual(manifest.members ?? {}, actual.members ?? {})) faults.push('the members of its services are not those of the manifest')
  if (!isDeepStrictEqual(manifest.migrations ?? [], actual.migrations ?? [])) faults.push('migrations are not those of the manifest')
  for (const part of ['requires', 'provides', 'methods', 'events', 'routes', 'upgrades', 'paths', 'capabilities'] as const) {
    if (Object.keys(manifest[part]).length === 0 && Object.keys(actual[part]).length === 0) continue
    const [said, is] = [asTable(manifest[part]), asTable(actual[part])]
    for (const name of new Set([...said.keys(), ...is.keys()])) {
      const [a, b] = [said.get(name), is.get(name)]
      if (a === b) continue
      if (a === undefined) faults.push(`${part} "${name}" is missing in the manifest`)
      else if (b === undefined) faults.push(`${part} "${name}" stands only in the manifest`)
      else faults.push(`${part} "${name}" is ${b}, the manifest says ${a}`)
    }
  }
  return faults
}

function asTable(part: readonly string[] | Readonly<Record<string, Access | Requirement>>): Map<string, string> {
  if (Array.isArray(part)) return new Map(part.map((name) => [name, 'listed']))
  return new Map(Object.entries(part).map(([name, to]) => [name, typeof to === 'string' ? to : `${to.optional ? 'optional ' : ''}${to.service}`]))
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────

const like = (pattern: RegExp, what: string) => v.pipe(v.string(), v.maxLength(200, what), v.regex(pattern, what))
const pluginId = v.pipe(like(/^[a-z][a-z0-9-]*$/, 'small letters, digits and dashes'), v.check((id) => id === 'plugins' || !(reservedKeys.includes(id) || id in Object.prototype), 'a name that is not reserved'))
const verbName = like(/^[a-z][\w-]*(\.[\w-]+)*$/i, 'a name such as "noun.verb"')
const access = v.pipe(like(/^(public|[a-z][\w-]*(\.[\w-]+)+)$/i, '"public" or a scope such as "operator.read"'), v.transform((scope) => scope as Access))
const serviceId = like(/^[a-z][\w.-]*\/\d+$/i, 'a service such as "store/1"')
const relativeFile = like(/^(?!\/)(?!.*(^|\/)\.\.(\/|$))[^\\]*$/, 'a path inside the plugin\'s folder')
const text = v.pipe(v.string(), v.maxLength(2_000, 'at most 2000 characters'))
const list = <S extends v.GenericSchema>(item: S) => v.pipe(v.array(item), v.maxLength(1_000, 'at most 1000 entries'))
const count = v.pipe(v.number(), v.integer(), v.minValue(1))
const commandOption = v.strictObject({ summary: text, value: v.optional(text), short: v.optional(text), default: v.optional(text), many: v.optional(v.boolean()) })
const command = v.strictObject({ summary: text, args: v.optional(list(text)), options: v.optional(v.record(text, commandOption)), examples: v.optional(list(text)), offline: v.optional(v.boolean()) })
const errorRow = v.strictObject({
  text, fix: text, wire: v.optional(text), detail: v.optional(text), status: v.optional(v.number()), retryable: v.optional(v.boolean()), exit: v.optional(v.number()),
})
const manifestSchema = v.pipe(v.strictObject({
  api: v.literal(apiLevel),
  id: pluginId,
  entry: relativeFile,
  cli: v.optional(relativeFile),
  isolator: v.optional(relativeFile),
  version: v.optional(text),
  description: v.optional(text),
  requires: v.optional(v.record(text, v.strictObject({ service: serviceId, optional: v.boolean() })), {}),
  provides: v.optional(list(serviceId), []),
  methods: v.optional(v.record(verbName, access), {}),
  limits: v.optional(v.record(verbName, v.strictObject({ calls: v.optional(count), windowMs: v.optional(count), concurrent: v.optional(count) }))),
  events: v.optional(v.record(verbName, access), {}),
  routes: v.optional(v.record(like(/^(GET|POST|PUT|PATCH|DELETE|OPTIONS) \/\S*$/, 'a route such as "GET /path"'), access), {}),
  upgrades: v.optional(v.record(like(/^\/\S*$/, 'a path such as "/ws"'), access), {}),
  paths: v.optional(list(like(/^\/(?!.*\/\/)(?!.*\.\.)[\w./-]*$/, 'a prefix such as "/v1"')), []),
  commands: v.optional(v.record(like(/^[a-z][a-z0-9-]*( [a-z][a-z0-9-]*)*$/, 'a command such as "plugins list"'), command), {}),
  capabilities: v.optional(list(text), []),
  taps: v.optional(list(text)),
  required: v.optional(v.boolean(), false),
  safe: v.optional(v.boolean(), false),
  exclusive: v.optional(v.boolean(), false),
  tier: v.optional(v.literal('trusted')),
  eager: v.optional(v.boolean()),
  members: v.optional(v.record(serviceId, list(like(/^[a-z_$][\w$]*$/i, 'the name of a function')))),
  config: v.optional(v.looseObject({})),
  errors: v.optional(v.record(like(/^[A-Z]+(_[A-Z0-9]+)+$/, 'a code such as "ACME_STORE_FULL"'), errorRow)),
  migrations: v.optional(list(migrationSchema)),
}),
v.forward(v.check(({ taps, capabilities }) => !taps || isDeepStrictEqual(taps, tapsOf(capabilities)), 'what the capabilities "tap:…" say'), ['taps']),
v.transform((manifest) => ({ ...manifest, taps: tapsOf(manifest.capabilities) })))

/** Checks `nexus` of the package.json at `place`. Throws NEXUS_PLUGIN_BAD_MANIFEST with all faults at once, NEXUS_PLUGIN_API_LEVEL. */
export function parseManifest(json: unknown, place: string, guess = place): Manifest {
  const { id, api } = (typeof json === 'object' && json !== null ? json : {}) as { id?: unknown; api?: unknown }
  const plugin = typeof id === 'string' && v.is(pluginId, id) ? id : guess
  if (Number.isInteger(api) && api !== apiLevel) throw fail('NEXUS_PLUGIN_API_LEVEL', { plugin, wants: api, has: apiLevel })
  const result = v.safeParse(manifestSchema, json)
  const faults = result.success ? schemaFaults(result.output.config ?? {}, 'config') : result.issues.map(faultOf)
  if (faults.length > 0) throw fail('NEXUS_PLUGIN_BAD_MANIFEST', { plugin, place, faults: faults.join('; ') })
  return result.output as Manifest
}

// valibot's own texts repeat what was received, so only the place and the expectation are used.
function faultOf(issue: v.BaseIssue<unknown>): string {
  const where = v.getDotPath(issue) ?? 'nexus'
  if (issue.kind === 'schema') return issue.expected === 'never' ? `unknown key "${where}"` : `"${where}" must be ${issue.expected ?? 'of another type'}`
  return `"${where}" must be ${issue.message}`
}
