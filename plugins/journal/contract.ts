/** The record of who did what: what plugins write to it, and what those who may can read of it. Times in ms since the epoch. */
import * as v from 'valibot'
import { contract, method, service } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'

export { journalErrors } from './errors.ts'

/** One decision or effect. Texts are cut to 256 characters, so nothing of any length belongs into one. */
export interface JournalEntry {
  /** On whose behalf: the call, or the tool call, that is under way. */
  readonly cause: Cause
  /** What is done, `noun.verb`: a method's name, or one of the plugin's own such as `channel.send`. */
  readonly verb: string
  /** The scope it takes. */
  readonly access?: string
  /** What it is done to: a tool's name, an account, the id of a credential. Never a secret. */
  readonly subject?: string
  /** Only their SHA-256 is kept, taken after values that look secret are left out. */
  readonly params?: unknown
  readonly decision: 'allow' | 'deny'
  /** `pending`: it is about to be done. `refused`: it will not be. */
  readonly outcome: 'pending' | 'ok' | 'failed' | 'refused'
  /** Of the error, if it was not `ok`. */
  readonly code?: string
  readonly ms?: number
  /** The number of the record that said `pending`. */
  readonly of?: number
}

export interface JournalApi {
  /**
   * Resolves to the record's number once it is on disk, and its head too; await it before the effect. Rejects with
   * NEXUS_JOURNAL_UNWRITABLE or NEXUS_JOURNAL_BUSY: then the effect must not happen.
   */
  record(entry: JournalEntry): Promise<number>
}
export const Journal = service<JournalApi>('journal/1')

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const number = v.pipe(v.number(), v.integer(), v.minValue(1))
const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))

/** As it stands in the file; `hash` is the SHA-256 of the line up to it, `prev` that of the line before. */
export const JournalRecord = v.looseObject({
  n: number, time: count, trace: v.string(),
  caller: v.object({ id: v.string(), role: v.string(), label: v.string() }),
  path: v.array(v.string()), verb: v.string(), access: v.optional(v.string()), subject: v.optional(v.string()), params: v.optional(hash),
  decision: v.picklist(['allow', 'deny']), outcome: v.picklist(['pending', 'ok', 'failed', 'refused']), code: v.optional(v.string()), ms: v.optional(v.number()), of: v.optional(number),
  anchor: v.optional(v.object({ to: number, hash })),
  prev: hash, hash,
})
export type JournalRecord = v.InferOutput<typeof JournalRecord>

/** The state of the whole journal in one line: kept elsewhere, it proves later that nothing up to `n` was changed or rolled back. */
export const ExportedHead = v.strictObject({ journal: v.pipe(v.string(), v.regex(/^[0-9a-f]{16}$/)), n: count, hash, time: count })
export type ExportedHead = v.InferOutput<typeof ExportedHead>

export const JournalFault = v.strictObject({
  kind: v.picklist(['absent', 'key', 'head', 'segment', 'form', 'altered', 'order', 'short', 'removed', 'rolled-back', 'set-aside']),
  text: v.string(), segment: v.optional(v.string()), offset: v.optional(count), n: v.optional(number),
})
export type JournalFault = v.InferOutput<typeof JournalFault>

export const JournalReport = v.strictObject({
  ok: v.boolean(),
  /** The first and the last record that were checked, 0 if there is none. */
  first: count, last: count, records: count, bytes: count, segments: count,
  head: v.nullable(ExportedHead),
  /** Bytes behind the head: written, and acknowledged to nobody. */
  pastHead: count,
  /** Records up to this one were removed by retention, as the journal itself says. 0: none. */
  removedTo: count,
  /** Of the exported head: it is part of this journal, or its record was removed by retention, or not. */
  exported: v.optional(v.picklist(['confirmed', 'removed', 'refuted'])),
  /** At most 100 of `faultCount`. */
  faults: v.array(JournalFault), faultCount: count,
})
export type JournalReport = v.InferOutput<typeof JournalReport>

export const journal = contract({
  id: 'journal',
  provides: { journal: Journal },
  methods: {
    'journal.tail': method({
      scope: 'operator.admin', summary: 'The newest records, newest last.',
      params: v.strictObject({ limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000)), 50) }),
      result: v.strictObject({ records: v.array(JournalRecord) }),
    }),
    'journal.verify': method({ scope: 'operator.admin', params: v.strictObject({ head: v.optional(ExportedHead) }), result: JournalReport, summary: 'Checks every record that is kept.' }),
    'journal.export': method({ scope: 'operator.admin', params: v.strictObject({}), result: ExportedHead, summary: 'The head, to be kept elsewhere.' }),
  },
})
