/** What is no longer kept: old archives, and sessions that nobody has used for long. */
import * as v from 'valibot'
import type { Log } from 'nexus-gateway/sdk'
import type { Activity } from './activity.ts'
import type { Archives } from './archives.ts'
import { sessionPartsOf } from './keys.ts'
import type { Lifecycle } from './lifecycle.ts'
import type { Session, Sessions } from './open.ts'

const days = (max: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(max))
export const RetentionConfig = v.strictObject({
  archiveDays: v.optional(v.pipe(days(36_500), v.description('Delete transcripts that were archived (by a reset or delete) longer ago than this; 0 for never.')), 90),
  archiveBytes: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1e15), v.description('Delete the oldest archived transcripts while all together are larger; 0 for never.')), 2 * 1024 ** 3),
  unusedDays: v.optional(v.pipe(days(36_500), v.description('Archive sessions that nobody has used for longer than this; 0 for never. Main sessions stay.')), 0),
})
export type RetentionSettings = v.InferOutput<typeof RetentionConfig>

export interface Retention {
  /** One bounded pass. What it archived and deleted. */
  run(settings: RetentionSettings): Promise<{ readonly archived: number; readonly deleted: number }>
}

export interface RetentionEnv {
  readonly sessions: Sessions
  readonly activity: Activity
  readonly archives: Archives
  readonly lifecycle: Lifecycle
  readonly log: Log
  readonly now: () => number
}

const dayMs = 86_400_000
const perPass = 1000

export function createRetention({ sessions, activity, archives, lifecycle, log, now }: RetentionEnv): Retention {
  /** Least recently used first, up to the first that is still wanted. */
  async function archiveUnused(afterDays: number): Promise<number> {
    if (afterDays === 0) return 0
    const before = now() - afterDays * dayMs
    let archived = 0
    for (const { key, at } of (await activity.recent()).reverse()) {
      if (at >= before || archived >= perPass) break
      const { kind, thread } = sessionPartsOf(key)
      if (kind === 'main' && thread === undefined) continue
      // Since this pass has begun; and what was taken in counts from then, as for a reset.
      const used = ({ record: { importedAt = 0 } }: Session): boolean => Math.max(importedAt, activity.at(key) ?? 0) >= before
      const { removed } = await lifecycle.remove(key, 'unused', { unless: used }).catch((error: unknown) => {
        if ((error as { code?: unknown }).code !== 'NEXUS_SESSIONS_ACTIVE') log.warn('could not archive an unused session', { reason: String(error) })
        return { removed: false }
      })
      if (removed) archived++
    }
    return archived
  }

  return {
    async run({ archiveDays, archiveBytes, unusedDays }) {
      const archived = await archiveUnused(unusedDays)
      const inUse = async ({ key, sessionId }: { readonly key: string; readonly sessionId: string }): Promise<boolean> => (await sessions.info(key))?.id === sessionId
      const deleted = await archives.prune({ days: archiveDays, bytes: archiveBytes }, inUse)
      if (archived + deleted > 0) log.info('kept sessions within their retention', { archived, deleted })
      return { archived, deleted }
    },
  }
}
