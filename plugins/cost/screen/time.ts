/** Days and moments as people read them, in the time zone that is counted in. Pure. */

const dayMs = 86_400_000

export function isZone(zone: string): boolean {
  try {
    Intl.DateTimeFormat('en-GB', { timeZone: zone })
    return true
  } catch {
    return false // a RangeError says just that
  }
}

/** The date there at that moment: `2026-11-22`. */
export function dayOf(at: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' }).formatToParts(at)
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? ''
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}`
}

/** A date that there is, as `2026-11-22`. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

export const addDays = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10)
/** Both ends counted. */
export const daysBetween = (from: string, to: string): number => Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs) + 1
export const daysOf = (from: string, to: string): string[] => Array.from({ length: Math.max(0, daysBetween(from, to)) }, (_, i) => addDays(from, i))

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
/** `22 Nov`. */
export const shortDay = (day: string): string => `${Number(day.slice(8))} ${months[Number(day.slice(5, 7)) - 1] ?? ''}`
/** `1 to 30 Nov 2026`, `28 Oct to 26 Nov 2026`. */
export function spanText(from: string, to: string): string {
  const year = to.slice(0, 4)
  if (from === to) return `${shortDay(to)} ${year}`
  const first = from.slice(0, 7) === to.slice(0, 7) ? String(Number(from.slice(8))) : from.slice(0, 4) === year ? shortDay(from) : `${shortDay(from)} ${from.slice(0, 4)}`
  return `${first} to ${shortDay(to)} ${year}`
}

/** `Tue 24 Nov 00:00`, with the year where it is another one. */
export function moment(at: number, timeZone: string, now: number): string {
  const year = dayOf(at, timeZone).slice(0, 4) === dayOf(now, timeZone).slice(0, 4) ? {} : { year: 'numeric' } as const
  const text = new Intl.DateTimeFormat('en-GB', { timeZone, weekday: 'short', day: 'numeric', month: 'short', ...year, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(at)
  return text.replace(/\bSept\b/, 'Sep').replaceAll(',', '')
}

/** `14:03:22`. */
export const clockTime = (at: number, timeZone: string): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(at)

/** For a log: `2026-11-22 14:03:22`. */
export const stamp = (at: number, timeZone: string): string => `${dayOf(at, timeZone)} ${clockTime(at, timeZone)}`

/** The two largest units: `3 d 4 h`, `5 min 12 s`, `0 s`. */
export function duration(ms: number): string {
  const parts: string[] = []
  let rest = Math.max(0, Math.ceil(ms / 1000))
  for (const [unit, seconds] of [['d', 86_400], ['h', 3_600], ['min', 60], ['s', 1]] as const) {
    const n = Math.floor(rest / seconds)
    rest -= n * seconds
    if (n > 0 || (unit === 's' && parts.length === 0)) parts.push(`${n} ${unit}`)
    else if (parts.length > 0) break
  }
  return parts.slice(0, 2).join(' ')
}

export const monthName = (at: number, timeZone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone, month: 'long' }).format(at)
