/** Sessions by key: found or made once, held while they are used or were lately, and changed by one at a time. */
import { randomUUID } from 'node:crypto'
import type { Documents, StoreApi } from '../store/contract.ts'
import type { Activity } from './activity.ts'
import type { SessionInfo, SessionSettings } from './contract.ts'
import { makeHeader } from './entries.ts'
import { agentOf } from './keys.ts'
import { createTails } from './tail.ts'
import { createTranscript, type Transcript } from './transcript.ts'

/** The document of a session, in the collection `sessions/AGENT`, by its key. */
export interface SessionRecord {
  readonly id: string
  readonly createdAt: number
  readonly settings?: SessionSettings
  /** When it was taken in from elsewhere: no reset rule counts what was before. */
  readonly importedAt?: number
}
export interface Session { readonly info: Omit<SessionInfo, 'updatedAt'>; readonly record: SessionRecord; readonly transcript: Transcript }

/** What a change may do; nobody else uses the session meanwhile. */
export interface Change {
  readonly session: Session | undefined
  put(record: SessionRecord): Promise<Session>
  drop(): Promise<void>
}

export interface Sessions {
  /** Runs `use` with the session; makes one if there is none and `create` is set, else `use` gets `undefined`. */
  with<T>(key: string, create: true, use: (session: Session) => Promise<T> | T): Promise<T>
  with<T>(key: string, create: false, use: (session: Session | undefined) => Promise<T> | T): Promise<T>
  /** Waits for whoever uses the session; who comes later waits for the change. Not to be called from within `with` of the same key. */
  change<T>(key: string, work: (change: Change) => Promise<T>): Promise<T>
  /** Its document alone: for lists. */
  info(key: string): Promise<Session['info'] | undefined>
  /** A transcript that no key leads to. */
  transcript(log: string): Transcript
  readonly size: number
}

export interface SessionsEnv {
  readonly store: StoreApi
  readonly now: () => number
  readonly cwd: string
  readonly activity: Activity
  readonly maxOpen: number
  readonly damaged: () => void
  readonly created: (info: Session['info']) => void
}

/** `fresh`: loaded, and not taken yet by whoever asked for it. */
interface Held { session: Session; revision: number; users: number; fresh: boolean; drained?: () => void }

export const logOf = (key: string, id: string): string => `sessions/${agentOf(key)}/${id}`

export function createSessions({ store, now, cwd, activity, maxOpen, damaged, created }: SessionsEnv): Sessions {
  const tailOf = createTails()
  const held = new Map<string, Held>() // least recently used first
  const loading = new Map<string, Promise<Held | undefined>>()
  const changing = new Map<string, Promise<void>>()

  const records = (key: string): Documents<SessionRecord> => store.documents<SessionRecord>(`sessions/${agentOf(key)}`)

  const infoOf = (key: string, { id, createdAt, settings }: SessionRecord): Session['info'] =>
    ({ key, id, agent: agentOf(key), log: logOf(key, id), createdAt, ...(settings && Object.keys(settings).length > 0 && { settings }) })

  const transcriptOf = (info: Session['info']): Transcript => createTranscript({ log: store.log(info.log), tail: tailOf(), now, damaged, header: () => makeHeader(info.id, cwd, info.createdAt) })

  function hold(key: string, record: SessionRecord, revision: number): Held {
    const info = infoOf(key, record)
    const mine = { session: { info, record, transcript: transcriptOf(info) }, revision, users: 0, fresh: true }
    held.set(key, mine)
    return mine
  }

  /** One load of a key at a time, so that no two transcripts write to one log. */
  function load(key: string, create: boolean): Promise<Held | undefined> {
    const running = loading.get(key)
    if (running) return running.then((found) => found ?? (create ? load(key, create) : undefined))
    const mine = read(key, create).finally(() => { loading.delete(key) })
    loading.set(key, mine)
    return mine
  }

  async function read(key: string, create: boolean): Promise<Held | undefined> {
    const found = await records(key).get(key)
    if (found) return hold(key, found.value, found.revision)
    if (!create) return undefined
    const record = { id: randomUUID(), createdAt: now() }
    await activity.note({ key, id: record.id, at: record.createdAt }) // first, so that no session is missing from the list
    const mine = hold(key, record, await records(key).put(key, record, { revision: 0 }))
    created(mine.session.info)
    return mine
  }

  /** Taken so that it is neither let go nor changed before `release`. */
  async function take(key: string, create: boolean): Promise<Held | undefined> {
    for (;;) {
      while (changing.has(key)) await changing.get(key)
      const mine = held.get(key) ?? await load(key, create)
      if (!mine) return undefined
      if (changing.has(key) || held.get(key) !== mine) continue // changed while it was loaded
      mine.users++
      mine.fresh = false
      held.delete(key)
      held.set(key, mine)
      return mine
    }
  }

  function release(mine: Held): void {
    if (--mine.users === 0) mine.drained?.()
    evict()
  }

  function evict(): void {
    if (held.size <= maxOpen) return
    for (const [key, { users, fresh }] of held) {
      if (users === 0 && !fresh && !changing.has(key)) held.delete(key)
      if (held.size <= maxOpen) return
    }
  }

  async function changed<T>(key: string, work: (change: Change) => Promise<T>): Promise<T> {
    for (let loads = loading.get(key); loads; loads = loading.get(key)) await loads.catch(() => undefined) // whoever asked is told
    const mine = held.get(key) ?? await load(key, false)
    if (mine) mine.fresh = false
    if (mine && mine.users > 0) await new Promise<void>((resolve) => { mine.drained = resolve })
    return work({
      session: mine?.session,
      async put(record) {
        const revision = await records(key).put(key, record, { revision: mine?.revision ?? 0 }).catch(letGo)
        const info = infoOf(key, record)
        const same = mine?.session.info.id === record.id
        const session = { info, record, transcript: same ? mine.session.transcript : transcriptOf(info) }
        held.set(key, { session, revision, users: 0, fresh: false })
        return session
      },
      async drop() {
        await records(key).delete(key, { revision: mine?.revision ?? 0 }).catch(letGo)
        held.delete(key)
      },
    })

    /** Whether the old or the new document stands is not known then: who comes next reads it. */
    function letGo(error: unknown): never {
      held.delete(key)
      throw error
    }
  }

  return {
    async with<T>(key: string, create: boolean, use: (session: Session) => Promise<T> | T): Promise<T> {
      const mine = await take(key, create)
      if (!mine) return use(undefined as never) // only the overload without `create` comes here
      try {
        return await use(mine.session)
      } finally { release(mine) }
    },
    async change(key, work) {
      while (changing.has(key)) await changing.get(key)
      let done = (): void => {}
      changing.set(key, new Promise((resolve) => { done = resolve }))
      try {
        return await changed(key, work)
      } finally {
        changing.delete(key)
        done()
        evict()
      }
    },
    async info(key) {
      const open = held.get(key)
      if (open) return open.session.info
      const found = await records(key).get(key)
      return found && infoOf(key, found.value)
    },
    transcript: (log) => createTranscript({ log: store.log(log), tail: tailOf(), now, damaged, header: () => { throw new Error('an archived transcript is not written to') } }),
    get size() { return held.size },
  }
}
