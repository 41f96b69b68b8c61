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
      const all = [...world.nodes.keys()]
      const settings = Object.fromEntries(all.map((at) => [idOf(at), { n: at % 3 }]))
      // Everything there is or that this needs, mended, since a file that was refused would be refused again; then,
      // in two steps, down to a set chosen by chance, in which some may miss what they need.
      const there = withNeeds(world, all.filter((at) => world.kernel.inspect(idOf(at))))
      const picked = withNeeds(world, all.filter((at) => (world.lives.length >> at) % 2 === 0))
      const enabled = picked.filter((at) => (world.moment() + at) % 4 !== 0)
      await world.enable([...new Set([...there, ...picked])], settings)
      await world.kernel.apply({ unload: there.filter((at) => !picked.includes(at)).map(idOf) })
      await world.kernel.apply({ unload: picked.filter((at) => !enabled.includes(at)).map(idOf) })
      const one = world.running().at(world.lives.length % 2 - 1)
      if (one) await world.kernel.apply({ reload: [one.id] })
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

function withNeeds(world: World, some: readonly number[]): number[] {
  const found = new Set(some)
  for (const at of found) for (const need of world.nodes[at]?.requires ?? []) found.add(need)
  return [...found].sort()
}
