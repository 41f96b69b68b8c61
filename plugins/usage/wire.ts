/** Shapes of the methods: the reference's, params of both its generations. Money is US dollars, times are ms since the epoch, days are `YYYY-MM-DD`. */
import * as v from 'valibot'

const text = v.string()
const short = v.pipe(v.string(), v.minLength(1), v.maxLength(512))
const day = v.pipe(v.string(), v.regex(/^\d{4}-\d{2}-\d{2}$/))
const count = v.pipe(v.number(), v.integer())
const money = v.number()
const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))

// ── Asked ───────────────────────────────────────────────────────────────────────────────────────

const ranges = v.picklist(['7d', '30d', '90d', '1y', 'all'])
const when = {
  /** Both included. */
  startDate: v.optional(day), endDate: v.optional(day),
  range: v.optional(ranges),
  /** Whose midnight ends a day: `gateway` (also without it) its own, `specific` that of `timeZone` or `utcOffset`. */
  mode: v.optional(v.picklist(['utc', 'gateway', 'specific'])),
  /** As in `+05:45`, `UTC-3`. */
  utcOffset: v.optional(v.pipe(v.string(), v.maxLength(10))),
  timeZone: v.optional(short),
}
const whose = {
  agentId: v.optional(short), agentScope: v.optional(v.literal('all')),
  /** A folder that was indexed with `usage.index`, by its absolute path; without it the gateway's own sessions. */
  from: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4096))),
}

export const UsageCostParams = v.optional(v.strictObject({ days: v.optional(whole(1, 3660)), ...when, ...whose }), {})
export type UsageCostParams = v.InferInput<typeof UsageCostParams>

/** `creatorKey` finds nothing: sessions here have no creators. `groupBy` and `includeHistorical`: every transcript a key has had is counted under it anyway. */
export const SessionsUsageParams = v.optional(v.strictObject({
  key: v.optional(short), creatorKey: v.optional(short), ...when, ...whose,
  groupBy: v.optional(v.picklist(['instance', 'family'])), includeHistorical: v.optional(v.boolean()),
  /** Rows of sessions, 50 if left out; the totals are of all sessions anyway. */
  limit: v.optional(whole(1, 1000)),
  /** Which rows come first, and so which are left out: those that were active last (also without it), or those that cost most in these days. */
  sort: v.optional(v.picklist(['recent', 'cost'])),
  includeContextWeight: v.optional(v.boolean()),
}), {})
export type SessionsUsageParams = v.InferInput<typeof SessionsUsageParams>

export const TimeseriesParams = v.strictObject({ key: short, ...whose })
export type TimeseriesParams = v.InferInput<typeof TimeseriesParams>
export const LogsParams = v.strictObject({ key: short, limit: v.optional(whole(1, 1000)), ...whose })
export type LogsParams = v.InferInput<typeof LogsParams>

export const IndexParams = v.strictObject({
  folder: v.pipe(v.string(), v.minLength(1), v.maxLength(4096)),
  /** Answer after so many ms even if it is not done; ask again to hear more. Without it, once it is done. */
  waitMs: v.optional(whole(0, 60_000)),
})
export type IndexParams = v.InferInput<typeof IndexParams>

// ── Answered ────────────────────────────────────────────────────────────────────────────────────

const totals = {
  input: count, output: count, cacheRead: count, cacheWrite: count, totalTokens: count,
  totalCost: money, inputCost: money, outputCost: money, cacheReadCost: money, cacheWriteCost: money,
  /** Answers with tokens that nobody knows the price of; they are in the tokens, not in the costs. */
  missingCostEntries: count,
}
export const Totals = v.strictObject(totals)
export type Totals = v.InferOutput<typeof Totals>

/** There only while transcripts are still being read that the answer does not count yet. */
const pending = v.optional(v.strictObject({ files: count, bytes: count }))
const DailyTotals = v.strictObject({ date: day, ...totals })

export const UsageCost = v.strictObject({ updatedAt: count, days: count, /** Every day of the range. */ daily: v.array(DailyTotals), totals: Totals, pending })
export type UsageCost = v.InferOutput<typeof UsageCost>

