/** The gateway as a process: what starts it, what refuses to, how it ends, and what it leaves behind. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { isTooOld, refuse } from '../../kernel/cli/node-version.ts'
import type { LockRecord } from '../../kernel/cli/lock.ts'
import { nexus, started, stateDir } from '../kernel/cli/spawn.ts'

let state: string
beforeEach(() => { state = stateDir() })
afterEach(() => rmSync(state, { recursive: true, force: true }))

/** Writes a plugin file and gives the flags that add it. */
function plugin(id: string, text: string): string[] {
  const file = join(state, `${id}.mjs`)
  writeFileSync(file, `import { definePlugin, method } from 'nexus-gateway/sdk'\n${text}`)
  // In a process of its own it would not be seen to fail before it is called.
  return ['--plugins', file, '--set', 'pluginPolicy.trusted=["*"]']
}
const slow = (): string[] => plugin('slow', `
  const nap = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
  export default definePlugin({
    id: 'slow', methods: { 'slow.second': method({ scope: 'operator.read' }), 'slow.forever': method({ scope: 'operator.read' }) },
    setup: () => ({ methods: { 'slow.second': () => nap(1000).then(() => 'done'), 'slow.forever': () => nap(1e9) } }),
  })`)
const call = (method: string, ...args: string[]) => nexus(['call', method, ...args], { env: { NEXUS_STATE_DIR: state } })
const stop = (...args: string[]) => nexus(['stop', ...args], { env: { NEXUS_STATE_DIR: state } })
const start = (...args: string[]) => nexus(['start', '--json', '--port', '0', ...args], { env: { NEXUS_STATE_DIR: state } })
const errorOf = (out: string) => (JSON.parse(out) as { error: { code: string; message: string } }).error
const codeOf = (out: string) => errorOf(out).code
const lockFile = () => join(state, 'gateway.lock')

describe('a start', () => {
  test('says once that it serves, in one line, and is reached by socket and by URL, until it is stopped', async () => {
    await using gateway = await started([], { state })
    expect(gateway.ready).toMatchObject({ event: 'ready', pid: gateway.child.pid, active: expect.arrayContaining(['auth', 'store', 'health']) as string[] })
    expect((await fetch(`${gateway.ready.url}/healthz`)).status).toBe(200)
    expect(await call('ping', '{"data":"x"}')).toEqual({ status: 0, out: '{"data":"x"}\n', err: '' })
    expect((await call('ping', '--token-file', join(state, 'auth', 'token'))).status).toBe(0)
    expect((await call('ping', '--url', gateway.ready.url)).status).toBe(0)
    expect((await call('ping', '--url', gateway.ready.url.replace('http', 'ws'))).status).toBe(0)
    expect(JSON.parse((await call('--list', '--json')).out)).toMatchObject({ methods: expect.arrayContaining(['ping', 'health']) as string[] })
    expect((await call('--list', '--url', gateway.ready.url)).out).toContain('ping\n')
    const refused = await nexus(['call', 'ping', '--url', gateway.ready.url, '--json'])
    expect(refused.status).toBe(1)
    expect(codeOf(refused.out)).toBe('NEXUS_CALL_UNAUTHENTICATED')

    expect(await stop()).toMatchObject({ status: 0, out: `Stopped the gateway (pid ${gateway.child.pid}).\n` })
    const { status, out } = await gateway.ended()
    expect(status).toBe(0)
    expect(out.trim().split('\n')).toHaveLength(1)
    expect(readdirSync(state)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^gateway\./)]))
  })

  test('on a terminal it says where it is, what failed and what can be done next', async () => {
    const broken = plugin('broken', 'export default definePlugin({ id: "broken", setup() { throw new Error("no luck") } })')
    const gateway = spawn(process.execPath, [(await import('../kernel/cli/spawn.ts')).binary(), 'start', '--port', '0', ...broken], { env: { PATH: process.env['PATH'], NEXUS_STATE_DIR: state } })
    let text = ''
    gateway.stdout.on('data', (chunk: Buffer) => { text += String(chunk) })
    await expect.poll(() => text, { timeout: 20_000 }).toContain('nexus stop')
    expect(text).toMatch(/NEXUS \S+ serves http:\/\/127\.0\.0\.1:\d+/)
    expect(text).toContain(state)
    expect(text).toMatch(/broken {2}NEXUS_PLUGIN_SETUP_FAILED\n.*no luck\n {4}fix /)
    gateway.kill('SIGINT')
    expect(await once(gateway, 'exit')).toEqual([0, null])
  })

  test('everything in the state directory is private, whatever the umask', async () => {
    const before = process.umask(0)
    try {
      await using gateway = await started([], { state })
      await call('ping')
      gateway.child.kill('SIGTERM')
      expect((await gateway.ended()).status).toBe(0)
    } finally {
      process.umask(before)
    }
    for (const entry of ['', ...readdirSync(state, { recursive: true }).map(String)]) {
      const stat = statSync(join(state, entry))
      expect([entry, stat.mode & 0o077]).toEqual([entry, 0])
    }
  })

  test('a plugin that fails does not keep the others from running', async () => {
    await using gateway = await started(plugin('broken', 'export default definePlugin({ id: "broken", setup() { throw new Error("no luck") } })'), { state })
    expect(gateway.ready.failed).toEqual([expect.objectContaining({ id: 'broken', code: 'NEXUS_PLUGIN_SETUP_FAILED', fix: expect.stringContaining('-broken') as string })])
    expect((await call('ping')).status).toBe(0)
  })

  test('a name that is no plugin is reported beside it', async () => {
    await using gateway = await started(['--plugins', 'no-such-plugin'], { state })
    expect(gateway.ready.failed).toEqual([expect.objectContaining({ id: 'no-such-plugin', code: 'NEXUS_PLUGIN_NOT_FOUND' })])
  })
})

