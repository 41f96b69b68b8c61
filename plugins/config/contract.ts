/** What can be asked about the settings and how they are changed, over the wire; and the hook of `nexus doctor`. Times in ms since the epoch. */
import * as v from 'valibot'
import { contract, controlWrites, hook, method, type MaybePromise } from 'nexus-gateway/sdk'

export { settingsErrors } from './errors.ts'

/** Stands for a secret in what is shown; a write that holds it keeps the secret. */
export const sentinel = '__NEXUS_REDACTED__'

// ── Doctor ──────────────────────────────────────────────────────────────────────────────────────

export interface DoctorFinding {
  /** The same for the same trouble, such as `state.permissions`. */
  readonly id: string
  readonly level: 'error' | 'warning' | 'note'
  /** One line, with the place; never a secret. */
  readonly what: string
  /** What a person can do. */
  readonly fix: string
  /** Mends it, so that a second look finds nothing; must be safe to run at any time. */
  readonly repair?: () => MaybePromise<void>
}
/** Every plugin answers with what is wrong in its own field; one that throws is left out, and the log says so. */
export const doctorChecks = hook.collect<[], readonly DoctorFinding[]>('config.doctor', { onError: 'isolate' })

// ── Shapes ──────────────────────────────────────────────────────────────────────────────────────

const text = v.string()
const most = (n: number) => v.pipe(text, v.maxLength(n))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
/** A tree, redacted. */
const Tree = v.record(text, v.unknown())
const raw = most(4 * 1024 * 1024)
const path = most(1_024)

export const ConfigIssue = v.strictObject({
  /** Such as `gateway.port`; empty for one of the whole file. */
  path: text,
  message: text,
  /** The key that was meant, where one is near. */
  meant: v.optional(text),
  file: v.optional(text),
  line: v.optional(count),
  column: v.optional(count),
  /** The line itself; what could be a secret is covered, so `column` still fits. */
  excerpt: v.optional(text),
})
export type ConfigIssue = v.InferOutput<typeof ConfigIssue>

const Note = v.strictObject({ path: text, message: text })

/** The protocol's snapshot of the settings; secrets are replaced by the sentinel in all of it. */
export const ConfigSnapshot = v.strictObject({
  path: text,
  exists: v.boolean(),
  /** Empty if there is no file. It is what a write gives as `baseHash`. */
  hash: text,
  /** `null` if the file cannot be read as JSON5: nobody could say where its secrets stand. */
  raw: v.nullable(text),
  /** The file's own tree. */
  parsed: Tree,
  /** With included files and the environment. */
  resolved: Tree,
  sourceConfig: Tree,
  /** With defaults: what runs. */
  config: Tree,
  runtimeConfig: Tree,
  valid: v.boolean(),
  issues: v.array(ConfigIssue),
  warnings: v.array(Note),
  legacyIssues: v.array(Note),
  includedPaths: v.array(text),
  includeProvenance: v.array(v.unknown()),
  agentRosterIncludeOwned: v.boolean(),
  bindingsIncludeOwned: v.boolean(),
  mode: v.picklist(['normal', 'degraded', 'safe']),
  reasons: v.array(text),
})
export type ConfigSnapshot = v.InferOutput<typeof ConfigSnapshot>

const base = { baseHash: v.optional(most(128)), force: v.optional(v.boolean()) }
/** Of the protocol: taken, and of no effect here, where nothing restarts and nobody has to be told when it has. */
const protocol = {
  sessionKey: v.optional(most(512)),
  note: v.optional(most(4_096)),
  restartDelayMs: v.optional(count),
  deliveryContext: v.optional(v.strictObject({ channel: v.optional(text), to: v.optional(text), accountId: v.optional(text), threadId: v.optional(v.union([text, v.number()])) })),
}

export const ConfigWriteResult = v.strictObject({
  ok: v.literal(true),
  /** It said so already; nothing was written. */
  noop: v.optional(v.literal(true)),
  path: text,
  hash: text,
  changed: v.array(text),
  /** Keys that take effect at the next start only. */
  restart: v.array(text),
  report: v.strictObject({ scheduled: v.optional(v.literal(true)), started: v.array(text), stopped: v.array(text), blocked: v.array(text) }),
  notes: v.array(text),
  config: Tree,
})
export type ConfigWriteResult = v.InferOutput<typeof ConfigWriteResult>

export const ConfigVerdict = v.strictObject({ ok: v.boolean(), path: text, issues: v.array(ConfigIssue), notes: v.array(text) })
export type ConfigVerdict = v.InferOutput<typeof ConfigVerdict>

export const ConfigDiff = v.strictObject({
  from: text,
  to: text,
  changes: v.array(v.strictObject({ path: text, kind: v.picklist(['added', 'removed', 'changed']), before: v.optional(v.unknown()), after: v.optional(v.unknown()), secret: v.boolean() })),
  /** As `diff -u` has it; empty if the text is the same. */
  text,
})
export type ConfigDiff = v.InferOutput<typeof ConfigDiff>

