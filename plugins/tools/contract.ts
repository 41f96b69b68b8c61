/**
 * Tools a model may call. A plugin offers them with `offerTools`; whoever runs one goes through the service
 * `Tools`, the one executor, so that policy, approvals and records see every call.
 */
import * as v from 'valibot'
import { contract, hook, method, service } from 'nexus-gateway/sdk'
import type { Cause, Ctx, MaybePromise, Schema } from 'nexus-gateway/sdk'
import { checkArguments } from './check.ts'
import { failTools } from './errors.ts'
import { toJsonSchema } from './schema.ts'
import type { JsonSchema } from './schema.ts'
import { underSignals } from '../models/contract.ts'

export { toolsErrors } from './errors.ts'
export type { JsonSchema } from './schema.ts'

// ── Tools as data ───────────────────────────────────────────────────────────────────────────────

/** A tool as models, clients and policies see it. */
export interface ToolSpec {
  /** `[A-Za-z0-9_-]`, 1 to 64 characters, unique in the installation. */
  readonly name: string
  readonly description: string
  /** JSON Schema of the arguments, an object. */
  readonly parameters: JsonSchema
  /** Id of the plugin that offers it. */
  readonly plugin: string
  /** Milliseconds it may take; without it `tools.timeoutMs` of the settings holds. */
  readonly timeoutMs?: number
}

export interface ToolText { readonly type: 'text'; readonly text: string }
/** `data` is base64 without a `data:` prefix. */
export interface ToolImage { readonly type: 'image'; readonly data: string; readonly mimeType: string }

/** What the model reads; the shape of a transcript's `toolResult`. `details` is for clients and never reaches a model. */
export interface ToolResult {
  readonly content: readonly (ToolText | ToolImage)[]
  readonly isError: boolean
  readonly details?: unknown
}

/** What somebody wants run. Whatever `cause` says, the call is made under the label `tool` at most. */
export interface ToolRequest {
  readonly name: string
  /** As the model wrote them: checked by the executor, not by the caller. */
  readonly args?: unknown
  readonly cause: Cause
  /** The model's id of the call; one is made up without it. */
  readonly id?: string
  readonly signal?: AbortSignal
  readonly sessionKey?: string
  readonly runId?: string
}

/** One tool being run. It is a `Cause`, so it is what a tool passes on. */
export interface ToolCall extends Cause {
  readonly id: string
  readonly name: string
  /** Checked against the tool's schema, defaults filled in, and frozen. */
  readonly args: Readonly<Record<string, unknown>>
  readonly plugin: string
  /** Aborted when the run is, when the tool's time is up, or when the plugin closes. */
  readonly signal: AbortSignal
  readonly sessionKey?: string
  readonly runId?: string
}

export interface ToolOutcome {
  readonly ok: boolean
  /** Why it was not ok: a code of the tools' error table, or none where the tool itself answered with an error. */
  readonly code?: string
  readonly ms: number
}

// ── Hooks ───────────────────────────────────────────────────────────────────────────────────────

/** A registry is a hook that collects: every plugin answers with the tools it has. */
export const toolsListed = hook.collect<[], readonly ToolSpec[]>('tools.listed', { onError: 'isolate' })
export type CheckedArgs = { readonly args: Readonly<Record<string, unknown>> } | { readonly faults: string }
/** The plugin that has the tool checks its arguments. Without an answer the call is refused. */
export const toolCheck = hook.bail<[name: string, args: unknown], CheckedArgs>('tools.check')
/** Policy and approvals: may refuse a call, by throwing, or wait; it changes nothing. */
export const toolBefore = hook.series<[ToolCall]>('tools.before', { onError: 'fail' })
/** The plugin that has the tool runs it. */
export const toolRun = hook.bail<[ToolCall], ToolResult>('tools.run')
/** The record of every call that reached a tool, refused ones included. */
export const toolAfter = hook.series<[ToolCall, ToolOutcome]>('tools.after')

// ── Offering tools ──────────────────────────────────────────────────────────────────────────────