describe('a start that is refused does nothing, says why in one line and has a status of its own', () => {
  test('a required plugin fails: its code', async () => {
    mkdirSync(join(state, 'auth'), { mode: 0o700 })
    writeFileSync(join(state, 'auth', 'token'), 'x'.repeat(40))
    chmodSync(join(state, 'auth', 'token'), 0o644)
    const { status, out } = await start()
    expect([status, codeOf(out)]).toEqual([77, 'NEXUS_AUTH_TOKEN_FILE'])
    expect(existsSync(lockFile())).toBe(false)
  })

  test('the port is taken: 75, before any plugin is set up', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const { status, out, err } = await nexus(['start', '--port', String(port)], { env: { NEXUS_STATE_DIR: state } })
    server.close()
    expect({ status, out }).toEqual({ status: 75, out: '' })
    expect(err).toMatch(new RegExp(`^NEXUS_START_PORT {2}port ${port} on 127\\.0\\.0\\.1 is in use\n +fix {2}.*--port N\\.\n$`))
    expect([readdirSync(state), readdirSync(join(state, 'config'))]).toEqual([['cache', 'config'], []])
  })

  test('an address that is not ours: 75', async () => {
    const { status, out } = await nexus(['start', '--json', '--port', '19', '--bind', '192.0.2.1'], { env: { NEXUS_STATE_DIR: state } })
    expect([status, codeOf(out)]).toEqual([75, 'NEXUS_START_BIND'])
  })

  test('the state directory cannot be written: 73', async () => {
    writeFileSync(join(state, 'file'), '')
    const { status, out } = await nexus(['start', '--json'], { env: { NEXUS_STATE_DIR: join(state, 'file', 'state') } })
    expect([status, codeOf(out)]).toEqual([73, 'NEXUS_START_STATE'])
  })

  test.each([
    ['{ gateway: { port: 1,, } }', 78, 'NEXUS_CONFIG_INVALID', /nexus\.json5:1:\d+: /],
    ['{ gateway: { prot: 1 } }', 78, 'NEXUS_CONFIG_INVALID', /"gateway\.prot".*did you mean "port"/],
    ['{ helth: {} }', 78, 'NEXUS_CONFIG_INVALID', /"helth" is no plugin in the list; did you mean "health"/],
  ])('settings %s: %d', async (text, exit, code, message) => {
    writeFileSync(join(state, 'nexus.json5'), text)
    const { status, out } = await start()
    expect([status, codeOf(out)]).toEqual([exit, code])
    expect(errorOf(out).message).toMatch(message)
  })

  test('settings that were named and are not there: 66', async () => {
    const { status, out } = await start('--config', join(state, 'none.json5'))
    expect([status, codeOf(out)]).toEqual([66, 'NEXUS_CONFIG_UNREADABLE'])
  })

  test('Node is too old: 69', async () => {
    expect(['16.0.0', '18.20.0', '20.0.0', '20.18.3'].filter((version) => !isTooOld(version))).toEqual([])
    expect(['20.19.0', '20.20.2', '22.0.0', '24.1.0', '100.0.0'].filter(isTooOld)).toEqual([])
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true)
    const status = await refuse('18.20.0', false)
    const said = [...write.mock.calls]
    write.mockRestore()
    expect(status).toBe(69)
    expect(said).toEqual([[expect.stringMatching(/^NEXUS_START_NODE {2}Node 18\.20\.0 is too old\n {2}fix {2}Install Node 20\.19/)]])
  })
})

