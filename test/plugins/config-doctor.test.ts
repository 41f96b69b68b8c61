/** `config.doctor` finds what is wrong, mends what can be mended, and mends nothing twice. */
import { spawnSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { ConfigControl, definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import config from '../../plugins/config/index.ts'
import { doctorChecks, type Diagnosis, type DoctorFinding } from '../../plugins/config/contract.ts'
import { fakeControl } from '../fixtures/config-control.ts'
import { plugins, settings, type Settings } from './config-harness.ts'

const ask = async (s: Settings, fix = false): Promise<Diagnosis> => await s.k.call('config.doctor', { fix }) as Diagnosis
const ids = ({ findings }: Diagnosis): string[] => findings.map(({ id }) => id)
const mode = async (path: string): Promise<number> => (await stat(path)).mode & 0o777
const old = new Date(Date.now() - 30 * 24 * 3_600_000)

async function put(s: Settings, name: string, { age, perm = 0o600 }: { age?: Date; perm?: number } = {}): Promise<string> {
  const path = join(s.fake.dir, name)
  await mkdir(join(path, '..'), { recursive: true, mode: 0o700 })
  await writeFile(path, 'x')
  await chmod(path, perm)
  if (age) await utimes(path, age, age)
  return path
}
const listening = (where: string | number): Promise<Server> => new Promise((resolve, reject) => {
  const server = createServer((socket) => socket.end()).once('error', reject)
  const done = (): void => resolve(server)
  if (typeof where === 'string') server.listen(where, done)
  else server.listen(where, '127.0.0.1', done)
})

test('nothing is wrong with a sound installation', async () => {
  await using s = await settings({ text: '{ gateway: { port: 0 } }' })
  expect(await ask(s)).toEqual({ ok: true, findings: [], repaired: [], failed: [] })
})

test('permissions are closed, everywhere but where others\' code lies, and links are not followed', async () => {
  await using s = await settings({ text: '{ gateway: { port: 0 } }' })
  const other = await mkdtemp(join(tmpdir(), 'nexus-other-'))
  await chmod(other, 0o755)
  await symlink(other, join(s.fake.dir, 'link'))
  const open = [await put(s, 'sessions/main/a.jsonl', { perm: 0o644 }), await put(s, 'auth/token', { perm: 0o640 })]
  const code = await put(s, 'plugins/x/index.js', { perm: 0o644 })
  await chmod(join(s.fake.dir, 'sessions'), 0o755)
  const found = await ask(s)
  expect(found).toMatchObject({ ok: false, findings: [{ id: 'state.permissions', level: 'error', repairable: true, what: expect.stringContaining('sessions') }] })
  expect(await ask(s, true)).toMatchObject({ ok: true, findings: [], repaired: [expect.stringContaining('auth/token')] })
  for (const path of open) expect(await mode(path)).toBe(0o600)
  expect(await mode(join(s.fake.dir, 'sessions'))).toBe(0o700)
  expect([await mode(code), await mode(other)]).toEqual([0o644, 0o755])
  expect(await ask(s, true)).toMatchObject({ repaired: [] })
  await rm(other, { recursive: true })
})

test('settings that stand elsewhere may be read by others, and not changed', async () => {
  await using fake = await fakeControl({ plugins, text: '{ gateway: { port: 0 } }' })
  const state = await mkdtemp(join(tmpdir(), 'nexus-state-'))
  await using k = await testKernel({ plugins: [config], provide: [[ConfigControl, fake.control]], stateDir: state })
  const doctor = async (fix: boolean) => await k.call('config.doctor', { fix }) as Diagnosis
  await chmod(fake.file, 0o644)
  expect((await doctor(false)).findings).toEqual([])
  await chmod(fake.file, 0o666)
  expect(ids(await doctor(false))).toEqual(['config.permissions'])
  expect(await doctor(true)).toMatchObject({ ok: true, findings: [] })
  expect(await mode(fake.file)).toBe(0o644)
  await rm(state, { recursive: true })
})

describe('what was left lying', () => {
  it('is a draft that is old, and not one that is being written', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 } }' })
    const [stale] = [await put(s, 'config/.last-good.json.123.tmp', { age: old }), await put(s, '.nexus.json5.456.tmp')]
    expect((await ask(s)).findings).toMatchObject([{ id: 'state.draft', what: expect.stringContaining(stale) }])
    await ask(s, true)
    expect((await readdir(s.fake.dir)).filter((name) => name.endsWith('.tmp'))).toEqual(['.nexus.json5.456.tmp'])
  })

  it('is a refused edit: pointed out, and removed only once it is old and the settings have moved on', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 } }' })
    const file = await put(s, 'nexus.json5.rejected')
    expect(await ask(s, true)).toMatchObject({ ok: true, findings: [{ id: 'config.rejected', level: 'note', repairable: false }], repaired: [] })
    const yesterday = new Date(Date.now() - 24 * 3_600_000)
    await utimes(file, yesterday, yesterday)
    expect(await ask(s, true)).toMatchObject({ findings: [{ repairable: false }], repaired: [] })
    await utimes(file, old, old)
    expect(await ask(s, true)).toMatchObject({ findings: [], repaired: [expect.stringContaining('.rejected')] })
  })

  it('is an edit that was not finished, which is kept', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 } }' })
    await put(s, 'config/edit-0123abcd.json5', { age: old })
    expect(await ask(s, true)).toMatchObject({ findings: [{ id: 'config.copy', fix: expect.stringContaining('--from') }], repaired: [] })
  })

  it('is the lock of a process that has ended, and not that of one that lives', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 } }' })
    const lock = join(s.fake.dir, 'gateway.lock')
    await writeFile(lock, JSON.stringify({ pid: process.pid, nonce: 'n' }), { mode: 0o600 })
    expect(ids(await ask(s))).toEqual([])
    await writeFile(lock, JSON.stringify({ pid: 2 ** 22 - 3, nonce: 'n' }))
    expect(await ask(s, true)).toMatchObject({ findings: [], repaired: [expect.stringContaining('gateway.lock')] })
  })

  it('is a socket where nobody answers, and not one where somebody does', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 } }' })
    const path = join(s.fake.dir, 'gateway.sock')
    // A server that is killed leaves its socket.
    spawnSync(process.execPath, ['-e', 'require("node:net").createServer().listen(process.argv[1], () => process.kill(process.pid, "SIGKILL"))', path])
    await chmod(path, 0o600)
    expect((await ask(s)).findings).toMatchObject([{ id: 'gateway.socket', repairable: true }])
    expect(await ask(s, true)).toMatchObject({ ok: true, findings: [], repaired: [expect.stringContaining('gateway.sock')] })
    const gateway = await listening(path)
    expect(await ask(s, true)).toMatchObject({ findings: [], repaired: [] })
    await new Promise((done) => gateway.close(done))
  })
})

