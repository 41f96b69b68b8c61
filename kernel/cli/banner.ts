/** What `nexus start` says once it serves: a few lines for a person, or one line of JSON. */
import type { NexusError } from '../errors.ts'
import type { Paths } from '../paths.ts'
import { columns, type Style } from './terminal.ts'

export interface Ready {
  readonly url: string
  /** Over TLS: what clients can be given to know this gateway by. */
  readonly pin: string | undefined
  readonly version: string
  readonly paths: Paths
  readonly active: readonly string[]
  readonly failed: readonly { readonly id: string; readonly error: NexusError }[]
  /** Commands of the plugins that run, to show what can be done next. */
  readonly commands: readonly string[]
  /** Others than this machine's own programs can reach the port. */
  readonly open: boolean
  readonly mode: 'normal' | 'degraded' | 'safe'
  /** Why it is not normal. */
  readonly reasons: readonly string[]
  readonly ms: number
}
type Row = readonly [string, string]

export function readyLine({ url, pin, version, paths, active, failed, mode, reasons, ms }: Ready): string {
  const failures = failed.map(({ id, error: { code, message, fix } }) => ({ id, code, message, fix }))
  return `${JSON.stringify({ event: 'ready', url, pin, pid: process.pid, version, state: paths.state, socket: paths.socket, active, failed: failures, mode, reasons, ms })}\n`
}

export function banner({ url, pin, version, paths, active, failed, commands, open, mode, reasons, ms }: Ready, style: Style): string {
  const facts: Row[] = [['State', paths.state], ['Plugins', `${active.length} running${failed.length > 0 ? style.yellow(`, ${failed.length} not`) : ''}`]]
  if (pin !== undefined) facts.push(['TLS pin', pin])
  if (mode !== 'normal') facts.push(['Mode', style.yellow(mode)])
  if (open) facts.push(['Reach', style.yellow('the network; everybody needs the token')])
  const offers: Row[] = [['nexus init', 'connect a model'], ['nexus chat', 'talk to an agent'], ['nexus status', 'see how it is doing']]
  const next: Row[] = [...offers.filter(([line]) => commands.includes(line.slice('nexus '.length))), ['nexus stop', 'or Ctrl-C: stop it']]
  const failures = failed.map(({ id, error: { code, message, fix } }) => `  ${style.yellow(id)}  ${code}\n    ${message}\n    ${style.dim('fix')} ${fix}`)
  const title = `${style.bold(style.green('NEXUS'))} ${version} serves ${style.bold(url)}  ${style.dim(`after ${ms} ms`)}`
  return `\n${[title, columns(facts, style), ...reasons.map((reason) => `  ${style.yellow('!')} ${reason}`), ...failures, columns(next, style)].join('\n\n')}\n\n`
}
