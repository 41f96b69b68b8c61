/** Scoped service tokens: what is given out, who may, and when a token stops holding. */
import { createHash } from 'node:crypto'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { admits, labels } from 'nexus-gateway/sdk'
import type { Label } from 'nexus-gateway/sdk'
import { createTable } from '../../plugins/auth/tokens/table.ts'
import { bench, filesIn, seed, stateDir } from './auth-tokens-harness.ts'

const day = 86_400_000
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex')
const record = (token: string, more: object = {}) => ({ digest: digestOf(token), scopes: ['operator.read'], label: 'operator', createdAt: 1, createdBy: 'local', ...more })
const tokenLike = (end: string): string => `nxt_${end.padStart(43, 'A')}`
const refused = (code: string) => expect.objectContaining({ code }) as Error

describe('a service token', () => {
  test('lets in who has it, as the caller and with the scopes it was made with', async () => {
    await using b = await bench()
    const made = await b.create({ name: 'ci', scopes: ['operator.read', 'cost.manage', 'operator.read'], agent: 'main' })
    expect(made).toEqual({ name: 'ci', token: expect.stringMatching(/^nxt_[\w-]{43}$/) as string, scopes: ['cost.manage', 'operator.read'], createdAt: b.k.clock.now(), agent: 'main' })
    expect(b.enter(made.token)).toEqual({ ok: true, caller: { id: 'token:ci', role: 'operator', scopes: new Set(['cost.manage', 'operator.read']), label: 'operator', bounds: { agent: 'main' } } })
    const ws = { transport: 'ws' as const, connect: {}, nonce: 'n' }
    for (const request of [{}, ws]) expect(b.enter((await b.create({ name: `none-${request === ws}`, scopes: [] })).token, request)).toMatchObject({ caller: { scopes: new Set() } })
    // The events of all agents go to whoever may read.
    expect(b.enter(made.token, ws)).toMatchObject({ ok: false, code: 'AUTH_TOKEN_BOUND' })
  })

  test('is no node, and no token is one that is not there', async () => {
    await using b = await bench()
    const { token } = await b.create({ name: 'ci', scopes: ['operator.read'] })
    expect(b.enter(token, { role: 'node' })).toMatchObject({ ok: false, code: 'PAIRING_REQUIRED' })
    const strangers = [undefined, '', 'nxt_', token.slice(0, -1), `${token}A`, ` ${token}`, token.toUpperCase(), token.slice(4), tokenLike('x'), digestOf(token), `nxt_${digestOf(token).slice(0, 43)}`]
    for (const stranger of strangers) expect(b.enter(stranger)).toMatchObject({ ok: false, code: expect.stringMatching(/^AUTH_TOKEN_MIS(SING|MATCH)$/) as string })
    expect(b.enter(undefined, { password: token, headers: { 'x-api-key': token } })).toMatchObject({ ok: false, code: 'AUTH_TOKEN_MISSING' })
  })

  test('shares nothing with one that begins like it', async () => {
    const dir = await stateDir()
    await seed(dir, 'auth/tokens', { a: record(tokenLike('B')), b: record(tokenLike('C'), { scopes: ['operator.admin'] }) })
    await using b = await bench({ dir })
    expect(b.enter(tokenLike('B'))).toMatchObject({ caller: { id: 'token:a', scopes: new Set(['operator.read']) } })
    expect(b.enter(tokenLike('C'))).toMatchObject({ caller: { id: 'token:b', scopes: new Set(['operator.admin']) } })
    expect(b.enter(tokenLike('D'))).toMatchObject({ ok: false })
    await b.revoke('b')
    expect([b.enter(tokenLike('B'))?.ok, b.enter(tokenLike('C'))?.ok]).toEqual([true, false])

    const table = createTable()
    const digests = ['0', '1', '2'].map((end) => `${'a'.repeat(63)}${end}`)
    for (const [i, digest] of digests.slice(0, 2).entries()) table.set(`t${i}`, { ...record(''), label: 'operator', digest })
    expect(digests.map((digest) => table.find(Buffer.from(digest, 'latin1'))?.name)).toEqual(['t0', 't1', undefined])
  })

  test('is in one answer, and in no list, log, event or file', async () => {
    await using b = await bench()
    const made = [await b.create({ name: 'ci', scopes: ['operator.read'], ttlMs: day }), await b.create({ name: 'other', scopes: [] }), await b.rotate('ci')]
    for (const { token } of made) b.enter(token)
    await b.create({ name: 'ci', scopes: [] }).catch(() => {})
    const listed = await b.list()
    await b.revoke('other')
    await b.k.clock.advance(61_000)
    const told = inspect([listed, b.k.logs, b.k.events, b.k.inspect('under-test')], { depth: 12 })
    const stored = await filesIn(b.dir)
    for (const { token, ...rest } of made) {
      for (const hidden of [token, token.slice(4)]) expect(told + stored).not.toContain(hidden)
      for (const answer of [told, JSON.stringify(rest)]) expect(answer).not.toContain(digestOf(token))
    }
    expect(told).not.toMatch(/digest/i)
    expect(stored).toContain(digestOf(made[2]!.token))
    expect(listed).toEqual([
      { name: 'ci', scopes: ['operator.read'], createdAt: made[2]!.createdAt, createdBy: 'test', expiresAt: made[2]!.createdAt + day, lastUsedAt: made[2]!.createdAt, label: 'operator', expired: false },
      { name: 'other', scopes: [], createdAt: made[1]!.createdAt, createdBy: 'test', lastUsedAt: made[1]!.createdAt, label: 'operator', expired: false },
    ])
  })

  test.each(['', 'A', '-a', '.a', 'a b', 'a/b', '../a', '__proto__', 'x'.repeat(65), 5, undefined])('has no name like %j', async (name) => {
    await using b = await bench()
    await expect(b.create({ name, scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })

  test.each(['constructor', 'to-string', 'a', '0.1_x', 'x'.repeat(64)])('can have the name %s', async (name) => {
    await using b = await bench()
    const { token } = await b.create({ name, scopes: [] })
    await b.k.reload('under-test')
    expect(b.enter(token)).toMatchObject({ caller: { id: `token:${name}` } })
    await expect(b.create({ name, scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_EXISTS', status: 409 })
    expect(await b.revoke(name)).toEqual({ name, revoked: true })
    for (const change of [b.revoke, b.rotate]) await expect(change(name)).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNKNOWN', status: 404 })
    expect(b.enter(token)).toMatchObject({ ok: false })
  })

  test.each([['public'], ['read'], ['node.invoke'], ['node.x.y'], ['Operator.read'], ['operator.'], ['.read'], ['operator.read '], ['*.read'], [`a.${'b'.repeat(128)}`], [7]])('never holds %j', async (scope) => {
    await using b = await bench()
    await expect(b.create({ name: 'ci', scopes: [scope] }, { scopes: ['operator.admin', 'operator.pairing', String(scope)] })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    expect(await b.list()).toEqual([])
  })

  test('has a lifetime within reason, no field that nobody knows, and no more than 64 scopes', async () => {
    await using b = await bench()
    const bad = [{ ttlMs: 0 }, { ttlMs: -1 }, { ttlMs: 1.5 }, { ttlMs: Infinity }, { ttlMs: 1e15 }, { ttlMs: '1d' }, { admin: true }, { agent: '../x' }, { agent: '' }, { expiresAt: 1 }, { label: 'operator' }, { scopes: Array.from({ length: 65 }, (_, i) => `a.s${i}`) }]
    for (const more of bad) await expect(b.create({ name: 'ci', scopes: [], ...more })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })
})

describe('who may make one', () => {
  const scope = fc.constantFrom('operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing', 'cost.manage', 'cost.read', 'a.b.c')

  test('nobody makes, renews or ends one that holds more than he does himself', async () => {
    await using b = await bench()
    const sets = fc.uniqueArray(scope, { maxLength: 6 })
    await fc.assert(fc.asyncProperty(sets, sets, sets, async (own, first, second) => {
      const scopes = new Set(['operator.pairing', ...own])
      const has = (wanted: readonly string[]): boolean => wanted.every((one) => admits(scopes, one))
      const mine = { scopes: [...scopes] }
      const made = await b.create({ name: 'p', scopes: first }, mine).catch((error: unknown) => error)
      if (has(first)) {
        const answer = b.enter((made as { token: string }).token)
        if (!answer?.ok) throw new Error('a token that was given out does not hold')
        expect([...answer.caller.scopes].sort()).toEqual([...first].sort())
        for (const one of answer.caller.scopes) expect(admits(scopes, one)).toBe(true)
        await b.revoke('p')
      } else {
        expect(made).toMatchObject({ code: 'NEXUS_AUTH_ESCALATES', wire: 'FORBIDDEN', status: 403 })
      }
      const theirs = await b.create({ name: 'q', scopes: second })
      for (const change of [b.rotate, b.revoke]) {
        const outcome = await change('q', mine).then(() => 'done', (error: { code: string }) => error.code)
        expect(outcome).toBe(has(second) ? 'done' : 'NEXUS_AUTH_ESCALATES')
      }
      expect(b.enter(theirs.token)?.ok).toBe(!has(second))
      if (!has(second)) await b.revoke('q')
    }), { numRuns: 150 })
  })

  test('a refusal says which scope is missing', async () => {
    await using b = await bench()
    const error = await b.create({ name: 'ci', scopes: ['operator.read', 'operator.approvals'] }, { scopes: ['operator.pairing', 'operator.write'] }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ data: { missing: 'operator.approvals', have: ['operator.pairing', 'operator.write'] } })
  })

  test('not who lacks operator.pairing, whatever else he has', async () => {
    await using b = await bench()
    for (const [method, params] of [['tokens.create', { name: 'ci', scopes: [] }], ['tokens.list', {}], ['tokens.rotate', { name: 'ci' }], ['tokens.revoke', { name: 'ci' }]] as const) {
      await expect(b.k.call(method, params, { scopes: ['operator.write', 'operator.approvals', 'cost.manage'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    }
  })

  test.each(labels)('a %s: only operators and devices, and the token is no more than its maker', async (label) => {
    await using b = await bench()
    await b.create({ name: 'old', scopes: [] })
    const may = label === 'operator' || label === 'device'
    const outcomes = await Promise.allSettled([b.create({ name: 'new', scopes: [] }, { label }), b.rotate('old', { label }), b.revoke('old', { label })])
    for (const outcome of outcomes) expect(outcome).toMatchObject(may ? { status: 'fulfilled' } : { reason: { code: 'NEXUS_AUTH_TOKEN_LABEL', status: 403 } })
    expect((await b.list()).map(({ name, label: of }) => [name, of])).toEqual(may ? [['new', label]] : [['old', 'operator']])
  })

  test.each<[Label, Label]>([['operator', 'device'], ['device', 'operator']])('one of a %s that a %s renews is a device\'s', async (maker, renewer) => {
    await using b = await bench()
    await b.create({ name: 'ci', scopes: [] }, { label: maker })
    expect(b.enter((await b.rotate('ci', { label: renewer })).token)).toMatchObject({ caller: { label: 'device' } })
  })

  test('who is bound makes, renews and ends only what is bound alike', async () => {
    await using b = await bench()
    const bound = { caller: { bounds: { agent: 'main' } } }
    expect(b.enter((await b.create({ name: 'same', scopes: [] }, bound)).token)).toMatchObject({ caller: { bounds: { agent: 'main' } } })
    await expect(b.create({ name: 'x', scopes: [], agent: 'other' }, bound)).rejects.toEqual(refused('NEXUS_AUTH_ESCALATES'))
    await b.create({ name: 'free', scopes: [] })
    await b.create({ name: 'other', scopes: [], agent: 'other' })
    for (const name of ['free', 'other']) for (const change of [b.rotate, b.revoke]) await expect(change(name, bound)).rejects.toEqual(refused('NEXUS_AUTH_ESCALATES'))
    expect(await b.rotate('same', bound)).toMatchObject({ agent: 'main' })
    await b.revoke('same', bound)
  })

  test('a budget is taken only where something keeps to it', async () => {
    const dir = await stateDir()
    {
      await using b = await bench({ dir })
      await expect(b.create({ name: 'ci', scopes: [], budget: '5usd/day' })).rejects.toEqual(refused('NEXUS_AUTH_NO_LEDGER'))
      expect(await b.list()).toEqual([])
    }
    let token: string
    {
      await using b = await bench({ dir, ledger: true })
      await expect(b.create({ name: 'ci', scopes: [], budget: '5' })).rejects.toEqual(refused('NEXUS_AUTH_TOKEN_BUDGET'))
      token = (await b.create({ name: 'ci', scopes: [], budget: '5usd/day' })).token
      expect(b.enter(token)).toMatchObject({ ok: true, caller: { bounds: { budget: '5usd/day', budgetOf: 'ci' } } })
      expect(b.enter(token, { transport: 'ws' })).toMatchObject({ ok: true })
      expect(await b.list()).toMatchObject([{ name: 'ci', budget: '5usd/day' }])
    }
    await using b = await bench({ dir })
    expect(b.enter(token)).toMatchObject({ ok: false, code: 'AUTH_TOKEN_BUDGET' })
  })

  test('what a token with a budget makes shares it, and has no other', async () => {
    await using b = await bench({ ledger: true })
    const bound = { caller: { bounds: { budget: '5usd/day', budgetOf: 'ci' } } }
    expect(b.enter((await b.create({ name: 'child', scopes: [] }, bound)).token)).toMatchObject({ caller: { bounds: { budget: '5usd/day', budgetOf: 'ci' } } })
    expect(b.enter((await b.create({ name: 'same', scopes: [], budget: '5usd/day' }, bound)).token)).toMatchObject({ caller: { bounds: { budgetOf: 'ci' } } })
    await expect(b.create({ name: 'more', scopes: [], budget: '50usd/day' }, bound)).rejects.toEqual(refused('NEXUS_AUTH_ESCALATES'))
  })

  test('there are at most a thousand', async () => {
    const dir = await stateDir()
    await seed(dir, 'auth/tokens', Object.fromEntries(Array.from({ length: 999 }, (_, i) => [`t${i}`, record(`seeded ${i}`)])))
    await using b = await bench({ dir })
    const two = await Promise.allSettled([b.create({ name: 'a', scopes: [] }), b.create({ name: 'b', scopes: [] })])
    expect(two).toMatchObject([{ status: 'fulfilled' }, { status: 'rejected', reason: { code: 'NEXUS_AUTH_TOKEN_FULL', status: 413 } }])
    expect(await b.list()).toHaveLength(1000)
    await b.revoke('t5')
    await b.create({ name: 'b', scopes: [] })
  })
})
