/** What the ledger promises to whoever spends. */
import { expect, test } from 'vitest'
import { fakeStore, open, refusalOf, reserve, settle, start, within, about } from './cost-ledger-harness.ts'

const counter = 'global/day||2026-03-01'

test('of 200 that ask at once, no more are let through than the budget is worth', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  const asked = Array.from({ length: 200 }, async (_, n) => reserve(engine, `a${n}`, 10, [within(100)]))
  const answers = await Promise.allSettled(asked)
  expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  expect(engine.counter(counter)).toMatchObject({ heldNano: 100, spentNano: 0 })
  expect(refusalOf(() => reserve(engine, 'more', 1, [within(100)]))).toMatchObject({ kind: 'full', counter, bound: 'nano', limit: 100, worst: 1, state: { heldNano: 100 } })
})

test('over several counters it is all or nothing', async () => {
  const engine = await open(fakeStore())
  const holds = [within(100, 'a'), within(100, 'b'), within(5, 'c')]
  expect(refusalOf(() => reserve(engine, 'x', 10, holds))).toMatchObject({ kind: 'full', counter: 'c' })
  expect(['a', 'b', 'c'].map((key) => engine.counter(key).heldNano)).toEqual([0, 0, 0])
  await reserve(engine, 'x', 5, holds)
  expect(['a', 'b', 'c'].map((key) => engine.counter(key).heldNano)).toEqual([5, 5, 5])
})

test('tokens are bounded beside money', async () => {
  const engine = await open(fakeStore())
  const hold = { counter, expiresAt: undefined, limit: { nano: 1_000, tokens: 50 } }
  await reserve(engine, 'x', 1, [hold], 30)
  expect(refusalOf(() => reserve(engine, 'y', 1, [hold], 21))).toMatchObject({ kind: 'full', bound: 'tokens', limit: 50, worst: 21 })
  await reserve(engine, 'y', 1, [hold], 20)
})

test('a reservation is on disk before it resolves, and a charge too', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  const held = reserve(engine, 'x', 10, [within(100)])
  expect(disk.logs.size).toBe(0)
  await held
  expect(disk.logs.get('ledger/2026-03')).toContain('"t":"hold","id":"x"')
  await settle(engine, 'x', 4, 7)
  expect(disk.logs.get('ledger/2026-03')).toContain('"t":"charge","id":"x"')
  expect(engine.counter(counter)).toEqual({ spentNano: 4, spentTokens: 7, heldNano: 0, heldTokens: 0, calls: 1, unpriced: 0 })
})

test('it is charged once, however often it is settled', async () => {
  const engine = await open(fakeStore())
  await reserve(engine, 'x', 10, [within(100)])
  const charges = await Promise.all([settle(engine, 'x', 4), settle(engine, 'x', 9)])
  expect(charges).toEqual([{ id: 'x', at: start, about, nano: 4, tokens: 0, price: 'settings' }, undefined])
  expect(await settle(engine, 'x', 4)).toBeUndefined()
  expect(await settle(engine, 'never held', 4)).toBeUndefined()
  expect(engine.counter(counter)).toMatchObject({ spentNano: 4, heldNano: 0, calls: 1 })
  expect(refusalOf(() => reserve(engine, 'x', 1, [within(100)]))).toEqual({ kind: 'twice' })
})

test('what costs more than was held is counted whole, and stops the next from the moment it is known', async () => {
  const engine = await open(fakeStore())
  await reserve(engine, 'x', 10, [within(100)])
  const settling = settle(engine, 'x', 95)
  expect(refusalOf(() => reserve(engine, 'y', 10, [within(100)]))).toMatchObject({ kind: 'full' })
  await settling
  expect(engine.counter(counter)).toMatchObject({ spentNano: 95, heldNano: 0 })
  expect(refusalOf(() => reserve(engine, 'y', 10, [within(100)]))).toMatchObject({ kind: 'full' })
  await reserve(engine, 'z', 5, [within(100)])
})

