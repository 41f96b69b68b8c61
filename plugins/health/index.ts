import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { allows, connectionClosed, connectionHello, connectionOpened, definePlugin, KernelControl, optional } from 'nexus-gateway/sdk'
import type { Call, Connection, RouteContext } from 'nexus-gateway/sdk'
import { Sessions } from '../sessions/contract.ts'
import { createCheckups, type Checkup } from './checkup.ts'
import { health, budgetsChecked, healthChecked, type BudgetLine, type HealthPart, type HealthSnapshot, type SessionSummary, type Status } from './contract.ts'
import { monitorLoop } from './loop.ts'
import { describeGateway } from './machine.ts'
import { checkPing } from './ping.ts'
import { createPresence } from './presence.ts'
import { defaultAgent, glimpseOf, modeOf, pluginRows, type Known } from './snapshot.ts'

const minute = 60_000
/** A health that somebody asks for, and one that a newcomer gets. */
const freshMs = 1_000
/** Entries in `hello-ok` and in events, and in the answer to `system-presence`. */
const shownPresent = 100
const mostPresent = 1_000
const recentSessions = 5
const shownBudgets = 100

const sessionDefaults = { defaultAgentId: defaultAgent, mainKey: 'main', mainSessionKey: `agent:${defaultAgent}:main`, scope: 'per-sender' }
const mayRead = ({ caller }: Connection): boolean => allows(caller, 'operator.read')
const live = '{"ok":true,"status":"live"}'
const json = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }

export default definePlugin({
  ...health,
  requires: { kernel: KernelControl, sessions: optional(Sessions) },
  capabilities: ['kernel:control', 'tap:connection.hello', 'tap:connection.opened', 'tap:connection.closed'],
  safe: true,
  setup(ctx) {
    const { kernel, sessions } = ctx.deps
    const now = (): number => ctx.clock.now()
    const uptimeMs = (): number => Math.max(0, now() - kernel.startedAt)
    const loop = ctx.scope.use(monitorLoop(), 'monitor of the event loop')
    const about = describeGateway(kernel.version, randomUUID())
    const presence = createPresence(() => ({ ...about, ts: now() }), now)
    // They must only grow, also when a reload begins anew; nothing changes a thousand times a second.
    const stateVersion = { presence: uptimeMs(), health: uptimeMs() }
    const checkups = createCheckups(look, now, () => stateVersion.health++)
    let announced = false

    for (const connection of kernel.connections()) presence.opened(connection)
    ctx.tap(connectionHello, hello)
    ctx.tap(connectionOpened, opened)
    ctx.tap(connectionClosed, (connection) => {
      presence.closed(connection)
      announce()
    })
    ctx.scope.interval(async () => tell(await checkups.atMost(0), kernel.connections()), minute)

    async function look(): Promise<Known> {
      const [parts, summary] = await Promise.all([ctx.invoke(healthChecked), summarize()])
      return { plugins: kernel.list(), parts: [...parts, ...summary.parts], sessions: summary.sessions, eventLoop: loop.sample() }
    }

    async function summarize(): Promise<{ sessions: SessionSummary; parts: HealthPart[] }> {
      const path = join(ctx.paths.state, 'sessions')
      try {
        const { sessions: rows, total } = await sessions?.list({ limit: recentSessions }) ?? { sessions: [], total: 0 }
        return { sessions: { path, count: total, recent: rows.map(({ key, updatedAt }) => ({ key, updatedAt, age: Math.max(0, now() - updatedAt) })) }, parts: [] }
      } catch (error) {
        // Health that fails with what it reports on would be of no use.
        ctx.log.warn('sessions cannot be listed', { error })
        return { sessions: { path, count: 0, recent: [] }, parts: [{ degraded: ['sessions cannot be listed'] }] }
      }
    }

    async function hello(snapshot: Record<string, unknown>, connection: Connection): Promise<Record<string, unknown>> {
      const common = { ...snapshot, sessionDefaults, stateVersion: { ...stateVersion } }
      // Whoever may not ask is not told either.
      if (!mayRead(connection)) return common
      const { health: known } = await checkups.atMost(minute)
      return { ...common, presence: presence.list(shownPresent, connection), health: known, stateVersion: { ...stateVersion } }
    }

    async function opened(connection: Connection): Promise<void> {
      presence.opened(connection)
      announce()
      tell(await checkups.atMost(freshMs), [connection])
    }

    /** The event is public, so every one is addressed: without `to` it would reach whoever is just coming in. */
    function tell({ health: known }: Checkup, connections: readonly Connection[]): void {
      const send = (payload: HealthSnapshot, to: readonly Connection[]): void => {
        if (to.length > 0) ctx.emit('health', payload, { lossy: true, stateVersion: { ...stateVersion }, to: to.map(({ id }) => id) })
      }
      send(known, connections.filter(mayRead))
      send(glimpseOf(known), connections.filter((one) => !mayRead(one)))
    }

    /** Many who come at once are announced together: everybody is told of everybody, so the cost grows by the square. */
    function announce(): void {
      stateVersion.presence++
      if (announced) return
      announced = true
      ctx.scope.timeout(() => {
        announced = false
        ctx.emit('presence', { presence: presence.list(shownPresent) }, { lossy: true, stateVersion: { ...stateVersion } })
      }, Math.min(2_000, 100 + kernel.connections().length))
    }

    async function status(): Promise<Status> {
      const [{ plugins, parts, eventLoop, sessions: summary }, budgets] = await Promise.all([checkups.atMost(freshMs), budgetLines()])
      const { rss, heapUsed, heapTotal, external } = process.memoryUsage()
      return {
        runtimeVersion: kernel.version,
        ...modeOf(plugins, parts),
        phase: kernel.phase(),
        startedAt: kernel.startedAt,
        uptimeMs: uptimeMs(),
        pid: process.pid,
        node: process.versions.node,
        memory: { rssBytes: rss, heapUsedBytes: heapUsed, heapTotalBytes: heapTotal, externalBytes: external },
        eventLoop,
        plugins: pluginRows(plugins),
        connections: kernel.connections().length,
        sessions: summary,
        ...(budgets.length > 0 && { budgets }),
      }
    }
    const budgetLines = async (): Promise<BudgetLine[]> => (await ctx.invoke(budgetsChecked)).flat().slice(0, shownBudgets)

    function readyz(c: RouteContext, call: Call): Response {
      const phase = kernel.phase()
      const ready = phase === 'ready'
      const code = ready ? 200 : 503
      if (call.caller.role === 'none') return c.body(null, code, { 'cache-control': 'no-store', 'content-length': '0' })
      const { mode } = modeOf(kernel.list(), [])
      return c.body(JSON.stringify({ ready, failing: ready ? [] : [phase], mode, uptimeMs: uptimeMs(), eventLoop: loop.sample() }), code, json)
    }
    const healthz = (c: RouteContext): Response => c.body(live, 200, json)

    return {
      methods: {
        health: async ({ probe, deep }) => (await checkups.atMost(probe || deep ? 0 : freshMs)).health,
        status: () => status(),
        ping(params) {
          checkPing(params.data)
          return params
        },
        'system-presence': () => presence.list(mostPresent),
      },
      routes: { 'GET /healthz': healthz, 'GET /health': healthz, 'GET /readyz': readyz, 'GET /ready': readyz },
    }
  },
})
