/** What Anthropic tells of its limits: of a subscription when it is asked, of a key with every answer. */
import * as v from 'valibot'
import { askUsage, usageProblem, windowLeft } from '../usage/contract.ts'
import type { UsageHost, UsageRead, UsageSource, UsageWindowRead } from '../usage/contract.ts'

export const rateHeaders = /^anthropic-ratelimit-/

export function anthropicSources({ baseUrl, accounts, web, remembered, now }: UsageHost): UsageSource[] {
  return accounts.map(({ id, kind, apiKey }) => ({
    provider: 'anthropic', displayName: 'Anthropic', ...(accounts.length > 1 && { account: id }),
    async read({ signal, cause }) {
      if (kind !== 'oauth') return headerWindows(remembered.of(id)?.headers, now())
      const headers = { authorization: `Bearer ${await apiKey.reveal()}`, 'anthropic-beta': 'oauth-2025-04-20' }
      return subscription(await askUsage(web, { url: `${baseUrl.replace(/\/v1\/?$/, '').replace(/\/$/, '')}/api/oauth/usage`, headers, signal, cause }))
    },
  }))
}

const share = v.fallback(v.nullish(v.object({ utilization: v.number(), resets_at: v.nullish(v.string()) })), undefined)
const Shares = v.object({ five_hour: share, seven_day: share, seven_day_opus: share, seven_day_sonnet: share })
const labels = { five_hour: '5h', seven_day: 'Week', seven_day_opus: 'Week (Opus)', seven_day_sonnet: 'Week (Sonnet)' } as const

function subscription(answer: unknown): UsageRead {
  const read = v.safeParse(Shares, answer)
  if (!read.success) throw usageProblem('its answer is none that is known')
  const windows = (Object.keys(labels) as (keyof typeof labels)[]).flatMap((name): UsageWindowRead[] => {
    const one = read.output[name]
    return one ? [{ label: labels[name], usedPercent: one.utilization, ...timeOf(one.resets_at) }] : []
  })
  if (windows.length === 0) throw usageProblem('its answer is none that is known')
  return { windows }
}

function timeOf(text: string | null | undefined): { resetAt?: number } {
  const at = Date.parse(text ?? '')
  return Number.isNaN(at) ? {} : { resetAt: at }
}

function headerWindows(headers: ReadonlyMap<string, string> | undefined, now: number): UsageRead | undefined {
  const windows = ['requests', 'tokens', 'input-tokens', 'output-tokens'].flatMap((what) => {
    const of = (name: string): string | undefined => headers?.get(`anthropic-ratelimit-${what}-${name}`)
    return windowLeft(what.replace('-', ' '), of('limit'), of('remaining'), timeOf(of('reset')).resetAt, now) ?? []
  })
  return windows.length === 0 ? undefined : { windows }
}
