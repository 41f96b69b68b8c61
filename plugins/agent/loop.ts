/** The steps of a run: ask the model, run the tools it calls, ask again, until it has answered. */
import { NexusError } from 'nexus-gateway/sdk'
import type { Clock } from 'nexus-gateway/sdk'
import { sumOf, usageOf } from '../models/contract.ts'
import type { ModelFinish, ModelMessage, ModelRequest, ModelsApi, ModelTool, ModelUsage, StopReason, ThinkingLevel, ToolCallPart } from '../models/contract.ts'
import type { AssistantMessage, NewMessage } from '../sessions/contract.ts'
import { toolError } from '../tools/contract.ts'
import type { ToolContext, ToolResult, ToolsApi } from '../tools/contract.ts'
import type { AgentProfile } from './profiles.ts'
import type { Place, Prompt, RunEvent, RunInfo, Sampling } from './contract.ts'
import type { Conversation } from './conversation.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker } from './breaker.ts'
import { createDraft } from './draft.ts'
import type { Draft } from './draft.ts'
import { failAgent } from './errors.ts'
import type { Offer } from './offer.ts'
import { usageWithCost } from './price.ts'
import { isTooLong, makeRoom, settle, shown, systemFor } from './setting.ts'
import type { Setting } from './setting.ts'
import { tokensOfAll } from './size.ts'
import type { Limits } from './rights.ts'
import type { Timeline } from './timeline.ts'

/** Calls of one answer that are run; a model that wants more is told so. */
const maxCallsPerStep = 32
/** What a model reads in place of a result. */
const refusals = {
  refuse: 'Not run: this same call has given this same answer three times. Do something else, or answer with what you have.',
  steered: 'Not run: the user has sent another message, which follows. Call it again if it is still needed.',
  tooMany: `Not run: at most ${maxCallsPerStep} calls of one answer are run. Call it again if it is still needed.`,
}

export interface Loop {
  readonly info: RunInfo
  readonly profile: AgentProfile
  readonly model: string | undefined
  readonly thinking: ThinkingLevel | undefined
  readonly place: Place | undefined
  readonly profiles: ReadonlyMap<string, AgentProfile>
  /** Of the run that wrote to this session: what binds that one binds this one. */
  readonly bound: ToolContext | undefined
  /** What binds it besides its session and its agent. */
  readonly limits: Limits | undefined
  readonly sampling: Sampling
  readonly toolChoice: ModelRequest['toolChoice']
  readonly responseFormat: ModelRequest['responseFormat']
  /** Offered instead of the gateway's tools, and run by whoever asked. */
  readonly clientTools: readonly ModelTool[] | undefined
  readonly instructions: string | undefined
  /** Its reason is the error the run ends with. */
  readonly signal: AbortSignal
  /** The run cannot go on: a part of the gateway that it needs has stopped. */
  interrupt(): void
  readonly conversation: Conversation
  readonly models: ModelsApi
  readonly tools: ToolsApi
  readonly offer: Offer
  readonly clock: Clock
  /** The system prompt's part from the workspace. */
  bootstrap(root: string | undefined, isSubagent: boolean): Promise<string>
  /** Messages that came meanwhile and are to be answered along with this one; empty if there are none. */
  join(when: 'begin' | 'step'): Promise<readonly ModelMessage[]>
  /** Whether `join` would give any. */
  hasJoiners(): boolean
  problem(what: string, error: unknown): void
  readonly timeline: Timeline
  /** May change what the model is asked. */
  prepare(prompt: Prompt): Promise<Prompt>
  tell(event: RunEvent): void
  /** An answer of the model is whole. */
  stepped(): void
  readonly tally: Tally
}

/** What a run has used so far; it is kept when the run fails. */
export interface Tally {
  steps: number
  usage: ModelUsage
  provider: string | undefined
  model: string | undefined
}
export const emptyTally = (): Tally => ({ steps: 0, usage: usageOf({}), provider: undefined, model: undefined })

