/** A plugin of somebody else's, from nothing to nothing: written, tested, packed, added, called, edited, removed; and the gateway never stops. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createClient, type Client, type GatewayError } from 'nexus-gateway/sdk/client'
import type { IsolatedPlugin } from '../../plugins/isolation/contract.ts'
import { root } from '../fixtures/built.ts'
import { nexus, started, stateDir, type Started } from '../kernel/cli/spawn.ts'

let state: string
let work: string
let folder: string
let gateway: Started
let client: Client
let losses = 0
let generations: Record<string, number> = {}

interface Row { readonly id: string; readonly state: string; readonly generation: number; readonly tier: string; readonly hash?: string; readonly owned: readonly string[] }
const env = (): Record<string, string> => ({ NEXUS_STATE_DIR: state, HOME: join(work, 'home') })

async function cli(...args: string[]): Promise<Record<string, unknown>> {
  const { out, err, status } = await nexus([...args, '--json'], { env: env(), cwd: work })
  if (status !== 0) throw new Error(`nexus ${args.join(' ')} ended with ${status}: ${out}${err}`)
  return out.trim() === '' ? {} : JSON.parse(out.trim().split('\n').at(-1)!) as Record<string, unknown>
}
const why = (id: string): Promise<Row> => client.call('plugins.why', { id }) as Promise<Row>
const refused = async (call: Promise<unknown>): Promise<unknown> => call.then(() => 'it was answered', (error: GatewayError) => (error.details as { nexus?: string }).nexus)
const greet = (): Promise<unknown> => client.call('weather.greet', { name: 'Ada' })

function edit(file: string, from: string, to: string): void {
  const path = join(folder, file)
  const text = readFileSync(path, 'utf8')
  expect(text).toContain(from)
  writeFileSync(path, text.replace(from, to))
}

/** What every other plugin is in: a change of one of these numbers is a restart. */
async function others(): Promise<Record<string, number>> {
  const { plugins } = await client.call('plugins.list') as { plugins: { id: string }[] }
  const rows = await Promise.all(plugins.filter(({ id }) => id !== 'weather').map(({ id }) => why(id)))
  return Object.fromEntries(rows.map((row) => [row.id, row.generation]))
}

beforeAll(async () => {
  state = stateDir()
  work = mkdtempSync(join(tmpdir(), 'nexus-author-'))
  folder = join(work, 'nexus-weather')
  mkdirSync(join(work, 'home'))
  gateway = await started([], { state, env: { HOME: join(work, 'home') } })
  client = createClient({ url: gateway.ready.url, token: readFileSync(join(state, 'auth', 'token'), 'utf8').trim(), onState: (now) => { if (now === 'waiting') losses++ } })
  generations = await others()
}, 60_000)
afterAll(async () => {
  await client[Symbol.asyncDispose]()
  await gateway[Symbol.asyncDispose]()
  for (const dir of [state, work]) rmSync(dir, { recursive: true, force: true })
})

