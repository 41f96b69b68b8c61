/** The part of the conformance suite about leases and their fencing tokens. */
import { expect, test } from 'vitest'
import { code, type Open } from './store-under-test.ts'

export function leaseTests(open: Open): void {
  test('one holder at a time; released or expired, another may have it', async () => {
    const { store, advance } = await open()
    const first = await store.lease('cron:job', { ttlMs: 1000 })
    await expect(store.lease('cron:job', { ttlMs: 1000 })).rejects.toEqual(code('NEXUS_STORE_LEASED'))
    await store.lease('other', { ttlMs: 1000 })
    await first.release()
    const second = await store.lease('cron:job', { ttlMs: 1000 })
    await advance(1001)
    const third = await store.lease('cron:job', { ttlMs: 1000 })
    expect([first.token, second.token, third.token]).toEqual([first.token, second.token, third.token].toSorted((a, b) => a - b))
    expect(new Set([first.token, second.token, third.token]).size).toBe(3)
  })

  test('of many that ask at once exactly one gets it', async () => {
    const { store } = await open()
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => store.lease('race', { ttlMs: 5000 })))
    expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(1)
    for (const r of results) if (r.status === 'rejected') expect(r.reason).toEqual(code('NEXUS_STORE_LEASED'))
  })

  test('a renewed lease lasts longer; a lost one cannot be renewed and its release harms nobody', async () => {
    const { store, advance } = await open()
    const mine = await store.lease('x', { ttlMs: 1000 })
    await advance(600)
    const before = mine.expiresAt
    await mine.renew()
    expect(mine.expiresAt).toBeGreaterThan(before)
    await advance(600)
    await expect(store.lease('x', { ttlMs: 1000 })).rejects.toEqual(code('NEXUS_STORE_LEASED'))
    await advance(500)
    await expect(mine.renew()).rejects.toEqual(code('NEXUS_STORE_LEASE_LOST'))
    const next = await store.lease('x', { ttlMs: 60_000 })
    await mine.release()
    await expect(store.lease('x', { ttlMs: 1000 })).rejects.toEqual(code('NEXUS_STORE_LEASED'))
    await next.release()
    await next.release()
    await expect(next.renew()).rejects.toEqual(code('NEXUS_STORE_LEASE_LOST'))
  })

  test('leases and their tokens outlive a restart', async () => {
    const { store, reopen, advance } = await open()
    const before = await store.lease('x', { ttlMs: 1000 })
    const again = await reopen()
    await expect(again.lease('x', { ttlMs: 1000 })).rejects.toEqual(code('NEXUS_STORE_LEASED'))
    await advance(1001)
    expect((await again.lease('x', { ttlMs: 1000 })).token).toBeGreaterThan(before.token)
  })

  test.each([0, -1, 1.5, Number.NaN, Infinity, 86_400_001])('a time of %d ms is refused', async (ttlMs) => {
    const { store } = await open()
    await expect(store.lease('x', { ttlMs })).rejects.toEqual(code('NEXUS_STORE_TTL'))
  })
}
