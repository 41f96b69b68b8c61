/** What the commands read of the answers of `usage.cost` and `sessions.usage`; both have more. */
import type { SessionsUsage, Totals, UsageCost } from '../../usage/contract.ts'

export type { Totals }
export type CostDays = Pick<UsageCost, 'daily' | 'totals'>
export type Aggregates = Pick<SessionsUsage['aggregates'], 'sessionCount' | 'tools' | 'byModel' | 'byProvider' | 'byAgent' | 'byChannel'>
type Row = SessionsUsage['sessions'][number]
export type SessionUsed = Pick<Row, 'key' | 'label'> & { readonly usage: (Totals & { readonly messageCounts: { readonly assistant: number } }) | null }
export interface SessionsUsed { readonly sessions: readonly SessionUsed[]; readonly totals: Totals; readonly aggregates: Aggregates }
