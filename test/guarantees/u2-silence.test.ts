/** U2: the kernel calls no code of a plugin that is gone. Calls under way are let end; those that do not are aborted, and reported. */
import { expect, test } from 'vitest'
import { NexusError } from 'nexus-gateway/sdk'
import { sound } from './behaviour.ts'
import { idOf } from './life.ts'
import { createWorld, holds, type World } from './world.ts'

/** What lives that do not serve are made to do from now on; nothing, if all is well. */
async function prodded(world: World): Promise<string[]> {
  const from = world.moment()
  const serving = new Set(world.running())
  for (const at of world.nodes.keys()) await Promise.allSettled([world.call(at, 'who'), world.call(at, 'ask')])
  await world.clock.advance(2_000)
  return world.lives.filter((life) => !serving.has(life)).flatMap((life) => life.invoked.filter(({ at }) => at > from).map(({ what }) => `${life.id} #${life.nr}: ${what}`))
}

test('a plugin that was unloaded or replaced hears nothing any more', async () => {
  await holds({
    async quiet(world) {
      expect(await prodded(world)).toEqual([])
      // The old ones are still busy when the new ones serve.
      for (const at of world.nodes.keys()) void world.call(at, 'wait').catch(() => {})
      await world.enable([...world.nodes.keys()].filter((at) => world.current(at)), {})
      expect(await prodded(world)).toEqual([])
      await world.kernel.apply({ unload: world.running().map(({ id }) => id) })
      expect(await prodded(world)).toEqual([])
    },
  }, { seed: 2 })
})

test('never is an older life made to do anything after a newer one has begun to serve, or after its own end', async () => {
  await holds({
    quiet(world) {
      for (const at of world.nodes.keys()) {
        const lives = world.lives.filter(({ id }) => id === idOf(at))
        const serves = lives.map((life) => Math.min(...life.invoked.filter(({ what }) => what.startsWith(`${life.id}.`)).map((call) => call.at)))
        lives.forEach((life, i) => {
          const replaced = Math.min(...serves.slice(i + 1))
          expect(life.invoked.filter((call) => call.at > Math.min(replaced, life.aborted ?? Infinity))).toEqual([])
        })
      }
    },
  }, { seed: 22, runs: 50 })
})

test('calls under way are drained, aborted at the deadline, and reported when they do not heed it', async () => {
  await holds({
    async quiet(world) {
      const calls = world.outcomes.filter(({ step }) => step.op === 'call')
      for (const { step, value, error } of calls) {
        if (step.op !== 'call') continue
        if (step.verb === 'slow' && value) expect(value).toMatchObject({ verb: `${idOf(step.at)}.slow` })
        // What was accepted and ends by itself is never cut off.
        if (error instanceof NexusError && ['slow', 'who', 'ask'].includes(step.verb)) expect(error.code).not.toBe('NEXUS_CALL_ABORTED')
      }
    },
    closed(world) {
      for (const outcome of world.outcomes) {
        const { step } = outcome
        if (step.op !== 'call' || outcome.value !== undefined) continue
        if (step.verb === 'wait') expect(outcome.error).toBeInstanceOf(NexusError)
        const began = world.lives.find((life) => life.invoked.some(({ what, at }) => what === `${life.id}.hang` && at > outcome.from && at < outcome.from + 3))
        if (step.verb !== 'hang' || !began) continue
        const reports = world.logs.filter(({ plugin, fields }) => plugin === began.id && (fields?.['error'] as { code?: string } | undefined)?.code === 'NEXUS_SCOPE_STUCK')
        expect(reports.length).toBeGreaterThan(0)
      }
    },
  }, { seed: 23, runs: 50 })
})

test('a hook under way skips the taps of a plugin that has gone meanwhile', async () => {
  const alone = { requires: [], wishes: [], exclusive: false }
  const world = await createWorld([alone, alone, alone], [0, 2])
  await world.run({ op: 'load', at: 1, behaviour: { ...sound, tap: 'slow' }, apart: false })
  const last = world.current(2)!
  const asking = world.call(0, 'ask')
  await world.kernel.apply({ unload: ['p2'] })
  expect(await asking).toHaveLength(2)
  expect(last.invoked.filter(({ what }) => what === 'tap p0.asked')).toEqual([])
  await world.close()
})
