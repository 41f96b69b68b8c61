/**
 * Durable state. A plugin that must remember something asks for `Store`, never for the file system,
 * so that another engine can take the place of files. What resolves here is on disk.
 */
import { contract, service } from 'nexus-gateway/sdk'

export { storeErrors } from './errors.ts'

export interface StoreApi {
  /**
   * JSON documents with revisions. A collection is named as in `devices` or `sessions/main`: up to 8
   * parts of at most 100 characters from a-z, 0-9, `_` and `-` (not first), with `/` between them.
   * Throws NEXUS_STORE_NAME.
   */
  documents<T = unknown>(collection: string): Documents<T>
  /**
   * An append-only log, named like a collection: `sessions/main/ID` is `sessions/main/ID.jsonl` in the
   * state directory. Asking for a log creates nothing; the first append does. Throws NEXUS_STORE_NAME.
   */
  log(name: string): AppendLog
  /**
   * The sole right to do something for `ttlMs`, a whole number from 1 to 86,400,000 (NEXUS_STORE_TTL).
   * It is named like a document's key. Rejects with NEXUS_STORE_LEASED (retryable) while another
   * holds it. Time is the store's clock.
   */
  lease(name: string, options: { readonly ttlMs: number }): Promise<Lease>
  /** Fill of every bounded queue and table, for health reports. */
  metrics(): StoreMetrics
}

export interface Document<T> {
  readonly value: T
  /** Grows with every write in the whole store, so it never comes back, not even after a delete. */
  readonly revision: number
}

/**
 * A key is any text of 1 to 1,024 bytes without control characters (NEXUS_STORE_NAME), a value any JSON
 * value (NEXUS_STORE_VALUE) of at most 8 MiB (NEXUS_STORE_TOO_LARGE). Writes to one key happen one after
 * the other, in the order of the calls. After NEXUS_STORE_WRITE the old or the new document stands.
 */
export interface Documents<T> {
  /** `undefined` when there is none. Rejects with NEXUS_STORE_DAMAGED when the document cannot be read as one. */
  get(key: string): Promise<Document<T> | undefined>
  /**
   * Resolves to the new revision once the document is on disk. With `revision` the write happens only
   * if the present one is exactly that, 0 meaning that there is none; otherwise NEXUS_STORE_CONFLICT.
   */
  put(key: string, value: T, options?: { readonly revision?: number }): Promise<number>
  /** Whether there was one to delete. `revision` as for `put`. */
  delete(key: string, options?: { readonly revision?: number }): Promise<boolean>
  /** All keys, in no promised order. It walks the collection, so it has no place on a request path. */
  keys(): Promise<string[]>
}

/** A line and where it is: `offset` is its first byte, `end` the byte after its newline. */
export interface LogLine { readonly offset: number; readonly end: number; readonly text: string }

/**
 * Lines of the caller's own, unframed, so that a log is plain JSONL to every other program. Offsets are
 * bytes and stay true for ever. Readers see acknowledged lines only. A tail that a crash left without
 * its newline is cut off at the next start and kept beside the log in `NAME.jsonl.torn`.
 */
export interface AppendLog {
  readonly name: string
  /**
   * Resolves once the lines are on disk. Appends are kept in the order of the calls, the lines of one
   * call stand together, and appends that wait at the same time share one write and one fsync. After a
   * crash an append that had not resolved may be there in whole, as a prefix of its lines, or not at all.
   * Rejects with NEXUS_STORE_WRITE (retryable: full or broken disk; nothing was kept), NEXUS_STORE_BUSY
   * (retryable: too much waits already), NEXUS_STORE_LINE (a line with a newline in it, or over 8 MiB).
   */
  append(line: string | readonly string[]): Promise<{ readonly offset: number; readonly end: number }>
  /** Lines from the byte `from` (0, or the `end` of a line), oldest first, up to where the log ended at the call. */
  read(options?: { readonly from?: number; readonly limit?: number }): AsyncIterable<LogLine>
  /**
   * The last `count` lines that end at or before the byte `before` (default: all of the log), newest last.
   * Reads backwards in chunks and stops at `maxBytes` (default 8 MiB), but gives at least one line if there is one.
   */
  lastLines(count: number, options?: { readonly before?: number; readonly maxBytes?: number }): Promise<LogLine[]>
  /** At most `max` bytes (default 64 KiB) from the byte `from`; empty at the end. For indexers. */
  readBytes(from: number, max?: number): Promise<Uint8Array>
  /** Acknowledged bytes; 0 when there is no such log. */
  size(): Promise<number>
  /** Deletes the log. Whether there was one. A later append begins a new one at offset 0. */
  remove(): Promise<boolean>
}

/**
 * `token` grows with every lease in the whole store and outlives crashes: whoever guards a resource
 * refuses a token lower than the highest it has seen, so a holder that slept past its time does no harm.
 */
export interface Lease {
  readonly token: number
  /** By the store's clock, ms since the epoch. */
  readonly expiresAt: number
  /** Another `ttlMs` from now. Rejects with NEXUS_STORE_LEASE_LOST if the time ran out or it was released. */
  renew(): Promise<void>
  /** Gives it back early. Does nothing if it was lost already. */
  release(): Promise<void>
}

export interface StoreMetrics {
  /** Appends and document writes that have not resolved, and their bytes; `maxPendingBytes` is the bound. */
  readonly pending: number
  readonly pendingBytes: number
  readonly maxPendingBytes: number
  /** Log files held open, and the bound above which idle ones are closed. */
  readonly openLogs: number
  readonly maxOpenLogs: number
  /** Since the start: fsyncs of logs and the appends they served, failed writes, tails cut off. */
  readonly commits: number
  readonly appends: number
  readonly failures: number
  readonly repairs: number
}

export const Store = service<StoreApi>('store/1')

export const store = contract({ id: 'store', provides: { store: Store } })
