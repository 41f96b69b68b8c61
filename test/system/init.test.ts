/** A newcomer's first minute: the built binary, a model server on loopback, and an empty state directory. */
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startOpenAiServer, type MockReply, type MockServer } from '../fixtures/openai-server.ts'
import { nexus, started, stateDir } from '../kernel/cli/spawn.ts'
import { onTerminal } from './init-terminal.ts'

const key = 'sk-right-0123456789'
let server: MockServer
let state: string
beforeAll(async () => { server = await startOpenAiServer({ key, models: ['m1', 'm2', 'text-embedding-3'], reply: () => ({ text: ['ok'], usage: { prompt: 3, completion: 1 } }) }) })
afterAll(() => server.close())
beforeEach(() => { state = stateDir() })
afterEach(() => rmSync(state, { recursive: true, force: true }))

const env = (): Record<string, string> => ({ NEXUS_STATE_DIR: state })
const init = (args: string, input = '', more: Record<string, string> = {}) => nexus(['init', ...args.split(' ').filter(Boolean)], { env: { ...env(), ...more }, input })
const usual = (): string => `--provider openai-compatible --url ${server.url} --model m1 --key-stdin --yes`
const settings = (): Promise<string> => readFile(join(state, 'nexus.json5'), 'utf8')
const chat = async (text: string) => (await nexus(['chat', text], { env: env() })).out
const there = (file: string): Promise<boolean> => stat(join(state, file)).then(() => true, () => false)

describe('with everything said', () => {
  test('an empty directory becomes commented settings, a private key file and an answer', async () => {
    const done = await init(`${usual()} --json`, `${key}\n`)
    expect(done).toMatchObject({ status: 0, err: '' })
    expect(JSON.parse(done.out)).toMatchObject({ ok: true, model: 'openai-compatible/m1', key: 'file:keys/openai-compatible', answered: true, changed: true, running: false, next: expect.arrayContaining(['nexus start', 'nexus chat']) as string[] })
    const text = await settings()
    expect(text).toMatch(/\/\/ .*nexus config validate/)
    expect(text).toContain(`baseUrl: '${server.url}'`)
    expect(text).toContain('{ $secret: \'file:keys/openai-compatible\' }')
    expect(text).not.toContain(key)
    expect((await stat(join(state, 'keys/openai-compatible'))).mode & 0o777).toBe(0o600)
    expect((await stat(join(state, 'keys'))).mode & 0o777).toBe(0o700)
    await using _ = await started([], { state })
    expect(await chat('hello')).toContain('ok')
  })

  test('the same again changes nothing; the key may be left out then', async () => {
    await init(usual(), key)
    const before = await settings()
    expect(JSON.parse((await init(`${usual()} --json`, key)).out)).toMatchObject({ changed: false })
    expect(await settings()).toBe(before)
    expect(await init(`--provider openai-compatible --url ${server.url} --model m1 --yes --no-test`)).toMatchObject({ status: 0 })
    expect(await settings()).toContain('file:keys/openai-compatible')
  })

  test('settings that are there keep their comments, order and other keys; without --yes nobody changes them', async () => {
    const mine = '// my own\n{\n  logs: { level: \'debug\' }, // loud\n  plugins: [\'-provider-openai-compatible\'],\n}\n'
    await writeFile(join(state, 'nexus.json5'), mine, { mode: 0o600 })
    const refused = await init(`--provider openai-compatible --url ${server.url} --model m1 --key-stdin`, key)
    expect(refused).toMatchObject({ status: 2, err: expect.stringContaining('NEXUS_INIT_CONSENT') as string })
    expect(await settings()).toBe(mine)
    expect(await there('keys')).toBe(false)
    expect((await init(usual(), key)).status).toBe(0)
    const text = await settings()
    for (const part of ['// my own', 'level: \'debug\'', '// loud', 'baseUrl']) expect(text).toContain(part)
    expect(text).not.toContain('-provider-openai-compatible')
    // Another server takes the place of the first one, with all that was said of that.
    expect((await init('--provider demo --yes')).status).toBe(0)
    expect(await settings()).toContain('demo/demo')
  })

  test('a running gateway takes it up at once', async () => {
    await using gateway = await started([], { state })
    const done = await init(`${usual()} --json`, key)
    expect(JSON.parse(done.out)).toMatchObject({ ok: true, running: true, answered: true })
    expect(await chat('hello')).toContain('ok')
    const client = new OpenAI({ baseURL: `${gateway.ready.url}/v1`, apiKey: (await readFile(join(state, 'auth/token'), 'utf8')).trim() })
    expect((await client.chat.completions.create({ model: 'nexus', messages: [{ role: 'user', content: 'hello' }] })).choices[0]?.message.content).toContain('ok')
  })

  test('a key in a variable stays there', async () => {
    expect((await init(`--provider openai-compatible --url ${server.url} --model m1 --key-env MY_KEY --yes`, '', { MY_KEY: key })).status).toBe(0)
    expect(await settings()).toContain('env:MY_KEY')
    expect(await there('keys')).toBe(false)
    expect(await init('--provider openai --model m --key-env NOT_THERE --yes')).toMatchObject({ err: expect.stringContaining('NEXUS_INIT_KEY_ENV') as string })
  })

  test('an encrypted store that is turned on keeps the key', async () => {
    await writeFile(join(state, 'nexus.json5'), '{ plugins: [\'secrets\'], secrets: { key: \'file\' } }', { mode: 0o600 })
    expect(await init(usual(), key)).toMatchObject({ status: 0 })
    expect(await settings()).toContain('store:openai-compatible')
    expect(await there('keys')).toBe(false)
  })

  test('help has examples, and completion knows the options', async () => {
    const help = await nexus(['init', '--help'], { env: env() })
    for (const part of ['--key-stdin', '--provider', 'Examples', 'nexus init --provider ollama']) expect(help.out).toContain(part)
    expect((await nexus(['completion', 'bash'], { env: env() })).out).toContain('init')
  })
})

