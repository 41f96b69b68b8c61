/** The methods' params and results. Params are the union of both protocol generations; rows and answers have the reference's names. */
import * as v from 'valibot'

const text = v.pipe(v.string(), v.minLength(1), v.maxLength(1024))
const flag = v.optional(v.boolean())
const count = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
const clearable = v.optional(v.nullable(text))
const label = v.pipe(v.string(), v.minLength(1), v.maxLength(512))
const key = text

/** The params of both generations' `sessions.list`. What names a thing that no session here has matches none. */
export const SessionsListParams = v.strictObject({
  limit: v.optional(count(1, 1_000_000)),
  offset: v.optional(count(0, 1_000_000)),
  activeMinutes: v.optional(count(1, 10_000_000)),
  agentId: v.optional(text),
  search: v.optional(v.pipe(v.string(), v.maxLength(1024))),
  includeLastMessage: flag,
  includeDerivedTitles: flag,
  label: v.optional(text), spawnedBy: v.optional(text), projectId: v.optional(text), workspaceDir: v.optional(text), group: v.optional(text),
  creatorId: v.optional(text), ownerId: v.optional(text), involvingProfileId: v.optional(text),
  profileRelation: v.optional(v.strictObject({ profileId: text, relationship: v.picklist(['owned', 'created', 'involving']) })),
  pinned: flag, hasBoard: flag, involvingMe: flag, activeOnly: flag, requireLastInteraction: flag,
  boardFace: v.optional(v.picklist(['chat', 'dashboard'])),
  archived: v.optional(v.union([v.boolean(), v.literal('all')])),
  sortBy: v.optional(v.picklist(['updatedAt', 'lastInteractionAt', 'activity'])),
  includeGlobal: flag, includeUnknown: flag, excludeSubagents: flag, excludeCron: flag, excludeSystem: flag,
  configuredAgentsOnly: flag, includeActivitySummary: flag, ownerFirst: flag, includePeople: flag,
})

const usageModes = v.picklist(['off', 'tokens', 'full', 'on'])
const queueModes = v.picklist(['collect', 'followup', 'steer', 'interrupt'])

/** The settings of a session under their wire names. */
const wireSettings = {
  label: v.optional(label),
  thinkingLevel: v.optional(text), verboseLevel: v.optional(text), reasoningLevel: v.optional(text),
  responseUsage: v.optional(usageModes), elevatedLevel: v.optional(text),
  execHost: v.optional(text), execSecurity: v.optional(text), execAsk: v.optional(text), execNode: v.optional(text),
  model: v.optional(text), spawnedBy: v.optional(text), spawnDepth: v.optional(v.number()),
  sendPolicy: v.optional(v.picklist(['allow', 'deny'])), groupActivation: v.optional(v.picklist(['mention', 'always'])),
  queueMode: v.optional(queueModes),
}

const Row = v.object({
  key: v.string(),
  kind: v.picklist(['direct', 'group', 'global', 'unknown']),
  agentId: v.string(),
  sessionId: v.string(),
  createdAt: v.number(),
  updatedAt: v.number(),
  channel: v.optional(v.string()),
  derivedTitle: v.optional(v.string()),
  lastMessagePreview: v.optional(v.string()),
  ...wireSettings,
})
export const SessionsListResult = v.object({
  ts: v.number(),
  path: v.string(),
  count: v.number(),
  totalCount: v.number(),
  limitApplied: v.number(),
  nextOffset: v.nullable(v.number()),
  hasMore: v.boolean(),
  defaults: v.object({ modelProvider: v.nullable(v.string()), model: v.nullable(v.string()), contextTokens: v.nullable(v.number()) }),
  sessions: v.array(Row),
})

