/** A credential may be bound to one agent (`caller.bounds.agent`). Then talking to that agent is all it is good for. */
import type { Call, Caller } from 'nexus-gateway/sdk'
import { failAgent } from './errors.ts'

/** These ask for every agent and session that they are given. */
const whoAsk: ReadonlySet<string> = new Set(['chat', 'openai'])

/** Throws NEXUS_AGENT_BOUND. */
export function keepToAgent({ bounds }: Caller, agentId: string): void {
  const bound = bounds?.['agent']
  if (bound !== undefined && bound !== agentId) throw failAgent('NEXUS_AGENT_BOUND')
}

/** The tap of `call.before`. */
export function keepToTalk({ caller, plugin, verb }: Pick<Call, 'caller' | 'plugin' | 'verb'>): void {
  if (caller.bounds?.['agent'] !== undefined && verb !== 'ping' && !whoAsk.has(plugin)) throw failAgent('NEXUS_AGENT_BOUND')
}
