/**
 * Runs. A message comes in, a model answers, with tools in between, and the outcome stands in the transcript.
 * Whoever starts runs (chat, the `/v1` surface, channels, schedules) takes the service `Agent`; whoever
 * watches them taps `runStarted`, `runProgress` and `runEnded`.
 */
import * as v from 'valibot'
import { contract, controlWrites, event, hook, method, service } from 'nexus-gateway/sdk'
import type { Cause, NexusError } from 'nexus-gateway/sdk'
import type { ModelMessage, ModelRequest, ModelTool, ModelUsage, StopReason, ThinkingLevel, ToolCallPart } from '../models/contract.ts'
import type { UserMessage } from '../sessions/contract.ts'
import type { DisconnectPolicy, QueueMode } from './config.ts'
import type { AgentProfile } from './profiles.ts'
import type { Place } from './rights.ts'
import * as wire from './wire-agents.ts'
import { AgentsGetResult, AgentsListResult, RunsGetResult, RunsListParams, RunsListResult } from './wire-shapes.ts'

export { keepToAgent } from './bounds.ts'
export { disconnectPolicies, queueModes } from './config.ts'
export type { DisconnectPolicy, QueueMode } from './config.ts'
export { agentErrors } from './errors.ts'
export type { AgentProfile } from './profiles.ts'
export type { Place } from './rights.ts'
export { silentTokens } from './silent.ts'
export { isStopWord } from './stop.ts'
export type { RunRecord, RunStep } from './timeline.ts'

// ── Runs ────────────────────────────────────────────────────────────────────────────────────────

/** Passed to the model as it is; what is left out is the provider's choice. */
export interface Sampling {
  readonly maxOutputTokens?: number
  readonly temperature?: number
  readonly topP?: number
  readonly stop?: readonly string[]
}

interface Wish {
  readonly cause: Cause
  /** Instead of the agent's model: `provider/id` or a bare id. */
  readonly model?: string
  /** Instead of the session's and the agent's. */
  readonly thinking?: ThinkingLevel
  /** What is known of the place it comes from, for the policies of tools; a session's key tells the channel and the group. */
  readonly place?: Place
  /** Milliseconds from the first step on, at most 24 h; without it the agent's own limit holds. */
  readonly timeoutMs?: number
  readonly sampling?: Sampling
  /** These two as in `ModelRequest`, in every step. */
  readonly toolChoice?: ModelRequest['toolChoice']
  readonly responseFormat?: ModelRequest['responseFormat']
  /**
   * Answers that are one of these and nothing else are silent: nothing of them is told, and the outcome says `silent`.
   * `silentTokens.reply` for a session if left out, none for `answer`; a heartbeat adds `silentTokens.heartbeat`.
   */
  readonly silent?: readonly string[]
  /** For this run, after the agent's own system prompt. */
  readonly instructions?: string
  /** Aborting it stops the run. */
  readonly signal?: AbortSignal
  /** The scope of whoever asks, `ctx.scope.signal`: if `signal` aborts because that has ended, the run counts as interrupted. */
  readonly closing?: AbortSignal
  /** Takes what a drain has to wait for, such as `call.waitUntil`; it never rejects. Without it the agent sees to that itself. */
  readonly waitUntil?: (work: Promise<unknown>) => void
  /** Told of every piece as it comes. It must not throw and should be quick. */
  readonly onEvent?: (event: RunEvent) => void
}

/** A message for a session. */
export interface RunRequest extends Wish {
  /** In any form `sessions` takes; `main` is the main session of the agent `main`. */
  readonly sessionKey: string
  readonly message: UserMessage['content']
  /** A new UUID without it. */
  readonly runId?: string
  /** If the session is busy; without it the session's setting holds, then `agent.queue.mode`. */
  readonly queueMode?: QueueMode
  /** Ids of connections that get the run's `tool` events from its beginning; see `AgentApi.watch`. */
  readonly toolEventsTo?: readonly string[]
  /** The connection that asks. When it closes, `onDisconnect` holds: of the request, else of the settings. */
  readonly connectionId?: string
  readonly onDisconnect?: DisconnectPolicy
}
/** A key that the session has seen begins nothing: the answer names the run it began. */
export interface KeyedRunRequest extends RunRequest { readonly idempotencyKey: string }

/** A conversation that the caller keeps: no session, no transcript, nothing durable. */
export interface AnswerRequest extends Wish {
  readonly agentId: string
  /** Oldest first, the last one being what is to be answered. */
  readonly messages: readonly ModelMessage[]
  /**
   * Tools that the caller runs. Only these are offered; when the model calls some, the run ends as `ok` with stopReason
   * `toolUse` and they stand in the outcome's `toolCalls`. The caller's next request brings the results in `messages`.
   */
  readonly clientTools?: readonly ModelTool[]
}

