/** Which sessions were active when, and by which id and label they are found: the 10,000 most recent, so that nothing ever walks all sessions. */
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { createJournal } from './journal.ts'

/** What a session is found by without its document. */
export interface Known { readonly key: string; readonly id: string; readonly label?: string; readonly spawnedBy?: string }
export interface ActivityRecord extends Known { readonly at: number }
interface GoneRecord { readonly key: string; readonly gone: true }

export interface Activity {
  /** Durable: a session that was created, or found by another id or label from now on, is so after any crash. */
  note(record: ActivityRecord): Promise<void>
  /** Reaches the disk with the next `flush`; a crash before that costs the session its place in the list, no more. */
  touch(session: Known, at: number): void
  /** Durable. */
  forget(key: string): Promise<void>
  flush(): Promise<void>
  /** Most recent first. */
  recent(): Promise<ActivityRecord[]>
  at(key: string): number | undefined
  readonly size: number
  settle(): Promise<void>
}

export interface ActivityEnv { readonly store: StoreApi; readonly log: Log; readonly maxSessions: number }

export function openActivity({ store, log, maxSessions }: ActivityEnv): Activity {
  let index = new Map<string, ActivityRecord>() // least recent first
  let touched = new Map<string, ActivityRecord>() // not on disk yet
  let newest = 0
  const journal = createJournal<ActivityRecord | GoneRecord>({ store, name: 'activity', log, live: () => index.values(), liveCount: () => index.size })

  function put(into: Map<string, ActivityRecord>, record: ActivityRecord): void {
    into.delete(record.key) // so that it goes to the end
    into.set(record.key, record)
    newest = Math.max(newest, record.at)
    if (into.size > maxSessions) into.delete(into.keys().next().value as string)
  }

  function drop(key: string): void {
    index.delete(key)
    touched.delete(key)
  }

  /** A session that was taken in from elsewhere may be older than those before it. */
  function order(): void {
    index = new Map([...index].sort(([, a], [, b]) => a.at - b.at))
  }

  // A convenience only, so gone is better than in the way: without it the list begins anew.
  const loaded = journal.load((line) => { if ('gone' in line) drop(line.key); else put(index, line) })
    .catch((error: unknown) => log.error('could not read which sessions were active: the list begins anew', { reason: String(error) }))
    .then(() => {
      order()
      for (const record of touched.values()) put(index, record) // touched meanwhile
    })

  return {
    async note(record) {
      await loaded
      await journal.append([record], () => {
        const at = Math.max(record.at, touched.get(record.key)?.at ?? 0)
        touched.delete(record.key)
        put(index, { ...record, at })
        if (at < newest) order()
      })
    },
    touch({ key, id, label, spawnedBy }, at) {
      const record = { key, id, at, ...(label !== undefined && { label }), ...(spawnedBy !== undefined && { spawnedBy }) }
      put(touched, record)
      put(index, record)
    },
    async forget(key) {
      await loaded
      await journal.append([{ key, gone: true }], () => drop(key))
    },
    async flush() {
      await loaded
      if (touched.size === 0) return
      const now = touched
      touched = new Map()
      try {
        await journal.append([...now.values()], () => {})
      } catch (error) {
        for (const [key, record] of now) if (!touched.has(key)) touched.set(key, record)
        throw error
      }
    },
    async recent() {
      await loaded
      return [...index.values()].reverse()
    },
    at: (key) => index.get(key)?.at,
    get size() { return index.size },
    settle: () => journal.settle(),
  }
}
