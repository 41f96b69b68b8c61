/** What OpenAI tells of its limits: of a ChatGPT subscription when it is asked, of a key with every answer. */
import * as v from 'valibot'
import { askUsage, usageProblem, windowLeft } from '../usage/contract.ts'
import type { Remembered, UsageHost, UsageRead, UsageSource, UsageWindowRead } from '../usage/contract.ts'

export const rateHeaders = /^x-ratelimit-/

export function openAiSources({ baseUrl, accounts, web, remembered, now }: UsageHost): UsageSource[] {
  const url = subscriptionUrl(baseUrl)
  return accounts.map(({ id, kind, apiKey }) => ({
    provider: 'openai', displayName: 'OpenAI', ...(accounts.length > 1 && { account: id }),
    async read({ signal, cause }) {
      if (kind !== 'oauth') return headerWindows(remembered.of(id), now())
      if (url === undefined) return undefined
      return subscription(await askUsage(web, { url, headers: { authorization: `Bearer ${await apiKey.reveal()}` }, signal, cause }), now())
    },
  }))
}

/** A token goes only to whom it is for: where the base URL is somebody else's, nobody is asked. */
function subscriptionUrl(baseUrl: string): string | undefined {
  const { origin, pathname } = new URL(baseUrl)
  if (origin === 'https://api.openai.com') return 'https://chatgpt.com/backend-api/wham/usage'
  return /^\/backend-api(?:\/|$)/.test(pathname) ? `${origin}/backend-api/wham/usage` : undefined
}

const Share = v.fallback(v.nullish(v.object({ used_percent: v.number(), limit_window_seconds: v.optional(v.number()), reset_at: v.nullish(v.number()), reset_after_seconds: v.nullish(v.number()) })), undefined)
const Subscription = v.object({ plan_type: v.fallback(v.optional(v.string()), undefined), rate_limit: v.object({ primary_window: Share, secondary_window: Share }) })

function subscription(answer: unknown, now: number): UsageRead {
  const read = v.safeParse(Subscription, answer)
  if (!read.success) throw usageProblem('its answer is none that is known')
  const { plan_type: plan, rate_limit: { primary_window: first, secondary_window: second } } = read.output
  const windows = [first, second].flatMap((one): UsageWindowRead[] => (one ? [{ label: labelOf(one.limit_window_seconds), usedPercent: one.used_percent, ...resetOf(one, now) }] : []))
  if (windows.length === 0) throw usageProblem('its answer is none that is known')
  return { windows, ...(plan !== undefined && { plan }) }
}

function labelOf(seconds = 0): string {
  if (seconds === 604_800) return 'Week'
  const hours = Math.round(seconds / 3_600)
  if (hours <= 0) return 'limit'
  return hours % 24 === 0 ? `${hours / 24}d` : `${hours}h`
}

/** Said in seconds since the epoch, or from now on. */
function resetOf({ reset_at: at, reset_after_seconds: after }: { readonly reset_at?: number | null | undefined; readonly reset_after_seconds?: number | null | undefined }, now: number): { resetAt?: number } {
  if (typeof at === 'number') return { resetAt: at * 1_000 }
  return typeof after === 'number' ? { resetAt: now + after * 1_000 } : {}
}

function headerWindows(latest: ReturnType<Remembered['of']>, now: number): UsageRead | undefined {
  const windows = ['requests', 'tokens'].flatMap((what) => {
    const of = (name: string): string | undefined => latest?.headers.get(`x-ratelimit-${name}-${what}`)
    const after = durationOf(of('reset'))
    return windowLeft(what, of('limit'), of('remaining'), after === undefined ? undefined : latest!.at + after, now) ?? []
  })
  return windows.length === 0 ? undefined : { windows }
}

/** `6m0s`, `1.5s`, `120ms`, in ms; nothing for what is none. */
function durationOf(text: string | undefined): number | undefined {
  const [whole, d, h, m, s, ms] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?$/.exec(text ?? '') ?? []
  return whole === undefined || whole === '' ? undefined : Math.round(((Number(d ?? 0) * 24 + Number(h ?? 0)) * 60 + Number(m ?? 0)) * 60_000 + Number(s ?? 0) * 1_000 + Number(ms ?? 0))
}
