/** Lengths of time as a person writes them. */
import { fail } from '../errors.ts'

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const longestMs = 3650 * 86_400_000

/** `90s`, `15m`, `12h`, `30d` in milliseconds; nothing else. Throws NEXUS_AUTH_TOKEN_TTL. */
export function parseTtl(text: string): number {
  const [, number = '0', unit = ''] = /^([1-9]\d{0,8})([smhd])$/.exec(text) ?? []
  const ms = Number(number) * (units[unit] ?? 0)
  if (ms < 1 || ms > longestMs) throw fail('NEXUS_AUTH_TOKEN_TTL')
  return ms
}
