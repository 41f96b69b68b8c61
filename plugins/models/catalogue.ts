/** Completes what a provider says of its models: the operator's word first, then the provider's, then the built-in catalogue. */
import catalogue from './catalogue.json' with { type: 'json' }
import type { ModelNotes } from './config.ts'
import { referenceOf } from './spec.ts'
import type { ModelSpec } from './spec.ts'

const builtIn: Readonly<Record<string, unknown>> = catalogue

/** `overrides` by `provider/id`. A price is taken whole from one place: parts of two price lists are no price. */
export function createCatalogue(overrides: Readonly<Record<string, ModelNotes>>): (spec: ModelSpec) => ModelSpec {
  const done = new WeakMap<ModelSpec, ModelSpec>()
  return (spec) => {
    const known = done.get(spec)
    if (known) return known
    const reference = referenceOf(spec)
    const whole = completed(spec, own(overrides, reference), own(builtIn, reference) as Partial<ModelSpec> | undefined)
    done.set(spec, whole)
    return whole
  }
}

/** In place of `allKnown(provider)` the models it stands for. */
export function expanded(spec: ModelSpec): readonly ModelSpec[] {
  if (spec.id !== '*') return [spec]
  const prefix = `${spec.provider}/`
  return Object.keys(builtIn).filter((reference) => reference.startsWith(prefix)).map((reference) => ({ ...spec, id: reference.slice(prefix.length), name: reference.slice(prefix.length) }))
}

function own<T>(of: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(of, key) ? of[key] : undefined
}

/** A provider that knows no name for a model says its id; then the catalogue's is better. */
function completed(spec: ModelSpec, operator: ModelNotes | undefined, known: Partial<ModelSpec> | undefined): ModelSpec {
  if (!operator && !known) return spec
  const said = defined(spec.name === spec.id ? { ...spec, name: undefined } : spec)
  const aliases = [...new Set([...operator?.aliases ?? [], ...spec.aliases ?? [], ...known?.aliases ?? []])]
  return { name: spec.name, ...known, ...said, ...defined(operator ?? {}), ...(aliases.length > 0 && { aliases }), provider: spec.provider, id: spec.id }
}

const defined = (record: object): Partial<ModelSpec> => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined))
