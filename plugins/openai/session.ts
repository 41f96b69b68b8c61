/** Whether a request belongs to a session, and to which. */
import { createHash } from 'node:crypto'

/** The second header is the reference system's. */
const headers = ['x-nexus-session', 'x-openclaw-session-key']

/**
 * A header names the session itself; `user` gets one of its own with that agent. With neither the request stands
 * alone. A user's name may be anything, a key may not: it is hashed unless it is plain.
 */
export function sessionOf(agentId: string, header: (name: string) => string | undefined, user: string | null | undefined): string | undefined {
  const named = headers.map(header).find((value) => value !== undefined && value !== '')
  if (named !== undefined) return /^agent:/i.test(named) ? named : `agent:${agentId}:${named}`
  if (!user) return undefined
  const plain = /^[a-z0-9][a-z0-9_-]{0,63}$/.test(user) ? user : createHash('sha256').update(user).digest('hex').slice(0, 32)
  return `agent:${agentId}:openai:direct:${plain}`
}