describe('a plugin of somebody else\'s', () => {
  test('is made, edited, and its test passes', async () => {
    expect(await cli('plugins', 'new', 'nexus-weather')).toMatchObject({ id: 'weather' })
    edit('index.ts', '`${ctx.config.greeting}, ${name}!`', '`${ctx.config.greeting}, ${name}, it is sunny.`')
    for (const name of ['Ada', 'Grace']) edit('index.test.js', `Hi, ${name}!`, `Hi, ${name}, it is sunny.`)
    mkdirSync(join(folder, 'node_modules'))
    symlinkSync(root, join(folder, 'node_modules', 'nexus-gateway'))
    const { NODE_TEST_CONTEXT: _, ...rest } = process.env
    expect(execFileSync('npm', ['test'], { cwd: folder, env: rest, encoding: 'utf8' })).toMatch(/pass [1-9]/)
  })

  test('is not installed unless somebody agrees, and that leaves nothing behind', async () => {
    await cli('plugins', 'pack', 'nexus-weather')
    const { status, err, out } = await nexus(['plugins', 'add', './nexus-weather-0.1.0.tgz'], { env: env(), cwd: work })
    expect(status, out + err).not.toBe(0)
    expect(out + err).toMatch(/take part in tools\.run/)
    expect(await refused(greet())).toBe('NEXUS_CALL_UNKNOWN_METHOD')
    expect(readdirSync(state).includes('plugins') ? readdirSync(join(state, 'plugins')).filter((name) => name.startsWith('weather')) : []).toEqual([])
  })

  test('is added to the running gateway and answers, in a process of its own that the first call starts', async () => {
    expect(await cli('plugins', 'add', './nexus-weather-0.1.0.tgz', '--yes')).toMatchObject({ id: 'weather', version: '0.1.0' })
    expect(await greet()).toEqual({ text: 'Hello, Ada, it is sunny.' })
    const { plugins } = await client.call('isolation.list') as { plugins: IsolatedPlugin[] }
    expect(plugins.find(({ id }) => id === 'weather')).toMatchObject({ state: 'running' })
    expect(await why('weather')).toMatchObject({ state: 'active', tier: 'isolated', hash: expect.stringMatching(/^[0-9a-f]{12}$/) })
  })

  test('has a command and takes settings', async () => {
    const { out } = await nexus(['weather', 'greet', 'Ada'], { env: env(), cwd: work })
    expect(out).toContain('Hello, Ada, it is sunny.')
    await cli('config', 'set', 'weather.greeting', 'Servus')
    expect(await greet()).toEqual({ text: 'Servus, Ada, it is sunny.' })
  })

  test('a newer version takes its place, an older one does not', async () => {
    const before = await why('weather')
    edit('package.json', '"version": "0.1.0"', '"version": "0.2.0"')
    edit('index.ts', 'it is sunny', 'it rains')
    await cli('plugins', 'pack', 'nexus-weather')
    await cli('plugins', 'add', './nexus-weather-0.2.0.tgz', '--yes')
    expect(await greet()).toEqual({ text: 'Servus, Ada, it rains.' })
    const after = await why('weather')
    expect(after.generation).toBeGreaterThan(before.generation)
    expect(after.hash).not.toBe(before.hash)
    expect((await nexus(['plugins', 'add', './nexus-weather-0.1.0.tgz', '--yes'], { env: env(), cwd: work })).status).not.toBe(0)
    expect(await greet()).toEqual({ text: 'Servus, Ada, it rains.' })
  })

  test('linked, it follows every save; a mistake keeps the old one', async () => {
    await cli('plugins', 'remove', 'weather')
    await cli('plugins', 'add', './nexus-weather', '--link', '--yes')
    // Its settings went with it: a block that belongs to nobody is a fault.
    expect(await greet()).toEqual({ text: 'Hello, Ada, it rains.' })
    edit('index.ts', 'it rains', 'it snows')
    await vi.waitFor(async () => expect(await greet()).toEqual({ text: 'Hello, Ada, it snows.' }), { timeout: 10_000, interval: 20 })
    edit('index.ts', 'setup(ctx) {', 'setup(ctx) { oops(')
    await vi.waitFor(() => expect(gateway.said.err).toContain('was not replaced'), { timeout: 10_000 })
    expect(await greet()).toEqual({ text: 'Hello, Ada, it snows.' })
    edit('index.ts', 'setup(ctx) { oops(', 'setup(ctx) {')
    edit('index.ts', 'it snows', 'it clears')
    await vi.waitFor(async () => expect(await greet()).toEqual({ text: 'Hello, Ada, it clears.' }), { timeout: 10_000, interval: 20 })
    await cli('plugins', 'reload', 'weather')
    expect(await greet()).toEqual({ text: 'Hello, Ada, it clears.' })
  })

  test('is removed, and nothing of it is left', async () => {
    await cli('plugins', 'remove', 'weather')
    expect(await refused(greet())).toBe('NEXUS_CALL_UNKNOWN_METHOD')
    expect(await refused(why('weather'))).toBe('NEXUS_PLUGINS_UNKNOWN')
    expect(((await client.call('isolation.list')) as { plugins: IsolatedPlugin[] }).plugins).toEqual([])
    expect(children(gateway.ready.pid)).toEqual([])
    expect(Object.keys((JSON.parse(readFileSync(join(state, 'plugins', 'lock.json'), 'utf8')) as { plugins: object }).plugins)).toEqual([])
    expect(readdirSync(join(state, 'plugins')).filter((name) => name.startsWith('weather') || name.startsWith('.'))).toEqual([])
    expect((await client.call('config.get') as { config?: { plugins?: string[] } }).config?.plugins ?? []).not.toContain('weather')
    expect((await cli('plugins', 'doctor'))['findings']).toEqual([])
  })

  test('and all the while nothing else was restarted and no socket dropped', async () => {
    expect(losses).toBe(0)
    expect(gateway.child.exitCode).toBeNull()
    expect(await others()).toEqual(generations)
  })
})

/** Processes that the gateway has started and that still run. */
function children(pid: number): string[] {
  const all = execFileSync('ps', ['-eo', 'ppid=,args='], { encoding: 'utf8' }).split('\n').map((line) => line.trim())
  return all.filter((line) => line.startsWith(`${pid} `) && !line.includes('<defunct>'))
}