export const SessionsPreviewParams = v.strictObject({ keys: v.pipe(v.array(key), v.minLength(1), v.maxLength(64)), limit: v.optional(count(1, 100)), maxChars: v.optional(count(20, 100_000)) })
export const SessionsPreviewResult = v.object({
  ts: v.number(),
  previews: v.array(v.object({
    key: v.string(),
    status: v.picklist(['ok', 'empty', 'missing', 'error']),
    items: v.array(v.object({ role: v.picklist(['user', 'assistant', 'tool', 'system', 'other']), text: v.string() })),
  })),
})

/** `sessionKey` is another name of `key`. `sessionId` reads an archived transcript of the key. `cursor` is the `nextCursor` of the page before. */
export const SessionsGetParams = v.strictObject({
  key: v.optional(key), sessionKey: v.optional(key), agentId: v.optional(text), sessionId: v.optional(text),
  limit: v.optional(count(1, 1000)), cursor: v.optional(v.pipe(v.string(), v.regex(/^\d{1,15}$/))),
})
export const ArchiveShape = v.object({ sessionId: v.string(), key: v.string(), log: v.string(), archivedAt: v.number(), reason: v.string(), bytes: v.number() })
export const SessionsGetResult = v.object({
  ts: v.number(),
  key: v.string(),
  session: v.nullable(Row),
  messages: v.array(v.looseObject({ role: v.picklist(['user', 'assistant', 'toolResult']), timestamp: v.number() })),
  nextCursor: v.optional(v.string()),
  /** Newest first, at most 100. */
  archives: v.array(ArchiveShape),
})

const shortId = v.pipe(v.string(), v.minLength(4), v.maxLength(64))
export const SessionsResolveParams = v.strictObject({
  key: v.optional(key), sessionId: v.optional(text), label: v.optional(label), shortId: v.optional(shortId),
  reference: v.optional(v.strictObject({ key, slug: v.optional(text) })),
  slugHint: v.optional(text), agentId: v.optional(text), spawnedBy: v.optional(text),
  includeGlobal: flag, includeUnknown: flag, allowMissing: flag,
})
export const SessionsResolveResult = v.object({ ok: v.boolean(), key: v.optional(v.string()), sessionId: v.optional(v.string()), agentId: v.optional(v.string()) })

const mode = v.optional(v.nullable(v.picklist(['read-only', 'guarded', 'workspace', 'full'])))
const overrides = v.optional(v.nullable(v.looseObject({})))
const names = v.optional(v.nullable(v.pipe(v.array(text), v.maxLength(1000))))

/** What nothing here acts on is refused by name (NEXUS_SESSIONS_UNSUPPORTED). `null` clears a setting. */
export const SessionsPatchParams = v.strictObject({
  key, agentId: v.optional(text), expectedSessionId: v.optional(text),
  label: v.optional(v.nullable(label)),
  thinkingLevel: clearable, verboseLevel: clearable, reasoningLevel: clearable,
  responseUsage: v.optional(v.nullable(usageModes)), elevatedLevel: clearable,
  execHost: clearable, execSecurity: clearable, execAsk: clearable, execNode: clearable,
  model: clearable, spawnedBy: clearable, spawnDepth: v.optional(v.nullable(count(0, 100))),
  sendPolicy: v.optional(v.nullable(v.picklist(['allow', 'deny']))),
  groupActivation: v.optional(v.nullable(v.picklist(['mention', 'always']))),
  queueMode: v.optional(v.nullable(queueModes)),
  // Of the later generation, known and refused.
  expectedLifecycleRevision: v.optional(text), expectedPermissionMode: mode, expectedSandboxMode: v.optional(v.nullable(v.literal('off'))),
  expectedNativeRuntimeConsent: clearable, expectedToolOverrides: overrides, expectedMarkedUnreadAt: v.optional(v.nullable(v.number())),
  autoLabel: v.optional(v.nullable(label)), icon: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(1024)))), color: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(1024)))), category: v.optional(v.nullable(label)),
  boardFace: v.optional(v.picklist(['chat', 'dashboard'])), boardPresentation: v.optional(v.nullable(v.picklist(['split', 'expanded']))),
  statusNote: v.optional(v.nullable(v.pipe(v.string(), v.maxLength(120)))),
  attention: v.optional(v.nullable(v.picklist(['hand', 'key', 'alert', 'flag', 'lock', 'hourglass']))),
  ttlMinutes: v.optional(count(1, 120)), archived: flag, pinned: flag, unread: flag, contextWindow: clearable,
  fastMode: v.optional(v.nullable(v.union([v.boolean(), v.literal('auto')]))), toolOverrides: overrides, traceLevel: clearable,
  permissionMode: mode, sandboxMode: v.optional(v.nullable(v.literal('off'))), nativeRuntimeConsent: clearable, agentRuntime: clearable,
  completionOwnerSessionKey: clearable, inheritedToolPolicyVersion: v.optional(v.nullable(v.literal(1))), inheritedToolAllow: names, inheritedToolDeny: names,
})
const Entry = v.object({ sessionId: v.string(), updatedAt: v.number(), ...wireSettings })
export const SessionsPatchResult = v.object({ ok: v.literal(true), path: v.string(), key: v.string(), entry: Entry })

