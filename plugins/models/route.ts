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
  /**
   * Whether whoever sent the turn asked for `model` by name, or set it for the session: a router leaves it alone. Left
   * out, a model that is named counts as asked for; say `false` for one that an agent's settings name.
   */
  readonly pinned?: boolean
  /** In place of those of the settings. */
  readonly fallbacks?: readonly string[]
  readonly agentId?: string
  readonly sessionKey?: string
  readonly runId?: string
  readonly cause: Cause
  /** What the model will be shown, with what is to be answered last: all of it, because it has to fit. */
  readonly messages?: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[]
  readonly thinking?: ThinkingLevel
}

/** Something a router has counted in a turn. */
export interface RouteFeature {
  readonly name: string
  readonly count: number
  /** From 0 to 1. */
  readonly value: number
  readonly weight: number
  /** `value` times `weight`. */
  readonly points: number
}

/** How a router came to its choice, for people; it changes nothing. */
export interface RouteDecision {
  /** The plugin. */
  readonly by: string
  /** Of the turn by itself, whether or not it was acted on. */
  readonly tier: Tier
  /** From 0 to 100. */
  readonly score: number
  /** From which score on a turn is of that tier. */
  readonly thresholds: { readonly balanced: number; readonly capable: number }
  readonly features: readonly RouteFeature[]
}

export interface Route {
  /** `provider/id`. */
  readonly model: string
  /** `provider/id` each, in the order in which they are tried. */
  readonly fallbacks: readonly string[]
  /** Tools are offered by it; without one all are. */
  readonly tier?: Tier
  readonly decision?: RouteDecision
  /** For people: one sentence for each thing that decided, in order. */
  readonly reasons: readonly string[]
}

/**
 * Each tap may give another route. One to a model that is not there or not allowed is not taken, and the reasons say
 * so; a tap that throws is passed over, because a turn without a router is still answered. What must not be sent is
 * refused in `models.before`.
 */
export const modelRoute = hook.waterfall<[Route, RouteRequest]>('models.route', { onError: 'isolate' })
