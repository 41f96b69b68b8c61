/** Finds what a reference means, and whether it may be used. Pure. */
import { referenceOf } from './spec.ts'
import type { ModelSpec } from './spec.ts'

/** Aliases of aliases end somewhere. */
const mostSteps = 5

/** `provider/id` first, then the operator's aliases, then bare ids, then the aliases of the models. */
export function findModel(models: readonly ModelSpec[], reference: string, aliases: Readonly<Record<string, string>>, steps = 0): ModelSpec | undefined {
  const exact = models.find((model) => referenceOf(model) === reference)
  if (exact) return exact
  if (Object.hasOwn(aliases, reference) && steps < mostSteps) return findModel(models, aliases[reference]!, aliases, steps + 1)
  return models.find((model) => model.id === reference) ?? models.find((model) => model.aliases?.includes(reference))
}

/** Without patterns everything is allowed; with them only what one of them names. Empty patterns allow nothing. */
export function isAllowed(spec: Pick<ModelSpec, 'provider' | 'id' | 'aliases'>, patterns: readonly string[] | undefined, aliases: Readonly<Record<string, string>>): boolean {
  if (patterns === undefined) return true
  return patterns.some((pattern) => {
    const meant = Object.hasOwn(aliases, pattern) ? aliases[pattern]! : pattern
    const reference = referenceOf(spec)
    if (meant.endsWith('/*')) return reference.startsWith(meant.slice(0, -1))
    return meant === reference || meant === spec.id || (spec.aliases?.includes(meant) ?? false)
  })
}
