/** What OpenRouter tells of a key: how much of its limit is used, and when that begins anew. */
import * as v from 'valibot'
import type { Clock, Secret } from 'nexus-gateway/sdk'
import type { FetchApi } from '../outbound/contract.ts'
import { askUsage, usageProblem } from '../usage/contract.ts'
import type { UsageRead, UsageSource } from '../usage/contract.ts'

export interface UsageHost {
  /** The provider's id in references. */
  readonly name: string
  /** Up to and with the version. */
  readonly baseUrl: string
  readonly keys: readonly { readonly id: string; readonly apiKey: Secret }[]
  readonly web: FetchApi | undefined
  readonly clock: Pick<Clock, 'now'>
}

export function openRouterSources({ name, baseUrl, keys, web, clock }: UsageHost): UsageSource[] {
  return keys.map(({ id, apiKey }) => ({
    provider: name, displayName: 'OpenRouter', ...(keys.length > 1 && { account: id }),
    async read({ signal, cause }) {
      return keyUsage(await askUsage(web, { url: `${baseUrl.replace(/\/+$/, '')}/key`, headers: { authorization: `Bearer ${await apiKey.reveal()}` }, signal, cause }), clock.now())
    },
  }))
}

/** Credits are US dollars; a key without a limit has `null`. */
const Key = v.object({ data: v.object({ limit: v.nullable(v.number()), limit_remaining: v.nullable(v.number()), limit_reset: v.fallback(v.nullish(v.string()), undefined), is_free_tier: v.fallback(v.optional(v.boolean()), undefined) }) })

function keyUsage(answer: unknown, now: number): UsageRead {
  const read = v.safeParse(Key, answer)
  if (!read.success) throw usageProblem('its answer is none that is known')
  const { limit, limit_remaining: left, limit_reset: each, is_free_tier: free } = read.output.data
  const plan = free === undefined ? {} : { plan: free ? 'free' : 'paid' }
  if (limit === null || left === null || limit <= 0) return { windows: [], ...plan }
  const resetAt = nextStart(each, now)
  return { windows: [{ label: `credits${resetAt === undefined ? '' : ` ${each}`}`, usedPercent: 100 * (1 - left / limit), ...(resetAt !== undefined && { resetAt }) }], ...plan }
}

/** Days, weeks from Monday on, and months begin at midnight UTC. */
function nextStart(each: string | null | undefined, now: number): number | undefined {
  const today = new Date(now)
  const [year, month, date] = [today.getUTCFullYear(), today.getUTCMonth(), today.getUTCDate()]
  if (each === 'daily') return Date.UTC(year, month, date + 1)
  if (each === 'weekly') return Date.UTC(year, month, date + 7 - (today.getUTCDay() + 6) % 7)
  return each === 'monthly' ? Date.UTC(year, month + 1, 1) : undefined
}
