/** The method `agent`: takes a message for an agent, answers once it is on disk, and leaves the outcome to `agent.wait` and the events. */
import { followedBy } from 'nexus-gateway/sdk'
import type { Call } from 'nexus-gateway/sdk'
import type { InferOutput } from 'valibot'
import { thinkingLevels } from '../models/contract.ts'
import type { SessionsApi } from '../sessions/contract.ts'
import { keepToAgent } from './bounds.ts'
import { maxTimeoutMs } from './config.ts'
import type { RunOutcome } from './contract.ts'
import { failAgent } from './errors.ts'
import { agentOf, mainAgent } from './profiles.ts'
import type { Runs } from './runs.ts'
import type { AgentAccepted, AgentAsk } from './wire-agents.ts'

/** Fields that would have it do something else than it does; a value that asks for nothing passes. */
const refused: { readonly [K in keyof AgentAsk]?: string } = {
  deliver: 'answers are not delivered to channels', to: 'answers are not delivered to channels', replyTo: 'answers are not delivered to channels',
  channel: 'answers are not delivered to channels', replyChannel: 'answers are not delivered to channels', accountId: 'answers are not delivered to channels',
  replyAccountId: 'answers are not delivered to channels', threadId: 'answers are not delivered to channels',
  groupId: 'the group follows from the session', groupChannel: 'the group follows from the session', groupSpace: 'the group follows from the session',
  spawnedBy: 'only a run begins sub-agents', cwd: 'the folder follows from the agent', attachments: 'send files with chat.send', internalEvents: 'they come from the gateway itself',
  inputProvenance: 'where a message comes from follows from the credential', swarmOutputSchema: 'it is not supported', modelRun: 'it is not supported',
  suppressPromptPersistence: 'every message is kept', execApprovalFollowupExpectedSessionId: 'it is not supported', internalRuntimeHandoffId: 'it is not supported',
}
const asksFor = (value: unknown): boolean => value !== undefined && value !== false && value !== '' && !(typeof value === 'object' && value !== null && Object.keys(value).length === 0)

export interface Asking { readonly runs: Pick<Runs, 'run'>; readonly sessions: SessionsApi; now(): number }

const statuses = { started: 'accepted', in_flight: 'in_flight', ended: 'ok' } as const

export async function askAgent({ runs, sessions, now }: Asking, params: AgentAsk, call: Call): Promise<InferOutput<typeof AgentAccepted>> {
  for (const [field, reason] of Object.entries(refused)) if (asksFor(params[field as keyof AgentAsk])) throw failAgent('NEXUS_AGENT_UNSUPPORTED', { method: 'agent', field, reason })
  if (params.message.trim() === '') throw failAgent('NEXUS_AGENT_CONTENT', { reason: 'it is empty' })
  const sessionKey = await keyOf(sessions, params, call)
  const { message, idempotencyKey, timeout, extraSystemPrompt, label } = params
  const thinking = thinkingLevels.find((level) => level === params.thinking)
  const model = params.model !== undefined && params.provider ? `${params.provider}/${params.model}` : params.model
  // A session that is there is named by those who may change it.
  if (label !== undefined && !await sessions.find(sessionKey)) await sessions.patch(sessionKey, { label })
  const run = await runs.run({
    sessionKey, idempotencyKey, runId: idempotencyKey, cause: call, message: [{ type: 'text', text: message }],
    ...(model !== undefined && { model }), ...(thinking && { thinking }), ...(extraSystemPrompt && { instructions: extraSystemPrompt }),
    ...(timeout !== undefined && { timeoutMs: Math.min(timeout * 1000 || maxTimeoutMs, maxTimeoutMs) }),
    ...(call.connection && { connectionId: call.connection.id }),
  })
  const accepted = { runId: run.runId, status: statuses[run.state], acceptedAt: now(), sessionKey }
  if (run.state !== 'started') return accepted
  // `expectFinal` of the protocol's clients waits for it.
  return followedBy(accepted, run.done.then(finalOf))
}

/** In the reference's shape. Throws what the run has failed with. */
function finalOf({ runId, text, startedAt, endedAt, provider, model, usage, error }: RunOutcome): object {
  if (error) throw error
  return { runId, status: 'ok', summary: 'completed', result: { payloads: text === '' ? [] : [{ text }], meta: { durationMs: endedAt - startedAt, agentMeta: { provider, model, usage } } } }
}

/** Throws NEXUS_SESSIONS_KEY, NEXUS_AGENT_SESSION, NEXUS_AGENT_BOUND. */
async function keyOf(sessions: SessionsApi, { sessionKey, sessionId, agentId, expectedExistingSessionId }: AgentAsk, { caller }: Call): Promise<string> {
  const named = sessionKey === undefined && sessionId !== undefined ? (await sessions.resolve({ sessionId }))?.key : sessionKey
  if (named === undefined && sessionId !== undefined) throw failAgent('NEXUS_AGENT_SESSION', { reason: 'no session has that id' })
  const key = sessions.normalize(named === undefined ? `agent:${agentId ?? mainAgent}:main` : agentId === undefined || /^agent:/i.test(named) ? named : `agent:${agentId}:${named}`)
  keepToAgent(caller, agentOf(key))
  if (agentId !== undefined && agentOf(key) !== agentId.toLowerCase()) throw failAgent('NEXUS_AGENT_SESSION', { reason: 'it is another agent\'s' })
  const expected = expectedExistingSessionId ?? sessionId
  if (expected !== undefined && (await sessions.find(key))?.id !== expected) throw failAgent('NEXUS_AGENT_SESSION', { reason: 'it has begun anew since' })
  return key
}
