/** The switch: everything that costs ends, nothing begins, and all of it is counted. */
import { describe, expect, test } from 'vitest'
import { cost as contract } from '../../plugins/cost/contract.ts'
import cost from '../../plugins/cost/index.ts'
import { openSwitch } from '../../plugins/cost/stop.ts'
import health from '../../plugins/health/index.ts'
import type { Status } from '../../plugins/health/contract.ts'
import { codeOf, costGateway, outcome, stateDir } from './cost-gateway.ts'
import type { CostBench } from './cost-gateway.ts'

const streams = 50

/** So many streams, all of which have said something. */
async function streaming(g: CostBench, count = streams): Promise<Promise<string>[]> {
  g.script = (_, emit) => {
    emit({ type: 'text', delta: 'so far' })
    return 'hang'
  }
  const from = g.asked.length
  const all = Array.from({ length: count }, () => outcome(g.ask({ model: 'long', maxOutputTokens: 2_000 })))
  while (g.asked.length < from + count) await g.k.settled()
  return all
}
const stop = (g: CostBench, reason?: string) => g.k.use(contract).call['cost.stop'](reason === undefined ? {} : { reason })
const resume = (g: CostBench) => g.k.use(contract).call['cost.resume']()

describe('while 50 streams run', () => {
  test('all stop, all settle, and nothing begins', async () => {
    await using g = await costGateway({ timeZone: 'UTC', budgets: [{ per: 'day', usd: 10 }] })
    const work = await streaming(g)
    expect((await g.status()).open.count).toBe(streams)
    expect(await stop(g, 'too much')).toEqual({ stopped: true, ended: streams })
    expect(new Set(await Promise.all(work))).toEqual(new Set(['NEXUS_COST_STOPPED']))
    const { open, today, stopped } = await g.status()
    expect({ open: open.count, calls: today.calls }).toEqual({ open: 0, calls: streams })
    expect(stopped).toMatchObject({ reason: 'too much', by: expect.any(String) as string })
    expect(g.settled).toHaveLength(streams)
    expect(g.settled.every(({ estimated, usd }) => estimated === true && usd !== null && usd > 0 && usd < 0.02)).toBe(true)
    for (const { signal } of g.asked) expect(signal.aborted).toBe(true)
    const before = g.asked.length
    expect(await Promise.all(Array.from({ length: 10 }, () => outcome(g.ask())))).toEqual(Array.from({ length: 10 }, () => 'NEXUS_COST_STOPPED'))
    expect(g.asked).toHaveLength(before)
  })

  test('what was begun by the plugin before a reload stops too, and is charged by the one after it', async () => {
    await using g = await costGateway({ timeZone: 'UTC', budgets: [{ per: 'day', usd: 10 }] })
    const work = await streaming(g, 5)
    await g.k.reload('cost', cost)
    const later = await streaming(g, 5)
    expect(await stop(g)).toEqual({ stopped: true, ended: 10 })
    expect(new Set(await Promise.all([...work, ...later]))).toEqual(new Set(['NEXUS_COST_STOPPED']))
    const { open, today } = await g.status()
    expect({ open: open.count, orphaned: open.orphaned, calls: today.calls }).toEqual({ open: 0, orphaned: 0, calls: 10 })
  })
})

test('a stop that comes at any moment of a reload holds for the plugin before and for the one after it', async () => {
  await using g = await costGateway({ timeZone: 'UTC', budgets: [{ per: 'day', usd: 10 }] })
  for (let turns = 0; turns < 40; turns++) {
    const reloaded = g.k.reload('cost', cost)
    for (let i = 0; i < turns; i++) await Promise.resolve()
    const [stopped] = await Promise.all([stop(g), reloaded])
    expect([turns, stopped.stopped, await outcome(g.ask())]).toEqual([turns, true, 'NEXUS_COST_STOPPED'])
    await resume(g)
    expect([turns, await outcome(g.ask())]).toEqual([turns, 'ok'])
  }
})