const messages = { total: count, user: count, assistant: count, toolCalls: count, toolResults: count, errors: count }
const Messages = v.strictObject(messages)
const Tools = v.strictObject({ totalCalls: count, uniqueTools: count, tools: v.array(v.strictObject({ name: text, count })) })
/** From a person's message to an answer, up to 12 hours; `avgMs` is exact, the others are within 5 %. */
const latency = { count, avgMs: money, p95Ms: money, minMs: money, maxMs: money }
const DailyLatency = v.strictObject({ date: day, ...latency })
const ModelUse = v.strictObject({ provider: v.optional(text), model: v.optional(text), count, totals: Totals })
const ModelDay = v.strictObject({ date: day, provider: v.optional(text), model: v.optional(text), tokens: count, cost: money, count })
const Day = v.strictObject({ date: day, tokens: count, cost: money, messages: count, toolCalls: count, errors: count })

const SessionUsage = v.strictObject({
  sessionId: v.optional(text), sessionFile: v.optional(text), firstActivity: v.optional(count), lastActivity: v.optional(count), durationMs: v.optional(count),
  activityDates: v.array(day),
  dailyBreakdown: v.array(v.strictObject({ date: day, tokens: count, cost: money })),
  dailyMessageCounts: v.array(v.strictObject({ date: day, ...messages })),
  dailyLatency: v.array(DailyLatency), dailyModelUsage: v.array(ModelDay),
  messageCounts: Messages, toolUsage: Tools, modelUsage: v.array(ModelUse), latency: v.optional(v.strictObject(latency)),
  ...totals,
})
export type SessionUsage = v.InferOutput<typeof SessionUsage>

const SessionRow = v.strictObject({
  key: text, label: v.optional(text), sessionId: v.optional(text), updatedAt: v.optional(count), agentId: v.optional(text), channel: v.optional(text), chatType: v.optional(text),
  modelProvider: v.optional(text), model: v.optional(text), usage: v.nullable(SessionUsage), contextWeight: v.optional(v.null()),
})

export const SessionsUsage = v.strictObject({
  updatedAt: count, startDate: day, endDate: day,
  /** Most recently active first, or the dearest where that was asked for. */
  sessions: v.array(SessionRow),
  totals: Totals,
  aggregates: v.strictObject({
    /** Those with activity in the range, also beyond the rows. */
    sessionCount: count,
    messages: Messages, tools: Tools, byModel: v.array(ModelUse), byProvider: v.array(ModelUse),
    byAgent: v.array(v.strictObject({ agentId: text, totals: Totals })), byChannel: v.array(v.strictObject({ channel: text, totals: Totals })),
    byCreator: v.array(v.never()), latency: v.optional(v.strictObject(latency)), dailyLatency: v.array(DailyLatency), modelDaily: v.array(ModelDay), daily: v.array(Day), costDaily: v.array(DailyTotals),
  }),
  creatorOptions: v.array(v.never()),
  pending,
})
export type SessionsUsage = v.InferOutput<typeof SessionsUsage>

export const Timeseries = v.strictObject({
  sessionId: v.optional(text),
  /** Oldest first, at most 200: one for each quarter of an hour with answers, or where there are more, for several of them. */
  points: v.array(v.strictObject({ timestamp: count, input: count, output: count, cacheRead: count, cacheWrite: count, totalTokens: count, cost: money, cumulativeTokens: count, cumulativeCost: money })),
})
export type Timeseries = v.InferOutput<typeof Timeseries>

export const UsageLogs = v.strictObject({ /** Oldest first. */ logs: v.array(v.strictObject({ timestamp: count, role: v.picklist(['user', 'assistant', 'tool', 'toolResult']), content: text, tokens: v.optional(count), cost: v.optional(money) })) })
export type UsageLogs = v.InferOutput<typeof UsageLogs>

export const IndexReport = v.strictObject({
  /** As it was resolved; the `from` of the other methods. */
  folder: text,
  done: v.boolean(),
  files: v.strictObject({ total: count, done: count, /** Could not be read; they are tried again next time. */ failed: count }),
  /** Of those that had to be read now. */
  bytes: v.strictObject({ total: count, done: count }),
  sessions: count,
})
export type IndexReport = v.InferOutput<typeof IndexReport>
