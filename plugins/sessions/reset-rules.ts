/** When a session begins anew by itself. Pure. */
import * as v from 'valibot'
import type { KeyInfo } from './keys.ts'

const rule = {
  daily: v.optional(v.pipe(v.union([v.literal(false), v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(23))]), v.description('Hour of the day, 0 to 23, after which the next message begins a new session; false for never.'))),
  idleMinutes: v.optional(v.pipe(v.union([v.literal(false), v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5_256_000))]), v.description('A message after this long without any begins a new session; false for never.'))),
}
const Rule = v.strictObject(rule)

export const ResetConfig = v.strictObject({
  ...rule,
  timeZone: v.optional(v.pipe(v.string(), v.maxLength(100), v.description('IANA name, such as Europe/Berlin, for `daily`. Without it, the time zone of the gateway\'s machine.'))),
  byType: v.optional(v.strictObject({ direct: v.optional(Rule), group: v.optional(Rule), thread: v.optional(Rule) }), {}),
  byChannel: v.optional(v.pipe(v.record(v.string(), Rule), v.description('By channel; goes before `byType`.')), {}),
})
export type ResetRules = v.InferOutput<typeof ResetConfig>
interface OwnRule { readonly daily: number | false; readonly idleMinutes: number | false }

/** As in the reference: every day at four in the morning. */
const defaultHour = 4

/** The rule of a session; what a place leaves open is taken from its type, then from what holds for all. Jobs, hooks and sub-agents are left to who runs them. */
export function ruleOf({ kind, channel, thread }: KeyInfo, { daily, idleMinutes, byType, byChannel }: ResetRules): OwnRule | undefined {
  if (kind === 'cron' || kind === 'hook' || kind === 'subagent') return undefined
  const type = thread !== undefined ? 'thread' : kind === 'group' || kind === 'channel' ? 'group' : 'direct'
  const place = channel !== undefined && Object.hasOwn(byChannel, channel) ? byChannel[channel] : undefined
  return {
    daily: place?.daily ?? byType[type]?.daily ?? daily ?? defaultHour,
    idleMinutes: place?.idleMinutes ?? byType[type]?.idleMinutes ?? idleMinutes ?? false,
  }
}

export type ResetDue = (session: KeyInfo, lastActive: number, now: number) => 'daily' | 'idle' | undefined

/** Throws RangeError for a time zone that does not exist. */
export function resetDue(rules: ResetRules): ResetDue {
  // A time zone that does not exist is told now; the machine's own waits until it is wanted, for it takes longer to load than all else of a start.
  let known = rules.timeZone === undefined ? undefined : localTime(rules.timeZone)
  const local: LocalTime = (at) => (known ??= localTime(undefined))(at)
  return (session, lastActive, now) => {
    const own = ruleOf(session, rules)
    if (!own) return undefined
    if (own.daily !== false && lastActive < dailyBoundary(now, own.daily, local)) return 'daily'
    return own.idleMinutes !== false && now - lastActive > own.idleMinutes * 60_000 ? 'idle' : undefined
  }
}

const dayMs = 86_400_000
/** What the clock on the wall shows at an instant, as if that were UTC; in ms. */
export type LocalTime = (at: number) => number

/** The last instant, not after `now`, at which it became `hour` o'clock. Where the clocks skip that hour it is up to one hour off. */
export function dailyBoundary(now: number, hour: number, local: LocalTime): number {
  const today = Math.floor(local(now) / dayMs) * dayMs + hour * 3_600_000
  for (let wanted = today + dayMs; ; wanted -= dayMs) {
    const at = instantOf(wanted, local)
    if (at <= now) return at
  }
}

/** Depends on `wanted` alone, so that the same boundary is the same instant whenever it is asked for. */
function instantOf(wanted: number, local: LocalTime): number {
  const near = wanted - (local(wanted) - wanted)
  return wanted - (local(near) - near)
}

export function localTime(timeZone: string | undefined): LocalTime {
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric', era: 'short' })
  return (at) => {
    const { year, month, day, hour, minute, second } = Object.fromEntries(format.formatToParts(at).map(({ type, value }) => [type, Number(value)])) as Record<string, number>
    return Date.UTC(year as number, (month as number) - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000)
  }
}
