import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { connectionAuthenticate, definePlugin, method, nobody, NexusError, Secret } from 'nexus-gateway/sdk'
import type { AuthRequest, Caller } from 'nexus-gateway/sdk'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import type { LogRecord } from '../../kernel/points.ts'
import { memorySource } from '../../kernel/source.ts'
import auth from '../../plugins/auth/index.ts'
import store from '../../plugins/store/index.ts'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { secretsHeld } from '../../plugins/logs/contract.ts'

const target = definePlugin({
  id: 'target',
  methods: { 'target.open': method({ scope: 'public' }), 'target.read': method({ scope: 'operator.read' }), 'target.own': method({ scope: 'target.manage' }) },
  setup: () => ({ methods: { 'target.open': () => 'open', 'target.read': () => 'read', 'target.own': () => 'own' } }),
})

let state: string
let kernel: Kernel | undefined
let logs: LogRecord[]
const environment = process.env['NEXUS_TOKEN']
beforeEach(async () => {
  delete process.env['NEXUS_TOKEN']
  state = await mkdtemp(join(tmpdir(), 'nexus-auth-'))
  logs = []
})
afterEach(async () => {
  await kernel?.close()
  kernel = undefined
  if (environment !== undefined) process.env['NEXUS_TOKEN'] = environment
  await rm(state, { recursive: true, force: true })
})

async function start(settings?: Record<string, unknown>): Promise<void> {
  const log = createLogger({ level: 'debug' })
  log.addSink((record) => logs.push(record))
  kernel = createKernel({
    plugins: [store, auth, target].map((plugin) => ({ source: memorySource(plugin), why: 'test' })), log, version: 'test',
    paths: { state, config: join(state, 'nexus.json5'), socket: '', lock: '', cache: '', token: join(state, 'auth', 'token'), local: '' },
    ...(settings && { settings: { auth: settings } }),
  })
  await kernel.start()
}
const enter = (request: Partial<AuthRequest>) =>
  kernel!.invoke(connectionAuthenticate, { transport: 'http', listener: 'tcp', secure: false, peer: '127.0.0.1', remote: '127.0.0.1', headers: {}, role: 'operator', ...request })
const call = async (name: string, caller: Caller): Promise<unknown> => kernel!.dispatch(name, {}, { caller, transport: 'http' })
const generated = async (): Promise<string> => (await readFile(join(state, 'auth', 'token'), 'utf8')).trim()

