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
  /** Which one this is, from 0. */
  readonly piece: number
  readonly lines: readonly string[]
  /** The last line goes on in the next piece. */
  readonly open: boolean
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

/** Each may hold the beginning of a line of 8 MiB. */
const maxOpen = 4
const maxLine = 8 * 1024 * 1024
/** `rest` is the beginning of a line that is not whole yet. */
interface Progress { readonly key: string; readonly pieces: number; readonly rest: string }

export function createImports({ store, sessions, runs, activity, archives, lifecycle, changed, now }: ImportsEnv): Imports {
  const open = new Map<string, Progress>() // by log, oldest first
  /** Says that a log without a session is the beginning of an import, and not something to keep. */
  const begun = store.documents<{ readonly key: string; readonly at: number }>('sessions/_imports')

  async function begin(key: string, log: string): Promise<void> {
    const marked = await begun.get(log)
    const ours = marked && !await isFinished(marked.value.key, log)
    if (ours) await store.log(log).remove()
    else if (await store.log(log).size() > 0) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'another session here has its id' })
    await begun.put(log, { key, at: now() })
    open.set(log, { key, pieces: 0, rest: '' })
  }

  /** A crash may have left the mark of an import that was complete: then a session has the transcript, or had it. */
  async function isFinished(key: string, log: string): Promise<boolean> {
    return (await sessions.info(key))?.log === log || (await archives.of(key)).some((one) => one.log === log)
  }

  /** What another program says of its times orders lists and resets: none is later than now. */
  const past = (at: number): number => Math.round(Math.min(Math.max(0, at), now()))

  async function finish({ session, put }: Change, { key, sessionId, done, replace }: ImportPiece, log: string): Promise<void> {
    if (!done) return
    const { label: _, ...rest } = done.settings
    const settings = patched({}, rest)
    if (session && replace) await lifecycle.retire(session, 'replaced')
    const record = { id: sessionId, createdAt: past(done.createdAt), settings, importedAt: now() }
    await activity.note({ ...knownOf({ key, settings, id: sessionId } as Session['info']), at: past(done.updatedAt) })
    const { info } = await put(record)
    await begun.delete(log)
    changed({ key, agent: info.agent, id: info.id, reason: 'import' })
  }

  /** What of the piece is whole lines is written. */
  async function write(log: string, { key, piece, lines, open: goesOn }: ImportPiece): Promise<void> {
    const { key: whose, pieces, rest } = open.get(log) ?? { key, pieces: -1, rest: '' }
    open.delete(log) // what fails begins anew
    if (pieces !== piece || whose !== key) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'a piece of it is missing' })
    const all = lines.length > 0 ? [rest + lines[0], ...lines.slice(1)] : []
    const next = goesOn ? all.pop() ?? rest : ''
    if (next.length > maxLine) throw fail('NEXUS_SESSIONS_IMPORT', { reason: `one of its lines is longer than ${maxLine} bytes` })
    const target = store.log(log)
    if (all.length > 0 && await target.size() === 0 && !isHeader(all[0])) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'its first line is not the header of a transcript' })
    if (all.length > 0) await target.append(all)
    if (open.size >= maxOpen) open.delete(open.keys().next().value as string)
    open.set(log, { key, pieces: pieces + 1, rest: next })
  }

  function take(piece: ImportPiece): Promise<ImportStatus> {
    return sessions.change(piece.key, async (change) => {
      const { key, sessionId, done, replace } = piece
      const { session } = change
      const log = logOf(key, sessionId)
      if (session?.info.id === sessionId || (await archives.of(key)).some((one) => one.sessionId === sessionId)) return 'same'
      const free = !session || replace || await session.transcript.size() === 0
      if (!free) return 'other'
      if (runs.isOpen(key)) throw fail('NEXUS_SESSIONS_ACTIVE')
      if (piece.piece === 0) await begin(key, log)
      await write(log, piece)
      if (!done) return 'more'
      open.delete(log)
      if (await store.log(log).size() === 0) throw fail('NEXUS_SESSIONS_IMPORT', { reason: 'it has no lines' })
      await finish(change, piece, log)
      return 'imported'
    })
  }

  return {
    async take(piece) {
      const { label } = piece.done?.settings ?? {}
      const status = await take(piece)
      // Afterwards, and only if it is free: a label is no reason to leave a conversation out.
      if (status === 'imported' && label !== undefined) await lifecycle.patch(piece.key, { label }, { sessionId: piece.sessionId }).catch(passOver)
      return status
    },
  }
}

function passOver(error: unknown): void {
  if ((error as { code?: unknown }).code !== 'NEXUS_SESSIONS_LABEL') throw error
}

function isHeader(line: string | undefined): boolean {
  try {
    return (JSON.parse(line ?? '') as { type?: unknown } | null)?.type === 'session'
  } catch {
    return false
  }
}
