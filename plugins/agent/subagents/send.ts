/** Writes from one session to another and waits for the answer, a bounded number of times to and fro. */
import type { Clock } from 'nexus-gateway/sdk'
import { newBoundary, wrapExternal } from '../../external-content/contract.ts'
import type { SessionsApi } from '../../sessions/contract.ts'
import type { ToolCall } from '../../tools/contract.ts'
import { failAgent } from '../errors.ts'
import { agentOf, profileOf } from '../profiles.ts'
import type { AgentProfile } from '../profiles.ts'
import { limitsOf } from '../rights.ts'
import type { Runs } from '../runs.ts'
import { within } from '../wait.ts'
import { chainOf, mayReach } from './reach.ts'

export interface Letter {
  readonly sessionKey?: string | undefined
  readonly label?: string | undefined
  readonly agentId?: string | undefined
  readonly message: string
  readonly timeoutSeconds: number
}
export interface Reply { readonly status: 'ok' | 'error' | 'timeout' | 'accepted'; readonly sessionKey: string; readonly runId: string; readonly reply?: string; readonly error?: string }

export interface Sending {
  readonly sessions: SessionsApi
  readonly profiles: ReadonlyMap<string, AgentProfile>
  readonly runs: Pick<Runs, 'caused' | 'family'>
  readonly clock: Clock
  /** The plugin closes. */
  readonly closing: AbortSignal
}

const refused = (reason: string): Error => failAgent('NEXUS_AGENT_SEND', { reason })

export async function send(parts: Sending, letter: Letter, call: ToolCall): Promise<Reply> {
  const { sessions, profiles, runs, clock, closing } = parts
  const from = call.sessionKey === undefined ? undefined : sessions.normalize(call.sessionKey)
  if (from === undefined || !call.context) throw refused('it comes from no session')
  const target = await targetOf(sessions, letter)
  if (target === from) throw refused('that is this session itself')
  const above = profileOf(profiles, agentOf(from))
  const limits = limitsOf(above, await sessions.settings(from), profiles)
  const { agents } = limits
  // The same for one that is not there and one that is not to be reached.
  if (target === undefined || (agents && !agents.includes(agentOf(target))) || !await mayReach(sessions, profiles, call, from, target)) throw refused('there is no such session that this one may write to')
  const { hops, turns } = runs.family.counts(call.runId)
  if (turns >= above.subagents.maxPingPong) throw refused(`${above.subagents.maxPingPong} messages have gone to and fro; answer with what there is`)

  const chain = await chainOf(sessions, target) ?? []
  const isBelow = chain.includes(from)
  const run = await runs.caused({ sessionKey: target, message: [{ type: 'text', text: isBelow ? letter.message : strange(letter.message, from) }], cause: call }, {
    parentRunId: call.runId ?? call.id, parentKey: from, top: agentOf((await chainOf(sessions, from))?.at(-1) ?? from), hops, turns: turns + 1,
    ...(!isBelow && { bound: call.context, limits }),
  })
  const to = { sessionKey: target, runId: run.runId }
  if (letter.timeoutSeconds === 0 || run.state !== 'started') return { status: 'accepted', ...to }
  const outcome = await within(run.done, { timeoutMs: letter.timeoutSeconds * 1000, clock, signal: call.signal, closing })
  if (!outcome) return { status: 'timeout', ...to }
  return { status: outcome.status === 'ok' ? 'ok' : 'error', ...to, reply: outcome.text, ...(outcome.error && { error: outcome.error.message }) }
}

/** Written by a model that this session does not work for. */
const strange = (message: string, from: string): string => `[Another session of this gateway has written this. Answer it as far as you hold that right.]\n\n${wrapExternal(message, { source: 'api', title: `session ${from}` }, newBoundary())}`

async function targetOf(sessions: SessionsApi, { sessionKey, label, agentId }: Letter): Promise<string | undefined> {
  if ([sessionKey, label, agentId].filter((one) => one !== undefined).length !== 1) throw refused('name exactly one of sessionKey, label and agentId')
  try {
    if (agentId !== undefined) return sessions.keyOf({ agent: agentId, kind: 'main' })
    return (await (label !== undefined ? sessions.resolve({ label }) : sessions.find(sessionKey!)))?.key
  } catch {
    // No key at all, or a label that several have.
    return undefined
  }
}
