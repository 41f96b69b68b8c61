/**
 * What has been used and what it cost, of the gateway's own sessions and of folders of transcripts from elsewhere. It is
 * counted from the transcripts, each byte of which is read once; budgets are the business of `cost`.
 */
import { contract, method, service } from 'nexus-gateway/sdk'
import { UsageStatus, UsageStatusParams } from './windows/contract.ts'
import * as wire from './wire.ts'

export { usageErrors } from './errors.ts'
export { askUsage, offerUsage, usageProblem, usageSources, windowLeft } from './windows/contract.ts'
export type { ProviderUsage, Remembered, UsageAccount, UsageHost, UsageOffer, UsageQuestion, UsageRead, UsageSource, UsageStatus, UsageWindowRead } from './windows/contract.ts'
export type { IndexReport, SessionsUsage, Timeseries, Totals, UsageCost, UsageLogs } from './wire.ts'
export type { IndexParams, LogsParams, SessionsUsageParams, TimeseriesParams, UsageCostParams } from './wire.ts'

/** Every answer counts what was on disk when it was asked for, or says in `pending` what it leaves out. */
export interface UsageApi {
  /** Tokens and costs by day; the last 30 unless others are asked for. Rejects with NEXUS_USAGE_RANGE, _ZONE, _NOT_INDEXED. */
  cost(params: wire.UsageCostParams): Promise<wire.UsageCost>
  /** By session, model, provider, agent, channel, tool and day. Rejects as `cost` does. */
  sessions(params: wire.SessionsUsageParams): Promise<wire.SessionsUsage>
  /** How one session's use grew. Rejects with NEXUS_USAGE_SESSION, _NOT_INDEXED. */
  timeseries(params: wire.TimeseriesParams): Promise<wire.Timeseries>
  /** The last messages of one session with what each used. Rejects as `timeseries` does. */
  logs(params: wire.LogsParams): Promise<wire.UsageLogs>
  /** Reads what is new in a folder of transcripts, which `from` then names. Rejects with NEXUS_USAGE_FOLDER, _BUSY. */
  index(params: wire.IndexParams): Promise<wire.IndexReport>
}
export const Usage = service<UsageApi>('usage/1')

export const usage = contract({
  id: 'usage',
  provides: { usage: Usage },
  methods: {
    'usage.status': method({ scope: 'operator.read', params: UsageStatusParams, result: UsageStatus, summary: 'How much of what providers allow is used, and when that begins anew.' }),
    'usage.cost': method({ scope: 'operator.read', params: wire.UsageCostParams, result: wire.UsageCost, summary: 'Tokens and costs by day.' }),
    'sessions.usage': method({ scope: 'operator.read', params: wire.SessionsUsageParams, result: wire.SessionsUsage, summary: 'Tokens, costs, messages, tools and latency by session, model, provider, agent, channel and day.' }),
    'sessions.usage.timeseries': method({ scope: 'operator.read', params: wire.TimeseriesParams, result: wire.Timeseries, summary: 'How the use of one session grew.' }),
    'sessions.usage.logs': method({ scope: 'operator.read', params: wire.LogsParams, result: wire.UsageLogs, summary: 'The last messages of one session, with what each used.' }),
    'usage.index': method({ scope: 'operator.admin', params: wire.IndexParams, result: wire.IndexReport, summary: 'Reads what is new in a folder of transcripts from elsewhere.' }),
  },
})
