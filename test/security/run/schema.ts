/** The format of a case, as README.md tells it. Every unknown key is an error. */
import * as v from 'valibot'
import { Ability, fileVerbs, Standing } from './schema-files.ts'
import { Archive, packageVerbs, Registry } from './schema-packages.ts'

const text = v.string()
const texts = v.array(text)
const maybe = v.optional(text)
const flag = v.optional(v.literal(true))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const some = v.optional(count)
const numbers = v.optional(v.union([count, v.array(count)]))
const pattern = v.pipe(text, v.check((source) => isPattern(source), 'not a regular expression'))
const tree = v.record(text, v.unknown())

const Headers = v.optional(v.record(text, v.union([text, texts, v.null()])))
const File = v.strictObject({ file: text, text, mode: maybe })

const Frame = v.union([
  v.strictObject({ json: v.unknown() }),
  v.strictObject({ text }),
  v.strictObject({ hex: text }),
  v.strictObject({ frame: v.strictObject({ opcode: some, fin: v.optional(v.boolean()), rsv: some, masked: v.optional(v.boolean()), length: some, text: maybe, hex: maybe }) }),
])
export type Frame = v.InferOutput<typeof Frame>

const Served = v.strictObject({
  status: some, headers: v.optional(v.record(text, v.union([text, texts]))), body: maybe,
  fill: v.optional(v.strictObject({ text, times: count, everyMs: some })), hang: flag,
})
export type Served = v.InferOutput<typeof Served>

// ── Steps ───────────────────────────────────────────────────────────────────────────────────────

const verbs = {
  http: v.strictObject({ method: maybe, path: maybe, headers: Headers, body: maybe, json: v.optional(v.unknown()), on: maybe, stream: flag, unix: flag }),
  upgrade: v.strictObject({ path: maybe, headers: Headers }),
  ws: v.strictObject({ path: maybe, headers: Headers, connect: v.optional(tree), unix: flag }),
  call: v.strictObject({ on: text, method: text, params: v.optional(v.unknown()) }),
  send: v.strictObject({ on: text, frames: v.array(Frame), times: some, full: some }),
  rpc: v.strictObject({ method: text, params: v.optional(v.unknown()), unix: flag }),
  raw: v.strictObject({ text: maybe, hex: maybe, fill: v.optional(v.strictObject({ text, times: count, full: some, everyMs: some })), hold: flag, end: flag, waitMs: some }),
  knock: v.strictObject({ paths: texts, upgrade: flag }),
  nexus: v.strictObject({ args: texts, input: maybe, env: v.optional(v.record(text, text)) }),
  child: v.strictObject({ script: v.pipe(text, v.regex(/^children\/[a-z-]+\.mjs$/)), args: texts }),
  start: v.strictObject({ settings: v.optional(tree), args: v.optional(texts), env: v.optional(v.record(text, text)), files: v.optional(v.array(File)) }),
  sleep: count,
  wait: v.strictObject({ of: text, for: v.picklist(['close', 'event', 'answer']), event: maybe, ms: some }),
  reload: text,
  restart: v.picklist(['kill', 'stop']),
  write: File,
  remove: text,
  ...packageVerbs,
  ...fileVerbs,
  publish: Registry,
} as const
type Verbs = { readonly [verb in keyof typeof verbs]: v.InferOutput<(typeof verbs)[verb]> }
export interface Repeat { readonly times?: number | undefined; readonly each?: readonly unknown[] | undefined; readonly full?: number | undefined; readonly parallel?: number | undefined; readonly spread?: true | undefined; readonly steps: readonly Step[] }
export type Together = readonly (readonly Step[])[]
export type VerbName = keyof Verbs | 'repeat' | 'together'
export type Step = { readonly name?: string | undefined; readonly as?: string | undefined; readonly from?: string | undefined } & Partial<Verbs> & { readonly repeat?: Repeat; readonly together?: Together }
export type Input<V extends keyof Verbs> = Verbs[V]

const common = { name: maybe, as: maybe, from: maybe }
const RepeatStep: v.GenericSchema<unknown, Repeat> = v.pipe(
  v.strictObject({ times: some, each: v.optional(v.array(v.unknown())), full: some, parallel: some, spread: flag, steps: v.array(v.lazy(() => StepSchema)) }),
  v.check(({ times, each }) => (times === undefined) !== (each === undefined), 'either `times` or `each`'),
)
const TogetherStep: v.GenericSchema<unknown, Together> = v.pipe(v.array(v.array(v.lazy(() => StepSchema))), v.minLength(2))
const steps: Readonly<Record<string, v.GenericSchema>> = Object.fromEntries(
  Object.entries({ ...verbs, repeat: RepeatStep, together: TogetherStep }).map(([verb, schema]) => [verb, v.strictObject({ ...common, [verb]: schema })]))

