/** Sums up a session that somebody wants compacted: the tap of `sessions.summarized`. */
import type { ModelsApi } from '../models/contract.ts'
import type { SessionsApi, Summary, SummaryRequest } from '../sessions/contract.ts'
import { askForSummary, compactionOf, cutOf, roomIn } from './compact.ts'
import { profileOf } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'
import { summaryOf } from './setting.ts'

const maxEntries = 1000
const usualWindow = 64_000

export async function summarize({ sessions, models, profiles }: { readonly sessions: SessionsApi; readonly models: ModelsApi; readonly profiles: ReadonlyMap<string, AgentProfile> }, { key, agent, cause, keepEntries, signal }: SummaryRequest): Promise<Summary> {
  const profile = profileOf(profiles, agent)
  const model = (await sessions.settings(key)).model ?? profile.model
  const route = await models.route({ cause, agentId: agent, sessionKey: key, ...(model !== undefined && { model }) })
  const spec = await models.resolve(route.model)
  const { most, keep } = roomIn(spec.contextWindow ?? usualWindow, profile.compaction)
  const cut = cutOf(await sessions.entries(key, { limit: maxEntries }), keepEntries === undefined ? { tokens: keep } : { entries: keepEntries })
  if (!cut) return { nothing: 'the conversation is too short to be summed up' }
  const info = { runId: `compact-${cut.firstKeptEntryId}`, agentId: agent, sessionKey: key, cause, startedAt: 0 }
  const summary = await summaryOf({ models, info, signal }, { spec, route }, askForSummary(cut, most))
  return summary === '' ? { nothing: 'the model gave no summary' } : compactionOf(cut, summary)
}
