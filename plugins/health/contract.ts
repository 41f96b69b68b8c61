/**
 * What other plugins may rely on: probes, the gateway's state, and the hook by which a feature adds its own part to it.
 * Shapes that the protocol knows keep its names; all times are ms since the epoch, all durations ms.
 */
import * as v from 'valibot'
import { contract, event, hook, method, route } from 'nexus-gateway/sdk'

export { healthErrors } from './errors.ts'

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const amount = v.pipe(v.number(), v.minValue(0))
const text = v.string()

// ── Health ──────────────────────────────────────────────────────────────────────────────────────

export const EventLoop = v.strictObject({
  degraded: v.boolean(),
  /** How long it has been so. */
  degradedSinceMs: v.nullable(count),
  reasons: v.array(v.picklist(['event_loop_delay', 'event_loop_utilization', 'cpu'])),
  /** The time these figures are about. */
  intervalMs: amount,
  delayP99Ms: amount,
  delayMaxMs: amount,
  /** 0 to 1. */
  utilization: amount,
  /** Of one core. */
  cpuCoreRatio: amount,
})
export type EventLoop = v.InferOutput<typeof EventLoop>

const SessionSummary = v.strictObject({
  path: text,
  count,
  recent: v.array(v.strictObject({ key: text, updatedAt: v.nullable(count), age: v.nullable(count) })),
})
export type SessionSummary = v.InferOutput<typeof SessionSummary>

const AgentHealth = v.strictObject({
  agentId: text,
  name: v.optional(text),
  isDefault: v.boolean(),
  heartbeat: v.strictObject({ enabled: v.boolean(), every: text, everyMs: v.nullable(count), prompt: text, target: text, model: v.optional(text), session: v.optional(text), ackMaxChars: count }),
  sessions: SessionSummary,
})
export type AgentHealth = v.InferOutput<typeof AgentHealth>

const PluginHealth = v.strictObject({
  loaded: v.array(text),
  errors: v.array(v.strictObject({ id: text, origin: text, activated: v.boolean(), error: text })),
  /** Held up by another one. */
  unavailable: v.array(v.strictObject({
    id: text, state: v.literal('configured-unavailable'),
    diagnostic: v.strictObject({ kind: v.literal('plugin-verification'), reason: text, detail: text }),
  })),
})

export const HealthSnapshot = v.strictObject({
  /** As in the protocol always true: the gateway answers. What is amiss stands in `plugins` and in `status`. */
  ok: v.literal(true),
  ts: count,
  durationMs: amount,
  plugins: PluginHealth,
  channels: v.record(text, v.unknown()),
  channelOrder: v.array(text),
  channelLabels: v.record(text, text),
  /** 0: no heartbeat. */
  heartbeatSeconds: count,
  defaultAgentId: text,
  agents: v.array(AgentHealth),
  sessions: SessionSummary,
  eventLoop: EventLoop,
})
export type HealthSnapshot = v.InferOutput<typeof HealthSnapshot>

const Amounts = v.strictObject({ /** US dollars. */ usd: v.optional(amount), tokens: v.optional(amount) })
/** A budget: what is left of it, and when it begins anew. */
export const BudgetLine = v.strictObject({
  id: text,
  /** Whose, where the id does not tell. */
  of: v.optional(text),
  per: text,
  limit: Amounts,
  left: Amounts,
  /** Spent and held. */
  percent: amount,
  /** `null`: it is that of a run. */
  resetsAt: v.nullable(count),
  timeZone: text,
})
export type BudgetLine = v.InferOutput<typeof BudgetLine>

/** A feature's part of the gateway's health. */
export interface HealthPart {
  readonly channels?: Readonly<Record<string, unknown>>
  readonly channelOrder?: readonly string[]
  readonly channelLabels?: Readonly<Record<string, string>>
  readonly heartbeatSeconds?: number
  readonly agents?: readonly AgentHealth[]
  /** Why the gateway is not quite well, one line each, without secrets. */
  readonly degraded?: readonly string[]
  /** Only what is needed to look into a fault was started. */
  readonly safe?: boolean
}
/** Every feature answers with its part. Asked up to once a second, so answer from what is known. */
export const healthChecked = hook.collect<[], HealthPart>('health.checked', { onError: 'isolate' })
/** What may still be spent. Asked whenever somebody wants to know: a second ago it was more. */
export const budgetsChecked = hook.collect<[], readonly BudgetLine[]>('health.budgets', { onError: 'isolate' })

