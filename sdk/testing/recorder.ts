/** Keeps what a kernel says: events and log records. */
import type { Emitted } from '../../kernel/parts.ts'
import type { LogRecord } from '../../kernel/points.ts'

export interface Recorder {
  readonly events: readonly Emitted[]
  readonly logs: readonly LogRecord[]
  event(event: Emitted): void
  log(record: LogRecord): void
  next(name: string): Promise<unknown>
  on(name: string, fn: (payload: unknown) => void): () => void
}

export function createRecorder(): Recorder {
  const events: Emitted[] = []
  const logs: LogRecord[] = []
  const listeners = new Set<{ readonly name: string; readonly fn: (payload: unknown) => void }>()

  function on(name: string, fn: (payload: unknown) => void): () => void {
    const listener = { name, fn }
    listeners.add(listener)
    return () => void listeners.delete(listener)
  }

  return {
    events, logs, on,
    event(event) {
      events.push(event)
      for (const { name, fn } of [...listeners]) if (name === event.name) fn(event.payload)
    },
    log: (record) => void logs.push(record),
    next: (name) => new Promise((resolve) => {
      const off = on(name, (payload) => { off(); resolve(payload) })
    }),
  }
}
