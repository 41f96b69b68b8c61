/**
 * Routes a turn by how much it asks for. It provides nothing: it taps `models.route`, and its decision stands in
 * `Route.decision`. What it counts and how it adds up is here for whoever wants to show or test it.
 */
import { contract } from 'nexus-gateway/sdk'

export { countsOf, featureNames, mostLookedAt } from './features.ts'
export type { Counts, FeatureName, Turn } from './features.ts'
export { usualThresholds, usualWeights, scoreOf, tierOf } from './score.ts'
export type { Score, Thresholds, Weights } from './score.ts'

export const router = contract({ id: 'router' })
