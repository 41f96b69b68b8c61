/** When a service token holds: rotations, revocations, expiry, failing disks. */
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createAlarm } from '../../plugins/auth/tokens/alarm.ts'
import { bench, seed, stateDir, type Bench } from './auth-tokens-harness.ts'

const hour = 3_600_000
const day = 24 * hour
const expired = { ok: false, code: 'AUTH_TOKEN_EXPIRED' }
const unknown = { ok: false, code: 'AUTH_TOKEN_MISMATCH' }
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const record = (token: string, more: object = {}) => ({ digest: digestOf(token), scopes: ['operator.read'], label: 'operator', createdAt: 1, createdBy: 'local', ...more })
const tokenLike = (end: string): string => `nxt_${end.padStart(43, 'A')}`
const failWrites = (b: Bench): void => { b.beforeWrite = (what) => { throw Object.assign(new Error(`no space for ${what}`), { code: 'ENOSPC' }) } }

/** Holds the next write up until `go` is called; `reached` when it has come so far. */
function held(b: Bench): { readonly reached: Promise<void>; go(): void } {
  let go = (): void => {}
  const reached = new Promise<void>((resolve) => {
    b.beforeWrite = () => {
      b.beforeWrite = undefined
      resolve()
      return new Promise((release) => { go = release })
    }
  })
  return { reached, go: () => go() }
}

describe('a rotation', () => {
  test('of a thousand in a row none leaves the old token good or the new one bad, and each ends what the old one let in', async () => {
    await using b = await bench()
    let { token } = await b.create({ name: 'ci', scopes: ['operator.read'] })
    const seen = new Set([token])
    for (let i = 0; i < 1000; i++) {
      b.watched = token
      const next = await b.rotate('ci')
      expect(b.enter(token)).toMatchObject(unknown)
      expect(b.enter(next.token)).toMatchObject({ ok: true, caller: { id: 'token:ci' } })
      token = next.token
      seen.add(token)
    }
    expect(seen.size).toBe(1001)
    expect(b.ended).toHaveLength(1000)
    for (const one of b.ended) expect(one).toMatchObject({ ids: ['token:ci'], reason: 'token rotated', stale: false })
    await b.k.reload('under-test')
    expect([...seen].filter((one) => b.enter(one)?.ok)).toEqual([token])
  })

  test('keeps name, scopes and bounds, and begins the lifetime anew', async () => {
    await using b = await bench()
    const first = await b.create({ name: 'ci', scopes: ['operator.read', 'a.b'], agent: 'main', ttlMs: hour })
    await b.k.clock.advance(hour + 5)
    expect(b.enter(first.token)).toMatchObject(expired)
    const second = await b.rotate('ci')
    expect(second).toEqual({ ...first, token: second.token, createdAt: first.createdAt + hour + 5, expiresAt: first.createdAt + 2 * hour + 5 })
    expect(b.enter(second.token)).toMatchObject({ ok: true, caller: { scopes: new Set(['operator.read', 'a.b']), bounds: { agent: 'main' } } })
    expect((await b.list())[0]).toMatchObject({ expired: false, createdAt: second.createdAt })
  })

  test('of the token that asks for it is refused, as its answer could not arrive', async () => {
    await using b = await bench()
    const { token } = await b.create({ name: 'ci', scopes: ['operator.pairing'] })
    await expect(b.rotate('ci', { caller: { id: 'token:ci', scopes: new Set(['operator.pairing']) } })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_SELF', status: 409 })
    expect(b.enter(token)).toMatchObject({ ok: true })
  })
})

describe('changes at one time', () => {
  test('of one name happen one after the other: one creates, and the last rotation holds', async () => {
    await using b = await bench()
    const made = await Promise.allSettled(Array.from({ length: 5 }, () => b.create({ name: 'ci', scopes: [] })))
    expect(made.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected', 'rejected'])
    const tokens = (await Promise.all(Array.from({ length: 20 }, () => b.rotate('ci')))).map(({ token }) => token)
    expect(tokens.map((token) => b.enter(token)?.ok)).toEqual([...Array.from({ length: 19 }, () => false), true])
    const outcomes = await Promise.allSettled([b.revoke('ci'), b.rotate('ci')])
    expect(outcomes).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'NEXUS_AUTH_TOKEN_UNKNOWN' } }])
    await b.k.reload('under-test')
    expect(await b.list()).toEqual([])
  })

  test('wait in a queue that has a bound', async () => {
    await using b = await bench()
    const all = await Promise.allSettled(Array.from({ length: 300 }, (_, i) => b.create({ name: `t${i}`, scopes: [] })))
    const refused = all.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(300 - 256)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'NEXUS_AUTH_BUSY', retryable: true })
  })

  test.each(['revoke', 'rotate'] as const)('that a token asked for before a %s of it, and that come after, make nothing', async (change) => {
    await using b = await bench()
    await b.create({ name: 'thief', scopes: ['operator.pairing'] })
    const thief = { caller: { id: 'token:thief', scopes: new Set(['operator.pairing']) } }
    expect(await b.create({ name: 'mine', scopes: [] }, thief)).toMatchObject({ name: 'mine' })
    const write = held(b)
    const ending = b[change]('thief')
    await write.reached
    const late = Promise.allSettled([b.create({ name: 'late', scopes: [] }, thief), b.rotate('mine', thief), b.revoke('mine', thief)])
    write.go()
    await ending
    for (const outcome of await late) expect(outcome).toMatchObject({ reason: { code: 'NEXUS_AUTH_ESCALATES' } })
    expect((await b.list()).map(({ name }) => name)).toEqual(change === 'revoke' ? ['mine'] : ['mine', 'thief'])
  })

  test('by somebody who was cut off while he waited do not happen', async () => {
    await using b = await bench()
    await b.create({ name: 'ci', scopes: [] })
    const [write, gone] = [held(b), new AbortController()]
    const first = b.rotate('ci')
    await write.reached
    const second = b.create({ name: 'late', scopes: [] }, { signal: gone.signal }).catch(() => 'refused')
    gone.abort()
    write.go()
    await first
    expect(await second).toBe('refused')
    expect((await b.list()).map(({ name }) => name)).toEqual(['ci'])
  })
})

