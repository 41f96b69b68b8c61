/** Which run an idempotency key began: kept for 24 h and for the last 100,000 keys, on disk. */
import type { Log } from 'nexus-gateway/sdk'
import type { StoreApi } from '../store/contract.ts'
import { createJournal } from './journal.ts'

export interface KeyRecord { readonly session: string; readonly key: string; readonly runId: string; readonly at: number }

export interface Idempotency {
  /** The run, if the key is remembered. */
  find(session: string, key: string): string | undefined
  /** In memory; the caller has it on disk in another form until `keep` resolves. */
  remember(record: KeyRecord): void
  /** On disk. */
  keep(records: readonly KeyRecord[]): Promise<void>
  /** Resolves when the keys of former starts are known. */
  readonly loaded: Promise<void>
  readonly size: number
  settle(): Promise<void>
}

export interface IdempotencyEnv { readonly store: StoreApi; readonly log: Log; readonly now: () => number; readonly maxKeys: number }

export const keptForMs = 86_400_000
const nameOf = (session: string, key: string): string => `${session}\n${key}`

export function openIdempotency({ store, log, now, maxKeys }: IdempotencyEnv): Idempotency {
  const known = new Map<string, KeyRecord>() // oldest first
  const journal = createJournal<KeyRecord>({ store, name: 'keys', log, live: () => known.values(), liveCount: () => known.size })

  function remember(record: KeyRecord): void {
    const mine = nameOf(record.session, record.key)
    known.delete(mine) // so that it goes to the end
    known.set(mine, record)
    for (const [name, { at }] of known) {
      if (known.size <= maxKeys && at > now() - keptForMs) break
      known.delete(name)
    }
  }

  const loaded = (async () => {
    const former: KeyRecord[] = []
    await journal.load((record) => { former.push(record) })
    const present = [...known.values()] // remembered while the former ones were read, and newer than they are
    known.clear()
    for (const record of [...former, ...present]) remember(record)
  })()
  // Whoever needs it awaits it and is told; nobody else is.
  loaded.catch((error: unknown) => log.error('could not read the idempotency keys: messages that bring one are refused', { reason: String(error) }))

  return {
    find(session, key) {
      const record = known.get(nameOf(session, key))
      return record && record.at > now() - keptForMs ? record.runId : undefined
    },
    remember,
    keep: (records) => (records.length > 0 ? loaded.then(() => journal.append(records, () => {})) : Promise.resolve()),
    loaded,
    get size() { return known.size },
    settle: () => journal.settle(),
  }
}
