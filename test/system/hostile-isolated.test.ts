/** Hostile plugins, each in a process of its own: whatever they do, the gateway goes on, and says who it was. */
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient, type Client, type GatewayError } from 'nexus-gateway/sdk/client'
import type { IsolatedPlugin } from '../../plugins/isolation/contract.ts'
import { root } from '../fixtures/built.ts'
import { started, stateDir, type Started } from '../kernel/cli/spawn.ts'

const folder = join(root, 'test/fixtures/hostile')
const hostile = readdirSync(folder).filter((file) => file.endsWith('.mjs')).map((file) => basename(file, '.mjs'))
/** Behaves, and shares the gateway with all of them. */
const bystander = `import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({ id: 'bystander', methods: { 'bystander.hello': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'bystander.hello': () => 'hello' } }) })
`
const aSecond = 1_000

let state: string
let gateway: Started
let client: Client
let canary: Server
let packets = 0
let losses = 0
const strays: unknown[] = []

beforeAll(async () => {
  state = stateDir()
  writeFileSync(join(state, 'bystander.mjs'), bystander)
  const plugins = ['./bystander.mjs', ...hostile.map((id) => join(folder, `${id}.mjs`))]
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({ plugins, pluginPolicy: { trusted: [] } }), { mode: 0o600 })
  gateway = await started([], { state, env: { HOME: state, A_SECRET_OF_THE_HOST: 'seen' } })
  canary = createServer((socket) => { packets++; socket.destroy() }).listen(0, '127.0.0.1')
  client = createClient({ url: gateway.ready.url, token: readFileSync(join(state, 'auth', 'token'), 'utf8').trim(), onState: (now) => { if (now === 'waiting') losses++ } })
  client.on('plugins.progress', (payload) => void strays.push(payload))
  await client.call('ping')
}, 120_000)
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  canary.close()
  rmSync(state, { recursive: true, force: true })
})

interface Tried { readonly answer?: unknown; readonly error?: GatewayError; readonly silent?: true; readonly askedAt: number }
const codeOf = ({ error }: Tried): unknown => (error?.details as { nexus?: string } | undefined)?.nexus

/** Calls `go`; one that does not answer in time is `silent`. */
async function go(id: string, params: object = {}, ms = 15_000): Promise<Tried> {
  const askedAt = performance.now()
  const told = client.call(`${id}.go`, params, { timeoutMs: 60_000 }).then((answer) => ({ answer }), (error: GatewayError) => ({ error }))
  return { ...await Promise.race([told, sleep(ms, { silent: true } as const)]), askedAt }
}

async function seen(id: string): Promise<IsolatedPlugin> {
  const { plugins } = await client.call('isolation.list') as { plugins: IsolatedPlugin[] }
  const found = plugins.find((plugin) => plugin.id === id)
  if (!found) throw new Error(`isolation.list does not know ${id}`)
  return found
}

/** Its process was ended and the list says why. */
async function ended(id: string, askedAt: number, withinMs?: number): Promise<string> {
  const { reason = '' } = await vi.waitFor(async () => {
    const now = await seen(id)
    expect(now.reason).toBeTruthy()
    expect(now.state).not.toBe('running')
    return now
  }, { timeout: 20_000, interval: 10 })
  if (withinMs !== undefined) expect(performance.now() - askedAt).toBeLessThanOrEqual(withinMs)
  return reason
}

/** Every one of the things it tried was refused. */
function refusals({ answer }: Tried): Record<string, string> {
  const all = Object.entries(answer as Record<string, { did?: unknown; refused?: string }>)
  expect(all.filter(([, { refused }]) => refused === undefined)).toEqual([])
  return Object.fromEntries(all.map(([name, { refused = '' }]) => [name, refused]))
}

