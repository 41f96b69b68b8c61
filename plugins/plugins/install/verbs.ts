/** Installing over the wire: what the contract of the plugin says of it. Bytes, ms; `at` in ms since the epoch. */
import * as v from 'valibot'
import { controlWrites, event, method, service } from 'nexus-gateway/sdk'

export interface ScannerApi {
  /** Looks at the files of a plugin that is about to be installed. Nothing of it has run. */
  scan(dir: string): Promise<{ verdict: 'clean' | 'suspect' | 'malicious'; findings: string[] }>
}
/** Whoever provides it is asked about every plugin before somebody is asked to agree to it. */
export const Scanner = service<ScannerApi>('scanner/1', { members: ['scan'] })

const text = v.string()
const most = (n: number) => v.pipe(text, v.minLength(1), v.maxLength(n))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const source = v.picklist(['npm', 'tarball', 'git', 'folder', 'file', 'link'])
const tier = v.picklist(['isolated', 'trusted'])
const id = most(256)
const ticket = most(64)
const digest = most(200)

export const Consent = v.strictObject({
  id: text, name: text, version: text, source, spec: text, tier,
  /** The version that it would replace. */
  from: v.optional(text),
  integrity: v.optional(text),
  /** False: it asks for no more than was agreed to before. */
  needed: v.boolean(),
  /** Only what goes beyond that is shown. */
  partial: v.boolean(),
  /** The scanner's verdict; a person has to decide. */
  suspect: v.boolean(),
  sections: v.array(v.strictObject({ title: text, lines: v.array(text) })),
  /** To be given back by whoever agrees. */
  digest: text,
})
export type Consent = v.InferOutput<typeof Consent>

/** `beside`: where the gateway itself finds its libraries; `fetched`: in the state directory. */
export const LibraryRow = v.strictObject({ name: text, version: text, place: v.picklist(['beside', 'fetched', 'missing']) })
export type LibraryRow = v.InferOutput<typeof LibraryRow>

const phase = v.picklist(['waiting', 'fetching', 'unpacking', 'resolving', 'checking', 'installing', 'hashing', 'scanning', 'done'])
export type InstallPhase = v.InferOutput<typeof phase>
const Fault = v.strictObject({ code: text, message: text, fix: text, exit: v.optional(v.number()) })

export const Staged = v.strictObject({
  ticket: text,
  /** `current`: what is installed is the newest there is. */
  state: v.picklist(['working', 'ready', 'current', 'failed']),
  phase,
  consent: v.optional(Consent),
  error: v.optional(Fault),
})
export type Staged = v.InferOutput<typeof Staged>

export const Report = v.strictObject({
  id: text,
  version: v.optional(text),
  /** The version before. */
  from: v.optional(text),
  /** It has not been put to work yet: that is done when this very call has ended. */
  scheduled: v.optional(v.literal(true)),
  /** Nothing had to change. */
  noop: v.optional(v.literal(true)),
  started: v.array(text), stopped: v.array(text), blocked: v.array(text),
  /** Its data folder, if it was kept. */
  data: v.optional(text),
})
export type Report = v.InferOutput<typeof Report>

export const GrantRow = v.strictObject({
  id: text, name: text, version: text, source, spec: text, tier, at: count, by: text, scanned: v.boolean(),
  capabilities: v.array(text), taps: v.array(text), requires: v.array(text), methods: v.record(text, text), routes: v.record(text, text),
  /** What it asks for beyond that as it is now, in plain words. */
  more: v.optional(v.strictObject({ sections: v.array(v.strictObject({ title: text, lines: v.array(text) })), digest: text })),
})
export type GrantRow = v.InferOutput<typeof GrantRow>

export const OutdatedRow = v.strictObject({ id: text, name: text, current: text, wanted: v.optional(text), latest: v.optional(text), error: v.optional(text) })
export type OutdatedRow = v.InferOutput<typeof OutdatedRow>
export const FoundRow = v.strictObject({ name: text, version: text, description: text })
export type FoundRow = v.InferOutput<typeof FoundRow>
export const InstallFinding = v.strictObject({ id: text, level: v.picklist(['error', 'warning', 'note']), what: text, fix: text, repairable: v.boolean() })
export type InstallFinding = v.InferOutput<typeof InstallFinding>

const flag = v.optional(v.boolean(), false)
const write = { scope: 'operator.admin', limit: controlWrites } as const
const ById = v.strictObject({ id })

export const installMethods = {
  'plugins.stage': method({
    ...write, summary: 'Fetches and checks a plugin (`spec`), or the newer version of one (`id`), without running any of it; with `libraries` the libraries of one that ships with the gateway.',
    params: v.strictObject({ spec: v.optional(most(2_000)), id: v.optional(id), link: flag, trusted: flag, allowSimilar: flag, downgrade: flag, libraries: flag }), result: Staged,
  }),
  'plugins.staged': method({
    scope: 'operator.admin', summary: 'How far it is; with `seen`, waits up to 5 s until the phase is another one.',
    params: v.strictObject({ ticket, seen: v.optional(phase) }), result: Staged,
  }),
  'plugins.commit': method({ ...write, params: v.strictObject({ ticket, accept: digest }), result: Report, summary: 'Agrees to what was staged, puts it in place and starts it.' }),
  'plugins.discard': method({ ...write, params: v.strictObject({ ticket }), result: v.strictObject({ ok: v.literal(true) }), summary: 'Throws away what was staged.' }),
  'plugins.remove': method({ ...write, params: v.strictObject({ id, data: flag }), result: Report, summary: 'Stops an installed plugin and removes it; with `data` also what it has stored.' }),
  'plugins.enable': method({ ...write, params: ById, result: Report, summary: 'Turns a plugin on in the settings.' }),
  'plugins.disable': method({ ...write, params: ById, result: Report, summary: 'Turns a plugin off in the settings.' }),
  'plugins.grants': method({ scope: 'operator.read', params: v.strictObject({ id: v.optional(id) }), result: v.strictObject({ grants: v.array(GrantRow) }), summary: 'What was agreed to, and with `id` what the plugin asks for beyond that.' }),
  'plugins.agree': method({ ...write, params: v.strictObject({ id, accept: digest }), result: Report, summary: 'Agrees to what an installed plugin asks for now.' }),
  'plugins.outdated': method({ scope: 'operator.admin', params: v.strictObject({ id: v.optional(id) }), result: v.strictObject({ plugins: v.array(OutdatedRow) }), summary: 'Which installed plugins have newer versions.' }),
  'plugins.search': method({ scope: 'operator.admin', params: v.strictObject({ text: most(200) }), result: v.strictObject({ found: v.array(FoundRow) }), summary: 'Plugins in the registry of the gateway\'s user.' }),
  'plugins.doctor': method({ ...write, params: v.strictObject({ fix: flag }), result: v.strictObject({ findings: v.array(InstallFinding), repaired: v.array(text) }), summary: 'Looks for what is wrong with installed plugins; with `fix` removes what is left over.' }),
}

export const installEvents = {
  'plugins.progress': event({ scope: 'operator.admin', payload: v.strictObject({ ticket: text, phase, state: Staged.entries.state }), summary: 'How far an install is.' }),
}
