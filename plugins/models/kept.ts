/** Cooldowns outlive a restart: one document, written soon after they change and never on a request's way. */
import type { Clock, Log, Scope } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import type { StoreApi } from '../store/contract.ts'
import type { Cooldown } from './cooldown.ts'
import { failureKinds } from './errors.ts'

const count = v.pipe(v.number(), v.minValue(0))
const Kept = v.object({ cooldowns: v.record(v.string(), v.object({ until: count, hard: v.boolean(), reason: v.picklist(failureKinds), errors: count, billing: count, lastAt: count })) })

const settleMs = 200

/** Of what was written or handed over; none when it is something else. What is of a time to come was written by a clock that was wrong, and would shut an account off for as long. */
export function cooldownsIn(value: unknown, now: number): Readonly<Record<string, Cooldown>> {
  const kept = v.safeParse(Kept, value)
  return kept.success ? Object.fromEntries(Object.entries(kept.output.cooldowns).filter(([, { lastAt }]) => lastAt <= now)) : {}
}

export interface Keeper {
  /** Something has changed and is to be written. */
  changed(): void
  /** What was written last; nothing when it cannot be read. */
  load(): Promise<Readonly<Record<string, Cooldown>>>
}

export function createKeeper(store: StoreApi | undefined, dump: () => Readonly<Record<string, Cooldown>>, { clock, log, scope }: { readonly clock: Clock; readonly log: Log; readonly scope: Scope }): Keeper {
  const documents = store?.documents('models')
  let timer: unknown
  let writing = Promise.resolve()
  const write = (): void => {
    timer = undefined
    writing = writing.then(async () => { await documents?.put('accounts', { cooldowns: dump() }) }).catch((error: unknown) => log.warn('how the accounts of providers stand could not be kept', { error }))
  }
  if (documents) {
    scope.defer(async () => {
      if (timer !== undefined) {
        clock.clearTimeout(timer)
        write()
      }
      await writing
    }, 'standing of accounts')
  }
  return {
    changed: () => { if (documents) timer ??= clock.setTimeout(write, settleMs) },
    load: async () => cooldownsIn((await documents?.get('accounts').catch(() => undefined))?.value, clock.now()),
  }
}