describe('expiry', () => {
  test('is to the millisecond, and what the token let in is ended with it', async () => {
    await using b = await bench()
    const { token, expiresAt } = await b.create({ name: 'ci', scopes: [], ttlMs: 5_000 })
    const other = await b.create({ name: 'other', scopes: [], ttlMs: 7_000 })
    expect(expiresAt).toBe(b.k.clock.now() + 5_000)
    b.watched = token
    await b.k.clock.advance(4_999)
    expect([b.enter(token)?.ok, b.ended.length]).toEqual([true, 0])
    await b.k.clock.advance(1)
    expect(b.enter(token)).toMatchObject(expired)
    expect(b.ended).toEqual([{ ids: ['token:ci'], reason: 'token expired', at: expiresAt, stale: false }])
    expect((await b.list()).map((one) => one.expired)).toEqual([true, false])
    await b.k.clock.advance(10_000)
    expect(b.ended.slice(1)).toMatchObject([{ ids: ['token:other'], at: other.expiresAt }])
  })

  test('far ahead sets no timer that Node would let off at once', async () => {
    await using b = await bench()
    const { token, expiresAt } = await b.create({ name: 'ci', scopes: [], ttlMs: 60 * day })
    expect(b.k.clock.pending().length).toBeGreaterThan(0)
    for (const { at } of b.k.clock.pending()) expect(at - b.k.clock.now()).toBeLessThan(2 ** 31)
    await b.k.clock.advance(60 * day - 1)
    expect([b.enter(token)?.ok, b.ended.length]).toEqual([true, 0])
    await b.k.clock.advance(1)
    expect(b.ended).toMatchObject([{ ids: ['token:ci'], at: expiresAt }])
  })

  test('leaves no timer behind, even of a change that outlives its plugin', async () => {
    await using b = await bench()
    const before = b.k.clock.pending().length
    const alarm = createAlarm(b.k.clock, () => {})
    alarm.set(b.k.clock.now() + 1_000)
    alarm.set(b.k.clock.now() + 2_000)
    expect(b.k.clock.pending()).toHaveLength(before + 1)
    alarm.close()
    alarm.set(b.k.clock.now() + 1_000)
    expect(b.k.clock.pending()).toHaveLength(before)
  })

  test('during a stop is found at the next start, and ends what a reload has kept', async () => {
    const dir = await stateDir()
    await seed(dir, 'auth/tokens', { ci: record(tokenLike('A'), { expiresAt: Date.UTC(2026, 0, 1) }) })
    await using b = await bench({ dir })
    expect(b.enter(tokenLike('A'))).toMatchObject(expired)
    await b.k.clock.advance(0)
    expect(b.ended).toMatchObject([{ ids: ['token:ci'], reason: 'token expired', at: b.k.clock.now() }])
  })

  test('of one that was rotated or revoked is nobody\'s any more', async () => {
    await using b = await bench()
    await b.create({ name: 'a', scopes: [], ttlMs: hour })
    await b.create({ name: 'b', scopes: [], ttlMs: hour })
    await b.k.clock.advance(hour / 2)
    await b.rotate('a')
    await b.revoke('b')
    await b.k.clock.advance(hour / 2)
    expect(b.ended.map(({ reason }) => reason)).toEqual(['token rotated', 'token revoked'])
    await b.k.clock.advance(hour / 2)
    expect(b.ended.slice(2)).toMatchObject([{ ids: ['token:a'], reason: 'token expired' }])
  })

  test('of a maker is the latest that anything it makes holds', async () => {
    await using b = await bench()
    const maker = await b.create({ name: 'maker', scopes: ['operator.pairing'], ttlMs: hour })
    const by = { caller: { id: 'token:maker', scopes: new Set(['operator.pairing']) } }
    expect(await b.create({ name: 'a', scopes: [] }, by)).toMatchObject({ expiresAt: maker.expiresAt })
    expect(await b.create({ name: 'b', scopes: [], ttlMs: 2 * hour }, by)).toMatchObject({ expiresAt: maker.expiresAt })
    expect(await b.create({ name: 'c', scopes: [], ttlMs: 60_000 }, by)).toMatchObject({ expiresAt: b.k.clock.now() + 60_000 })
    await b.create({ name: 'free', scopes: [] })
    expect(await b.rotate('free', by)).toMatchObject({ expiresAt: maker.expiresAt })
    await b.k.clock.advance(hour)
    await expect(b.create({ name: 'd', scopes: [] }, by)).rejects.toMatchObject({ code: 'NEXUS_AUTH_ESCALATES' })
  })
})

