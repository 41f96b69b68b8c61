/** A line of the log for people. What is not a line of ours is shown as it is, without what could steer a terminal. */
import { plain, type Paint } from 'nexus-gateway/sdk'

const levelStyle: Readonly<Record<string, Parameters<Paint>[0]>> = { debug: 'dim', info: 'green', warn: 'yellow', error: 'red' }

export function pretty(line: string, paint: Paint): string {
  const record = parse(line)
  if (!record) return plain(line)
  const { level, time, plugin, msg, fields } = record
  const head = [paint('dim', at(time)), paint(levelStyle[level] ?? 'bold', plain(level).toUpperCase().padEnd(5)), paint('cyan', plain(plugin)), plain(msg)]
  const pairs = Object.entries(fields).map(([key, value]) => paint('dim', `${plain(key)}=`) + shown(value))
  return [[...head, ...pairs].join(' '), ...stacksOf(fields).map((text) => paint('dim', `    ${text}`))].join('\n')
}

interface Line { level: string; time: number; plugin: string; msg: string; fields: Readonly<Record<string, unknown>> }

function parse(line: string): Line | undefined {
  try {
    const { level, time, plugin, msg, fields = {} } = JSON.parse(line) as Partial<Line>
    const isLine = typeof level === 'string' && typeof time === 'number' && typeof plugin === 'string' && typeof msg === 'string'
    return isLine ? { level, time, plugin, msg, fields: Object(fields) as Line['fields'] } : undefined
  } catch {
    // Not JSON, or null: shown as it is.
    return undefined
  }
}

/** Local time, as `2026-11-22 09:05:01.003`. */
function at(time: number): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return String(time)
  const two = (n: number): string => String(n).padStart(2, '0')
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${String(date.getMilliseconds()).padStart(3, '0')}`
}

interface LoggedError { readonly code?: string; readonly message?: string; readonly stack?: string }
const isError = (value: unknown): value is LoggedError => typeof value === 'object' && value !== null && 'message' in value && 'stack' in value

function shown(value: unknown): string {
  if (isError(value)) return quoted([value.code, value.message].filter(Boolean).join(': '))
  return typeof value === 'string' ? quoted(value) : plain(JSON.stringify(value) ?? '')
}
const quoted = (text: string): string => (/^[^\s"=]+$/.test(text) ? plain(text) : plain(JSON.stringify(text)))

/** The first frames of every error among the fields; the message stands in the line already. */
function stacksOf(fields: Line['fields']): string[] {
  return Object.values(fields).filter(isError).flatMap((error) =>
    String(error.stack).split('\n').filter((line) => line.trimStart().startsWith('at ')).slice(0, 8).map((line) => plain(line.trim())))
}
