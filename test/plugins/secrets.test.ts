/** The plugin `secrets`: methods, commands, the event, the service, and that no value ever comes out where it should not. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { inspect } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { callBefore, definePlugin, labels, secret } from 'nexus-gateway/sdk'
import type { CommandIo, NexusError, Secret } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { createSecrets } from '../../kernel/config/secrets.ts'
import { SecretStore } from '../../kernel/points.ts'
import cli from '../../plugins/secrets/cli.ts'
import { Secrets, secrets as contract } from '../../plugins/secrets/contract.ts'
import secrets from '../../plugins/secrets/index.ts'
import { kernelOf, guard, origin } from '../kernel/harness.ts'

const value = 'sk-do-not-show-me-0123456789'
let state: string
beforeEach(async () => { state = await mkdtemp(join(tmpdir(), 'nexus-secrets-')) })
afterEach(() => rm(state, { recursive: true, force: true }))

const start = (more: Partial<Parameters<typeof testKernel>[0]> = {}): Promise<TestKernel> => testKernel({ plugins: [secrets], stateDir: state, ...more })
/** Everything that left the plugin. */
const told = (k: TestKernel): string => inspect([k.logs, k.events, k.inspect('secrets'), k.kernel.list()], { depth: 12 })
const fileOf = (name: string): string => join(state, 'secrets', name)

/** The terminal of a command: `input` on standard input, typed or piped. */
function terminal(k: TestKernel, args: Record<string, string>, input: string | Buffer, tty = false) {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const out = { stdout: '', stderr: '' }
  stdout.on('data', (text) => { out.stdout += String(text) })
  stderr.on('data', (text) => { out.stderr += String(text) })
  if (tty) stdin.write(input)
  else stdin.end(input)
  const io = {
    args, options: {}, json: false, env: {}, paths: k.kernel.paths, signal: new AbortController().signal,
    stdin: Object.assign(stdin, { isTTY: tty }), stdout, stderr,
    call: (method: string, params?: unknown) => k.call(method, params),
    print: (text: string) => void stdout.write(text),
  }
  return { out, stdin, io: io as unknown as CommandIo }
}

