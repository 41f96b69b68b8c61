/** What may be asked: agents under the names that OpenAI's clients choose a model by, and models that make embeddings. */
import type { Caller } from 'nexus-gateway/sdk'
import type { AgentInfo } from '../agent/contract.ts'
import { referenceOf } from '../models/contract.ts'
import type { ModelSpec } from '../models/contract.ts'
import { failOpenai } from './errors.ts'

/** The second is the reference system's, so that its clients need not be set up anew. */
const families = ['nexus', 'openclaw']

export interface ModelObject { readonly id: string; readonly object: 'model'; readonly created: number; readonly owned_by: string }

const boundTo = ({ bounds }: Caller): string | undefined => bounds?.['agent']

/** As far as the caller may ask them. `created` in seconds. */
export function modelObjects(agents: readonly AgentInfo[], embedding: readonly ModelSpec[], caller: Caller, created: number): ModelObject[] {
  const bound = boundTo(caller)
  const own = agents.filter(({ id }) => bound === undefined || id === bound)
  const ids = own.length === 0 ? [] : families.flatMap((family) => [family, ...own.map(({ id }) => `${family}:${id}`)])
  const object = (id: string, owned_by: string): ModelObject => ({ id, object: 'model', created, owned_by })
  return [...ids.map((id) => object(id, 'nexus')), ...embedding.map((spec) => object(referenceOf(spec), spec.provider))]
}

/** The agent that a name of ours stands for, `nexus` being the default one, or the only one that the caller may ask; `undefined` for other names. */
export function agentNamed(agents: readonly AgentInfo[], caller: Caller, model: string): string | undefined {
  const [family = '', wanted = boundTo(caller) ?? agents[0]?.id, ...more] = model.split(':')
  return families.includes(family) && more.length === 0 ? agents.find(({ id }) => id === wanted)?.id : undefined
}

/** Throws NEXUS_OPENAI_MODEL. */
export function agentFor(agents: readonly AgentInfo[], caller: Caller, model: string): string {
  const found = agentNamed(agents, caller, model)
  if (found === undefined) throw failOpenai('NEXUS_OPENAI_MODEL', { param: 'model' })
  return found
}
