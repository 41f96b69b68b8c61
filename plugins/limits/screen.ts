/** `nexus limits` as a person reads it. Pure. */
import { table, type Paint } from 'nexus-gateway/sdk'
import type { LimitsStatus } from './contract.ts'

export function limitsScreen({ sources, calls, everybody, bounds, tables }: LimitsStatus, paint: Paint): string {
  const { perSource, global, windowMs, callsPerMinute } = bounds
  const window = `${windowMs / 1000} s`
  const told = [
    `${paint('bold', 'Tries at secrets')}  ${perSource} per source and ${global} in all within ${window}; ${everybody.used} used${everybody.retryAfterMs > 0 ? paint('red', `, nobody from the network may try for ${seconds(everybody.retryAfterMs)}`) : ''}`,
    ...listed(['SOURCE', 'USED', 'WAITS'], sources.map(({ source, used, retryAfterMs }) => [source, String(used), waits(retryAfterMs)]), paint),
    ...more(tables.sources.entries, sources.length),
    '',
    `${paint('bold', 'Limited calls')}  ${callsPerMinute === null ? 'no bound on all methods together' : `${callsPerMinute} per minute and caller of all methods together`}`,
    ...listed(['CALLER', 'METHOD', 'USED', 'RUNNING', 'LIMIT', 'WAITS'], calls.map(({ caller, method, used, running, limit, retryAfterMs }) => [caller, method, String(used), String(running), limit, waits(retryAfterMs)]), paint),
    ...more(tables.calls.entries + tables.callers.entries, calls.length),
  ]
  return told.join('\n')
}

const seconds = (ms: number): string => `${Math.ceil(ms / 1000)} s`
const waits = (ms: number): string => (ms > 0 ? seconds(ms) : '')
const more = (entries: number, shown: number): string[] => (entries > shown ? [`  and ${entries - shown} more`] : [])

/** Who has to wait stands out. */
function listed(head: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string[] {
  if (rows.length === 0) return [paint('dim', '  none')]
  return table(head, rows, paint, (row) => (rows[row]?.at(-1) === '' ? undefined : 'yellow')).map((line) => `  ${line}`)
}
