/** The service tokens in memory, by name and by digest. Synchronous: what it says is true now. */
import { timingSafeEqual } from 'node:crypto'
import type { Caller } from 'nexus-gateway/sdk'
import { callerOf, type TokenRecord } from './record.ts'

export interface Entry { readonly name: string; readonly record: TokenRecord; readonly digest: Buffer; readonly caller: Caller }

export interface Table {
  readonly size: number
  get(name: string): Entry | undefined
  /** By the whole digest, so tokens that begin alike share nothing. */
  find(digest: Buffer): Entry | undefined
  /** In the order of their names. */
  all(): Entry[]
  /** In place of the one of that name. False if another name has this token already: then nothing changes. */
  set(name: string, record: TokenRecord): boolean
  delete(name: string): void
}

export function createTable(): Table {
  const byName = new Map<string, Entry>()
  const byDigest = new Map<string, Entry>()

  function remove(name: string): void {
    const entry = byName.get(name)
    if (!entry) return
    byName.delete(name)
    byDigest.delete(entry.record.digest)
  }

  return {
    get size() { return byName.size },
    get: (name) => byName.get(name),
    find(digest) {
      const entry = byDigest.get(digest.toString('latin1'))
      return entry && timingSafeEqual(entry.digest, digest) ? entry : undefined
    },
    all: () => [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    set(name, record) {
      const other = byDigest.get(record.digest)
      if (other && other.name !== name) return false
      remove(name)
      const entry = { name, record, digest: Buffer.from(record.digest, 'latin1'), caller: callerOf(name, record) }
      byName.set(name, entry)
      byDigest.set(record.digest, entry)
      return true
    },
    delete: remove,
  }
}
