/**
 * What the ledger takes and gives. Money is whole nano-dollars (1e-9 US dollars), times are ms since the epoch.
 * A counter is what was spent and is held under one name, such as `global/day||2026-03-01`; the ledger does not read names.
 */
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../../store/contract.ts'

export interface LedgerHost {
  readonly store: Pick<StoreApi, 'log' | 'documents'>
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** For tests: smaller bounds. */
  readonly limits?: Partial<Limits>
}

export interface Limits {
  /** Lines after which the next checkpoint is due: what a start has to read, and how often one is written. 8,192. */
  readonly linesPerCheckpoint: number
  /** Open reservations. 10,000. */
  readonly open: number
  /** 60,000. */
  readonly counters: number
  /** Orphans that stay open: older ones are charged at their worst case, so that crashes cannot fill the ledger. 1,000. */
  readonly orphans: number
}

/** Who and what it was for; no counter depends on it. */
export interface About {
  readonly runId?: string
  readonly sessionKey?: string
  readonly agentId?: string
  readonly channel?: string
  readonly user?: string
  readonly provider: string
  readonly model: string
}

/** `nano: undefined`: nobody knows the price. */
export interface Amount { readonly nano: number | undefined; readonly tokens: number }

/** One counter that a reservation holds in, each at most once. Without a limit it only counts: sums of a day or a month, budgets that only warn. */
export interface Hold {
  /** 1 to 1,024 characters. */
  readonly counter: string
  /** When its period ends; it is kept 40 days longer. `undefined`, as for a run: kept two days after it was last used. */
  readonly expiresAt: number | undefined
  readonly limit: { readonly nano?: number; readonly tokens?: number }
}

export interface ReserveRequest {
  /** Unique in the installation, 1 to 256 characters. */
  readonly id: string
  readonly at: number
  readonly about: About
  /** Fractions are rounded up. */
  readonly worst: Amount
  /** At most 64. */
  readonly holds: readonly Hold[]
}

export interface Settlement extends Amount {
  readonly at: number
  /** Where the price came from; `none` when it is left out. */
  readonly price?: string
  readonly estimated?: boolean
  /** Nothing was ever sent: the holds are given back, and it is neither a charge nor a call. */
  readonly unsent?: boolean
}

/** What something came to. `nano: undefined`: unpriced. */
export interface Charge extends Amount {
  readonly id: string
  readonly at: number
  readonly about: About
  readonly price: string
  /** Nobody has counted it. */
  readonly estimated?: true
}

export interface OpenHold {
  readonly id: string
  readonly at: number
  readonly about: About
  readonly worst: Amount
  /** Left by a gateway that ended before it was settled: it counts until somebody settles it. */
  readonly orphaned: boolean
}

export interface CounterState {
  readonly spentNano: number
  readonly spentTokens: number
  /** By what is under way, and by what is orphaned. */
  readonly heldNano: number
  readonly heldTokens: number
  /** Charges, the unpriced ones included. */
  readonly calls: number
  readonly unpriced: number
}

/** Why nothing was held. */
export type Refusal =
  /** It would go beyond a limit: `bound` says which, `state` how the counter stands. */
  | { readonly kind: 'full'; readonly counter: string; readonly bound: 'nano' | 'tokens'; readonly limit: number; readonly worst: number; readonly state: CounterState }
  /** A limit of money, and a worst case that nobody knows. Leave the limit out of the hold to let it pass. */
  | { readonly kind: 'unpriced'; readonly counter: string }
  /** The id is open, or was charged. */
  | { readonly kind: 'twice' }
  /** Too much is open (10,000), or it needs a new counter and there are too many (60,000): later. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'closed' }
  /** An amount, a name or a number of holds out of bounds: a mistake of the caller's. */
  | { readonly kind: 'invalid'; readonly what: string }

/** Thrown by `reserve` itself, never by its promise. */
export class LedgerRefused extends Error {
  override readonly name = 'LedgerRefused'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(`the ledger refused it: ${refusal.kind}`)
    this.refusal = refusal
  }
}

export interface LedgerEngine {
  /**
   * Holds the worst case in every counter, all or nothing, at once; resolves once that is on disk, and only then may it
   * be spent. Throws `LedgerRefused`, and then nothing is held. Rejects with the store's error when the write failed:
   * then the holds are given back, and the same id may be tried again.
   */
  reserve(request: ReserveRequest): Promise<void>
  /**
   * What it came to, in place of what was held; resolves once that is on disk: to the charge for the one call that made
   * it, to `undefined` for every other call, for `unsent`, and for an id that is not open. More than was held is counted
   * whole, and at once. An amount that is no number counts as the worst case, estimated; so does an unknown price where
   * the worst case had one. Rejects with the store's error when the write failed: it is then still held, and may be
   * settled again.
   */
  settle(id: string, settlement: Settlement): Promise<Charge | undefined>
  /** All zero for a counter that nobody has used. */
  counter(key: string): CounterState
  /** Oldest first. */
  open(): OpenHold[]
  /** Newest first, at most `limit` (1 to 1,000); looks at the latest 20,000 lines of the log at most. */
  charges(query: { readonly limit: number; readonly runId?: string; readonly sessionKey?: string }): Promise<Charge[]>
  /** For health reports. */
  metrics(): { readonly open: number; readonly orphaned: number; readonly counters: number; readonly waiting: number; readonly damaged: number }
  /** Refuses what is new, waits for what is being written, and writes a checkpoint. What is open stays held, and is orphaned at the next start. */
  close(): Promise<void>
}
