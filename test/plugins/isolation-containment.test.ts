/** What a plugin's process may touch: what it declares, by Node's permissions alone and with bubblewrap around it. */
import { mkdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { probeBwrap } from '../../plugins/isolation/host/bwrap.ts'
import { permissionFlags } from '../../plugins/isolation/host/permissions.ts'
import { noGrants } from '../../plugins/isolation/host/grants.ts'
import { outsideSource } from '../../kernel/outside.ts'
import type { Isolator } from '../../kernel/isolator.ts'
import isolator from '../../plugins/isolation/isolator.ts'
import { standIn } from '../../plugins/isolation/host/stand-in.ts'
import { fixtures, isolated, roadIn, workbench, world, type World } from './isolation-harness.ts'

const noBwrap = await probeBwrap()
if (noBwrap !== undefined) console.warn(`bwrap ${noBwrap}: what it alone stops is not tested`)
const ways = noBwrap === undefined ? ['off', 'auto'] : ['off']

let bench: Awaited<ReturnType<typeof workbench>>
let server: Server
let port: number
beforeAll(async () => {
  server = createServer((socket) => socket.end())
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  port = (server.address() as { port: number }).port
})
afterAll(() => void server.close())
beforeEach(async () => { bench = await workbench() })
afterEach(() => bench.clean())

async function grabby(bwrap: string, capabilities: readonly string[]): Promise<World> {
  const source = await readFile(`${fixtures}/grabby/index.ts`, 'utf8')
  await bench.put('grabby/index.ts', source.replace('CAPABILITIES', JSON.stringify(capabilities)))
  await bench.put('grabby/package.json', await readFile(`${fixtures}/grabby/package.json`, 'utf8'))
  await bench.put('grabby/asset.txt', 'an asset')
  await bench.put('other/secret.txt', 'the secret')
  // It waits for programs that it runs, which on a busy machine takes longer than a plugin may be silent.
  const w = await world({ dir: bench.dir, sources: [isolated(join(bench.dir, 'grabby'), bench.dir)], settings: { isolation: { bwrap, hangMs: 10_000 } } })
  expect(w.started.failed).toEqual([])
  return w
}
const attempt = (w: World, what: string, more: object = {}): Promise<unknown> => w.call('grabby.try', { what, ...more })
const denied = { error: 'ERR_ACCESS_DENIED' }

describe.each(ways)('with bwrap %s', (bwrap) => {
  it('a plugin that declares nothing reads its own folder and nothing else', async () => {
    await using w = await grabby(bwrap, [])
    expect(await attempt(w, 'read', { place: join(bench.dir, 'grabby/asset.txt') })).toEqual({ ok: 'an asset' })
    for (const place of [join(bench.dir, 'other/secret.txt'), '/etc/passwd', join(bench.dir, 'grabby/../other/secret.txt'), '/proc/self/environ', join(import.meta.dirname, '../../package.json.other'), join(import.meta.dirname, '../../kernel/kernel.ts')]) {
      expect(await attempt(w, 'read', { place }), place).toEqual(denied)
    }
    for (const place of [join(bench.dir, 'grabby/asset.txt'), join(bench.dir, 'new.txt'), '/tmp/new.txt']) expect(await attempt(w, 'write', { place }), place).toEqual(denied)
  })

  it('it starts no programs and no threads, loads no bindings, and sees no environment', async () => {
    await using w = await grabby(bwrap, [])
    for (const what of ['run', 'spawn', 'worker', 'binding']) expect(await attempt(w, what), what).toEqual(denied)
    expect(await attempt(w, 'env')).toEqual({ ok: {} })
    expect(await attempt(w, 'kill')).toEqual(denied)
  })

  it('it is caught on its way to the network, and that is written down', async () => {
    await using w = await grabby(bwrap, [])
    for (const what of ['connect', 'udp']) expect(await attempt(w, what, { port }), what).toEqual(denied)
    expect(await attempt(w, 'unix', { place: join(bench.dir, 'x.sock') })).toEqual(denied)
    expect(w.logs.filter(({ plugin, message }) => plugin === 'grabby' && message === 'it asked for something that it does not declare')).toHaveLength(3)
  })

  it('it is given what it declares', async () => {
    process.env['NEXUS_TEST_GIVEN'] = 'given'
    process.env['NEXUS_TEST_KEPT'] = 'kept'
    const file = await bench.put('other/secret.txt', 'the secret')
    const home = join(bench.dir, 'home')
    await mkdir(home)
    await using w = await grabby(bwrap, ['fs:data', `fs:read:${join(bench.dir, 'other')}`, `fs:write:${home}`, 'env:NEXUS_TEST_GIVEN', 'run', 'worker', 'net:127.0.0.1'])
    expect(await attempt(w, 'read', { place: file })).toEqual({ ok: 'the secret' })
    expect(await attempt(w, 'write', { place: file })).toEqual(denied)
    expect(await attempt(w, 'write', { place: join(home, 'made.txt') })).toEqual({ ok: 'written' })
    expect(await readFile(join(home, 'made.txt'), 'utf8')).toBe('x')
    expect(await attempt(w, 'data')).toEqual({ ok: 'mine' })
    expect(await readFile(join(bench.dir, 'state/plugins/data/grabby/own.txt'), 'utf8')).toBe('mine')
    expect(await attempt(w, 'env')).toEqual({ ok: { NEXUS_TEST_GIVEN: 'given', PATH: process.env['PATH'] } })
    expect(await attempt(w, 'run')).toEqual({ ok: 'hi\n' })
    expect(await attempt(w, 'worker')).toEqual({ ok: 'hi' })
    expect(await attempt(w, 'connect', { port })).toEqual({ ok: 'reached' })
  })

  it('a folder of its own is nobody else\'s, without the right to start programs too', async () => {
    await using w = await grabby(bwrap, ['fs:data'])
    expect(await attempt(w, 'data')).toEqual({ ok: 'mine' })
    expect(await readFile(join(bench.dir, 'state/plugins/data/grabby/own.txt'), 'utf8')).toBe('mine')
    expect(await attempt(w, 'write', { place: join(bench.dir, 'state/plugins/data/other.txt') })).toEqual(denied)
  })
})

describe('the network of one that does not declare it', () => {
  it('is open to its programs where Node alone holds it', async () => {
    await using w = await grabby('off', ['run'])
    expect(await attempt(w, 'program', { port })).toEqual({ ok: 'reached' })
    expect((await w.state('grabby')).contained).toEqual(['permissions'])
  })

  it.skipIf(noBwrap !== undefined)('is shut with bubblewrap, whatever it runs', async () => {
    await using w = await grabby('auto', ['run'])
    expect(await attempt(w, 'run')).toEqual({ ok: 'hi\n' })
    expect(await attempt(w, 'program', { port })).toEqual({ error: expect.stringContaining('Command failed') })
    expect((await w.state('grabby')).contained).toEqual(['permissions', 'bwrap', 'no network'])
  })

  it('is no question where bubblewrap is required and not there: the plugin is not started', async () => {
    const by: Isolator = { ...isolator, standIn: (code, manifest) => standIn(code, manifest, async () => 'is not installed') }
    await bench.put('hello/index.ts', "import { definePlugin, method } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: 'hello', methods: { 'hello.go': method({ scope: 'public' }) }, setup: () => ({ methods: { 'hello.go': () => 1 } }) })")
    const source = outsideSource({ place: join(bench.dir, 'hello/index.ts'), origin: 'path', tier: 'isolated' }, roadIn(bench.dir, by))
    await using w = await world({ dir: bench.dir, sources: [source], settings: { isolation: { bwrap: 'required' } } })
    await expect(w.call('hello.go')).rejects.toMatchObject({ code: 'NEXUS_ISOLATION_NO_BWRAP', message: 'plugin "hello" is not started: `isolation.bwrap` is "required", and bwrap is not installed' })
  })
})

it('capabilities become the flags of each version of Node', () => {
  const all = { ...noGrants, read: ['/r'], write: ['/w'], net: ['*'], run: true, worker: true }
  expect(permissionFlags(noGrants, ['/own'], '20.19.0')).toEqual(['--experimental-permission', '--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning', '--allow-fs-read=/own'])
  expect(permissionFlags(all, ['/own'], '22.0.0')).toEqual(['--permission', '--disable-warning=ExperimentalWarning', '--disable-warning=SecurityWarning', '--allow-fs-read=/own', '--allow-fs-read=/r', '--allow-fs-write=/w', '--allow-child-process', '--allow-worker'])
  expect(permissionFlags(all, [], '25.1.0')).toContain('--allow-net')
  expect(permissionFlags(noGrants, [], '25.1.0')).not.toContain('--allow-net')
})