export interface Tool<S extends Schema = Schema> {
  /** For the model: what it does and when to use it. */
  readonly description: string
  /** `v.strictObject({ … })` of what JSON Schema can say; see the README. */
  readonly params: S
  /** Milliseconds. */
  readonly timeoutMs?: number
  /** Text is a result. What it throws becomes an error result with the first line of the message. */
  readonly run: (args: v.InferOutput<S>, call: ToolCall) => MaybePromise<string | ToolResult>
}

// A record of tools has a schema of its own each; `run` would make them incompatible with one another.
// oxlint-disable-next-line no-explicit-any
export type AnyTool = Tool<any>

export const tool = <const S extends Schema>(definition: Tool<S>): Tool<S> => definition

export const toolText = (text: string): ToolResult => ({ content: [{ type: 'text', text }], isError: false })
/** A result that tells the model what went wrong, so that it can do better. */
export const toolError = (text: string): ToolResult => ({ content: [{ type: 'text', text }], isError: true })

/** Gives a plugin's tools to the models; call it in `setup`. Throws NEXUS_TOOLS_BAD_TOOL for one that cannot be described. */
export function offerTools(ctx: Pick<Ctx, 'id' | 'scope' | 'tap'>, tools: Readonly<Record<string, AnyTool>>): void {
  const own = new Map(Object.entries(tools))
  const specs = [...own].map(([name, one]) => specOf(ctx.id, name, one))
  ctx.tap(toolsListed, () => specs)
  ctx.tap(toolCheck, (name, args) => {
    const one = own.get(name)
    return one && checkArguments(one.params, args)
  })
  ctx.tap(toolRun, (call) => {
    const one = own.get(call.name)
    return one && underSignals([call.signal, ctx.scope.signal], (signal) => runTool(one, { ...call, signal }))
  })
}

async function runTool(one: AnyTool, call: ToolCall): Promise<ToolResult> {
  const answer = await one.run(call.args, call)
  return typeof answer === 'string' ? toolText(answer) : answer
}

function specOf(plugin: string, name: string, one: AnyTool): ToolSpec {
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(name)) throw failTools('NEXUS_TOOLS_BAD_TOOL', { plugin, tool: name, reason: 'a name has 1 to 64 characters of A-Z a-z 0-9 _ -' })
  const parameters = toJsonSchema(one.params, (reason) => failTools('NEXUS_TOOLS_BAD_TOOL', { plugin, tool: name, reason }))
  return { name, description: one.description, parameters, plugin, ...(one.timeoutMs === undefined ? {} : { timeoutMs: one.timeoutMs }) }
}

// ── The service and the methods ─────────────────────────────────────────────────────────────────

export interface ToolsApi {
  list(): Promise<readonly ToolSpec[]>
  /**
   * Runs one tool: check → before (policy, approval) → run, under a deadline → after. Never rejects: whatever
   * goes wrong is a result with `isError`, written for the model.
   */
  execute(request: ToolRequest): Promise<ToolResult>
}
export const Tools = service<ToolsApi>('tools/1')

const Content = v.variant('type', [
  v.strictObject({ type: v.literal('text'), text: v.string() }),
  v.strictObject({ type: v.literal('image'), data: v.string(), mimeType: v.string() }),
])

export const tools = contract({
  id: 'tools',
  provides: { tools: Tools },
  methods: {
    'tools.list': method({
      scope: 'operator.read',
      params: v.optional(v.strictObject({}), {}),
      result: v.strictObject({
        tools: v.array(v.strictObject({ name: v.string(), description: v.string(), parameters: v.record(v.string(), v.unknown()), plugin: v.string() })),
      }),
      summary: 'The tools models may call.',
    }),
    'tools.execute': method({
      scope: 'operator.write',
      params: v.strictObject({
        name: v.pipe(v.string(), v.minLength(1), v.maxLength(64)),
        args: v.optional(v.record(v.string(), v.unknown()), {}),
        sessionKey: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(512))),
      }),
      result: v.strictObject({ content: v.array(Content), isError: v.boolean(), details: v.optional(v.unknown()) }),
      summary: 'Runs one tool, under the same policy as a model\'s call.',
    }),
  },
})
