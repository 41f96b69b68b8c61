/** What a sub-agent's session keeps of its task, so that it is known after a crash too. */
import type { SessionsApi, SessionSettings } from '../../sessions/contract.ts'
import type { Runs } from '../runs.ts'

export const spawnTool = 'sessions_spawn'
export const sendTool = 'sessions_send'
/** Under this name in the session's `extra`. */
export const childSetting = 'agent.child'

export interface Child {
  readonly runId: string
  /** `open`: its end has not been told yet. `interrupted`: a stop or a crash has cut it off. */
  readonly state: 'open' | 'ended' | 'interrupted'
  /** Of the session that it was begun from, as it was then: a reset one is told nothing. */
  readonly parentId: string
  /** One line, for people and the model. */
  readonly title: string
  readonly cleanup: 'keep' | 'delete'
}

export function childOf(settings: SessionSettings | undefined): Child | undefined {
  const kept = settings?.extra?.[childSetting]
  return typeof kept === 'object' && kept !== null && typeof (kept as Child).runId === 'string' ? kept as Child : undefined
}

/** Sub-agents of a session that are not done, counted by what the sessions keep; those that a stop has cut off do not count. */
export async function openChildren(sessions: Pick<SessionsApi, 'list' | 'normalize'>, runs: Pick<Runs, 'find'>, parentKey: string): Promise<number> {
  const { sessions: found } = await sessions.list({ spawnedBy: sessions.normalize(parentKey), limit: 1000 })
  return found.filter(({ settings }) => {
    const child = childOf(settings)
    return child?.state === 'open' && runs.find(child.runId) !== undefined
  }).length
}
