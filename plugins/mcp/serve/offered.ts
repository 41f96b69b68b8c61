/**
 * What one caller is offered by the gateway as a server, and the one way by which it is run. Nothing is decided here that
 * the methods do not decide again: a client may do what its scopes let it do by any other way, and a few things less.
 */
import { allows, NexusError } from 'nexus-gateway/sdk'
import type { Call, Ctx } from 'nexus-gateway/sdk'
import { tools } from '../../tools/contract.ts'
import type { JsonSchema, ToolResult, ToolsApi } from '../../tools/contract.ts'
import type { ServeConfig } from '../config.ts'
import { checkJson } from '../client/json-check.ts'
import { methodTools } from './methods.ts'
import type { MethodTool } from './methods.ts'

export interface Offered {
  readonly name: string
  readonly description: string
  readonly inputSchema: JsonSchema
  readonly readOnly: boolean
}
/** As MCP has it. */
export interface Answer {
  readonly content: ({ type: 'text'; text: string } | { type: 'image'; data: string; mimeType: string })[]
  readonly isError: boolean
}
export interface Desk {
  list(call: Call): Promise<readonly Offered[]>
  run(name: string, args: unknown, call: Call, signal: AbortSignal): Promise<Answer>
}

/** As POST /tools/invoke has them: they act for others, or run programs. */
const usuallyDenied = ['sessions_spawn', 'sessions_send', 'gateway', 'whatsapp_login', 'exec', 'spawn', 'shell', 'fs_write', 'fs_delete', 'fs_move', 'apply_patch', 'cron', 'nodes']
const mostAnswerChars = 200_000

export function createDesk(ctx: Pick<Ctx, 'call'>, api: ToolsApi, { allow = [], deny = [], methods }: ServeConfig): Desk {
  const surface = { deny: [...usuallyDenied.filter((name) => !allow.includes(name)), ...deny] }
  const owned = methods ? methodTools : []
  const mayUse = (call: Call) => ({ scopes }: MethodTool): boolean => scopes.every((scope) => allows(call.caller, scope))

  /** What policy allows this caller, and this way lets through. A name that a method has is the method's. */
  async function toolsFor(call: Call): Promise<readonly Offered[]> {
    if (!allows(call.caller, tools.methods!['tools.execute'].scope)) return []
    const [{ tools: listed }, allowed] = await Promise.all([ctx.call(tools, 'tools.list', {}, { cause: call }), api.list({ agentId: 'main', policies: { surface } })])
    const passed = new Set(allowed.map(({ name }) => name))
    return listed.filter(({ name }) => passed.has(name) && !owned.some((one) => one.name === name))
      .map(({ name, description, parameters }) => ({ name, description, inputSchema: parameters, readOnly: false }))
  }

  return {
    async list(call) {
      const own = owned.filter(mayUse(call)).map(({ name, description, inputSchema, readOnly }) => ({ name, description, inputSchema, readOnly }))
      return [...own, ...await toolsFor(call)]
    },
    async run(name, args, call, signal) {
      try {
        const own = owned.filter(mayUse(call)).find((one) => one.name === name)
        if (own) return told(await runMethod(ctx, own, args, call, signal))
        if (!(await toolsFor(call)).some((one) => one.name === name)) return refused('There is no tool of that name here.')
        return ofTool(await ctx.call(tools, 'tools.execute', { name, args: objectOf(args) }, { cause: call, signal }) as ToolResult)
      } catch (error) {
        if (error instanceof NexusError) return refused(`${error.message}. ${error.fix}`)
        throw error
      }
    },
  }
}

async function runMethod(ctx: Pick<Ctx, 'call'>, own: MethodTool, args: unknown, call: Call, signal: AbortSignal): Promise<unknown> {
  const checked = checkJson(own.inputSchema, args)
  return 'args' in checked ? own.run(ctx, checked.args, call, signal) : refused(`These arguments are wrong: ${checked.faults}`)
}

const refused = (text: string): Answer => ({ content: [{ type: 'text', text }], isError: true })

function told(value: unknown): Answer {
  if (isAnswer(value)) return value
  const text = JSON.stringify(value)
  return { content: [{ type: 'text', text: text.length > mostAnswerChars ? `${text.slice(0, mostAnswerChars)} [Cut: ${mostAnswerChars} of ${text.length} characters.]` : text }], isError: false }
}

const isAnswer = (value: unknown): value is Answer => typeof value === 'object' && value !== null && 'isError' in value && 'content' in value

const ofTool = ({ content, isError }: ToolResult): Answer => ({ content: content.map((part) => ({ ...part })), isError })

/** Not an object, and the executor says so. */
const objectOf = (args: unknown): Record<string, unknown> => (args ?? {}) as Record<string, unknown>
