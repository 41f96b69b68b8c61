/** The verbs, in the reference's shapes. What they cannot do as asked they refuse by name. */
import { join } from 'node:path'
import type { GenericSchema, InferOutput } from 'valibot'
import type { Call, MaybePromise } from 'nexus-gateway/sdk'
import type { ArchivedTranscript, SessionInfo, StoredMessage, Summary, SummaryRequest } from './contract.ts'
import { fail } from './errors.ts'
import { agentOf } from './keys.ts'
import { listSessions, rowOf } from './list.ts'
import type { OpenSessions } from './sessions.ts'
import { fromWire, toWire } from './settings.ts'
import type * as wire from './wire.ts'

export interface MethodsEnv {
  readonly sessions: OpenSessions
  readonly now: () => number
  /** The state directory. */
  readonly state: string
  readonly summarize: (request: SummaryRequest) => MaybePromise<Summary | undefined>
}
type Params<S extends GenericSchema> = InferOutput<S>

const defaultMessages = 200
const maxAnswerBytes = 6 * 1024 * 1024

export function sessionMethods({ sessions, now, state, summarize }: MethodsEnv) {
  const place = join(state, 'sessions')
  const fileOf = ({ log }: ArchivedTranscript): string => join(state, `${log}.jsonl`)

  /** With `agentId`, a short key such as `main` is that agent's. */
  function keyOf({ key, agentId }: { readonly key: string; readonly agentId?: string | undefined }): string {
    const whole = sessions.normalize(agentId === undefined || /^agent:/i.test(key) ? key : `agent:${agentId}:${key}`)
    if (agentId !== undefined && agentOf(whole) !== agentId.toLowerCase()) throw fail('NEXUS_SESSIONS_OTHER_AGENT')
    return whole
  }

  async function get(params: Params<typeof wire.SessionsGetParams>) {
    const { sessionId, limit = defaultMessages, cursor } = params
    const given = one('sessions.get', { key: params.key, sessionKey: params.sessionKey })
    const key = keyOf({ key: given, agentId: params.agentId })
    const session = await sessions.find(key)
    const archives = await sessions.archives(key)
    const before = cursor === undefined ? {} : { before: Number(cursor) }
    const page = sessionId === undefined || sessionId === session?.id
      ? await sessions.history(key, { limit, queued: true, maxBytes: maxAnswerBytes, ...before })
      : (await sessions.archived(key, sessionId, { limit, maxBytes: maxAnswerBytes, ...before })).flatMap((entry): StoredMessage[] => (entry.type === 'message' ? [{ ...entry.message, id: entry.id, position: entry.position }] : []))
    const messages = fitting(page)
    const oldest = messages[0]?.position
    return { ts: now(), key, session: session ? rowOf(session) : null, messages: messages.map((message) => ({ ...message })), archives, ...(oldest !== undefined && oldest > 0 && { nextCursor: String(oldest) }) }
  }

  async function resolve(params: Params<typeof wire.SessionsResolveParams>) {
    const { reference, allowMissing, agentId, spawnedBy, sessionId, label, shortId } = params
    const asked = { key: params.key ?? reference?.key, sessionId, label, shortId }
    one('sessions.resolve', asked)
    const found = await sessions.resolve(set({ ...asked, key: asked.key === undefined ? undefined : keyOf({ key: asked.key, agentId }), agent: agentId, spawnedBy }))
    if (found) return { ok: true, key: found.key, sessionId: found.id, agentId: found.agent }
    if (allowMissing) return { ok: false }
    throw fail('NEXUS_SESSIONS_UNKNOWN')
  }

  async function patch(params: Params<typeof wire.SessionsPatchParams>) {
    refuse('sessions.patch', params, unsupportedSettings)
    const key = keyOf(params)
    const info = await sessions.patch(key, fromWire(params), expecting(params.expectedSessionId))
    return { ok: true as const, path: place, key, entry: entryOf(info) }
  }

  async function reset(params: Params<typeof wire.SessionsResetParams>) {
    const key = keyOf(params)
    const { session, archived } = await sessions.reset(key, { reason: params.reason ?? 'reset', ...expecting(params.expectedSessionId) })
    return { ok: true as const, key, entry: entryOf(session), archived: archived ? [fileOf(archived)] : [] }
  }

  async function remove(params: Params<typeof wire.SessionsDeleteParams>) {
    refuse('sessions.delete', params, unsupportedDelete)
    const key = keyOf(params)
    const { expectedSessionUpdatedAt: updatedAt } = params
    if (updatedAt !== undefined && (await sessions.find(key))?.updatedAt !== updatedAt) throw fail('NEXUS_SESSIONS_CHANGED')
    const { removed, archived } = await sessions.remove(key, { keep: params.deleteTranscript === false, ...expecting(params.expectedSessionId) })
    return { ok: true as const, key, deleted: removed, archived: archived ? [fileOf(archived)] : [] }
  }

  async function compact(params: Params<typeof wire.SessionsCompactParams>, { cause, signal }: { readonly cause: SummaryRequest['cause']; readonly signal: AbortSignal }) {
    const key = keyOf(params)
    const session = await sessions.find(key)
    if (!session) throw fail('NEXUS_SESSIONS_UNKNOWN')
    const summary = await summarize({ key, sessionId: session.id, agent: session.agent, cause, signal, ...(params.maxLines !== undefined && { keepEntries: params.maxLines }) })
    if (!summary) throw fail('NEXUS_SESSIONS_NO_SUMMARY')
    if ('nothing' in summary) return { ok: true as const, key, compacted: false, reason: summary.nothing }
    const { id, firstKeptEntryId, tokensBefore } = await sessions.compact(key, { ...summary, sessionId: session.id })
    return { ok: true as const, key, compacted: true, entryId: id, firstKeptEntryId, tokensBefore }
  }

  async function take({ key: given, sessionId, piece, lines, open = false, done, replace = false }: Params<typeof wire.SessionsImportParams>) {
    const key = sessions.normalize(given)
    const end = done && { ...done, settings: set(Object.fromEntries(Object.entries(fromWire(done.settings)).filter(([, value]) => value !== null))) }
    return { status: await sessions.imports.take({ key, sessionId, piece, lines, open, replace, ...(end && { done: end }) }), key }
  }

  return {
    'sessions.list': (params: Params<typeof wire.SessionsListParams>) => listSessions(sessions, params, now(), place),
    'sessions.preview': async ({ keys, ...options }: Params<typeof wire.SessionsPreviewParams>) => ({ ts: now(), previews: (await sessions.preview(keys, set(options))).map((preview) => ({ ...preview, items: [...preview.items] })) }),
    'sessions.get': get,
    'sessions.resolve': resolve,
    'sessions.patch': patch,
    'sessions.reset': reset,
    'sessions.delete': remove,
    'sessions.compact': (params: Params<typeof wire.SessionsCompactParams>, call: Call) => compact(params, { cause: call, signal: call.signal }),
    'sessions.import': take,
    'sessions.interrupted': () => ({ runs: [...sessions.interrupted()] }),
  }
}

