import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Account, FailureKind, ModelSpec } from '../../plugins/models/contract.ts'
import { inTurn } from '../../plugins/models/accounts.ts'
import { closed, failedOnce, tripsAfter } from '../../plugins/models/breaker.ts'
import { after, choose } from '../../plugins/models/candidates.ts'
import type { Candidate, Gate, Option } from '../../plugins/models/candidates.ts'
import { cooled } from '../../plugins/models/cooldown.ts'
import type { Cooldown } from '../../plugins/models/cooldown.ts'
import { createRecent } from '../../plugins/models/recent.ts'
import { createRetryBudget } from '../../plugins/models/retry-budget.ts'
import { createStandings } from '../../plugins/models/standings.ts'

const settings = { minutes: [1, 5, 25, 60], billingHours: 5, billingMaxHours: 24 }
const minute = 60_000
const hour = 60 * minute

describe('a cooldown', () => {
  function inARow(kind: FailureKind, times: number, retryAfterMs?: number): Cooldown[] {
    const all: Cooldown[] = []
    let now = 1_000
    for (let i = 0; i < times; i++) {
      all.push(cooled(all.at(-1), { kind, now, startedAt: now - 1, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, settings)!)
      now += 1_000
    }
    return all
  }
  const lengths = (all: readonly Cooldown[]) => all.map(({ until, lastAt }) => until - lastAt)

  test('grows from 1 to 5, 25 and 60 minutes, and stays there', () => {
    expect(lengths(inARow('rate_limit', 6))).toEqual([1, 5, 25, 60, 60, 60].map((n) => n * minute))
    expect(lengths(inARow('auth', 2))).toEqual([1, 5].map((n) => n * minute))
  })

  test('for lack of money is 5 hours, doubled up to 24', () => {
    expect(lengths(inARow('billing', 5))).toEqual([5, 10, 20, 24, 24].map((n) => n * hour))
  })

  test('lasts as long as the provider says, but not longer than the longest step', () => {
    expect(lengths(inARow('rate_limit', 2, 7_000))).toEqual([7_000, 7_000])
    expect(inARow('rate_limit', 1, 7_000)[0]!.hard).toBe(true)
    expect(lengths(inARow('rate_limit', 1, 999_999_999_000))).toEqual([60 * minute])
  })

  test('begins anew after a day without a failure', () => {
    const third = inARow('rate_limit', 3).at(-1)!
    const now = third.lastAt + 24 * hour
    expect(cooled(third, { kind: 'rate_limit', now, startedAt: now }, settings)!.errors).toBe(1)
  })

  test.each(['format', 'network', 'server', 'timeout', 'refusal', 'context_length'] as const)('is not the account\'s for a failure of kind %s', (kind) => {
    expect(cooled(undefined, { kind, now: 1, startedAt: 0 }, settings)).toBeUndefined()
  })

  test('counts requests that fail side by side once', () => {
    const first = cooled(undefined, { kind: 'rate_limit', now: 100, startedAt: 10 }, settings)
    expect(cooled(first, { kind: 'rate_limit', now: 105, startedAt: 20 }, settings)).toBe(first)
  })

  test('never ends before the failure, and never lasts longer than the settings say', () => {
    const failure = fc.record({ kind: fc.constantFrom<FailureKind>('auth', 'billing', 'rate_limit', 'server'), wait: fc.nat(48 * hour), retryAfterMs: fc.option(fc.nat(1e12), { nil: undefined }) })
    fc.assert(fc.property(fc.array(failure, { maxLength: 30 }), (failures) => {
      let [now, cooldown]: [number, Cooldown | undefined] = [1, undefined]
      for (const { kind, wait, retryAfterMs } of failures) {
        now += wait
        cooldown = cooled(cooldown, { kind, now, startedAt: now, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, settings) ?? cooldown
        if (cooldown?.lastAt === now) expect(cooldown.until - now).toBeLessThanOrEqual(24 * hour)
        if (cooldown) expect(cooldown.until).toBeGreaterThanOrEqual(cooldown.lastAt)
      }
    }))
  })
})

describe('a breaker', () => {
  test('opens after five failures in a row, for longer each time', () => {
    let breaker = closed
    for (let i = 1; i < tripsAfter; i++) breaker = failedOnce(breaker, i, i)
    expect(breaker.until).toBeUndefined()
    breaker = failedOnce(breaker, 10, 10)
    expect(breaker.until).toBe(15_010)
    const waits = Array.from({ length: 8 }, () => {
      const now = breaker.until!
      breaker = failedOnce(breaker, now, now)
      return breaker.until! - now
    })
    expect(waits.slice(0, 4)).toEqual([30_000, 60_000, 120_000, 240_000])
    expect(Math.max(...waits)).toBe(300_000)
  })

  test('is not opened further by what was under way when it opened', () => {
    let breaker = closed
    for (let i = 0; i < tripsAfter; i++) breaker = failedOnce(breaker, 100, 0)
    expect(failedOnce(breaker, 200, 50)).toBe(breaker)
  })
})

describe('the retry budget', () => {
  const event = fc.record({ wait: fc.nat(3_000), what: fc.constantFrom('offer', 'offer', 'offer', 'try', 'try') })

  test('admits in no minute more than a tenth of the requests of that minute, or three', () => {
    fc.assert(fc.property(fc.array(event, { maxLength: 400 }), (events) => {
      let now = 1e6
      const budget = createRetryBudget({ ratio: 0.1, spare: 3 }, () => now)
      const offers: number[] = []
      const extras: number[] = []
      for (const { wait, what } of events) {
        now += wait
        if (what === 'offer') {
          budget.offered()
          offers.push(now)
        } else if (budget.take()) {
          extras.push(now)
          const within = (times: readonly number[]): number => times.filter((time) => time > now - 55_000).length
          const around = offers.filter((time) => time > now - 60_000).length
          expect(within(extras)).toBeLessThanOrEqual(Math.max(3, 0.1 * around))
        }
      }
    }), { numRuns: 300 })
  })

  test('lets a lone failure find its fallback, and a storm make no more than a tenth more', () => {
    let now = 1e6
    const lone = createRetryBudget({ ratio: 0.1, spare: 3 }, () => now)
    lone.offered()
    expect(lone.take()).toBe(true)
    const storm = createRetryBudget({ ratio: 0.1, spare: 3 }, () => now)
    let extra = 0
    for (let i = 0; i < 2_000; i++, now += 2) {
      storm.offered()
      if (storm.take()) extra++
    }
    expect(extra).toBeLessThanOrEqual(200)
    expect(extra).toBeGreaterThan(190)
    expect(storm.state()).toEqual({ windowMs: 60_000, offered: 2_000, extra, refused: 2_000 - extra, ratio: 0.1 })
  })
})

describe('the order of accounts', () => {
  const account = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), kind: fc.constantFrom<Account['kind']>('oauth', 'token', 'key') })
  const rank = { oauth: 0, token: 1, key: 2 }

  test('is the session\'s own, then oauth, token, key, and among equals whoever has rested longest', () => {
    fc.assert(fc.property(fc.uniqueArray(account, { selector: ({ id }) => id }), fc.option(fc.constantFrom('a', 'b'), { nil: undefined }), fc.array(fc.nat(9), { minLength: 5, maxLength: 5 }), (accounts, sticky, used) => {
      const lastUsed = ({ id }: Account): number => used['abcde'.indexOf(id)]!
      const order = inTurn(accounts, sticky, lastUsed)
      expect(order.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toEqual(accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1)))
      const rest = order.filter(({ id }) => id !== sticky)
      if (rest.length < order.length) expect(order[0]!.id).toBe(sticky)
      for (const [i, next] of rest.slice(1).entries()) {
        const before = rest[i]!
        expect(rank[before.kind] < rank[next.kind] || (rank[before.kind] === rank[next.kind] && lastUsed(before) <= lastUsed(next))).toBe(true)
      }
    }))
  })
})

