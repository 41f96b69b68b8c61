/**
 * The one executor. Every tool call of every model, client and plugin takes these steps and no others: find → policy →
 * arguments → before → approval → run under a deadline → cut → after (record). Policy comes first, so that nobody learns
 * what arguments a tool wants that he may not use.
 */
import { lowered, NexusError } from 'nexus-gateway/sdk'
import type { Clock, MaybePromise } from 'nexus-gateway/sdk'
import { underSignals } from '../models/contract.ts'
import { approvedBy } from './approval.ts'
import type { Approval, CheckedArgs, ToolCall, ToolContext, ToolOutcome, ToolRequest, ToolResult, ToolSpec } from './contract.ts'
import { failTools } from './errors.ts'
import { decide, explain, layersOf, namedIn } from './policy.ts'
import type { PolicySettings } from './policy.ts'
import type { Registry } from './registry.ts'
import { maxNesting, nestsTooDeep } from './nesting.ts'
import { cut } from './result.ts'

/** The plugin's hooks, as functions. */
export interface ToolHooks {
  check(name: string, args: unknown): MaybePromise<CheckedArgs | undefined>
  /** For whom a call is that says no more than its session. */
  context(whose: { readonly sessionKey?: string; readonly agentId?: string }): MaybePromise<ToolContext | undefined>
  before(call: ToolCall): MaybePromise<void>
  approval(call: ToolCall): MaybePromise<Approval | undefined>
  run(call: ToolCall): MaybePromise<ToolResult | undefined>
  after(call: ToolCall, outcome: ToolOutcome): MaybePromise<void>
}
export interface Limits { readonly timeoutMs: number; readonly maxOutputChars: number }
/** Bad arguments are told only to who may use the tool. */
interface Checked { readonly args: Readonly<Record<string, unknown>>; readonly fault?: NexusError }
/** `approval`: patterns of tools that need consent. */
export interface Rules extends PolicySettings { readonly approval?: readonly string[] | undefined }

export interface Executor {
  /** Throws NEXUS_TOOLS_… for everything but the tool's own answer. */
  run(request: ToolRequest): Promise<ToolResult>
  /** As `run`, up to where something would happen: whether it would be refused. */
  rehearse(request: ToolRequest): Promise<ToolSpec>
}

export function createExecutor(hooks: ToolHooks, registry: Registry, rules: Rules, limits: Limits, clock: Clock): Executor {
  let unnamed = 0

  async function run(request: ToolRequest): Promise<ToolResult> {
    const spec = await registry.find(request.name)
    const checked = await check(spec, request.args)
    const id = request.id ?? `call-${(unnamed++).toString(36)}`
    return underSignals(request.signal ? [request.signal] : [], (signal) => recorded(spec, request, checked, callOf(spec, id, checked.args, request, signal)))
  }

  async function rehearse(request: ToolRequest): Promise<ToolSpec> {
    const spec = await registry.find(request.name)
    permit(spec, await contextFor(hooks, request))
    const { fault } = await check(spec, request.args)
    if (fault) throw fault
    return spec
  }

  function permit(spec: ToolSpec, context: ToolContext): void {
    const layers = layersOf(rules, context)
    if (decide(layers, spec)) return
    const { step, rule = 'none' } = explain(layers, spec).decided
    throw failTools('NEXUS_TOOLS_DENIED', { tool: spec.name, step, rule })
  }

  async function check({ name: tool }: ToolSpec, args: unknown): Promise<Checked> {
    const answer = await hooks.check(tool, args)
    if (answer === undefined) throw failTools('NEXUS_TOOLS_UNKNOWN', { hint: '' })
    const faults = 'faults' in answer ? answer.faults : nestsTooDeep(answer.args) ? `they are nested more than ${maxNesting} deep` : undefined
    return faults === undefined && 'args' in answer ? { args: frozen(answer.args) } : { args: {}, fault: failTools('NEXUS_TOOLS_ARGUMENTS', { tool, faults: faults ?? 'they were not checked' }) }
  }

  async function recorded(spec: ToolSpec, request: ToolRequest, { fault }: Checked, bare: ToolCall): Promise<ToolResult> {
    const started = clock.now()
    const context = await contextFor(hooks, request).catch((error: unknown) => ({ refusal: refusalOf(bare, error) }))
    const call = 'refusal' in context ? bare : { ...bare, context: frozen(context) }
    const state: { approvedBy?: string } = {}
    const done = await attempt(spec, call, 'refusal' in context ? context.refusal : undefined, fault, state).then((result) => ({ result }), (error: unknown) => ({ failure: failureOf(call, error) }))
    const ms = clock.now() - started
    await hooks.after(call, { ...('result' in done ? { ok: !done.result.isError } : { ok: false, code: done.failure.code }), ms, ...state })
    if ('failure' in done) throw done.failure
    return done.result
  }

  async function attempt(spec: ToolSpec, call: ToolCall, refusal: NexusError | undefined, fault: NexusError | undefined, state: { approvedBy?: string }): Promise<ToolResult> {
    try {
      if (refusal) throw refusal
      permit(spec, call.context!)
      if (fault) throw fault
      await untilAborted(call, () => hooks.before(call))
      if (spec.approval === true || namedIn(rules.approval ?? [], spec) !== undefined) {
        const by = approvedBy(call, await untilAborted(call, () => hooks.approval(call)))
        if (by !== undefined) state.approvedBy = by
      }
    } catch (error) {
      throw refusalOf(call, error)
    }
    return cut(call.name, await withinDeadline(spec, call), limits.maxOutputChars)
  }

  /** Whatever the tool does with its signal, the answer is there in time. */
  async function withinDeadline(spec: ToolSpec, call: ToolCall): Promise<ToolResult | undefined> {
    const ms = Math.min(spec.timeoutMs ?? limits.timeoutMs, longestTimer)
    const late = new AbortController()
    const timer = clock.setTimeout(() => late.abort(failTools('NEXUS_TOOLS_TIMEOUT', { tool: call.name, seconds: ms / 1000 })), ms)
    try {
      return await underSignals([call.signal, late.signal], (signal) => {
        const timed = { ...call, signal }
        return untilAborted(timed, () => hooks.run(timed))
      })
    } finally {
      clock.clearTimeout(timer)
    }
  }

  return { run, rehearse }
}

