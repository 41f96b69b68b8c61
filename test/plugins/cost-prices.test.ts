/** `cost.prices` and `cost.check`, and their commands, on the models of a running gateway. */
import { describe, expect, test } from 'vitest'
import { definePlugin, method, noColour } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { checkPrices } from '../../plugins/cost/prices/check.ts'
import type { Used } from '../../plugins/cost/prices/check.ts'
import { priceCommands } from '../../plugins/cost/prices/cli.ts'
import { priceMethods } from '../../plugins/cost/prices/methods.ts'
import { pricesScreen } from '../../plugins/cost/prices/screen.ts'
import { CheckParams, CheckResult, PricesParams, PricesResult } from '../../plugins/cost/prices/wire.ts'
import { unicode } from '../../plugins/cost/screen/look.ts'
import { pricesKnown } from '../../plugins/cost/contract.ts'
import models from '../../plugins/models/index.ts'
import { createPrices } from '../../plugins/models/prices/book.ts'
import { provider } from './models-gateway.ts'

const day = (text: string): number => Date.parse(`${text}T00:00:00Z`)
const specs = [
  { id: 'm', name: 'Emmental' }, { id: 'long', price: { input: 1, output: 2, above: { tokens: 1_000, input: 3, output: 4 } } }, { id: 'odd' }, { id: 'vec', kind: 'embedding' as const, price: { input: 0.02, output: 0 } },
]
const settings = { 'a/m': { price: [{ input: 10, output: 20 }, { from: '2026-06-01', input: 1.25, output: 10, cacheRead: 0.125 }] } }

/** The plugin's methods without its ledger. */
const costs = (charges: readonly Used[]) => definePlugin({
  id: 'cost',
  methods: { 'cost.prices': method({ scope: 'operator.read', params: PricesParams, result: PricesResult }), 'cost.check': method({ scope: 'operator.read', params: CheckParams, result: CheckResult }) },
  setup: (ctx) => ({ methods: priceMethods({ priced: () => ctx.invoke(pricesKnown), charges: async (limit) => charges.slice(0, limit), clock: ctx.clock }) }),
})
const gateway = (catalogue: Record<string, unknown> = settings, charges: readonly Used[] = []) => testKernel({ plugins: [models, provider('a', [], () => 'ok', { specs }), costs(charges)], config: { models: { catalogue } } })
const json = (text: string): unknown => JSON.parse(text)

describe('nexus cost prices', () => {
  test('shows what models cost, whose word it is, since when, and what long contexts cost', async () => {
    await using k = await gateway()
    await k.clock.advance(day('2026-11-23') - k.clock.now())
    const { stdout, code } = await k.cli(priceCommands, 'cost prices')
    expect(code).toBe(0)
    expect(stdout).toMatch(/a\/m +1\.25 +10 +0\.125 +settings +2026-06-01, 1 of 2$/m)
    expect(stdout).toMatch(/a\/long +1 +2 +provider/)
    expect(stdout).toMatch(/above 1,000 tokens +3 +4$/m)
    expect(stdout).toMatch(/a\/odd +\? +\? +unknown/)
    expect(stdout).toMatch(/a\/vec +0\.02 +0 +provider/)
    expect(stdout).toMatch(/The price map is of \d{4}-\d\d-\d\d\./)
  })

  test('finds one model, also where nobody offers it, and as it was on a day', async () => {
    await using k = await gateway()
    const find = async (line: string) => (json((await k.cli(priceCommands, `cost prices ${line} --json`)).stdout) as PricesResult).models
    expect(await find('Emmental')).toMatchObject([{ model: 'a/m', name: 'Emmental' }])
    expect(await find('a/m --on 2026-05-31')).toEqual([{ model: 'a/m', name: 'Emmental', steps: [{ above: 0, input: 10, output: 20 }], by: 'settings', others: ['2026-06-01'] }])
    expect(await find('openai/o3 --on 2025-01-01')).toContainEqual({ model: 'openai/o3', steps: [{ above: 0, input: 10, output: 40, cacheRead: 2.5 }], by: 'catalogue', others: ['2025-06-10'] })
    expect(await find('openai/gpt-5-2026-08-07')).toMatchObject([{ model: 'openai/gpt-5-2026-08-07', by: 'catalogue', as: 'openai/gpt-5' }])
    expect((await find('a/long --on 2025-01-01'))[0], 'what a provider says today was not said then').toMatchObject({ steps: [] })
    await expect(k.cli(priceCommands, 'cost prices nothing-of-that-name')).rejects.toMatchObject({ code: 'NEXUS_COST_NO_SUCH_MODEL' })
    for (const bad of ['tomorrow', '2026-02-30', '2026-1-1']) await expect(k.cli(priceCommands, `cost prices --on ${bad}`)).rejects.toMatchObject({ code: 'NEXUS_COST_DAY' })
  })

  test('draws no line wider than the terminal, and nothing that steers it', () => {
    const rows = [{ model: `a/${'x'.repeat(90)}\u001b[31m`, steps: [{ above: 0, input: 1.5, output: 10_000, cacheRead: 0.0125, cacheWrite: 3 }], by: 'catalogue' as const, as: 'a/other-name', since: '2026-01-01' }]
    for (const width of [40, 80, 120]) {
      const screen = pricesScreen({ updated: '2026-11-22', stale: true, models: rows }, { width, height: 24, paint: noColour, glyphs: unicode, now: 0 })
      expect(screen).not.toContain('\u001b')
      expect(screen.split('\n').slice(0, -1).every((line) => line.length <= width)).toBe(true)
      expect(screen).toContain('long ago')
    }
  })
})

