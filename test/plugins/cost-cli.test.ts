import { describe, expect, test } from 'vitest'
import cli from '../../plugins/cost/cli.ts'
import { csvHead } from '../../plugins/cost/screen/rows.ts'
import { addDays, dayOf } from '../../plugins/cost/screen/time.ts'
import { gateway } from './cost-cli-gateway.ts'
import { budget, settled, sessionsUsage, status, totals, usageCost, usedSession } from './cost-screen-fixtures.ts'

const today = dayOf(Date.now(), 'Europe/Berlin')

describe('nexus cost', () => {
  test('shows the last 30 days in the zone of the budgets, and its JSON has all of it', async () => {
    await using g = await gateway({ days: ({ startDate, endDate }) => usageCost(String(startDate), String(endDate), { [addDays(today, -2)]: 3 }) })
    const { stdout, code } = await g.k.cli(cli, 'cost')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^ +SPENT +TOKENS +CALLS\n\w+ +\$34\.56 [^]*: \$3\.00, 3k tokens\n\$3\.00 ┤[^]*MODELS[^]*a\/large +█+ +\$2\.25 +75 %[^]*a\/small +█+[▏▎▍▌▋▊▉]? +\$0\.75 +25 %[^]*SESSIONS[^]*main +█+ +\$3\.00/)
    expect(g.asked.map(([method]) => method)).toEqual(['cost.status', 'usage.cost', 'sessions.usage'])
    expect(g.asked[1]![1]).toEqual({ mode: 'specific', timeZone: 'Europe/Berlin', startDate: addDays(today, -29), endDate: today })
    const [json] = (await g.k.cli(cli, 'cost --json')).json as [{ status: unknown; trend: { days: { name: string; usd: number }[]; models: unknown[]; sessions: unknown[]; total: unknown } }]
    expect(json.status).toEqual(status())
    expect(json.trend.days).toHaveLength(30)
    expect(json.trend.days.filter(({ usd }) => usd > 0)).toEqual([{ name: addDays(today, -2), usd: 3, tokens: 3000, input: 3000, output: 0, cacheRead: 0, cacheWrite: 0, calls: null, unpriced: 0 }])
    expect(json.trend.sessions).toEqual([{ name: 'main', usd: 3, tokens: 3000, input: 3000, output: 0, cacheRead: 0, cacheWrite: 0, calls: 2, unpriced: 0 }])
  })

  test('without the plugin that counts the past it shows what it can', async () => {
    await using g = await gateway({ status: status({ budgets: [budget('global/day', 62)] }) }, { withUsage: false })
    expect((await g.k.cli(cli, 'cost')).stdout).toMatch(/turn on the plugin usage\.[^]*global\/day/)
    await expect(g.k.cli(cli, 'cost --by day')).rejects.toMatchObject({ code: 'NEXUS_CALL_UNKNOWN_METHOD' })
  })

  test('any other refusal is told as it is', async () => {
    await using g = await gateway()
    await expect(g.k.cli(cli, 'cost', { scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })
})

describe('nexus cost --by', () => {
  test('sums by each of the things there are', async () => {
    await using g = await gateway()
    const rows = async (by: string) => ((await g.k.cli(cli, `cost --by ${by} --json`)).json[0] as { by: string; rows: { name: string; usd: number; calls: number | null }[]; total: { usd: number } })
    expect((await rows('model')).rows.map(({ name, usd }) => [name, usd])).toEqual([['a/large', 2.25], ['a/small', 0.75]])
    expect((await rows('agent')).rows.map(({ name, usd }) => [name, usd])).toEqual([['main', 3]])
    expect((await rows('channel')).rows.map(({ name, usd }) => [name, usd])).toEqual([['telegram', 3]])
    expect((await rows('provider')).rows.map(({ name, calls }) => [name, calls])).toEqual([['a', 7]])
    expect(await rows('tool')).toMatchObject({ by: 'tool', rows: [{ name: 'read', calls: 2, usd: 0 }, { name: 'exec', calls: 1 }], total: { usd: 0, calls: 3 } })
    expect(await rows('day')).toMatchObject({ by: 'day', range: { from: addDays(today, -29), to: today, timeZone: 'Europe/Berlin' }, beyond: 0 })
  })

  test('sessions: the dearest first, and those beyond the thousandth are told of', async () => {
    await using g = await gateway({ sessions: ({ limit }) => sessionsUsage([usedSession('cheap', 1), usedSession('dear', 5, 'Reports'), usedSession('none', 0)].slice(0, Number(limit)), 1_003) })
    const { stdout } = await g.k.cli(cli, 'cost --by session --limit 1')
    expect(stdout).toMatch(/Reports +█+ +\$5\.00[^]*2 others +\$1\.00[^]*all +\$6\.00[^]*1,000 sessions that cost no more are in the total only/)
    expect(g.asked.at(-1)![1]).toMatchObject({ limit: 1_000, sort: 'cost' })
  })

  test('as CSV it has every row, and none that a spreadsheet would run', async () => {
    await using g = await gateway({ sessions: () => sessionsUsage([usedSession('=cmd()', 2, 'a "b", c'), usedSession('main', 1)]) })
    expect((await g.k.cli(cli, 'cost --by session --csv --limit 1')).stdout).toBe(`${csvHead.join(',')}\n'=cmd(),"a ""b"", c",2,2000,2000,0,0,0,2,0\nmain,,1,1000,1000,0,0,0,2,0\n`)
  })

  test('a word that is none of them is answered with the one that was meant', async () => {
    await using g = await gateway()
    await expect(g.k.cli(cli, 'cost --by modle')).rejects.toMatchObject({ code: 'NEXUS_COST_BY', fix: 'Did you mean --by model? See `nexus help cost`.', exit: 2 })
    await expect(g.k.cli(cli, 'cost --csv')).rejects.toMatchObject({ code: 'NEXUS_COST_CSV' })
    await expect(g.k.cli(cli, 'cost --by day --csv --json')).rejects.toMatchObject({ code: 'NEXUS_COST_FORM' })
  })

  test('answers that do not count everything yet are asked for again, until they do', async () => {
    let left = 3
    await using g = await gateway({ days: ({ startDate, endDate }) => ({ ...usageCost(String(startDate), String(endDate), {}), ...(--left > 0 && { pending: { files: left, bytes: left * 1_000 } }) }) })
    await g.k.cli(cli, 'cost --by day')
    expect(g.asked.filter(([method]) => method === 'usage.cost')).toHaveLength(3)
  })
})

describe('the days that are meant', () => {
  test.each([
    ['--from 2026-11-01 --to 2026-11-30', { startDate: '2026-11-01', endDate: '2026-11-30' }],
    ['--to 2026-03-01 --days 2', { startDate: '2026-02-28', endDate: '2026-03-01' }],
    ['--from 2026-02-27 --days 3', { startDate: '2026-02-27', endDate: '2026-03-01' }],
    ['--from 2026-11-05 --to 2026-11-05 --zone Asia/Kathmandu', { startDate: '2026-11-05', endDate: '2026-11-05', timeZone: 'Asia/Kathmandu' }],
    ['--days 1', { startDate: today, endDate: today }],
  ])('%s', async (options, params) => {
    await using g = await gateway()
    expect((await g.k.cli(cli, `cost --by day ${options}`)).code).toBe(0)
    expect(g.asked.at(-1)![1]).toMatchObject(params)
  })
  test.each([
    ['--days 0.5', 'NEXUS_COST_DAYS'], ['--limit 1001', 'NEXUS_COST_DAYS'], ['--days 9999', 'NEXUS_COST_DAYS'], ['--limit many', 'NEXUS_COST_DAYS'], ['--from 2026-02-30', 'NEXUS_COST_DATE'], ['--to yesterday', 'NEXUS_COST_DATE'],
    ['--from 2026-11-30 --to 2026-11-01', 'NEXUS_COST_SPAN'], ['--from 2001-01-01 --to 2026-11-01', 'NEXUS_COST_SPAN'], ['--from 2026-01-01 --to 2026-01-02 --days 2', 'NEXUS_COST_SPAN'], ['--zone Europe/Atlantis', 'NEXUS_COST_ZONE'],
  ])('%s is none, and what was given is not repeated', async (options, code) => {
    await using g = await gateway()
    const error = await g.k.cli(cli, `cost --by day ${options}`).catch((caught: unknown) => caught as Error)
    expect(error).toMatchObject({ code, exit: 2 })
    expect((error as Error).message).not.toContain(options.split(' ').at(-1))
  })
})

describe('a folder of transcripts', () => {
  test('is read until it is done, and then counted whole', async () => {
    let done = 0
    const index = () => ({ folder: '/srv/found', done: ++done >= 3, files: { total: 9, done: done * 3, failed: 1 }, bytes: { total: 9_000, done: done * 3_000 }, sessions: 2 })
    await using g = await gateway({ index, days: () => usageCost('2024-01-01', '2026-11-23', { '2025-03-04': 2, '2025-03-06': 1 }) })
    const { stdout } = await g.k.cli(cli, 'cost --folder /srv/transcripts')
    expect(stdout).toMatch(/^\/srv\/found\n4 to 6 Mar 2025: \$3\.00[^]*1 file could not be read/)
    expect(g.asked.map(([method]) => method)).toEqual(['cost.status', 'usage.index', 'usage.index', 'usage.index', 'usage.cost', 'sessions.usage'])
    expect(g.asked[1]![1]).toEqual({ folder: '/srv/transcripts', waitMs: 250 })
    expect(g.asked[4]![1]).toEqual({ mode: 'specific', timeZone: 'Europe/Berlin', range: 'all', from: '/srv/found' })
    await g.k.cli(cli, 'cost --folder ./here --by day --days 3 --zone UTC')
    expect(g.asked.at(-2)![1]).toMatchObject({ folder: `${process.cwd()}/here` })
    expect(g.asked.at(-1)![1]).toMatchObject({ from: '/srv/found', timeZone: 'UTC', startDate: addDays(dayOf(Date.now(), 'UTC'), -2) })
  })
})

describe('the other commands', () => {
  test('budgets, stop, resume', async () => {
    await using g = await gateway({ status: status({ budgets: [budget('global/day', 62)] }) })
    expect((await g.k.cli(cli, 'cost budgets')).stdout).toMatch(/^Budgets\n {2}global\/day +█+░+ +62 %\n {4}\$1\.90 of \$5\.00 left/)
    expect((await g.k.cli(cli, 'cost budgets --ascii')).stdout).toMatch(/global\/day +#+\.+ +62 %/)
    expect((await g.k.cli(cli, 'cost stop --reason wild')).stdout).toBe('Stopped: 1 call under way was ended. Nothing that costs may begin until nexus cost resume.\n')
    expect((await g.k.cli(cli, 'cost resume --json')).json).toEqual([{ stopped: false, ended: 0 }])
    expect(g.asked.slice(-2)).toEqual([['cost.stop', { reason: 'wild' }], ['cost.resume', {}]])
    expect((await g.k.cli(cli, 'cost settle o --usd 0.042')).stdout).toBe('Settled: o at $0.042.\n')
    expect(g.asked.at(-1)).toEqual(['cost.settle', { id: 'o', usd: 0.042, tokens: 0 }])
    await expect(g.k.cli(cli, 'cost settle o --usd much')).rejects.toMatchObject({ code: 'NEXUS_COST_SETTLE' })
  })
  test('charges, of one run and of one session', async () => {
    await using g = await gateway({ charges: () => ({ charges: [settled('c1')], open: [{ id: 'o', at: 1, provider: 'a', model: 'm', usd: 1, tokens: totals(1, 5).totalTokens, orphaned: true }] }) })
    const { stdout } = await g.k.cli(cli, 'cost charges --run r1 --session main --limit 5 --zone UTC')
    expect(stdout).toMatch(/orphaned +\$1\.00[^]*\$0\.000412/)
    expect(g.asked.at(-1)).toEqual(['cost.charges', { limit: 5, runId: 'r1', sessionKey: 'main' }])
  })
  test('every one has examples, and a summary without a point', () => {
    for (const [name, { examples = [], summary }] of Object.entries(cli)) {
      expect({ name, is: examples.length > 0 && examples.every((line) => line.startsWith(`nexus ${name}`)) }).toEqual({ name, is: true })
      expect(summary).toMatch(/^[A-Z].*[^.]$/)
    }
  })
})
