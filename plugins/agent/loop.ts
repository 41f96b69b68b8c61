/** The steps of a run: ask the model, run the tools it calls, ask again, until it has answered. */
import { NexusError } from 'nexus-gateway/sdk'
import { usageOf } from '../models/contract.ts'
import type { ModelFinish, ModelMessage, ModelsApi, ModelSpec, ModelUsage, StopReason, ToolCallPart } from '../models/contract.ts'
import type { AssistantMessage, NewMessage } from '../sessions/contract.ts'
import { toolError } from '../tools/contract.ts'
import type { ToolResult, ToolsApi } from '../tools/contract.ts'
import type { AgentProfile } from './config.ts'
import type { Prompt, RunEvent, RunInfo, Sampling } from './contract.ts'
import type { Conversation } from './conversation.ts'
import { createBreaker } from './breaker.ts'
import type { Breaker } from './breaker.ts'
import { createDraft } from './draft.ts'
import type { Draft } from './draft.ts'
import { failAgent } from './errors.ts'

/** Calls of one answer that are run; a model that wants more is told so. */
const maxCallsPerStep = 32
/** Characters a prompt may have per token of the context window: a quarter is left for the answer. */
const charsPerToken = 2.25
const usualWindow = 64_000

/** What a model reads in place of a result. */
const refusals = {
  refuse: 'Not run: this same call has given this same answer three times. Do something else, or answer with what you have.',
  tooMany: `Not run: at most ${maxCallsPerStep} calls of one answer are run. Call it again if it is still needed.`,
}

export interface Loop {
  readonly info: RunInfo
  readonly profile: AgentProfile
  readonly model: string | undefined
  readonly sampling: Sampling
  readonly instructions: string | undefined
  /** Its reason is the error the run ends with. */
  readonly signal: AbortSignal
  /** The run cannot go on: a part of the gateway that it needs has stopped. */
  interrupt(): void
  readonly conversation: Conversation
  readonly models: ModelsApi
  readonly tools: ToolsApi
  /** May change what the model is asked. */
  prepare(prompt: Prompt): Promise<Prompt>
  tell(event: RunEvent): void
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
}

/** Rejects only with what the transcript, a prompt hook or the registries throw. */
export async function converse(loop: Loop): Promise<Ending> {
  const spec = await loop.models.resolve(loop.model ?? loop.profile.model)
  const tools = spec.tools === false ? [] : (await loop.tools.list()).map(({ name, description, parameters }) => ({ name, description, parameters }))
  const messages = [...await loop.conversation.messages((spec.contextWindow ?? usualWindow) * charsPerToken)]
  const system = [loop.profile.system, loop.instructions].filter(Boolean).join('\n\n')
  const breaker = createBreaker()
  while (loop.tally.steps < loop.profile.maxSteps) {
    const draft = createDraft()
    const finish = await ask(loop, spec, { system, messages, tools }, draft)
    const message = assistantMessage(loop, draft, finish)
    if ('error' in finish || finish.stopReason === 'aborted' || draft.calls.length === 0) return ending(message, finish)
    await loop.conversation.append([message])
    messages.push({ role: 'assistant', content: message.content })
    for (const [at, call] of draft.calls.entries()) {
      const verdict = at < maxCallsPerStep ? breaker.check(call.name, call.arguments) : 'tooMany'
      if (verdict === 'stop') return { stopReason: 'error', error: failAgent('NEXUS_AGENT_LOOP', { tool: call.name }), last: [] }
      const result = verdict === 'run' ? await execute(loop, call, breaker) : toolError(refusals[verdict])
      const answer = { role: 'toolResult', toolCallId: call.id, toolName: call.name, ...result } as const
      await loop.conversation.append([answer])
      messages.push(answer)
      if (loop.signal.aborted) return { stopReason: 'aborted', last: [] }
    }
  }
  return { stopReason: 'error', error: failAgent('NEXUS_AGENT_STEPS', { steps: loop.profile.maxSteps }), last: [] }
}

interface Failed { readonly stopReason: 'error'; readonly error: NexusError; readonly usage: ModelUsage }

/** One request to the model. What it said before it failed or was stopped is in `draft`. */
async function ask(loop: Loop, spec: ModelSpec, wanted: Prompt, draft: Draft): Promise<ModelFinish | Failed> {
  const prompt = await loop.prepare(wanted)
  loop.tally.steps++
  loop.tally.provider = spec.provider
  loop.tally.model = spec.id
  try {
    const finish = await loop.models.stream({
      provider: spec.provider, model: spec.id, messages: withSystem(prompt), tools: prompt.tools, ...loop.sampling,
      signal: loop.signal, cause: loop.info.cause, runId: loop.info.runId,
      ...(loop.info.sessionKey === undefined ? {} : { sessionKey: loop.info.sessionKey }),
    }, (part) => {
      draft.take(part)
      if (part.type !== 'toolCall') loop.tell(part)
    })
    loop.tally.provider = finish.provider
    loop.tally.model = finish.model
    loop.tally.usage = sum(loop.tally.usage, finish.usage)
    // Nobody asked for that here, so the provider is closing.
    if (finish.stopReason === 'aborted' && !loop.signal.aborted) loop.interrupt()
    return finish
  } catch (error) {
    return { stopReason: 'error', error: asRunError(error, loop.info.cause.trace), usage: usageOf({}) }
  }
}

/** An answer cut off before its first word leaves no message: the run's marker says what happened. */
function ending(message: NewMessage, finish: ModelFinish | Failed): Ending {
  const last = message.content.length > 0 || 'error' in finish ? [message] : []
  return { stopReason: finish.stopReason, last, ...('error' in finish ? { error: finish.error } : {}) }
}

async function execute(loop: Loop, call: ToolCallPart, breaker: Breaker): Promise<ToolResult> {
  const { runId, sessionKey, cause } = loop.info
  loop.tell({ type: 'toolStart', id: call.id, name: call.name, args: call.arguments })
  const result = await loop.tools.execute({
    name: call.name, args: call.arguments, id: call.id, signal: loop.signal, runId,
    cause, ...(sessionKey === undefined ? {} : { sessionKey }),
  })
  loop.tell({ type: 'toolEnd', id: call.id, name: call.name, isError: result.isError })
  breaker.answered(call.name, call.arguments, result.content)
  return result
}

function assistantMessage({ tally, signal }: Loop, draft: Draft, finish: ModelFinish | Failed): Omit<AssistantMessage, 'timestamp'> {
  const error = 'error' in finish ? finish.error : finish.stopReason === 'aborted' ? (signal.reason as NexusError) : undefined
  return {
    role: 'assistant',
    content: draft.content(),
    provider: tally.provider ?? '',
    model: tally.model ?? '',
    usage: finish.usage,
    stopReason: finish.stopReason,
    ...(error ? { errorMessage: error.message } : {}),
  }
}

function withSystem({ system, messages }: Prompt): readonly ModelMessage[] {
  return system === '' ? messages : [{ role: 'system', content: system }, ...messages]
}

function sum(a: ModelUsage, b: ModelUsage): ModelUsage {
  return usageOf({ input: a.input + b.input, output: a.output + b.output, cacheRead: a.cacheRead + b.cacheRead, cacheWrite: a.cacheWrite + b.cacheWrite })
}

/** What may be told to people; anything unforeseen keeps its text for the log. */
export function asRunError(error: unknown, trace: string): NexusError {
  return error instanceof NexusError ? error : failAgent('NEXUS_AGENT_FAILED', { trace }, error)
}
