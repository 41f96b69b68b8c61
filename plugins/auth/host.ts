/** What the parts of `auth` are given. */
import type { Clock, Log, Scope } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'

export interface AuthHost {
  readonly store: StoreApi
  readonly clock: Clock
  readonly log: Log
  readonly scope: Scope
  /** Closes what was let in as one of these callers. To be called in the tick in which the credential stops holding. */
  end(ids: readonly string[], reason: string): void
}
