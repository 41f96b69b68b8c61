/** `chat.inject`: an assistant message that no model wrote, into the transcript and to whoever listens. */
import type { Caller } from 'nexus-gateway/sdk'
import { usageOf } from '../models/contract.ts'
import type { SessionsApi } from '../sessions/contract.ts'
import { failChat } from './errors.ts'
import type { Inject } from './params.ts'
import type { Said } from './payload.ts'
import { keyOf } from './session.ts'

/** Resolves when it is on disk. Rejects with NEXUS_CHAT_NO_SESSION, NEXUS_CHAT_EMPTY and what `keyOf` throws. */
export async function inject(sessions: SessionsApi, params: Inject, caller: Caller, now: number): Promise<{ readonly messageId: string; readonly said: Said }> {
  const { message, label } = params
  if (message.trim() === '') throw failChat('NEXUS_CHAT_EMPTY')
  const sessionKey = keyOf(sessions, params, caller)
  const session = await sessions.find(sessionKey)
  if (!session) throw failChat('NEXUS_CHAT_NO_SESSION')
  const text = label === undefined || label.trim() === '' ? message : `[${label.trim()}]\n\n${message}`
  const [entry] = await sessions.append(sessionKey, [{
    type: 'message',
    message: { role: 'assistant', content: [{ type: 'text', text }], provider: 'nexus', model: 'injected', usage: usageOf({}), stopReason: 'stop', timestamp: now },
  }])
  const messageId = entry!.id
  return { messageId, said: { runId: `inject-${messageId}`, sessionKey, agentId: session.agent, text, at: now } }
}
