/** The gateway's health as last looked at. Looking is shared by all who ask at once, and never faster than they need. */
import type { MaybePromise } from 'nexus-gateway/sdk'
import type { HealthSnapshot } from './contract.ts'
import { snapshotOf, type Known } from './snapshot.ts'

export interface Checkup extends Known { readonly health: HealthSnapshot }

export interface Checkups {
  /** A value while the last one is young enough, a promise otherwise. */
  atMost(ageMs: number): MaybePromise<Checkup>
}

export function createCheckups(look: () => Promise<Known>, now: () => number, done: () => void): Checkups {
  let latest: Checkup | undefined
  let looking: Promise<Checkup> | undefined

  async function fresh(): Promise<Checkup> {
    try {
      const began = performance.now()
      const known = await look()
      latest = { ...known, health: snapshotOf(known, now(), Math.round(performance.now() - began)) }
      done()
      return latest
    } finally {
      looking = undefined
    }
  }

  return {
    atMost(ageMs) {
      if (latest && now() - latest.health.ts < ageMs) return latest
      return looking ??= fresh()
    },
  }
}
