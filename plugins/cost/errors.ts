/** Why something may not be spent. Amounts and times in the texts are those of the budgets, never of what somebody sent. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const costErrors = {
  NEXUS_COST_EXCEEDED: { wire: 'UNAVAILABLE', status: 429, text: 'the budget "{budget}" does not allow it: {left} left of {limit}, and it may come to {worst}; {resets}', fix: 'Wait until then, ask for less, or raise the budget in the settings (`cost.budgets`, or `budget` of the agent); see `nexus cost`.' },
  NEXUS_COST_UNPRICED: { wire: 'UNAVAILABLE', status: 402, text: 'the price of {model} is not known, and the budget "{budget}" is one of money', fix: 'Give its price in `models.catalogue`, choose another model, or set `cost.unpriced` to "allow".' },
  NEXUS_COST_STOPPED: { wire: 'UNAVAILABLE', status: 503, text: 'everything that costs is stopped since {since}', fix: 'Run `nexus cost resume` when it may go on.' },
  NEXUS_COST_LABEL: { wire: 'FORBIDDEN', status: 403, text: 'only an operator or a device of theirs may lift the switch or settle by hand, and this is asked for by a {label}', fix: 'Run the command yourself.' },
  NEXUS_COST_NOT_OPEN: { wire: 'INVALID_REQUEST', status: 404, text: 'nothing of that id was left open by a gateway that died', fix: 'See `nexus cost charges`: what is marked as orphaned can be settled, once.' },
  NEXUS_COST_LEDGER: { wire: 'UNAVAILABLE', status: 503, text: 'the ledger cannot hold what it may cost: {reason}', fix: 'Try again; if it stays so, see the log of plugin "cost".' },
  NEXUS_COST_AGENT_BUDGET: { wire: 'UNAVAILABLE', status: 503, text: 'the budget of agent "{agent}" in the settings cannot be read: {faults}', fix: 'Write it as { day: { usd: 5 } }, with `run`, `day` or `month`, and `usd` or `tokens` in each.' },
  NEXUS_COST_TOKEN_BUDGET: { wire: 'UNAVAILABLE', status: 503, text: 'the budget that the token is bound to cannot be read', fix: 'Make a new token with a budget such as 5usd/day, 100000tokens/month or 0.5usd/run.' },
  NEXUS_COST_BUDGET: { exit: 78, text: 'budget {number} of `cost.budgets` is none: {reason}', fix: 'Correct it in nexus.json5, as in { on: "agent", per: "day", usd: 5 }.' },
  NEXUS_COST_TIME_ZONE: { exit: 78, text: '`cost.timeZone` names no time zone that is known here', fix: 'Write it as in the IANA database, such as Europe/Berlin or UTC.' },
} as const satisfies ErrorTable

export const failCost = failures(costErrors)
