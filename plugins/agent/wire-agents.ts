/** Shapes of the methods that set agents up, and of `agent`: the union of both generations of the protocol. */
import * as v from 'valibot'

const text = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max))
const any = v.optional(v.pipe(v.string(), v.maxLength(1024)))
const count = v.pipe(v.number(), v.integer(), v.minValue(0))
export const agentId = text(64)
const anything = v.record(v.string(), v.unknown())

// ── agent ───────────────────────────────────────────────────────────────────────────────────────

export const AgentParams = v.strictObject({
  message: v.pipe(v.string(), v.maxLength(2_000_000)),
  idempotencyKey: text(256),
  agentId: v.optional(agentId),
  sessionKey: v.optional(text(512)),
  sessionId: v.optional(text(256)),
  expectedExistingSessionId: v.optional(text(256)),
  provider: any,
  model: v.optional(text(256)),
  thinking: any,
  /** Seconds; 0 asks for no limit, and there is one all the same. */
  timeout: v.optional(count),
  extraSystemPrompt: v.optional(v.pipe(v.string(), v.maxLength(200_000))),
  label: v.optional(text(512)),
  lane: any,
  // Accepted only where they ask for nothing: see `ask.ts`.
  deliver: v.optional(v.boolean()), bestEffortDeliver: v.optional(v.boolean()),
  to: any, replyTo: any, channel: any, replyChannel: any, accountId: any, replyAccountId: any, threadId: any,
  groupId: any, groupChannel: any, groupSpace: any, spawnedBy: any, cwd: any,
  attachments: v.optional(v.array(v.unknown())), internalEvents: v.optional(v.array(v.unknown())),
  inputProvenance: v.optional(anything), swarmOutputSchema: v.optional(anything),
  promptMode: v.optional(v.picklist(['full', 'minimal', 'none'])),
  bootstrapContextMode: v.optional(v.picklist(['full', 'lightweight'])), bootstrapContextRunKind: v.optional(v.picklist(['default', 'heartbeat', 'cron'])),
  acpTurnSource: any, internalRuntimeHandoffId: any, execApprovalFollowupExpectedSessionId: any, voiceWakeTrigger: any,
  sessionEffects: v.optional(v.picklist(['visible', 'internal'])), sourceReplyDeliveryMode: v.optional(v.picklist(['automatic', 'message_tool_only'])),
  internalExecutionIdentityRetry: v.optional(v.boolean()), internalExecutionIdentityRecoveryAttempt: v.optional(count),
  modelRun: v.optional(v.boolean()), suppressPromptPersistence: v.optional(v.boolean()), disableMessageTool: v.optional(v.boolean()), swarmCollector: v.optional(v.boolean()),
  forceRestartSafeTools: v.optional(v.boolean()), forceCodeModeTools: v.optional(v.boolean()), cleanupBundleMcpOnRunEnd: v.optional(v.boolean()),
})
export type AgentAsk = v.InferOutput<typeof AgentParams>
/** `in_flight` and `ok`: begun before by the same idempotency key, and going on or over. */
export const AgentAccepted = v.strictObject({ runId: v.string(), status: v.picklist(['accepted', 'in_flight', 'ok']), acceptedAt: v.number(), sessionKey: v.string() })

// ── agents.* ────────────────────────────────────────────────────────────────────────────────────

const name = text(200)
const emoji = v.optional(text(64))
const avatar = v.optional(text(2000))
const workspace = v.optional(text(4096))

export const CreateParams = v.strictObject({ name, workspace, model: v.optional(text(256)), emoji, avatar })
export const CreateResult = v.strictObject({ ok: v.literal(true), agentId: v.string(), name: v.string(), workspace: v.string(), model: v.optional(v.string()) })
export const UpdateParams = v.strictObject({ agentId, name: v.optional(name), workspace, model: v.optional(v.nullable(text(256))), emoji, avatar, agentRuntime: v.optional(text(64)) })
export const UpdateResult = v.strictObject({ ok: v.literal(true), agentId: v.string() })
export const DeleteParams = v.strictObject({ agentId, deleteFiles: v.optional(v.boolean()) })
/** `failed`: files that were to be deleted and are still there. */
export const DeleteResult = v.strictObject({ ok: v.literal(true), agentId: v.string(), removedBindings: v.number(), failed: v.optional(v.array(v.strictObject({ path: v.string(), reason: v.string() }))) })
export const IdentityParams = v.optional(v.strictObject({ agentId: v.optional(agentId), sessionKey: v.optional(v.pipe(v.string(), v.maxLength(512))) }), {})
export const IdentityResult = v.strictObject({ agentId: v.string(), name: v.optional(v.string()), nameSource: v.optional(v.picklist(['config', 'default'])), emoji: v.optional(v.string()), avatar: v.optional(v.string()) })

const fileName = text(128)
/** `hash`: SHA-256 of the content, hexadecimal; known where the content is. */
const File = v.strictObject({ name: v.string(), path: v.string(), missing: v.boolean(), size: v.optional(v.number()), updatedAtMs: v.optional(v.number()), hash: v.optional(v.string()), content: v.optional(v.string()) })
export const FilesListParams = v.strictObject({ agentId })
export const FilesListResult = v.strictObject({ agentId: v.string(), workspace: v.string(), files: v.array(File) })
export const FilesGetParams = v.strictObject({ agentId, name: fileName })
export const FilesGetResult = v.strictObject({ agentId: v.string(), workspace: v.string(), file: File })
export const FilesSetParams = v.strictObject({ agentId, name: fileName, content: v.pipe(v.string(), v.maxLength(1_000_000)), expectedHash: v.optional(v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))) })
export const FilesSetResult = v.strictObject({ ok: v.literal(true), agentId: v.string(), workspace: v.string(), file: File })
