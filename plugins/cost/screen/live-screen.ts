/** `nexus cost watch` as a person sees it: one picture that changes, or a line for each thing that happens. Pure. */
import { headOf } from 'nexus-gateway/sdk'
import type { BudgetState, CostStatus, Settled } from '../wire.ts'
import { budgetLines, leftText, resetText, styleOf } from './budgets.ts'
import { whose } from './charges.ts'
import type { Look } from './look.ts'
import { aligned, exactUsd, percent, tokens } from './money.ts'
import { stoppedLines, sumsLines } from './overview.ts'
import { table, textColumn } from './table.ts'
import { label, wrap } from './text.ts'
import { clockTime, stamp } from './time.ts'

export interface Told { readonly at: number; readonly kind: 'warning' | 'exceeded'; readonly budget: BudgetState }

export interface Live {
  readonly status: CostStatus | undefined
  /** The latest last. */
  readonly charges: readonly Settled[]
  readonly told: readonly Told[]
  /** Since when there is no connection. */
  readonly lostAt: number | undefined
}

const mostTold = 3
const leastCharges = 3

/** At most as many lines as the screen has, less one for the cursor. */
export function liveScreen({ status, charges, told, lostAt }: Live, look: Look): string[] {
  const { paint, width, height, now, glyphs: { ellipsis } } = look
  const timeZone = status?.timeZone ?? 'UTC'
  const state = lostAt === undefined ? paint('dim', clockTime(now, timeZone)) : paint('yellow', headOf('no gateway, trying again', width - 6))
  const room = Math.max(1, height - 1)
  const head = [`${paint('bold', 'Cost')}  ${state}`, ...(status === undefined ? [] : [...stoppedLines(status, look), '', ...sumsLines(status, look)])]
  const notes = told.slice(-mostTold).flatMap((one) => wrap(toldText(one, timeZone, now), width, ellipsis).map((line) => paint(styleOf(one.budget), line)))
  const fixed = head.length + (notes.length > 0 ? notes.length + 1 : 0) + 2
  const budgets = status === undefined ? [] : budgetLines(status.budgets, look).slice(0, Math.max(0, room - fixed - leastCharges - 2))
  const left = room - fixed - (budgets.length > 0 ? budgets.length + 1 : 0)
  const rows = chargeLines(charges.slice(-Math.max(1, left)).toReversed(), timeZone, look)
  return [...head, ...(budgets.length > 0 ? ['', ...budgets] : []), ...(notes.length > 0 ? ['', ...notes] : []), '', ...rows].slice(0, room)
}

function chargeLines(charges: readonly Settled[], timeZone: string, look: Look): string[] {
  const { glyphs, paint } = look
  if (charges.length === 0) return [paint('dim', headOf('Waiting for what costs. Ctrl-C ends.', look.width))]
  return table([
    ...textColumn('AT', charges.map(({ at }) => clockTime(at, timeZone)), glyphs, { drop: 2 }),
    ...textColumn('COST', aligned(charges.map(costText)), glyphs, { right: true, style: (row) => (charges[row]?.usd === null ? 'yellow' : undefined) }),
    ...textColumn('TOKENS', charges.map((one) => tokens(one.tokens)), glyphs, { right: true, drop: 1 }),
    ...textColumn('MODEL', charges.map(({ provider, model }) => `${provider}/${model}`), glyphs, { least: 10 }),
    ...textColumn('FOR', charges.map(whose), glyphs, { least: 8, drop: 3 }),
    ...textColumn('PRICE', charges.map(({ price }) => price), glyphs, { least: 8, drop: 4 }),
  ], look, 0)
}

const costText = ({ usd, estimated }: Settled): string => (usd === null ? 'unpriced' : `${estimated === true ? '~' : ''}${exactUsd(usd)}`)

export function toldText({ at, kind, budget }: Told, timeZone: string, now: number, time: typeof clockTime = clockTime): string {
  const what = kind === 'exceeded' ? 'EXCEEDED' : 'WARNING'
  return `${time(at, timeZone)}  ${what}  ${label(budget.id)} is at ${percent(budget.percent)}: ${leftText(budget)}; ${resetText(budget, now)}`
}

/** For a log: one line, however long. */
export function chargeLine(one: Settled, timeZone: string): string {
  const { at, provider, model, price } = one
  const of = whose(one)
  return [stamp(at, timeZone), costText(one), `${tokens(one.tokens)} tokens`, label(`${provider}/${model}`), ...(of === '' ? [] : [label(of)]), `price: ${label(price)}`].join('  ')
}
