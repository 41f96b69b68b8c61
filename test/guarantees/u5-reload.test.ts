/** U5: a new generation is loaded and checked before the old one is touched; if it cannot run, the old one serves on. */
import { expect, test } from 'vitest'
import { NexusError } from 'nexus-gateway/sdk'
import { sound, type Behaviour, type Step } from './behaviour.ts'
import { idOf } from './life.ts'
import { holds, type World } from './world.ts'

const bad: Partial<Behaviour>[] = [{ load: 'throws' }, { load: 'hangs' }, { load: 'differs' }, { setup: 'throws' }, { setup: 'rejects' }, { setup: 'hangs' }, { setup: 'forgets' }, { setup: 'adds' }]

/** Asks every running plugin without a pause until `work` is done; gives what went wrong. */
async function askDuring(world: World, work: Promise<unknown>): Promise<string[]> {
  const faults: string[] = []
  const asked = [...world.nodes.keys()].filter((at) => world.current(at))
  const calls: Promise<unknown>[] = []
  let done = false
  void work.finally(() => { done = true })
  while (!done) {
    for (const at of asked) calls.push(world.call(at, 'who').catch((error: unknown) => faults.push(`${idOf(at)}.who: ${error instanceof NexusError ? error.code : String(error)}`)))
    await new Promise((resolve) => { setTimeout(resolve, 2) })
  }
  await Promise.all(calls)
  return faults
}

test('a reload that fails changes nothing, and no call fails meanwhile', async () => {
  await holds({
    async quiet(world) {
      for (const [at, life] of [...world.nodes.keys()].map((i) => [i, world.current(i)] as const)) {
        if (!life) continue
        const before = world.running()
        const fault = bad[(at + world.lives.length) % bad.length]!
        const step: Step = { op: 'edit', at, behaviour: { ...sound, ...fault }, apart: false }
        const outcome = world.run(step)
        const faults = await askDuring(world, outcome)
        const { error } = await outcome
        expect(error).toBeInstanceOf(NexusError)
        expect([(error as NexusError).data['plugin'], String((error as NexusError).message)].join()).toContain(idOf(at))
        expect(faults).toEqual([])
        await world.quiet()
        const after = world.running()
        // Nothing was touched by what fails before setup; a plugin that must own something alone was stopped for the setup, and started again.
        if (fault.load || !before.some(({ id }) => world.kernel.inspect(id)?.exclusive)) expect(after).toEqual(before)
        expect(after.map(({ id, version, setting }) => [id, version, setting])).toEqual(before.map(({ id, version, setting }) => [id, version, setting]))
        // The file mended, for the next one.
        expect((await world.run({ op: 'edit', at, behaviour: sound, apart: false })).error).toBeUndefined()
      }
    },
  }, { seed: 5, runs: 100, length: 5, faulty: false })
})

test('a reload that works swaps without a failed call', async () => {
  await holds({
    async quiet(world) {
      for (const at of world.nodes.keys()) {
        const before = world.current(at)
        if (!before) continue
        const outcome = world.run({ op: 'edit', at, behaviour: sound, apart: false })
        expect(await askDuring(world, outcome)).toEqual([])
        expect((await outcome).error).toBeUndefined()
        expect(world.current(at)?.version).toBeGreaterThan(before.version)
      }
    },
  }, { seed: 55, runs: 50, length: 5, faulty: false })
})