// ── Presence ────────────────────────────────────────────────────────────────────────────────────

export const PresenceEntry = v.strictObject({
  host: v.optional(text),
  ip: v.optional(text),
  version: v.optional(text),
  platform: v.optional(text),
  deviceFamily: v.optional(text),
  modelIdentifier: v.optional(text),
  mode: v.optional(text),
  /** `self`, `connect` or `disconnect`. */
  reason: v.optional(text),
  text: v.optional(text),
  ts: count,
  roles: v.optional(v.array(text)),
  scopes: v.optional(v.array(text)),
  instanceId: v.optional(text),
})
export type PresenceEntry = v.InferOutput<typeof PresenceEntry>

// ── Status ──────────────────────────────────────────────────────────────────────────────────────

export const Status = v.strictObject({
  runtimeVersion: text,
  /** `degraded`: it serves, and something it was told to run does not. */
  mode: v.picklist(['normal', 'degraded', 'safe']),
  /** Why, if not normal; one line each. */
  reasons: v.array(text),
  phase: v.picklist(['new', 'starting', 'ready', 'draining', 'closed']),
  startedAt: count,
  uptimeMs: count,
  pid: count,
  node: text,
  memory: v.strictObject({ rssBytes: count, heapUsedBytes: count, heapTotalBytes: count, externalBytes: count }),
  eventLoop: EventLoop,
  plugins: v.array(v.strictObject({ id: text, state: v.picklist(['active', 'failed', 'blocked', 'closing']), version: v.optional(text), error: v.optional(text) })),
  connections: count,
  sessions: SessionSummary,
  /** Left out where nothing keeps to any. */
  budgets: v.optional(v.array(BudgetLine)),
})
export type Status = v.InferOutput<typeof Status>

// ── The contract ────────────────────────────────────────────────────────────────────────────────

const flag = v.optional(v.boolean())
const Ping = v.strictObject({ data: v.optional(v.unknown()) })

export const health = contract({
  id: 'health',
  methods: {
    health: method({ scope: 'operator.read', params: v.strictObject({ probe: flag, deep: flag }), result: HealthSnapshot, summary: 'How the gateway is, at most a second old.' }),
    status: method({ scope: 'operator.read', params: v.strictObject({ probe: flag, deep: flag, includeChannelSummary: flag }), result: Status, summary: 'What runs, since when, and what is amiss.' }),
    ping: method({ scope: 'operator.read', params: Ping, result: Ping, summary: 'Answers `data`, up to 64 KiB, as it came.' }),
    'system-presence': method({ scope: 'operator.read', params: v.strictObject({}), result: v.array(PresenceEntry), summary: 'The gateway, who is connected, and who left of late.' }),
  },
  events: {
    // As in the protocol open to all who are in, nodes too; those who may not read get `glimpseOf` it.
    health: event({ scope: 'public', payload: HealthSnapshot, summary: 'After a connect, to the newcomer; every 60 s, to all.' }),
    presence: event({ scope: 'operator.read', payload: v.strictObject({ presence: v.array(PresenceEntry) }), summary: 'Somebody came or went.' }),
  },
  paths: ['/healthz', '/health', '/readyz', '/ready'],
  routes: {
    'GET /healthz': route({ scope: 'public', summary: 'Always the same: the process answers.' }),
    'GET /health': route({ scope: 'public', summary: 'As /healthz.' }),
    'GET /readyz': route({ scope: 'public', summary: '200 or 503; a body only for the authenticated.' }),
    'GET /ready': route({ scope: 'public', summary: 'As /readyz.' }),
  },
})
