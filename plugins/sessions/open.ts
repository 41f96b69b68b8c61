/** Sessions by key: found or made once, and held while they are used or were lately. */
import { randomUUID } from 'node:crypto'
import type { Documents, StoreApi } from '../store/contract.ts'
import type { Activity } from './activity.ts'
import type { SessionInfo } from './contract.ts'
import { makeHeader } from './entries.ts'
import { agentOf } from './keys.ts'
import { createTranscript, type Transcript } from './transcript.ts'

/** The document of a session, in the collection `sessions/AGENT`, by its key. */
export interface SessionRecord { readonly id: string; readonly createdAt: number }
export interface Session { readonly info: Omit<SessionInfo, 'updatedAt'>; readonly transcript: Transcript }

export interface Sessions {
  /** Runs `use` with the session; makes one if there is none and `create` is set, else `use` gets `undefined`. */
  with<T>(key: string, create: true, use: (session: Session) => Promise<T> | T): Promise<T>
  with<T>(key: string, create: false, use: (session: Session | undefined) => Promise<T> | T): Promise<T>
  /** Its document alone: for lists. */
  info(key: string): Promise<Session['info'] | undefined>
  readonly size: number
}

export interface SessionsEnv {
  readonly store: StoreApi
  readonly now: () => number
  readonly cwd: string
  readonly activity: Activity
  readonly maxOpen: number
  readonly damaged: () => void
}

interface Held { readonly session: Session; users: number }

export function createSessions({ store, now, cwd, activity, maxOpen, damaged }: SessionsEnv): Sessions {
  const held = new Map<string, Held>() // least recently used first
  const loading = new Map<string, Promise<Held | undefined>>()

  const records = (key: string): Documents<SessionRecord> => store.documents<SessionRecord>(`sessions/${agentOf(key)}`)

  function infoOf(key: string, { id, createdAt }: SessionRecord): Session['info'] {
    const agent = agentOf(key)
    return { key, id, agent, log: `sessions/${agent}/${id}`, createdAt }
  }

  function hold(key: string, record: SessionRecord): Held {
    const info = infoOf(key, record)
    const transcript = createTranscript({ log: store.log(info.log), now, damaged, header: () => makeHeader(info.id, cwd, info.createdAt) })
    const mine = { session: { info, transcript }, users: 0 }
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
    if (found) return hold(key, found.value)
    if (!create) return undefined
    const record = { id: randomUUID(), createdAt: now() }
    await activity.created(key, record.createdAt) // first, so that no session is missing from the list
    await records(key).put(key, record, { revision: 0 })
    return hold(key, record)
  }

  function evict(): void {
    if (held.size <= maxOpen) return
    for (const [key, { users }] of held) {
      if (users === 0) held.delete(key)
      if (held.size <= maxOpen) return
    }
  }

  return {
    async with<T>(key: string, create: boolean, use: (session: Session) => Promise<T> | T): Promise<T> {
      const mine = held.get(key) ?? await load(key, create)
      if (!mine) return use(undefined as never) // only the overload without `create` comes here
      mine.users++
      held.delete(key)
      held.set(key, mine)
      try {
        return await use(mine.session)
      } finally {
        mine.users--
        evict()
      }
    },
    async info(key) {
      const open = held.get(key)
      if (open) return open.session.info
      const found = await records(key).get(key)
      return found && infoOf(key, found.value)
    },
    get size() { return held.size },
  }
}
