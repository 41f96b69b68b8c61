/** Why something may not be spent. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const costErrors = {
  NEXUS_COST_EXCEEDED: { wire: 'UNAVAILABLE', status: 429, text: 'the budget "{budget}" does not allow it: {left} left of {limit}, and it may come to {worst}; it resets {resets}', fix: 'Wait until then, ask for less, or raise the budget in the settings (`cost.budgets`, or `budget` of the agent); see `nexus cost`.' },
  NEXUS_COST_UNPRICED: { wire: 'UNAVAILABLE', status: 402, text: 'the price of {model} is not known, and the budget "{budget}" is one of money', fix: 'Give its price in `models.catalogue`, choose another model, or set `cost.unpriced` to "allow".' },
  NEXUS_COST_STOPPED: { wire: 'UNAVAILABLE', status: 503, text: 'everything that costs is stopped since {since}', fix: 'Run `nexus cost resume` when it may go on.' },
} as const satisfies ErrorTable

export const failCost = failures(costErrors)
