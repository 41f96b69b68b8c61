/** The methods of the gateway that are tools for MCP clients too. Each is called as the client itself would call it. */
import { randomUUID } from 'node:crypto'
import type { Call, Ctx } from 'nexus-gateway/sdk'
import { agent } from '../../agent/contract.ts'
import { chat } from '../../chat/contract.ts'
import { health } from '../../health/contract.ts'
import { models } from '../../models/contract.ts'
import { sessions } from '../../sessions/contract.ts'
import type { JsonSchema } from '../../tools/contract.ts'

export interface MethodTool {
  readonly name: string
  readonly description: string
  /** What the caller must hold; the methods themselves ask for it again. */
  readonly scopes: readonly string[]
  readonly inputSchema: JsonSchema
  readonly readOnly: boolean
  /** `args` have been checked against the schema. */
  run(ctx: Pick<Ctx, 'call'>, args: Args, call: Call, signal: AbortSignal): Promise<unknown>
}
/** Of all of them together. */
interface Args { readonly message?: string; readonly sessionKey?: string; readonly agentId?: string; readonly timeoutSeconds?: number; readonly limit?: number; readonly search?: string }

const text = (most: number, description: string) => ({ type: 'string', minLength: 1, maxLength: most, description })
const upTo = (most: number, description: string) => ({ type: 'integer', minimum: 1, maximum: most, description })
const sessionKey = text(512, 'The conversation; `main` without it.')
const agentId = text(64, 'The agent; the default one without it.')
const schema = (properties: Readonly<Record<string, unknown>>, ...required: string[]): JsonSchema => ({ type: 'object', properties, ...(required.length > 0 && { required }), additionalProperties: false })

/** With what is undefined left out. */
const given = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as { [K in keyof T]: Exclude<T[K], undefined> }

export const methodTools: readonly MethodTool[] = [
  {
    name: 'nexus_chat', description: 'Gives a message to an agent of this gateway, waits for the end of its run, and gives its answer.',
    scopes: ['operator.write'], readOnly: false,
    inputSchema: schema({ message: text(100_000, 'What to say.'), sessionKey, agentId, timeoutSeconds: upTo(600, 'How long to wait for the answer; 120 without it.') }, 'message'),
    async run(ctx, { message = '', sessionKey = 'main', agentId, timeoutSeconds = 120 }, call, signal) {
      const options = { cause: call, signal }
      const sent = await ctx.call(chat, 'chat.send', given({ sessionKey, agentId, message, idempotencyKey: randomUUID() }), options)
      // A word that stops what runs begins nothing.
      if (!('runId' in sent)) return sent
      const { runId } = sent
      const { status, error } = await ctx.call(agent, 'agent.wait', { runId, timeoutMs: timeoutSeconds * 1000 }, options)
      if (status !== 'ok') return given({ runId, status, error })
      const { messages } = await ctx.call(chat, 'chat.history', given({ sessionKey, agentId, limit: 20 }), options)
      return { runId, status, answer: answerIn(messages) }
    },
  },
  {
    name: 'nexus_chat_history', description: 'The latest messages of a conversation, newest last.', scopes: ['operator.read'], readOnly: true,
    inputSchema: schema({ sessionKey, agentId, limit: upTo(200, 'How many; 20 without it.') }),
    run: (ctx, { limit = 20, sessionKey = 'main', agentId }, call, signal) => ctx.call(chat, 'chat.history', given({ sessionKey, agentId, limit, maxChars: 20_000 }), { cause: call, signal }),
  },
  {
    name: 'nexus_sessions', description: 'The conversations of this gateway, the latest first.', scopes: ['operator.read'], readOnly: true,
    inputSchema: schema({ agentId, search: text(200, 'Only those whose key or label holds this.'), limit: upTo(200, 'How many; 50 without it.') }),
    run: (ctx, { limit = 50, agentId, search }, call, signal) => ctx.call(sessions, 'sessions.list', given({ agentId, search, limit }), { cause: call, signal }),
  },
  {
    name: 'nexus_agents', description: 'The agents of this gateway.', scopes: ['operator.read'], readOnly: true, inputSchema: schema({}),
    run: (ctx, _, call, signal) => ctx.call(agent, 'agents.list', {}, { cause: call, signal }),
  },
  {
    name: 'nexus_models', description: 'The models that this gateway may use.', scopes: ['operator.read'], readOnly: true, inputSchema: schema({}),
    run: (ctx, _, call, signal) => ctx.call(models, 'models.list', {}, { cause: call, signal }),
  },
  {
    name: 'nexus_status', description: 'How this gateway is: its mode and why, its plugins and agents.', scopes: ['operator.read'], readOnly: true, inputSchema: schema({}),
    run: (ctx, _, call, signal) => ctx.call(health, 'status', {}, { cause: call, signal }),
  },
]

interface Said { readonly role: string; readonly content?: unknown }

/** All that was said since the last question. */
function answerIn(messages: readonly Said[]): string {
  const since = messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1)
  return since.filter(({ role }) => role === 'assistant').map(({ content }) => textOf(content)).filter((part) => part !== '').join('\n\n')
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content.flatMap((part: { type?: unknown; text?: unknown } | null) => (part?.type === 'text' && typeof part.text === 'string' ? [part.text] : [])).join('\n')
}
