/** Which sessions were active when: the 10,000 most recent, so that a list never walks all sessions. */
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { createJournal } from './journal.ts'

export interface ActivityRecord { readonly key: string; readonly at: number }

export interface Activity {
  /** Durable: a session that was created is listed after any crash. */
  created(key: string, at: number): Promise<void>
  /** Reaches the disk with the next `flush`; a crash before that costs the session its place in the list, no more. */
  touch(key: string, at: number): void
  flush(): Promise<void>
  /** Most recent first. */
  recent(): Promise<ActivityRecord[]>
  at(key: string): number | undefined
  readonly size: number
  settle(): Promise<void>
}

export interface ActivityEnv { readonly store: StoreApi; readonly log: Log; readonly maxSessions: number }

export function openActivity({ store, log, maxSessions }: ActivityEnv): Activity {
  const index = new Map<string, number>() // least recent first
  let touched = new Map<string, number>() // not on disk yet
  const journal = createJournal<ActivityRecord>({ store, name: 'activity', log, live: records, liveCount: () => index.size })

  function* records(): Generator<ActivityRecord> {
    for (const [key, at] of index) yield { key, at }
  }

  function put(into: Map<string, number>, key: string, at: number): void {
    into.delete(key) // so that it goes to the end
    into.set(key, at)
    if (into.size > maxSessions) into.delete(into.keys().next().value as string)
  }

  // A convenience only, so gone is better than in the way: without it the list begins anew.
  const loaded = journal.load(({ key, at }) => put(index, key, at))
    .catch((error: unknown) => log.error('could not read which sessions were active: the list begins anew', { reason: String(error) }))
    .then(() => {
      for (const [key, at] of touched) put(index, key, at) // touched meanwhile
    })

  function touch(key: string, at: number): void {
    put(touched, key, at)
    put(index, key, at)
  }

  return {
    async created(key, at) {
      await loaded
      await journal.append([{ key, at }], () => put(index, key, at))
    },
    touch,
    async flush() {
      await loaded
      if (touched.size === 0) return
      const now = touched
      touched = new Map()
      try {
        await journal.append([...now].map(([key, at]) => ({ key, at })), () => {})
      } catch (error) {
        for (const [key, at] of now) if (!touched.has(key)) touched.set(key, at)
        throw error
      }
    },
    async recent() {
      await loaded
      return [...records()].reverse()
    },
    at: (key) => index.get(key),
    get size() { return index.size },
    settle: () => journal.settle(),
  }
}
