/** Agents under the names that OpenAI's clients choose a model by. */
import type { AgentInfo } from '../agent/contract.ts'
import { failOpenai } from './errors.ts'

/** The second is the reference system's, so that its clients need not be set up anew. */
const families = ['nexus', 'openclaw']

export interface ModelObject { readonly id: string; readonly object: 'model'; readonly created: number; readonly owned_by: string }

/** `nexus` is the default agent, `nexus:ID` any; `created` in seconds. */
export function modelObjects(agents: readonly AgentInfo[], created: number): ModelObject[] {
  const ids = families.flatMap((family) => [family, ...agents.map(({ id }) => `${family}:${id}`)])
  return ids.map((id) => ({ id, object: 'model', created, owned_by: 'nexus' }))
}

/** Throws NEXUS_OPENAI_MODEL. */
export function agentFor(agents: readonly AgentInfo[], model: string): string {
  const [family = '', wanted = agents[0]?.id, ...more] = model.split(':')
  const agent = agents.find(({ id }) => id === wanted)
  if (!families.includes(family) || !agent || more.length > 0) throw failOpenai('NEXUS_OPENAI_MODEL', { param: 'model' })
  return agent.id
}
