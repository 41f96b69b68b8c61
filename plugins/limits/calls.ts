/**
 * How often, and how many at once, each caller calls each method. What is refused counts as nothing.
 * Whoever would push his own used-up entry out of the table has to make a call that is granted on each of `mostEntries`
 * others, so he gains less than a thousandth of what he has called anyway.
 */
import type { Call } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { concurrentText, createRules, rateText, type Overrides, type Rule } from './rules.ts'
import { createTable, type Row } from './table.ts'
import { bound, type Bound } from './window.ts'

export interface CallBounds { readonly callsPerMinute?: number | undefined; readonly methods: Overrides }
export interface Running { readonly key: string; readonly count: number; readonly most: number }
export interface CallsReport { readonly rates: readonly Row[]; readonly callers: readonly Row[]; readonly running: readonly Running[]; readonly most: number }
export interface CallsBook {
  /** Throws NEXUS_LIMITS_CALLS, NEXUS_LIMITS_CONCURRENT. */
  before(call: Call): undefined
  after(call: Call): undefined
  /** The plugin has another generation now: what still runs of the former one no longer counts, and may never end. */
  replaced(plugin: string): void
  sweep(): void
  report(): CallsReport
}

const mostEntries = 10_000
/** What somebody is told to wait for calls of his own to end; nobody knows when they will. */
export const busyMs = 1_000

/** A verb holds no line feed, so no two pairs share a key. */
const keyOf = ({ verb, caller }: Call): string => `${verb}\n${caller.id}`
export function partsOf(key: string): { readonly method: string; readonly caller: string } {
  const at = key.indexOf('\n')
  return { method: key.slice(0, at), caller: key.slice(at + 1) }
}

/** `now` never goes back, see steady.ts. */
export function createCalls({ callsPerMinute, methods }: CallBounds, now: () => number): CallsBook {
  const ruleFor = createRules(methods)
  const general = callsPerMinute === undefined ? undefined : bound(callsPerMinute, 60_000)
  const rates = createTable(mostEntries)
  const callers = createTable(mostEntries)
  const running = new Map<string, Running>()
  /** Those that count in `running`, and only those are let go of. */
  const held = new Map<Call, string>()

  function admit(call: Call, rule: Rule | undefined): void {
    const time = now()
    // Whoever shows no credential is nobody in particular: together they must not keep each other from a probe.
    const ofCaller = call.caller.role === 'none' ? undefined : general
    const key = rule && keyOf(call)
    if (rule && key !== undefined) check(call, rule, key, time)
    if (ofCaller) refuseFor(callers.wait(call.caller.id, ofCaller, time), call, ofCaller, 'all methods')
    if (rule && key !== undefined) enter(call, rule, key, time)
    if (ofCaller) callers.take(call.caller.id, ofCaller, time)
  }

  function check(call: Call, { rate, concurrent }: Rule, key: string, time: number): void {
    if (concurrent !== undefined && (running.get(key)?.count ?? 0) >= concurrent) {
      const limit = concurrentText(concurrent)
      throw fail('NEXUS_LIMITS_CONCURRENT', { what: call.verb, limit, retryAfterMs: busyMs, details: { method: call.verb, limit } })
    }
    if (rate) refuseFor(rates.wait(key, rate, time), call, rate, call.verb)
  }

  function enter(call: Call, { rate, concurrent }: Rule, key: string, time: number): void {
    if (rate) rates.take(key, rate, time)
    if (concurrent === undefined) return
    held.set(call, key)
    running.set(key, { key, count: (running.get(key)?.count ?? 0) + 1, most: concurrent })
  }

  function leave(call: Call, key: string): void {
    held.delete(call)
    const { count, most } = running.get(key) ?? { count: 1, most: 0 }
    if (count > 1) running.set(key, { key, count: count - 1, most })
    else running.delete(key)
  }

  return {
    before(call) {
      const rule = ruleFor(call)
      if (rule || general) admit(call, rule)
      return undefined
    },
    after(call) {
      const key = held.size > 0 ? held.get(call) : undefined
      if (key !== undefined) leave(call, key)
      return undefined
    },
    replaced(plugin) {
      for (const [call, key] of held) if (call.plugin === plugin) leave(call, key)
    },
    sweep() {
      const time = now()
      rates.sweep(time)
      callers.sweep(time)
    },
    report() {
      const time = now()
      return { rates: rates.rows(time), callers: callers.rows(time), running: [...running.values()], most: mostEntries }
    },
  }
}

function refuseFor(retryAfterMs: number, call: Call, bound: Bound, what: string): void {
  if (retryAfterMs === 0) return
  const limit = rateText(bound)
  throw fail('NEXUS_LIMITS_CALLS', { what, limit, seconds: Math.ceil(retryAfterMs / 1000), retryAfterMs, details: { method: call.verb, limit } })
}
