/** What the commands print for people. Pure. */
import { plain, table, type Paint } from 'nexus-gateway/sdk'
import type { Change, PluginInfo, PluginRow, PluginWhy } from '../contract.ts'

const stateStyle = { active: 'green', failed: 'red', blocked: 'yellow', closing: 'dim' } as const

export function listTable(rows: readonly PluginRow[], paint: Paint): string {
  const cells = rows.map(({ id, state, version, origin, why }) => [id, state, version ?? '-', origin, why])
  const lines = table(['PLUGIN', 'STATE', 'VERSION', 'FROM', 'ASKED FOR BY'], cells, paint).map((line, i) => {
    const row = rows[i - 1]
    return row ? line.replace(row.state, paint(stateStyle[row.state], row.state)) : line
  })
  return [...lines, ...rows.flatMap(({ error }) => (error ? ['', ...faultLines(error, paint)] : []))].join('\n')
}

export function whyText(why: PluginWhy, paint: Paint): string {
  return page(why, [], paint)
}

/** The short form, and what the plugin offers, needs and owns. */
export function infoText(info: PluginInfo, paint: Paint): string {
  const needs = info.requires.map(({ service, optional, provider }) => `${plain(service)} (${provider ? plain(provider) : optional ? 'optional, nobody provides it' : 'nobody provides it'})`)
  return page(info, [
    ['flags', [info.required && 'required', info.exclusive && 'exclusive'].filter(Boolean).join(', ')],
    ['provides', info.provides.map(plain).join(', ')],
    ['needs', needs.join(', ')],
    ...Object.entries(info.owns).map(([kind, names]): [string, string] => [plain(kind), names.map(plain).join(', ')]),
  ], paint)
}

function page(why: PluginWhy, more: readonly (readonly [string, string])[], paint: Paint): string {
  const { id, state, version, origin, phases, error } = why
  return [
    [paint('bold', plain(id)), ...(version ? [plain(version)] : []), paint(stateStyle[state], state)].join('  '),
    ...fields([
      ['asked for by', plain(why.why)],
      ['from', `${origin}, ${plain(why.place)}`],
      ['took', `load ${ms(phases.loadMs)}, setup ${ms(phases.setupMs)}`],
      ['runs', why.tier === 'trusted' ? 'inside the gateway' : 'in a process of its own'],
      ['generation', `${why.generation}${why.hash === undefined ? '' : `, code ${why.hash}`}`],
      ['needed by', why.dependents.map(plain).join(', ')],
      ['running', `${why.inflight} calls`],
      ['faults', String(why.faults)],
      ['owns', `${why.owned.length} entries`],
      ['libraries', (why.libraries ?? []).map(({ name, version, place }) => `${plain(name)} ${plain(version)} (${placeText[place]})`).join(', ')],
      ...more,
    ], paint),
    ...(error ? ['', ...faultLines(error, paint)] : []),
  ].join('\n')
}

export function changeText({ scheduled, started, stopped, blocked }: Change, id: string): string {
  if (scheduled) return `${plain(id)} will be replaced as soon as this call has ended`
  const parts = ([['started', started], ['stopped', stopped], ['blocked', blocked]] as const).filter(([, ids]) => ids.length > 0)
  return parts.map(([what, ids]) => `${what} ${ids.map(plain).join(', ')}`).join('; ') || 'nothing had to change'
}

type Fault = NonNullable<PluginRow['error']>
const faultLines = ({ code, message, fix }: Fault, paint: Paint): string[] => [`${paint('red', code)}  ${plain(message)}`, `  ${plain(fix)}`]
const placeText = { beside: 'beside the gateway', fetched: 'fetched', missing: 'missing' } as const
const ms = (time: number): string => `${time < 10 ? time.toFixed(1) : Math.round(time)} ms`

/** Those that are empty are left out. */
function fields(rows: readonly (readonly [string, string])[], paint: Paint): string[] {
  return rows.filter(([, text]) => text !== '').map(([name, text]) => `  ${paint('dim', name.padEnd(14))}${text}`)
}
