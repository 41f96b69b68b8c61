/**
 * U1–U8 and "the same set gives the same gateway" for plugins in processes of their own: random sequences of loads,
 * edits, reloads, unloads, settings, calls and time, with faults in the plugins, processes that end themselves or are
 * killed, and the plugin that keeps them made anew. 20 sequences in the suite, 1,000 with NEXUS_TEST_FULL=1;
 * NEXUS_TEST_SEED takes others, NEXUS_TEST_ONLY=<number> plays one of them again.
 *
 * What is another matter in this tier: U2, a call that hangs ends with its process instead of being reported as still
 * running, and the process is looked for in /proc; U3, only async functions of services can be used, so order is seen
 * by who used whom; U4, a process that was killed or ended itself runs no disposers, all others do, each with a share
 * of the time its process has to end; U5, what an exclusive plugin is stopped for may take longer than calls wait,
 * for it takes the start of a process; U6, what the child holds goes with the process, so here the gateway's own part
 * is looked at; U7, `tap` after the end cannot be seen from outside, since the set of taps is fixed by the manifest;
 * U8's order of changes is the last test.
 */
import { mkdtemp, readdir, readlink, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { NexusError } from 'nexus-gateway/sdk'
import { sound } from './behaviour.ts'
import { guarantees, play, type Played } from './isolated-play.ts'
import { scenario } from './isolated-scenario.ts'
import { createWorld } from './isolated-world.ts'

const full = process.env['NEXUS_TEST_FULL'] === '1'
const seed = Number(process.env['NEXUS_TEST_SEED'] ?? 17)
const only = process.env['NEXUS_TEST_ONLY']
const runs = full ? 1_000 : 20
// More at once, and on a busy machine what is sound would not be ready in time.
const lanes = 5
const hour = 3_600_000

let dir: string
let before: number
const played: (Played & { readonly nr: number })[] = []
const descriptors = async (): Promise<number> => {
  const links = await Promise.all((await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')))
  return links.filter((to) => /^(socket|pipe)/.test(to)).length
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-lives-'))
  before = await descriptors()
  const all = fc.sample(scenario, { seed, numRuns: runs }).map((one, nr) => ({ one, nr })).filter(({ nr }) => only === undefined || nr === Number(only))
  const began = performance.now()
  let next = 0
  await Promise.all(Array.from({ length: lanes }, async (_, lane) => {
    for (let found = all[next++]; found; found = all[next++]) {
      const { nr, one } = found
      const result = await play(join(dir, String(lane)), one).catch((error: unknown): Played => ({ faults: guarantees.map((of) => ({ of, what: `it broke off: ${error instanceof Error ? error.stack : String(error)}` })), lives: 0, late: 0, failed: 0 }))
      played.push({ ...result, nr })
      if (result.faults.length > 0) console.warn(`#${nr}`, [...new Set(result.faults.map(({ of, what }) => `${of} ${what}`))].join('\n  '), JSON.stringify(one))
      if (full && played.length % 25 === 0) console.warn(`${played.length} of ${runs}, ${Math.round((performance.now() - began) / 1_000)} s`)
    }
  }))
  const sum = (of: (one: Played) => number): number => played.reduce((n, one) => n + of(one), 0)
  console.warn(`seed ${seed}: ${played.length} sequences, ${sum(({ lives }) => lives)} processes began, ${sum(({ failed }) => failed)} steps failed as they should, ${sum(({ late }) => late)} came to a closed scope, ${Math.round((performance.now() - began) / 1_000)} s`)
}, hour)
afterAll(() => rm(dir, { recursive: true, force: true }))

test.each(guarantees)('%s holds for plugins in processes of their own', (of) => {
  expect(played.flatMap(({ nr, faults }) => faults.filter((fault) => fault.of === of).map(({ what }) => `#${nr} ${what}`))).toEqual([])
})

test('those that had the time tried what a closed scope takes', () => {
  expect(only !== undefined || played.some(({ late }) => late > 0)).toBe(true)
})

test('no pipe is left open by any of them', async () => {
  await expect.poll(descriptors, { timeout: 5_000 }).toBeLessThanOrEqual(before)
})

test('changes of one plugin asked for at the same time come to what they do one by one', async () => {
  const ask = fc.oneof(
    fc.record({ ask: fc.constant('load' as const), fails: fc.nat(3).map((n) => n === 0) }),
    fc.record({ ask: fc.constantFrom('unload' as const, 'reload' as const) }),
    fc.record({ ask: fc.constant('configure' as const), n: fc.nat(9) }),
  )
  const cases = fc.sample(fc.record({ all: fc.array(ask, { minLength: 2, maxLength: 5 }), exclusive: fc.boolean() }), { seed, numRuns: full ? 40 : 4 })
  for (const { all, exclusive } of cases) {
    const world = await createWorld(join(dir, 'serial'), [{ requires: [], wishes: [], exclusive, stub: false }], [])
    // Its file is one, so a load takes what the last edit before it left; what fails does so by its settings, which each change brings along.
    const results = await Promise.allSettled(all.map((one) => {
      if (one.ask === 'load') return world.enable([0], { p0: { n: one.fails ? 'nonsense' : 0 } })
      if (one.ask === 'configure') return world.kernel.apply({ settings: { p0: { n: one.n } } })
      return world.kernel.apply({ [one.ask]: ['p0'] })
    }))
    let n = 0
    let runs = false
    const refused: number[] = []
    all.forEach((one, i) => {
      const ok = one.ask === 'load' ? !one.fails : one.ask === 'configure' || runs
      if (!ok) return void refused.push(i)
      if (one.ask === 'configure') n = one.n
      if (one.ask === 'load') n = 0
      runs = one.ask === 'load' || runs && one.ask !== 'unload'
    })
    expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual(refused)
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NexusError)
    expect((await world.who(0))?.setting).toBe(runs ? n : undefined)
    await world.quiet()
    await world.close()
  }
}, hour)

test('a plugin reloaded again and again leaves nothing behind', async () => {
  const gc = (globalThis as unknown as { gc(): void }).gc
  const world = await createWorld(join(dir, 'again'), [{ requires: [], wishes: [], exclusive: false, stub: false }], [0])
  await world.who(0)
  const start = { descriptors: await descriptors(), timers: world.clock.pending().length }
  for (let i = 0; i < (full ? 200 : 12); i++) {
    expect((await world.run({ op: 'edit', at: 0, behaviour: sound, apart: false })).error).toBeUndefined()
    await world.who(0)
  }
  await world.quiet()
  await expect.poll(descriptors, { timeout: 5_000 }).toBeLessThanOrEqual(start.descriptors)
  expect(world.processes()).toHaveLength(1)
  expect(await world.list()).toHaveLength(1)
  expect(world.clock.pending()).toHaveLength(start.timers)
  const left = (): number => { gc(); return [...world.refs].filter((ref) => ref.deref()).length }
  await expect.poll(left, { timeout: 5_000 }).toBeLessThanOrEqual(2)
  await world.close()
}, hour)
