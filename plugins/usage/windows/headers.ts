/** What a provider's answers say of its limits in their headers, kept by account: the latest of each, in memory only. */
import type { Secret } from 'nexus-gateway/sdk'
import type { UsageWindowRead } from './source.ts'

export interface RateAccount { readonly id: string; readonly apiKey: Secret }
export interface Remembered {
  /** For the vendor's library, in place of the one that was given. */
  readonly fetch: typeof fetch
  /** The headers of the account's latest answer that had any, and when that came, in ms since the epoch. */
  of(account: string): { readonly at: number; readonly headers: ReadonlyMap<string, string> } | undefined
}

const mostHeaders = 40
const longest = 100

/** `wanted`: the names, in lower case. Whose answer it is tells the credential that was sent; none is kept. */
export function remembering(inner: typeof fetch, accounts: readonly RateAccount[], wanted: RegExp, now: () => number): Remembered {
  const latest = new Map<string, { at: number; headers: Map<string, string> }>()
  const note = (sent: RequestInit['headers'], got: Headers): void => {
    const headers = new Map([...got].filter(([name, value]) => wanted.test(name) && value.length <= longest).slice(0, mostHeaders))
    if (headers.size === 0) return
    const asked = new Headers(sent)
    const credential = asked.get('x-api-key') ?? asked.get('authorization')?.replace(/^Bearer /, '')
    const account = credential === undefined ? undefined : accounts.find(({ apiKey }) => apiKey.known().includes(credential))
    if (account) latest.set(account.id, { at: now(), headers })
  }
  return {
    fetch: async (input, init) => {
      const response = await inner(input, init)
      note(init?.headers, response.headers)
      return response
    },
    of: (account) => latest.get(account),
  }
}

/** What is left of what there is, as a window; nothing for what are no numbers. Once `resetAt` is over there is all of it again. */
export function windowLeft(label: string, limit: string | undefined, left: string | undefined, resetAt: number | undefined, now: number): UsageWindowRead | undefined {
  if (limit === undefined || left === undefined || !/^\d{1,15}$/.test(limit) || !/^\d{1,15}$/.test(left) || Number(limit) === 0) return undefined
  if (resetAt !== undefined && resetAt <= now) return { label, usedPercent: 0 }
  return { label, usedPercent: Math.max(0, 100 * (1 - Number(left) / Number(limit))), ...(resetAt !== undefined && { resetAt }) }
}