interface RunNamed {
  readonly runId: string
  readonly agentId: string
  /** Normalized; none for a conversation that the caller keeps. */
  readonly sessionKey: string | undefined
}
export interface StartedRun extends RunNamed {
  readonly state: 'started'
  /** Never rejects. Resolves when the outcome is on disk. */
  readonly done: Promise<RunOutcome>
}
/** Begun earlier, by a request with the same idempotency key: `in_flight` it goes on, `ended` it is over. */
export interface KnownRun extends RunNamed { readonly state: 'in_flight' | 'ended' }
export type Run = StartedRun | KnownRun

/** `text` pieces put together are the outcome's `text`. */
export type RunEvent =
  | { readonly type: 'start'; readonly at: number }
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'thinking'; readonly delta: string }
  | { readonly type: 'toolStart'; readonly id: string; readonly name: string; readonly args: unknown }
  | { readonly type: 'toolEnd'; readonly id: string; readonly name: string; readonly isError: boolean }
  | { readonly type: 'compaction'; readonly phase: 'start' | 'end'; readonly done: boolean }

export interface RunInfo {
  readonly runId: string
  readonly agentId: string
  readonly sessionKey: string | undefined
  /** On whose behalf; `cause.caller.label` says how far that is trusted. */
  readonly cause: Cause
  /** The run that started this one: a sub-agent's. */
  readonly parentRunId?: string
  /** Milliseconds since the epoch. */
  readonly startedAt: number
}

/** `interrupted`: the gateway, or a plugin that the run needs, stopped before it was over. */
export type RunStatus = 'ok' | 'aborted' | 'timeout' | 'error' | 'interrupted'

/** An outcome without its text, as it is remembered. */
export interface RunSummary extends RunInfo {
  readonly status: RunStatus
  readonly stopReason: StopReason
  /** Tokens of all steps. */
  readonly usage: ModelUsage
  /** Steps made: requests to a model. */
  readonly steps: number
  /** What answered last, if anything did. */
  readonly provider: string | undefined
  readonly model: string | undefined
  /** Why, unless `ok`. */
  readonly error: NexusError | undefined
  readonly endedAt: number
  /** The run that answered this one's message together with its own; then there is no text here, and no usage. */
  readonly joined?: string
  /** How many `runProgress` there were. */
  readonly pieces: number
  /** The answer was a silent token: there is no text, and nobody is to be sent anything. */
  readonly silent?: true
}
export interface RunOutcome extends RunSummary {
  /** Everything the model said to the user, over all steps, also when it was cut off. */
  readonly text: string
  /** Calls of the caller's own tools (`clientTools`) that the run ended with; none of them was made. */
  readonly toolCalls?: readonly ToolCallPart[]
}

/** What a run has said since the piece before: `seq` counts from 1 without gaps, `text` is all of it so far. */
export interface RunPiece {
  readonly runId: string
  readonly agentId: string
  readonly sessionKey: string | undefined
  readonly seq: number
  readonly delta: string
  readonly text: string
  readonly at: number
}

/** What a model is about to be asked. */
export interface Prompt {
  readonly system: string
  readonly messages: readonly ModelMessage[]
  readonly tools: readonly ModelTool[]
}

export interface AgentInfo { readonly id: string; readonly name: string | undefined }

export interface AgentMetrics {
  readonly running: number
  readonly waiting: number
  readonly maxRuns: number
  readonly maxWaitingPerSession: number
}

export interface AgentApi {
  /**
   * Takes a message for a session and resolves once it is on disk; the run follows in the session's lane, one
   * at a time and in order. Rejects with NEXUS_AGENT_UNKNOWN, NEXUS_AGENT_BUSY (retryable), NEXUS_AGENT_CLOSING
   * (retryable) and what `sessions.accept` rejects with.
   */
  run(request: KeyedRunRequest): Promise<Run>
  run(request: RunRequest): Promise<StartedRun>
  /** Answers a conversation that the caller keeps, at once and in no lane. Throws as `run`. */
  answer(request: AnswerRequest): StartedRun
  /** Stops the session's runs, waiting ones too, or only `runId`. Gives the ids of those it told to stop. */
  abort(sessionKey: string, runId?: string): readonly string[]
  /** The run, if it waits, runs or ended not long ago (the last 1,000). */
  find(runId: string): Promise<RunSummary> | undefined
  /**
   * From now on the connection gets the run's events of stream `tool`, which go to nobody else. For whoever has the
   * cap `tool-events` and asks for the run or began it. `false`: there is no such run any more, or 64 watch it.
   */
  watch(runId: string, connectionId: string): boolean
  /**
   * The profiles that bind runs of this session: its agent's, then those of the agents whose runs began it. Whoever
   * keeps to a profile's `budget` or `approvals` keeps to all of these, so that no sub-agent has more than what began it.
   */
  boundBy(sessionKey: string): Promise<readonly AgentProfile[]>
  /** What the settings say of an agent. */
  profile(agentId: string): AgentProfile | undefined
  /** In the order of the settings, the default first. */
  agents(): readonly AgentInfo[]
  metrics(): AgentMetrics
}
export const Agent = service<AgentApi>('agent/1')