export const ConfigHistory = v.strictObject({ backups: v.array(v.strictObject({ id: text, time: count, bytes: count, hash: text })) })
export type ConfigHistory = v.InferOutput<typeof ConfigHistory>

export const ConfigExplanation = v.strictObject({
  path: text,
  /** Whether anything, if only a default, gives it a value. */
  set: v.boolean(),
  value: v.optional(v.unknown()),
  layer: v.picklist(['override', 'file', 'include', 'env', 'default', 'none']),
  place: v.optional(v.strictObject({ file: text, line: count, column: count })),
  variables: v.array(text),
  /** Of an override: the flag or variable. */
  name: v.optional(text),
  /** Whether any schema knows the key; if not, the one that may be meant. */
  known: v.boolean(),
  meant: v.optional(text),
  secret: v.boolean(),
  /** Where a secret comes from, such as `env:NAME`. */
  source: v.optional(text),
  agentWritable: v.boolean(),
  /** What the schema asks for. */
  type: v.optional(text),
  enum: v.optional(v.array(v.unknown())),
  default: v.optional(v.unknown()),
  description: v.optional(text),
  /** The keys that can stand below it. */
  keys: v.array(text),
})
export type ConfigExplanation = v.InferOutput<typeof ConfigExplanation>

export const ConfigSchema = v.strictObject({
  schema: v.record(text, v.unknown()),
  uiHints: v.record(text, v.strictObject({ help: v.optional(text), sensitive: v.optional(v.boolean()), agentWritable: v.optional(v.boolean()) })),
  version: text,
  generatedAt: text,
})
export type ConfigSchema = v.InferOutput<typeof ConfigSchema>

export const Diagnosis = v.strictObject({
  /** No errors are left. */
  ok: v.boolean(),
  findings: v.array(v.strictObject({ id: text, level: v.picklist(['error', 'warning', 'note']), what: text, fix: text, repairable: v.boolean() })),
  /** What was mended, and what could not be. */
  repaired: v.array(text),
  failed: v.array(v.strictObject({ what: text, reason: text })),
})
export type Diagnosis = v.InferOutput<typeof Diagnosis>

// ── Methods ─────────────────────────────────────────────────────────────────────────────────────

const none = v.strictObject({})
const id = most(128)
const Edit = v.strictObject({
  ...base,
  set: v.optional(v.pipe(v.array(v.strictObject({ path, value: v.unknown() })), v.maxLength(1_000)), []),
  unset: v.optional(v.pipe(v.array(path), v.maxLength(1_000)), []),
})

export const config = contract({
  id: 'config',
  methods: {
    'config.get': method({ scope: 'operator.read', params: none, result: ConfigSnapshot, summary: 'The settings, without secrets.' }),
    'config.set': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ ...base, raw }), result: ConfigWriteResult, summary: 'Gives the file a new text.' }),
    'config.apply': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ ...base, ...protocol, raw }), result: ConfigWriteResult, summary: 'The same as config.set.' }),
    'config.patch': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ ...base, ...protocol, raw, replacePaths: v.optional(v.pipe(v.array(path), v.maxLength(256)), []) }), result: ConfigWriteResult, summary: 'Merges a patch into the file; null takes a key out.' }),
    'config.edit': method({ scope: 'operator.admin', limit: controlWrites, params: Edit, result: ConfigWriteResult, summary: 'Sets and takes out values by their key paths.' }),
    'config.restore': method({ scope: 'operator.admin', limit: controlWrites, params: v.strictObject({ ...base, id }), result: ConfigWriteResult, summary: 'Gives the file the text of a backup.' }),
    'config.schema': method({ scope: 'operator.read', params: none, result: ConfigSchema, summary: 'JSON Schema of the whole file.' }),
    'config.validate': method({ scope: 'operator.admin', params: v.strictObject({ raw: v.optional(raw) }), result: ConfigVerdict, summary: 'What is wrong with the file, or with a text for it.' }),
    'config.diff': method({ scope: 'operator.admin', params: v.strictObject({ from: v.optional(id), raw: v.optional(raw) }), result: ConfigDiff, summary: 'What differs between a backup, the file, and a text for it.' }),
    'config.history': method({ scope: 'operator.read', params: none, result: ConfigHistory, summary: 'The backups, newest first.' }),
    'config.explain': method({ scope: 'operator.read', params: v.strictObject({ path }), result: ConfigExplanation, summary: 'Which layer, file, line and variable gave a value.' }),
    'config.doctor': method({ scope: 'operator.admin', params: v.strictObject({ fix: v.optional(v.boolean(), false) }), result: Diagnosis, summary: 'Looks for what is wrong, and mends what can be mended.' }),
  },
})