describe('what goes wrong is said, with the way out, and nothing is changed', () => {
  test.each([
    ['a key that is not taken', () => usual(), 'sk-wrong', 'NEXUS_INIT_WRONG_KEY', /Look whether all of it was copied/],
    ['no key where one is wanted', () => `--provider openai-compatible --url ${server.url} --model m1 --yes`, '', 'NEXUS_INIT_NO_KEY', /--key-stdin/],
    ['a vendor without a key', () => '--provider openai --model m --yes', '', 'NEXUS_INIT_NO_KEY', /platform\.openai\.com/],
    ['no such model', () => usual().replace('m1', 'm9'), key, 'NEXUS_INIT_NO_MODEL', /It has: m1, m2/],
    ['several models and none named', () => usual().replace('--model m1', ''), key, 'NEXUS_INIT_MODEL', /--model/],
    ['nobody who listens', () => '--provider openai-compatible --url http://127.0.0.1:4/v1 --model m1 --yes', '', 'NEXUS_INIT_UNREACHABLE', /nothing listens there/],
    ['a host that is none', () => '--provider openai-compatible --url http://nowhere.invalid/v1 --model m1 --yes', '', 'NEXUS_INIT_UNREACHABLE', /network/],
    ['a server of something else', () => `--provider openai-compatible --url ${server.url}/chat/completions --model m1 --key-stdin --yes`, key, 'NEXUS_INIT_ANSWER', /ends with the version/],
    ['a provider that is none', () => '--provider clever --yes', '', 'NEXUS_INIT_PROVIDER', /openai-compatible/],
    ['an address with a password', () => '--provider openai-compatible --url http://me:secret@127.0.0.1/v1 --yes', '', 'NEXUS_INIT_URL', /without a password/],
    ['two keys', () => `${usual()} --key-env X`, key, 'NEXUS_INIT_KEY_TWICE', /Leave one/],
    ['a key of two lines', () => usual(), 'one\ntwo', 'NEXUS_INIT_KEY_VALUE', /nothing else/],
    ['nobody to be asked', () => '', '', 'NEXUS_INIT_TERMINAL', /--provider/],
  ])('%s', async (_, args, input, code, fix) => {
    const refused = await init(args(), input)
    expect(refused.status).toBeGreaterThan(0)
    expect(refused.err).toContain(code)
    expect(refused.err).toMatch(fix)
    for (const secret of [key, 'sk-wrong', 'secret@']) expect(refused.err + refused.out).not.toContain(secret)
    expect(await there('nexus.json5')).toBe(false)
    expect(await there('keys')).toBe(false)
  })

  test('a model that lists itself and does not answer: settings and key are as they were', async () => {
    const failing: MockReply = { status: 400, body: { error: { message: 'no', type: 'x', code: null } } }
    await init(usual(), key)
    const before = await settings()
    server.script(failing)
    const refused = await init(usual().replace('--model m1', '--model m2'), key)
    expect(refused).toMatchObject({ err: expect.stringContaining('NEXUS_INIT_PROBE') as string })
    expect(await settings()).toBe(before)
    expect(await readFile(join(state, 'keys/openai-compatible'), 'utf8')).toBe(`${key}\n`)
  })

  test('settings with faults are not added to', async () => {
    await writeFile(join(state, 'nexus.json5'), '{ gateway: { port: "many" } }', { mode: 0o600 })
    expect(await init(usual(), key)).toMatchObject({ err: expect.stringContaining('NEXUS_INIT_BROKEN') as string })
  })

  test('a place where no key can be kept', async () => {
    await writeFile(join(state, 'keys'), 'a file')
    expect(await init(usual(), key)).toMatchObject({ err: expect.stringContaining('NEXUS_INIT_KEPT') as string })
    expect(await there('nexus.json5')).toBe(false)
  })
})

