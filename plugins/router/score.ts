/** Adds up what was counted, and says of which tier a turn is. Pure, and small enough to be worked out by hand. */
import type { RouteFeature, Tier } from '../models/contract.ts'
import { featureNames } from './features.ts'
import type { Counts, FeatureName } from './features.ts'

export type Weights = Readonly<Record<FeatureName, number>>
export interface Thresholds { readonly balanced: number; readonly capable: number }

/** Points of a turn that has all there is of a feature. */
export const usualWeights: Weights = { length: 20, code: 25, maths: 20, questions: 10, parts: 10, reasoning: 30, tools: 36, depth: 10, images: 20, thinking: 40 }
export const usualThresholds: Thresholds = { balanced: 25, capable: 55 }
const mostPoints = 100

/** From a count to a share of 1: each grows with its count, and ends. */
const values: Readonly<Record<FeatureName, (count: number) => number>> = {
  // Characters: most of it is said in the first few hundred.
  length: (n) => Math.sqrt(n / 4_000),
  code: (n) => n / 8,
  maths: (n) => n / 6,
  // One question is what a turn is for.
  questions: (n) => (n - 1) / 4,
  parts: (n) => n / 6,
  // One word is most of the news.
  reasoning: (n) => (n === 0 ? 0 : 0.6 + 0.4 * ((n - 1) / 3)),
  tools: (n) => (n === 0 ? 0 : 0.7 + 0.3 * ((n - 1) / 4)),
  depth: (n) => n / 60,
  images: (n) => Math.sqrt(n / 4),
  thinking: (n) => n / 4,
}

export interface Score {
  /** From 0 to 100, in tenths. */
  readonly score: number
  /** In the order of `featureNames`. */
  readonly features: readonly RouteFeature[]
}

export function scoreOf(counts: Counts, weights: Weights = usualWeights): Score {
  const features = featureNames.map((name): RouteFeature => {
    const value = Math.min(1, Math.max(0, values[name](counts[name])))
    return { name, count: counts[name], value: Math.round(value * 100) / 100, weight: weights[name], points: tenths(value * weights[name]) }
  })
  return { score: Math.min(mostPoints, tenths(features.reduce((sum, { points }) => sum + points, 0))), features }
}

const tenths = (n: number): number => Math.round(n * 10) / 10

export const tierOf = (score: number, { balanced, capable }: Thresholds): Tier => (score >= capable ? 'capable' : score >= balanced ? 'balanced' : 'fast')