const model = (provider: string, id: string): ModelSpec => ({ provider, id, name: id })
const at = (provider: string, id: string, account?: string): Candidate => ({ spec: model(provider, id), ...(account === undefined ? {} : { account: { id: account, kind: 'key' } }) })

describe('what is tried next', () => {
  const option = (gate: Gate, more: Partial<Option> = {}): Option => ({ candidate: at('p', 'm'), gate, ...more })

  test('is the first that is ready; one that cools only where nothing else is, and only to begin with', () => {
    const cooling = option({ state: 'cooling', until: 999 })
    const ready = option({ state: 'ready' })
    expect(choose([cooling, ready], 0, 0, true)?.option).toBe(ready)
    expect(choose([cooling], 0, 0, true)?.option).toBe(cooling)
    expect(choose([cooling], 0, 1e6, false)).toBeUndefined()
    expect(choose([option({ state: 'cooling', until: 999, busy: true })], 0, 0, true)).toBeUndefined()
    expect(choose([option({ state: 'open', until: 9 })], 0, 1e6, true)).toBeUndefined()
  })

  test('is waited for where the provider said how long, and not longer than may be', () => {
    const hard = option({ state: 'cooling', until: 5_000, hard: true })
    expect(choose([hard], 1_000, 4_000, true)).toEqual({ option: hard, waitMs: 4_000 })
    expect(choose([hard], 1_000, 3_999, true)).toBeUndefined()
    const again = option({ state: 'ready' }, { notBefore: 1_500 })
    expect(choose([hard, again], 1_000, 10_000, false)).toEqual({ option: again, waitMs: 500 })
  })

  test('after a failure is rather what does not share its reason, and never forgets a candidate', () => {
    const [a1, a2, b1, c1] = [at('p', 'a', '1'), at('p', 'a', '2'), at('p', 'b', '1'), at('q', 'c')]
    const all = [a1, a2, b1, c1]
    expect(after(all, a1, 'rate_limit')).toEqual([a2, b1, c1])
    expect(after(all, a1, 'auth')).toEqual([a2, c1, b1])
    expect(after(all, a1, 'server')).toEqual([b1, c1, a2])
    expect(after(all, a1, 'network')).toEqual([c1, a2, b1])
  })
})

