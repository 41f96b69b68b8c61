import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { callAuthorize, definePlugin, Secret } from 'nexus-gateway/sdk'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fakeClock, type TestClock } from '../../sdk/testing/clock.ts'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLogger, type Logger } from '../../kernel/log.ts'
import { memorySource } from '../../kernel/source.ts'
import cli from '../../plugins/logs/cli.ts'
import { secretsHeld } from '../../plugins/logs/contract.ts'
import logs from '../../plugins/logs/index.ts'
import { colour, noColour } from 'nexus-gateway/sdk'
import { pretty } from '../../plugins/logs/pretty.ts'

const allow = definePlugin({ id: 'allow', capabilities: ['tap:call.authorize'], setup(ctx) { ctx.tap(callAuthorize, () => true) } })
const secretive = definePlugin({ id: 'secretive', setup(ctx) { ctx.tap(secretsHeld, () => ['a-secret-of-a-plugin']) } })

let state: string
let kernel: Kernel
let log: Logger
let clock: TestClock
const environment = process.env['NEXUS_LOG']
beforeEach(async () => {
  delete process.env['NEXUS_LOG']
  state = await mkdtemp(join(tmpdir(), 'nexus-logs-'))
})
afterEach(async () => {
  await kernel.close()
  if (environment !== undefined) process.env['NEXUS_LOG'] = environment
  await rm(state, { recursive: true, force: true })
})

