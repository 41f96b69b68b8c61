/** Shapes of the methods about agents and runs. */
import * as v from 'valibot'

const text = v.string()
const time = v.number()

export const AgentsListResult = v.strictObject({
  defaultId: text, mainKey: text, scope: v.picklist(['per-sender', 'global']),
  agents: v.array(v.strictObject({ id: text, name: v.optional(text), identity: v.optional(v.strictObject({ name: v.optional(text), emoji: v.optional(text), avatar: v.optional(text) })) })),
})
export const AgentsGetResult = v.strictObject({
  id: text, name: v.optional(text), model: v.optional(text), fallbacks: v.optional(v.array(text)), thinking: v.optional(text), workspace: v.optional(text),
  timeoutMs: v.number(), maxSteps: v.number(), tools: v.optional(v.record(text, v.unknown())),
  compaction: v.record(text, v.unknown()), pruning: v.record(text, v.unknown()), bootstrap: v.array(text), systemChars: v.number(), subagents: v.record(text, v.unknown()),
})

export const Step = v.strictObject({ at: time, what: v.picklist(['route', 'ask', 'answer', 'tool', 'result', 'compaction', 'joined', 'end']), text, ms: v.optional(v.number()), isError: v.optional(v.boolean()) })
const known = {
  runId: text, agentId: text, sessionKey: v.optional(text), parentRunId: v.optional(text), label: text, trace: text,
  status: v.picklist(['ok', 'aborted', 'timeout', 'error', 'interrupted', 'running']), startedAt: time, endedAt: v.optional(time),
  model: v.optional(text), steps: v.number(), tokens: v.number(), error: v.optional(text), joined: v.optional(text), silent: v.optional(v.literal(true)), tier: v.optional(text),
}
export const Row = v.strictObject(known)
export const Record = v.strictObject({ ...known, chars: v.number(), firstMs: v.optional(v.number()), timeline: v.array(Step), left: v.number(), reasons: v.optional(v.array(text)) })

export const RunsListParams = v.optional(v.strictObject({
  limit: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200)), 50),
  sessionKey: v.optional(v.pipe(text, v.minLength(1), v.maxLength(512))), agentId: v.optional(v.pipe(text, v.minLength(1), v.maxLength(64))),
}), {})
export const RunsListResult = v.strictObject({ runs: v.array(Row) })
export const RunsGetResult = v.strictObject({ run: Record })
