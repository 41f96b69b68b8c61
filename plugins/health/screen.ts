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