test('what a charge frees is free at once, and what is held for it stands behind it in the log', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 100, [within(100)], 9)
  const settling = settle(engine, 'x', 1, 2)
  expect(engine.counter(counter)).toEqual({ spentNano: 0, spentTokens: 0, heldNano: 1, heldTokens: 2, calls: 0, unpriced: 0 })
  const held = reserve(engine, 'y', 99, [within(100)])
  expect(refusalOf(() => reserve(engine, 'z', 1, [within(100)]))).toMatchObject({ kind: 'full' })
  await Promise.all([settling, held])
  expect(disk.logs.get('ledger/2026-03')!.match(/"t":"\w+","id":"\w+"/g)).toEqual(['"t":"hold","id":"x"', '"t":"charge","id":"x"', '"t":"hold","id":"y"'])
  expect(engine.counter(counter)).toMatchObject({ spentNano: 1, heldNano: 99 })
  // A crash in between has both or the first alone.
  for (const share of [0, 0.5, 1]) {
    const before = fakeStore(new Map([['ledger/2026-03', disk.logs.get('ledger/2026-03')!.split('\n', 1)[0]! + '\n']]))
    const again = await open(before)
    void settle(again, 'x', 1).catch(() => {})
    void reserve(again, 'y', 99, [within(100)]).catch(() => {})
    await Promise.resolve()
    const { spentNano, heldNano } = (await open(before.crash(share))).counter(counter)
    expect([[0, 100], [1, 0], [1, 99]]).toContainEqual([spentNano, heldNano])
  }
})

test('a charge that cannot be written binds the worst case again, and what was never sent too', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 100, [within(100)], 9)
  for (const settlement of [{ nano: 1, tokens: 2, at: start }, { nano: 0, tokens: 0, at: start, unsent: true }]) {
    disk.failAppends = 1
    const settling = engine.settle('x', settlement)
    expect(engine.counter(counter)).toMatchObject({ heldNano: settlement.nano, heldTokens: settlement.tokens })
    await expect(settling).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
    expect(engine.counter(counter)).toMatchObject({ spentNano: 0, heldNano: 100, heldTokens: 9 })
    expect(refusalOf(() => reserve(engine, 'y', 1, [within(100)]))).toMatchObject({ kind: 'full' })
  }
})

test('a full disk gives what was held back, and keeps what could not be charged', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  disk.failAppends = 1
  await expect(reserve(engine, 'x', 60, [within(100)])).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
  expect(engine.counter(counter).heldNano).toBe(0)
  expect(engine.open()).toEqual([])
  await reserve(engine, 'x', 60, [within(100)])
  disk.failAppends = 1
  await expect(settle(engine, 'x', 70)).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
  expect(engine.counter(counter)).toMatchObject({ spentNano: 0, heldNano: 70 })
  expect(await settle(engine, 'x', 70)).toMatchObject({ nano: 70 })
  expect(engine.counter(counter)).toMatchObject({ spentNano: 70, heldNano: 0 })
})

test('what was settled before its reservation was on disk is charged once both are', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  const [held, settled] = [reserve(engine, 'x', 10, [within(100)]), settle(engine, 'x', 3)]
  await held
  expect(await settled).toMatchObject({ nano: 3 })
  disk.failAppends = 1
  const [lost, nothing] = [reserve(engine, 'y', 10, [within(100)]), settle(engine, 'y', 3)]
  await expect(lost).rejects.toMatchObject({ code: 'NEXUS_STORE_WRITE' })
  expect(await nothing).toBeUndefined()
  expect(engine.counter(counter)).toMatchObject({ spentNano: 3, heldNano: 0, calls: 1 })
})

test('what was never sent is neither a charge nor a call', async () => {
  const engine = await open(fakeStore())
  await reserve(engine, 'x', 10, [within(100)])
  expect(await engine.settle('x', { nano: 0, tokens: 0, at: start, unsent: true })).toBeUndefined()
  expect(engine.counter(counter)).toEqual({ spentNano: 0, spentTokens: 0, heldNano: 0, heldTokens: 0, calls: 0, unpriced: 0 })
  expect(await engine.charges({ limit: 10 })).toEqual([])
})

test('an unknown price passes no limit of money, and is counted where there is none', async () => {
  const engine = await open(fakeStore())
  expect(refusalOf(() => reserve(engine, 'x', undefined, [within(100)]))).toEqual({ kind: 'unpriced', counter })
  await reserve(engine, 'x', undefined, [within(undefined)], 50)
  expect(await settle(engine, 'x', undefined, 20)).toMatchObject({ nano: undefined, tokens: 20 })
  expect(engine.counter(counter)).toMatchObject({ spentNano: 0, spentTokens: 20, calls: 1, unpriced: 1 })
})

test('a charge that nobody can count is the worst case, and says that it is estimated', async () => {
  const engine = await open(fakeStore())
  for (const [n, nano] of [undefined, NaN, -5, Infinity].entries()) {
    await reserve(engine, `x${n}`, 10, [within(1_000)], 9)
    expect(await settle(engine, `x${n}`, nano, n === 1 ? NaN : 3)).toMatchObject({ nano: 10, tokens: n === 1 ? 9 : 3, estimated: true })
  }
  expect(engine.counter(counter)).toMatchObject({ spentNano: 40, heldNano: 0 })
})