describe('a disk that fails', () => {
  test('leaves every token as it was, and nothing is ended', async () => {
    await using b = await bench()
    const { token } = await b.create({ name: 'ci', scopes: [] })
    failWrites(b)
    for (const change of [b.rotate('ci'), b.revoke('ci'), b.create({ name: 'new', scopes: [] })]) await expect(change).rejects.toThrow()
    expect(b.enter(token)).toMatchObject({ ok: true })
    expect((await b.list()).map(({ name }) => name)).toEqual(['ci'])
    expect(b.ended).toEqual([])
    b.beforeWrite = undefined
    await b.k.reload('under-test')
    expect(b.enter(token)).toMatchObject({ ok: true })
    await b.revoke('ci')
    expect(b.enter(token)).toMatchObject(unknown)
  })

  test('that is slow: the old token holds until the new one is kept, and no answer comes before', async () => {
    await using b = await bench()
    let { token } = await b.create({ name: 'ci', scopes: [] })
    for (const change of ['rotate', 'revoke'] as const) {
      const write = held(b)
      const before = b.ended.length
      let answered = false
      const changed = b[change]('ci').then((answer) => { answered = true; return answer as { token?: string } })
      await write.reached
      await b.k.settled()
      expect([answered, b.ended.length - before, b.enter(token)?.ok]).toEqual([false, 0, true])
      write.go()
      const next = (await changed).token
      expect([b.ended.length - before, b.enter(token)?.ok]).toEqual([1, false])
      token = next ?? token
    }
  })
})