export interface Ending {
  readonly stopReason: StopReason
  readonly error?: NexusError
  /** Not in the transcript yet. */
  readonly last: readonly NewMessage[]
  /** Of the caller's own tools. */
  readonly toolCalls?: readonly ToolCallPart[]
}

/** Rejects only with what the transcript, a prompt hook or the registries throw. */
export async function converse(loop: Loop): Promise<Ending> {
  await loop.join('begin')
  const all = await loop.conversation.messages()
  const setting = await settle(loop, all)
  let messages = [...await shown(loop, setting, all)]
  const breaker = createBreaker()
  let mended = false
  while (loop.tally.steps < loop.profile.maxSteps) {
    const draft = createDraft()
    const finish = await ask(loop, setting, messages, draft)
    if ('error' in finish && !mended && draft.content().length === 0 && isTooLong(finish.error)) {
      mended = true
      if (await makeRoom(loop, setting)) {
        messages = [...await shown(loop, setting, await loop.conversation.messages())]
        continue
      }
    }
    const message = await assistantMessage(loop, setting, draft, finish)
    if ('error' in finish || finish.stopReason === 'aborted' || draft.calls.length === 0) return ending(message, finish)
    if (loop.clientTools) return { stopReason: 'toolUse', last: [message], toolCalls: draft.calls }
    messages.push(...await loop.conversation.append([message]))
    const end = await runCalls(loop, setting, draft.calls, breaker, messages)
    if (end) return end
    messages.push(...await loop.join('step'))
    if (tokensOfAll(messages) > setting.mostTokens && await makeRoom(loop, setting)) messages = [...await shown(loop, setting, await loop.conversation.messages())]
  }
  return { stopReason: 'error', error: failAgent('NEXUS_AGENT_STEPS', { steps: loop.profile.maxSteps }), last: [] }
}

async function runCalls(loop: Loop, setting: Setting, calls: readonly ToolCallPart[], breaker: Breaker, messages: ModelMessage[]): Promise<Ending | undefined> {
  for (const [at, call] of calls.entries()) {
    const verdict = at >= maxCallsPerStep ? 'tooMany' : at > 0 && loop.hasJoiners() ? 'steered' : breaker.check(call.name, call.arguments)
    if (verdict === 'stop') return { stopReason: 'error', error: failAgent('NEXUS_AGENT_LOOP', { tool: call.name }), last: [] }
    const result = verdict === 'run' ? await execute(loop, setting, call, breaker) : toolError(refusals[verdict])
    messages.push(...await loop.conversation.append([{ role: 'toolResult', toolCallId: call.id, toolName: call.name, ...result }]))
    if (loop.signal.aborted) return { stopReason: 'aborted', last: [] }
  }
  return undefined
}

interface Failed { readonly stopReason: 'error'; readonly error: NexusError; readonly usage: ModelUsage }

