/** What runs depends on what the settings say in the end, never on the edits, good and bad, that led there. */
import { rm, writeFile } from 'node:fs/promises'
import fc from 'fast-check'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { definePlugin, method, optional, service } from 'nexus-gateway/sdk'
import type { Kernel } from '../../kernel/index.ts'
import { origin } from '../kernel/harness.ts'
import { keep, operator, stateWith, type Kept } from '../kernel/keeper-harness.ts'

const Base = service<{ word(): string }>('base/1')
const config = v.strictObject({ word: v.optional(v.picklist(['a', 'b', 'broken']), 'a'), n: v.optional(v.pipe(v.number(), v.minValue(0)), 0) })

/** A provider, one that needs it, one that takes it if it is there, an exclusive one and one that must stay. */
const plugins = [
  definePlugin({
    id: 'base', config, provides: { base: Base }, methods: { 'base.word': method({ scope: 'operator.read' }) },
    setup(ctx) {
      if (ctx.config.word === 'broken') throw new Error('broken')
      return { provides: { base: { word: () => ctx.config.word } }, methods: { 'base.word': () => ctx.config } }
    },
  }),
  ...(['needs', 'takes'] as const).map((id) => definePlugin({
    id, config, requires: { base: id === 'needs' ? Base : optional(Base) }, methods: { [`${id}.word`]: method({ scope: 'operator.read' }) },
    setup(ctx) {
      if (ctx.config.word === 'broken') throw new Error('broken')
      const { base } = ctx.deps as { base: { word(): string } | undefined }
      return { methods: { [`${id}.word`]: () => [ctx.config, base?.word()] } } as never
    },
  })),
  definePlugin({
    id: 'alone', config, exclusive: true, methods: { 'alone.word': method({ scope: 'operator.read' }) },
    setup(ctx) {
      if (ctx.config.word === 'broken') throw new Error('broken')
      return { methods: { 'alone.word': () => ctx.config } }
    },
  }),
  definePlugin({ id: 'core', required: true, config, methods: { 'core.word': method({ scope: 'operator.read' }) }, setup: (ctx) => ({ methods: { 'core.word': () => ctx.config } }) }),
]
const ids = plugins.map(({ id }) => id)

const block = fc.record({ word: fc.constantFrom('a', 'b', 'broken', 'nonsense'), n: fc.integer({ min: -1, max: 3 }) }, { requiredKeys: [] })
const content = fc.record({
  plugins: fc.uniqueArray(fc.constantFrom(...ids.flatMap((id) => [id, `-${id}`]), 'nobody'), { maxLength: 3 }),
  blocks: fc.dictionary(fc.constantFrom(...ids, 'stranger'), block, { maxKeys: 3 }),
})
const textOf = ({ plugins: list, blocks }: { plugins: string[]; blocks: Record<string, unknown> }): string => JSON.stringify({ plugins: list, ...blocks })
const edit = fc.record({ text: fc.oneof({ weight: 6, arbitrary: content.map(textOf) }, fc.constantFrom('{ torn', '', '[]', '{}')), byHand: fc.boolean() })

async function seen({ kernel }: Kept): Promise<unknown> {
  const answers = await Promise.all(ids.map(async (id) => kernel.methods.has(`${id}.word`) ? kernel.dispatch(`${id}.word`, {}, origin) : 'none'))
  return { answers, plugins: plain(kernel), methods: [...kernel.methods.keys()].sort() }
}
const plain = (kernel: Kernel): unknown => kernel.list().map(({ id, state, requires, dependents, owned, inflight, error }) => ({ id, state, requires, dependents, inflight, error: error?.code, owned: [...owned].sort() }))

async function make(kept: Kept, { text, byHand }: { text: string; byHand: boolean }): Promise<void> {
  if (!byHand) return void await kept.keeper.control.write(text, { force: true }, operator).catch(() => {})
  await writeFile(kept.file, text)
  await kept.keeper.look()
}

const runs = process.env['NEXUS_TEST_FULL'] ? 5_000 : 1_000

test('the same file in the end gives the same gateway', async () => {
  const fresh = new Map<string, unknown>()
  /** What a gateway that knows nothing else makes of it. */
  async function freshly(text: string): Promise<unknown> {
    if (!fresh.has(text)) {
      await using other = await keep(await stateWith(text), plugins, { watch: false, defaults: ['base', 'core'] })
      fresh.set(text, await seen(other))
    }
    return fresh.get(text)
  }
  await fc.assert(fc.asyncProperty(fc.array(edit, { minLength: 1, maxLength: 4 }), content, async (edits, last) => {
    const end = textOf(last)
    const start = '{ "plugins": [] }'
    await using kept = await keep(await stateWith(start), plugins, { watch: false, defaults: ['base', 'core'] })
    for (const one of edits) await make(kept, one)
    // Whatever became of them, the gateway runs and the required plugin is up.
    expect(kept.kernel.inspect('core')?.state).toBe('active')
    await writeFile(kept.file, end)
    await kept.keeper.look()
    const mode = kept.keeper.control.mode().mode
    // Refused: what runs is what the last good settings say.
    expect(await seen(kept)).toEqual(await freshly(mode === 'normal' ? end : JSON.stringify(kept.keeper.control.current().merged)))
    await rm(kept.file, { force: true })
  }), { numRuns: runs, seed: 11, ...(process.env['NEXUS_TEST_SEED'] && { seed: Number(process.env['NEXUS_TEST_SEED']) }) })
}, 600_000)
