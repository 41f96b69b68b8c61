/**
 * Hostile plugins inside the gateway's process, where nothing is a sandbox: what the gateway survives, what ends it and
 * is left out of the next start, and what nobody stops there. More than 300 lines: a fate for each of 32 fixtures.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient, type Client } from 'nexus-gateway/sdk/client'
import { root } from '../fixtures/built.ts'
import { warmth } from '../fixtures/warm.ts'
import { binary, stateDir, type Started } from '../kernel/cli/spawn.ts'

const folder = join(root, 'test/fixtures/hostile')
const hostile = readdirSync(folder).filter((file) => file.endsWith('.mjs')).map((file) => basename(file, '.mjs'))
/** Behaves, and shares the gateway with all of them. */
const bystander = `import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({ id: 'bystander', methods: { 'bystander.hello': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'bystander.hello': () => 'hello' } }) })
`
/** How much of what a gateway says is kept: the newest. */
const kept = 256 * 1024

const warm = warmth()
writeFileSync(join(warm.dir, 'bystander.mjs'), bystander)
afterAll(() => warm[Symbol.dispose]())

interface Told { readonly payload?: unknown; readonly code?: string; /** No answer in time, or none at all. */ readonly lost?: true }
interface Gateway extends AsyncDisposable {
  readonly state: string
  readonly ready: Started['ready']
  /** The gateway itself, unless it has another parent. */
  readonly child: ChildProcess
  /** It has ended, and all that it said is here. */
  readonly closed: Promise<unknown>
  said(): string
  ask(method: string, params?: object, ms?: number): Promise<Told>
  client(): Client
}
interface How { readonly state?: string; /** In the words of `sh`. */ readonly limits?: string; readonly env?: Readonly<Record<string, string>>; /** A shell of its own is its parent, and not this process. */ readonly orphan?: true }

function settled(ids: readonly string[]): string {
  const state = stateDir()
  warm.lend(state)
  const plugins = ['containment', join(warm.dir, 'bystander.mjs'), ...ids.map((id) => join(folder, `${id}.mjs`))]
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({ plugins, pluginPolicy: { trusted: ['*'] }, containment: { warnMs: 200, killMs: 1_000 } }), { mode: 0o600 })
  return state
}