/** The verb of a step, or nothing if it has none or two. */
export function verbOf(step: unknown): VerbName | undefined {
  const found = Object.keys(typeof step === 'object' && step !== null ? step : {}).filter((key) => key in steps)
  return found.length === 1 ? found[0] as VerbName : undefined
}
export const StepSchema: v.GenericSchema<unknown, Step> = v.lazy((step) => {
  const verb = verbOf(step)
  return (verb === undefined ? v.never('a step has one verb') : steps[verb]) as v.GenericSchema<unknown, Step>
})

// ── Checks ──────────────────────────────────────────────────────────────────────────────────────

const partly = v.optional(v.union([v.boolean(), text, tree]))
const seen = {
  of: maybe, status: numbers, close: numbers, exit: v.optional(v.union([count, v.array(count), v.literal('failure')])),
  ok: v.optional(v.boolean()), error: partly, payload: partly, json: partly,
  header: v.optional(v.record(text, v.union([pattern, v.null()]))), body: v.optional(pattern), event: maybe,
  text: v.optional(pattern), code: v.optional(v.union([pattern, v.null()])),
  closed: v.optional(v.boolean()), within: v.optional(v.strictObject({ after: text, ms: count })),
}
const Seen = v.strictObject(seen)
export type SeenCheck = v.InferOutput<typeof Seen>
const Check = v.strictObject({
  ...seen,
  every: v.optional(Seen),
  count: v.optional(v.strictObject({ of: Seen, least: some, most: some })),
  log: v.optional(pattern),
  file: v.optional(v.strictObject({ path: text, exists: v.optional(v.boolean()), mode: maybe, matches: v.optional(pattern) })),
  journal: v.optional(tree),
  unchanged: maybe,
  without: v.optional(v.strictObject({ dir: text, text })),
  private: maybe,
  rssMiB: some,
  hits: v.optional(v.strictObject({ server: text, least: some, most: some })),
  equal: v.optional(v.pipe(texts, v.length(2))),
})
export type Check = v.InferOutput<typeof Check>

const Ban = v.union([v.strictObject({ bytes: text }), v.strictObject({ server: text }), v.strictObject({ file: text }), v.strictObject({ event: text })])
export type Ban = v.InferOutput<typeof Ban>

// ── Cases ───────────────────────────────────────────────────────────────────────────────────────

const Setup = v.strictObject({
  settings: v.optional(tree, {}), plugins: v.optional(texts, []), env: v.optional(v.record(text, text), {}),
  tokens: v.optional(v.record(text, v.strictObject({ scopes: texts, agent: maybe, ttlMs: some })), {}),
  devices: v.optional(v.record(text, v.strictObject({ scopes: v.optional(texts), role: maybe, paired: flag })), {}),
  servers: v.optional(v.record(text, v.record(text, Served)), {}),
  files: v.optional(v.array(File), []),
  tree: v.optional(v.array(Standing), []), able: v.optional(v.array(Ability), []), umask: v.optional(v.pipe(text, v.regex(/^[0-7]{3}$/))),
  archives: v.optional(v.record(text, Archive), {}),
  registry: v.optional(Registry),
  steps: v.optional(v.array(StepSchema), []),
  own: v.optional(v.union([v.literal(true), v.pipe(text, v.minLength(1))])),
})
export type Setup = v.InferOutput<typeof Setup>

const Modes = v.array(v.picklist(['fresh', 'after']))
const refs = v.pipe(texts, v.minLength(1))
const given = { refs: v.optional(refs), needs: v.optional(texts), setup: v.optional(Setup) }
const One = v.strictObject({
  id: v.pipe(text, v.regex(/^[A-N]\d\d-[a-z0-9-]+$/)), title: v.pipe(text, v.minLength(8)), ...given,
  remote: flag, modes: v.optional(Modes, ['fresh', 'after']),
  input: v.pipe(v.array(StepSchema), v.minLength(1)), expect: v.array(Check), forbid: v.optional(v.array(Ban), []),
})
export const CaseFile = v.strictObject({ class: v.pipe(text, v.regex(/^[A-N]\d\d$/)), title: text, ...given, cases: v.pipe(v.array(One), v.minLength(1)) })
export type CaseFile = v.InferOutput<typeof CaseFile>

export type Mode = 'fresh' | 'after'
/** A case with what its file says for it. `class` is the row, such as `A03`. */
export interface Case extends Omit<v.InferOutput<typeof One>, 'refs' | 'needs' | 'setup'> {
  readonly class: string
  readonly refs: readonly string[]
  readonly needs: readonly string[]
  readonly setup: Setup
}

/** `(?i)` in front ignores case. */
export const regex = (source: string): RegExp => (source.startsWith('(?i)') ? new RegExp(source.slice(4), 'i') : new RegExp(source))
function isPattern(source: string): boolean {
  try {
    return Boolean(regex(source))
  } catch {
    return false
  }
}