test('where no models run there are no prices, and nothing to check', async () => {
  await using k = await testKernel({ plugins: [costs([])] })
  expect(await k.call('cost.prices')).toEqual({ stale: false, models: [] })
  expect(await k.call('cost.check')).toEqual({ ok: true, models: 0, priced: 0, charges: 0, findings: [] })
})

describe('nexus cost check', () => {
  test('is content where all is in order, and exits 0', async () => {
    await using k = await gateway({ ...settings, 'a/odd': { price: { input: 1, output: 1 } } })
    const { stdout, code } = await k.cli(priceCommands, 'cost check')
    expect([code, stdout]).toEqual([0, expect.stringMatching(/✓ Prices are in order: 4 of 4 models have one/)])
  })

  test('tells what was refused, what was used without a price and what the settings say for nothing', async () => {
    const charges: Used[] = [{ provider: 'a', model: 'odd', price: 'none' }, { provider: 'a', model: 'odd', price: 'none' }, { provider: 'a', model: 'long', price: 'none' }, { provider: 'a', model: 'gone', price: 'none' }, { provider: 'a', model: 'm', price: 'settings' }]
    const same = createPrices({}).on('openai/gpt-5', day('2026-11-23'))!.price
    await using k = await gateway({ 'a/m': { price: { input: 1, output: -1 } }, 'openai/gpt-5': { price: same }, 'a/nobody': { price: { input: 1, output: 1 } }, 'z/other': { price: { input: 1, output: 1 } } }, charges)
    const { stdout, code } = await k.cli(priceCommands, 'cost check --json')
    expect(code).toBe(1)
    const { ok, findings, models: count, priced } = json(stdout) as CheckResult
    expect([ok, count, priced]).toEqual([false, 4, 2])
    expect(findings.map(({ kind, level, model }) => [kind, level, model])).toEqual([
      ['refused', 'error', 'a/m'], ['unpriced', 'warning', 'a/odd'], ['unpriced', 'warning', 'a/gone'], ['same', 'note', 'openai/gpt-5'], ['unused', 'note', 'a/nobody'], ['unknown', 'note', undefined],
    ])
    expect(findings.find(({ model }) => model === 'a/odd')?.text).toContain('used 2 times')
    const screen = (await k.cli(priceCommands, 'cost check')).stdout
    expect(screen).toMatch(/✗ a\/m: `output` of the price is negative, in the settings\n {2}Give dollars per million tokens in `models\.catalogue\["a\/m"\]\.price`/)
    expect(screen).toContain('Prices need a look')
  })

  test('says that the map is old, once it is', () => {
    const at = (now: number) => checkPrices({ book: createPrices({}), specs: [], used: [], now }).findings.map(({ kind, level }) => [kind, level])
    expect(at(day('2026-11-23'))).toEqual([])
    expect(at(day('2027-11-23'))).toEqual([['stale', 'warning']])
  })

  test('says that the map cannot be read, and names no model for it', () => {
    const { findings, ok } = checkPrices({ book: createPrices({}, {}, undefined, 'torn'), specs: [], used: [], now: 0 })
    expect(ok).toBe(false)
    expect(findings[0]).toEqual({ kind: 'refused', level: 'error', text: 'the price map cannot be read, in the price map', fix: expect.any(String) as string })
  })
})
