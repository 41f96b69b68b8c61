/** Tools that look at conversations. They only read; what writes into a session or starts one belongs to the agents. */
import * as v from 'valibot'
import type { Clock } from 'nexus-gateway/sdk'
import type { SessionInfo, SessionsApi, StoredMessage } from '../sessions/contract.ts'
import { tool, toolError, toolText } from '../tools/contract.ts'
import type { AnyTool, ToolCall, ToolContext } from '../tools/contract.ts'

export type Visibility = 'self' | 'agent' | 'all'

const messageChars = 4_000
const count = (most: number, fallback: number, text: string) => v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(most), v.description(text)), fallback)
const key = v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.description('As sessions_list gives it. This session if left out.'))
const kind = { group: 'sessions', effect: 'read', tier: 'balanced' } as const
/** The same for one that is not there and one that is not to be seen. */
const none = 'There is no such session that you may see. sessions_list gives those you may.'

export function sessionTools(sessions: SessionsApi, visibility: Visibility, clock: Clock): Readonly<Record<string, AnyTool>> {
  async function seen(call: ToolCall, asked: string | undefined): Promise<SessionInfo | undefined> {
    const wanted = asked ?? call.sessionKey
    const normal = wanted === undefined ? undefined : keyOf(sessions, wanted)
    return normal !== undefined && maySee(sessions, call, visibility, normal) ? sessions.find(normal) : undefined
  }

  return {
    sessions_list: tool({
      ...kind,
      description: 'Lists conversations of this agent, most recently active first.',
      params: v.strictObject({
        search: v.optional(v.pipe(v.string(), v.maxLength(200), v.description('Part of the key.'))),
        limit: count(50, 20, 'How many.'),
      }),
      async run({ search, limit }, call) {
        const found = await listed(sessions, call, visibility, { limit, ...(search !== undefined && { search }) })
        const rows = found.map(({ key, agent, updatedAt }) => ({ key, agent, updatedAt: new Date(updatedAt).toISOString() }))
        return { ...toolText(rows.map((row) => `${row.key}  ${row.updatedAt}`).join('\n') || 'There are none.'), details: { sessions: rows } }
      },
    }),
    sessions_history: tool({
      ...kind,
      description: 'The latest messages of a conversation, newest last.',
      params: v.strictObject({ sessionKey: v.optional(key), limit: count(100, 20, 'How many messages.'), tools: v.optional(v.pipe(v.boolean(), v.description('Also what tools answered.')), false) }),
      async run({ sessionKey, limit, tools }, call) {
        const session = await seen(call, sessionKey)
        if (!session) return toolError(none)
        const messages = await sessions.history(session.key, { limit })
        return toolText(messages.flatMap((message) => lineOf(message, tools)).join('\n\n') || 'Nothing has been said yet.')
      },
    }),
    sessions_status: tool({
      ...kind,
      description: 'What is known of a conversation: agent, model, when it began and was last active.',
      params: v.strictObject({ sessionKey: v.optional(key) }),
      async run({ sessionKey }, call) {
        const session = await seen(call, sessionKey)
        if (!session) return toolError(none)
        const status = statusOf(session, call, clock.now())
        return { ...toolText(Object.entries(status).map(([name, value]) => `${name}: ${value}`).join('\n')), details: status }
      },
    }),
  }
}

/**
 * Who comes by a channel or a webhook, or sits in a group, sees that conversation and no other, whatever the settings
 * say; so do the runs that such a run starts.
 */
function maySee(sessions: SessionsApi, call: ToolCall, visibility: Visibility, wanted: string): boolean {
  if (call.sessionKey !== undefined && keyOf(sessions, call.sessionKey) === wanted) return true
  const scope = scopeOf(call, visibility)
  return scope === 'all' || (scope === 'agent' && wanted.startsWith(`agent:${call.context?.agentId ?? ''}:`))
}

function scopeOf({ caller: { label }, context }: ToolCall, visibility: Visibility): Visibility {
  return label === 'channel' || label === 'webhook' || !context || isShared(context) ? 'self' : visibility
}

const isShared = ({ group, parent }: ToolContext): boolean => group !== undefined || (parent !== undefined && isShared(parent))

async function listed(sessions: SessionsApi, call: ToolCall, visibility: Visibility, { search, limit }: { readonly search?: string; readonly limit: number }): Promise<readonly SessionInfo[]> {
  const scope = scopeOf(call, visibility)
  if (scope === 'self') {
    const own = call.sessionKey === undefined ? undefined : await sessions.find(call.sessionKey)
    return own && own.key.includes((search ?? '').toLowerCase()) ? [own] : []
  }
  const { sessions: found } = await sessions.list({ limit, ...(search !== undefined && { search }), ...(scope === 'agent' && { agent: call.context?.agentId ?? '' }) })
  return found
}

function keyOf(sessions: SessionsApi, given: string): string | undefined {
  try {
    return sessions.normalize(given)
  } catch {
    // NEXUS_SESSIONS_KEY: no key at all.
    return undefined
  }
}

function lineOf(message: StoredMessage, tools: boolean): readonly string[] {
  if (message.role === 'toolResult' && !tools) return []
  const said = message.content.flatMap((part): string[] => (part.type === 'text' ? [part.text] : part.type === 'image' ? ['[image]'] : part.type === 'toolCall' && tools ? [`[calls ${part.name}]`] : [])).join('\n')
  if (said === '') return []
  const who = message.role === 'toolResult' ? `tool ${message.toolName}` : message.role
  return [`${who}, ${new Date(message.timestamp).toISOString()}:\n${said.length > messageChars ? `${said.slice(0, messageChars)} […]` : said}`]
}

function statusOf(session: SessionInfo, call: ToolCall, now: number): Readonly<Record<string, string>> {
  const { provider, model } = call.context ?? {}
  const isThis = call.sessionKey !== undefined && session.key === call.sessionKey
  return {
    session: session.key,
    agent: session.agent,
    ...(isThis && model !== undefined && { model: provider === undefined ? model : `${provider}/${model}` }),
    began: new Date(session.createdAt).toISOString(),
    'last active': new Date(session.updatedAt).toISOString(),
    now: new Date(now).toISOString(),
  }
}