describe('the port', () => {
  it('has to be free while no gateway runs, and to answer while one does', async () => {
    const other = await listening(0)
    const { port } = other.address() as { port: number }
    await using s = await settings({ text: `{ gateway: { port: ${port} } }` })
    expect((await ask(s)).findings).toMatchObject([{ id: 'gateway.port', level: 'error', what: expect.stringContaining(`another program has 127.0.0.1:${port}`) }])
    const gateway = await listening(join(s.fake.dir, 'gateway.sock'))
    expect(ids(await ask(s))).toEqual([])
    await new Promise((done) => other.close(done))
    expect((await ask(s)).findings).toMatchObject([{ id: 'gateway.port', what: expect.stringContaining('nothing answers') }])
    await new Promise((done) => gateway.close(done))
    expect(ids(await ask(s))).toEqual([])
  })
})

describe('references to secrets', () => {
  it('are followed to where the secret should be', async () => {
    process.env['NEXUS_TEST_THERE'] = 'hunter2'
    await using s = await settings({
      text: `{
        gateway: { port: 0 }, env: { IN_BLOCK: 'hunter2' },
        provider: { apiKey: { $secret: 'env:NEXUS_TEST_GONE' }, models: [{ id: 'a', key: { $secret: 'file:key.txt' } }, { id: 'b', key: { $secret: 'env:NEXUS_TEST_THERE' } }, { id: 'c', key: { $secret: 'env:IN_BLOCK' } }, { id: 'd', key: { $secret: 'env:IN_DOTENV' } }] },
        agent: { token: { $secret: 'file:~/not/there' } },
      }`,
      files: { '.env': 'export IN_DOTENV=hunter2\n' },
    })
    const missing = (found: Diagnosis) => found.findings.filter(({ id }) => id === 'secret.missing').map(({ what }) => what)
    expect(missing(await ask(s))).toEqual([
      '"provider.apiKey" refers to a secret that is not there: the variable NEXUS_TEST_GONE is not set',
      expect.stringMatching(/^"provider\.models\[0\]\.key" refers .*key\.txt cannot be read \(ENOENT\)$/),
      expect.stringMatching(/^"agent\.token" refers/),
    ])
    await put(s, 'key.txt', { perm: 0o644 })
    expect(ids(await ask(s))).toContain('secret.permissions')
    expect(JSON.stringify(await ask(s))).not.toContain('hunter2')
    delete process.env['NEXUS_TEST_THERE']
  })

  it('are missed where a secret is written out, and a newer version is pointed out', async () => {
    await using s = await settings({ text: '{ gateway: { port: 0 }, provider: { apiKey: \'hunter2\' }, meta: { lastTouchedVersion: \'99.0.0\' } }' })
    const { ok, findings } = await ask(s)
    expect([ok, findings.map(({ what }) => what)]).toEqual([true, [expect.stringContaining('newer version'), expect.stringContaining('"provider.apiKey" is a secret written out')]])
  })
})

