/** What the plugin does around the ledger: a bad start, what cannot be written, what it answers. */
import { cp, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import auth from '../../plugins/auth/index.ts'
import cost from '../../plugins/cost/index.ts'
import { createOpening } from '../../plugins/cost/open.ts'
import { createTold } from '../../plugins/cost/told.ts'
import { createCalendar } from '../../plugins/cost/budgets/calendar.ts'
import health from '../../plugins/health/index.ts'
import { Models } from '../../plugins/models/contract.ts'
import type { Status } from '../../plugins/health/contract.ts'
import store from '../../plugins/store/index.ts'
import { cause, codeOf, costGateway, outcome, stateDir } from './cost-gateway.ts'

test.each<[string, object]>([['NEXUS_COST_TIME_ZONE', { timeZone: 'Nowhere/At_all' }], ['NEXUS_COST_BUDGET', { budgets: [{ per: 'day' }] }], ['NEXUS_COST_BUDGET', { budgets: [{ per: 'day', usd: 1 }, { per: 'day', usd: 2 }] }]])('a start with settings that are none fails with %s: nothing runs without its budgets', async (code, settings) => {
  const error = await testKernel({ plugins: [store, cost], stateDir: await stateDir(), config: { cost: settings } }).catch((thrown: unknown) => thrown) as Error & { cause?: unknown }
  expect([codeOf(error), codeOf(error.cause)]).toContain(code)
})

test('status of the gateway shows what is left, and when it resets', async () => {
  await using g = await costGateway({ timeZone: 'Europe/Berlin', budgets: [{ per: 'day', usd: 0.01 }, { per: 'month', on: 'agent', tokens: 1_000 }] }, { plugins: [health] })
  await g.ask({ agentId: 'coder' })
  await g.k.clock.advance(2_000)
  const { budgets } = await g.k.call('status') as Status
  expect(budgets).toEqual([
    { id: 'agent/month', of: 'coder', per: 'month', limit: { tokens: 1_000 }, left: { tokens: 985 }, percent: 1.5, resetsAt: Date.UTC(2026, 0, 31, 23), timeZone: 'Europe/Berlin' },
    { id: 'global/day', per: 'day', limit: { usd: 0.01 }, left: { usd: 0.00994 }, percent: 0.6, resetsAt: Date.UTC(2026, 0, 1, 23), timeZone: 'Europe/Berlin' },
  ])
})

test('charges, and what is open, can be looked at by run and session', async () => {
  await using g = await costGateway({ timeZone: 'UTC' })
  await g.ask({ runId: 'r1', sessionKey: 'agent:main:main' })
  await g.ask({ runId: 'r2' })
  g.script = () => 'hang'
  const gone = new AbortController()
  const work = g.ask({ runId: 'r3', signal: gone.signal })
  while (g.asked.length < 3) await g.k.settled()
  const { charges, open } = await g.k.call('cost.charges', { limit: 10 }) as { charges: { runId: string }[]; open: object[] }
  expect(charges.map(({ runId }) => runId)).toEqual(['r2', 'r1'])
  expect(open).toMatchObject([{ provider: 'p', model: 'm', orphaned: false }])
  expect(await g.k.call('cost.charges', { runId: 'r1' })).toMatchObject({ charges: [{ sessionKey: 'agent:main:main' }], open: [] })
  gone.abort()
  await work
  expect(g.events('cost.settled')).toHaveLength(3)
})

test('what a gateway that died has left open counts until somebody settles it, once', async () => {
  const settings = { timeZone: 'UTC', budgets: [{ per: 'day', usd: 1 }] }
  const [dir, left] = [await stateDir(), await stateDir()]
  await using g = await costGateway(settings, { dir })
  g.script = () => 'hang'
  const gone = new AbortController()
  const work = g.ask({ runId: 'r1', signal: gone.signal })
  while (g.asked.length < 1) await g.k.settled()
  // What a SIGKILL at this moment would leave.
  await cp(dir, left, { recursive: true })
  gone.abort()
  await work

  await using h = await costGateway(settings, { dir: left })
  const { open: [orphan] } = await h.k.call('cost.charges', {}) as { open: { id: string; usd: number; orphaned: boolean }[] }
  expect(orphan).toMatchObject({ orphaned: true })
  const budget = async () => ((await h.k.call('cost.status', {})) as { budgets: object[] }).budgets[0]
  expect(await budget()).toMatchObject({ spent: { usd: 0 }, held: { usd: orphan!.usd } })
  const admin = { scopes: ['operator.admin'] }
  await expect(h.k.call('cost.settle', { id: orphan!.id }, { ...admin, label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_COST_LABEL' })
  await expect(h.k.call('cost.settle', { id: orphan!.id }, { scopes: ['operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  expect(await h.k.call('cost.settle', { id: orphan!.id, usd: 0.002, tokens: 30 }, admin)).toMatchObject({ id: orphan!.id, usd: 0.002, tokens: 30, price: 'by hand' })
  expect(await budget()).toMatchObject({ spent: { usd: 0.002, tokens: 30 }, held: { usd: 0 } })
  await expect(h.k.call('cost.settle', { id: orphan!.id }, admin)).rejects.toMatchObject({ code: 'NEXUS_COST_NOT_OPEN' })
})

test('verbs take the rights they say', async () => {
  await using g = await costGateway()
  const read = { scopes: ['operator.read'] }
  await g.k.call('cost.status', {}, read)
  await g.k.call('cost.charges', {}, read)
  for (const verb of ['cost.stop', 'cost.resume']) await expect(g.k.call(verb, {}, { ...read, scopes: [] })).rejects.toMatchObject({ code: expect.any(String) as string })
})

test('a ledger that cannot be opened lets nothing begin, says so, and is tried again', async () => {
  let broken = true
  const logs: string[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (text: string) => void logs.push(text) }
  const documents = { get: async () => { if (broken) throw new Error('disk'); return undefined }, put: async () => 1, delete: async () => true, keys: async () => [] }
  const empty = { name: 'x', append: async () => ({ offset: 0, end: 0 }), read: async function* () {}, lastLines: async () => [], readBytes: async () => new Uint8Array(), size: async () => 0, remove: async () => false }
  const opening = createOpening({ store: { documents: () => documents, log: () => empty } as never, clock: { now: () => 0 }, log }, Promise.resolve(), async () => {})
  expect(await outcome(Promise.resolve(opening.engine()))).toBe('NEXUS_COST_LEDGER')
  expect([opening.failed?.message, logs.length]).toEqual(['the ledger cannot hold what it may cost: it cannot be opened', 1])
  broken = false
  expect(await outcome(Promise.resolve(opening.engine()))).toBe('ok')
  expect(opening.failed).toBeUndefined()
  await opening.close()
})

test('a token with a budget is made only where it can be kept, and lets nobody in where it no longer is', async () => {
  const dir = await stateDir()
  await mkdir(join(dir, 'auth'), { mode: 0o700 })
  await writeFile(join(dir, 'auth', 'token'), 'x'.repeat(48), { mode: 0o600 })
  const make = (plugins: Parameters<typeof testKernel>[0]['plugins']) => testKernel({ plugins, stateDir: dir })
  let token: string
  {
    await using k = await make([store, cost, auth])
    const params = { name: 'ci', scopes: ['operator.read'], budget: '5usd/day' }
    await expect(k.call('tokens.create', { ...params, budget: '5' })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_BUDGET' })
    token = (await k.call('tokens.create', params) as { token: string }).token
    expect(await k.call('tokens.list')).toMatchObject({ tokens: [{ name: 'ci', budget: '5usd/day' }] })
    expect((await k.request('/rpc', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"method":"cost.status"}' })).status).toBe(200)
  }
  await using k = await make([store, auth])
  await expect(k.call('tokens.create', { name: 'x', scopes: [], budget: '5usd/day' })).rejects.toMatchObject({ code: 'NEXUS_AUTH_NO_LEDGER' })
  expect((await k.request('/rpc', { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: '{"method":"tokens.list"}' })).status).toBe(401)
})

test('what was told is bounded, and a budget that was forgotten is told of nothing it had passed', () => {
  const told: number[] = []
  const budget = { id: 'b', on: 'session', per: 'day', tokens: 100, warnOnly: true } as const
  const bound = (n: number) => ({ budget, of: `s${n}`, span: { key: 'k', start: 0, end: 9 }, counter: `b|s${n}|k` })
  const state = (spentTokens: number) => ({ spentNano: 0, spentTokens, heldNano: 0, heldTokens: 0, calls: 1, unpriced: 0 })
  const one = createTold({ calendar: createCalendar({ timeZone: 'UTC' }), marks: [50], clock: { now: () => 0 }, warning: ({ mark }) => void told.push(mark), exceeded: () => {} })
  for (let n = 0; n < 12_000; n++) one.before(bound(n), state(0))
  expect([...one.seen()]).toHaveLength(10_000)
  one.before(bound(0), state(60))
  one.after(bound(0), state(70))
  one.after(bound(11_000), state(70))
  expect(told).toEqual([50])
})

test('an answer does not wait for its charge; who asks how it stands does, and a close too', async () => {
  const g = await costGateway({ timeZone: 'UTC', budgets: [{ per: 'day', usd: 0.002 }] })
  const api = await g.k.service(Models)
  const ask = () => api.stream({ provider: 'p', model: 'm', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: cause(), fallbacks: [], runId: 'r' }, () => {})
  // The worst case of one is more than half of the budget: each is let through because the one before it has come to less.
  for (let n = 0; n < 5; n++) {
    await ask()
    expect(g.settled.length).toBeLessThanOrEqual(n)
  }
  expect((await g.status()).today.calls).toBe(5)
  expect([g.settled.length, g.events('cost.settled').length]).toEqual([5, 5])
  await ask()
  await g.k.close()
  await using next = await costGateway({ timeZone: 'UTC' }, { dir: g.dir })
  expect(await next.status()).toMatchObject({ today: { calls: 6 }, open: { count: 0 } })
})
