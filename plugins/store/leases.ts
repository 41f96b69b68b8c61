/** Leases: a document that says who may, and until when. */
import type { Clock } from 'nexus-gateway/sdk'
import type { Documents, Lease } from './contract.ts'
import { fail } from './errors.ts'
import type { Sequence } from './sequence.ts'

export interface LeaseRecord { readonly token: number; readonly expiresAt: number }
export interface LeasesEnv { readonly records: Documents<LeaseRecord>; readonly sequence: Sequence; readonly clock: Pick<Clock, 'now'> }

const maxTtlMs = 86_400_000

export function createLeases({ records, sequence, clock }: LeasesEnv): (name: string, options: { readonly ttlMs: number }) => Promise<Lease> {
  return async (name, { ttlMs }) => {
    if (!Number.isInteger(ttlMs) || ttlMs < 1 || ttlMs > maxTtlMs) throw fail('NEXUS_STORE_TTL', { limit: maxTtlMs })
    const held = await records.get(name)
    if (held && held.value.expiresAt > clock.now()) throw fail('NEXUS_STORE_LEASED')
    const token = await sequence.next()
    let expiresAt = clock.now() + ttlMs
    // Whoever was faster has changed the revision.
    let revision = await records.put(name, { token, expiresAt }, { revision: held?.revision ?? 0 }).catch(conflictAs('NEXUS_STORE_LEASED'))
    let released = false
    let renewal: Promise<void> = Promise.resolve()

    async function renew(): Promise<void> {
      if (released || expiresAt <= clock.now()) throw fail('NEXUS_STORE_LEASE_LOST')
      const until = clock.now() + ttlMs
      revision = await records.put(name, { token, expiresAt: until }, { revision }).catch(conflictAs('NEXUS_STORE_LEASE_LOST'))
      expiresAt = until
    }

    return {
      token,
      get expiresAt() { return expiresAt },
      renew: () => (renewal = renewal.then(renew, renew)),
      async release() {
        if (released) return
        released = true
        await renewal.catch(() => {}) // its own caller was told; what counts here is the last revision
        await records.delete(name, { revision }).catch((error: unknown) => {
          if (!isConflict(error)) throw error // another has it already: nothing to give back
        })
      },
    }
  }
}

const isConflict = (error: unknown): boolean => (error as { code?: unknown }).code === 'NEXUS_STORE_CONFLICT'

const conflictAs = (code: 'NEXUS_STORE_LEASED' | 'NEXUS_STORE_LEASE_LOST') => (error: unknown): never => {
  throw isConflict(error) ? fail(code, {}, error) : error
}
