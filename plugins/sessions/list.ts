/** `sessions.list` in the reference's result shape. */
import type { InferOutput } from 'valibot'
import type { KeyInfo, SessionInfo, SessionsListParams, SessionsListResult } from './contract.ts'
import { textOf } from './entries.ts'
import { kindOf, sessionPartsOf } from './keys.ts'
import { shortened } from './preview.ts'
import { toWire } from './settings.ts'
import type { OpenSessions } from './sessions.ts'
import { together } from './together.ts'

type Params = InferOutput<typeof SessionsListParams>
type Result = InferOutput<typeof SessionsListResult>
type Row = Result['sessions'][number]

/** Filters for what sessions here do not have: whoever asks for it gets nothing, not everything. */
const foreign = ['projectId', 'workspaceDir', 'group', 'creatorId', 'ownerId', 'involvingProfileId', 'profileRelation', 'boardFace'] as const
const defaultLimit = 100
const maxLimit = 1000
const titleLength = 60
const previewLength = 240
/** How far into a session its title is looked for. */
const openingEntries = 20
/** Transcripts that are read together. */
const atOnce = 16

export async function listSessions(sessions: OpenSessions, params: Params, now: number, place: string): Promise<Result> {
  const limit = Math.min(params.limit ?? defaultLimit, maxLimit)
  const offset = params.offset ?? 0
  const page = matchesNothing(params) ? { sessions: [], total: 0 } : await sessions.list({
    limit, offset,
    ...(params.agentId !== undefined && { agent: params.agentId.toLowerCase() }),
    ...(params.search !== undefined && { search: params.search }),
    ...(params.label !== undefined && { label: params.label }),
    ...(params.spawnedBy !== undefined && { spawnedBy: params.spawnedBy }),
    without: leftOut(params),
    ...(params.activeMinutes !== undefined && { since: now - params.activeMinutes * 60_000 }),
  })
  const next = offset + limit
  const hasMore = next < page.total
  const rows = await together(page.sessions, atOnce, (info) => row(sessions, info, params))
  return {
    ts: now, path: place, count: rows.length, totalCount: page.total, limitApplied: limit, nextOffset: hasMore ? next : null, hasMore,
    defaults: { modelProvider: null, model: null, contextTokens: null },
    sessions: rows,
  }
}

function matchesNothing(params: Params): boolean {
  return params.pinned === true || params.hasBoard === true || params.archived === true || foreign.some((name) => params[name] !== undefined)
}

function leftOut({ excludeCron, excludeSubagents, excludeSystem }: Params): KeyInfo['kind'][] {
  return [...(excludeCron || excludeSystem ? ['cron' as const] : []), ...(excludeSystem ? ['hook' as const] : []), ...(excludeSubagents ? ['subagent' as const] : [])]
}

/** A session as clients see it. */
export function rowOf({ key, agent, id, createdAt, updatedAt, settings }: SessionInfo): Row {
  const { channel } = sessionPartsOf(key)
  return { key, kind: kindOf(key), agentId: agent, sessionId: id, createdAt, updatedAt, ...(channel !== undefined && { channel }), ...toWire(settings) }
}

async function row(sessions: OpenSessions, info: SessionInfo, params: Params): Promise<Row> {
  const [derivedTitle, lastMessagePreview] = await Promise.all([
    params.includeDerivedTitles ? title(sessions, info.key) : undefined,
    params.includeLastMessage ? preview(sessions, info.key) : undefined,
  ])
  return { ...rowOf(info), ...(derivedTitle && { derivedTitle }), ...(lastMessagePreview && { lastMessagePreview }) }
}

async function title(sessions: OpenSessions, key: string): Promise<string | undefined> {
  let seen = 0
  for await (const entry of sessions.opening(key)) {
    if (entry.type === 'message' && entry.message.role === 'user') return shortened(textOf(entry.message), titleLength)
    if (++seen >= openingEntries) return undefined
  }
  return undefined
}

async function preview(sessions: OpenSessions, key: string): Promise<string | undefined> {
  const [last] = await sessions.history(key, { limit: 1, queued: true }).then((messages) => messages.slice(-1))
  return last && shortened(textOf(last), previewLength)
}