// ── Hooks ───────────────────────────────────────────────────────────────────────────────────────

/** A run leaves its lane's queue and begins. */
export const runStarted = hook.series<[RunInfo]>('agent.runStarted')
/** The first piece at once, then at most one in 150 ms, and the rest before a tool runs and before the end. */
export const runProgress = hook.series<[RunPiece]>('agent.runProgress')
/** After the outcome is on disk. */
export const runEnded = hook.series<[RunOutcome]>('agent.runEnded')
/** Before every request to a model; a tap may give another prompt. One that throws fails the run. */
export const runPrompt = hook.waterfall<[Prompt, RunInfo]>('agent.runPrompt')

// ── Methods and events ──────────────────────────────────────────────────────────────────────────

const id = v.pipe(v.string(), v.minLength(1), v.maxLength(512))

/** The protocol's agent event. `data` by `stream`: `lifecycle`, `assistant`, `tool` and `compaction`; see the README. */
export const AgentEvent = v.strictObject({
  runId: v.string(),
  stream: v.picklist(['lifecycle', 'assistant', 'tool', 'compaction']),
  data: v.record(v.string(), v.unknown()),
  sessionKey: v.optional(v.string()),
  agentId: v.string(),
  seq: v.number(),
  ts: v.number(),
})

export const agent = contract({
  id: 'agent',
  provides: { agent: Agent },
  methods: {
    'agents.list': method({
      scope: 'operator.read',
      params: v.optional(v.strictObject({}), {}),
      result: AgentsListResult,
      summary: 'The agents of this gateway.',
    }),
    'agents.get': method({ scope: 'operator.read', params: v.strictObject({ agentId: id }), result: AgentsGetResult, summary: 'The settings of one agent, the defaults filled in.' }),
    'agents.create': method({ scope: 'operator.admin', limit: controlWrites, params: wire.CreateParams, result: wire.CreateResult, summary: 'Adds an agent to the settings.' }),
    'agents.update': method({ scope: 'operator.admin', limit: controlWrites, params: wire.UpdateParams, result: wire.UpdateResult, summary: 'Changes an agent in the settings.' }),
    'agents.delete': method({ scope: 'operator.admin', limit: controlWrites, params: wire.DeleteParams, result: wire.DeleteResult, summary: 'Takes an agent out of the settings; its sessions and files stay.' }),
    'agents.files.list': method({ scope: 'operator.read', params: wire.FilesListParams, result: wire.FilesListResult, summary: 'The files that tell an agent who it is.' }),
    'agents.files.get': method({ scope: 'operator.read', params: wire.FilesGetParams, result: wire.FilesGetResult, summary: 'One of these files.' }),
    'agents.files.set': method({ scope: 'operator.admin', params: wire.FilesSetParams, result: wire.FilesSetResult, summary: 'Writes one of these files.' }),
    'agent.identity.get': method({ scope: 'operator.read', params: wire.IdentityParams, result: wire.IdentityResult, summary: 'Name and looks of an agent.' }),
    agent: method({ scope: 'operator.write', params: wire.AgentParams, result: wire.AgentAccepted, summary: 'Takes a message for an agent; the outcome follows by agent.wait and the events.' }),
    'runs.list': method({ scope: 'operator.read', params: RunsListParams, result: RunsListResult, summary: 'The latest runs, newest first.' }),
    'runs.get': method({ scope: 'operator.read', params: v.strictObject({ runId: id }), result: RunsGetResult, summary: 'One run as a timeline: route, steps, tools, outcome.' }),
    'agent.wait': method({
      scope: 'operator.write',
      params: v.strictObject({ runId: id, timeoutMs: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(600_000)), 30_000) }),
      result: v.strictObject({
        runId: v.string(),
        status: v.picklist(['ok', 'error', 'timeout']),
        startedAt: v.optional(v.number()),
        endedAt: v.optional(v.number()),
        error: v.optional(v.string()),
      }),
      summary: 'Waits for a run to end; `timeout` if it has not by then.',
    }),
  },
  events: {
    agent: event({ scope: 'operator.read', payload: AgentEvent, summary: 'What a run does, as it does it.' }),
  },
})
