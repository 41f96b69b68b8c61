/** Finds models among what the running providers offer. */
import { nearest } from 'nexus-gateway/sdk'
import type { MaybePromise } from 'nexus-gateway/sdk'
import { createCatalogue, expanded, pricesOf } from './catalogue.ts'
import type { ModelsConfig } from './config.ts'
import type { ModelsApi } from './contract.ts'
import { failModels } from './errors.ts'
import type { PriceBook } from './prices/book.ts'
import { findModel, isAllowed } from './references.ts'
import { kindOf, referenceOf } from './spec.ts'
import type { ModelKind, ModelSpec } from './spec.ts'

export type RegistrySettings = Partial<Pick<ModelsConfig, 'default' | 'embedding' | 'aliases' | 'allow' | 'catalogue'>>

export interface Registry extends Pick<ModelsApi, 'resolve'> {
  /** As `ModelsApi.list`; `all` whatever they do. */
  list(kind?: ModelKind | 'all'): Promise<readonly ModelSpec[]>
  /** `resolve`, at once where no provider has to be waited for. */
  found(reference?: string, kind?: ModelKind): MaybePromise<ModelSpec>
  /** What is known of a model that may not be listed; NEXUS_MODELS_NOT_ALLOWED when it may not be used. */
  spec(provider: string, id: string): MaybePromise<ModelSpec>
}

/** `listed` asks every provider; `now` in ms. */
export function createRegistry(listed: () => MaybePromise<readonly (readonly ModelSpec[])[]>, { default: chat, embedding, aliases = {}, allow, catalogue = {} }: RegistrySettings, prices: PriceBook = pricesOf(catalogue), now: () => number = () => Infinity): Registry {
  const complete = createCatalogue(catalogue, prices, now)
  const list = listing(listed, (specs) => unique(specs.flatMap(expanded)).map(complete), () => prices.version(now()))
  const allowed = (spec: ModelSpec): boolean => isAllowed(spec, allow, aliases)
  const pick = (models: readonly ModelSpec[], kind: ModelKind, reference: string, where = ''): ModelSpec => {
    const found = findModel(models.filter((model) => kindOf(model) === kind), reference, aliases) ?? findModel(models, reference, aliases)
    if (!found) throw unknown(models.filter((model) => allowed(model) && kindOf(model) === kind), reference, where)
    if (!allowed(found)) throw failModels('NEXUS_MODELS_NOT_ALLOWED', { where })
    if (kindOf(found) !== kind) throw failModels('NEXUS_MODELS_KIND', { ...otherKind[kind], where })
    return found
  }
  const resolved = (models: readonly ModelSpec[], reference: string | undefined, kind: ModelKind): ModelSpec => {
    if (models.length === 0) throw failModels('NEXUS_MODELS_NONE', none[kind])
    if (reference !== undefined) return pick(models, kind, reference)
    const preferred = kind === 'chat' ? chat : embedding
    if (preferred !== undefined) return pick(models, kind, preferred, `, which \`models.${kind === 'chat' ? 'default' : 'embedding'}\` in the settings names`)
    const usable = models.filter((model) => allowed(model) && kindOf(model) === kind)
    const first = usable.find((model) => !model.demo) ?? usable[0]
    if (!first) throw failModels('NEXUS_MODELS_NONE', none[kind])
    return first
  }
  const known = (models: readonly ModelSpec[], provider: string, id: string): ModelSpec => {
    const spec = models.find((model) => model.provider === provider && model.id === id) ?? complete({ provider, id, name: id })
    if (!allowed(spec)) throw failModels('NEXUS_MODELS_NOT_ALLOWED', { where: '' })
    return spec
  }
  const found: Registry['found'] = (reference, kind = 'chat') => once(list(), (models) => resolved(models, reference, kind))
  return {
    found,
    list: async (kind = 'chat') => (await list()).filter((model) => allowed(model) && (kind === 'all' || kindOf(model) === kind)),
    resolve: async (reference, kind) => found(reference, kind),
    spec: (provider, id) => once(list(), (models) => known(models, provider, id)),
  }
}

const none = { chat: { purpose: '', instead: ', or enable provider-demo' }, embedding: { purpose: ' that makes vectors of texts', instead: ' and a model of kind `embedding`' } } as const
/** Of a model that is not of the kind wanted. */
const otherKind = { chat: { does: 'makes vectors of texts and does not answer', others: 'those that do' }, embedding: { does: 'makes no vectors of texts', others: 'those that do' } } as const

/** Long lists seldom change, and every request asks for them: the work is done once for each that differs, and when another price begins to hold. */
function listing(listed: () => MaybePromise<readonly (readonly ModelSpec[])[]>, made: (specs: readonly ModelSpec[]) => readonly ModelSpec[], version: () => number): () => MaybePromise<readonly ModelSpec[]> {
  let last: { readonly answers: readonly (readonly ModelSpec[])[]; readonly raw: readonly ModelSpec[]; readonly version: number; readonly list: readonly ModelSpec[] } | undefined
  const taken = (answers: readonly (readonly ModelSpec[])[]): readonly ModelSpec[] => {
    const current = version()
    if (last?.version === current && same(last.answers, answers)) return last.list
    const raw = answers.flat()
    last = { answers, raw, version: current, list: last?.version === current && same(last.raw, raw) ? last.list : made(raw) }
    return last.list
  }
  return () => once(listed(), taken)
}

/** Nothing is awaited that is there. */
const once = <T, U>(value: MaybePromise<T>, use: (value: T) => U): MaybePromise<U> => (value instanceof Promise ? value.then(use) : use(value))

const same = (a: readonly unknown[], b: readonly unknown[]): boolean => a.length === b.length && a.every((one, i) => one === b[i])

/** A provider may be offered by two plugins; the first one answers for it, so its entry counts. */
function unique(models: readonly ModelSpec[]): readonly ModelSpec[] {
  return [...new Map(models.toReversed().map((model) => [referenceOf(model), model])).values()].toReversed()
}

function unknown(models: readonly ModelSpec[], reference: string, where: string): Error {
  const near = nearest(reference, models.flatMap((model) => [referenceOf(model), model.id, ...model.aliases ?? []]))
  return failModels('NEXUS_MODELS_UNKNOWN', { hint: `${where}${near === undefined ? '' : ` (did you mean ${near}?)`}` })
}
