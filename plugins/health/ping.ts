import { fail } from './errors.ts'

export const pingLimit = 64 * 1024

/** Throws NEXUS_HEALTH_PING_TOO_LARGE. A text is not written out to be measured, since most probes send one. */
export function checkPing(data: unknown): void {
  if (typeof data !== 'object' && typeof data !== 'string') return
  if (data !== null && sizeOf(data) > pingLimit) throw fail('NEXUS_HEALTH_PING_TOO_LARGE', { limit: pingLimit })
}

function sizeOf(data: object | string): number {
  if (typeof data === 'string') return Buffer.byteLength(data)
  try {
    return Buffer.byteLength(JSON.stringify(data))
  } catch {
    // Nested too deep to be written, so it could not be answered either.
    return Infinity
  }
}
