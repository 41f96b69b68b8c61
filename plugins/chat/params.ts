/** What both generations of the protocol may send to the chat methods (PROTOCOL, wire schemas of 2026.2.19 and 2026.9.6). */
import * as v from 'valibot'

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max))
const anyText = v.pipe(v.string(), v.maxLength(1024))
const count = (min: number, max = Number.MAX_SAFE_INTEGER) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
const anyObject = v.record(v.string(), v.unknown())

const sessionKey = text(512)
const agentId = v.optional(text(64))
const sessionId = v.optional(text(256))

/** Of both generations; the later one leaves it open for more. What it holds is looked at in `attachments.ts`. */
const Attachment = v.looseObject({
  type: v.optional(anyText), mimeType: v.optional(anyText), fileName: v.optional(anyText), origin: v.optional(v.picklist(['paste', 'file'])),
  content: v.optional(v.unknown()), source: v.optional(v.unknown()),
  sizeBytes: v.optional(v.number()), durationMs: v.optional(v.number()), width: v.optional(v.number()), height: v.optional(v.number()),
})
export type Attachment = v.InferOutput<typeof Attachment>

export const SendParams = v.strictObject({
  sessionKey,
  agentId,
  sessionId,
  message: v.pipe(v.string(), v.maxLength(2_000_000)),
  idempotencyKey: text(256),
  timeoutMs: v.optional(count(0)),
  queueMode: v.optional(v.picklist(['steer', 'followup', 'collect', 'interrupt'])),
  thinking: v.optional(anyText),
  attachments: v.optional(v.pipe(v.array(Attachment), v.maxLength(100)), []),
  /** A message that looks like a command, or a word that stops, is one like any other. */
  suppressCommandInterpretation: v.optional(v.boolean()),
  // Advice and marginal notes: an answer without them is still an answer to this message.
  fastMode: v.optional(v.union([v.boolean(), v.literal('auto')])),
  fastAutoOnSeconds: v.optional(count(1)),
  mentions: v.optional(v.pipe(v.array(anyObject), v.maxLength(10))),
  workContext: v.optional(anyObject),
  // Accepted only where they ask for nothing: see `refuse.ts`.
  deliver: v.optional(v.boolean()),
  intent: v.optional(anyObject),
  toolBindings: v.optional(anyObject),
  originatingChannel: v.optional(anyText),
  originatingTo: v.optional(anyText),
  originatingAccountId: v.optional(anyText),
  originatingThreadId: v.optional(anyText),
  replyToId: v.optional(anyText),
  systemInputProvenance: v.optional(anyObject),
  systemProvenanceReceipt: v.optional(anyText),
  expectedLeafEntryId: v.optional(v.nullable(anyText)),
  expectedSessionRoutingContract: v.optional(anyText),
  expectedPermissionMode: v.optional(v.nullable(v.picklist(['read-only', 'guarded', 'workspace', 'full']))),
  expectedToolOverrides: v.optional(v.nullable(anyObject)),
})
export type Send = v.InferOutput<typeof SendParams>

export const HistoryParams = v.strictObject({
  sessionKey,
  agentId,
  sessionId,
  limit: v.optional(count(1, 1000), 200),
  cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/))),
  maxBytes: v.optional(count(1024)),
  maxChars: v.optional(count(1, 500_000)),
  // Accepted only where they ask for nothing: see `refuse.ts`.
  offset: v.optional(count(0)),
  pendingBefore: v.optional(count(1)),
  inputRunIds: v.optional(v.pipe(v.array(text(256)), v.maxLength(50))),
  messageId: v.optional(text(256)),
})
export type HistoryQuery = v.InferOutput<typeof HistoryParams>

export const AbortParams = v.strictObject({ sessionKey, agentId, runId: v.optional(text(256)) })

export const InjectParams = v.strictObject({ sessionKey, agentId, message: v.pipe(v.string(), v.minLength(1), v.maxLength(2_000_000)), label: v.optional(v.pipe(v.string(), v.maxLength(100))) })
export type Inject = v.InferOutput<typeof InjectParams>
