/** What holds for a verb: what its contract says, changed by the settings. */
import type { Call, CallLimit } from 'nexus-gateway/sdk'
import { bound, type Bound } from './window.ts'

export interface Rule { readonly rate: Bound | undefined; readonly concurrent: number | undefined }
/** Fields of a setting take the place of the contract's, one by one. */
export type Overrides = Readonly<Record<string, { readonly [K in keyof CallLimit]?: CallLimit[K] | undefined }>>

const minute = 60_000

/** Nothing for a call without a limit, and that at once: this is on the way of every call. */
export function createRules(overrides: Overrides): (call: Call) => Rule | undefined {
  const settings = new Map(Object.entries(overrides))
  /** By the limit of the contract, which is the same object for every call. */
  const ofContract = new WeakMap<CallLimit, Rule>()
  const ofSettings = new Map<string, { readonly limit: CallLimit | undefined; readonly rule: Rule }>()

  function remembered(limit: CallLimit): Rule {
    const known = ofContract.get(limit)
    if (known) return known
    const rule = ruleOf(limit)
    ofContract.set(limit, rule)
    return rule
  }

  function changed({ verb, limit }: Call): Rule | undefined {
    const known = ofSettings.get(verb)
    if (known && known.limit === limit) return known.rule
    const setting = settings.get(verb)
    if (!setting) return limit && remembered(limit)
    const rule = ruleOf({ ...limit, ...setting })
    ofSettings.set(verb, { limit, rule })
    return rule
  }

  return settings.size > 0 ? changed : ({ limit }) => limit && remembered(limit)
}

function ruleOf({ calls, windowMs = minute, concurrent }: Overrides[string]): Rule {
  return { rate: calls === undefined ? undefined : bound(calls, windowMs), concurrent }
}

/** As the protocol writes it: `30 per 60s`. */
export const rateText = ({ most, windowMs }: Bound): string => `${most} per ${windowMs / 1000}s`
export const concurrentText = (concurrent: number): string => `${concurrent} at once`
