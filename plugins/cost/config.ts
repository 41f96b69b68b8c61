/** The plugin's block in `nexus.json5`. */
import * as v from 'valibot'
import { axes, periods } from './wire.ts'

const whole = (least: number, most: number) => v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most))
/** Above this a number of nano-dollars is no longer exact. */
const mostUsd = 1_000_000
const mostTokens = 1_000_000_000_000

const usd = v.pipe(v.number(), v.minValue(0), v.maxValue(mostUsd), v.description('US dollars.'))
const tokens = v.pipe(whole(0, mostTokens), v.description('Tokens of input and output together.'))

export const BudgetSettings = v.strictObject({
  id: v.optional(v.pipe(v.string(), v.regex(/^[A-Za-z0-9][A-Za-z0-9 ._:/@-]{0,99}$/), v.description('What it is called; without it made of what it bounds, such as global/day.'))),
  on: v.optional(v.pipe(v.picklist(axes), v.description('What it bounds: everything together, or each agent, session, user, channel, token, plugin or job.')), 'global'),
  of: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(512), v.description('Only this one of them, by its id or key.'))),
  per: v.pipe(v.picklist(periods), v.description('The time it is for. A run has that of the runs it began, too.')),
  usd: v.optional(usd),
  tokens: v.optional(tokens),
  warnOnly: v.optional(v.pipe(v.boolean(), v.description('It warns, and refuses nothing.')), false),
})
export type BudgetSettings = v.InferOutput<typeof BudgetSettings>

export const config = v.strictObject({
  budgets: v.optional(v.pipe(v.array(BudgetSettings), v.maxLength(32), v.description('All that apply hold together.')), []),
  timeZone: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64), v.description('Whose days and months count, such as Europe/Berlin; the machine\'s without it.'))),
  resetHour: v.optional(v.pipe(whole(0, 23), v.description('The hour at which a day begins.')), 0),
  monthDay: v.optional(v.pipe(whole(1, 28), v.description('The day on which a month begins.')), 1),
  warnAt: v.optional(v.pipe(v.array(whole(1, 1_000)), v.maxLength(10), v.description('Per cent of a budget at which it is told, once in its period.')), [50, 80, 100]),
  unpriced: v.optional(v.pipe(v.picklist(['deny', 'allow']), v.description('What becomes of a model whose price nobody knows, under a budget of money.')), 'deny'),
})

const Bound = v.strictObject({ usd: v.optional(usd), tokens: v.optional(tokens) })
/** `budget` of an agent's settings. */
export const AgentBudget = v.strictObject({ run: v.optional(Bound), day: v.optional(Bound), month: v.optional(Bound) })