describe('stored secrets', () => {
  test('are given to who has the service, and to nobody else', async () => {
    await using k = await start()
    const { call } = k.use(contract)
    expect(await call['secrets.set']({ name: 'openai', value })).toEqual({ name: 'openai', created: true })
    await k.clock.advance(1_000)
    expect(await call['secrets.set']({ name: 'openai', value: `${value}-2` })).toEqual({ name: 'openai', created: false })
    expect(await call['secrets.set']({ name: 'Slack.bot_1', value: 'two\nlines' })).toEqual({ name: 'Slack.bot_1', created: true })
    const api = await k.service(Secrets)
    expect([await api.get('openai'), await api.get('Slack.bot_1')]).toEqual([`${value}-2`, 'two\nlines'])
    const at = k.clock.now()
    expect(await call['secrets.list']()).toEqual({ key: 'file', secrets: [{ name: 'Slack.bot_1', createdAt: at, updatedAt: at }, { name: 'openai', createdAt: at - 1_000, updatedAt: at }] })
    expect(await call['secrets.remove']({ name: 'openai' })).toEqual({ name: 'openai' })
    await expect(api.get('openai')).rejects.toMatchObject({ code: 'NEXUS_SECRETS_UNKNOWN' })
    await expect(call['secrets.remove']({ name: 'openai' })).rejects.toMatchObject({ code: 'NEXUS_SECRETS_UNKNOWN', status: 404 })
    expect(told(k)).not.toContain(value)
  })

  test('outlive the gateway, encrypted, in private files, whatever the umask', async () => {
    const mask = process.umask(0)
    try {
      await using k = await start()
      for (const name of ['a', 'constructor', 'prototype', 'toString']) await k.call('secrets.set', { name, value: `${value}-${name}` })
    } finally {
      process.umask(mask)
    }
    expect((await readdir(join(state, 'secrets'))).sort()).toEqual(['key', 'store.age'])
    for (const name of ['key', 'store.age']) expect((await stat(fileOf(name))).mode & 0o777).toBe(0o600)
    expect((await stat(join(state, 'secrets'))).mode & 0o777).toBe(0o700)
    const store = await readFile(fileOf('store.age'), 'latin1')
    expect(store).toMatch(/^age-encryption\.org\/v1\n-> X25519 /)
    for (const hidden of [value, 'constructor', 'secrets']) expect(store).not.toContain(hidden)
    expect(await readFile(fileOf('key'), 'utf8')).toMatch(/^# .*\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$/)

    await using k = await start()
    const api = await k.service(Secrets)
    for (const name of ['a', 'constructor', 'prototype', 'toString']) expect(await api.get(name)).toBe(`${value}-${name}`)
  })

  test('write nothing and load nothing before there is one', async () => {
    await using k = await start()
    expect(await k.call('secrets.list')).toEqual({ secrets: [], key: 'file' })
    expect(await readdir(state)).not.toContain('secrets')
  })

  test('tell of each change by event, once it is on disk, with names alone', async () => {
    await using k = await start()
    const next = k.nextEvent('secrets.changed')
    await k.call('secrets.set', { name: 'a', value })
    expect(await next).toEqual({ names: ['a'] })
    await k.call('secrets.set', { name: 'b', value })
    await k.call('secrets.rotate')
    await k.call('secrets.remove', { name: 'a' })
    await k.call('secrets.remove', { name: 'nobody' }).catch(() => {})
    expect(k.events.filter(({ name }) => name === 'secrets.changed')).toMatchObject([
      { access: 'operator.admin', payload: { names: ['a'] } }, { payload: { names: ['b'] } }, { payload: { names: ['a', 'b'] } }, { payload: { names: ['a'] } },
    ])
  })

  test.each([['empty', ''], ['too long', 'x'.repeat(64 * 1024 + 1)], ['too long in bytes', '\u00fc'.repeat(33 * 1024)]])('have no value that is %s', async (_, bad) => {
    await using k = await start()
    const error = await k.call('secrets.set', { name: 'a', value: bad }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: bad === '' ? 'NEXUS_CALL_INVALID_PARAMS' : 'NEXUS_SECRETS_VALUE' })
    expect(inspect(error, { depth: 9 })).not.toContain('xxxx')
    expect(await k.call('secrets.list')).toMatchObject({ secrets: [] })
  })

  test.each([[''], ['../x'], ['.x'], ['a b'], ['a/b'], ['__proto__'], ['x'.repeat(65)], [5], [undefined]])('have no name like %j', async (name) => {
    await using k = await start()
    const error: unknown = await k.call('secrets.set', { name, value }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    expect(inspect(error, { depth: 9 })).not.toContain(value)
  })

  test('are changed one after the other, however many ask at once', async () => {
    await using k = await start()
    const names = Array.from({ length: 20 }, (_, i) => `n${i}`)
    await Promise.all(names.map((name) => k.call('secrets.set', { name, value: `${name}!` })))
    expect((await k.call('secrets.list') as { secrets: unknown[] }).secrets).toHaveLength(20)
  })

  test('have a bound on how many may wait for them', async () => {
    await using k = await start()
    const all = await Promise.allSettled(Array.from({ length: 300 }, () => k.call('secrets.list')))
    const refused = all.filter((one) => one.status === 'rejected')
    expect(refused).toHaveLength(300 - 256)
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'NEXUS_SECRETS_BUSY', retryable: true })
  })
})

