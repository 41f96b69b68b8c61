/** Which model answers a turn, and why. */
import { hook } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'
import type { ModelMessage, ModelTool } from './message.ts'
import type { ThinkingLevel } from './spec.ts'

export const tiers = ['fast', 'balanced', 'capable'] as const
export type Tier = (typeof tiers)[number]

export interface RouteRequest {
  /** What was asked for: `provider/id`, a bare id or an alias; without it the default of the settings. */
  readonly model?: string
  /** In place of those of the settings. */
  readonly fallbacks?: readonly string[]
  readonly agentId?: string
  readonly sessionKey?: string
  readonly runId?: string
  readonly cause: Cause
  /** The turn: what is to be answered last. */
  readonly messages?: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  readonly thinking?: ThinkingLevel
}

export interface Route {
  /** `provider/id`. */
  readonly model: string
  /** `provider/id` each, in the order in which they are tried. */
  readonly fallbacks: readonly string[]
  readonly tier?: Tier
  /** For people: one sentence for each thing that decided, in order. */
  readonly reasons: readonly string[]
}

/**
 * Each tap may give another route. One to a model that is not there or not allowed is not taken, and the reasons say
 * so; a tap that throws is passed over, because a turn without a router is still answered. What must not be sent is
 * refused in `models.before`.
 */
export const modelRoute = hook.waterfall<[Route, RouteRequest]>('models.route', { onError: 'isolate' })
