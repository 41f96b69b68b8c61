/** What runs depends only on what is enabled, never on the loads, reloads, failures and unloads that led to it. */
import { expect, test } from 'vitest'
import { idOf } from './life.ts'
import { createWorld, holds, type World } from './world.ts'

/** Everything that can be seen of what runs, without what tells one life from the next. */
async function snapshot(world: World): Promise<unknown> {
  const { kernel } = world
  const table = (entries: Iterable<readonly [string, { readonly plugin: string }]>): string[] => [...entries].map(([name, { plugin }]) => `${name} of ${plugin}`).sort()
  const answers: unknown[] = []
  for (const at of world.nodes.keys()) {
    const who = await world.call(at, 'who').catch((error: { code: string }) => error.code)
    const ask = await world.call(at, 'ask').catch((error: { code: string }) => error.code)
    answers.push([plain(who), plain(ask)])
  }
  return {
    plugins: kernel.list().map(({ id, state, requires, provides, dependents, exclusive, error, owned, inflight }) =>
      ({ id, state, requires, provides, dependents, exclusive, inflight, error: error?.code, owned: owned.map(plain).sort() })),
    methods: table(kernel.methods), events: table(kernel.events), routes: table(kernel.routes),
    answers,
  }
}

/** Without versions and numbers of lives. */
const plain = (value: unknown): unknown => JSON.parse((JSON.stringify(value) ?? 'null').replace(/ v\d+| #\d+/g, '').replace(/"(nr|version)":\d+/g, '"$1":0'))

test('after any sequence the same plugins enabled give the same gateway', async () => {
  await holds({
    async quiet(world) {
      // A set chosen by chance, with all that it needs; then some of that is taken away again.
      const picked = new Set([...world.nodes.keys()].filter((at) => (world.lives.length >> at) % 2 === 0))
      for (const at of [...picked].reverse()) needed(world, at).forEach((need) => picked.add(need))
      const removed = [...picked].filter((at) => (world.moment() + at) % 4 === 0)
      const enabled = [...picked].filter((at) => !removed.includes(at))
      const settings = Object.fromEntries([...world.nodes.keys()].map((at) => [idOf(at), { n: at % 3 }]))

      const wanted = world.kernel.list().map(({ id }) => id).filter((id) => id !== 'guard')
      await world.kernel.apply({ unload: wanted.filter((id) => ![...picked].some((at) => idOf(at) === id)) })
      await world.enable([...picked], settings)
      await world.kernel.apply({ unload: removed.map(idOf) })
      await world.quiet()

      const fresh = await createWorld(world.nodes, enabled, settings)
      try {
        expect(await snapshot(world)).toEqual(await snapshot(fresh))
      } finally {
        await fresh.close()
      }
    },
  }, { seed: 9 })
})

function needed(world: World, at: number): number[] {
  const direct = world.nodes[at]?.requires ?? []
  return [...direct, ...direct.flatMap((j) => needed(world, j))]
}
