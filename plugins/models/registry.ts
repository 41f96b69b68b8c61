/** Finds models among what the running providers offer. */
import { nearest } from 'nexus-gateway/sdk'
import { failModels } from './errors.ts'
import type { ModelSpec, ModelsApi } from './contract.ts'

/** `listed` asks every provider; `preferred` is the operator's default. */
export function createRegistry(listed: () => Promise<readonly (readonly ModelSpec[])[]>, preferred: string | undefined): Pick<ModelsApi, 'list' | 'resolve'> {
  const list = async (): Promise<readonly ModelSpec[]> => unique((await listed()).flat())
  return {
    list,
    async resolve(reference) {
      const models = await list()
      if (models.length === 0) throw failModels('NEXUS_MODELS_NONE')
      if (reference !== undefined) return find(models, reference) ?? unknown(models, reference)
      if (preferred !== undefined) return find(models, preferred) ?? unknown(models, preferred, ', which `models.default` in the settings names')
      return models.find((model) => !model.demo) ?? models[0]!
    },
  }
}

const referenceOf = (model: ModelSpec): string => `${model.provider}/${model.id}`

/** A provider may be offered by two plugins; the first one answers for it, so its entry counts. */
function unique(models: readonly ModelSpec[]): readonly ModelSpec[] {
  return [...new Map(models.toReversed().map((model) => [referenceOf(model), model])).values()].toReversed()
}

function find(models: readonly ModelSpec[], reference: string): ModelSpec | undefined {
  return models.find((model) => referenceOf(model) === reference) ?? models.find((model) => model.id === reference)
}

function unknown(models: readonly ModelSpec[], reference: string, where = ''): never {
  const near = nearest(reference, models.flatMap((model) => [referenceOf(model), model.id]))
  throw failModels('NEXUS_MODELS_UNKNOWN', { hint: `${where}${near === undefined ? '' : ` (did you mean ${near}?)`}` })
}
