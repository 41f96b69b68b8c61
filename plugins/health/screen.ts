/** `nexus status` and `nexus health` as a person reads them. Pure. */
import { plain, type Paint } from 'nexus-gateway/sdk'
import type { HealthSnapshot, Status } from './contract.ts'

const modeStyle = { normal: 'green', degraded: 'yellow', safe: 'red' } as const
const stateStyle = { active: 'green', failed: 'red', blocked: 'yellow', closing: 'dim' } as const

export function statusScreen(status: Status, paint: Paint): string {
  const { mode, reasons, memory, eventLoop, plugins, sessions } = status
  const rows: [string, string][] = [
    ['plugins', statesOf(plugins, paint)],
    ['clients', `${status.connections} connected`],
    ['sessions', sessionsOf(sessions)],
    ['memory', `${megabytes(memory.rssBytes)}, ${megabytes(memory.heapUsedBytes)} of it heap`],
    ['event loop', loopOf(eventLoop, paint)],
    ...(status.budgets ?? []).slice(0, 5).map((budget, i): [string, string] => [i === 0 ? 'budgets' : '', budgetOf(budget, paint)]),
  ]
  return [
    `${paint('bold', 'nexus')} ${status.runtimeVersion}  ${paint(modeStyle[mode], mode)}${status.phase === 'ready' ? '' : `, ${status.phase}`}`,
    paint('dim', `up ${duration(status.uptimeMs)}, pid ${status.pid}, Node ${status.node}`),
    '',
    ...rows.map(([name, text]) => `  ${paint('dim', name.padEnd(12))}${text}`),
    ...reasons.flatMap((reason, i) => [...(i === 0 ? [''] : []), `  ${paint('yellow', '!')} ${plain(reason)}`]),
  ].join('\n')
}

export function healthScreen(health: HealthSnapshot, paint: Paint): string {
  const { loaded, errors, unavailable } = health.plugins
  const faults = [...errors.map(({ error }) => error), ...unavailable.map(({ diagnostic }) => diagnostic.detail)]
  const verdict = isWell(health) ? paint('green', 'ok') : paint('yellow', 'degraded')
  return [`${verdict}  ${loaded.length} plugins, event loop ${loopOf(health.eventLoop, paint)}`, ...faults.map((fault) => `  ${paint('yellow', '!')} ${plain(fault)}`)].join('\n')
}

export const isWell = ({ plugins }: HealthSnapshot): boolean => plugins.errors.length === 0 && plugins.unavailable.length === 0

function statesOf(plugins: Status['plugins'], paint: Paint): string {
  const states = ['active', 'failed', 'blocked', 'closing'] as const
  const counts = states.map((state) => ({ state, ids: plugins.filter((plugin) => plugin.state === state).map(({ id }) => id) }))
  return counts.filter(({ ids }) => ids.length > 0)
    .map(({ state, ids }) => paint(stateStyle[state], `${ids.length} ${state}`) + (state === 'active' ? '' : ` (${ids.map(plain).join(', ')})`)).join(', ')
}

function sessionsOf({ count, recent }: Status['sessions']): string {
  const age = recent[0]?.age ?? undefined
  return count === 0 ? 'none yet' : `${count}${age === undefined ? '' : `, the last active ${duration(age)} ago`}`
}

function loopOf({ delayP99Ms, utilization, degraded }: Status['eventLoop'], paint: Paint): string {
  return paint(degraded ? 'yellow' : 'reset', `p99 ${delayP99Ms < 10 ? delayP99Ms.toFixed(1) : Math.round(delayP99Ms)} ms late, ${Math.round(utilization * 100)} % busy`)
}

function budgetOf({ id, of, limit, left, percent, resetsAt, timeZone }: NonNullable<Status['budgets']>[number], paint: Paint): string {
  const parts = [
    limit.usd === undefined ? '' : `${dollars(left.usd ?? 0)} left of ${dollars(limit.usd)}`,
    limit.tokens === undefined ? '' : `${(left.tokens ?? 0).toLocaleString('en-US')} left of ${limit.tokens.toLocaleString('en-US')} tokens`,
  ].filter(Boolean)
  const reset = resetsAt === null ? '' : `, resets ${timeIn(timeZone, resetsAt)}`
  return paint(percent >= 100 ? 'red' : percent >= 80 ? 'yellow' : 'reset', `${plain(of === undefined || id.includes(of) ? id : `${id} (${of})`)}: ${parts.join(' and ')}${reset}`)
}

const dollars = (usd: number): string => `$${usd >= 1 || usd === 0 ? usd.toFixed(2) : usd.toLocaleString('en-US', { maximumSignificantDigits: 3 })}`
/** `2026-01-02 00:00 GMT+1`. */
function timeIn(timeZone: string, at: number): string {
  const part = Object.fromEntries(new Intl.DateTimeFormat('en-GB', { timeZone, hourCycle: 'h23', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', timeZoneName: 'short' }).formatToParts(at).map(({ type, value }) => [type, value]))
  return `${part['year']}-${part['month']}-${part['day']} ${part['hour']}:${part['minute']} ${part['timeZoneName']}`
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`

/** The two largest units there are: `3 d 4 h`, `5 min 12 s`, `0 s`. */
export function duration(ms: number): string {
  const parts: string[] = []
  let rest = Math.floor(ms / 1000)
  for (const [unit, seconds] of [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]] as const) {
    const n = Math.floor(rest / seconds)
    rest -= n * seconds
    if (n > 0 || (unit === 's' && parts.length === 0)) parts.push(`${n} ${unit}`)
  }
  return parts.slice(0, 2).join(' ')
}
