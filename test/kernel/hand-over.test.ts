import { describe, expect, it } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import type { Plugin } from '../../kernel/contract.ts'
import { memorySource } from '../../kernel/source.ts'
import { kernelOf } from './harness.ts'

type Handed = unknown
interface Life { readonly got: Handed[]; readonly order: string[] }
const life = (): Life => ({ got: [], order: [] })

/** Each generation notes what it was given, and leaves `leaves()`. */
const heir = ({ got, order }: Life, leaves: () => Handed, more: { readonly exclusive?: boolean; readonly fails?: () => boolean } = {}): Plugin => definePlugin({
  id: 'heir', exclusive: more.exclusive ?? false,
  setup(ctx) {
    got.push(ctx.inherited)
    order.push('setup')
    if (more.fails?.()) throw new Error('no')
    ctx.scope.defer(() => void order.push('closed'))
    return { handOver: () => { order.push('asked'); return leaves() } }
  },
})

describe('what a generation leaves to the next', () => {
  for (const exclusive of [false, true]) {
    describe(exclusive ? 'of an exclusive plugin' : 'of one that overlaps', () => {
      it('is given to it, and to nobody before it', async () => {
        const seen = life()
        const kernel = kernelOf([heir(seen, () => ({ count: seen.got.length }), { exclusive })])
        await kernel.start()
        await kernel.apply({ reload: ['heir'] })
        await kernel.apply({ reload: ['heir'] })
        expect(seen.got).toEqual([undefined, { count: 1 }, { count: 2 }])
        await kernel.close()
      })

      it('is asked for before anything of the old one is disposed of, and not at the end', async () => {
        const seen = life()
        const kernel = kernelOf([heir(seen, () => 1, { exclusive })])
        await kernel.start()
        await kernel.apply({ reload: ['heir'] })
        await kernel.close()
        expect(seen.order).toEqual(exclusive ? ['setup', 'asked', 'closed', 'setup', 'closed'] : ['setup', 'asked', 'setup', 'closed', 'closed'])
      })

      it('is a copy: nothing of the old generation lives on in it', async () => {
        const seen = life()
        const kept = { list: [1] }
        const kernel = kernelOf([heir(seen, () => kept, { exclusive })])
        await kernel.start()
        await kernel.apply({ reload: ['heir'] })
        expect(seen.got[1]).toEqual(kept)
        expect(seen.got[1]).not.toBe(kept)
        await kernel.close()
      })

      it.each([
        ['throws', () => { throw new Error('lost') }],
        ['cannot be copied', () => () => 1],
        ['never comes', () => new Promise(() => {})],
      ])('is nothing where it %s; the reload goes on', async (_, leaves) => {
        const seen = life()
        const kernel = kernelOf([heir(seen, leaves, { exclusive })])
        await kernel.start()
        await kernel.apply({ reload: ['heir'] })
        expect(seen.got).toEqual([undefined, undefined])
        expect(kernel.inspect('heir')?.state).toBe('active')
        await kernel.close()
      })

      it('comes back to the old one if the new one fails', async () => {
        const seen = life()
        let fails = false
        const kernel = kernelOf([heir(seen, () => 'mine', { exclusive, fails: () => fails && seen.got.length === 2 })])
        await kernel.start()
        fails = true
        await expect(kernel.apply({ reload: ['heir'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_RELOAD_FAILED' })
        expect(kernel.inspect('heir')?.state).toBe('active')
        expect(seen.got).toEqual(exclusive ? [undefined, 'mine', 'mine'] : [undefined, 'mine'])
        await kernel.close()
      })
    })
  }

  it('is lost with a plugin that is unloaded', async () => {
    const seen = life()
    const plugin = heir(seen, () => 'mine')
    const kernel = kernelOf([plugin])
    await kernel.start()
    await kernel.apply({ unload: ['heir'] })
    await kernel.apply({ load: [{ source: memorySource(plugin), why: 'test' }] })
    expect(seen.got).toEqual([undefined, undefined])
    await kernel.close()
  })
})
