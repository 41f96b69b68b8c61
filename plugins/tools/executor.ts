/**
 * The one executor. Every tool call of every model, client and plugin takes these steps and no others:
 * find → check the arguments → before (policy, approval) → run under a deadline → cut → after (record).
 */
import { lowered, nearest, NexusError } from 'nexus-gateway/sdk'
import type { Clock, Log, MaybePromise } from 'nexus-gateway/sdk'
import { underSignals } from '../models/contract.ts'
import type { CheckedArgs, ToolCall, ToolOutcome, ToolRequest, ToolResult, ToolSpec } from './contract.ts'
import { failTools } from './errors.ts'
import { cut } from './result.ts'

/** The plugin's hooks, as functions. */
export interface ToolHooks {
  listed(): MaybePromise<readonly (readonly ToolSpec[])[]>
  check(name: string, args: unknown): MaybePromise<CheckedArgs | undefined>
  before(call: ToolCall): MaybePromise<void>
  run(call: ToolCall): MaybePromise<ToolResult | undefined>
  after(call: ToolCall, outcome: ToolOutcome): MaybePromise<void>
}
export interface Limits { readonly timeoutMs: number; readonly maxOutputChars: number }

export interface Executor {
  list(): Promise<readonly ToolSpec[]>
  /** Throws NEXUS_TOOLS_… for everything but the tool's own answer. */
  run(request: ToolRequest): Promise<ToolResult>
}

export function createExecutor(hooks: ToolHooks, limits: Limits, clock: Clock, log: Log): Executor {
  const clashes = new Set<string>()
  let unnamed = 0

  /**
   * A name offered twice is nobody's: which of the two ran would depend on their order, and one could pose as the
   * other. It is logged once.
   */
  async function list(): Promise<readonly ToolSpec[]> {
    const specs = (await hooks.listed()).flat()
    const times = new Map<string, number>()
    for (const { name } of specs) times.set(name, (times.get(name) ?? 0) + 1)
    if (times.size === specs.length) return specs
    for (const { name, plugin } of specs) if (times.get(name)! > 1) warnOfClash(name, plugin)
    return specs.filter(({ name }) => times.get(name) === 1)
  }

  function warnOfClash(tool: string, plugin: string): void {
    const clash = `${plugin}/${tool}`
    if (clashes.has(clash)) return
    clashes.add(clash)
    log.error('a tool is offered more than once, so it is left out', { tool, plugin })
  }

  async function run(request: ToolRequest): Promise<ToolResult> {
    const spec = await find(request.name)
    const args = await checked(spec, request.args)
    const id = request.id ?? `call-${(unnamed++).toString(36)}`
    return underSignals(request.signal ? [request.signal] : [], (signal) => recorded(spec, callOf(spec, id, args, request, signal)))
  }

  async function find(name: string): Promise<ToolSpec> {
    const specs = await list()
    const spec = specs.find((one) => one.name === name)
    if (spec) return spec
    const near = nearest(name, specs.map((one) => one.name))
    throw failTools('NEXUS_TOOLS_UNKNOWN', { hint: near === undefined ? '' : ` (did you mean ${near}?)` })
  }

  async function checked(spec: ToolSpec, args: unknown): Promise<Readonly<Record<string, unknown>>> {
    const answer = await hooks.check(spec.name, args)
    if (answer === undefined) throw failTools('NEXUS_TOOLS_UNKNOWN', { hint: '' })
    if ('faults' in answer) throw failTools('NEXUS_TOOLS_ARGUMENTS', { tool: spec.name, faults: answer.faults })
    return frozen(answer.args)
  }

  async function recorded(spec: ToolSpec, call: ToolCall): Promise<ToolResult> {
    const started = clock.now()
    const done = await attempt(spec, call).then((result) => ({ result }), (error: unknown) => ({ failure: failureOf(call, error) }))
    const ms = clock.now() - started
    await hooks.after(call, 'result' in done ? { ok: !done.result.isError, ms } : { ok: false, code: done.failure.code, ms })
    if ('failure' in done) throw done.failure
    return done.result
  }

  async function attempt(spec: ToolSpec, call: ToolCall): Promise<ToolResult> {
    try {
      await untilAborted(call, hooks.before(call))
    } catch (error) {
      throw refusalOf(call, error)
    }
    return cut(call.name, await withinDeadline(spec, call), limits.maxOutputChars)
  }

  /** Whatever the tool does with its signal, the answer is there in time. */
  async function withinDeadline(spec: ToolSpec, call: ToolCall): Promise<ToolResult | undefined> {
    const ms = spec.timeoutMs ?? limits.timeoutMs
    const late = new AbortController()
    const timer = clock.setTimeout(() => late.abort(failTools('NEXUS_TOOLS_TIMEOUT', { tool: call.name, seconds: ms / 1000 })), ms)
    try {
      return await underSignals([call.signal, late.signal], (signal) => {
        const timed = { ...call, signal }
        return untilAborted(timed, hooks.run(timed))
      })
    } finally {
      clock.clearTimeout(timer)
    }
  }

  return { list, run }
}

function callOf(spec: ToolSpec, id: string, args: Readonly<Record<string, unknown>>, request: ToolRequest, signal: AbortSignal): ToolCall {
  const { cause: { trace, path }, sessionKey, runId } = request
  const { caller } = lowered(request.cause, 'tool')
  return {
    id, name: spec.name, plugin: spec.plugin, args, signal, caller, trace,
    path: [...new Set([...path, 'tools', spec.plugin])],
    ...(sessionKey === undefined ? {} : { sessionKey }), ...(runId === undefined ? {} : { runId }),
  }
}

/** `work`, or the reason of the abort as soon as there is one. */
function untilAborted<T>(call: ToolCall, work: MaybePromise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(call.signal.reason instanceof NexusError ? call.signal.reason : failTools('NEXUS_TOOLS_ABORTED', { tool: call.name }))
    if (call.signal.aborted) stop()
    else call.signal.addEventListener('abort', stop, { once: true })
    Promise.resolve(work).then(resolve, reject).finally(() => call.signal.removeEventListener('abort', stop))
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

/** What a policy has seen is what runs. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const inner of Object.values(value)) frozen(inner)
    Object.freeze(value)
  }
  return value
}
