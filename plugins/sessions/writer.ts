/**
 * One process writes the sessions of a state directory. The gateway's lock sees to that on one machine; this sees to
 * it where several share a directory or a store: a lease, and a document that says who holds it.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock, Log } from 'nexus-gateway/sdk'
import type { Lease, StoreApi } from '../store/contract.ts'
import { fail } from './errors.ts'

/** Who writes. What it leases is `sessions:writer:` and `n` modulo 64, so that crashes leave few leases behind. */
export interface Writer { readonly n: number; readonly id: string; readonly host: string; readonly pid: number; readonly since: number }

export interface Writing {
  /** Throws NEXUS_SESSIONS_TAKEN once another has taken over. */
  allowed(): void
  /** To be called every `renewMs`. */
  renew(): Promise<void>
  release(): Promise<void>
}
export interface WriterEnv {
  readonly store: StoreApi
  readonly clock: Clock
  readonly log: Log
  /** For tests. */
  readonly self?: { readonly host: string; readonly pid: number }
  readonly isAlive?: (pid: number) => boolean
}

/** Whoever waits for one to run out has to be done within the 10 s that a plugin has to start. */
const ttlMs = 8_000
export const renewMs = 3_000
const retryMs = 500
const leases = 64

/** Waits for up to 8 s for a holder of whom it is not known that it has ended. Rejects with NEXUS_SESSIONS_TAKEN, which says who. */
export async function becomeWriter({ store, clock, log, self = { host: hostname(), pid: process.pid }, isAlive = alive }: WriterEnv): Promise<Writing> {
  const documents = store.documents<Writer>('sessions')
  const id = randomUUID()
  let lease: Lease
  let mine: Writer
  let lost: Writer | undefined
  let renewing: Promise<void> | undefined

  const leaseOf = (n: number): Promise<Lease | undefined> => store.lease(`sessions:writer:${n % leases}`, { ttlMs }).catch((error: unknown) => {
    if (codeOf(error) === 'NEXUS_STORE_LEASED') return undefined
    throw error
  })

  /** A holder on this machine that no longer runs needs no waiting: the next number takes its place. */
  const hasEnded = (holder: Writer): boolean => holder.host === self.host && (holder.pid === self.pid || !isAlive(holder.pid))

  async function attempt(): Promise<Writer | undefined> {
    const found = await documents.get('writer')
    const before = found?.value
    const n = !before ? 1 : before.n + (hasEnded(before) ? 1 : 0)
    const taken = await leaseOf(n)
    if (!taken) return before
    const next = { n, id, ...self, since: clock.now() }
    try {
      await documents.put('writer', next, { revision: found?.revision ?? 0 })
    } catch (error) {
      await taken.release()
      if (codeOf(error) !== 'NEXUS_STORE_CONFLICT') throw error
      return (await documents.get('writer'))?.value
    }
    lease = taken
    mine = next
    return undefined
  }

  for (const until = clock.now() + ttlMs; ;) {
    const holder = await attempt()
    if (mine! !== undefined) break
    if (clock.now() >= until) throw taken(holder)
    await new Promise<void>((resolve) => { clock.setTimeout(resolve, retryMs) })
  }

  async function regain(): Promise<void> {
    const found = await documents.get('writer')
    if (found?.value.id === id) {
      const again = await leaseOf(mine.n) // it ran out while this process slept, and nobody came meanwhile
      if (again) lease = again
      return
    }
    lost = found?.value ?? mine
    log.error('another process writes the sessions now: this one writes no more', { by: nameOf(lost) })
  }

  async function renew(): Promise<void> {
    if (lost) return
    try {
      if ((await documents.get('writer'))?.value.id !== id) return await regain()
      await lease.renew()
    } catch (error) {
      if (codeOf(error) !== 'NEXUS_STORE_LEASE_LOST') log.warn('could not renew the right to write sessions', { reason: String(error) })
      else await regain()
    }
  }

  return {
    allowed() { if (lost) throw taken(lost) },
    renew: () => renewing ??= renew().finally(() => { renewing = undefined }), // on a slow disk one at a time
    async release() {
      if (!lost) await lease.release() // the document stays: whoever comes next takes its place
    },
  }
}

const nameOf = ({ host, pid }: Writer): string => `process ${pid} on ${host}`
const taken = (holder: Writer | undefined): Error => fail('NEXUS_SESSIONS_TAKEN', { who: holder ? nameOf(holder) : 'another process' })
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}