test('faults of the file are told with their place, and the mode that the gateway is in', async () => {
  await using s = await settings({ text: '{ gateway: { port: 0 } }' })
  await s.fake.put('{\n  gateway: { port: 0 },\n  lgos: {},\n}')
  expect((await ask(s)).findings).toMatchObject([
    { id: 'config.fault', level: 'error', what: expect.stringMatching(/nexus\.json5:3:3: "lgos" is no plugin in the list; did you mean "logs"\?/) },
    { id: 'config.mode', level: 'warning', what: expect.stringContaining('degraded') },
  ])
})

describe('other plugins', () => {
  it('bring checks and repairs; one that fails holds up no other', async () => {
    let broken = 2
    const finding = (id: string, repair?: () => void): DoctorFinding => ({ id, level: 'error', what: `${id} is wrong`, fix: 'by hand', ...(repair && { repair }) })
    const one = definePlugin({ id: 'one', setup(ctx) { ctx.tap(doctorChecks, () => (broken > 0 ? [finding('one.x', () => { broken-- }), finding('one.y', () => { throw new Error('no luck') })] : [])) } })
    const two = definePlugin({ id: 'two', setup(ctx) { ctx.tap(doctorChecks, () => { throw new Error('no check') }) } })
    await using fake = await fakeControl({ plugins, text: '{ gateway: { port: 0 } }' })
    await using k = await testKernel({ plugins: [config, one, two], provide: [[ConfigControl, fake.control]], stateDir: fake.dir })
    expect(await k.call('config.doctor', { fix: true })).toMatchObject({ ok: false, repaired: ['one.x is wrong'], failed: [{ what: 'one.y is wrong', reason: 'no luck' }], findings: [{ id: 'one.x' }, { id: 'one.y' }] })
    expect(await k.call('config.doctor', { fix: true })).toMatchObject({ ok: true, repaired: ['one.x is wrong'], findings: [] })
    expect(await k.call('config.doctor', { fix: true })).toMatchObject({ ok: true, repaired: [], failed: [], findings: [] })
  })
})
