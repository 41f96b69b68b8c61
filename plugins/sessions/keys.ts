/** Session keys: `agent:ID:NAME`, and the shorter forms that clients send. */
import { fail } from './errors.ts'

const maxBytes = 512
// oxlint-disable-next-line no-control-regex
const control = /[\u0000-\u001f\u007f]/
const agentId = /^[a-z0-9][a-z0-9_-]{0,63}$/
const defaultAgent = 'main'

/**
 * `main` is `agent:main:main`, any other name N is `agent:main:N`. The agent's id is in small letters;
 * a name keeps its case, since the ids of people and groups in it may differ in nothing else.
 */
export function normalizeKey(key: string): string {
  const given = typeof key === 'string' ? key.trim() : ''
  if (given === '' || Buffer.byteLength(given) > maxBytes || control.test(given) || Buffer.from(given).toString() !== given) throw fail('NEXUS_SESSIONS_KEY')
  const [, agent = defaultAgent, name = given] = /^agent:([^:]*):(.*)$/i.exec(given) ?? []
  const id = agent.toLowerCase()
  if (!agentId.test(id) || name === '' || /^agent:/i.test(name)) throw fail('NEXUS_SESSIONS_KEY')
  return `agent:${id}:${name.toLowerCase() === 'main' ? 'main' : name}`
}

/** The agent of a normalized key. */
export const agentOf = (key: string): string => key.split(':', 2)[1] as string

/** How the reference sorts sessions for its clients. */
export const kindOf = (key: string): 'direct' | 'group' => (/:(?:group|channel):/.test(key) ? 'group' : 'direct')
