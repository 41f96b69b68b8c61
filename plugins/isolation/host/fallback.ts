import type { Limits } from '../contract.ts'

/** Where there are no settings to ask: a definition is only looked at, or a command runs without a gateway. */
export const fallback: Limits = { memoryMb: 256, hangMs: 5_000, cpuSeconds: 30, bwrap: 'auto' }