/** The newest ones that fit into one answer, one at least. */
function fitting(messages: readonly StoredMessage[]): StoredMessage[] {
  let bytes = 0
  const from = messages.findLastIndex((message) => (bytes += Buffer.byteLength(JSON.stringify(message))) > maxAnswerBytes)
  return messages.slice(Math.min(from + 1, messages.length - 1))
}

const entryOf = ({ id, updatedAt, settings }: SessionInfo) => ({ sessionId: id, updatedAt, ...toWire(settings) })
const expecting = (sessionId: string | undefined) => (sessionId === undefined ? {} : { sessionId })

/** The one that is given. Throws NEXUS_SESSIONS_WHICH. */
function one(method: string, choices: Readonly<Record<string, string | undefined>>): string {
  const given = Object.values(choices).filter((value) => value !== undefined)
  if (given.length !== 1) throw fail('NEXUS_SESSIONS_WHICH', { method, names: Object.keys(choices).join(', ') })
  return given[0] as string
}

type Set<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Without the names that are there and undefined. */
const set = <T extends object>(value: T): Partial<Set<T>> => Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Partial<Set<T>>

const unsupportedSettings = [
  'expectedLifecycleRevision', 'expectedPermissionMode', 'expectedSandboxMode', 'expectedNativeRuntimeConsent', 'expectedToolOverrides', 'expectedMarkedUnreadAt',
  'autoLabel', 'icon', 'color', 'category', 'boardFace', 'boardPresentation', 'statusNote', 'attention', 'ttlMinutes', 'archived', 'pinned', 'unread', 'contextWindow',
  'fastMode', 'toolOverrides', 'traceLevel', 'permissionMode', 'sandboxMode', 'nativeRuntimeConsent', 'agentRuntime', 'completionOwnerSessionKey',
  'inheritedToolPolicyVersion', 'inheritedToolAllow', 'inheritedToolDeny',
] as const satisfies readonly (keyof Params<typeof wire.SessionsPatchParams>)[]
/** `emitLifecycleHooks: false` asks for less than is done, and nothing is. */
const unsupportedDelete = ['expectedLifecycleRevision', 'archivedOnly'] as const satisfies readonly (keyof Params<typeof wire.SessionsDeleteParams>)[]

/** A value that asks for nothing passes: null clears what was never set. */
function refuse<T extends object>(method: string, params: T, fields: readonly (keyof T & string)[]): void {
  const field = fields.find((name) => params[name] !== undefined && params[name] !== null && params[name] !== false)
  if (field !== undefined) throw fail('NEXUS_SESSIONS_UNSUPPORTED', { method, field })
}
