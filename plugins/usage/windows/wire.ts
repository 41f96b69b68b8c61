/** Shape of `usage.status`: the reference's, with `account` beside it. Times are ms since the epoch. */
import * as v from 'valibot'

const text = v.pipe(v.string(), v.maxLength(200))
const time = v.pipe(v.number(), v.integer(), v.minValue(0))

export const UsageWindow = v.strictObject({
  /** As in `5h`, `Week`, `requests`. */
  label: text,
  /** From 0 to 100. */
  usedPercent: v.pipe(v.number(), v.minValue(0), v.maxValue(100)),
  resetAt: v.optional(time),
})
export const ProviderUsage = v.strictObject({
  provider: text,
  displayName: text,
  /** Where a provider has several; one has its own limits. */
  account: v.optional(text),
  windows: v.array(UsageWindow),
  plan: v.optional(text),
  /** Why there are no windows, in words of our own. */
  error: v.optional(text),
})
export type ProviderUsage = v.InferOutput<typeof ProviderUsage>

export const StatusParams = v.optional(v.strictObject({}), {})
export const UsageStatus = v.strictObject({ updatedAt: time, providers: v.array(ProviderUsage) })
export type UsageStatus = v.InferOutput<typeof UsageStatus>