describe('one gateway per state directory', () => {
  test('the second is refused with 76 and the first keeps serving', async () => {
    await using gateway = await started([], { state })
    const { status, out } = await start()
    expect([status, codeOf(out)]).toEqual([76, 'NEXUS_START_LOCKED'])
    expect(out).toContain(String(gateway.child.pid))
    expect((await call('ping')).status).toBe(0)
  })

  test('of two at the same instant one serves', async () => {
    const both = await Promise.allSettled([started([], { state }), started([], { state })])
    const serving = both.filter((one) => one.status === 'fulfilled').map(({ value }) => value)
    expect(serving).toHaveLength(1)
    expect(String(both.find((one) => one.status === 'rejected')!.reason)).toMatch(/ended with 76.*NEXUS_START_LOCKED/)
    await serving[0]![Symbol.asyncDispose]()
  })

  test('what a killed one left behind is no obstacle', async () => {
    const killed = await started([], { state })
    await killed[Symbol.asyncDispose]()
    expect(readdirSync(state)).toEqual(expect.arrayContaining(['gateway.lock', 'gateway.sock']))
    expect((await call('ping')).err).toContain('NEXUS_CLI_NO_GATEWAY')
    await using gateway = await started([], { state })
    expect((await call('ping')).status).toBe(0)
    expect(gateway.ready.failed).toEqual([])
  })

  test('stop signals nobody whose start time is not the gateway\'s', async () => {
    const killed = await started([], { state })
    const record = JSON.parse(readFileSync(lockFile(), 'utf8')) as LockRecord
    await killed[Symbol.asyncDispose]()
    const stranger = spawn('sleep', ['60'])
    writeFileSync(lockFile(), JSON.stringify({ ...record, pid: stranger.pid }))
    expect(await stop()).toMatchObject({ status: 69, err: expect.stringContaining('NEXUS_CLI_NO_GATEWAY') as string })
    writeFileSync(lockFile(), JSON.stringify({ ...record, pid: stranger.pid, start: '' }))
    expect(await stop()).toMatchObject({ status: 77, err: expect.stringContaining('NEXUS_STOP_AWAY') as string })
    expect([stranger.exitCode, stranger.signalCode]).toEqual([null, null])
    stranger.kill('SIGKILL')
  })
})

describe('SIGTERM', () => {
  test('lets a call in flight end and answers it, and then the process ends with 0', async () => {
    await using gateway = await started(slow(), { state })
    const answer = call('slow.second')
    await sleep(500)
    gateway.child.kill('SIGTERM')
    expect(await answer).toEqual({ status: 0, out: '"done"\n', err: '' })
    expect((await gateway.ended()).status).toBe(0)
  })

  test('ends the process within 10 s when a call never does, with a status that says so', async () => {
    await using gateway = await started(slow(), { state })
    const answer = call('slow.forever')
    await sleep(500)
    const began = performance.now()
    gateway.child.kill('SIGTERM')
    const { status, err } = await gateway.ended()
    expect(performance.now() - began).toBeLessThan(11_000)
    expect(status).toBe(70)
    expect(err).toContain('cut off')
    expect((await answer).status).not.toBe(0)
    expect(existsSync(lockFile())).toBe(false)
  })

  test('twice means at once; twice in a moment is once', async () => {
    await using gateway = await started(slow(), { state })
    const answer = call('slow.forever')
    await sleep(500)
    gateway.child.kill('SIGTERM')
    gateway.child.kill('SIGINT')
    await sleep(800)
    expect(gateway.child.exitCode).toBe(null)
    gateway.child.kill('SIGTERM')
    expect((await gateway.ended()).status).toBe(143)
    expect(existsSync(lockFile())).toBe(false)
    await answer
  })

  test('nexus stop --now does not wait for calls; a stop that takes too long says so', async () => {
    await using gateway = await started(slow(), { state })
    const answer = call('slow.forever')
    await sleep(500)
    expect(await stop('--timeout', '300')).toMatchObject({ status: 75, err: expect.stringContaining('NEXUS_STOP_TIMEOUT') as string })
    expect((await stop('--now')).status).toBe(0)
    expect((await gateway.ended()).status).toBe(143)
    await answer
  })
})

describe('a fault that nobody caught', () => {
  test('is laid on its plugin, and the gateway runs on', async () => {
    const args = plugin('faulty', `
      export default definePlugin({ id: 'faulty', methods: { 'faulty.throw': method({ scope: 'operator.read' }), 'faulty.reject': method({ scope: 'operator.read' }) },
        setup: () => ({ methods: {
          'faulty.throw': () => { setTimeout(() => { throw new Error('timer trouble') }, 1) },
          'faulty.reject': () => { void Promise.reject(new Error('promise trouble')) },
        } }) })`)
    await using gateway = await started(args, { state })
    await call('faulty.throw')
    await call('faulty.reject')
    await expect.poll(() => gateway.said.err).toMatch(/error faulty .*timer trouble[^]*error faulty .*promise trouble/)
    expect(gateway.said.err).toContain('faulty.mjs')
    expect((await call('ping')).status).toBe(0)
    gateway.child.kill('SIGTERM')
    expect((await gateway.ended()).status).toBe(0)
  })

  test('that belongs to no plugin ends it with 70, said in the log', async () => {
    const args = plugin('wild', `
      import { connect } from 'node:net'
      export default definePlugin({ id: 'wild', methods: { 'wild.go': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'wild.go': () => { connect(1, '127.0.0.1') } } }) })`)
    await using gateway = await started(args, { state })
    await call('wild.go')
    const { status, err } = await gateway.ended()
    expect(status).toBe(70)
    expect(err).toMatch(/error kernel .*no plugin.*ECONNREFUSED/)
    expect(existsSync(lockFile())).toBe(false)
  })
})
