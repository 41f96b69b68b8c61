/** What is known of plugins, over the wire. Durations in ms. */
import * as v from 'valibot'
import { contract, controlWrites, method } from 'nexus-gateway/sdk'
import { installEvents, installMethods, LibraryRow } from './install/verbs.ts'

export { pluginsErrors } from './errors.ts'
export { supplyLibraries, type CallVerb } from './install/follow.ts'
export type { InstallPhase } from './install/verbs.ts'
export { Scanner, type ScannerApi } from './install/verbs.ts'

const text = v.string()
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const state = v.picklist(['active', 'failed', 'blocked', 'closing'])
const origin = v.picklist(['builtin', 'path', 'package', 'memory'])
const Fault = v.strictObject({ code: text, message: text, fix: text })

// One description in three lengths: a row of the list, the short form, and everything.

export const PluginRow = v.strictObject({
  id: text, state, origin,
  version: v.optional(text),
  /** Who asked for it. */
  why: text,
  /** Errors its taps, timers and calls have thrown since it was set up. */
  faults: count,
  error: v.optional(Fault),
})
export type PluginRow = v.InferOutput<typeof PluginRow>

export const PluginWhy = v.strictObject({
  ...PluginRow.entries,
  /** The file or folder it comes from. */
  place: text,
  /** Where it runs: in the gateway's process, or in one of its own. */
  tier: v.picklist(['trusted', 'isolated']),
  /** Of the code that was read last, short; what ships with the gateway has none. */
  hash: v.optional(text),
  /** Grows with every reload. */
  generation: count,
  phases: v.strictObject({ loadMs: v.number(), setupMs: v.number() }),
  /** Plugins that could not run without it. */
  dependents: v.array(text),
  /** Calls of it under way. */
  inflight: count,
  /** What it has in the kernel, one label each. */
  owned: v.array(text),
  /** Of a plugin that ships with the gateway, those that do not. */
  libraries: v.optional(v.array(LibraryRow)),
})
export type PluginWhy = v.InferOutput<typeof PluginWhy>

export const PluginInfo = v.strictObject({
  ...PluginWhy.entries,
  required: v.boolean(),
  exclusive: v.boolean(),
  provides: v.array(text),
  /** `provider` is missing where nobody running provides the service. */
  requires: v.array(v.strictObject({ service: text, optional: v.boolean(), provider: v.optional(text) })),
  /** `owned` by kind: `method`, `route`, `event`, `tap`, …, `other`. */
  owns: v.record(text, v.array(text)),
})
export type PluginInfo = v.InferOutput<typeof PluginInfo>

export const Change = v.strictObject({
  /** The plugin is part of this very call: it is replaced once the call has ended. */
  scheduled: v.optional(v.literal(true)),
  started: v.array(text),
  stopped: v.array(text),
  blocked: v.array(text),
})
export type Change = v.InferOutput<typeof Change>

const ById = v.strictObject({ id: v.pipe(text, v.minLength(1), v.maxLength(256)) })

export const plugins = contract({
  id: 'plugins',
  methods: {
    'plugins.list': method({ scope: 'operator.read', params: v.strictObject({}), result: v.strictObject({ plugins: v.array(PluginRow) }), summary: 'Every plugin that is wanted, running or not.' }),
    'plugins.info': method({ scope: 'operator.read', params: ById, result: PluginInfo, summary: 'All there is to know of a plugin: `plugins.why`, and what it offers, needs and owns.' }),
    'plugins.why': method({ scope: 'operator.read', params: ById, result: PluginWhy, summary: 'In short: who asked for a plugin, its state, and what each phase took.' }),
    'plugins.reload': method({ scope: 'operator.admin', limit: controlWrites, params: ById, result: Change, summary: 'Reads a plugin anew and swaps it in; the old one serves on if that fails.' }),
    ...installMethods,
  },
  events: installEvents,
})
