import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'
import { connectionClosed, connectionHello, connectionOpened, definePlugin, nobody } from 'nexus-gateway/sdk'
import type { Connection, NexusError, RouteContext } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import health from '../../plugins/health/index.ts'
import { budgetsChecked, healthChecked, HealthSnapshot, PresenceEntry, type BudgetLine } from '../../plugins/health/contract.ts'
import { checkPing, pingLimit } from '../../plugins/health/ping.ts'
import { Sessions, type SessionsApi } from '../../plugins/sessions/contract.ts'

const reader = { id: 'token', role: 'operator', label: 'operator', scopes: new Set(['operator.read']) } as const
const connection = (id: string, over: Partial<Connection> = {}): Connection => ({
  id, protocol: 4, caps: [], caller: reader, remote: '192.0.2.7', openedAt: Date.UTC(2026, 0, 1),
  client: { id: 'gateway-client', mode: 'backend', version: '1.0.0', platform: 'linux' }, ...over,
})
/** Stands in for a gateway: says who is connected, and fires its hooks. */
function gateway(k: TestKernel) {
  const here = new Map<string, Connection>()
  k.kernel.connectionsFrom({ list: () => [...here.values()], end: () => {}, doors: () => [] })
  return {
    async open(c: Connection) {
      const snapshot = await k.invoke(connectionHello, { presence: [], health: {}, uptimeMs: 1 }, c)
      here.set(c.id, c)
      await k.invoke(connectionOpened, c)
      return snapshot
    },
    async close(c: Connection) {
      here.delete(c.id)
      await k.invoke(connectionClosed, c)
    },
  }
}
async function get(k: TestKernel, path: string, caller: typeof reader | typeof nobody): Promise<Response> {
  const verb = [...k.kernel.routes.values()].flatMap((group) => group.routes).find((r) => r.method === 'GET' && r.path === path)?.verb
  if (!verb) throw new Error(`no route ${path}`)
  const c = { body: (body: string | null, status: number, headers: Record<string, string>) => new Response(body, { status, headers }) } as unknown as RouteContext
  return k.kernel.dispatchRoute(verb, c, { caller, transport: 'http' })
}