describe('auth in a kernel', () => {
  test('lets in who has the generated token, and what they hold decides what they may do', async () => {
    await start()
    const answer = await enter({ token: await generated() })
    if (!answer?.ok) throw new Error('refused')
    expect(await call('target.read', answer.caller)).toBe('read')
    expect(await call('target.own', answer.caller)).toBe('own')
    const reader = { ...answer.caller, scopes: new Set(['operator.read']) }
    expect(await call('target.read', reader)).toBe('read')
    await expect(call('target.own', reader)).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    expect(await call('target.open', nobody)).toBe('open')
    await expect(call('target.read', nobody)).rejects.toMatchObject({ code: 'NEXUS_CALL_UNAUTHENTICATED' })
  })

  test('keeps the token over restarts and reloads', async () => {
    await start()
    const token = await generated()
    await kernel!.apply({ reload: ['auth'] })
    expect(await enter({ token })).toMatchObject({ ok: true })
    await kernel?.close()
    await start()
    expect(await generated()).toBe(token)
  })

  test('takes a new token from the settings at once, and the old one is worth nothing', async () => {
    await start({ token: 'the-first-token' })
    expect(await enter({ token: 'the-first-token' })).toMatchObject({ ok: true })
    await kernel!.apply({ settings: { auth: { token: 'the-second-token' } } })
    expect(await enter({ token: 'the-first-token' })).toMatchObject({ ok: false, code: 'AUTH_TOKEN_MISMATCH' })
    expect(await enter({ token: 'the-second-token' })).toMatchObject({ ok: true })
  })

  test('takes no weak one while others can reach a door, and the one before holds on', async () => {
    const strong = 'c5f1d0b7a2e94836bd60f7a1c93e5d82'
    await start({ token: strong })
    kernel!.connectionsFrom({ list: () => [], end: () => {}, doors: () => [{ host: '0.0.0.0', port: 1, secure: false }] })
    await expect(kernel!.apply({ settings: { auth: { token: 'hunter2' } } })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_WEAK' })
    expect(await enter({ token: strong })).toMatchObject({ ok: true })
    expect(JSON.stringify(logs)).not.toContain('hunter2')
  })

  test('with NEXUS_TOKEN set, that is the token', async () => {
    process.env['NEXUS_TOKEN'] = 'from-the-environment'
    await start({ token: 'from-the-settings' })
    delete process.env['NEXUS_TOKEN']
    expect(await enter({ token: 'from-the-environment' })).toMatchObject({ ok: true })
    expect(await enter({ token: 'from-the-settings' })).toMatchObject({ ok: false })
  })

  test('stops the start when there is no usable token, and does not repeat it', async () => {
    await start().catch(() => {})
    await kernel?.close()
    await writeFile(join(state, 'auth', 'token'), 'two words')
    await expect(start()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNFIT' })
    expect(JSON.stringify(logs)).not.toContain('two words')
  })

  test('tells the log what not to write, and never writes it itself', async () => {
    await start()
    const token = await generated()
    expect(await kernel!.invoke(secretsHeld)).toEqual([[token, expect.stringMatching(/^[\w-]{43}$/)]])
    await enter({ token: `${token}x` })
    expect(JSON.stringify(logs)).not.toContain(token)
  })

  test('cannot be taken out while the gateway runs', async () => {
    await start()
    await expect(kernel!.apply({ unload: ['auth'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_REQUIRED' })
  })
})

describe('a token that the settings refer to', () => {
  let current: string | Error
  const token = (): Secret => new Secret('file:token', async () => {
    if (current instanceof Error) throw current
    return current
  })
  const running = () => testKernel({ plugins: [store, auth], config: { auth: { token: token() } }, stateDir: state, lenient: true })
  beforeEach(() => { current = 'the-first-token' })

  test('is asked for at the start, and followed within a second when it changes there', async () => {
    await using k = await running()
    const answer = (given: string) => k.invoke(connectionAuthenticate, { transport: 'http', listener: 'tcp', secure: false, peer: '127.0.0.1', remote: '127.0.0.1', headers: {}, role: 'operator', token: given })
    expect(await answer('the-first-token')).toMatchObject({ ok: true })
    current = 'the-second-token'
    await k.clock.advance(1_000)
    expect(await answer('the-first-token')).toMatchObject({ ok: false })
    expect(await answer('the-second-token')).toMatchObject({ ok: true })
    expect(await k.invoke(secretsHeld)).toEqual([['the-second-token', 'the-first-token', expect.any(String)]])
    expect(JSON.stringify(k.logs)).not.toMatch(/the-(first|second)-token/)
  })

  test('holds on when its source has none that can be used any more', async () => {
    await using k = await running()
    for (const next of ['two words', new Error('gone')]) {
      current = next
      await k.clock.advance(30_000)
      expect(await k.invoke(connectionAuthenticate, { transport: 'http', listener: 'tcp', secure: false, peer: '127.0.0.1', remote: '127.0.0.1', headers: {}, role: 'operator', token: 'the-first-token' })).toMatchObject({ ok: true })
    }
    expect(k.logs.filter(({ level }) => level === 'warn')).toHaveLength(2)
    expect(JSON.stringify(k.logs)).not.toContain('two words')
  })

  test('that cannot be had stops the start', async () => {
    current = new NexusError('NEXUS_SECRET_UNRESOLVED', { text: 'the secret file:token cannot be had', fix: 'x' })
    await expect(running()).rejects.toMatchObject({ code: 'NEXUS_SECRET_UNRESOLVED' })
  })
})
