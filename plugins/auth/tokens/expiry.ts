/** Ends what an expired token let in. The token itself is refused by the way in, to the millisecond. */
import type { AuthHost } from '../host.ts'
import { createAlarm } from './alarm.ts'
import { callerId } from './record.ts'
import type { Table } from './table.ts'
import { hasExpired } from './way.ts'

/** The function returned is to be called whenever the table has changed. */
export function watchExpiry(host: Pick<AuthHost, 'clock' | 'scope' | 'end'>, table: Table): () => void {
  const { clock, scope, end } = host
  // By entry and not by name: a rotated token is another one.
  const ended = new WeakSet<object>()
  const alarm = createAlarm(clock, () => {
    const over = table.all().filter((entry) => !ended.has(entry) && hasExpired(entry, clock.now()))
    for (const entry of over) ended.add(entry)
    if (over.length > 0) end(over.map(({ name }) => callerId(name)), 'token expired')
    look()
  })

  function look(): void {
    const times = table.all().flatMap((entry) => (ended.has(entry) ? [] : entry.record.expiresAt ?? []))
    alarm.set(times.length > 0 ? Math.min(...times) : undefined)
  }

  scope.defer(alarm.close, 'expiry of service tokens')
  return look
}
