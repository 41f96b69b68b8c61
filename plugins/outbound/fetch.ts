/** The guarded fetch: check, resolve, check, ask policy, connect; and the same again for each redirect. */
import type { IncomingMessage } from 'node:http'
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import { bodyOf } from './body.ts'
import type { FetchApi, FetchOptions, FetchResponse, OutboundHop, OutboundOutcome } from './contract.ts'
import { fail } from './errors.ts'
import { exchange } from './exchange.ts'
import type { ExchangeLimits, Trust } from './exchange.ts'
import type { Policy } from './policy.ts'
import { isRedirect, nextStep } from './redirect.ts'
import type { Step } from './redirect.ts'
import { messageOf } from './request.ts'
import { resolve } from './resolve.ts'
import type { Lookup } from './resolve.ts'
import { parseRules } from './rules.ts'
import type { Rule } from './rules.ts'
import { targetOf } from './target.ts'
import { createWatch } from './watch.ts'
import type { Watch } from './watch.ts'

/** Times in ms. */
export interface Limits extends ExchangeLimits {
  readonly maxBytes: number
  readonly maxRedirects: number
  readonly connectMs: number
  readonly idleMs: number
  readonly totalMs: number
  readonly concurrency: number
}

export interface FetchParts {
  readonly policy: Policy
  readonly limits: Limits
  /** Lets a redirect lead from https to http. */
  readonly downgrade: boolean
  readonly lookup: Lookup
  readonly clock: Clock
  /** Ends everything that is under way. */
  readonly signal: AbortSignal
  before(hop: OutboundHop): MaybePromise<void>
  after(outcome: OutboundOutcome): void
  readonly trust?: Trust
}

/** A request on its way. */
interface Trip {
  readonly options: FetchOptions
  readonly watch: Watch
  readonly narrow: readonly Rule[] | undefined
  readonly secret: ReadonlySet<string>
  /** Of the record: filled in as it becomes known. */
  readonly seen: { origin?: string; last?: string; status?: number; redirects: number }
}

export function createFetch(parts: FetchParts): FetchApi['fetch'] {
  const { policy, limits, clock } = parts
  let underWay = 0

  return async function fetch(url, options) {
    if (underWay >= limits.concurrency) throw fail('NEXUS_OUTBOUND_BUSY', { limit: limits.concurrency })
    const maxBytes = atMost(limits.maxBytes, options.maxBytes)
    const idleMs = options.idleMs === undefined ? limits.idleMs : atMost(limits.totalMs, options.idleMs)
    const watch = createWatch(clock, atMost(limits.totalMs, options.timeoutMs), [parts.signal, options.signal])
    const seen: Trip['seen'] = { redirects: 0 }
    const end = ending(options, watch, seen)
    underWay++
    try {
      const narrow = options.allow && parseRules(options.allow, 'the caller\'s list')
      const trip = { options, watch, narrow, seen, secret: new Set(options.secretHeaders?.map((name) => name.toLowerCase())) }
      const { step, response } = await follow({ target: targetOf(url), message: messageOf(options) }, trip)
      const body = bodyOf(response, { method: step.message.method, maxBytes, idleMs, watch, ended: end })
      return { ...headOf(response, step), redirects: seen.redirects, ...body }
    } catch (thrown) {
      const error = thrown instanceof NexusError ? thrown : fail('NEXUS_OUTBOUND_CONNECT', { reason: 'unknown error' }, thrown)
      watch.abort()
      end(0, error)
      throw error
    }
  }

  async function follow(step: Step, trip: Trip): Promise<{ step: Step; response: IncomingMessage }> {
    const response = await hop(step, trip)
    const { location } = response.headers
    const status = response.statusCode!
    trip.seen.status = status
    const { redirect = 'follow' } = trip.options
    if (redirect === 'manual' || !isRedirect(status, location)) return { step, response }
    response.destroy()
    if (redirect === 'error') throw fail('NEXUS_OUTBOUND_REDIRECT', { reason: 'the caller wants none' })
    if (trip.seen.redirects === limits.maxRedirects) throw fail('NEXUS_OUTBOUND_REDIRECT', { reason: `there are more than ${limits.maxRedirects}` })
    const next = nextStep(step, status, location, { downgrade: parts.downgrade, secret: trip.secret })
    trip.seen.redirects++
    return follow(next, trip)
  }

  async function hop(step: Step, { options, watch, narrow, seen }: Trip): Promise<IncomingMessage> {
    const { target, message } = step
    const { origin } = target.url
    seen.origin ??= origin
    seen.last = origin
    policy.checkTarget(target, narrow)
    watch.wait('the connection', limits.connectMs)
    const pins = await watch.until(resolve(target, parts.lookup))
    policy.checkAddresses(target, pins, narrow)
    watch.rest()
    await watch.until(asked({ origin, host: target.host, port: target.port, addresses: pins.map(({ text }) => text), method: message.method, hop: seen.redirects, cause: options.cause }))
    watch.wait('the connection', limits.connectMs)
    return watch.until(exchange(step, pins, limits, watch, parts.trust))
  }

  /** A policy that fails to answer refuses. */
  async function asked(next: OutboundHop): Promise<void> {
    try {
      await parts.before(next)
    } catch (error) {
      const reason = error instanceof NexusError && error.code !== 'NEXUS_HOOK_FAILED' ? error.message : 'what decides about it failed'
      throw fail('NEXUS_OUTBOUND_REFUSED', { reason }, error)
    }
  }

  /** What is done once for each request, however it ends. */
  function ending({ cause, method = 'GET' }: FetchOptions, watch: Watch, seen: Trip['seen']): (bytes: number, error?: NexusError) => void {
    const started = clock.now()
    let done = false
    return (bytes, error) => {
      if (done) return
      done = true
      underWay--
      watch.end()
      parts.after({
        ok: error === undefined, ...(error ? { code: error.code } : {}), origin: seen.origin, last: seen.last, method,
        ...(seen.status === undefined ? {} : { status: seen.status }), redirects: seen.redirects, bytes, ms: clock.now() - started, cause,
      })
    }
  }
}

function headOf(response: IncomingMessage, { target }: Step): Pick<FetchResponse, 'status' | 'headers' | 'url'> {
  const { rawHeaders } = response
  const headers = new Headers()
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) headers.append(rawHeaders[i]!, rawHeaders[i + 1]!)
  return { status: response.statusCode!, headers, url: target.url.href }
}

/** The caller's own limit, if it is the lower one. */
function atMost(limit: number, wanted: number | undefined): number {
  if (wanted !== undefined && !(wanted > 0)) throw fail('NEXUS_OUTBOUND_REQUEST', { reason: 'a limit is a number above 0' })
  return wanted === undefined ? limit : Math.min(limit, wanted)
}
