/** Keeps a session at its tier while the provider still has its conversation in the cache. */
import { tiers } from '../models/contract.ts'
import type { Tier } from '../models/contract.ts'
import { tierOf } from './score.ts'
import type { Thresholds } from './score.ts'

export interface StickySettings { readonly minutes: number; readonly margin: number }

export interface Sticky {
  /** The tier of a turn: its own, or a higher one that the session has and that its score is not clearly below. */
  tier(sessionKey: string | undefined, score: number, now: number): Tier
  /** A turn of the session was routed. */
  took(sessionKey: string, tier: Tier, now: number): void
  readonly size: number
}

const most = 5_000

export function createSticky({ minutes, margin }: StickySettings, thresholds: Thresholds): Sticky {
  const last = new Map<string, { readonly tier: Tier; readonly at: number }>()
  return {
    tier(sessionKey, score, now) {
      const own = tierOf(score, thresholds)
      const before = sessionKey === undefined ? undefined : last.get(sessionKey)
      if (!before || now - before.at >= minutes * 60_000 || now < before.at) return own
      // As if the score were higher by the margin, but no higher than the session was.
      const held = tierOf(score + margin, thresholds)
      return lower(higher(own, held), higher(own, before.tier))
    },
    took(sessionKey, tier, now) {
      last.delete(sessionKey)
      last.set(sessionKey, { tier, at: now })
      if (last.size > most) last.delete(last.keys().next().value as string)
    },
    get size() { return last.size },
  }
}

const rank = (tier: Tier): number => tiers.indexOf(tier)
const higher = (a: Tier, b: Tier): Tier => (rank(a) >= rank(b) ? a : b)
const lower = (a: Tier, b: Tier): Tier => (rank(a) <= rank(b) ? a : b)
