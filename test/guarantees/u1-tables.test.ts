/** U1: after a plugin has been unloaded, no table of the kernel holds anything of it. */
import { expect, test } from 'vitest'
import { idOf } from './life.ts'
import { createWorld, holds, type World } from './world.ts'

function leftOf(world: World, id: string): string[] {
  const { kernel } = world
  return [
    ...[...kernel.methods.values(), ...kernel.events.values(), ...kernel.routes.values()].flatMap(({ plugin }) => (plugin === id ? ['an entry'] : [])),
    ...(kernel.inspect(id)?.owned ?? []),
    ...kernel.list().flatMap((plugin) => (plugin.id === id ? [plugin.state] : [])),
  ]
}

test('an unloaded plugin is in no table', async () => {
  await holds({
    each(world, { step, error, value }) {
      if (step.op !== 'unload' || error || (value as { scheduled?: boolean }).scheduled) return
      // A change that was asked for before may already have brought it back.
      if (world.outcomes.some((other) => other.step.op !== 'call' && other.to === Infinity)) return
      expect(leftOf(world, idOf(step.at))).toEqual([])
    },
    async quiet(world) {
      await world.kernel.apply({ unload: world.kernel.list().map(({ id }) => id).filter((id) => id !== 'guard') })
      for (const at of world.nodes.keys()) expect(leftOf(world, idOf(at))).toEqual([])
      expect(world.clock.pending()).toEqual([])
    },
  }, { seed: 1 })
})

test('nor is what an earlier reload of it left running', async () => {
  const world = await createWorld([{ requires: [], wishes: [], exclusive: false }], [0])
  void world.call(0, 'hang').catch(() => {})
  await world.kernel.apply({ reload: ['p0'] })
  await world.kernel.apply({ unload: ['p0'] })
  expect(leftOf(world, 'p0')).toEqual([])
  await world.close()
})