/** One request to the model. What it said before it failed or was stopped is in `draft`. */
async function ask(loop: Loop, setting: Setting, messages: readonly ModelMessage[], draft: Draft): Promise<ModelFinish | Failed> {
  const { spec, route, thinking, tools } = setting
  const prompt = await loop.prepare({ system: systemFor(loop, setting), messages, tools })
  const { tally, info, timeline, conversation } = loop
  tally.steps++
  tally.provider = spec.provider
  tally.model = spec.id
  const began = loop.clock.now()
  timeline.add('ask', `${spec.provider}/${spec.id}: ${prompt.messages.length} messages, ${prompt.tools.length} tools`)
  try {
    const finish = await loop.models.stream({
      provider: spec.provider, model: spec.id, messages: withSystem(prompt), tools: prompt.tools, ...loop.sampling, ...formOf(loop, prompt),
      fallbacks: route.fallbacks, ...(thinking !== undefined && { thinking }),
      signal: loop.signal, cause: info.cause, runId: info.runId, agentId: info.agentId,
      ...(info.sessionKey === undefined ? {} : { sessionKey: info.sessionKey, ...(conversation.beginning && { ready: conversation.beginning }) }),
    }, (part) => {
      draft.take(part)
      if (part.type === 'text') timeline.said(part.delta.length)
      if (part.type !== 'toolCall') loop.tell(part)
    })
    tally.provider = finish.provider
    tally.model = finish.model
    tally.usage = sumOf(tally.usage, finish.usage)
    timeline.add('answer', `${finish.provider}/${finish.model}: ${finish.stopReason}, ${finish.usage.totalTokens} tokens`, { ms: loop.clock.now() - began })
    // Nobody asked for that here, so the provider is closing.
    if (finish.stopReason === 'aborted' && !loop.signal.aborted) loop.interrupt()
    return finish
  } catch (error) {
    const failed = asRunError(error, info.cause.trace)
    timeline.add('answer', failed.message, { ms: loop.clock.now() - began, isError: true })
    return { stopReason: 'error', error: failed, usage: usageOf({}) }
  } finally {
    loop.stepped()
  }
}

/** A call that has to be made is made in the first step: with its result the model may answer. */
function formOf({ toolChoice, responseFormat, tally }: Loop, { tools }: Prompt): Pick<ModelRequest, 'toolChoice' | 'responseFormat'> {
  const holds = toolChoice !== undefined && tools.length > 0 && (toolChoice === 'none' || tally.steps === 1)
  return { ...(holds && { toolChoice }), ...(responseFormat && { responseFormat }) }
}

/** An answer cut off before its first word leaves no message: the run's marker says what happened. */
function ending(message: NewMessage, finish: ModelFinish | Failed): Ending {
  const last = message.content.length > 0 || 'error' in finish ? [message] : []
  return { stopReason: finish.stopReason, last, ...('error' in finish ? { error: finish.error } : {}) }
}

async function execute(loop: Loop, { context }: Setting, call: ToolCallPart, breaker: Breaker): Promise<ToolResult> {
  const { runId, sessionKey, cause } = loop.info
  const began = loop.clock.now()
  loop.tell({ type: 'toolStart', id: call.id, name: call.name, args: call.arguments })
  loop.timeline.add('tool', call.name)
  const result = await loop.tools.execute({
    name: call.name, args: call.arguments, id: call.id, signal: loop.signal, runId, context,
    cause, ...(sessionKey === undefined ? {} : { sessionKey }),
  })
  loop.tell({ type: 'toolEnd', id: call.id, name: call.name, isError: result.isError })
  loop.timeline.add('result', call.name, { ms: loop.clock.now() - began, isError: result.isError })
  breaker.answered(call.name, call.arguments, result.content)
  return result
}

async function assistantMessage({ tally, signal, models }: Loop, { spec }: Setting, draft: Draft, finish: ModelFinish | Failed): Promise<Omit<AssistantMessage, 'timestamp'>> {
  const error = 'error' in finish ? finish.error : finish.stopReason === 'aborted' ? (signal.reason as NexusError) : undefined
  return {
    role: 'assistant',
    content: draft.content(),
    provider: tally.provider ?? '',
    model: tally.model ?? '',
    usage: await usageWithCost(models, spec, { provider: tally.provider ?? '', model: tally.model ?? '', usage: finish.usage }),
    stopReason: finish.stopReason,
    ...(error ? { errorMessage: error.message } : {}),
  }
}

function withSystem({ system, messages }: Prompt): readonly ModelMessage[] {
  return system === '' ? messages : [{ role: 'system', content: system }, ...messages]
}

/** What may be told to people; anything unforeseen keeps its text for the log. */
export function asRunError(error: unknown, trace: string): NexusError {
  return error instanceof NexusError ? error : failAgent('NEXUS_AGENT_FAILED', { trace }, error)
}
