/** U3: who depends on a plugin is set up after it and is gone before it. */
import { expect, test } from 'vitest'
import { firstOf } from './life.ts'
import { createWorld, holds } from './world.ts'

test('dependents stop first and start last, in whatever order things were asked for', async () => {
  await holds({
    closed(world) {
      // Nothing used a service whose plugin had been closed: not a call, not a tap, not a disposer.
      expect(world.misuses).toEqual([])
      for (const life of world.lives) {
        for (const provider of life.providers) {
          expect(provider.up).toBeLessThan(life.begun)
          const providerEnds = Math.min(provider.aborted ?? Infinity, firstOf(provider) ?? Infinity)
          for (const { started } of life.disposers) expect(Math.max(...started)).toBeLessThan(providerEnds)
          if (life.aborted !== undefined) expect(life.aborted).toBeLessThan(providerEnds)
        }
      }
    },
  }, { seed: 3 })
})

test('what depends on a replaced plugin is bound to the new one', async () => {
  await holds({
    quiet(world) {
      const running = new Set(world.running())
      for (const life of running) for (const provider of life.providers) expect(running.has(provider)).toBe(true)
      for (const [at, node] of world.nodes.entries()) {
        const life = world.current(at)
        if (!life) continue
        const expected = [...node.requires, ...node.wishes].flatMap((j) => world.current(j) ?? [])
        expect(life.providers).toEqual(expected)
      }
    },
  }, { seed: 33, runs: 50 })
})

test.each(['reload', 'unload'] as const)('a dependent that was replaced and still has a call to end holds its old provider open through a later %s', async (change) => {
  const world = await createWorld([{ requires: [], wishes: [], exclusive: false }, { requires: [0], wishes: [], exclusive: false }], [0, 1])
  const slow = world.call(1, 'slow')
  await world.kernel.apply({ reload: ['p1'] })
  await world.kernel.apply({ [change]: ['p0'] })
  await slow
  await world.close()
  expect(world.misuses).toEqual([])
})
