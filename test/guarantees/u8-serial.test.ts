/** U8: changes of one plugin asked for at the same time are made one after the other, in the order in which they were asked for. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { memorySource } from '../../kernel/source.ts'
import { NexusError } from 'nexus-gateway/sdk'
import { behaviour, type Behaviour } from './behaviour.ts'
import { idOf, pluginOf, type Life } from './life.ts'
import { createWorld, holds } from './world.ts'

/** Sure to be done in time on a busy machine, or sure not to. */
const certain = (b: Behaviour): Behaviour => ({ ...b, load: 'ok', setup: b.setup === 'slow' ? 'ok' : b.setup })
type Ask = { readonly ask: 'load'; readonly behaviour: Behaviour } | { readonly ask: 'unload' | 'reload' } | { readonly ask: 'configure'; readonly n: number }
const asks: fc.Arbitrary<Ask[]> = fc.array(fc.oneof(
  fc.record({ ask: fc.constant('load' as const), behaviour: behaviour().map(certain) }),
  fc.record({ ask: fc.constantFrom('unload' as const, 'reload' as const) }),
  fc.record({ ask: fc.constant('configure' as const), n: fc.nat(9) }),
), { minLength: 2, maxLength: 8 })

const runs = ({ setup }: Behaviour): boolean => setup === 'ok'

/** What the same changes come to when each waits for the one before. */
function oneByOne(all: readonly Ask[]): { versions: (number | undefined)[]; refused: number[]; n: number } {
  const versions: (number | undefined)[] = []
  const refused: number[] = []
  let n = 0
  all.forEach((one, i) => {
    const before = versions.at(-1)
    const ok = one.ask === 'load' ? runs(one.behaviour) : one.ask === 'configure' || before !== undefined
    if (!ok) refused.push(i)
    if (one.ask === 'configure') n = one.n
    versions.push(!ok ? before : one.ask === 'load' ? i : one.ask === 'unload' ? undefined : before)
  })
  return { versions, refused, n }
}

test.each([['overlapping', false], ['exclusive', true]])('changes of one %s plugin come to what they do one by one', async (_, exclusive) => {
  const property = fc.asyncProperty(asks, async (all) => {
    const node = { requires: [], wishes: [], exclusive }
    const nodes = [node, { requires: [0], wishes: [], exclusive: false }]
    const world = await createWorld(nodes)
    const results = await Promise.allSettled(all.map((one, i) => {
      if (one.ask === 'load') return world.kernel.apply({ load: [{ source: memorySource(pluginOf(world, nodes, 0, i, one.behaviour)), why: 'test' }] })
      if (one.ask === 'configure') return world.kernel.apply({ settings: { [idOf(0)]: { n: one.n } } })
      return world.kernel.apply({ [one.ask]: [idOf(0)] })
    }))
    const model = oneByOne(all)
    expect(results.flatMap(({ status }, i) => (status === 'rejected' ? [i] : []))).toEqual(model.refused)
    for (const result of results) if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(NexusError)
    expect(world.current(0)?.version).toBe(model.versions.at(-1))
    if (world.current(0)) expect(world.current(0)?.setting).toBe(model.n)
    // No setup begins while another one of the same plugin is under way.
    const lives = world.lives.filter(({ id }) => id === idOf(0))
    lives.forEach((life, i) => { if (i > 0 && lives[i - 1]!.up !== undefined) expect(lives[i - 1]!.up).toBeLessThan(life.begun) })
    const inTurn = [...new Set(lives.map(({ version }) => version))]
    expect(inTurn).toEqual([...inTurn].sort((a, b) => a - b))
    await world.quiet()
    await world.close()
  })
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((lane) => fc.assert(property, { seed: 80 + lane, numRuns: 8 })))
})

/** The last thing the kernel did with it: what hangs after that is reported, and nothing waits for it. */
const ended = (life: Life): number => Math.max(...life.disposers.map(({ started }) => started[0] ?? Infinity), life.aborted ?? Infinity)

test('of an exclusive plugin there is never more than one', async () => {
  await holds({
    closed(world) {
      for (const [at, node] of world.nodes.entries()) {
        if (!node.exclusive) continue
        const lives = world.lives.filter(({ id }) => id === idOf(at))
        lives.forEach((life, i) => {
          const next = lives[i + 1]
          if (next) expect(ended(life)).toBeLessThan(next.begun)
        })
      }
    },
  }, { seed: 8 })
})