async function start(settings: Record<string, unknown> = {}): Promise<void> {
  clock = fakeClock()
  log = createLogger({ level: 'debug', now: clock.now })
  kernel = createKernel({
    plugins: [logs, allow, secretive].map((plugin) => ({ source: memorySource(plugin), why: 'test' })), log, version: 'test', clock, settings: { logs: settings }, checkPayloads: true,
    paths: { state, config: join(state, 'nexus.json5'), socket: '', lock: '', cache: '', token: '', local: '' },
  })
  await kernel.start()
}
const file = (): string => join(state, 'logs', 'nexus.log')
const lines = async (): Promise<Record<string, unknown>[]> => (await readFile(file(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
interface Answer { file: string; cursor: number; size: number; lines: string[]; reset?: boolean }
const tail = async (params: unknown = {}): Promise<Answer> =>
  await kernel.dispatch('logs.tail', params, { caller: { id: 't', role: 'operator', label: 'operator', scopes: new Set(['operator.read']) }, transport: 'kernel' }) as Answer

describe('the log', () => {
  test('has what was said before and after the start, from the kernel and from plugins', async () => {
    await start()
    log.for('cost').info('charged', { usd: 0.5 })
    log.warn('look out')
    const answer = await tail()
    expect(answer.file).toBe(file())
    expect(answer.lines.map((line) => JSON.parse(line) as unknown)).toEqual(expect.arrayContaining([
      { level: 'info', time: clock.now(), plugin: 'cost', msg: 'charged', fields: { usd: 0.5 } },
      { level: 'warn', time: clock.now(), plugin: 'kernel', msg: 'look out' },
    ]))
    log.info('later')
    const next = await tail({ cursor: answer.cursor })
    expect(next.lines).toHaveLength(1)
    expect(next).not.toHaveProperty('reset')
  })

  test('is not on disk before the gateway is ready, and then by itself', async () => {
    await start()
    log.info('early')
    await expect(stat(file())).rejects.toMatchObject({ code: 'ENOENT' })
    await clock.advance(50)
    await expect.poll(() => readFile(file(), 'utf8').catch(() => ''), { timeout: 5_000 }).toContain('early')
  })

  test('is complete when the gateway stops, even before pino was loaded', async () => {
    await start()
    log.info('last words')
    await kernel.close()
    expect((await lines()).some(({ msg }) => msg === 'last words')).toBe(true)
  })

  test('has no secret that a plugin holds, or comes to hold later', async () => {
    await start()
    log.info('a-secret-of-a-plugin', { x: ['a-secret-of-a-plugin'] })
    await tail()
    await kernel.apply({ load: [{ source: memorySource(definePlugin({ id: 'late', setup(ctx) { ctx.tap(secretsHeld, () => ['another-secret-value']) } })), why: 'test' }] })
    log.info('another-secret-value and a-secret-of-a-plugin')
    await tail()
    const text = await readFile(file(), 'utf8')
    expect(text).not.toMatch(/a-secret-of-a-plugin|another-secret-value/)
    expect(text).toContain('[redacted] and [redacted]')
  })

  test('has no secret that a plugin learns while it runs, from that moment on', async () => {
    await start()
    await tail()
    let n = 0
    const key = new Secret('env:KEY', async () => `rotated-secret-${++n}`)
    await kernel.apply({ load: [{ source: memorySource(definePlugin({ id: 'late', setup(ctx) { ctx.tap(secretsHeld, () => key.known()) } })), why: 'test' }] })
    for (const round of [1, 2]) {
      expect(await key.reveal()).toBe(`rotated-secret-${round}`)
      log.info(`sent rotated-secret-${round} and rotated-secret-1`)
    }
    await tail()
    const text = await readFile(file(), 'utf8')
    expect(text).not.toContain('rotated-secret')
    expect(text).toContain('sent [redacted] and [redacted]')
  })

  test.each<readonly [string, () => Promise<never> | never]>([
    ['throws', () => { throw new Error('no secrets today') }], ['rejects', async () => { throw new Error('no secrets today') }],
  ])('goes on when a plugin that is asked for its secrets %s', async (_, held) => {
    await start()
    await tail()
    await kernel.apply({ load: [{ source: memorySource(definePlugin({ id: 'broken', setup(ctx) { ctx.tap(secretsHeld, held) } })), why: 'test' }] })
    for (let i = 0; i < 20; i++) log.info(`line ${i} a-secret-of-a-plugin`)
    await new Promise((resolve) => { setTimeout(resolve, 20) })
    await tail()
    const written = await lines()
    expect(written.filter(({ msg }) => String(msg).startsWith('line '))).toHaveLength(20)
    expect(written.length).toBeLessThan(100)
    expect(await readFile(file(), 'utf8')).not.toContain('a-secret-of-a-plugin')
  })

  test('leaves out what is below its level; NEXUS_LOG wins over the settings', async () => {
    await start({ level: 'warn' })
    log.info('quiet')
    log.warn('loud')
    expect((await tail()).lines.join()).not.toContain('quiet')
    await kernel.close()
    process.env['NEXUS_LOG'] = 'debug'
    await start({ level: 'warn' })
    log.debug('very quiet')
    expect((await tail()).lines.join()).toContain('very quiet')
  })

  test('goes on over a reload', async () => {
    await start()
    log.info('one')
    await tail()
    await kernel.apply({ reload: ['logs'] })
    log.info('two')
    const messages = (await tail()).lines.map((line) => (JSON.parse(line) as { msg: string }).msg)
    expect(messages.filter((m) => m === 'one' || m === 'two')).toEqual(['one', 'two'])
  })

  test('takes the protocol\'s params and no others', async () => {
    await start()
    await expect(tail({ limit: 5000, maxBytes: 1_000_000, cursor: 0 })).resolves.toBeDefined()
    for (const params of [{ limit: 0 }, { limit: 5001 }, { maxBytes: 1_000_001 }, { cursor: -1 }, { cursor: 0.5 }, { file: '/etc/passwd' }]) {
      await expect(tail(params)).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    }
  })
})

describe('a line for people', () => {
  const line = (over: object = {}): string => JSON.stringify({ level: 'warn', time: new Date(2026, 10, 22, 9, 5, 1, 3).getTime(), plugin: 'cost', msg: 'over budget', ...over })

  test('has local time, level, plugin, message and fields', () => {
    expect(pretty(line({ fields: { usd: 1.5, who: 'a b', list: [1] } }), noColour)).toBe('2026-11-22 09:05:01.003 WARN  cost over budget usd=1.5 who="a b" list=[1]')
  })
  test('has the stack of an error below it', () => {
    const text = pretty(line({ fields: { error: { name: 'Error', code: 'E', message: 'no luck', stack: 'Error: no luck\n    at f (/x.ts:1:2)\n    at g (/y.ts:3:4)' } } }), noColour)
    expect(text.split('\n')).toEqual(['2026-11-22 09:05:01.003 WARN  cost over budget error="E: no luck"', '    at f (/x.ts:1:2)', '    at g (/y.ts:3:4)'])
  })
  test('cannot steer a terminal', () => {
    const text = pretty(line({ msg: 'a\u001b[2Jb\u202ec\nd', plugin: '\u0007', fields: { ['k\u001b']: 'v\u009b1m' } }), noColour)
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/)
  })
  test.each(['not json \u001b[2J', 'null', '[]', '{"level":1}', ''])('that is none of ours is shown as it is: %j', (text) => {
    expect(pretty(text, noColour)).toBe(text.replace('\u001b', ' '))
  })
  test('has colours only when wanted', () => {
    expect(pretty(line(), colour)).toContain('\u001b[33mWARN \u001b[39m')
  })
})

describe('nexus logs', () => {
  const run = cli['logs']?.run
  async function printed(options: Record<string, string | boolean>, over: Partial<CommandIo> = {}): Promise<string> {
    let text = ''
    const stdout = new Writable({ write(chunk, _, done) { text += String(chunk); done() } })
    await run?.({
      args: {}, options: { limit: '200', ...options }, json: false, stdout, env: {}, paths: { state }, signal: new AbortController().signal,
      call: () => Promise.reject(new Error('no gateway')), ...over,
    } as unknown as CommandIo)
    return text
  }

  test('reads the file, with no gateway running', async () => {
    await start()
    for (let i = 0; i < 5; i++) log.info(`message ${i}`)
    await kernel.close()
    expect((await printed({ limit: '2' })).trim().split('\n').map((line) => line.slice(-9))).toEqual(['message 3', 'message 4'])
    expect((await printed({}, { json: true })).trim().split('\n').map((line) => JSON.parse(line) as unknown)).toHaveLength((await lines()).length)
  })

  test('asks the gateway that --url names', async () => {
    await start()
    log.info('of this machine')
    const asked: unknown[] = []
    const remote = await printed({ url: 'http://h' }, { call: async (name, params) => { asked.push([name, params]); return { lines: ['of another'], cursor: 3 } } })
    expect(remote).toBe('of another\n')
    expect(asked).toEqual([['logs.tail', { limit: 200, maxBytes: 1_000_000 }]])
  })

  test('goes on from the cursor when it follows', async () => {
    await start()
    const abort = new AbortController()
    const answers = [{ lines: ['a'], cursor: 1 }, { lines: ['b', 'c'], cursor: 3 }, { lines: ['d'], cursor: 4 }]
    const cursors: unknown[] = []
    const text = await printed({ url: 'http://h', follow: true }, {
      signal: abort.signal,
      call: async (_, params) => {
        cursors.push((params as { cursor?: number }).cursor)
        const answer = answers.shift()
        if (!answer) abort.abort()
        return answer ?? { lines: [], cursor: 4 }
      },
    })
    expect(text).toBe('a\nb\nc\nd\n')
    expect(cursors).toEqual([undefined, 1, 3, 4])
  })

  test.each(['0', '5001', 'x', '-1', '1e3', '10000'])('refuses --limit %s', async (limit) => {
    await start()
    await expect(printed({ limit })).rejects.toMatchObject({ code: 'NEXUS_LOGS_LIMIT' })
  })
})
