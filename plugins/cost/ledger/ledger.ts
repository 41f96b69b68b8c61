/** The ledger: holds before, charges after, both on disk. */
import type { LedgerEngine, LedgerHost } from './shapes.ts'

export { LedgerRefused } from './shapes.ts'
export type * from './shapes.ts'

export declare function openLedger(host: LedgerHost): Promise<LedgerEngine>
