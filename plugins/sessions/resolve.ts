/** Which session a key, an id, the beginning of one, or a label means. */
import type { ActivityRecord } from './activity.ts'
import type { SessionInfo, SessionQuery } from './contract.ts'
import { fail } from './errors.ts'
import { normalizeKey } from './keys.ts'

export interface ResolveEnv {
  readonly recent: () => Promise<ActivityRecord[]>
  readonly info: (key: string) => Promise<SessionInfo | undefined>
}

const minShort = 4

/** What the index says is checked against the session itself, since a crash may leave the one ahead of the other. */
export async function findSession(query: SessionQuery, { recent, info }: ResolveEnv): Promise<SessionInfo | undefined> {
  const { key, sessionId, label, shortId, agent, spawnedBy } = query
  if ([key, sessionId, label, shortId].filter((one) => one !== undefined).length !== 1) throw fail('NEXUS_SESSIONS_WHICH', { method: 'sessions.resolve', names: 'key, sessionId, label, shortId' })
  const matches = (session: { readonly id: string; readonly label?: string | undefined }): boolean =>
    (sessionId !== undefined && session.id === sessionId) || (label !== undefined && session.label === label) || (shortId !== undefined && shortId.length >= minShort && session.id.startsWith(shortId.toLowerCase()))
  const keys = key !== undefined ? [normalizeKey(key)] : (await recent()).filter(matches).map((record) => record.key)
  const found: SessionInfo[] = []
  for (const one of keys) {
    const session = await info(one)
    if (!session || (key === undefined && !matches({ id: session.id, label: session.settings?.label }))) continue
    if (agent !== undefined && session.agent !== agent.toLowerCase()) continue
    if (spawnedBy !== undefined && session.settings?.spawnedBy !== spawnedBy) continue
    found.push(session)
    if (found.length > 1) throw fail('NEXUS_SESSIONS_AMBIGUOUS')
  }
  return found[0]
}