describe('standings', () => {
  test('keep a rate limit to the model, a bad credential to the account, an outage to both', () => {
    let now = 1e6
    const standings = createStandings(settings, () => now, () => {})
    standings.failed(at('p', 'a', '1'), { kind: 'rate_limit', startedAt: now })
    expect([standings.gate(at('p', 'a', '1')).state, standings.gate(at('p', 'b', '1')).state]).toEqual(['cooling', 'ready'])
    standings.failed(at('p', 'a', '2'), { kind: 'auth', startedAt: now })
    expect([standings.gate(at('p', 'a', '2')).state, standings.gate(at('p', 'b', '2')).state, standings.gate(at('p', 'b', '3')).state]).toEqual(['cooling', 'cooling', 'ready'])
    for (let i = 0; i < tripsAfter; i++) standings.failed(at('q', 'a'), { kind: 'server', startedAt: now })
    expect([standings.gate(at('q', 'b')).state, standings.gate(at('p', 'b', '3')).state]).toEqual(['open', 'ready'])
    now += 15_001
    expect(standings.gate(at('q', 'b')).state).toBe('ready')
  })

  test('let others go before a model that nobody can talk to any more, but not before one that got one bad request', () => {
    let now = 1e6
    const standings = createStandings(settings, () => now, () => {})
    for (let i = 1; i < tripsAfter; i++) standings.failed(at('p', 'gone'), { kind: 'format', startedAt: ++now })
    expect(standings.gate(at('p', 'gone')).state).toBe('ready')
    standings.failed(at('p', 'gone'), { kind: 'format', startedAt: ++now })
    expect(standings.gate(at('p', 'gone'))).toMatchObject({ state: 'cooling', hard: false, reason: 'format', until: now + 15_000 })
    expect(standings.gate(at('p', 'other')).state).toBe('ready')
    standings.succeeded(at('p', 'gone'))
    standings.failed(at('p', 'gone'), { kind: 'format', startedAt: ++now })
    expect(standings.gate(at('p', 'gone')).state).toBe('ready')
  })

  test('let one try at a time find out whether an open breaker may close', () => {
    let now = 1e6
    const standings = createStandings(settings, () => now, () => {})
    for (let i = 0; i < tripsAfter; i++) standings.failed(at('q', 'a'), { kind: 'timeout', startedAt: now })
    now += 20_000
    const done = standings.begin(at('q', 'a'))
    expect(standings.gate(at('q', 'a'))).toMatchObject({ state: 'open', busy: true })
    done()
    standings.succeeded(at('q', 'a'))
    expect(standings.gate(at('q', 'a')).state).toBe('ready')
  })

  test('survive being kept, and hold no more than they may', () => {
    let saves = 0
    const standings = createStandings(settings, () => 1e6, () => { saves++ })
    for (let i = 0; i < 3_000; i++) standings.failed(at('p', 'a', `k${i}`), { kind: 'billing', startedAt: 1e6 })
    expect(saves).toBe(3_000)
    expect(Object.keys(standings.dump())).toHaveLength(2_000)
    const next = createStandings(settings, () => 1e6 + 1, () => {})
    next.load(JSON.parse(JSON.stringify(standings.dump())) as Record<string, Cooldown>)
    expect(next.gate(at('p', 'a', 'k2999'))).toMatchObject({ state: 'cooling', reason: 'billing' })
    next.succeeded(at('p', 'a', 'k2999'))
    expect(next.gate(at('p', 'a', 'k2999')).state).toBe('ready')
  })
})

test('a bounded map forgets what was used longest ago', () => {
  const recent = createRecent<string, number>(2)
  recent.set('a', 1)
  recent.set('b', 2)
  recent.get('a')
  recent.set('c', 3)
  expect([...recent.entries()]).toEqual([['a', 1], ['c', 3]])
})
