/** The settings of a gateway that runs as a process: first mistakes, edits by hand, crashes, and commands without it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createClient } from '../../sdk/client.ts'
import { nexus, started, stateDir } from '../kernel/cli/spawn.ts'

let state: string
let file: string
beforeEach(() => {
  state = stateDir()
  file = join(state, 'nexus.json5')
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const edit = (text: string): void => writeFileSync(file, text)
const run = (...args: string[]) => nexus(args, { env: { NEXUS_STATE_DIR: state } })
const statusOf = async () => JSON.parse((await run('status', '--json')).out) as { mode: string; reasons: string[]; pid: number }
const refusal = async (...args: string[]) => {
  const { status, out } = await run('start', '--json', '--port', '0', ...args)
  return { status, ...(JSON.parse(out) as { error: { code: string; message: string; fix: string } }).error }
}

/** Says its word; `settings.word` is its one setting. */
function parrot(): string {
  const path = join(state, 'parrot.mjs')
  writeFileSync(path, `import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'
export default definePlugin({
  id: 'parrot', config: v.strictObject({ word: v.optional(v.string(), 'hello') }), methods: { 'parrot.say': method({ scope: 'operator.read' }) },
  setup: (ctx) => ({ methods: { 'parrot.say': () => ctx.config.word } }),
})`)
  return path
}

describe('the first mistake', () => {
  test.each([
    ['a missing comma', '{\n  gateway: { port: 0 }\n  logs: { level: "info" },\n}', /:2:23: .*comma/],
    ['a misspelt key', '{\n  gateway: {\n    prot: 0,\n  },\n}', /:3:5: "gateway\.prot" is not a known key; did you mean "port"\?/],
    ['a misspelt plugin', '{\n  lgos: {},\n}', /:2:3: "lgos" is no plugin in the list; did you mean "logs"\?/],
    ['a wrong type', '{\n  gateway: { port: "many" },\n}', /:2:\d+: "gateway\.port" must be a whole number/],
    ['a missing variable', '{\n  gateway: { bind: "${NEXUS_TEST_NOWHERE}" },\n}', /:2:\d+: "gateway\.bind" needs the variable NEXUS_TEST_NOWHERE/],
    ['a missing include', '{\n  $include: "./more.json5",\n}', /:2:\d+: .*more\.json5/],
  ])('%s is answered with the place and what was meant', async (_, text, says) => {
    edit(text)
    const { status, code, message, fix } = await refusal()
    expect([status, code]).toEqual([78, 'NEXUS_CONFIG_INVALID'])
    expect(message).toMatch(says)
    expect(message).toContain(file)
    expect(fix).not.toBe('')
  })
})

describe('an edit by hand', () => {
  test('changes what one plugin does within a second, and no connection notices', async () => {
    edit(`{ plugins: ['${parrot()}'], parrot: { word: 'one' } }`)
    await using gateway = await started([], { state })
    const token = readFileSync(join(state, 'auth', 'token'), 'utf8').trim()
    let drops = 0
    await using client = createClient({ url: gateway.ready.url, token, onState: (to) => { if (to === 'waiting') drops++ } })
    expect(await client.call('parrot.say')).toBe('one')
    let failed = 0
    let stop = false
    const asking = (async () => { while (!stop) await client.call('parrot.say').catch(() => failed++) })()
    edit(`{ plugins: ['./parrot.mjs'], parrot: { word: 'two' } } // by hand`)
    const edited = Date.now()
    while (await client.call('parrot.say') !== 'two') expect(Date.now() - edited).toBeLessThan(1_000)
    stop = true
    await asking
    expect({ failed, drops }).toEqual({ failed: 0, drops: 0 })
    expect((await statusOf()).mode).toBe('normal')
  })

  test('that is not valid changes nothing, shows in the status, and is forgotten once mended', async () => {
    edit(`{ plugins: ['${parrot()}'], parrot: { word: 'one' } }`)
    await using gateway = await started([], { state })
    edit('{ parrot: { wrod: 1 ')
    await expect.poll(async () => (await statusOf()).mode, { timeout: 5_000 }).toBe('degraded')
    expect((await statusOf()).reasons.join('\n')).toMatch(/nexus\.json5:1:\d+: /)
    await expect.poll(() => readFileSync(`${file}.rejected`, 'utf8')).toBe('{ parrot: { wrod: 1 ')
    expect((await run('call', 'parrot.say')).out).toBe('"one"\n')
    edit(`{ plugins: ['./parrot.mjs'], parrot: { word: 'two' } }`)
    await expect.poll(async () => (await run('call', 'parrot.say')).out, { timeout: 5_000 }).toBe('"two"\n')
    await expect.poll(statusOf, { timeout: 5_000 }).toMatchObject({ mode: 'normal', pid: gateway.child.pid })
  })

  test('of the port opens the new one, keeps the connections and closes the old one', async () => {
    edit('{ gateway: { port: 0 } }')
    await using gateway = await started([], { state, port: false })
    const token = readFileSync(join(state, 'auth', 'token'), 'utf8').trim()
    await using client = createClient({ url: gateway.ready.url, token })
    await client.call('ping')
    const port = await freePort()
    edit(`{ gateway: { port: ${port} } }`)
    await expect.poll(() => fetch(`http://127.0.0.1:${port}/healthz`).then(({ status }) => status, () => 0), { timeout: 5_000 }).toBe(200)
    await expect.poll(() => fetch(`${gateway.ready.url}/healthz`).then(() => 'open', () => 'closed'), { timeout: 5_000 }).toBe('closed')
    expect(await client.call('ping')).toBeDefined()
    // A port that somebody else has is refused, and the one in use stays open.
    const other = (await import('node:net')).createServer().listen(0, '127.0.0.1')
    await sleep(50)
    const taken = (other.address() as { port: number }).port
    edit(`{ gateway: { port: ${taken} } }`)
    await expect.poll(async () => (await statusOf()).reasons.join(), { timeout: 5_000 }).toContain(`port ${taken}`)
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200)
    other.close()
  })
})

