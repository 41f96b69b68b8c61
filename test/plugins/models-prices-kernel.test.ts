/** Prices in a running gateway: a bad one costs its model the price, never the gateway its start. */
import { expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { models as contract, Models, offerModels } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import { cooldownsIn } from '../../plugins/models/kept.ts'
import { eventually, keep, operator, stateWith } from '../kernel/keeper-harness.ts'
import { provider } from './models-gateway.ts'

/** Lists the same objects every time, as most providers do. */
const list = [{ provider: 'a', id: 'm', name: 'M' }]
const same = definePlugin({ id: 'provider-a', setup: (ctx) => offerModels(ctx, { id: 'a', models: () => list, stream: () => { throw new Error('nobody asks') } }) })
const dayMs = 86_400_000
const price = { input: 1, output: 2 }

test('a start with a bad price runs, prices all other models, and says in log and status what was refused', async () => {
  const specs = [{ id: 'm' }, { id: 'n' }, { id: 'o', price: { input: -1, output: 1 } }]
  await using k = await testKernel({ plugins: [models, provider('a', [], () => 'ok', { specs })], config: { models: { catalogue: { 'a/m': { price: { input: -5, output: 2 } }, 'a/n': { price } } } } })
  const { call } = k.use(contract)
  expect((await call['models.list']({ detail: true })).models.map(({ id, price: found, pricedBy }) => [id, found, pricedBy])).toEqual([['m', undefined, undefined], ['n', price, 'settings'], ['o', undefined, undefined]])
  expect((await call['models.status']()).prices).toEqual({ updated: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) as string, stale: false, refused: 2 })
  const told = k.logs.filter(({ level, message }) => level === 'error' && /price is refused/.test(message))
  expect(told.map(({ fields }) => fields)).toMatchObject([{ model: 'a/m', problem: '`input` of the price is negative', fix: expect.stringContaining('models.catalogue["a/m"].price') as string }, { model: 'a/o', where: 'provider' }])
  expect(JSON.stringify(told)).not.toContain('-5')
})

test('a price that has a date begins to hold while the gateway runs, and what was before stays what it was', async () => {
  await using k = await testKernel({ plugins: [models, same], config: { models: { catalogue: { 'a/m': { price: [price, { from: '2026-01-02', input: 3, output: 4 }] } } } } })
  const api = await k.service(Models)
  const begun = k.clock.now()
  const current = async () => (await api.list()).map((spec) => [spec.price?.input, spec.pricedFrom])
  expect(await current()).toEqual([[1, 'settings']])
  await k.clock.advance(dayMs - 1)
  expect(await current()).toEqual([[1, 'settings']])
  await k.clock.advance(1)
  expect(await current()).toEqual([[3, 'settings']])
  expect((await api.resolve('a/m')).price?.input).toBe(3)
  expect(api.prices.on('a/m', begun)?.price.input).toBe(1)
})

test('an old map is told at the start and in the status, and is no error', async () => {
  await using k = await testKernel({ plugins: [models, provider('a', [], () => 'ok')], config: {} })
  await k.clock.advance(3 * 365 * dayMs)
  expect((await k.use(contract).call['models.status']()).prices).toMatchObject({ stale: true, refused: 0 })
})

test('a change of the settings with a bad price is taken back, with the model and the fix in the answer', async () => {
  await using kept = await keep(await stateWith('{ models: { catalogue: { "a/m": { price: { input: 1, output: 2 } } } } }'), [models])
  const { hash } = kept.keeper.control.current()
  const before = await kept.read()
  await expect(kept.keeper.control.write('{ models: { catalogue: { "a/m": { price: { input: -1, output: 2 } } } } }', { baseHash: hash }, operator)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNHEALTHY', message: expect.stringMatching(/a\/m: `input` of the price is negative\. Give dollars per million/) as string })
  expect(await kept.read()).toBe(before)
  await eventually(() => kept.keeper.control.mode().mode === 'normal')
})

test('of two bad prices one may be mended without the other, and no third one comes in', async () => {
  const settings = (m: number, n: number, o: number) => `{ models: { catalogue: { "a/m": { price: { input: ${m}, output: 2 } }, "a/n": { price: { input: ${n}, output: 2 } }, "a/o": { price: { input: ${o}, output: 2 } } } } }`
  await using kept = await keep(await stateWith(settings(-1, -2, 1)), [models])
  const write = (text: string) => kept.keeper.control.write(text, { baseHash: kept.keeper.control.current().hash }, operator)
  await expect(write(settings(-1, -2, -3))).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNHEALTHY', message: expect.not.stringContaining('a/m') as string })
  await write(settings(1, -2, 1))
  await expect(write(settings(-1, -2, 1))).rejects.toMatchObject({ message: expect.stringContaining('a/m') as string })
})

test('what is handed over besides takes no cooldown away', () => {
  const cooldown = { until: 9, hard: false, reason: 'auth', errors: 1, billing: 0, lastAt: 1 } as const
  expect(cooldownsIn({ cooldowns: { k: cooldown }, refused: ['a/m: …'] }, 5)).toEqual({ k: cooldown })
})