test('no attempt goes by unseen while the plugin is replaced', async () => {
  await using g = await costGateway({ timeZone: 'UTC', budgets: [{ per: 'day', tokens: 201 }] })
  g.script = () => ({ input: 10, output: 10 })
  let goes = true
  const seen: string[] = []
  const asking = Promise.all(Array.from({ length: 4 }, async () => {
    while (goes) {
      seen.push(await outcome(g.ask({ maxOutputTokens: 10 })))
      // A refusal needs nothing but promises: without this nobody else would have a turn.
      await tick()
    }
  }))
  for (let i = 0; i < 6; i++) {
    await g.k.reload('cost', cost)
    seen.push(await outcome(g.ask({ maxOutputTokens: 10 })))
  }
  for (let i = 0; i < 5_000 && g.asked.length < 10; i++) await tick()
  goes = false
  await asking
  expect(seen.filter((one) => one === 'ok')).toHaveLength(10)
  expect(new Set(seen)).toEqual(new Set(['ok', 'NEXUS_COST_EXCEEDED']))
  expect(g.asked).toHaveLength(10)
})

test.each(['tool', 'channel', 'webhook', 'schedule', 'plugin', 'node'] as const)('a %s may stop it, and may not take that back', async (label) => {
  await using g = await costGateway()
  await g.k.call('cost.stop', {}, { label })
  await expect(g.k.call('cost.resume', {}, { label })).rejects.toMatchObject({ code: 'NEXUS_COST_LABEL', status: 403 })
  expect(await outcome(g.ask())).toBe('NEXUS_COST_STOPPED')
  expect(await g.k.call('cost.resume', {}, { label: 'device' })).toEqual({ stopped: false, ended: 0 })
})

test('it stands over restarts, until somebody takes it back', async () => {
  const dir = await stateDir()
  {
    await using g = await costGateway({}, { dir })
    await stop(g)
  }
  {
    await using g = await costGateway({}, { dir, plugins: [health] })
    expect(await outcome(g.ask())).toBe('NEXUS_COST_STOPPED')
    const status = await g.k.call('status') as Status
    expect([status.mode, ...status.reasons]).toEqual(['degraded', expect.stringMatching(/^everything that costs is stopped since 2026-01-01T.*`nexus cost resume`/)])
    expect(await resume(g)).toEqual({ stopped: false, ended: 0 })
    expect(await outcome(g.ask())).toBe('ok')
  }
  await using g = await costGateway({}, { dir })
  expect(await outcome(g.ask())).toBe('ok')
})

/** A store whose writes wait for the test. */
function slowStore(kept: { value?: unknown } = {}) {
  const gates: (() => void)[] = []
  const documents = {
    get: async () => (kept.value === undefined ? undefined : { value: kept.value, revision: 1 }),
    put: (_: string, value: unknown) => new Promise<number>((resolve, reject) => gates.push(() => { if (kept.value === 'broken') reject(new Error('disk')); else { kept.value = value; resolve(1) } })),
    delete: () => new Promise<boolean>((resolve) => gates.push(() => { delete kept.value; resolve(true) })),
  }
  return { kept, gates, store: { documents: () => documents } as never }
}
const tick = () => new Promise((resolve) => { setImmediate(resolve) })

describe('the switch itself', () => {
  test('is off at once and answered when it is on disk', async () => {
    const { store, gates } = slowStore()
    const one = await openSwitch(store, String)
    let answered = false
    const stopping = one.stop({ at: 5, by: 'me' }).then(() => { answered = true })
    expect(() => one.check()).toThrow(expect.objectContaining({ code: 'NEXUS_COST_STOPPED' }))
    await tick()
    expect(answered).toBe(false)
    gates.shift()?.()
    await stopping
  })
  test('a stop that comes while it is taken back stands', async () => {
    const { store, gates, kept } = slowStore({ value: { at: 1, by: 'a' } })
    const one = await openSwitch(store, String)
    const resuming = one.resume()
    await tick()
    const stopping = one.stop({ at: 2, by: 'b' })
    gates.shift()?.()
    await resuming
    await tick()
    gates.shift()?.()
    await stopping
    expect([one.stopped !== undefined, kept.value !== undefined]).toEqual([true, true])
  })
  test('what cannot be read counts as stopped, and a write that fails leaves it stopped', async () => {
    const { store, gates, kept } = slowStore({ value: 'nonsense' })
    const one = await openSwitch(store, String)
    expect(one.stopped).toBeDefined()
    kept.value = 'broken'
    const stopping = one.stop({ at: 1, by: 'me' }).catch(codeOf)
    await tick()
    gates.shift()?.()
    expect(await stopping).toMatch(/disk/)
    expect(() => one.check()).toThrow()
  })
})
