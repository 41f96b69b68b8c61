/** Which sessions a run may write to. What a run above it may not reach, it may not reach either. */
import type { SessionsApi } from '../../sessions/contract.ts'
import type { ToolCall, ToolContext } from '../../tools/contract.ts'
import type { Visibility } from '../config.ts'
import { agentOf } from '../profiles.ts'
import type { AgentProfile } from '../profiles.ts'

/** Sessions above sessions that are looked at; a chain that is longer reaches nothing. */
const maxChain = 16

type Looking = Pick<SessionsApi, 'settings'>

/** The session and those whose runs began it, nearest first. `undefined`: too many, or in a circle. */
export async function chainOf(sessions: Looking, key: string): Promise<readonly string[] | undefined> {
  const chain: string[] = []
  for (let at: string | undefined = key; at !== undefined; at = (await sessions.settings(at)).spawnedBy) {
    if (chain.length >= maxChain || chain.includes(at)) return undefined
    chain.push(at)
  }
  return chain
}

export async function mayReach(sessions: Looking, profiles: ReadonlyMap<string, AgentProfile>, call: Pick<ToolCall, 'caller' | 'context'>, from: string, target: string): Promise<boolean> {
  const [mine, theirs] = [await chainOf(sessions, from), await chainOf(sessions, target)]
  return mine !== undefined && theirs !== undefined && mine.every((one) => {
    const visibility = lowered(profiles.get(agentOf(one))?.subagents.visibility ?? 'self', call)
    if (visibility === 'all' || one === target) return true
    if (visibility === 'self') return false
    return theirs.includes(one) || (visibility === 'agent' && agentOf(one) === agentOf(target))
  })
}

/** Who comes by a channel or a webhook, or sits in a group, reaches what that conversation has begun and nothing else. */
function lowered(visibility: Visibility, { caller: { label }, context }: Pick<ToolCall, 'caller' | 'context'>): Visibility {
  const isOutside = label === 'channel' || label === 'webhook' || !context || isShared(context)
  return isOutside && visibility !== 'self' ? 'tree' : visibility
}

const isShared = ({ group, parent }: ToolContext): boolean => group !== undefined || (parent !== undefined && isShared(parent))
