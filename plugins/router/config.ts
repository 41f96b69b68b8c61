/** The plugin's block in `nexus.json5`. */
import * as v from 'valibot'
import { usualThresholds, usualWeights } from './score.ts'

const reference = v.pipe(v.string(), v.minLength(1), v.maxLength(300))
const points = v.pipe(v.number(), v.minValue(0), v.maxValue(100))
const weight = (usual: number) => v.optional(points, usual)

const three = v.strictObject({
  fast: v.optional(v.pipe(reference, v.description('The model of simple turns: provider/id, a bare id or an alias.'))),
  balanced: v.optional(reference),
  capable: v.optional(reference),
})

export const config = v.strictObject({
  enabled: v.optional(v.pipe(v.boolean(), v.description('Whether turns are routed; without it they are as soon as `tiers` names models.'))),
  tiers: v.optional(v.pipe(v.union([three, v.record(v.string(), three)]), v.description('The models of each tier, for all or by the provider of the agent\'s model. A tier without one keeps the agent\'s model, or with `enabled` gets one of its provider by price.'))),
  thresholds: v.optional(v.strictObject({
    balanced: v.optional(v.pipe(points, v.description('From that score on a turn is balanced.')), usualThresholds.balanced),
    capable: v.optional(v.pipe(points, v.description('From that score on it is capable.')), usualThresholds.capable),
  }), {}),
  weights: v.optional(v.pipe(v.strictObject({
    length: weight(usualWeights.length), code: weight(usualWeights.code), maths: weight(usualWeights.maths), questions: weight(usualWeights.questions), parts: weight(usualWeights.parts),
    reasoning: weight(usualWeights.reasoning), tools: weight(usualWeights.tools), depth: weight(usualWeights.depth), images: weight(usualWeights.images), thinking: weight(usualWeights.thinking),
  }), v.description('Points of a turn that has all there is of a feature.')), {}),
  tools: v.optional(v.pipe(v.boolean(), v.description('Whether turns of the lower tiers are offered fewer tools.')), true),
  sticky: v.optional(v.strictObject({
    minutes: v.optional(v.pipe(v.number(), v.minValue(0), v.maxValue(24 * 60), v.description('As long after a turn its session keeps its tier unless the next one is clearly simpler, because the provider\'s cache would be lost.')), 5),
    margin: v.optional(v.pipe(points, v.description('Points below a threshold that are clear.')), 10),
  }), {}),
})

export type RouterConfig = v.InferOutput<typeof config>
export type Tiers = v.InferOutput<typeof three>