/** A gateway with these plugins, whose watch has begun. */
async function running(ids: readonly string[], { state = settled(ids), limits = '', env, orphan }: How = {}): Promise<Gateway> {
  const run = `ulimit -c 0; ${limits} ${orphan ? '"$@" & wait' : 'exec "$@"'}`
  const child = spawn('sh', ['-c', run, 'sh', process.execPath, binary(), 'start', '--json', '--port', '0'], { env: { PATH: process.env['PATH'], HOME: state, NEXUS_STATE_DIR: state, ...env }, stdio: ['ignore', 'pipe', 'pipe'] })
  const closed = once(child, 'close')
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => { if (out.length < kept) out += text })
  child.stderr.setEncoding('utf8').on('data', (text: string) => { err = (err + text).slice(-kept) })
  while (!out.includes('\n') && !isGone(child)) await Promise.race([once(child.stdout, 'data'), closed])
  if (!out.startsWith('{"event":"ready"')) throw new Error(`the gateway is not ready: ${out}${err}`)
  const ready = JSON.parse(out.split('\n', 1)[0]!) as Started['ready']
  const token = readFileSync(join(state, 'auth', 'token'), 'utf8').trim()

  async function ask(method: string, params: object = {}, ms = 5_000): Promise<Told> {
    try {
      const response = await fetch(`${ready.url}/rpc`, { method: 'POST', headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' }, body: JSON.stringify({ method, params }), signal: AbortSignal.timeout(ms) })
      const { ok, payload, error } = await response.json() as { ok: boolean; payload?: unknown; error: { code: string; details?: { nexus?: string } } }
      return ok ? { payload } : { code: error.details?.nexus ?? error.code }
    } catch {
      return { lost: true }
    }
  }

  const gateway: Gateway = {
    state, ready, child, closed, ask,
    said: () => err,
    client: () => createClient({ url: ready.url, token }),
    async [Symbol.asyncDispose]() {
      if (orphan) try { process.kill(ready.pid, 'SIGKILL') } catch { /* Gone already. */ }
      child.kill('SIGKILL')
      await closed
      rmSync(state, { recursive: true, force: true })
    },
  }
  // Where all of them are left out there is nothing to watch.
  if (ids.some((id) => ready.active.includes(id))) await vi.waitFor(async () => expect(await ask('containment.list')).toMatchObject({ payload: { watching: true } }), { timeout: 10_000, interval: 20 })
  return gateway
}

const isGone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null
async function ended({ child, closed }: Gateway): Promise<{ status: number | null; signal: string | null }> {
  await closed
  return { status: child.exitCode, signal: child.signalCode }
}

/** Looks on for a while: it has ended by then, or every ping was answered within 5 s. */
async function fateOf(gateway: Gateway, ms = 2_000): Promise<'ended' | 'goes on'> {
  for (const end = performance.now() + ms; performance.now() < end;) {
    const { payload } = await gateway.ask('ping', { data: 1 })
    // A connection is lost before its process has ended.
    if (payload === undefined) await Promise.race([ended(gateway), sleep(2_000)])
    if (isGone(gateway.child)) return 'ended'
    expect(payload).toEqual({ data: 1 })
    await sleep(50)
  }
  return 'goes on'
}

async function goesOn({ ask, child }: Gateway): Promise<void> {
  expect([await ask('ping', { data: 'x' }), await ask('bystander.hello')]).toEqual([{ payload: { data: 'x' } }, { payload: 'hello' }])
  expect(isGone(child)).toBe(false)
}

interface Row { readonly id: string; readonly state: string; readonly faults: number; readonly error?: { readonly code: string; readonly message: string } }
async function row({ ask }: Gateway, id: string): Promise<Row | undefined> {
  const { payload } = await ask('plugins.list')
  return (payload as { plugins: Row[] }).plugins.find((plugin) => plugin.id === id)
}

/** The next start leaves it out, and says so and why wherever one would look; all the rest runs. */
async function isLeftOut(id: string, before: Gateway, reason = /./): Promise<void> {
  await using next = await running([id], { state: before.state })
  expect(next.ready.failed.map((plugin) => `${plugin.id} ${plugin.code}`), `the one before said: ${before.said().slice(-2_000)}`).toEqual([`${id} NEXUS_PLUGIN_QUARANTINED`])
  expect([next.ready.mode, next.ready.active.includes('containment')]).toEqual(['degraded', true])
  expect(next.ready.reasons.join()).toMatch(new RegExp(`"${id}" is in quarantine: .*${reason.source}`))
  expect(await row(next, id)).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
  await goesOn(next)
}

type Fate = (gateway: Gateway, id: string) => Promise<void>
const counted: Fate = async (gateway, id) => {
  await vi.waitFor(async () => expect(await row(gateway, id)).toMatchObject({ state: 'active', faults: 1 }), { timeout: 5_000 })
  expect(gateway.said()).toMatch(new RegExp(`error ${id} fault in`))
}
const failing = (id: string, code: string): Fate => async (gateway) => {
  expect(await gateway.ask(`${id}.go`)).toEqual({ code })
  await counted(gateway, id)
}
const failed = (code: string): Fate => async (gateway, id) => {
  expect(gateway.ready.failed).toMatchObject([{ id, code }])
  expect(await row(gateway, id)).toMatchObject({ state: 'failed', error: { code } })
}

/** They share one gateway. */
const survived: Readonly<Record<string, Fate>> = {
  throws: failing('throws', 'NEXUS_CALL_FAILED'),
  'throws-odd': failing('throws-odd', 'NEXUS_CALL_FAILED'),
  'throws-in-setup': failed('NEXUS_PLUGIN_SETUP_FAILED'),
  async hangs(gateway, id) {
    expect(await gateway.ask('hangs.go', {}, 500)).toEqual({ lost: true })
    expect(await gateway.ask('plugins.why', { id })).toMatchObject({ payload: { state: 'active' } })
  },
  async 'throws-later'(gateway, id) {
    await gateway.ask('throws-later.go')
    await counted(gateway, id)
  },
  async impersonates(gateway, id) {
    const heard: unknown[] = []
    await using client = gateway.client()
    client.on('plugins.progress', (payload) => void heard.push(payload))
    await client.call('ping')
    expect(await gateway.ask('impersonates.go')).toEqual({ code: 'NEXUS_EVENT_UNDECLARED' })
    await client.call('ping')
    expect([heard, (await row(gateway, id))?.state]).toEqual([[], 'active'])
  },
  async rejects(gateway, id) {
    await using client = gateway.client()
    const told = new Promise((resolve) => client.on('plugin.quarantined', resolve))
    await client.call('ping')
    await client.call('rejects.go')
    expect(await told).toMatchObject({ id, reason: expect.stringContaining('failed 20 times') as string })
    expect(await row(gateway, id)).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
  },
}

/** How the process ends, and what the next start says of it. */
const ending: Readonly<Record<string, readonly [object, RegExp]>> = {
  spins: [{ status: 86 }, /blocked the gateway for .* in spins\.go/],
  'spins-later': [{ status: 86 }, /blocked the gateway for .*spins-later\.mjs/],
  // By what it waits in, Node may or may not be able to interrupt it.
  blocks: [{}, /blocked the gateway for/],
  exits: [{ status: 0 }, /its code ended the gateway/],
  'exits-later': [{ status: 7 }, /its code ended the gateway/],
  aborts: [{ signal: 'SIGABRT' }, /ended without warning while its code ran/],
  segfaults: [{ signal: 'SIGSEGV' }, /ended without warning while its code ran/],
}

const done = { did: expect.anything() as unknown }
/** They share one gateway as well: it is not the worse for it. */
const unstopped: Readonly<Record<string, Fate>> = {
  async reads(gateway) { expect(await gateway.ask('reads.go')).toMatchObject({ payload: { token: done, passwd: done, home: done } }) },
  async environment(gateway) { expect(await gateway.ask('environment.go')).toMatchObject({ payload: { env: { A_SECRET_OF_THE_HOST: 'seen' } } }) },
  async spawns(gateway) { expect(await gateway.ask('spawns.go')).toEqual({ payload: { sh: { did: 'out\n' } } }) },
  async threads(gateway) { expect(await gateway.ask('threads.go')).toMatchObject({ payload: { worker: done } }) },
  async connects(gateway) {
    let packets = 0
    const canary = createServer((_, answer) => void answer.end()).on('connection', () => { packets++ }).listen(0, '127.0.0.1')
    await once(canary, 'listening')
    expect(await gateway.ask('connects.go', { port: (canary.address() as { port: number }).port })).toEqual({ payload: { canary: { did: 'connected' }, fetch: { did: 'fetched' } } })
    expect(packets).toBe(2)
    canary.close().closeAllConnections()
  },
  // What it calls is held to its rights. What lies on the disk is not.
  async secrets(gateway) { expect(await gateway.ask('secrets.go')).toMatchObject({ payload: { config: { refused: 'NEXUS_CALL_DENIED' }, asCaller: { refused: 'NEXUS_CALL_MADE_UP' }, token: done } }) },
}

/** One gateway each, for it or its state directory is the worse for it. */
const harmed: Readonly<Record<string, () => Promise<void>>> = {
  async writes() {
    await using gateway = await running(['writes'])
    const canary = join(gateway.state, 'canary')
    mkdirSync(canary)
    expect(await gateway.ask('writes.go', { dir: canary })).toEqual({ payload: { state: { did: true }, config: { did: true }, tmp: { did: true } } })
    expect([existsSync(join(canary, 'written')), readFileSync(join(gateway.state, 'nexus.json5'), 'utf8')]).toEqual([true, '{}'])
  },
  async 'kills-gateway'() {
    await using gateway = await running(['kills-gateway'], { orphan: true })
    expect(await gateway.ask('kills-gateway.go')).toMatchObject({ payload: { kill: done } })
    await vi.waitFor(() => expect(gateway.child.signalCode).toBe('SIGKILL'))
    expect(await gateway.ask('ping', { data: 1 })).toEqual({ payload: { data: 1 } })
  },
  async babbles() {
    await using gateway = await running(['babbles'])
    const { payload } = await gateway.ask('babbles.go')
    // It wrote into whatever the gateway had open, its note of who runs among it. Most often the process ends of that.
    if (await fateOf(gateway) === 'goes on') expect(payload).toEqual({})
    expect(readFileSync(join(gateway.state, 'config', 'running'), 'utf8')).not.toContain('"reason"')
  },
  async patches() {
    await using gateway = await running(['patches'])
    await gateway.ask('patches.go')
    // The kernel does not outlive it. The last words name the file; nobody is left out of the next start.
    expect((await ended(gateway)).status).not.toBe(0)
    expect(gateway.said()).toContain('patches.mjs')
    await using next = await running(['patches'], { state: gateway.state })
    expect(next.ready.active).toContain('patches')
  },
}

/** The loop or the memory is full of them. */
const loading: Readonly<Record<string, () => Promise<void>>> = {
  async floods() {
    await using gateway = await running(['floods'])
    await using listener = gateway.client()
    listener.on('floods.drop', () => {})
    await listener.call('ping')
    await gateway.ask('floods.go')
    if (await fateOf(gateway) === 'ended') await isLeftOut('floods', gateway)
  },
  async 'floods-log'() {
    await using gateway = await running(['floods-log'])
    await gateway.ask('floods-log.go')
    if (await fateOf(gateway) === 'ended') await isLeftOut('floods-log', gateway, /blocked the gateway/)
    else expect(gateway.said()).toContain('floods-log')
  },
  async timers() {
    await using gateway = await running(['timers'])
    await gateway.ask('timers.go')
    if (await fateOf(gateway) === 'ended') await isLeftOut('timers', gateway)
  },
  async 'scope-timers'() {
    await using gateway = await running(['scope-timers'])
    await gateway.ask('scope-timers.go')
    if (await fateOf(gateway, 3_000) === 'ended') await isLeftOut('scope-timers', gateway)
  },
}

// Without these bounds they would take the memory of the machine, and only Linux keeps them.
const bounds: How = { limits: 'ulimit -d 1000000;', env: { NODE_OPTIONS: '--max-old-space-size=200' } }
const memory: Readonly<Record<string, () => Promise<void>>> = {
  async leaks() {
    const state = settled(['leaks'])
    for (let i = 0; i < 3; i++) {
      const gateway = await running(['leaks'], { ...bounds, state })
      // Its plain timer runs under nobody's name, and where memory gives out is anybody's code.
      expect(gateway.ready.failed).toEqual([])
      await gateway.ask('leaks.go')
      expect(await ended(gateway)).toMatchObject({ signal: 'SIGABRT' })
      expect(gateway.said()).toContain('heap out of memory')
    }
    await using safe = await running(['leaks'], { state })
    expect([safe.ready.mode, safe.ready.active.includes('leaks'), safe.ready.active.includes('containment')]).toEqual(['safe', false, true])
  },
  async 'memory-storm'() {
    await using gateway = await running(['memory-storm'], bounds)
    await gateway.ask('memory-storm.go')
    // By chance it is the plugin that gets no more, and is named, or V8 or another part of the process, which then ends.
    const over = (): boolean => gateway.child.exitCode !== null || gateway.child.signalCode !== null
    await vi.waitFor(() => expect(over() || /error memory-storm fault in .*allocation failed/i.test(gateway.said())).toBe(true), { timeout: 20_000, interval: 50 })
    if (over()) expect((await ended(gateway)).status).not.toBe(0)
    else await goesOn(gateway)
  },
}

test('there is a fate for each', () => {
  const fates = [survived, ending, unstopped, harmed, loading, memory].flatMap(Object.keys)
  expect([...fates, 'fd-storm', 'hangs-in-setup'].toSorted()).toEqual(hostile.toSorted())
})

describe('is survived', () => {
  let shared: Gateway
  beforeAll(async () => { shared = await running(Object.keys(survived)) })
  afterAll(() => shared[Symbol.asyncDispose]())

  for (const [id, fate] of Object.entries(survived)) {
    test(`${id}: the gateway goes on and knows who it was`, async () => {
      await fate(shared, id)
      await goesOn(shared)
    })
  }

  test('hangs-in-setup: the start waits for it until its deadline, and goes on without', async () => {
    await using gateway = await running(['hangs-in-setup'])
    await failed('NEXUS_PLUGIN_SETUP_TIMEOUT')(gateway, 'hangs-in-setup')
    await goesOn(gateway)
  })

  test('fd-storm: whoever is connected goes on to be served', async () => {
    await using gateway = await running(['fd-storm'], { limits: 'ulimit -n 256;' })
    await using client = gateway.client()
    await client.call('ping')
    await expect(client.call('fd-storm.go')).rejects.toMatchObject({ details: { nexus: 'NEXUS_CALL_FAILED' } })
    expect([await client.call('ping', { data: 1 }), await client.call('bystander.hello')]).toEqual([{ data: 1 }, 'hello'])
    expect((await client.call('plugins.list') as { plugins: Row[] }).plugins.find(({ id }) => id === 'fd-storm')).toMatchObject({ faults: 1 })
  })
})

describe('ends the gateway, and is left out of the next start', () => {
  for (const [id, [how, reason]] of Object.entries(ending)) {
    test(id, async () => {
      await using gateway = await running([id])
      void gateway.ask(`${id}.go`)
      expect(await ended(gateway)).toMatchObject(how)
      await isLeftOut(id, gateway, reason)
    })
  }
})

describe('is not stopped: the trusted tier is no sandbox', () => {
  let shared: Gateway
  beforeAll(async () => { shared = await running(Object.keys(unstopped), { env: { A_SECRET_OF_THE_HOST: 'seen' } }) })
  afterAll(() => shared[Symbol.asyncDispose]())

  for (const [id, fate] of Object.entries(unstopped)) {
    test(id, async () => {
      await fate(shared, id)
      await goesOn(shared)
    })
  }
  for (const [id, fate] of Object.entries(harmed)) test(id, fate)
})

describe('fills the loop: the gateway answers all the same, or ends and knows who it was', () => {
  for (const [id, fate] of Object.entries(loading)) test(id, fate)
})

describe.skipIf(process.platform !== 'linux')('fills the memory: the fault is named, or the gateway ends and comes back', () => {
  for (const [id, fate] of Object.entries(memory)) test(id, fate)
})
