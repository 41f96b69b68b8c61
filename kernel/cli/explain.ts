/** `nexus explain`: the long form of an error code, from the tables that made it. */
import { nearest } from '../config/suggest.ts'
import type { CommandIo } from '../command.ts'
import { kernelErrors, type ErrorRow, type ErrorTable } from '../errors.ts'
import { configErrors } from '../config/errors.ts'
import { gatewayErrors } from '../gateway/errors.ts'
import { builtManifests } from './catalog.ts'
import { cliErrors, misused } from './errors.ts'
import { columns, styleOf, type Style } from './terminal.ts'

/** Where an error comes from, by the second word of its code. */
const places: Readonly<Record<string, string>> = {
  CALL: 'A call went its way: authorize, validate, before, handler, after. What came after the refusing step was not run.',
  PLUGIN: 'Plugins were found, checked, loaded or set up. Unless the plugin is required the gateway runs on without it, and without those that need it.',
  SCOPE: 'A plugin was being closed, or did something after it was. Everything it started belongs to its scope and ends with it.',
  HOOK: 'A hook ran the taps of plugins.',
  EVENT: 'A plugin sent an event.',
  FRAME: 'A frame arrived on a WebSocket connection.',
  CONNECT: 'A WebSocket client shook hands. The connection was closed.',
  CONNECTION: 'A WebSocket connection was in use.',
  HTTP: 'An HTTP request arrived.',
  START: 'The gateway was starting. It has not begun to serve, and has changed nothing but its own lock.',
  STOP: 'The gateway was asked to end.',
  CONFIG: 'The settings were read. A gateway that runs keeps the settings it has.',
  CLI: 'A command line was read, or its command talked to the gateway.',
}

const more: Readonly<Record<string, string>> = {
  NEXUS_START_LOCKED: 'The lock names the holder by pid, start time and boot, so a lock that a crash left behind is taken over, and never an obstacle.',
  NEXUS_START_REQUIRED: 'Required plugins decide who gets in and keep what was acknowledged: without one of them nothing else may run.',
  NEXUS_CALL_NO_AUTHENTICATOR: 'Authentication is a plugin. Without one the answer to everybody is no.',
  NEXUS_CLI_TIMEOUT: 'Only the command has given up; the call may still end well. Calls with an idempotency key can be repeated.',
}

/** What the exit status of `nexus` means. */
const statuses: readonly (readonly [string, string])[] = [
  ['0', 'done'], ['1', 'the gateway said no'], ['2', 'wrong usage'], ['66', 'a file cannot be read'], ['69', 'no gateway there, or Node is too old'],
  ['70', 'a plugin or the gateway failed'], ['73', 'the state directory cannot be written'], ['75', 'the port is taken, or it took too long'],
  ['76', 'another gateway has the state directory'], ['77', 'out of reach'], ['78', 'wrong settings or manifests'], ['130', 'interrupted'],
]

export function explain(io: CommandIo): void {
  const table = allErrors()
  const code = (io.args['code'] as string | undefined)?.toUpperCase()
  const style = styleOf(1)
  if (code === undefined) return io.print(overview(table, style), { codes: Object.keys(table), statuses: Object.fromEntries(statuses) })
  const row = Object.hasOwn(table, code) ? table[code] : undefined
  const meant = nearest(code, Object.keys(table))
  if (!row) throw misused('there is no such error code', `${meant ? `Did you mean ${meant}? ` : ''}\`nexus explain\` lists them all.`)
  io.print(page(code, row, style), { code, ...row, exit: row.exit ?? 1, where: places[areaOf(code)], more: more[code] })
}

/** The kernel's tables and those of the plugins that ship with it. */
export const allErrors = (): ErrorTable => Object.assign({}, kernelErrors, configErrors, gatewayErrors, cliErrors, ...builtManifests().map(({ errors }) => errors)) as ErrorTable

const areaOf = (code: string): string => code.split('_')[1] ?? ''

function page(code: string, row: ErrorRow, style: Style): string {
  const where = places[areaOf(code)]
  const traits: [string, string][] = [
    ['Exit status', String(row.exit ?? 1)],
    ...(row.wire ? [['On the wire', [row.wire, row.detail, row.retryable && 'may be tried again'].filter(Boolean).join(', ')] as [string, string]] : []),
  ]
  return [
    style.bold(style.red(code)), `  ${readable(row.text)}`, ...(where ? [style.bold('Where'), `  ${where}`] : []), ...(more[code] ? [`  ${more[code]}`] : []),
    style.bold('What to do'), `  ${readable(row.fix)}`, style.bold('Traits'), columns(traits, style),
  ].join('\n')
}

function overview(table: ErrorTable, style: Style): string {
  const rows = Object.entries(table).map(([code, { text }]): [string, string] => [code, readable(text)])
  return [style.bold('Error codes'), columns(rows, style), '', style.bold('Exit statuses'), columns(statuses, style)].join('\n')
}

/** Placeholders as a reader expects them; what is filled in whole tells nothing here. */
const readable = (text: string): string => (/^\{\w+\}$/.test(text) ? 'The message says it.' : text.replace(/\{(hint|where)\}/g, '').replace(/\{(\w+)\}/g, (_, name: string) => name.toUpperCase()))
