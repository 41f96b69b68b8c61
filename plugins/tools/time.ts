/** The one tool that is always there: what time it is. */
import * as v from 'valibot'
import type { Clock } from 'nexus-gateway/sdk'
import { tool } from './contract.ts'

const timezone = v.pipe(
  v.string(),
  v.maxLength(64),
  v.check(isTimeZone, 'an IANA time zone such as Europe/Berlin'),
  v.description('IANA time zone such as Europe/Berlin. UTC if left out.'),
)

export const timeTool = (clock: Clock) => tool({
  description: 'The current date and time.',
  effect: 'read',
  tier: 'balanced',
  params: v.strictObject({ timezone: v.optional(timezone) }),
  run: ({ timezone = 'UTC' }) => timeIn(timezone, clock.now()),
})

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }) instanceof Intl.DateTimeFormat
  } catch {
    // RangeError: no such zone.
    return false
  }
}

/** As in `2026-11-22T12:00:05+01:00 (Sunday, Europe/Berlin)`. */
function timeIn(timeZone: string, now: number): string {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone, weekday: 'long', year: 'numeric', month: '2-digit', day: '2-digit',
    hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23', timeZoneName: 'longOffset',
  })
  const part = Object.fromEntries(format.formatToParts(now).map(({ type, value }) => [type, value]))
  const offset = part.timeZoneName?.replace('GMT', '') || '+00:00'
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}:${part.second}${offset} (${part.weekday}, ${timeZone})`
}
