/**
 * Tools a model may call. A plugin offers them with `offerTools`; whoever runs one goes through the service
 * `Tools`, the one executor, so that policy, approvals and records see every call.
 */
import * as v from 'valibot'
import { contract, hook, method, route, service } from 'nexus-gateway/sdk'
import type { Cause, Ctx, MaybePromise, Schema } from 'nexus-gateway/sdk'
import { checkArguments } from './check.ts'
import { failTools } from './errors.ts'
import { nestsTooDeep } from './nesting.ts'
import { toJsonSchema } from './schema.ts'
import type { JsonSchema } from './schema.ts'
import { toolEffects, toolTiers } from './policy.ts'
import type { PolicyDecision, ToolEffect, ToolPolicy, ToolTier } from './policy.ts'
import { underSignals } from '../models/contract.ts'

export { toolsErrors } from './errors.ts'
export { toolEffects, ToolPattern, ToolPolicy, toolProfiles, toolTiers } from './policy.ts'
export type { PolicyDecision, PolicyStep, PolicyVerdict, ToolEffect, ToolProfile, ToolTier } from './policy.ts'
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
  /** For policies: `fs`, `web`, `sessions`, `runtime`, `messaging`, `mcp:SERVER` or one's own. */
  readonly group?: string
  /** The most it does; not said means that anything is possible. */
  readonly effect?: ToolEffect
  /** The least tier of turn that is offered it; `capable` if left out. */
  readonly tier?: ToolTier
  /** It never runs without somebody's consent. The settings may ask for it too. */
  readonly approval?: boolean
}

/** The policies of one run, each from whoever owns it; see the README for their order. `surface`: the way it came in by. */
export interface ToolPolicies {
  readonly provider?: ToolPolicy
  readonly agent?: ToolPolicy
  readonly group?: ToolPolicy
  readonly sender?: ToolPolicy
  readonly surface?: ToolPolicy
}

/** For whom and where a tool runs. Plain data. What is not known is left out, and grants nothing. */
export interface ToolContext {
  readonly agentId: string
  /** Absolute path of the folder that the tools of `workspace` keep to; without it they take the agent's usual one. */
  readonly workspace?: string
  readonly provider?: string
  readonly model?: string
  readonly channel?: string
  /** Id of the group that the conversation is in; none for one between two. */
  readonly group?: string
  readonly sender?: string
  /** Of the turn; without it tools of all tiers are offered. */
  readonly tier?: ToolTier
  /** 0 or nothing: not started by another run. */
  readonly depth?: number
  readonly policies?: ToolPolicies
  /** Of the run that started this one: all that binds it binds this one too. */
  readonly parent?: ToolContext
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
  /** Without it the hook `tools.context` is asked. */
  readonly context?: ToolContext
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
  /** The executor always gives one, frozen. */
  readonly context?: ToolContext
  readonly group?: string
  readonly effect?: ToolEffect
}

export interface ToolOutcome {
  readonly ok: boolean
  /** Why it was not ok: a code of the tools' error table, or none where the tool itself answered with an error. */
  readonly code?: string
  readonly ms: number
  /** Who consented, where that was asked for and is known. */
  readonly approvedBy?: string
}

/** `reason` is for the model and for people. */
export type Approval = { readonly approved: true; readonly by?: string } | { readonly approved: false; readonly reason: string }

// ── Hooks ───────────────────────────────────────────────────────────────────────────────────────

/** A registry is a hook that collects: every plugin answers with the tools it has. */
export const toolsListed = hook.collect<[], readonly ToolSpec[]>('tools.listed', { onError: 'isolate' })
export type CheckedArgs = { readonly args: Readonly<Record<string, unknown>> } | { readonly faults: string }
/** The plugin that has the tool checks its arguments. Without an answer the call is refused. */
export const toolCheck = hook.bail<[name: string, args: unknown], CheckedArgs>('tools.check')
/** Whoever knows the runs says for whom a call is that came without a context. Without an answer it is for the session's agent, or `main`. */
export const toolContext = hook.bail<[{ readonly sessionKey?: string; readonly agentId?: string }], ToolContext>('tools.context')
/** Asks somebody about a call that needs consent, and may wait for it. Without an answer the call is refused. */
export const toolApproval = hook.bail<[ToolCall], Approval>('tools.approval')
/** Policy of other plugins: may refuse a call, by throwing, or wait; it changes nothing. */
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
  /** These four as in `ToolSpec`. */
  readonly group?: string
  readonly effect?: ToolEffect
  readonly tier?: ToolTier
  readonly approval?: boolean
  /** Text is a result. What it throws becomes an error result with the first line of the message. */
  readonly run: (args: v.InferOutput<S>, call: ToolCall) => MaybePromise<string | ToolResult>
}

