/**
 * One process writes the sessions of a state directory. The gateway's lock sees to that on one machine; this sees to
 * it where several share a directory or a store. A document says who writes. Whoever wants its place and cannot see
 * whether that process still runs leaves a question in it, and takes the place if that stays without an answer. So who
 * writes only reads while nobody asks, and looks again before it writes when its last look is a while ago.
 */
import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import type { Clock, Log, MaybePromise } from 'nexus-gateway/sdk'
import type { AppendLog, Documents, StoreApi } from '../store/contract.ts'
import { fail } from './errors.ts'

/** `claim`: the id of who asks whether it still writes; it answers by taking that out. `ended`: it has stopped as it should. */
export interface Writer { readonly id: string; readonly host: string; readonly pid: number; readonly since: number; readonly claim?: string; readonly ended?: true }

export interface Writing {
  /** Throws NEXUS_SESSIONS_TAKEN once another has taken over. A promise only when the last look is too long ago. */
  allowed(): MaybePromise<void>
  /** To be called every `checkMs`. */
  check(): Promise<void>
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

export const checkMs = 2_000
/** What was written after a look this old would be written under a right that another may have by now. */
const freshMs = 3_000
/** Longer than that, and than a write may take; and whoever waits has to be done within the 10 s that a plugin has to start. */
const patienceMs = 6_000
const retryMs = 500

/** Waits for up to 6 s for a holder of whom it is not known that it has ended. Rejects with NEXUS_SESSIONS_TAKEN, which says who. */
export async function becomeWriter({ store, clock, log, self = { host: hostname(), pid: process.pid }, isAlive = alive }: WriterEnv): Promise<Writing> {
  const documents = store.documents<Writer>('sessions')
  const id = randomUUID()
  let asked: { readonly claim: string; readonly of: string; readonly at: number } | undefined
  let checkedAt = clock.now()
  let lost: Writer | undefined
  let checking: Promise<void> | undefined

  /** `false`: somebody else has changed it meanwhile. */
  async function put(writer: Writer, revision: number): Promise<boolean> {
    try {
      await documents.put('writer', writer, { revision })
      return true
    } catch (error) {
      if (codeOf(error) !== 'NEXUS_STORE_CONFLICT') throw error
      return false
    }
  }

  /** A holder on this machine that no longer runs needs no waiting. */
  const hasEnded = (holder: Writer): boolean => holder.ended === true || (holder.host === self.host && (holder.pid === self.pid || !isAlive(holder.pid)))

  /** Whether it has left a question unanswered for so long that it must have ended, whoever asked. */
  async function isSilent(holder: Writer, revision: number): Promise<boolean> {
    const { claim = id } = holder
    if (!asked) {
      if (holder.claim !== undefined || await put({ ...holder, claim }, revision)) asked = { claim, of: holder.id, at: clock.now() }
      return false
    }
    if (holder.id !== asked.of || holder.claim !== asked.claim) throw taken(holder) // it has answered, or another was faster
    return clock.now() - asked.at >= patienceMs
  }

  async function attempt(): Promise<boolean> {
    const found = await documents.get('writer')
    const holder = found?.value
    if (found && holder && !hasEnded(holder) && !await isSilent(holder, found.revision)) return false
    checkedAt = clock.now()
    return put({ id, ...self, since: checkedAt }, found?.revision ?? 0)
  }

  while (!await attempt()) await new Promise<void>((resolve) => { clock.setTimeout(resolve, retryMs) })

  async function look(): Promise<void> {
    if (lost) return
    const at = clock.now()
    const found = await documents.get('writer')
    if (found?.value.id !== id) {
      lost = found?.value ?? { id: '', host: 'another machine', pid: 0, since: at }
      log.error('another process writes the sessions now: this one writes no more', { by: nameOf(lost) })
      return
    }
    const { claim, ...mine } = found.value
    if (claim !== undefined && !await put(mine, found.revision)) return look()
    checkedAt = at
  }

  const lookOnce = (): Promise<void> => checking ??= look().finally(() => { checking = undefined }) // on a slow disk one at a time
  const refuse = (): void => { if (lost) throw taken(lost) }

  return {
    allowed() {
      if (lost || Math.abs(clock.now() - checkedAt) <= freshMs) return refuse()
      return lookOnce().then(refuse)
    },
    check: () => lookOnce().catch((error: unknown) => log.warn('could not see who may write sessions', { reason: String(error) })),
    async release() {
      const found = await documents.get('writer')
      if (found?.value.id === id) await put({ ...found.value, ended: true }, found.revision)
    },
  }
}

/** The same store, where everything that writes asks first. */
export function guarded(store: StoreApi, allowed: () => MaybePromise<void>): StoreApi {
  const guard = <A extends unknown[], R>(write: (...args: A) => Promise<R>) => async (...args: A): Promise<R> => {
    await allowed()
    return write(...args)
  }
  const documents = <T>(all: Documents<T>): Documents<T> => ({
    get: (key) => all.get(key),
    put: guard<Parameters<Documents<T>['put']>, number>((...args) => all.put(...args)),
    delete: guard<Parameters<Documents<T>['delete']>, boolean>((...args) => all.delete(...args)),
    keys: () => all.keys(),
  })
  const log = (one: AppendLog): AppendLog => ({
    name: one.name,
    append: guard<Parameters<AppendLog['append']>, Awaited<ReturnType<AppendLog['append']>>>((...args) => one.append(...args)),
    read: (options) => one.read(options),
    lastLines: (count, options) => one.lastLines(count, options),
    readBytes: (from, max) => one.readBytes(from, max),
    size: () => one.size(),
    remove: guard<[], boolean>(() => one.remove()),
  })
  return {
    documents: <T>(collection: string) => documents(store.documents<T>(collection)), log: (name) => log(store.log(name)),
    lease: (...args) => store.lease(...args), metrics: () => store.metrics(),
  }
}

const nameOf = ({ host, pid }: Writer): string => `process ${pid} on ${host}`
const taken = (holder: Writer): Error => fail('NEXUS_SESSIONS_TAKEN', { who: nameOf(holder) })
const codeOf = (error: unknown): unknown => (error as { code?: unknown }).code

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return codeOf(error) !== 'ESRCH'
  }
}
