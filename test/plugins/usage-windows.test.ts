/** `usage.status`: each source for itself, five seconds, once a minute, and nothing of what a provider says in an error. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Secret } from 'nexus-gateway/sdk'
import type { UsageRead, UsageSource } from '../../plugins/usage/windows/contract.ts'
import { usageProblem, windowLeft } from '../../plugins/usage/windows/contract.ts'
import { remembering } from '../../plugins/usage/windows/headers.ts'
import { keptMs, patienceMs } from '../../plugins/usage/windows/status.ts'
import { gateway, offering } from './usage-windows-harness.ts'

const source = (provider: string, read: UsageSource['read'], more: Partial<UsageSource> = {}): UsageSource => ({ provider, displayName: provider.toUpperCase(), read, ...more })
const good = source('good', () => ({ windows: [{ label: '5h', usedPercent: 12.34, resetAt: Date.parse('2026-01-01T05:00:00Z') }], plan: 'pro' }))
const goodRow = { provider: 'good', displayName: 'GOOD', windows: [{ label: '5h', usedPercent: 12.3, resetAt: Date.parse('2026-01-01T05:00:00Z') }], plan: 'pro' }

describe('usage.status', () => {
  test('without anybody who tells is empty, in the shape of the protocol', async () => {
    await using g = await gateway([])
    expect(await g.status()).toEqual({ updatedAt: g.k.clock.now(), providers: [] })
  })

  test('gives what one provider tells, whatever the others do', async () => {
    const sources = [
      source('throws', () => { throw new Error('key sk-secret is bad') }), source('rejects', () => Promise.reject(new Error('key sk-secret is bad'))), source('says', () => { throw usageProblem('it answered with HTTP 500') }),
      source('knows nothing', () => undefined), source('lies', () => ({ windows: 'none' }) as unknown as UsageRead), source('is odd', () => 7 as unknown as UsageRead), source('throws nothing', () => { throw undefined }),
    ]
    await using g = await gateway([offering('bad', ...sources), offering('fine', good), offering('silent'), offering('more', { ...good, account: 'b' })])
    const rows = await g.rows()
    expect(rows).toContainEqual(goodRow)
    expect(rows).toContainEqual({ ...goodRow, account: 'b' })
    expect(rows.find(({ provider }) => provider === 'says')).toEqual({ provider: 'says', displayName: 'SAYS', windows: [], error: 'it answered with HTTP 500' })
    expect(rows.filter(({ error }) => error === 'it failed: see the log').map(({ provider }) => provider)).toEqual(['throws', 'rejects', 'lies', 'is odd', 'throws nothing'])
    expect(rows.map(({ provider }) => provider)).not.toContain('knows nothing')
    expect(JSON.stringify(rows)).not.toContain('sk-secret')
  })

  test('waits five seconds for one that hangs, and ends what it does', async () => {
    const aborted: boolean[] = []
    const hangs = source('hangs', ({ signal }) => new Promise(() => signal.addEventListener('abort', () => aborted.push(true))))
    await using g = await gateway([offering('a-slow', hangs), offering('b-fine', good)])
    const answer = g.rows()
    await g.k.clock.advance(patienceMs - 1)
    expect(aborted).toEqual([])
    await g.k.clock.advance(1)
    expect(await answer).toEqual([{ provider: 'hangs', displayName: 'HANGS', windows: [], error: 'no answer within 5 s' }, goodRow])
    expect(aborted).toEqual([true])
  })

  test('asks a provider once a minute, however many want to know, and a failure no sooner', async () => {
    let asked = 0
    const counts = source('counts', () => { asked++; throw usageProblem('not now') })
    await using g = await gateway([offering('one', counts)])
    await Promise.all([g.rows(), g.rows(), g.rows()])
    const first = await g.status()
    await g.k.clock.advance(keptMs - 1)
    expect((await g.status()).updatedAt).toBe(first.updatedAt)
    expect(asked).toBe(1)
    await g.k.clock.advance(1)
    expect((await g.status()).updatedAt).toBe(first.updatedAt + keptMs)
    expect(asked).toBe(2)
  })

  test('is a whole answer whatever figures a provider gives', async () => {
    const odd = fc.oneof(fc.double(), fc.integer(), fc.constantFrom(NaN, Infinity, -1, 101, 1e300))
    await fc.assert(fc.asyncProperty(fc.array(fc.record({ label: fc.string({ maxLength: 400 }), usedPercent: odd, resetAt: odd }), { maxLength: 40 }), fc.option(fc.string({ maxLength: 400 }), { nil: undefined }), async (windows, plan) => {
      await using g = await gateway([offering('odd', source('odd', () => ({ windows, ...(plan !== undefined && { plan }) })))])
      const [row] = await g.rows()
      expect(row!.windows.every(({ usedPercent, resetAt = 1, label }) => usedPercent >= 0 && usedPercent <= 100 && Number.isInteger(resetAt) && label.length <= 200)).toBe(true)
    }), { numRuns: 40 })
  })
})

describe('what the headers of answers say', () => {
  const [a, b] = [Secret.literal('sk-a-0123456789'), Secret.literal('sk-b-0123456789')]
  const answering = (...all: readonly Record<string, string>[]): typeof fetch => {
    const left = [...all]
    return async () => new Response('{}', { headers: left.shift() ?? {} })
  }

  test('is kept for the account that asked, the latest, and without what was not wanted', async () => {
    const accounts = [{ id: 'a', apiKey: a }, { id: 'b', apiKey: b }]
    const kept = remembering(answering({ 'x-limit': '1', 'set-cookie': 'c' }, { 'x-limit': '2' }, {}, { 'x-limit': '9', 'x-long': 'y'.repeat(200) }, { 'x-limit': '7' }), accounts, /^x-/, () => 5)
    await kept.fetch('http://h/', { headers: { authorization: 'Bearer sk-a-0123456789' } })
    await kept.fetch('http://h/', { headers: new Headers({ 'x-api-key': 'sk-b-0123456789' }) })
    await kept.fetch('http://h/', { headers: { authorization: 'Bearer sk-b-0123456789' } })
    await kept.fetch('http://h/', { headers: [['Authorization', 'Bearer sk-a-0123456789']] })
    await kept.fetch('http://h/', { headers: { authorization: 'Bearer somebody-else' } })
    expect(kept.of('a')).toEqual({ at: 5, headers: new Map([['x-limit', '9']]) })
    expect(kept.of('b')).toEqual({ at: 5, headers: new Map([['x-limit', '2']]) })
    expect(kept.of('c')).toBeUndefined()
  })

  test('is a share of the limit, and all of it is there again after the reset', () => {
    expect(windowLeft('requests', '100', '25', 50, 10)).toEqual({ label: 'requests', usedPercent: 75, resetAt: 50 })
    expect(windowLeft('requests', '100', '25', 50, 50)).toEqual({ label: 'requests', usedPercent: 0 })
    expect(windowLeft('requests', '100', '125', undefined, 50)).toEqual({ label: 'requests', usedPercent: 0 })
    for (const [limit, left] of [[undefined, '1'], ['1', undefined], ['0', '0'], ['-1', '1'], ['1e3', '1'], ['many', '1'], ['', '']]) expect(windowLeft('requests', limit, left, undefined, 0)).toBeUndefined()
  })
})