describe('who may change them', () => {
  const trusted = labels.slice(0, labels.indexOf('plugin') + 1)
  const calls: readonly (readonly [string, object])[] = [['secrets.set', { name: 'a', value }], ['secrets.rotate', {}], ['secrets.remove', { name: 'a' }]]

  test.each(labels.filter((label) => !trusted.includes(label)))('not a %s, whatever it holds', async (label) => {
    await using k = await start()
    await k.call('secrets.set', { name: 'a', value })
    const key = await readFile(fileOf('key'), 'utf8')
    for (const [method, params] of calls) await expect(k.call(method, params, { label })).rejects.toMatchObject({ code: 'NEXUS_SECRETS_LABEL', status: 403, message: expect.stringContaining(label) as string })
    expect(await readFile(fileOf('key'), 'utf8')).toBe(key)
    expect(await (await k.service(Secrets)).get('a')).toBe(value)
  })

  test.each(trusted)('a %s that holds operator.admin', async (label) => {
    await using k = await start()
    for (const [method, params] of calls) await k.call(method, params, { label })
  })

  test('nobody without operator.admin, and nobody may list them', async () => {
    await using k = await start({ scopes: ['operator.write', 'operator.read', 'operator.approvals', 'operator.pairing'] })
    for (const [method, params] of [...calls, ['secrets.list', {}] as const]) await expect(k.call(method, params)).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })
})

