/** What happens to a session as a whole: its settings, its reset, its end. Each keeps out whoever else uses the session. */
import { randomUUID } from 'node:crypto'
import type { Activity, Known } from './activity.ts'
import type { Archives } from './archives.ts'
import type { ArchivedTranscript, ArchiveReason, SessionInfo, SessionSettings, SettingsPatch } from './contract.ts'
import { fail } from './errors.ts'
import { sessionPartsOf } from './keys.ts'
import type { Session, Sessions } from './open.ts'
import type { ResetDue } from './reset-rules.ts'
import type { Runs } from './runs.ts'
import { patched } from './settings.ts'

export interface Changed { readonly key: string; readonly agent: string; readonly id?: string; readonly label?: string; readonly reason: 'create' | 'patch' | 'new' | 'reset' | 'daily' | 'idle' | 'delete' | 'compact' | 'import' }
export interface LifecycleEnv {
  readonly sessions: Sessions
  readonly runs: Runs
  readonly activity: Activity
  readonly archives: Archives
  readonly now: () => number
  readonly due: ResetDue
  readonly changed: (change: Changed) => void
}
type Info = Session['info']
type Expected = { readonly sessionId?: string | undefined }

export interface Lifecycle {
  patch(key: string, patch: SettingsPatch, expected: Expected): Promise<Info>
  reset(key: string, reason: 'new' | 'reset' | 'daily' | 'idle', expected: Expected): Promise<{ readonly info: Info; readonly archived?: ArchivedTranscript }>
  /** By the rules, unless a run of it is open or `known` says that the message was taken before. */
  resetIfDue(key: string, known: () => Promise<boolean>): Promise<void>
  remove(key: string, reason: ArchiveReason, options: Expected & { readonly keep?: boolean; readonly unless?: (session: Session) => boolean }): Promise<{ readonly removed: boolean; readonly archived?: ArchivedTranscript }>
  /** Archives the transcript of a session whose key is about to lead elsewhere. */
  retire(session: Session, reason: ArchiveReason, keep?: boolean): Promise<ArchivedTranscript | undefined>
}

export const knownOf = ({ key, id, settings }: Info): Known => ({
  key, id, ...(settings?.label !== undefined && { label: settings.label }), ...(settings?.spawnedBy !== undefined && { spawnedBy: settings.spawnedBy }),
})

export function createLifecycle({ sessions, runs, activity, archives, now, due, changed }: LifecycleEnv): Lifecycle {
  const labelling = new Map<string, string>() // label to the key that is being given it

  const tell = (reason: Changed['reason'], { key, agent, id, settings }: Info): void =>
    changed({ key, agent, id, reason, ...(settings?.label !== undefined && { label: settings.label }) })

  async function isTaken(label: string, key: string): Promise<boolean> {
    const other = (await activity.recent()).find((one) => one.label === label && one.key !== key)
    return other !== undefined && (await sessions.info(other.key))?.settings?.label === label
  }

  /** Holds the label from the check to the end of `work`. */
  async function withLabel<T>(key: string, label: string | null | undefined, work: () => Promise<T>): Promise<T> {
    if (typeof label !== 'string') return work()
    if (labelling.has(label)) throw fail('NEXUS_SESSIONS_LABEL')
    labelling.set(label, key)
    try {
      if (await isTaken(label, key)) throw fail('NEXUS_SESSIONS_LABEL')
      return await work()
    } finally { labelling.delete(label) }
  }

  async function retire({ info, transcript }: Session, reason: ArchiveReason, keep = false): Promise<ArchivedTranscript | undefined> {
    const bytes = await transcript.size()
    if (bytes === 0) return undefined
    await runs.tidy() // a start would look for their ends here
    const one = { sessionId: info.id, key: info.key, log: info.log, archivedAt: now(), reason, bytes }
    await archives.add(one, keep)
    return one
  }

  async function reset(key: string, reason: 'new' | 'reset' | 'daily' | 'idle', { sessionId }: Expected): ReturnType<Lifecycle['reset']> {
    return sessions.change(key, async ({ session, put }) => {
      expect(session, sessionId)
      if (runs.isRunning(key)) throw fail('NEXUS_SESSIONS_ACTIVE')
      const archived = session && await retire(session, reason)
      const settings = session?.info.settings
      const record = { id: randomUUID(), createdAt: now(), ...(settings && { settings }) }
      await activity.note({ ...known(key, record.id, settings), at: record.createdAt })
      const { info } = await put(record)
      tell(reason, info)
      return { info, ...(archived && { archived }) }
    })
  }

  async function lastActive({ info, record: { createdAt, importedAt = 0 }, transcript }: Session): Promise<number | undefined> {
    if (await transcript.size() === 0) return undefined // nothing to begin anew
    const at = activity.at(info.key)
    if (at !== undefined) return Math.max(at, importedAt)
    const [last] = await transcript.page({ limit: 1 }, (entry): entry is typeof entry => true)
    return Math.max((last && Date.parse(last.timestamp)) || createdAt, importedAt)
  }

  return {
    patch: (key, patch, { sessionId }) => withLabel(key, patch.label, async () => {
      await sessions.with(key, true, () => {})
      return sessions.change(key, async ({ session, put }) => {
        expect(session, sessionId)
        if (!session) throw fail('NEXUS_SESSIONS_CHANGED') // removed just now
        const { id, settings = {} } = session.record
        const next = patched(settings, patch)
        // First, so that a session can be found by what it says of itself; what it does not say is no hit.
        await activity.note({ ...known(key, id, next), at: activity.at(key) ?? now() })
        const { info } = await put({ ...session.record, settings: next })
        tell('patch', info)
        return info
      })
    }),
    reset,
    async resetIfDue(key, isKnown) {
      const found = await sessions.with(key, false, async (session) => session && { id: session.info.id, at: await lastActive(session) })
      if (found?.at === undefined) return
      const reason = due(sessionPartsOf(key), found.at, now())
      if (!reason || runs.isOpen(key) || await isKnown()) return
      await reset(key, reason, { sessionId: found.id }).catch(passOver)
    },
    remove: (key, reason, { sessionId, keep = false, unless }) => sessions.change(key, async ({ session, drop }) => {
      expect(session, sessionId)
      if (!session || unless?.(session)) return { removed: false }
      const { kind, thread } = sessionPartsOf(key)
      if (kind === 'main' && thread === undefined) throw fail('NEXUS_SESSIONS_MAIN')
      if (runs.isOpen(key)) throw fail('NEXUS_SESSIONS_ACTIVE')
      const archived = await retire(session, reason, keep)
      await drop()
      await activity.forget(key)
      tell('delete', session.info)
      return { removed: true, ...(archived && { archived }) }
    }),
    retire,
  }
}

const known = (key: string, id: string, settings: SessionSettings | undefined): Known => knownOf({ key, id, settings } as SessionInfo)

function expect(session: Session | undefined, sessionId: string | undefined): void {
  if (sessionId !== undefined && session?.info.id !== sessionId) throw fail('NEXUS_SESSIONS_CHANGED')
}

/** Another was faster, or has just begun: then there is nothing to begin anew. */
function passOver(error: unknown): void {
  if (!['NEXUS_SESSIONS_CHANGED', 'NEXUS_SESSIONS_ACTIVE'].includes((error as { code?: string }).code ?? '')) throw error
}
