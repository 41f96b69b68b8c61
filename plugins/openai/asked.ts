/** Which agent is asked, and whether that belongs to a session, and to which. */
import { createHash } from 'node:crypto'
import type { Caller } from 'nexus-gateway/sdk'
import type { AgentInfo } from '../agent/contract.ts'
import { unsupported } from './body.ts'
import { failOpenai } from './errors.ts'
import { agentFor } from './models.ts'

/** The last of each are the reference system's. */
const sessionHeaders = ['x-nexus-session-key', 'x-nexus-session', 'x-openclaw-session-key']
const agentHeaders = ['x-nexus-agent', 'x-openclaw-agent-id']

export interface Asking {
  readonly caller: Caller
  readonly agents: readonly AgentInfo[]
  readonly model: string
  header(name: string): string | undefined
  readonly user: string | null | undefined
  /** The client's own tools: who runs them keeps the conversation. */
  readonly hasTools: boolean
}
export interface Asked { readonly agentId: string; readonly sessionKey: string | undefined }

/**
 * A header names the session itself; `user` gets one of its own with that agent. With neither the request stands
 * alone. A user's name may be anything, a key may not: it is hashed unless it is plain.
 * Throws NEXUS_OPENAI_MODEL, NEXUS_OPENAI_UNSUPPORTED.
 */
export function askedOf({ caller, agents, model, header, user, hasTools }: Asking): Asked {
  const [agent, named] = [firstOf(agentHeaders, header), firstOf(sessionHeaders, header)]
  const chosen = agentFor(agents, caller, model)
  const agentId = agent === undefined ? chosen : agents.find(({ id }) => id === agent.value)?.id
  if (agentId === undefined) throw failOpenai('NEXUS_OPENAI_MODEL', { param: agent!.name })
  if (named !== undefined && hasTools) throw unsupported('tools', `a session (${named.name}) is the gateway's, and so are its tools`)
  if (named !== undefined) return { agentId, sessionKey: /^agent:/i.test(named.value) ? named.value : `agent:${agentId}:${named.value}` }
  if (!user || hasTools) return { agentId, sessionKey: undefined }
  const plain = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(user) ? user : createHash('sha256').update(user).digest('hex').slice(0, 32)
  return { agentId, sessionKey: `agent:${agentId}:openai:direct:${plain}` }
}

function firstOf(names: readonly string[], header: Asking['header']): { readonly name: string; readonly value: string } | undefined {
  for (const name of names) {
    const value = header(name)
    if (value) return { name, value }
  }
  return undefined
}