/** Known to whoever asks, or to whoever knows the runs; otherwise the session's agent, for whom nothing more is known. */
async function contextFor(hooks: Pick<ToolHooks, 'context'>, { context, sessionKey }: ToolRequest): Promise<ToolContext> {
  return context ?? await hooks.context(sessionKey === undefined ? {} : { sessionKey }) ?? { agentId: agentOf(sessionKey) }
}

/** `agent:ID:…`; every other key is one of `main`. */
export const agentOf = (sessionKey: string | undefined): string => /^agent:([^:]+):/i.exec(sessionKey ?? '')?.[1]?.toLowerCase() ?? 'main'

function callOf(spec: ToolSpec, id: string, args: Readonly<Record<string, unknown>>, request: ToolRequest, signal: AbortSignal): ToolCall {
  const { cause: { trace, path }, sessionKey, runId } = request
  const { caller } = lowered(request.cause, 'tool')
  return {
    id, name: spec.name, plugin: spec.plugin, args, signal, caller, trace,
    path: [...new Set([...path, 'tools', spec.plugin])],
    ...(sessionKey === undefined ? {} : { sessionKey }), ...(runId === undefined ? {} : { runId }),
    ...(spec.group === undefined ? {} : { group: spec.group }), ...(spec.effect === undefined ? {} : { effect: spec.effect }),
  }
}

/** What `work` gives, or the reason of the abort as soon as there is one; then nothing is begun. */
function untilAborted<T>({ name: tool, signal }: ToolCall, work: () => MaybePromise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(signal.reason instanceof NexusError ? signal.reason : failTools('NEXUS_TOOLS_ABORTED', { tool }))
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    const done = (async () => work())()
    done.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** A policy that fails to answer refuses. */
function refusalOf(call: ToolCall, error: unknown): NexusError {
  if (isOurs(error)) return error
  const reason = error instanceof NexusError && error.code !== 'NEXUS_HOOK_FAILED' ? error.message : 'what decides about it failed'
  return failTools('NEXUS_TOOLS_REFUSED', { tool: call.name, reason }, error)
}

function failureOf(call: ToolCall, error: unknown): NexusError {
  if (isOurs(error)) return error
  const thrown = error instanceof NexusError && error.code === 'NEXUS_HOOK_FAILED' ? error.cause : error
  return failTools('NEXUS_TOOLS_FAILED', { tool: call.name, reason: firstLine(thrown) }, thrown)
}

const isOurs = (error: unknown): error is NexusError => error instanceof NexusError && error.code.startsWith('NEXUS_TOOLS_')

function firstLine(thrown: unknown): string {
  const text = thrown instanceof Error ? thrown.message : String(thrown)
  return text.split('\n', 1)[0]?.slice(0, 500) || 'it gave no reason'
}

/** Beyond it a timer of Node fires at once. */
const longestTimer = 2 ** 31 - 1

/** What a policy has seen is what runs. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
}