describe('a start', () => {
  test('after a bad edit uses the last good settings and says so; --strict refuses', async () => {
    edit(`{ plugins: ['${parrot()}'], parrot: { word: 'kept' } }`)
    const first = await started([], { state })
    await first[Symbol.asyncDispose]()
    edit('{ parrot: { word: ')
    expect(await refusal('--strict')).toMatchObject({ status: 78, code: 'NEXUS_CONFIG_INVALID' })
    await using gateway = await started([], { state })
    expect(gateway.ready).toMatchObject({ mode: 'degraded', reasons: [expect.stringContaining('last settings that were valid'), expect.stringContaining(':1:')] })
    expect((await run('call', 'parrot.say')).out).toBe('"kept"\n')
  })

  test('after three crashes within a minute is a safe one, with first-party plugins that are safe and nothing else', async () => {
    edit(`{ plugins: ['${parrot()}'] }`)
    for (let crash = 0; crash < 3; crash++) {
      const gateway = await started([], { state })
      expect(gateway.ready).toMatchObject({ mode: 'normal' })
      gateway.child.kill('SIGKILL')
      await gateway.ended()
    }
    const safe = await started([], { state })
    expect(safe.ready).toMatchObject({ mode: 'safe', reasons: [expect.stringContaining('3 starts')] })
    expect(safe.ready.active).not.toContain('parrot')
    expect(safe.ready.active).toEqual(expect.arrayContaining(['auth', 'health', 'config']))
    expect(await statusOf()).toMatchObject({ mode: 'safe' })
    await run('stop')
    await safe.ended()
    await using normal = await started([], { state })
    expect(normal.ready).toMatchObject({ mode: 'normal' })
  })

  test('takes single settings from flags and variables, over what the file says', async () => {
    edit(`{ plugins: ['${parrot()}'], parrot: { word: 'file' } }`)
    const flagged = await started(['--set', 'parrot.word=flag', '--set', 'logs.level=debug'], { state })
    expect((await run('call', 'parrot.say')).out).toBe('"flag"\n')
    await flagged[Symbol.asyncDispose]()
    await using named = await started([], { state, env: { NEXUS__parrot__word: 'variable' } })
    expect(named.ready).toMatchObject({ mode: 'normal' })
    expect((await run('call', 'parrot.say')).out).toBe('"variable"\n')
  })
})

describe('without a running gateway', () => {
  test('a command that changes the settings does it by the same method, and leaves nothing behind', async () => {
    edit('{\n  // mine\n  logs: { level: "info" }, // and this\n}\n')
    expect(await run('config', 'set', 'logs.level', 'debug')).toMatchObject({ status: 0 })
    expect(readFileSync(file, 'utf8')).toContain('// mine\n  logs: { level: "debug" }, // and this')
    expect((await run('config', 'get', 'logs.level', '--json')).out).toContain('debug')
    const wrong = await run('config', 'set', 'logs.level', 'loud', '--json')
    expect([wrong.status, (JSON.parse(wrong.out) as { error: { code: string } }).error.code]).toEqual([78, 'NEXUS_CONFIG_FAULTY'])
    expect(readFileSync(file, 'utf8')).toContain('"debug"')
    expect((await run('call', 'ping')).status).toBe(69)
    await using gateway = await started([], { state })
    expect(gateway.ready).toMatchObject({ mode: 'normal' })
  })

  test('two of them at once wait for each other, and both are done', async () => {
    mkdirSync(join(state, 'config'), { recursive: true, mode: 0o700 })
    const both = await Promise.all([run('config', 'set', 'logs.level', 'debug', '--json'), run('config', 'set', 'gateway.port', '0', '--json')])
    expect(both.map(({ status, out }) => (status === 0 ? 'done' : out))).toEqual(['done', 'done'])
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/level: ['"]debug['"]/)
    expect(text).toMatch(/port: 0/)
  })
})

async function freePort(): Promise<number> {
  const { createServer } = await import('node:net')
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  await new Promise((resolve) => server.close(resolve))
  return port
}
