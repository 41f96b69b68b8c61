/** What was spent and is held under each name. Pure: no time of its own, no disk. */
import type { Amount, CounterState, Hold, Refusal } from './shapes.ts'

/** A counter that something is held in is never dropped, so whoever holds may keep it. */
export interface Counter extends CounterState {
  readonly key: string
  spentNano: number
  spentTokens: number
  heldNano: number
  heldTokens: number
  calls: number
  unpriced: number
  expiresAt: number | undefined
  /** How many hold in it. */
  holds: number
  /** Last used, ms since the epoch. */
  at: number
  turn: number
}

/** `[key, spentNano, spentTokens, calls, unpriced, expiresAt, at]` */
export type CounterRow = readonly [string, number, number, number, number, number | null, number]
export interface Place { readonly counter: string; readonly expiresAt: number | undefined }
export interface Held { readonly nano: number; readonly tokens: number }

export interface Counters {
  readonly size: number
  has(key: string): boolean
  get(key: string): CounterState
  /** Why the worst case has no room; `undefined` when it has. */
  refusal(holds: readonly Hold[], worst: Amount): Refusal | undefined
  /** Those of these names, made where there are none. */
  at(places: readonly Place[], at: number): Counter[]
  hold(counters: readonly Counter[], held: Held): void
  release(counters: readonly Counter[], held: Held): void
  charge(counters: readonly Counter[], amount: Amount, at: number): void
  /** Drops what ended long ago; how many. The latest used stay whatever the clock says, so that one that jumps frees nothing. */
  prune(now: number): number
  /** The longest unused first. */
  rows(): CounterRow[]
  load(row: CounterRow): void
}

const day = 86_400_000
const keptAfterEnd = 40 * day
/** Of a counter that never ends, as that of a run. */
const keptAfterUse = 2 * day
/** These many stay however old they look. */
const latest = 4_096
const [crowded, thinned] = [50_000, 40_000]
/** Reservations between two looks at what was used last: the order need not be exact. */
const turnLength = 256

const nobody: CounterState = { spentNano: 0, spentTokens: 0, heldNano: 0, heldTokens: 0, calls: 0, unpriced: 0 }

export function createCounters(): Counters {
  const counters = new Map<string, Counter>() // longest unused first
  let uses = 0

  function used(key: string, expiresAt: number | undefined, at: number): Counter {
    const turn = Math.floor(uses / turnLength)
    const counter = counters.get(key) ?? { key, ...nobody, expiresAt, holds: 0, at, turn: -1 }
    if (counter.turn !== turn) {
      counters.delete(key)
      counters.set(key, counter)
      counter.turn = turn
    }
    counter.at = at
    if (expiresAt !== undefined && !(counter.expiresAt! > expiresAt)) counter.expiresAt = expiresAt
    return counter
  }

  function dropWhile(wanted: () => boolean, ended: (counter: Counter) => boolean): void {
    for (const counter of counters.values()) {
      if (!wanted()) return
      if (counter.holds === 0 && ended(counter)) counters.delete(counter.key)
    }
  }

  return {
    get size() { return counters.size },
    has: (key) => counters.has(key),
    get: (key) => stateOf(counters.get(key)),
    refusal(holds, worst) {
      for (const { counter, limit } of holds) {
        const refused = beyond(counter, limit, worst, counters.get(counter))
        if (refused) return refused
      }
      return undefined
    },
    at(places, at) {
      uses++
      return places.map(({ counter, expiresAt }) => used(counter, expiresAt, at))
    },
    hold(mine, held) {
      for (const counter of mine) {
        counter.holds++
        counter.heldNano += held.nano
        counter.heldTokens += held.tokens
      }
    },
    release(mine, held) {
      for (const counter of mine) {
        counter.holds--
        counter.heldNano -= held.nano
        counter.heldTokens -= held.tokens
      }
    },
    charge(mine, { nano, tokens }, at) {
      for (const counter of mine) {
        counter.spentNano += nano ?? 0
        counter.spentTokens += tokens
        counter.calls++
        if (nano === undefined) counter.unpriced++
        counter.at = at
      }
    },
    prune(now) {
      const before = counters.size
      let looked = counters.size - latest
      dropWhile(() => looked-- > 0, ({ expiresAt, at }) => (expiresAt === undefined ? at + keptAfterUse : expiresAt + keptAfterEnd) < now)
      if (counters.size > crowded) dropWhile(() => counters.size > thinned, ({ expiresAt }) => expiresAt === undefined || expiresAt < now)
      return before - counters.size
    },
    rows: () => [...counters.values()].map(({ key, spentNano, spentTokens, calls, unpriced, expiresAt, at }) => [key, spentNano, spentTokens, calls, unpriced, expiresAt ?? null, at]),
    load([key, spentNano, spentTokens, calls, unpriced, expiresAt, at]) {
      Object.assign(used(key, expiresAt ?? undefined, at), { spentNano, spentTokens, calls, unpriced })
    },
  }
}

function stateOf(counter: Counter | undefined): CounterState {
  if (!counter) return nobody
  const { spentNano, spentTokens, heldNano, heldTokens, calls, unpriced } = counter
  return { spentNano, spentTokens, heldNano, heldTokens, calls, unpriced }
}

/** What costs nothing always fits. A limit that is no number lets nothing through. */
function beyond(key: string, limit: Hold['limit'], worst: Amount, counter: Counter | undefined): Refusal | undefined {
  const { spentNano, spentTokens, heldNano, heldTokens } = counter ?? nobody
  if (limit.nano !== undefined) {
    if (worst.nano === undefined) return { kind: 'unpriced', counter: key }
    if (worst.nano > 0 && !(spentNano + heldNano + worst.nano <= limit.nano)) return { kind: 'full', counter: key, bound: 'nano', limit: limit.nano, worst: worst.nano, state: stateOf(counter) }
  }
  if (limit.tokens !== undefined && worst.tokens > 0 && !(spentTokens + heldTokens + worst.tokens <= limit.tokens)) return { kind: 'full', counter: key, bound: 'tokens', limit: limit.tokens, worst: worst.tokens, state: stateOf(counter) }
  return undefined
}
