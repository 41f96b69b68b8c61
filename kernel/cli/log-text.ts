/** The log as people read it on a terminal: one line per record, error stacks below it. */
import type { LogLevel } from '../contract.ts'
import { logLevels, type LogSink } from '../log.ts'

const SECRET = /token|secret|password|passphrase|authorization|cookie|api[-_]?key|credential/i

/** `NEXUS_LOG`, if it names a level. */
export const levelOf = (text: string | undefined): LogLevel | undefined => logLevels.find((level) => level === text)

export function textSink(out: { write(text: string): unknown }, level: LogLevel): LogSink {
  const floor = logLevels.indexOf(level)
  return (record) => {
    if (logLevels.indexOf(record.level) < floor) return
    const fields = Object.entries(record.fields ?? {}).filter(([, value]) => value !== undefined)
    const words = [new Date(record.time).toISOString().slice(11, 23), record.level.padEnd(5), record.plugin, plain(record.message),
      ...fields.map(([key, value]) => `${key}=${SECRET.test(key) ? '[redacted]' : shown(value)}`)]
    const stacks = fields.flatMap(([, value]) => (value instanceof Error && value.stack ? stackLines(value.stack) : []))
    out.write([words.join(' '), ...stacks].join('\n') + '\n')
  }
}

function shown(value: unknown): string {
  if (value instanceof Error) return quoted(value.message)
  if (typeof value === 'string') return quoted(value)
  return typeof value === 'object' && value !== null ? quoted(safeJson(value)) : String(value)
}
const quoted = (text: string): string => (/^[^\s"=]+$/.test(text) ? plain(text) : JSON.stringify(text))
const stackLines = (stack: string): string[] => stack.split('\n').slice(1, 9).map((line) => `    ${plain(line.trim())}`)
/** A line stays one line and no text can steer the terminal. */
// oxlint-disable-next-line no-control-regex
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')

function safeJson(value: object): string {
  try {
    return JSON.stringify(value, (key, inner: unknown) => (SECRET.test(key) ? '[redacted]' : inner)) ?? String(value)
  } catch {
    // A cycle or a throwing toJSON: the record still has to come out.
    return '[unprintable]'
  }
}
