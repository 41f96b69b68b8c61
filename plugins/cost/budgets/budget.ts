/** Budgets, wherever they are written down: in the settings, of an agent, of a token. Pure. */
import * as v from 'valibot'
import { normalizeKey } from '../../sessions/contract.ts'
import { AgentBudget } from '../config.ts'
import type { BudgetSettings } from '../config.ts'
import { failCost } from '../errors.ts'
import type { Axis, Period } from '../wire.ts'

export interface Budget {
  readonly id: string
  readonly on: Axis
  /** One of the axis; without it, each. */
  readonly of?: string
  readonly per: Period
  readonly usd?: number
  readonly tokens?: number
  readonly warnOnly: boolean
}

const usualId = ({ on, of, per }: Pick<Budget, 'on' | 'of' | 'per'>): string => `${on}${of === undefined ? '' : `:${of}`}/${per}`

/** Throws NEXUS_COST_BUDGET. */
export function budgetsOf(settings: readonly BudgetSettings[]): readonly Budget[] {
  const ids = new Set<string>()
  return settings.map(({ id, usd, tokens, of, ...rest }, i) => {
    const budget = { ...rest, ...(of !== undefined && { of: rest.on === 'session' ? normalizeKey(of) : of }), ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) }
    const made = { ...budget, id: id ?? usualId(budget) }
    const refuse = (reason: string): Error => failCost('NEXUS_COST_BUDGET', { number: i + 1, reason })
    if (usd === undefined && tokens === undefined) throw refuse('it has neither `usd` nor `tokens`')
    if (made.on === 'global' && of !== undefined) throw refuse('`of` goes with one of the others than `global` in `on`')
    if (ids.has(made.id)) throw refuse('another one has the same `id`')
    ids.add(made.id)
    return made
  })
}

/** Of an agent's settings. Throws NEXUS_COST_AGENT_BUDGET: what cannot be read bounds everything. */
export function agentBudgets(agent: string, given: unknown): readonly Budget[] {
  if (given === undefined) return []
  const parsed = v.safeParse(AgentBudget, given)
  if (!parsed.success) throw failCost('NEXUS_COST_AGENT_BUDGET', { agent, faults: parsed.issues.map((issue) => v.getDotPath(issue) ?? 'it is no table').join(', ') })
  return (['run', 'day', 'month'] as const).flatMap((per) => {
    const { usd, tokens } = parsed.output[per] ?? {}
    if (usd === undefined && tokens === undefined) return []
    return [{ id: usualId({ on: 'agent', of: agent, per }), on: 'agent', of: agent, per, warnOnly: false, ...(usd !== undefined && { usd }), ...(tokens !== undefined && { tokens }) } as const]
  })
}

const form = /^(\d{1,12}(?:\.\d{1,9})?)(usd|tokens)\/(run|day|month)$/

/** `5usd/day`, `100000tokens/month`, `0.5usd/run`, several with commas between them; `undefined` for anything else. */
export function tokenBudgets(token: string, text: string): readonly Budget[] | undefined {
  const budgets = text.split(',').map((part): Budget | undefined => {
    const [, amount, unit, per] = form.exec(part.trim()) ?? []
    if (amount === undefined || (unit === 'tokens' && amount.includes('.'))) return undefined
    const name = { on: 'token', of: token, per: per as Period } as const
    return { id: usualId(name), ...name, warnOnly: false, ...(unit === 'usd' ? { usd: Number(amount) } : { tokens: Number(amount) }) }
  })
  return budgets.every((one) => one !== undefined) ? budgets : undefined
}
