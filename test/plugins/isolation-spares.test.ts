/** Processes begun ahead of a reload: handed out only where they are what a new one would be, and otherwise gone. */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { probeBwrap } from '../../plugins/isolation/host/bwrap.ts'
import { noGrants } from '../../plugins/isolation/host/grants.ts'
import type { PluginProcess, ProcessOptions } from '../../plugins/isolation/host/process.ts'
import { createSpares } from '../../plugins/isolation/host/spares.ts'
import { alive, isolated, until, workbench, world, type World } from './isolation-harness.ts'

interface Fake extends PluginProcess { readonly options: ProcessOptions; killed: boolean; readonly told: string[]; end(): void }

function fakes() {
  const made: Fake[] = []
  const spares = createSpares(async (options) => {
    let end = (): void => {}
    const exited = new Promise<string>((resolve) => { end = () => resolve('it ended') })
    const told: string[] = []
    const fake = { options, killed: false, told, end, exited, socket: { write: (text: string) => told.push(text) }, kill() { fake.killed = true; end() } } as unknown as Fake
    made.push(fake)
    return fake
  })
  return { made, spares }
}
const options = (more: Partial<ProcessOptions> = {}): ProcessOptions => ({ root: '/own', grants: noGrants, memoryMb: 256, bwrap: true, ...more })
const turns = () => new Promise<void>((resolve) => { setImmediate(() => setImmediate(resolve)) })

describe('a spare process', () => {
  afterEach(() => void vi.useRealTimers())

  it('is begun only where one runs, holds no code, and is what the next start is given', async () => {
    const { made, spares } = fakes()
    spares.prepare('/own/a.ts')
    expect(made).toHaveLength(0)
    await spares.take('/own/a.ts', options())
    spares.prepare('/own/a.ts')
    spares.prepare('/own/a.ts')
    expect(made).toHaveLength(2)
    await turns()
    expect(made[1]?.told).toEqual(['["say","warm"]\n'])
    spares.settle('/own/a.ts', true)
    expect(await spares.take('/own/a.ts', options())).toBe(made[1])
    expect(made).toHaveLength(2)
    expect(made[1]?.killed).toBe(false)
  })

  it.each<[string, Partial<ProcessOptions>]>([
    ['less to read', { grants: noGrants }],
    ['something to write', { grants: { ...noGrants, read: ['/data'], write: ['/data'] } }],
    ['a network', { grants: { ...noGrants, read: ['/data'], net: ['*'] } }],
    ['less memory', { grants: { ...noGrants, read: ['/data'] }, memoryMb: 64 }],
    ['no bubblewrap', { grants: { ...noGrants, read: ['/data'] }, bwrap: false }],
    ['another folder', { grants: { ...noGrants, read: ['/data'] }, root: '/other' }],
  ])('is ended and not used where the new code is to have %s', async (_, more) => {
    const { made, spares } = fakes()
    await spares.take('/own/a.ts', options({ grants: { ...noGrants, read: ['/data'] } }))
    spares.prepare('/own/a.ts')
    spares.settle('/own/a.ts', true)
    expect(await spares.take('/own/a.ts', options(more))).toBe(made[2])
    await turns()
    expect(made.map(({ killed }) => killed)).toEqual([false, true, false])
  })

  it('is one plugin\'s, also where two have one folder', async () => {
    const { made, spares } = fakes()
    await spares.take('/own/a.ts', options())
    spares.prepare('/own/a.ts')
    expect(await spares.take('/own/b.ts', options())).toBe(made[2])
    expect(await spares.take('/own/a.ts', options())).toBe(made[1])
  })

  it('is ended where the new code cannot be described, where nobody wants it in time, and with the process it is like', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { made, spares } = fakes()
    await spares.take('/own/a.ts', options())
    spares.prepare('/own/a.ts')
    spares.settle('/own/a.ts', false)
    await turns()
    expect(made[1]?.killed).toBe(true)
    spares.prepare('/own/a.ts')
    spares.settle('/own/a.ts', true)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(made[2]?.killed).toBe(true)
    spares.prepare('/own/a.ts')
    made[0]?.end()
    await turns()
    expect(made[3]?.killed).toBe(true)
    spares.prepare('/own/a.ts')
    expect(made).toHaveLength(4)
  })

  it('that has ended by itself is not handed out', async () => {
    const { made, spares } = fakes()
    await spares.take('/own/a.ts', options())
    spares.prepare('/own/a.ts')
    await turns()
    made[1]?.end()
    await turns()
    expect(await spares.take('/own/a.ts', options())).toBe(made[2])
  })
})

