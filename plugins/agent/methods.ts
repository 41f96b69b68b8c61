/** Answers of the methods about agents and runs. */
import type { InferOutput } from 'valibot'
import type { SessionsApi } from '../sessions/contract.ts'
import { failAgent } from './errors.ts'
import { agentOf, mainAgent, profileOf } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'
import type { Records } from './records.ts'
import type { RunRecord } from './timeline.ts'
import type { IdentityParams, IdentityResult } from './wire-agents.ts'
import type { AgentsGetResult, AgentsListResult, RunsListParams, RunsListResult } from './wire-shapes.ts'

export function agentsList(all: ReadonlyMap<string, AgentProfile>): InferOutput<typeof AgentsListResult> {
  const rows = [...all.values()].map(({ id, name, emoji, avatar }) => ({
    id, ...(name !== undefined && { name }),
    ...((emoji ?? avatar) !== undefined && { identity: { ...(name !== undefined && { name }), ...(emoji !== undefined && { emoji }), ...(avatar !== undefined && { avatar }) } }),
  }))
  return { defaultId: mainAgent, mainKey: 'main', scope: 'per-sender', agents: rows }
}

/** Of the agent, of the session's agent, or of `main`. Throws NEXUS_AGENT_UNKNOWN, NEXUS_SESSIONS_KEY. */
export function identityGet(all: ReadonlyMap<string, AgentProfile>, { agentId, sessionKey }: InferOutput<typeof IdentityParams>, sessions: Pick<SessionsApi, 'normalize'>): InferOutput<typeof IdentityResult> {
  const { id, name, emoji, avatar } = profileOf(all, agentId ?? (sessionKey ? agentOf(sessions.normalize(sessionKey)) : mainAgent))
  return { agentId: id, name: name ?? id, nameSource: name === undefined ? 'default' : 'config', ...(emoji !== undefined && { emoji }), ...(avatar !== undefined && { avatar }) }
}

/** Throws NEXUS_AGENT_UNKNOWN. */
export function agentsGet(all: ReadonlyMap<string, AgentProfile>, id: string): InferOutput<typeof AgentsGetResult> {
  const { name, model, fallbacks, thinking, workspace, timeoutMs, maxSteps, tools, compaction, pruning, bootstrap, system, subagents } = profileOf(all, id)
  const known = Object.entries({ name, model, fallbacks, thinking, workspace, tools }).filter(([, value]) => value !== undefined)
  return {
    id, ...Object.fromEntries(known), timeoutMs, maxSteps, compaction: { ...compaction }, pruning: { ...pruning }, bootstrap: [...bootstrap.files], systemChars: system.length,
    subagents: Object.fromEntries(Object.entries(subagents).filter(([, value]) => value !== undefined)),
  }
}

export async function runsList(records: Records, { limit, sessionKey, agentId }: InferOutput<typeof RunsListParams>, sessions: Pick<SessionsApi, 'normalize'>): Promise<InferOutput<typeof RunsListResult>> {
  const key = sessionKey === undefined ? undefined : sessions.normalize(sessionKey)
  const found = await records.list(limit, (one) => (key === undefined || one.sessionKey === key) && (agentId === undefined || one.agentId === agentId))
  return { runs: found.map(({ timeline: _timeline, left: _left, chars: _chars, firstMs: _firstMs, reasons: _reasons, ...row }) => row) }
}

/** Rejects with NEXUS_AGENT_RUN_UNKNOWN. */
export async function runsGet(records: Records, runId: string): Promise<{ run: RunRecord }> {
  const run = await records.find(runId)
  if (!run) throw failAgent('NEXUS_AGENT_RUN_UNKNOWN')
  return { run }
}