// A record of tools has a schema of its own each; `run` would make them incompatible with one another.
// oxlint-disable-next-line no-explicit-any
export type AnyTool = Tool<any>

/** What providers take for a tool's name. */
export const toolName = /^[A-Za-z0-9_-]{1,64}$/

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
  if (!toolName.test(name)) throw failTools('NEXUS_TOOLS_BAD_TOOL', { plugin, tool: name, reason: 'a name has 1 to 64 characters of A-Z a-z 0-9 _ -' })
  const parameters = toJsonSchema(one.params, (reason) => failTools('NEXUS_TOOLS_BAD_TOOL', { plugin, tool: name, reason }))
  const { description, timeoutMs, group, effect, tier, approval } = one
  const given = Object.entries({ timeoutMs, group, effect, tier, approval }).filter(([, value]) => value !== undefined)
  return { name, description, parameters, plugin, ...Object.fromEntries(given) }
}

// ── The service and the methods ─────────────────────────────────────────────────────────────────

/** Whether a tool may be used, and what decided. */
export interface ToolExplanation extends PolicyDecision {
  readonly name: string
  /** False: no plugin offers it, and the rest says what would be. */
  readonly exists: boolean
  /** Why it needs consent: the tool's own wish or a pattern of `tools.approval`. */
  readonly approval?: string
}

export interface ToolsApi {
  /** What the policy allows in this context; without one, what it allows everywhere. */
  list(context?: ToolContext): Promise<readonly ToolSpec[]>
  /** Which step and rule decide about a tool. Agrees with `list` and with what `execute` does. */
  explain(context: ToolContext, name: string): Promise<ToolExplanation>
  /**
   * Runs one tool: check → policy → before → approval → run, under a deadline → after. Never rejects: whatever
   * goes wrong is a result with `isError`, written for the model.
   */
  execute(request: ToolRequest): Promise<ToolResult>
}
export const Tools = service<ToolsApi>('tools/1')

const Content = v.variant('type', [
  v.strictObject({ type: v.literal('text'), text: v.string() }),
  v.strictObject({ type: v.literal('image'), data: v.string(), mimeType: v.string() }),
])
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(64))
const id = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(512)))
const whose = { agentId: id, sessionKey: id }
/** Checked before anything looks into them. */
const shallow = v.pipe(v.unknown(), v.check((args) => !nestsTooDeep(args)), v.record(v.string(), v.unknown()))
const Verdict = v.strictObject({ step: v.string(), parent: v.number(), verdict: v.picklist(['pass', 'deny', 'not allowed']), rule: v.optional(v.string()) })

export const tools = contract({
  id: 'tools',
  provides: { tools: Tools },
  paths: ['/tools', '/api/tools'],
  methods: {
    'tools.list': method({
      scope: 'operator.read',
      params: v.optional(v.strictObject({ ...whose, tier: v.optional(v.picklist(toolTiers)) }), {}),
      result: v.strictObject({
        tools: v.array(v.strictObject({
          name: v.string(), description: v.string(), parameters: v.record(v.string(), v.unknown()), plugin: v.string(),
          group: v.optional(v.string()), effect: v.optional(v.picklist(toolEffects)), tier: v.optional(v.picklist(toolTiers)), approval: v.optional(v.boolean()),
        })),
      }),
      summary: 'The tools models may call.',
    }),
    'tools.explain': method({
      scope: 'operator.read',
      params: v.strictObject({ name, ...whose, provider: id, model: id, tier: v.optional(v.picklist(toolTiers)) }),
      result: v.strictObject({ name: v.string(), exists: v.boolean(), allowed: v.boolean(), approval: v.optional(v.string()), decided: Verdict, steps: v.array(Verdict) }),
      summary: 'Whether a tool may be used, and which step and rule decide.',
    }),
    'tools.execute': method({
      scope: 'operator.write',
      params: v.strictObject({ name, args: v.optional(shallow, {}), ...whose }),
      result: v.strictObject({ content: v.array(Content), isError: v.boolean(), details: v.optional(v.unknown()) }),
      summary: 'Runs one tool, under the same policy as a model\'s call.',
    }),
  },
  routes: {
    'POST /tools/invoke': route({ scope: 'operator.write', summary: 'Runs one tool, under the same policy as a model\'s call.' }),
    'POST /api/tools/invoke': route({ scope: 'operator.write', summary: 'The same.' }),
  },
})
