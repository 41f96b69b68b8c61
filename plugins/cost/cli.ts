/** `nexus cost …` */
import { command, commands, nearest, paintOf } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { priceCommands } from './prices/cli.ts'
import { breakdownScreen } from './screen/breakdown.ts'
import { budgetsScreen } from './screen/budgets.ts'
import { chargesScreen, type Charges } from './screen/charges.ts'
import { csv } from './screen/csv.ts'
import { failScreen } from './screen/errors.ts'
import { lookOf } from './screen/look.ts'
import { exactUsd, plural } from './screen/money.ts'
import { folderScreen, overviewScreen } from './screen/overview.ts'
import { wholeNumber, zoneOf } from './screen/range.ts'
import { breakdownOf, scopeOf, statusOf, trendOf } from './screen/report.ts'
import { csvHead, csvRow, groups, type Group } from './screen/rows.ts'
import { label } from './screen/text.ts'
import { viewOf } from './screen/views.ts'
import type { CostStatus, Settled } from './wire.ts'

const usualRows = 20
const mostRows = 1_000
const mostCharges = 1_000

const ascii = { summary: 'Draw with letters only, where the terminal has no blocks' }
const zone = { summary: 'Whose midnight ends a day (default: that of the budgets)', value: 'ZONE' }

export default commands({
  cost: command({
    summary: 'Show what was spent, on what, and what may still be spent',
    options: {
      by: { summary: 'One sum for each of these, instead of the overview', value: groups.join('|') },
      days: { summary: 'The last N days (default 30)', value: 'N' },
      from: { summary: 'From this day on, as 2026-11-01', value: 'DATE' },
      to: { summary: 'Up to this day, which is counted too', value: 'DATE' },
      zone,
      folder: { summary: 'Count a folder of transcripts instead, such as ~/.openclaw', value: 'DIR' },
      limit: { summary: `Rows on the screen (default ${usualRows}); --csv and --json have all`, value: 'N' },
      csv: { summary: 'Print what --by shows for a spreadsheet' },
      ascii,
    },
    examples: [
      'nexus cost', 'nexus cost --by model', 'nexus cost --by day --days 90', 'nexus cost --by session --from 2026-11-01 --to 2026-11-30 --csv > november.csv',
      'nexus cost --folder ~/.openclaw --by day', 'nexus cost --json | jq .status.today.usd',
    ],
    offline: true,
    run: show,
  }),
  'cost watch': command({
    summary: 'Show what is spent while it is spent, until Ctrl-C',
    options: { ascii },
    examples: ['nexus cost watch', 'nexus cost watch >> spent.log', 'nexus cost watch --json'],
    async run(io) {
      const { watch } = await import('./screen/watch.ts')
      await watch(io, () => viewOf(io, Date.now))
    },
  }),
  'cost budgets': command({
    summary: 'Show every budget: what is left of it, and when it begins anew',
    options: { ascii },
    examples: ['nexus cost budgets', 'nexus cost budgets --json'],
    offline: true,
    async run(io) {
      const { budgets, timeZone } = await io.call('cost.status') as CostStatus
      io.print(budgetsScreen(budgets, timeZone, lookOf(io, Date.now())), { budgets, timeZone })
    },
  }),
  'cost stop': command({
    summary: 'End everything that costs, and let nothing begin until it is resumed',
    options: { reason: { summary: 'Why, for those who ask', value: 'TEXT' } },
    examples: ['nexus cost stop', 'nexus cost stop --reason "the nightly job runs wild"'],
    offline: true,
    async run(io) {
      const { reason } = io.options
      const done = await io.call('cost.stop', typeof reason === 'string' ? { reason } : {}) as { stopped: boolean; ended: number }
      io.print(`${paintOf(io)('red', 'Stopped')}: ${plural(done.ended, 'call')} under way ${done.ended === 1 ? 'was' : 'were'} ended. Nothing that costs may begin until nexus cost resume.`, done)
    },
  }),
  'cost resume': command({
    summary: 'Let things cost again',
    examples: ['nexus cost resume'],
    offline: true,
    async run(io) {
      const done = await io.call('cost.resume', {})
      io.print(`${paintOf(io)('green', 'Resumed')}: what costs may begin again, within the budgets.`, done)
    },
  }),
  'cost settle': command({
    summary: 'Charge what a gateway that died has left open (see nexus cost charges), as the bill has it',
    args: ['<id>'],
    options: {
      usd: { summary: 'What it has cost, in US dollars', value: 'AMOUNT', default: '0' },
      tokens: { summary: 'How many tokens it used', value: 'N', default: '0' },
    },
    examples: ['nexus cost settle 3f2a9c1b-0000-4000-8000-000000000000 --usd 0.042', 'nexus cost settle ID --json'],
    offline: true,
    async run(io) {
      const [usd, tokens] = [Number(io.options['usd']), Number(io.options['tokens'])]
      if (!(usd >= 0) || !Number.isSafeInteger(tokens) || tokens < 0) throw failScreen('NEXUS_COST_SETTLE')
      const settled = await io.call('cost.settle', { id: io.args['id'], usd, tokens }) as Settled
      io.print(`${paintOf(io)('green', 'Settled')}: ${label(settled.id)} at ${exactUsd(settled.usd ?? 0)}.`, settled)
    },
  }),
  'cost charges': command({
    summary: 'Show what was charged and what is still open, the open ones first',
    options: {
      run: { summary: 'Only of this run', value: 'ID' },
      session: { summary: 'Only of this session', value: 'KEY' },
      limit: { summary: 'How many to show', value: 'N', default: String(usualRows) },
      zone, ascii,
    },
    examples: ['nexus cost charges', 'nexus cost charges --session main --limit 100', 'nexus cost charges --run 3f2a9c1b-0000-4000-8000-000000000000 --json'],
    offline: true,
    async run(io) {
      const { run, session } = io.options
      const limit = wholeNumber(io.options, 'limit', mostCharges)
      const timeZone = zoneOf(io.options) ?? (await statusOf(io))?.timeZone ?? 'UTC'
      const found = await io.call('cost.charges', { limit, ...(run !== undefined && { runId: run }), ...(session !== undefined && { sessionKey: session }) }) as Charges
      io.print(chargesScreen(found, timeZone, lookOf(io, Date.now())), found)
    },
  }),
  ...priceCommands,
})

