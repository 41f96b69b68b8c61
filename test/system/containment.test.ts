/** What a plugin that is trusted can do to the gateway, and that the gateway knows who it was and goes on without it. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { warmth } from '../fixtures/warm.ts'
import { nexus, started, stateDir, type Started } from '../kernel/cli/spawn.ts'

const warm = warmth()
afterAll(() => warm[Symbol.dispose]())
let state: string
beforeEach(() => {
  state = stateDir()
  warm.lend(state)
})
afterEach(() => rmSync(state, { recursive: true, force: true }))

const spin = 'for (;;) Math.sqrt(2)'
/** What its methods do, one for each way to do harm; and one that does none. */
const harm: Readonly<Record<string, string>> = {
  fine: '"fine"',
  throws: '(() => { throw new Error("ordinary") })()',
  rejects: 'void Promise.reject(new Error("stray rejection"))',
  timer: 'void setTimeout(() => { throw new Error("stray timer") }, 5)',
  segv: `(() => { process.kill(process.pid, 'SIGSEGV'); ${spin} })()`,
  abort: 'process.abort()',
  spins: `(function spinning() { ${spin} })()`,
  spinsLater: `new Promise((resolve) => setTimeout(resolve, 5)).then(function spinningLater() { ${spin} })`,
  sleeps: "execFileSync('sleep', ['30'])",
  exits: 'process.exit(0)',
  exitsLater: 'new Promise((resolve) => setTimeout(resolve, 5)).then(() => process.exit(0))',
  nobody: 'void setTimeout(() => { throw "no error, so no stack" }, 5)',
  blocks: '(function blocking() { const end = Date.now() + 2000; while (Date.now() < end); })()',
}

function badPlugin(extra = ''): string {
  const file = join(warm.dir, 'bad.mjs')
  const methods = Object.keys(harm).map((name) => `'bad.${name}': method({ scope: 'operator.read' })`)
  const handlers = Object.entries(harm).map(([name, code]) => `'bad.${name}': () => ${code}`)
  writeFileSync(file, `import { execFileSync } from 'node:child_process'\nimport { definePlugin, method } from 'nexus-gateway/sdk'\n${extra}\nexport default definePlugin({ id: 'bad', methods: { ${methods.join(', ')} }, setup: () => ({ methods: { ${handlers.join(', ')} } }) })\n`)
  return file
}
function settings(containment: object = {}): void {
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({ pluginPolicy: { trusted: ['*'] }, plugins: ['containment', join(warm.dir, 'bad.mjs')], containment: { warnMs: 200, killMs: 1_000, ...containment } }))
}
const cli = (...args: string[]) => nexus(args, { env: { NEXUS_STATE_DIR: state } })
const call = (method: string) => cli('call', method)
/** A start that gets this far is a start that runs everything but what it says. */
const start = (): Promise<Started> => started([], { state })
const failedOf = (gateway: Started) => gateway.ready.failed.map(({ id, code }) => `${id} ${code}`)
const held = () => JSON.parse(readFileSync(join(state, 'config', 'quarantine.json'), 'utf8')) as Record<string, { reason: string }>
interface Row { id: string; state: string; faults: number; error?: { code: string; message: string } }
const row = async (): Promise<Row | undefined> => (JSON.parse((await cli('plugins', 'list', '--json')).out) as { plugins: Row[] }).plugins.find(({ id }) => id === 'bad')

/** Starts, does it, and gives how the gateway ended. */
async function endedBy(method: string): Promise<{ status: number | null; signal: string | null; err: string }> {
  await using gateway = await start()
  await vi.waitFor(async () => expect(JSON.parse((await cli('containment', 'list', '--json')).out)).toMatchObject({ watching: true }), { timeout: 5_000 })
  await call(method)
  const { status, err } = await gateway.ended()
  return { status, signal: gateway.child.signalCode, err }
}

/** The next start says why the plugin is not there, everywhere one would look, and runs all the rest. */
async function goesOnWithout(reason: RegExp): Promise<void> {
  await using gateway = await start()
  expect(failedOf(gateway)).toEqual(['bad NEXUS_PLUGIN_QUARANTINED'])
  expect(gateway.ready.mode).toBe('degraded')
  expect(gateway.ready.reasons.join()).toMatch(reason)
  expect(gateway.ready.active).toEqual(expect.arrayContaining(['auth', 'store', 'agent', 'containment']))
  const listed = await row()
  expect(listed).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
  expect(listed?.error?.message).toMatch(reason)
  expect((await cli('status')).out).toMatch(/"bad" is in quarantine/)
  expect((await cli('containment', 'list')).out).toMatch(reason)
  expect((await call('bad.fine')).out + (await call('bad.fine')).err).toMatch(/unknown method/)
}