export const SessionsResetParams = v.strictObject({ key, agentId: v.optional(text), reason: v.optional(v.picklist(['new', 'reset'])), expectedSessionId: v.optional(text) })
export const SessionsResetResult = v.object({ ok: v.literal(true), key: v.string(), entry: Entry, archived: v.array(v.string()) })

export const SessionsDeleteParams = v.strictObject({
  key, agentId: v.optional(text), deleteTranscript: flag, expectedSessionId: v.optional(text),
  expectedLifecycleRevision: v.optional(text), expectedSessionUpdatedAt: v.optional(v.pipe(v.number(), v.minValue(0))), emitLifecycleHooks: flag, archivedOnly: flag,
})
export const SessionsDeleteResult = v.object({ ok: v.literal(true), key: v.string(), deleted: v.boolean(), archived: v.array(v.string()) })

/** `maxLines`: about how many of the last entries to keep word for word. */
export const SessionsCompactParams = v.strictObject({ key, agentId: v.optional(text), maxLines: v.optional(count(1, 1_000_000)) })
export const SessionsCompactResult = v.object({
  ok: v.literal(true), key: v.string(), compacted: v.boolean(), reason: v.optional(v.string()),
  entryId: v.optional(v.string()), firstKeptEntryId: v.optional(v.string()), tokensBefore: v.optional(v.number()),
})

/** One piece of another program's transcript, counted from 0. With `open` its last line goes on in the next piece; with `done` the session is complete and opens. */
export const SessionsImportParams = v.strictObject({
  key, sessionId: v.pipe(v.string(), v.regex(/^[a-z0-9_][a-z0-9_-]{0,99}$/)),
  piece: count(0, 100_000_000), lines: v.pipe(v.array(v.pipe(v.string(), v.maxLength(8 * 1024 * 1024))), v.maxLength(2000)), open: flag,
  done: v.optional(v.strictObject({ createdAt: v.number(), updatedAt: v.number(), settings: v.optional(v.strictObject(wireSettings), {}) })),
  replace: flag,
})
/** `same`: it was imported before and is left as it is. `other`: the key has a session of its own; `replace` would archive that. */
export const SessionsImportResult = v.object({ status: v.picklist(['more', 'imported', 'same', 'other']), key: v.string() })

export const InterruptedRunSchema = v.object({
  runId: v.string(), sessionKey: v.string(), sessionId: v.string(), agent: v.string(), label: v.string(), trace: v.string(),
  idempotencyKey: v.optional(v.string()), acceptedAt: v.number(), started: v.boolean(),
})
export const SessionsChanged = v.object({
  sessionKey: v.string(), agentId: v.string(), sessionId: v.optional(v.string()),
  reason: v.picklist(['create', 'patch', 'new', 'reset', 'daily', 'idle', 'delete', 'compact', 'import']), label: v.nullable(v.string()), ts: v.number(),
})