async function show(io: CommandIo): Promise<void> {
  const by = groupOf(io.options['by'])
  const asCsv = io.options['csv'] === true
  if (asCsv && io.json) throw failScreen('NEXUS_COST_FORM')
  if (asCsv && by === undefined) throw failScreen('NEXUS_COST_CSV')
  const most = wholeNumber(io.options, 'limit', mostRows) ?? usualRows
  const now = Date.now()
  const isFolder = typeof io.options['folder'] === 'string'
  const status = by !== undefined && zoneOf(io.options) !== undefined ? undefined : await statusOf(io)
  const scope = await scopeOf(io, status, now)
  if (by === undefined) return overview(io, isFolder ? undefined : status, scope, now)
  const found = await breakdownOf(io, by, scope, now)
  if (asCsv) io.stdout.write(csv([csvHead, ...found.rows.map(csvRow)]))
  else io.print(breakdownScreen(found, most, lookOf(io, now)), found)
}

async function overview(io: CommandIo, status: CostStatus | undefined, scope: Awaited<ReturnType<typeof scopeOf>>, now: number): Promise<void> {
  const trend = await trendOf(io, scope, now)
  const value = { status: status ?? null, trend: trend ?? null }
  const look = lookOf(io, now)
  if (status !== undefined) return io.print(overviewScreen(status, trend, look), value)
  io.print(folderScreen(scope.folder === undefined ? undefined : label(scope.folder), scope.failed, trend, look), value)
}

function groupOf(text: unknown): Group | undefined {
  if (text === undefined) return undefined
  const found = groups.find((group) => group === text)
  if (found) return found
  const meant = typeof text === 'string' ? nearest(text, groups) : undefined
  throw failScreen('NEXUS_COST_BY', { choices: groups.join(', '), hint: meant === undefined ? '' : `Did you mean --by ${meant}? ` })
}
