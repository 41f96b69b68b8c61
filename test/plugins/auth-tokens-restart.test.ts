/** What outlives a reload and a restart: the tokens as they were, and when they were last used. */
import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { bench, seed, stateDir, type Bench } from './auth-tokens-harness.ts'

const hour = 3_600_000
const expired = { ok: false, code: 'AUTH_TOKEN_EXPIRED' }
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const record = (token: string, more: object = {}) => ({ digest: digestOf(token), scopes: ['operator.read'], label: 'operator', createdAt: 1, createdBy: 'local', ...more })
const tokenLike = (end: string): string => `nxt_${end.padStart(43, 'A')}`
const failWrites = (b: Bench): void => { b.beforeWrite = (what) => { throw Object.assign(new Error(`no space for ${what}`), { code: 'ENOSPC' }) } }

describe('a reload and a restart', () => {
  test('keep every token, with scopes, bounds and expiry, and bring none back', async () => {
    const dir = await stateDir()
    let token: string, limited: string, old: string, gone: string
    {
      await using b = await bench({ dir })
      token = (await b.create({ name: 'plain', scopes: ['operator.read'] }, { label: 'device' })).token
      limited = (await b.create({ name: 'limited', scopes: ['a.b'], agent: 'main', ttlMs: hour })).token
      old = (await b.create({ name: 'turned', scopes: [] })).token
      await b.rotate('turned')
      gone = (await b.create({ name: 'gone', scopes: [] })).token
      await b.revoke('gone')
      const before = await b.list()
      await b.k.reload('under-test')
      expect(await b.list()).toEqual(before)
    }
    await using b = await bench({ dir })
    expect(b.enter(token)).toEqual({ ok: true, caller: { id: 'token:plain', role: 'operator', scopes: new Set(['operator.read']), label: 'device' } })
    expect(b.enter(limited)).toMatchObject({ ok: true, caller: { bounds: { agent: 'main' } } })
    expect([b.enter(old)?.ok, b.enter(gone)?.ok]).toEqual([false, false])
    await b.k.clock.advance(hour)
    expect(b.enter(limited)).toMatchObject(expired)
    expect(b.ended).toMatchObject([{ ids: ['token:limited'] }])
  })

  test('let in nobody by a record that is damaged, doubled or has what is not known here, and the rest is as it was', async () => {
    const dir = await stateDir()
    await seed(dir, 'auth/tokens', {
      good: record(tokenLike('A')), half: { digest: digestOf(tokenLike('B')) }, newer: record(tokenLike('C'), { onlyFrom: '10.0.0.0/8' }),
      twin: record(tokenLike('A'), { scopes: ['operator.admin'] }), label: record(tokenLike('D'), { label: 'tool' }), node: record(tokenLike('E'), { scopes: ['node.x'] }), torn: record(tokenLike('F')),
    })
    await writeFile(await fileOf(dir, 'tokens', 'torn'), '{"key":"torn","rev')
    await using b = await bench({ dir })
    expect(['A', 'B', 'C', 'D', 'E', 'F'].map((end) => b.enter(tokenLike(end))?.ok)).toEqual([true, false, false, false, false, false])
    expect(b.enter(tokenLike('A'))).toMatchObject({ caller: { id: 'token:good', scopes: new Set(['operator.read']) } })
    expect((await b.list()).map(({ name }) => name)).toEqual(['good'])
    expect(b.k.logs.filter(({ level }) => level === 'error').map(({ fields }) => fields?.['name']).sort()).toEqual(['half', 'label', 'newer', 'node', 'torn', 'twin'])
    await expect(b.create({ name: 'torn', scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_EXISTS' })
    await expect(b.revoke('torn', { scopes: ['operator.pairing', 'operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_AUTH_ESCALATES' })
    await b.revoke('torn')
    expect(b.enter((await b.create({ name: 'torn', scopes: [] })).token)).toMatchObject({ ok: true })
  })

  test('take in no more than a thousand', async () => {
    const dir = await stateDir()
    await seed(dir, 'auth/tokens', Object.fromEntries(Array.from({ length: 1003 }, (_, i) => [`t${String(i).padStart(4, '0')}`, record(`seeded ${i}`)])))
    await using b = await bench({ dir })
    expect(await b.list()).toHaveLength(1000)
    expect(b.k.logs.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { left: ['t1000', 't1001', 't1002'] } }])
    await b.revoke('t1001')
  })
})

describe('the time of the last use', () => {
  const usesIn = (b: Bench): number => b.writes.filter((what) => what === 'auth/token-uses all').length

  test('is written once a minute at most, for all tokens together, and only if there was one', async () => {
    await using b = await bench()
    const tokens = [(await b.create({ name: 'a', scopes: [] })).token, (await b.create({ name: 'b', scopes: [] })).token]
    await b.k.clock.advance(10 * 60_000)
    expect([usesIn(b), (await b.list()).map(({ lastUsedAt }) => lastUsedAt)]).toEqual([0, [undefined, undefined]])
    for (const minutes of [1, 2, 3, 4, 5]) {
      for (let i = 0; i < 60; i++) {
        for (const token of tokens) b.enter(token)
        await b.k.clock.advance(1_000)
      }
      await vi.waitFor(() => { expect(usesIn(b)).toBe(minutes) })
    }
    expect((await b.list())[0]).toMatchObject({ lastUsedAt: b.k.clock.now() - 1_000 })
    await b.k.clock.advance(60_000)
    expect(usesIn(b)).toBe(5)
    b.enter(tokens[0])
    await b.k.reload('under-test')
    expect(usesIn(b)).toBe(6)
    expect((await b.list()).map(({ lastUsedAt }) => lastUsedAt)).toEqual([b.k.clock.now(), b.k.clock.now() - 61_000])
  })

  test('of one that is gone is not of the next one of its name, and brings nothing back', async () => {
    await using b = await bench()
    const { token } = await b.create({ name: 'ci', scopes: [] })
    b.enter(token)
    await b.k.clock.advance(61_000)
    await b.revoke('ci')
    await b.k.reload('under-test')
    expect([await b.list(), b.enter(token)?.ok]).toEqual([[], false])
    const next = await b.create({ name: 'ci', scopes: [] })
    expect((await b.list())[0]).not.toHaveProperty('lastUsedAt')
    await b.k.reload('under-test')
    expect((await b.list())[0]).not.toHaveProperty('lastUsedAt')
    b.enter(next.token)
    await b.rotate('ci')
    expect((await b.list())[0]).not.toHaveProperty('lastUsedAt')
  })

  test('that cannot be kept or read keeps nobody out', async () => {
    await using b = await bench()
    const { token } = await b.create({ name: 'ci', scopes: [] })
    failWrites(b)
    b.enter(token)
    await b.k.clock.advance(61_000)
    b.beforeWrite = undefined
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
    b.enter(token)
    await b.k.reload('under-test')
    await writeFile(await fileOf(b.dir, 'token-uses', 'all'), 'torn')
    await b.k.reload('under-test')
    expect(b.enter(token)).toMatchObject({ ok: true })
    expect(b.k.logs.filter(({ level }) => level === 'warn').map(({ message }) => message)).toEqual([expect.stringContaining('kept'), expect.stringContaining('read')])
  })
})

async function fileOf(dir: string, collection: string, name: string): Promise<string> {
  const found = (await readdir(dir, { recursive: true })).find((path) => path.endsWith(join('auth', collection, `${name}.json`)))
  expect(await readFile(join(dir, String(found)), 'utf8')).toContain(`"${name}"`)
  return join(dir, String(found))
}
