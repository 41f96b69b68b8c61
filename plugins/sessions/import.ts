/** Takes in transcripts of the reference system, piece by piece, word for word. Nothing shows before the last piece is on disk. */
import type { StoreApi } from '../store/contract.ts'
import type { Activity } from './activity.ts'
import type { Archives } from './archives.ts'
import type { SessionSettings } from './contract.ts'
import { fail } from './errors.ts'
import type { Changed, Lifecycle } from './lifecycle.ts'
import { knownOf } from './lifecycle.ts'
import { logOf, type Change, type Session, type Sessions } from './open.ts'
import type { Runs } from './runs.ts'
import { patched } from './settings.ts'

export interface ImportPiece {
  /** Normalized. */
  readonly key: string
  readonly sessionId: string
  /** How many lines came before. */
  readonly at: number
  readonly lines: readonly string[]
  /** With the last piece. Times in ms since the epoch. */
  readonly done?: { readonly createdAt: number; readonly updatedAt: number; readonly settings: SessionSettings }
  /** Archives the session that the key has. */
  readonly replace: boolean
}
export type ImportStatus = 'more' | 'imported' | 'same' | 'other'
export interface Imports { take(piece: ImportPiece): Promise<ImportStatus> }

export interface ImportsEnv {
  readonly store: StoreApi
  readonly sessions: Sessions
  readonly runs: Runs
  readonly activity: Activity
  readonly archives: Archives
  readonly lifecycle: Lifecycle
  readonly changed: (change: Changed) => void
  readonly now: () => number
}

const maxOpen = 100

export function createImports({ store, sessions, runs, activity, archives, lifecycle, changed, now }: ImportsEnv): Imports {
  const open = new Map<string, number>() // log to the lines it has, oldest first
  /** Says that a log without a session is the beginning of an import, and not something to keep. */
  const begun = store.documents<{ readonly key: string; readonly at: number }>('sessions/_imports')

  async function begin(key: string, log: string, first: string | undefined): Promise<void> {
    if (!isHeader(first)) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'its first line is not the header of a transcript' })
    const marked = await begun.get(log)
    if (marked) await store.log(log).remove()
    else if (await store.log(log).size() > 0) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'another session here has its id' })
    await begun.put(log, { key, at: now() })
    if (open.size >= maxOpen) open.delete(open.keys().next().value as string)
    open.set(log, 0)
  }

  async function finish({ session, put }: Change, { key, sessionId, done, replace }: ImportPiece, log: string): Promise<void> {
    if (!done) return
    const settings = patched({}, done.settings)
    if (session && replace) await lifecycle.retire(session, 'replaced')
    const record = { id: sessionId, createdAt: done.createdAt, settings }
    await activity.note({ ...knownOf({ key, settings, id: sessionId } as Session['info']), at: done.updatedAt })
    const { info } = await put(record)
    await begun.delete(log)
    open.delete(log)
    changed({ key, agent: info.agent, id: info.id, reason: 'import', ...(settings.label !== undefined && { label: settings.label }) })
  }

  return {
    take: (piece) => sessions.change(piece.key, async (change) => {
      const { key, sessionId, at, lines, done, replace } = piece
      const { session } = change
      const log = logOf(key, sessionId)
      if (session?.info.id === sessionId || (await archives.of(key)).some((one) => one.sessionId === sessionId)) return 'same'
      const free = !session || replace || await session.transcript.size() === 0
      if (!free) return 'other'
      if (runs.isOpen(key)) throw fail('NEXUS_SESSIONS_ACTIVE')
      if (at === 0) await begin(key, log, lines[0])
      if (open.get(log) !== at) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'a piece of it is missing' })
      if (lines.length > 0) await store.log(log).append(lines)
      open.set(log, at + lines.length)
      await finish(change, piece, log)
      return done ? 'imported' : 'more'
    }),
  }
}

function isHeader(line: string | undefined): boolean {
  try {
    return (JSON.parse(line ?? '') as { type?: unknown } | null)?.type === 'session'
  } catch {
    return false
  }
}