describe('ping', () => {
  test('answers what came, as it came', async () => {
    await using k = await testKernel({ plugins: [health] })
    for (const params of [{}, { data: 'x'.repeat(400) }, { data: null }, { data: [1, { a: 'ü' }] }, { data: 0 }]) {
      expect(await k.call('ping', params)).toEqual(params)
    }
  })

  test('takes 64 KiB and not a byte more', async () => {
    await using k = await testKernel({ plugins: [health] })
    await expect(k.call('ping', { data: 'x'.repeat(pingLimit) })).resolves.toBeDefined()
    for (const data of ['x'.repeat(pingLimit + 1), 'ü'.repeat(pingLimit / 2 + 1), Array(pingLimit).fill(1), { a: 'x'.repeat(pingLimit) }]) {
      await expect(k.call('ping', { data })).rejects.toMatchObject({ code: 'NEXUS_HEALTH_PING_TOO_LARGE' })
    }
  })

  test('is not taken in by depth', () => {
    let deep: unknown[] = []
    for (let i = 0; i < 1e5; i++) deep = [deep]
    expect(() => checkPing(deep)).toThrow(expect.objectContaining({ code: 'NEXUS_HEALTH_PING_TOO_LARGE' }))
  })

  test('stays synchronous', async () => {
    await using k = await testKernel({ plugins: [health] })
    expect(k.kernel.dispatch('ping', { data: 1 }, { caller: reader, transport: 'ws' })).toEqual({ data: 1 })
  })

  test.each(['ping', 'health', 'status', 'system-presence'])('%s needs operator.read', async (name) => {
    await using k = await testKernel({ plugins: [health] })
    await expect(k.call(name, {}, { scopes: ['operator.approvals'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call(name, {}, { scopes: ['operator.read'] })).resolves.toBeDefined()
    await expect(k.call(name, { nonsense: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })
})

describe('health and status', () => {
  const broken = definePlugin({ id: 'broken', setup() { throw new Error('no luck') } })
  const held = definePlugin({ id: 'held', requires: { sessions: Sessions }, setup() {} })

  test('tell what runs and what does not, and why', async () => {
    await using k = await testKernel({ plugins: [health, broken, held], lenient: true })
    expect(await k.call('health')).toMatchObject({
      ok: true,
      plugins: { loaded: expect.arrayContaining(['health']), errors: [{ id: 'broken', activated: false, error: expect.stringContaining('no luck') }], unavailable: [{ id: 'held', state: 'configured-unavailable' }] },
    })
    expect(await k.call('status')).toMatchObject({
      mode: 'degraded', phase: 'ready', pid: process.pid, runtimeVersion: 'test',
      reasons: [expect.stringContaining('broken'), expect.stringContaining('held')],
      plugins: expect.arrayContaining([expect.objectContaining({ id: 'health', state: 'active' }), expect.objectContaining({ id: 'broken', state: 'failed' })]),
    })
  })

  test('are normal when all is well', async () => {
    await using k = await testKernel({ plugins: [health] })
    await k.clock.advance(5_000)
    expect(await k.call('status')).toMatchObject({ mode: 'normal', reasons: [], uptimeMs: 5_000, connections: 0, sessions: { count: 0, recent: [] } })
  })

  test('hold what features add, and no feature can break them', async () => {
    const feature = definePlugin({ id: 'feature', setup(ctx) { ctx.tap(healthChecked, () => ({ channels: { irc: { connected: false } }, channelOrder: ['irc'], channelLabels: { irc: 'IRC' }, heartbeatSeconds: 1800, degraded: ['irc is not connected'] })) } })
    const bad = definePlugin({ id: 'bad', setup(ctx) { ctx.tap(healthChecked, () => { throw new Error('no') }) } })
    const k = await testKernel({ plugins: [health, feature, bad] })
    expect(await k.call('health')).toMatchObject({ channels: { irc: { connected: false } }, channelOrder: ['irc'], channelLabels: { irc: 'IRC' }, heartbeatSeconds: 1800 })
    expect(await k.call('status')).toMatchObject({ mode: 'degraded', reasons: ['irc is not connected'] })
    await k.kernel.close()
  })

  test('show sessions, and that they cannot be listed', async () => {
    let works = true
    const sessions = { list: async () => { if (!works) throw new Error('disk'); return { total: 12, sessions: [{ key: 'agent:main:main', updatedAt: Date.UTC(2026, 0, 1) }] } } } as unknown as SessionsApi
    await using k = await testKernel({ plugins: [health], provide: [[Sessions, sessions]] })
    await k.clock.advance(2_000)
    expect(await k.call('status')).toMatchObject({ mode: 'normal', sessions: { count: 12, recent: [{ key: 'agent:main:main', age: 2_000 }] } })
    works = false
    await k.clock.advance(2_000)
    expect(await k.call('status')).toMatchObject({ mode: 'degraded', reasons: ['sessions cannot be listed'] })
  })

  test('are looked at once for all who ask within a second', async () => {
    let looks = 0
    const counter = definePlugin({ id: 'counter', setup(ctx) { ctx.tap(healthChecked, async () => { looks++; return {} }) } })
    await using k = await testKernel({ plugins: [health, counter] })
    await Promise.all(Array.from({ length: 50 }, () => k.call('health')))
    expect(looks).toBe(1)
    await k.clock.advance(999)
    await k.call('health')
    expect(looks).toBe(1)
    await k.call('health', { probe: true })
    expect(looks).toBe(2)
  })
})

test('what is left of a budget is that of the moment, however young the health', async () => {
  let usd = 5
  const budgets = (): BudgetLine[] => [{ id: 'global/day', per: 'day', limit: { usd: 5 }, left: { usd }, percent: 0, resetsAt: null, timeZone: 'UTC' }]
  const keeper = definePlugin({ id: 'keeper', setup(ctx) { ctx.tap(budgetsChecked, budgets) } })
  await using k = await testKernel({ plugins: [health, keeper] })
  expect(await k.call('status')).toMatchObject({ budgets: [{ left: { usd: 5 } }] })
  usd = 1
  expect(await k.call('status')).toMatchObject({ budgets: [{ left: { usd: 1 } }] })
})

describe('a connection', () => {
  test('finds itself, the gateway and the health in its hello', async () => {
    await using k = await testKernel({ plugins: [health] })
    const snapshot = await gateway(k).open(connection('a'))
    expect(snapshot).toMatchObject({
      presence: [{ mode: 'gateway', reason: 'self' }, { host: 'gateway-client', mode: 'backend', reason: 'connect', roles: ['operator'], scopes: ['operator.read'], ip: '192.0.2.7' }],
      health: { ok: true }, stateVersion: { presence: expect.any(Number), health: expect.any(Number) }, uptimeMs: 1,
      sessionDefaults: { defaultAgentId: 'main', mainKey: 'main', mainSessionKey: 'agent:main:main', scope: 'per-sender' },
    })
  })

  test('without operator.read is told of nobody', async () => {
    await using k = await testKernel({ plugins: [health] })
    const g = gateway(k)
    await g.open(connection('a'))
    const snapshot = await g.open(connection('b', { caller: { ...reader, scopes: new Set(['operator.approvals']) } })) as Record<string, unknown>
    expect(snapshot).toMatchObject({ presence: [], health: {}, sessionDefaults: { defaultAgentId: 'main' } })
  })

  test('gets the health by itself, and everybody gets it every minute', async () => {
    await using k = await testKernel({ plugins: [health] })
    const g = gateway(k)
    await g.open(connection('a'))
    const healths = () => k.events.filter((e) => e.name === 'health')
    expect(healths()).toMatchObject([{ access: 'public', options: { to: ['a'], lossy: true, stateVersion: { health: expect.any(Number) } }, payload: { ok: true } }])
    await g.open(connection('b'))
    await k.clock.advance(60_000)
    await k.settled()
    expect(healths()).toHaveLength(3)
    expect(healths()[2]).toMatchObject({ access: 'public', options: { to: ['a', 'b'] } })
  })

  test('of whatever role and without any scope gets the health, and in it nothing that is for readers', async () => {
    const sessions = { list: async () => ({ total: 1, sessions: [{ key: 'agent:main:signal:direct:+4912345', updatedAt: Date.UTC(2026, 0, 1) }] }) } as unknown as SessionsApi
    const agent = { agentId: 'private', name: 'Private', isDefault: true, heartbeat: { enabled: true, every: '30m', everyMs: 1_800_000, prompt: 'private', target: 'private', ackMaxChars: 30 }, sessions: { path: '/private', count: 1, recent: [] } }
    const feature = definePlugin({ id: 'private-feature', setup(ctx) { ctx.tap(healthChecked, () => ({ channels: { private: {} }, channelOrder: ['private'], channelLabels: { private: 'Private' }, heartbeatSeconds: 1800, agents: [agent], degraded: ['private'] })) } })
    const broken = definePlugin({ id: 'private-broken', setup() { throw new Error('private') } })
    const node = { id: 'n', role: 'node', label: 'node', scopes: new Set<string>() } as const
    await using k = await testKernel({ plugins: [health, feature, broken], provide: [[Sessions, sessions]], lenient: true })
    const g = gateway(k)
    await g.open(connection('reader'))
    await g.open(connection('node', { caller: node }))
    await g.open(connection('other', { caller: { ...reader, scopes: new Set(['operator.approvals']) } }))
    await k.clock.advance(60_000)
    await k.settled()
    const told = k.events.filter((e) => e.name === 'health').map(({ payload, options }) => ({ to: [...options.to!], payload: payload as HealthSnapshot }))
    expect(told.map(({ to }) => to)).toEqual([['reader'], ['node'], ['other'], ['reader'], ['node', 'other']])
    for (const { to, payload } of told) {
      expect(v.is(HealthSnapshot, payload)).toBe(true)
      expect(payload).toMatchObject({ ok: true, heartbeatSeconds: 1800, eventLoop: { utilization: expect.any(Number) } })
      const text = JSON.stringify(payload)
      for (const secret of ['rivate', '+49', '/nowhere', '"health"']) expect([to, secret, text.includes(secret)]).toEqual([to, secret, to[0] === 'reader'])
    }
  })

  test('of a node on the wire hears it', async () => {
    await using k = await testKernel({ plugins: [health] })
    const client = await k.connect({ role: 'node', caller: { id: 'n', role: 'node', scopes: new Set(), label: 'node' } })
    const heard = new Promise((resolve) => { client.on('health', resolve) })
    await k.clock.advance(60_000)
    expect(client.hello?.features.events).toContain('health')
    expect(client.hello?.features.events).not.toContain('presence')
    expect(await heard).toMatchObject({ ok: true, plugins: { loaded: [] }, sessions: { path: '', recent: [] } })
  })

  test('that comes or goes is announced; many at once, together', async () => {
    await using k = await testKernel({ plugins: [health] })
    const g = gateway(k)
    const all = Array.from({ length: 300 }, (_, i) => connection(`c${i}`))
    for (const c of all) await g.open(c)
    const presences = () => k.events.filter((e) => e.name === 'presence')
    await k.clock.advance(2_000)
    expect(presences().length).toBeLessThanOrEqual(2)
    expect(presences().at(-1)?.payload).toMatchObject({ presence: { length: 101 } })
    expect((await k.call('system-presence') as unknown[])).toHaveLength(301)
    const before = presences().length
    await g.close(all[0] as Connection)
    await k.clock.advance(2_000)
    expect(presences()).toHaveLength(before + 1)
  })

  test('is still known after a reload, and versions only grow', async () => {
    await using k = await testKernel({ plugins: [health] })
    const g = gateway(k)
    await g.open(connection('a'))
    await k.clock.advance(1_000)
    const first = await g.open(connection('b')) as { stateVersion: { presence: number; health: number } }
    await k.clock.advance(1_000)
    await k.reload('health')
    const second = await g.open(connection('c')) as typeof first & { presence: unknown[] }
    expect(second.presence).toHaveLength(4)
    expect(second.stateVersion.presence).toBeGreaterThanOrEqual(first.stateVersion.presence)
    expect(second.stateVersion.health).toBeGreaterThanOrEqual(first.stateVersion.health)
  })
})

describe('presence', () => {
  let entries: Record<string, unknown>[]
  let later: Record<string, unknown>[]
  beforeAll(async () => {
    await using k = await testKernel({ plugins: [health] })
    const g = gateway(k)
    const phone = connection('phone', { client: { id: 'x', mode: 'ui', version: '1', platform: 'ios', displayName: 'Ann\u202e\u001b[2J\u2028s phone', instanceId: 'i-1' } })
    await g.open(connection('local', { remote: '127.0.0.1' }))
    for (let i = 0; i < 80; i++) {
      const c = connection(`gone${i}`)
      await g.open(c)
      await g.close(c)
    }
    await g.open(phone)
    await g.close(phone)
    await g.open({ ...phone, id: 'again' })
    entries = await k.call('system-presence') as Record<string, unknown>[]
    await k.clock.advance(5 * 60_000 + 1)
    later = await k.call('system-presence') as Record<string, unknown>[]
  })

  test('has the protocol\'s shape, the gateway first', () => {
    for (const entry of entries) expect(v.is(PresenceEntry, entry)).toBe(true)
    expect(entries[0]).toMatchObject({ mode: 'gateway', reason: 'self', text: expect.stringMatching(/^Gateway: .* · mode gateway · reason self$/) })
  })
  test('shows names without what steers a terminal', () => {
    expect(entries.find((e) => e['instanceId'] === 'i-1')).toMatchObject({ host: 'Ann[2Js phone', text: 'Node: Ann[2Js phone (192.0.2.7) · mode ui' })
  })
  test('shows who came back once, and a loopback address never', () => {
    expect(entries.filter((e) => e['instanceId'] === 'i-1')).toMatchObject([{ reason: 'connect' }])
    expect(entries.some((e) => e['ip'] === '127.0.0.1')).toBe(false)
  })
  test('remembers at most 50 who left, of whom one is back, for five minutes', () => {
    expect(entries.filter((e) => e['reason'] === 'disconnect')).toHaveLength(49)
    expect(later.filter((e) => e['reason'] === 'disconnect')).toHaveLength(0)
  })
})

describe('probes', () => {
  test.each(['/healthz', '/health'])('%s is public and always the same', async (path) => {
    await using k = await testKernel({ plugins: [health] })
    const response = await get(k, path, nobody)
    expect([response.status, await response.text()]).toEqual([200, '{"ok":true,"status":"live"}'])
  })

  test.each(['/readyz', '/ready'])('%s is bare for strangers and has a body for the authenticated', async (path) => {
    await using k = await testKernel({ plugins: [health] })
    const bare = await get(k, path, nobody)
    expect([bare.status, await bare.text()]).toEqual([200, ''])
    const full = await get(k, path, reader)
    expect(full.status).toBe(200)
    expect(await full.json()).toMatchObject({ ready: true, failing: [], mode: 'normal', uptimeMs: expect.any(Number), eventLoop: { degraded: expect.any(Boolean) } })
  })

  test('/readyz is 503 once the gateway stops', async () => {
    const k = await testKernel({ plugins: [health] })
    const closing = k.kernel.close()
    const status = await get(k, '/readyz', nobody).then((response) => response.status, (error: NexusError) => error.status)
    expect(status).toBe(503)
    await closing
  })
})
