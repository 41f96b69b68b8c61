/** At the start: sub-agents that a stop or a crash has cut off are marked, and the sessions that began them hear of it. */
import type { SessionInfo, SessionsApi } from '../../sessions/contract.ts'
import type { Runs } from '../runs.ts'
import { close, note } from './announce.ts'
import { childOf } from './child.ts'

/** Looked at: what has been active for longer than a run may last is none of it. */
const sinceMs = 2 * 86_400_000
const most = 1_000

/** Gives how many there were. */
export async function recover(sessions: SessionsApi, runs: Pick<Runs, 'caused' | 'find'>, now: number): Promise<number> {
  const { sessions: found } = await sessions.list({ search: ':subagent:', since: now - sinceMs, limit: most })
  let count = 0
  for (const info of found) {
    const child = childOf(info.settings)
    if (child?.state !== 'open' || runs.find(child.runId) !== undefined) continue
    await close({ sessions, runs }, { key: info.key, child }, 'interrupted')
    await tell(sessions, info, child.parentId)
    count++
  }
  return count
}

/** No run is begun for it: nobody has asked for anything since. */
async function tell(sessions: SessionsApi, { key, settings }: SessionInfo, parentId: string): Promise<void> {
  const parent = settings?.spawnedBy === undefined ? undefined : await sessions.find(settings.spawnedBy)
  if (parent?.id === parentId) await note(sessions, parent.key, `[The gateway stopped before a sub-agent of this session could report. Whatever it did stands in its session, ${key}. Start it again if its task is still wanted.]`)
}
