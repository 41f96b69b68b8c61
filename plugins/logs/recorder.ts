/**
 * Records become JSON lines by way of pino, which is loaded late: until then they wait, the oldest giving way.
 * A line has `level`, `time` (ms since the epoch), `plugin`, `msg`, and `fields` apart, so that no field can pose as
 * one of the others.
 */
import type { LogLevel, LogRecord } from 'nexus-gateway/sdk'
import type { Redactor } from './redact.ts'

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

export interface Recorder {
  record(record: LogRecord): void
  /** Loads pino and writes what has waited. */
  open(): Promise<void>
  /** True if records wait that nothing has been written of. */
  readonly waiting: boolean
}

export interface RecorderOptions {
  readonly level: LogLevel
  readonly redactor: Redactor
  /** Records kept before `open`. */
  readonly kept?: number
  write(line: string): void
}

type Print = (record: LogRecord) => void

export function createRecorder({ level, redactor, write, kept = 1000 }: RecorderOptions): Recorder {
  const floor = logLevels.indexOf(level)
  const early: LogRecord[] = []
  let forgotten = 0
  let print: Print | undefined
  let opening: Promise<void> | undefined

  async function open(): Promise<void> {
    const { pino } = await import('pino')
    const out = pino({ level: 'debug', base: null, timestamp: false, formatters: { level: (label) => ({ level: label }) } }, { write })
    print = (record) => {
      const { time, plugin, message, fields } = redactor.record(record)
      out[record.level]({ time, plugin, ...(fields && { fields }) }, message)
    }
    if (forgotten > 0) print({ time: early[0]?.time ?? 0, level: 'warn', plugin: 'logs', message: 'the first log records were too many to keep', fields: { forgotten } })
    for (const record of early.splice(0)) print(record)
  }

  return {
    get waiting() { return early.length > 0 },
    open: () => (opening ??= open()),
    record(record) {
      if (logLevels.indexOf(record.level) < floor) return
      if (print) return print(record)
      early.push(record)
      if (early.length <= kept) return
      early.shift()
      forgotten++
    },
  }
}
