/** Talking to an agent as the protocol's clients do. */
import * as v from 'valibot'
import { contract, event, method } from 'nexus-gateway/sdk'
import { AbortParams, HistoryParams, InjectParams, SendParams } from './params.ts'

export { chatErrors } from './errors.ts'

const ChatMessage = v.strictObject({
  role: v.literal('assistant'),
  content: v.array(v.strictObject({ type: v.literal('text'), text: v.string() })),
  timestamp: v.number(),
})
const Usage = v.strictObject({ input: v.number(), output: v.number(), cacheRead: v.number(), cacheWrite: v.number(), totalTokens: v.number(), reasoning: v.optional(v.number()), reported: v.optional(v.number()) })
const run = { runId: v.string(), sessionKey: v.string(), agentId: v.string(), seq: v.number() }

/**
 * The protocol's chat event, in the form of protocol 4: `deltaText` puts the answer together, with `replace` the
 * whole `message` takes the place of what came before, and the last event has all of it. `seq` counts within the run,
 * from 1 and without gaps, so a gap is a delta that a slow client was spared. `joined`: the run whose answer this one's
 * message went into; then there is no `message` here.
 */
export const ChatEvent = v.variant('state', [
  v.strictObject({ ...run, state: v.literal('delta'), deltaText: v.string(), replace: v.optional(v.literal(true)), message: v.optional(ChatMessage) }),
  v.strictObject({ ...run, state: v.literal('final'), message: v.optional(ChatMessage), usage: Usage, stopReason: v.string(), joined: v.optional(v.string()) }),
  v.strictObject({ ...run, state: v.literal('aborted'), message: v.optional(ChatMessage), errorMessage: v.optional(v.string()), stopReason: v.string() }),
  v.strictObject({
    ...run, state: v.literal('error'), message: v.optional(ChatMessage), errorMessage: v.string(),
    errorKind: v.picklist(['refusal', 'timeout', 'rate_limit', 'context_length', 'unknown']), usage: Usage, stopReason: v.string(),
  }),
])

const Stopped = v.strictObject({ ok: v.literal(true), aborted: v.boolean(), runIds: v.array(v.string()) })

export const chat = contract({
  id: 'chat',
  methods: {
    'chat.send': method({
      scope: 'operator.write',
      params: SendParams,
      result: v.union([v.strictObject({ runId: v.string(), status: v.picklist(['started', 'in_flight', 'ok']) }), Stopped]),
      summary: 'Gives a message to the agent of a session; the answer comes as `chat` events. A word that stops, such as `stop`, is answered as `chat.abort` is.',
    }),
    'chat.history': method({
      scope: 'operator.read',
      params: HistoryParams,
      result: v.object({
        sessionKey: v.string(),
        sessionId: v.optional(v.string()),
        messages: v.array(v.looseObject({ role: v.picklist(['user', 'assistant', 'toolResult']), timestamp: v.number() })),
        nextCursor: v.optional(v.string()),
      }),
      summary: 'The latest messages of a session, newest last.',
    }),
    'chat.abort': method({
      scope: 'operator.write',
      params: AbortParams,
      result: Stopped,
      summary: 'Stops the runs of a session, or one of them.',
    }),
    'chat.inject': method({
      scope: 'operator.admin',
      params: InjectParams,
      result: v.strictObject({ ok: v.literal(true), messageId: v.string() }),
      summary: 'Puts a message of the assistant, which no model wrote, into a session.',
    }),
  },
  events: {
    chat: event({ scope: 'operator.read', payload: ChatEvent, summary: 'What an agent answers, as it comes.' }),
  },
})
