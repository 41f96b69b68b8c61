/** The kernel's own log: records with fields, handed to sinks. What a record becomes is a sink's business. */
import type { Log, LogLevel } from './contract.ts'
import type { LogRecord } from './points.ts'

export type LogSink = (record: LogRecord) => void

export interface Logger extends Log {
  /** The same log under a plugin's name. */
  for(plugin: string): Log
  /** Adds a sink and hands it what was kept so far; the result takes it off again. */
  addSink(sink: LogSink): () => void
  /** From now on nothing is kept for sinks that come later. */
  settle(): void
}

export const logLevels = ['debug', 'info', 'warn', 'error'] as const satisfies readonly LogLevel[]

/** What is kept for sinks that are not there yet; the oldest records go first. */
const KEPT = 1000
const KERNEL = 'kernel'

/** Passes everything from `level` on (default `debug`): what is worth keeping, each sink decides. */
export function createLogger(options: { readonly level?: LogLevel; readonly now?: () => number } = {}): Logger {
  const floor = logLevels.indexOf(options.level ?? 'debug')
  const now = options.now ?? Date.now
  const sinks = new Set<LogSink>()
  const kept: LogRecord[] = []
  let settled = false

  function hand(sink: LogSink, record: LogRecord): void {
    try {
      sink(record)
    } catch (error) {
      // A sink that throws would otherwise fail whoever logs, or log for ever: it is taken off.
      sinks.delete(sink)
      write({ time: now(), level: 'error', plugin: KERNEL, message: 'a log sink failed and was taken off', fields: { error } })
    }
  }

  function write(record: LogRecord): void {
    if (!settled) {
      if (kept.length === KEPT) kept.shift()
      kept.push(record)
    }
    for (const sink of sinks) hand(sink, record)
  }

  function named(plugin: string): Log {
    const at = (level: LogLevel): Log[LogLevel] => logLevels.indexOf(level) < floor
      ? () => {}
      : (message, fields) => write({ time: now(), level, plugin, message, ...(fields && { fields }) })
    return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  }

  return {
    ...named(KERNEL),
    for: named,
    addSink(sink) {
      sinks.add(sink)
      for (const record of [...kept]) if (sinks.has(sink)) hand(sink, record)
      return () => void sinks.delete(sink)
    },
    settle() {
      settled = true
      kept.length = 0
    },
  }
}