describe('what cannot be survived ends in an exit that is laid on the plugin, and a start without it', () => {
  test.each([
    ['a fault in machine code', 'segv', { signal: 'SIGSEGV' }, /ended without warning while its code ran/],
    ['an abort', 'abort', { signal: 'SIGABRT' }, /ended without warning while its code ran/],
    ['a loop without end', 'spins', { status: 86 }, /blocked the gateway for 1(\.\d)? s in spinning \(.*bad\.mjs:\d+\)/],
    ['a loop without end after an await', 'spinsLater', { status: 86 }, /blocked the gateway for 1(\.\d)? s in spinningLater/],
    ['a wait outside JavaScript', 'sleeps', { signal: 'SIGKILL' }, /blocked the gateway for/],
    ['process.exit', 'exits', { status: 0 }, /its code ended the gateway/],
    ['process.exit after an await', 'exitsLater', { status: 0 }, /its code ended the gateway/],
  ] as const)('%s', async (_, method, ending, reason) => {
    badPlugin()
    settings()
    const ended = await endedBy(`bad.${method}`)
    expect(ended).toMatchObject(ending)
    if (method.startsWith('spins')) {
      expect(ended.err).toMatch(/the event loop has been blocked for .* by plugin "bad": the gateway ends/)
      expect(ended.err).toMatch(new RegExp(`at spinning(Later)? \\(.*bad\\.mjs:\\d+:\\d+\\)`))
    }
    await goesOnWithout(reason)
  })

  test('also while its modules are evaluated, before it has said who it is', async () => {
    badPlugin("process.kill(process.pid, 'SIGSEGV'); for (;;);")
    settings()
    expect((await cli('start', '--json', '--port', '0')).out).not.toContain('ready')
    await goesOnWithout(/ended without warning/)
  })

  test('and what was left out stays out if it still cannot run, and is back once its file is mended', async () => {
    badPlugin()
    settings()
    await endedBy('bad.segv')
    writeFileSync(join(warm.dir, 'bad.mjs'), 'export default 1')
    await using gateway = await start()
    expect((await cli('containment', 'release', 'bad')).status).not.toBe(0)
    expect(await row()).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
    badPlugin()
    await vi.waitFor(async () => expect((await call('bad.fine')).out).toMatch(/fine/), { timeout: 10_000 })
    expect(held()).toEqual({})
    expect(gateway.child.exitCode).toBeNull()
  })

  test('a gateway that is stopped while all is well accuses nobody', async () => {
    badPlugin()
    settings()
    {
      await using gateway = await start()
      await call('bad.fine')
      gateway.child.kill('SIGTERM')
      expect((await gateway.ended()).status).toBe(0)
    }
    await using gateway = await start()
    expect(failedOf(gateway)).toEqual([])
    // Killed while nothing of it runs.
    gateway.child.kill('SIGKILL')
    await gateway.ended()
    await using third = await start()
    expect(failedOf(third)).toEqual([])
  })
})

describe('what can be survived is counted', () => {
  test.each(['throws', 'rejects', 'timer'])('and one time too many unloads the plugin, also for the next start: %s', async (kind) => {
    badPlugin()
    settings({ faults: 3 })
    {
      await using gateway = await start()
      for (let i = 1; i <= 2; i++) {
        await call(`bad.${kind}`)
        await vi.waitFor(async () => expect(await row()).toMatchObject({ state: 'active', faults: i }), { timeout: 5_000 })
      }
      await call(`bad.${kind}`)
      await vi.waitFor(async () => expect(await row()).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } }), { timeout: 5_000 })
      expect((await call('health')).status).toBe(0)
      // A setting of somebody else's is no reason to run it again.
      expect((await cli('config', 'set', 'containment.faults', '4')).status).toBe(0)
      expect(await row()).toMatchObject({ state: 'failed', error: { code: 'NEXUS_PLUGIN_QUARANTINED' } })
      expect(gateway.child.exitCode).toBeNull()
      gateway.child.kill('SIGTERM')
      await gateway.ended()
    }
    await goesOnWithout(/failed 3 times within 60 s/)
  })

  test('a block of the loop is reported with the plugin and its stack once the loop turns again', async () => {
    badPlugin()
    settings({ killMs: 0, warnMs: 100 })
    await using gateway = await start()
    await vi.waitFor(async () => expect(JSON.parse((await cli('containment', 'list', '--json')).out)).toMatchObject({ watching: true }), { timeout: 5_000 })
    await call('bad.blocks')
    await vi.waitFor(() => expect(gateway.said.err).toMatch(/the event loop was blocked for \d+ ms by plugin "bad"[^]*blocking \(.*bad\.mjs/), { timeout: 5_000 })
  })
})

test('crashes that nobody can be blamed for end in a start without plugins from outside', async () => {
  badPlugin()
  settings()
  for (let i = 0; i < 3; i++) {
    const { status } = await endedBy('bad.nobody')
    expect(status).toBe(70)
  }
  writeFileSync(join(warm.dir, 'bad.mjs'), 'process.exit(9)')
  await using gateway = await start()
  expect(gateway.ready.mode).toBe('safe')
  expect(gateway.ready.active).not.toContain('bad')
  expect(gateway.ready.active).toContain('containment')
})
