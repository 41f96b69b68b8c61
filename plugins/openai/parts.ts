/** What the routes work with. */
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { AgentApi } from '../agent/contract.ts'
import type { ModelsApi } from '../models/contract.ts'
import type { FetchApi } from '../outbound/contract.ts'
import type { Kept } from './responses/kept.ts'

export interface Parts {
  readonly agent: AgentApi
  readonly models: ModelsApi
  /** Without it no image is fetched. */
  readonly fetch: FetchApi | undefined
  readonly kept: Kept
  readonly clock: Clock
  readonly log: Log
  /** Aborts when the plugin closes. */
  readonly closing: AbortSignal
}