describe('on a terminal', () => {
  test('a few keys lead from nothing to a first chat', async () => {
    await using terminal = onTerminal(['init'], env())
    await terminal.until('Which models shall answer?')
    terminal.type('\u001b[A'.repeat(9)) // to the top, wherever it begins
    await terminal.pick('Another server')
    await terminal.until('Where is the server?')
    terminal.type(`${server.url}\r`)
    await terminal.until('Does it want a key?')
    terminal.type('y')
    await terminal.until('The key')
    terminal.type('sk-typed-wrongly\r')
    await terminal.until('does not take the key')
    await terminal.until('◆  The key', 2)
    terminal.type(`${key}\r`)
    await terminal.until('Which model?')
    terminal.type('\r')
    await terminal.until('Write these settings?')
    terminal.type('\r')
    await terminal.until('What next?')
    await terminal.pick('Talk to it')
    await terminal.until('/exit')
    terminal.type('hello there\r')
    await terminal.until('ok')
    terminal.type('/exit\r')
    expect(await terminal.ended()).toBe(0)
    expect(terminal.said()).not.toContain(key)
    expect((await nexus(['stop'], { env: env() })).status).toBe(0)
    expect(await settings()).toContain('openai-compatible/m1')
  }, 120_000)

  test('Ctrl-C at any question leaves nothing', async () => {
    for (const stop of ['Which models shall answer?', 'Where is the server?', 'Does it want a key?', 'Which model?', 'Write these settings?']) {
      await using terminal = onTerminal(['init', ...(stop.startsWith('Which models') ? [] : stop.startsWith('Where') ? ['--provider', 'openai-compatible'] : stop.startsWith('Does') ? ['--provider', 'vllm', '--url', server.url] : ['--url', server.url, '--key-env', 'MY_KEY'])], { ...env(), MY_KEY: key })
      if (stop.startsWith('Write')) {
        await terminal.until('Which model?')
        terminal.type('\r')
      }
      await terminal.until(stop)
      terminal.type('\u0003')
      expect(await terminal.ended(), stop).toBe(130)
      expect(terminal.said()).toContain('Nothing was changed')
      expect(await there('nexus.json5')).toBe(false)
      expect(await there('keys')).toBe(false)
    }
  }, 120_000)

  test('Ctrl-C while a server lets it wait ends it at once', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    try {
      await using terminal = onTerminal(['init', '--url', `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`, '--key-env', 'MY_KEY'], { ...env(), MY_KEY: key })
      await terminal.until('for its models')
      terminal.type('\u0003')
      expect(await terminal.ended()).toBe(130)
      expect(await there('nexus.json5')).toBe(false)
    } finally {
      silent.closeAllConnections()
      silent.close()
    }
  })
})

describe('with only a base URL and a key in nexus.json5', () => {
  const tools: readonly MockReply[] = [
    { tools: [{ name: 'write', args: { path: 'note.txt', content: 'bought milk' } }] },
    { tools: [{ name: 'read', args: { path: 'note.txt' } }] },
    { text: ['It says: ', 'bought milk'], usage: { prompt: 30, completion: 4 } },
  ]
  async function noted(): Promise<boolean> {
    const files = await readdir(join(state, 'workspace'), { recursive: true }).catch(() => [])
    return files.some((file) => String(file).endsWith('note.txt'))
  }
  beforeEach(async () => {
    await mkdir(state, { recursive: true })
    await writeFile(join(state, 'nexus.json5'), `{ 'provider-openai-compatible': { baseUrl: '${server.url}', apiKey: '${key}' } }`, { mode: 0o600 })
  })

  test('a chat is answered, with tools in the workspace', async () => {
    await using _ = await started([], { state })
    server.script(...tools)
    expect(await chat('Note that I bought milk, and read it back.')).toContain('It says: bought milk')
    expect(await noted()).toBe(true)
    const { body } = server.requests.at(-1)!
    expect(JSON.stringify(body.messages)).toContain('bought milk')
    expect(server.violations).toEqual([])
  })

  test('the same through the official OpenAI client', async () => {
    await using gateway = await started([], { state })
    const client = new OpenAI({ baseURL: `${gateway.ready.url}/v1`, apiKey: (await readFile(join(state, 'auth/token'), 'utf8')).trim(), maxRetries: 0 })
    const messages = [{ role: 'user' as const, content: 'Note that I bought milk, and read it back.' }]
    server.script(...tools)
    let text = ''
    for await (const chunk of await client.chat.completions.create({ model: 'nexus', messages, stream: true })) text += chunk.choices[0]?.delta.content ?? ''
    expect(text).toContain('It says: bought milk')
    expect(await noted()).toBe(true)
    expect(server.violations).toEqual([])
  })
})
