/** U6: what a plugin was before a reload can be collected: its definition, its context and, for a file, its whole module graph. */
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Plugin } from '../../kernel/contract.ts'
import { createKernel } from '../../kernel/index.ts'
import { createLoader } from '../../kernel/loader.ts'
import { createLogger } from '../../kernel/log.ts'
import { memorySource } from '../../kernel/source.ts'
import { definePlugin, hook, method, pluginLoaded, service, type Ctx } from 'nexus-gateway/sdk'
import { settled } from '../../sdk/testing/clock.ts'

type Refs = Set<WeakRef<object>>
const gc = (globalThis as unknown as { gc(): void }).gc
const paths = { state: '/nowhere', config: '/nowhere/c', socket: '/nowhere/s', lock: '/nowhere/l', cache: '/nowhere/cache', token: '/nowhere/t', local: '' }
const deadlines = { load: 2_000, setup: 20, drain: 20, dispose: 20 }
const caller = { id: 'test', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' } as const

async function alive(refs: Refs): Promise<number> {
  const left = (): number => [...refs].filter((ref) => ref.deref()).length
  for (let i = 0; i < 8; i++) {
    await settled()
    gc()
    // Looking at a reference keeps its target until the next turn.
    await settled()
    if (i % 2 === 1 && left() === 0) return 0
  }
  return left()
}

const Thing = service<{ f(): void }>('base/1')
const asked = hook.series('base.asked')

/** Everything a plugin can hand to the kernel, each closing over its context. */
function ephemeral(refs: Refs, id: 'base' | 'user', fault: 'none' | 'setup' | 'disposer' | 'loop'): Plugin {
  const plugin = definePlugin({
    id,
    ...(id === 'base' ? { provides: { thing: Thing } } : { requires: { thing: Thing } }),
    methods: { [`${id}.do`]: method({ scope: 'operator.read' }), [`${id}.wait`]: method({ scope: 'operator.read' }) },
    setup(ctx: Ctx) {
      refs.add(new WeakRef(ctx))
      ctx.tap(asked, () => void ctx.id)
      ctx.tap(pluginLoaded, () => void ctx.id)
      ctx.scope.interval(() => void ctx.id, 60_000)
      ctx.scope.spawn('loop', (signal) => new Promise<void>((resolve) => { if (fault !== 'loop') signal.addEventListener('abort', () => resolve()) }))
      ctx.scope.defer(() => { if (fault === 'disposer') throw new Error(ctx.id) })
      if (fault === 'setup') throw new Error(ctx.id)
      return {
        ...(id === 'base' ? { provides: { thing: { f: () => void ctx.id } } } : {}),
        methods: { [`${id}.do`]: () => ctx.id, [`${id}.wait`]: (_: unknown, call: { signal: AbortSignal }) => new Promise((_resolve, reject) => { call.signal.addEventListener('abort', () => reject(new Error(ctx.id))) }) },
      }
    },
  } as never) as Plugin
  refs.add(new WeakRef(plugin))
  return plugin
}

const steps = fc.array(fc.record({
  what: fc.constantFrom('load', 'load', 'reload', 'unload', 'configure', 'call' as const),
  id: fc.constantFrom('base', 'user' as const),
  fault: fc.constantFrom('none', 'none', 'none', 'setup', 'disposer', 'loop' as const),
}), { minLength: 3, maxLength: 10 })

test('nothing of a plugin that is gone is kept, whatever happened to it', async () => {
  await fc.assert(fc.asyncProperty(steps, async (all) => {
    const refs: Refs = new Set()
    const kernel = createKernel({ plugins: [], paths, deadlines, log: createLogger(), version: 'test' })
    kernel.log.addSink(() => {})
    kernel.subscribe(() => {})
    await kernel.start()
    for (const { what, id, fault } of all) {
      const origin = { caller, transport: 'kernel' } as const
      if (what === 'call') await Promise.allSettled([(async () => kernel.dispatch(`${id}.do`, undefined, origin))()])
      else if (what === 'load') await kernel.apply({ load: [{ source: memorySource(ephemeral(refs, id, fault)), why: 'test' }] }).catch(() => {})
      else if (what === 'configure') await kernel.apply({ settings: { [id]: {} } }).catch(() => {})
      else await kernel.apply({ [what]: [id] }).catch(() => {})
    }
    await kernel.apply({ unload: kernel.list().flatMap(({ id, state }) => (state === 'closing' ? [] : [id])) })
    await kernel.apply({})
    while (kernel.list().length > 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
    // What the log keeps for a sink that comes later are errors, and those may hold on to anything.
    kernel.log.settle()
    expect(await alive(refs)).toBe(0)
    await kernel.close()
  }), { seed: 6, numRuns: 60, endOnFailure: true })
})

test('a file reloaded again and again leaves no module graph behind', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-u6-'))
  await mkdir(join(dir, 'built'))
  await writeFile(join(dir, 'built', 'manifests.json'), JSON.stringify({ defaults: [], manifests: {} }))
  const seen: Refs = new Set()
  Object.assign(globalThis, { [Symbol.for('nexus.test.seen')]: seen })
  const write = (n: number) => writeFile(join(dir, 'plugin.ts'), `
    import { definePlugin } from 'nexus-gateway/sdk'
    import { part } from './part.ts'
    const seen = (globalThis as any)[Symbol.for('nexus.test.seen')]
    const plugin = definePlugin({ id: 'filed', methods: { 'filed.n': { scope: 'operator.read' } }, setup: (ctx) => { seen.add(new WeakRef(ctx)); return { methods: { 'filed.n': () => ${n} + part.n } } } })
    seen.add(new WeakRef(plugin)).add(new WeakRef(part))
    export default plugin`)
  await writeFile(join(dir, 'part.ts'), 'export const part = { n: 100, hold: () => part }')
  await write(0)
  const loader = await createLoader({ cacheDir: join(dir, 'cache'), builtinDir: join(dir, 'built') })
  const source = loader.path(join(dir, 'plugin.ts'))
  await source.manifest()
  const kernel = createKernel({ plugins: [{ source, why: 'test' }], paths, log: createLogger(), version: 'test' })
  try {
    expect((await kernel.start()).failed).toEqual([])
    for (let n = 1; n <= 20; n++) {
      await write(n)
      await kernel.apply({ reload: ['filed'] })
    }
    expect(seen.size).toBe(21 * 3)
    // The one that runs: its definition, its part and its context.
    await expect.poll(() => alive(seen), { timeout: 5_000 }).toBeLessThanOrEqual(3)
  } finally {
    await kernel.close()
    await rm(dir, { recursive: true, force: true })
  }
})