test('what costs nothing passes an exhausted budget, and a limit that is no number passes nothing', async () => {
  const engine = await open(fakeStore())
  await reserve(engine, 'x', 100, [within(100)])
  await reserve(engine, 'free', 0, [within(100)])
  expect(refusalOf(() => reserve(engine, 'y', 1, [within(NaN, 'other')]))).toMatchObject({ kind: 'full' })
})

test('a hold is rounded up, and a charge to the nearest', async () => {
  const engine = await open(fakeStore())
  await reserve(engine, 'x', 10.01, [within(100)], 2.5)
  expect(engine.counter(counter)).toMatchObject({ heldNano: 11, heldTokens: 3 })
  expect(await settle(engine, 'x', 3.4, 2)).toMatchObject({ nano: 3 })
})

test('amounts and names out of bounds are the caller\'s mistake', async () => {
  const engine = await open(fakeStore())
  const two = [within(100), within(100)]
  const long = within(100, 'c'.repeat(1_025))
  for (const [id, nano, holds] of [['', 1, []], ['x'.repeat(257), 1, []], ['x', NaN, []], ['x', -1, []], ['x', 1e17, []], ['x', 1, two], ['x', 1, [long]], ['x', 1, Array.from({ length: 65 }, (_, n) => within(1, `c${n}`))]] as const) {
    expect(refusalOf(() => reserve(engine, id, nano, holds))).toMatchObject({ kind: 'invalid' })
  }
  expect(refusalOf(() => reserve(engine, 'x', 1, [], NaN))).toMatchObject({ kind: 'invalid', what: 'worst' })
  expect(engine.open()).toEqual([])
})

test('more than a bound of open reservations is refused, until one is settled', async () => {
  const engine = await open(fakeStore(), { limits: { open: 3 } })
  await Promise.all(['a', 'b', 'c'].map((id) => reserve(engine, id, 1, [within(100)])))
  expect(refusalOf(() => reserve(engine, 'd', 1, [within(100)]))).toEqual({ kind: 'busy' })
  await settle(engine, 'b', 1)
  await reserve(engine, 'd', 1, [within(100)])
  expect(engine.metrics()).toMatchObject({ open: 3, orphaned: 0, waiting: 0 })
})

test('more counters than a bound are refused, and those there are go on', async () => {
  const engine = await open(fakeStore(), { limits: { counters: 2 } })
  await reserve(engine, 'a', 1, [within(100, 'a'), within(100, 'b')])
  expect(refusalOf(() => reserve(engine, 'b', 1, [within(100, 'c')]))).toEqual({ kind: 'busy' })
  expect(await settle(engine, 'a', 1)).toMatchObject({ nano: 1 })
  await reserve(engine, 'c', 1, [within(100, 'b')])
})

test('charges are listed from the newest, and by run and session', async () => {
  const engine = await open(fakeStore())
  for (let n = 0; n < 30; n++) {
    await engine.reserve({ id: `x${n}`, at: start + n, about: { ...about, runId: `r${n % 3}`, sessionKey: n % 2 ? 'odd "1"' : 'even' }, worst: { nano: 10, tokens: 0 }, holds: [] })
    await engine.settle(`x${n}`, { nano: n, tokens: 0, at: start + n })
  }
  expect((await engine.charges({ limit: 3 })).map(({ id }) => id)).toEqual(['x29', 'x28', 'x27'])
  expect((await engine.charges({ limit: 2, runId: 'r1' })).map(({ id }) => id)).toEqual(['x28', 'x25'])
  expect((await engine.charges({ limit: 2, runId: 'r1', sessionKey: 'odd "1"' })).map(({ id }) => id)).toEqual(['x25', 'x19'])
})

test('once closed it holds nothing more, and what is open is an orphan of the next start', async () => {
  const disk = fakeStore()
  const engine = await open(disk)
  await reserve(engine, 'x', 10, [within(100)])
  await engine.close()
  expect(refusalOf(() => reserve(engine, 'y', 1, [within(100)]))).toEqual({ kind: 'closed' })
  await expect(settle(engine, 'x', 1)).rejects.toMatchObject({ refusal: { kind: 'closed' } })
  const next = await open(disk)
  expect(next.open()).toMatchObject([{ id: 'x', worst: { nano: 10 }, orphaned: true }])
})
