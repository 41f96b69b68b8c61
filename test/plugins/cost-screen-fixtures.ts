/** What the screens of `nexus cost` are drawn from. */
import { noColour } from 'nexus-gateway/sdk'
import { unicode, type Look } from '../../plugins/cost/screen/look.ts'
import type { Row } from '../../plugins/cost/screen/rows.ts'
import { daysOf } from '../../plugins/cost/screen/time.ts'
import type { BudgetState, CostStatus, Settled } from '../../plugins/cost/wire.ts'
import type { SessionsUsage, UsageCost } from '../../plugins/usage/contract.ts'

/** Monday, 23 November 2026, 18:47:03 in Berlin. */
export const now = Date.UTC(2026, 10, 23, 17, 47, 3)
export const zone = 'Europe/Berlin'
export const range = { from: '2026-10-25', to: '2026-11-23', timeZone: zone }

export const lookAt = (width: number, more: Partial<Look> = {}): Look => ({ width, height: 24, paint: noColour, glyphs: unicode, now, ...more })

export const row = (name: string, usd: number, tokens: number, more: Partial<Row> = {}): Row => ({ name, usd, tokens, input: Math.trunc(tokens * 0.7), output: Math.trunc(tokens * 0.1), cacheRead: Math.trunc(tokens * 0.2), cacheWrite: 0, calls: Math.trunc(tokens / 1000), unpriced: 0, ...more })

/** Working days cost, weekends do not. */
export const days = (from = range.from, to = range.to): Row[] => daysOf(from, to).map((day, i) => (i % 7 === 0 || i % 7 === 6 ? row(day, 0, 0) : row(day, (i * 37 % 11) / 4 + 0.25, 10_000 + i * 1_000)))

export const models = [row('anthropic/claude-x', 30.1, 900_000), row('openai/gpt-y', 4.4, 300_000), row('google/flash', 0.0004, 34_567)]
export const sessions = [row('agent:main:telegram:group:123456789', 20, 500_000), row('agent:main:main', 10, 300_000, { label: 'Weekly report' }), row('agent:main:日本語', 0.5, 20_000)]
export const total = row('all', 34.5004, 1_234_567)
export const trend = { range, days: days(), models, sessions, total }

export const budget = (id: string, percent: number, more: Partial<BudgetState> = {}): BudgetState => ({
  id, on: 'global', per: 'day', limit: { usd: 5 }, spent: { usd: percent / 20, tokens: 3_000 }, held: { usd: 0, tokens: 0 }, left: { usd: Math.max(0, 5 - percent / 20) },
  percent, mark: 0, startedAt: now - 67_623_000, resetsAt: now + 18_777_000, timeZone: zone, ...more,
})

export const budgets = [budget('agent:coder/month', 101, { on: 'agent', of: 'coder', per: 'month' }), budget('global/day', 62, { held: { usd: 0.4, tokens: 100 }, left: { usd: 1.5 } }), budget('run', 30, { per: 'run', resetsAt: null, limit: { tokens: 10_000 }, left: { tokens: 7_000 } })]

export const status = (more: Partial<CostStatus> = {}): CostStatus => ({
  stopped: null, timeZone: zone, today: { usd: 1.0523, tokens: 120_444, calls: 34, unpriced: 0 }, month: { usd: 34.561, tokens: 1_234_567, calls: 345, unpriced: 0 },
  budgets: [], open: { count: 0, usd: 0, tokens: 0, orphaned: 0 }, ...more,
})

export const settled = (id: string, more: Partial<Settled> = {}): Settled => ({ id, at: now, provider: 'anthropic', model: 'claude-x', usd: 0.000412, tokens: 1_234, price: 'catalogue 2026-05-01', sessionKey: 'agent:main:main', ...more })

// ── What the methods answer ─────────────────────────────────────────────────────────────────────

export const totals = (usd: number, tokens: number, missingCostEntries = 0) => ({
  input: tokens, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: tokens, totalCost: usd, inputCost: usd, outputCost: 0, cacheReadCost: 0, cacheWriteCost: 0, missingCostEntries,
})
const messages = { total: 4, user: 2, assistant: 2, toolCalls: 0, toolResults: 0, errors: 0 }
const tools = { totalCalls: 3, uniqueTools: 2, tools: [{ name: 'read', count: 2 }, { name: 'exec', count: 1 }] }

export const usageCost = (from: string, to: string, of: Readonly<Record<string, number>>): UsageCost => {
  const daily = daysOf(from, to).map((date) => ({ date, ...totals(of[date] ?? 0, (of[date] ?? 0) * 1000) }))
  const usd = Object.values(of).reduce((sum, one) => sum + one, 0)
  return { updatedAt: now, days: daily.length, daily, totals: totals(usd, usd * 1000) }
}

export const usedSession = (key: string, usd: number, label?: string): SessionsUsage['sessions'][number] => ({
  key, ...(label !== undefined && { label }),
  usage: { activityDates: [], dailyBreakdown: [], dailyMessageCounts: [], dailyLatency: [], dailyModelUsage: [], messageCounts: messages, toolUsage: tools, modelUsage: [], ...totals(usd, usd * 1000) },
})

export const sessionsUsage = (some: SessionsUsage['sessions'], sessionCount = some.length): SessionsUsage => {
  const usd = some.reduce((sum, { usage }) => sum + (usage?.totalCost ?? 0), 0)
  const all = totals(usd, usd * 1000)
  return {
    updatedAt: now, startDate: range.from, endDate: range.to, sessions: some, totals: all, creatorOptions: [],
    aggregates: {
      sessionCount, messages, tools, byModel: [{ provider: 'a', model: 'small', count: 2, totals: totals(usd / 4, 500) }, { provider: 'a', model: 'large', count: 5, totals: totals(usd / 4 * 3, 300) }],
      byProvider: [{ provider: 'a', count: 7, totals: all }], byAgent: [{ agentId: 'main', totals: all }], byChannel: [{ channel: 'telegram', totals: all }], byCreator: [], dailyLatency: [], modelDaily: [], daily: [], costDaily: [],
    },
  }
}
