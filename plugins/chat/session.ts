/** Which session a request means. */
import type { Caller } from 'nexus-gateway/sdk'
import { keepToAgent } from '../agent/contract.ts'
import type { SessionsApi } from '../sessions/contract.ts'
import { failChat } from './errors.ts'

interface Wanted { readonly sessionKey: string; readonly agentId?: string | undefined }

/** With `agentId`, a short key such as `main` is that agent's. Throws NEXUS_SESSIONS_KEY, NEXUS_CHAT_OTHER_AGENT, NEXUS_AGENT_BOUND. */
export function keyOf(sessions: Pick<SessionsApi, 'normalize'>, wanted: Wanted, caller: Caller): string {
  const key = normalized(sessions, wanted)
  keepToAgent(caller, key.split(':')[1] ?? '')
  return key
}

function normalized(sessions: Pick<SessionsApi, 'normalize'>, { sessionKey, agentId }: Wanted): string {
  if (agentId === undefined) return sessions.normalize(sessionKey)
  const key = sessions.normalize(/^agent:/i.test(sessionKey) ? sessionKey : `agent:${agentId}:${sessionKey}`)
  if (!key.startsWith(`agent:${agentId.toLowerCase()}:`)) throw failChat('NEXUS_CHAT_OTHER_AGENT')
  return key
}

/** A client that names the session's id means that one, not a session that has taken its place since. */
export async function checkId(sessions: SessionsApi, key: string, sessionId: string | undefined): Promise<void> {
  if (sessionId === undefined) return
  const session = await sessions.find(key)
  if (session?.id !== sessionId) throw failChat('NEXUS_CHAT_SESSION_CHANGED')
}