describe('a plugin that is edited', () => {
  let bench: Awaited<ReturnType<typeof workbench>>
  beforeEach(async () => { bench = await workbench() })
  afterEach(() => bench.clean())

  const text = (n: number, capabilities: readonly string[]): string => `import { readFileSync } from 'node:fs'
import { definePlugin, method } from 'nexus-gateway/sdk'
const read = () => { try { return readFileSync(${JSON.stringify(join(bench.dir, 'kept/secret.txt'))}, 'utf8') } catch (error) { return error.code } }
export default definePlugin({ id: 'edited', capabilities: ${JSON.stringify(capabilities)}, methods: { 'edited.try': method({ scope: 'public' }) },
  setup: () => ({ methods: { 'edited.try': () => ({ n: ${n}, read: read() }) } }) })`
  const edit = async (w: World, n: number, capabilities: readonly string[]): Promise<unknown> => {
    await writeFile(join(bench.dir, 'edited/index.ts'), text(n, capabilities))
    await w.kernel.apply({ reload: ['edited'] })
    return w.call('edited.try')
  }
  const start = async (): Promise<World> => {
    await bench.put('kept/secret.txt', 'the secret')
    await bench.put('edited/package.json', '{"nexus":{"api":1,"id":"edited","entry":"index.ts"}}')
    await bench.put('edited/index.ts', text(0, []))
    return world({ dir: bench.dir, sources: [isolated(join(bench.dir, 'edited'), bench.dir)] })
  }

  it('may touch what its new manifest says, whatever the one before might', async () => {
    await using w = await start()
    const reads = `fs:read:${join(bench.dir, 'kept')}`
    expect(await w.call('edited.try')).toEqual({ n: 0, read: 'ERR_ACCESS_DENIED' })
    expect(await edit(w, 1, [])).toEqual({ n: 1, read: 'ERR_ACCESS_DENIED' })
    expect(await edit(w, 2, [reads])).toEqual({ n: 2, read: 'the secret' })
    expect(await edit(w, 3, [reads])).toEqual({ n: 3, read: 'the secret' })
    expect(await edit(w, 4, [])).toEqual({ n: 4, read: 'ERR_ACCESS_DENIED' })
  })

  it('keeps its process where the new code is broken, and no other is left', async () => {
    await using w = await start()
    await w.call('edited.try')
    const { pid } = await w.state('edited')
    await writeFile(join(bench.dir, 'edited/index.ts'), 'export default {')
    await expect(w.kernel.apply({ reload: ['edited'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED' })
    expect(await w.call('edited.try')).toMatchObject({ n: 0 })
    expect((await w.state('edited')).pid).toBe(pid)
    await until(async () => (await childrenOf(process.pid)).length === 1)
    await w.kernel.apply({ unload: ['edited'] })
    await until(async () => (await childrenOf(process.pid)).length === 0)
    expect(alive(pid)).toBe(false)
  })
})

async function childrenOf(pid: number): Promise<string[]> {
  return (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')).trim().split(' ').filter((child) => child !== '')
}

const ways = await probeBwrap() === undefined ? ['off', 'auto'] : ['off']
describe.skipIf(!existsSync('/proc/self/autogroup'))('where processors are shared out by session', () => {
  it.each(ways)('a session of a plugin\'s own counts as little as its process, and the gateway\'s as ever, with bwrap %s', async (bwrap) => {
    const before = await readFile('/proc/self/autogroup', 'utf8')
    const bench = await workbench()
    try {
      const file = await bench.put('meek.ts', "import { definePlugin, method } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: 'meek', methods: { 'meek.go': method({ scope: 'public' }) }, setup: () => ({ methods: { 'meek.go': () => 1 } }) })")
      await using w = await world({ dir: bench.dir, sources: [isolated(file, bench.dir)], settings: { isolation: { bwrap } } })
      await w.call('meek.go')
      const { pid } = await w.state('meek')
      if (bwrap === 'auto') await until(async () => (await readFile(`/proc/${pid}/autogroup`, 'utf8')).endsWith('nice 10\n'))
      else await new Promise((resolve) => { setTimeout(resolve, 200) })
      expect(await readFile('/proc/self/autogroup', 'utf8')).toBe(before)
    } finally {
      await bench.clean()
    }
  })
})