const fates: Readonly<Record<string, (id: string) => Promise<void>>> = {
  async throws(id) { expect(codeOf(await go(id))).toBe('NEXUS_CALL_FAILED') },
  async 'throws-odd'(id) { expect((await go(id)).error).toBeDefined() },
  async 'throws-in-setup'(id) { expect((await go(id)).error?.message).toContain(id) },
  async hangs(id) {
    expect((await go(id, {}, 1_500)).silent).toBe(true)
    expect((await seen(id)).state).toBe('running')
  },
  async 'hangs-in-setup'(id) { expect((await go(id, {}, 20_000)).error?.message).toContain(id) },
  async spins(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async 'spins-later'(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async blocks(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async leaks(id) { expect(await ended(id, (await go(id)).askedAt)).toMatch(/memory|MiB|heap/i) },
  async 'memory-storm'(id) { expect(await ended(id, (await go(id)).askedAt)).toMatch(/memory|MiB|heap/i) },
  async rejects(id) { await told(id, () => go(id)) },
  async 'throws-later'(id) { await told(id, () => go(id)) },
  async exits(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async 'exits-later'(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async aborts(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async segfaults(id) { await ended(id, (await starting(id)).askedAt, aSecond) },
  async 'fd-storm'(id) { expect((await go(id)).error).toBeDefined() },
  async patches(id) {
    await go(id, {}, 3_000)
    expect(await client.call('ping', { data: 'as ever' })).toEqual({ data: 'as ever' })
  },
  async floods(id) { await ended(id, (await go(id)).askedAt) },
  async 'floods-log'(id) { await ended(id, (await go(id)).askedAt) },
  async babbles(id) { await ended(id, (await go(id, {}, 3_000)).askedAt) },
  async reads(id) { expect(refusals(await go(id))).toEqual({ token: 'ERR_ACCESS_DENIED', passwd: 'ERR_ACCESS_DENIED', home: 'ERR_ACCESS_DENIED' }) },
  async writes(id) { expect(refusals(await go(id, { dir: state }))).toEqual({ state: 'ERR_ACCESS_DENIED', config: 'ERR_ACCESS_DENIED', tmp: 'ERR_ACCESS_DENIED' }) },
  async connects(id) {
    const { port } = canary.address() as { port: number }
    refusals(await go(id, { port }))
    expect(packets).toBe(0)
  },
  async spawns(id) { expect(refusals(await go(id))).toEqual({ sh: 'ERR_ACCESS_DENIED' }) },
  async threads(id) { expect(refusals(await go(id))).toEqual({ worker: 'ERR_ACCESS_DENIED' }) },
  async environment(id) {
    const { env } = (await go(id)).answer as { env: Record<string, string> }
    expect(Object.keys(env).filter((name) => /SECRET|TOKEN|HOME|NEXUS|NODE_OPTIONS/.test(name))).toEqual([])
  },
  async secrets(id) { refusals(await go(id)) },
  async timers(id) { await go(id, {}, 5_000) },
  async 'scope-timers'(id) { await ended(id, (await go(id, {}, 5_000)).askedAt) },
  async 'kills-gateway'(id) { refusals(await go(id)) },
  async impersonates(id) {
    await go(id)
    expect(strays).toEqual([])
  },
}

/** Lets its process start first, since that is no part of the second that its fate may take. */
async function starting(id: string): Promise<Tried> {
  await client.call(`${id}.up`).catch(() => {})
  const asked = go(id, {}, 10)
  return asked
}

/** The log names it while `work` runs or soon after. */
async function told(id: string, work: () => Promise<unknown>): Promise<void> {
  const before = gateway.said.err.length
  await work()
  await vi.waitFor(() => expect(gateway.said.err.slice(before)).toContain(id), { timeout: 10_000 })
}

describe('in a process of its own', () => {
  test('there is a fate for each, and at least 24 of them', () => {
    expect(Object.keys(fates).toSorted()).toEqual(hostile.toSorted())
    expect(hostile.length).toBeGreaterThanOrEqual(24)
  })

  for (const id of hostile) {
    test(`${id}: the gateway goes on`, { timeout: 60_000 }, async () => {
      await fates[id]?.(id)
      expect(await client.call('ping', { data: id })).toEqual({ data: id })
      expect(await client.call('bystander.hello')).toBe('hello')
      expect(gateway.child.exitCode ?? gateway.child.signalCode).toBeNull()
      expect(losses).toBe(0)
    })
  }

  test('nothing was written that should not have been', () => {
    expect(readdirSync(state)).not.toContain('written')
    expect(readFileSync(join(state, 'nexus.json5'), 'utf8')).toContain('bystander')
  })
})
