/** Shapes of the methods and events. Money is US dollars, times are ms since the epoch. */
import * as v from 'valibot'

const text = v.string()
const short = v.pipe(v.string(), v.minLength(1), v.maxLength(512))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const usd = v.pipe(v.number(), v.minValue(0))

/** What a budget bounds: everything together, or each one of these, or one of them by name. */
export const axes = ['global', 'agent', 'session', 'user', 'channel', 'token', 'plugin', 'job'] as const
export type Axis = (typeof axes)[number]
export const periods = ['run', 'day', 'month'] as const
export type Period = (typeof periods)[number]

const Sum = v.strictObject({ usd, tokens: count, calls: count, /** Calls of an unknown price; their tokens stand in `tokens`. */ unpriced: count })

/** One budget and one of those it bounds, in its present period. `limit` and `left` have what the budget has a bound for. */
export const BudgetState = v.strictObject({
  /** As in the settings, or made of what it bounds: `global/day`, `agent:coder/month`. */
  id: text,
  on: v.picklist(axes),
  /** Whose: an agent's id, a session's key …; left out for `global`. */
  of: v.optional(text),
  per: v.picklist(periods),
  limit: v.strictObject({ usd: v.optional(usd), tokens: v.optional(count) }),
  spent: v.strictObject({ usd, tokens: count }),
  /** Held by what is under way, and by what a crash left open. */
  held: v.strictObject({ usd, tokens: count }),
  left: v.strictObject({ usd: v.optional(usd), tokens: v.optional(count) }),
  /** Of the bound that is nearest, spent and held together; may be above 100. */
  percent: v.pipe(v.number(), v.minValue(0)),
  /** The highest mark it has passed, such as 80; 0 for none. */
  mark: count,
  startedAt: count,
  /** `null` for a budget of a run. */
  resetsAt: v.nullable(count),
  timeZone: text,
})
export type BudgetState = v.InferOutput<typeof BudgetState>

export const Settled = v.strictObject({
  id: text,
  at: count,
  runId: v.optional(text), sessionKey: v.optional(text), agentId: v.optional(text), channel: v.optional(text), user: v.optional(text),
  provider: text, model: text,
  /** `null`: unpriced. */
  usd: v.nullable(usd),
  tokens: count,
  /** Where the price came from: `reported` by the provider, `settings`, `provider`, `catalogue` with its date, or `none`. */
  price: text,
  /** Nobody has counted it: it is the most it can have come to. */
  estimated: v.optional(v.literal(true)),
})
export type Settled = v.InferOutput<typeof Settled>

const Open = v.strictObject({ id: text, at: count, provider: text, model: text, usd: v.nullable(usd), tokens: count, /** Left by a gateway that died. */ orphaned: v.boolean() })

export const StatusParams = v.optional(v.strictObject({}), {})
export const CostStatus = v.strictObject({
  /** Since when everything is stopped, and why; `null`: it is not. */
  stopped: v.nullable(v.strictObject({ at: count, by: text, reason: v.optional(text) })),
  timeZone: text,
  today: Sum,
  month: Sum,
  /** Those that bound something in their present period, the fullest first; at most 200. */
  budgets: v.array(BudgetState),
  open: v.strictObject({ count, usd, tokens: count, orphaned: count }),
})
export type CostStatus = v.InferOutput<typeof CostStatus>

export const StopParams = v.optional(v.strictObject({ reason: v.optional(v.pipe(v.string(), v.maxLength(500))) }), {})
export const ResumeParams = v.optional(v.strictObject({}), {})
export const StopResult = v.strictObject({ stopped: v.boolean(), /** What was ended. */ ended: count })

/** What the provider's bill says of something that a gateway left open; without `usd` it has cost nothing. */
export const SettleParams = v.strictObject({ id: short, usd: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(1e6)), 0), tokens: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e12)), 0) })
export type SettleParams = v.InferOutput<typeof SettleParams>

export const ChargesParams = v.optional(v.strictObject({ limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1_000)), 100), runId: v.optional(short), sessionKey: v.optional(short) }), {})
export const ChargesResult = v.strictObject({ charges: v.array(Settled), open: v.array(Open) })