describe('the key', () => {
  test('is another one after a rotation, and everything can be read with it and not with the old one', async () => {
    await using k = await start()
    await k.call('secrets.set', { name: 'a', value })
    const [key, store] = [await readFile(fileOf('key'), 'utf8'), await readFile(fileOf('store.age'))]
    expect(await k.call('secrets.rotate')).toEqual({ secrets: 1 })
    const fresh = await readFile(fileOf('key'), 'utf8')
    expect(fresh).not.toBe(key)
    expect(fresh).toMatch(/^# .*\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$/)
    expect((await readFile(fileOf('store.age'))).equals(store)).toBe(false)
    expect(await (await k.service(Secrets)).get('a')).toBe(value)
    expect(told(k)).not.toContain('AGE-SECRET-KEY')
    const { Decrypter } = await import('age-encryption')
    const old = new Decrypter()
    old.addIdentity(key.split('\n')[1] as string)
    await expect(old.decrypt(await readFile(fileOf('store.age')))).rejects.toThrow()
  })

  test('can be rotated before there is anything', async () => {
    await using k = await start()
    expect(await k.call('secrets.rotate')).toEqual({ secrets: 0 })
    expect(k.events.filter(({ name }) => name === 'secrets.changed')).toEqual([])
  })
})

describe('no value is seen by', () => {
  test('who looks at a call before it runs', async () => {
    const seen: unknown[] = []
    const spy = definePlugin({ id: 'spy', capabilities: ['tap:call.before'], setup(ctx) { ctx.tap(callBefore, (_call, params) => void seen.push(params)) } })
    await using k = await start({ plugins: [secrets, spy] })
    await k.call('secrets.set', { name: 'a', value })
    expect(JSON.stringify(seen)).toBe('[{"name":"a","value":"[secret]"}]')
    expect(inspect(seen, { depth: 9, showHidden: true })).not.toContain(value)
  })

  test('who calls over HTTP or WebSocket', async () => {
    await using k = await start({ clock: 'real' })
    const response = await k.request('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method: 'secrets.set', params: { name: 'a', value, extra: value } }) })
    expect(response.status).toBe(400)
    expect(await response.text()).not.toContain(value)
    const client = await k.connect()
    const answers = [await client.call('secrets.set', { name: 'a', value }), await client.call('secrets.list'), await client.call('secrets.rotate')]
    expect(JSON.stringify(answers)).not.toContain(value)
  })
})

describe('nexus secrets', () => {
  test('stores what is piped in, lists, rotates and removes', async () => {
    await using k = await start()
    const set = terminal(k, { name: 'openai' }, `${value}\n`)
    expect(await cli['secrets set']!.run(set.io)).toBe(0)
    expect(set.out).toEqual({ stdout: 'Stored. In the settings it is { $secret: "store:openai" }.', stderr: '' })
    expect(await (await k.service(Secrets)).get('openai')).toBe(value)
    expect((await k.cli(cli, 'secrets list')).stdout).toMatch(/^NAME +CHANGED +CREATED\nopenai +2026-01-01 00:00 +2026-01-01 00:00\n$/)
    expect((await k.cli(cli, 'secrets list --json')).json).toEqual([{ secrets: [{ name: 'openai', createdAt: k.clock.now(), updatedAt: k.clock.now() }], key: 'file' }])
    expect((await k.cli(cli, 'secrets rotate --json')).json).toEqual([{ secrets: 1 }])
    expect((await k.cli(cli, 'secrets rotate')).stdout).toContain('Encrypted anew: 1.')
    expect((await k.cli(cli, 'secrets remove openai --json')).json).toEqual([{ name: 'openai' }])
    expect((await k.cli(cli, 'secrets list')).stdout).toContain('nexus secrets set NAME')
    await expect(k.cli(cli, 'secrets remove openai')).rejects.toMatchObject({ code: 'NEXUS_SECRETS_UNKNOWN' })
  })

  test.each([['several lines\nof text\n', 'several lines\nof text'], ['no newline', 'no newline'], ['windows\r\n', 'windows'], ['\u00fc\n\n', '\u00fc\n']])('takes %j as %j', async (input, expected) => {
    await using k = await start()
    await cli['secrets set']!.run(terminal(k, { name: 'a' }, input).io)
    expect(await (await k.service(Secrets)).get('a')).toBe(expected)
  })

  test.each([['nothing', ''], ['a newline', '\n'], ['too much', 'x'.repeat(70_000)], ['no text', Buffer.from([0xff, 0xfe])]])('refuses %s without repeating it', async (_, input) => {
    await using k = await start()
    const error: unknown = await Promise.resolve(cli['secrets set']!.run(terminal(k, { name: 'a' }, input).io)).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NEXUS_SECRETS_VALUE', exit: 65 })
    expect(inspect(error)).not.toContain('xxxx')
  })

  test('has no way to take the value as an argument', () => {
    expect(cli['secrets set']?.args).toEqual(['<name>'])
    expect(cli['secrets set']?.options).toBeUndefined()
  })

  test('lets a person type it, and shows nothing of it', async () => {
    await using k = await start()
    const { io, out } = terminal(k, { name: 'a' }, `${value}\r`, true)
    expect(await cli['secrets set']!.run(io)).toBe(0)
    expect(out.stderr).toBe('Value (not shown): \n')
    expect(out.stdout).not.toContain(value)
    expect(await (await k.service(Secrets)).get('a')).toBe(value)
  })

  test.each([['Ctrl-C', '\u0003'], ['Ctrl-D', '\u0004']])('stores nothing after %s', async (_, key) => {
    await using k = await start()
    expect(await cli['secrets set']!.run(terminal(k, { name: 'a' }, key, true).io)).toBe(130)
    expect(await k.call('secrets.list')).toMatchObject({ secrets: [] })
  })
})

describe('settings that refer to the store', () => {
  const user = (held: (key: Secret) => void) => definePlugin({ id: 'user', config: v.strictObject({ key: secret() }), setup: (ctx) => held(ctx.config.key) })

  test('have the new value at once, and none after it was removed', async () => {
    let key: Secret | undefined
    const references = createSecrets({ env: () => ({}), dir: state })
    const kernel = kernelOf([guard, user((given) => { key = given }), secrets], {
      paths: { state, config: '', socket: '', lock: '', cache: '', token: '', local: '' }, settings: { user: { key: { $secret: 'store:openai' } } },
      bindSecrets: (block, services) => references.bind(block, services.get(SecretStore.id) as never),
    })
    kernel.subscribe(({ name, payload }) => { if (name === 'secrets.changed') references.forget((payload as { names: string[] }).names) })
    expect((await kernel.start()).failed).toEqual([])
    const code = async () => key?.reveal().catch((error: NexusError) => error.message)
    expect(await code()).toBe('the secret store:openai cannot be had: there is no stored secret of that name')
    for (const round of ['one', 'two']) {
      await kernel.dispatch('secrets.set', { name: 'openai', value: round }, origin)
      expect(await code()).toBe(round)
    }
    await kernel.dispatch('secrets.rotate', {}, origin)
    expect(await code()).toBe('two')
    await kernel.apply({ reload: ['secrets'] })
    expect(await code()).toBe('two')
    await kernel.dispatch('secrets.remove', { name: 'openai' }, origin)
    expect(await code()).toContain('there is no stored secret')
    await kernel.close()
  })
})
