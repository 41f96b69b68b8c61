/** Puts what is known together. Pure. */
import type { Inspection } from 'nexus-gateway/sdk'
import type { AgentHealth, EventLoop, HealthPart, HealthSnapshot, SessionSummary, Status } from './contract.ts'

export interface Known {
  readonly plugins: readonly Inspection[]
  readonly parts: readonly HealthPart[]
  readonly sessions: SessionSummary
  readonly eventLoop: EventLoop
}

/** Clients of the protocol expect one agent at least; without a heartbeat of its own it has none. */
export const defaultAgent = 'main'
const noHeartbeat: AgentHealth['heartbeat'] = { enabled: false, every: 'off', everyMs: null, prompt: '', target: 'none', ackMaxChars: 0 }

export function snapshotOf({ plugins, parts, sessions, eventLoop }: Known, ts: number, durationMs: number): HealthSnapshot {
  const agents = parts.flatMap((part) => part.agents ?? [])
  return {
    ok: true, ts, durationMs,
    plugins: pluginHealth(plugins),
    channels: Object.assign({}, ...parts.map((part) => part.channels)) as HealthSnapshot['channels'],
    channelOrder: parts.flatMap((part) => part.channelOrder ?? []),
    channelLabels: Object.assign({}, ...parts.map((part) => part.channelLabels)) as HealthSnapshot['channelLabels'],
    heartbeatSeconds: Math.max(0, ...parts.map((part) => part.heartbeatSeconds ?? 0)),
    defaultAgentId: agents.find((agent) => agent.isDefault)?.agentId ?? defaultAgent,
    agents: agents.length > 0 ? agents : [{ agentId: defaultAgent, isDefault: true, heartbeat: noHeartbeat, sessions }],
    sessions, eventLoop,
  }
}

/**
 * What everybody who is in may know: that the gateway lives, and how busy it is. Whom it talks to, what it is made of,
 * where it lives and what went wrong with it is for those who may read. All fields stay, as the protocol's clients expect.
 */
export function glimpseOf({ ts, durationMs, heartbeatSeconds, eventLoop }: HealthSnapshot): HealthSnapshot {
  const sessions: SessionSummary = { path: '', count: 0, recent: [] }
  return snapshotOf({ plugins: [], parts: [{ heartbeatSeconds }], sessions, eventLoop }, ts, durationMs)
}

function pluginHealth(plugins: readonly Inspection[]): HealthSnapshot['plugins'] {
  return {
    loaded: plugins.filter(({ state }) => state === 'active').map(({ id }) => id),
    errors: plugins.filter(({ state }) => state === 'failed').map(({ id, origin, error }) => ({ id, origin, activated: false, error: error?.message ?? 'failed' })),
    unavailable: plugins.filter(({ state }) => state === 'blocked').map(({ id, error }) => ({
      id, state: 'configured-unavailable', diagnostic: { kind: 'plugin-verification', reason: error?.code ?? 'blocked', detail: error?.message ?? 'blocked' },
    })),
  }
}

/** The gateway runs all it was told to, or says what it does not. */
export function modeOf(plugins: readonly Inspection[], parts: readonly HealthPart[]): Pick<Status, 'mode' | 'reasons'> {
  const amiss = plugins.filter(({ state }) => state === 'failed' || state === 'blocked').map(({ id, error }) => error?.message ?? `plugin "${id}" does not run`)
  const reasons = [...amiss, ...parts.flatMap((part) => part.degraded ?? [])]
  return { mode: parts.some(({ safe }) => safe) ? 'safe' : reasons.length > 0 ? 'degraded' : 'normal', reasons }
}

export function pluginRows(plugins: readonly Inspection[]): Status['plugins'] {
  return plugins.map(({ id, state, version, error }) => ({ id, state, ...(version && { version }), ...(error && { error: error.message }) }))
}
