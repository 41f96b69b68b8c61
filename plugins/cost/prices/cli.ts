/** `nexus cost prices` and `nexus cost check`, to be spread into the plugin's commands. */
import { command } from 'nexus-gateway/sdk'
import type { Command } from 'nexus-gateway/sdk'
import { lookOf } from '../screen/look.ts'
import { failPrices } from './errors.ts'
import { checkScreen, pricesScreen } from './screen.ts'
import type { CheckResult, PricesResult } from './wire.ts'

export const priceCommands = {
  'cost prices': command({
    summary: 'Show what models cost, whose word that is, since when it holds, and what long contexts cost',
    args: ['[model]'],
    options: { on: { summary: 'As it was or will be on that day', value: 'YYYY-MM-DD' }, ascii: { summary: 'With no signs beyond ASCII' } },
    examples: ['nexus cost prices', 'nexus cost prices opus', 'nexus cost prices openai/o3 --on 2025-05-01', 'nexus cost prices --json'],
    offline: true,
    async run(io) {
      const { model } = io.args
      const { on } = io.options
      if (typeof on === 'string' && !isDay(on)) throw failPrices('NEXUS_COST_DAY')
      const result = await io.call('cost.prices', { ...(typeof model === 'string' && { model }), ...(typeof on === 'string' && { on }) }) as PricesResult
      if (result.models.length === 0 && model !== undefined) throw failPrices('NEXUS_COST_NO_SUCH_MODEL')
      io.print(pricesScreen(result, lookOf(io, Date.now())), result)
    },
  }),
  'cost check': command({
    summary: 'Check the prices: what was refused, what is used without a price, what is old or said twice; exits 1 where something needs a look',
    options: { ascii: { summary: 'With no signs beyond ASCII' } },
    examples: ['nexus cost check', 'nexus cost check --json'],
    offline: true,
    async run(io) {
      const result = await io.call('cost.check') as CheckResult
      io.print(checkScreen(result, lookOf(io, Date.now())), result)
      return result.ok ? 0 : 1
    },
  }),
} as const satisfies Readonly<Record<string, Command>>

function isDay(text: string): boolean {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}
