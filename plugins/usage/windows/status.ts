/** `usage.status`: every source is asked for itself, for five seconds, at most once a minute; what one does changes nothing for another. */
import type { Cause, Clock, Log } from 'nexus-gateway/sdk'
import { problemIn } from './ask.ts'
import type { UsageRead, UsageSource, UsageWindowRead } from './source.ts'
import type { ProviderUsage, UsageStatus } from './wire.ts'

export const patienceMs = 5_000
export const keptMs = 60_000
const mostSources = 200
const mostWindows = 20
const furthestMs = 400 * 86_400_000

export interface StatusHost {
  /** The sources there are now. */
  sources(): Promise<readonly (readonly UsageSource[])[]>
  readonly clock: Clock
  readonly log: Log
  /** Ends what is under way. */
  readonly signal: AbortSignal
}
interface Kept { readonly at: number; readonly row: Promise<ProviderUsage | undefined> }

/** The handler of the method. */
export function createUsageStatus({ sources, clock, log, signal }: StatusHost): (cause: Cause) => Promise<UsageStatus> {
  let kept: ReadonlyMap<string, Kept> = new Map()

  async function rowOf(source: UsageSource, cause: Cause): Promise<ProviderUsage | undefined> {
    const { provider, displayName, account } = source
    const who = { provider: short(provider), displayName: short(displayName), ...(account !== undefined && { account: short(account) }) }
    const late = new AbortController()
    const stop = (): void => late.abort(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    const timer = clock.setTimeout(() => late.abort(), patienceMs)
    try {
      const read = await Promise.race([ended(late.signal), (async () => source.read({ signal: late.signal, cause }))()])
      return read && { ...who, windows: windowsOf(read, clock.now()), ...(typeof read.plan === 'string' && read.plan !== '' && { plan: short(read.plan) }) }
    } catch (error) {
      const why = late.signal.aborted ? `no answer within ${patienceMs / 1_000} s` : problemIn(error)
      if (why === undefined) log.warn('a provider does not say what has been used', { provider, error })
      return { ...who, windows: [], error: short(why ?? 'it failed: see the log') }
    } finally {
      clock.clearTimeout(timer)
      signal.removeEventListener('abort', stop)
    }
  }

  return async (cause) => {
    const now = clock.now()
    const all = (await sources()).flat().slice(0, mostSources)
    const fresh = (one: Kept | undefined): one is Kept => one !== undefined && one.at <= now && now - one.at < keptMs
    const rows = all.map((source): readonly [string, Kept] => {
      const key = `${source.provider}\n${source.account ?? ''}`
      const before = kept.get(key)
      return [key, fresh(before) ? before : { at: now, row: rowOf(source, cause) }]
    })
    // What is no source any more is forgotten.
    kept = new Map(rows)
    const answers = await Promise.all([...kept.values()].map(({ row }) => row))
    return { updatedAt: Math.min(now, ...[...kept.values()].map(({ at }) => at)), providers: answers.filter((row) => row !== undefined) }
  }
}

const ended = (signal: AbortSignal): Promise<never> => new Promise((_, refuse) => {
  if (signal.aborted) refuse(signal.reason)
  signal.addEventListener('abort', () => refuse(signal.reason), { once: true })
})

const short = (text: string): string => String(text).slice(0, 200)

/** A provider's own figures may be anything. */
function windowsOf({ windows }: UsageRead, now: number): ProviderUsage['windows'] {
  return windows.slice(0, mostWindows).filter(({ usedPercent }) => Number.isFinite(usedPercent)).map(({ label, usedPercent, resetAt }: UsageWindowRead) => ({
    label: short(label), usedPercent: Math.round(Math.min(100, Math.max(0, usedPercent)) * 10) / 10,
    ...(resetAt !== undefined && Number.isFinite(resetAt) && resetAt > 0 && resetAt < now + furthestMs && { resetAt: Math.round(resetAt) }),
  }))
}
