/** One life of a generated plugin: what it is told to do, and a record of all that happened to it. */
import * as v from 'valibot'
import type { Plugin } from '../../kernel/contract.ts'
import { definePlugin, hook, KernelControl, optional, pluginLoaded, service, type Call, type Ctx, type KernelControlApi } from 'nexus-gateway/sdk'
import type { Behaviour, Node } from './behaviour.ts'

export interface Service { readonly life: Life; use(by: Life, where: string): void }
export interface Registered { readonly label: string; readonly kind: Behaviour['disposers'][number]; started: number[]; ended: number | undefined }

export interface Life {
  readonly id: string
  /** Counts lives of all plugins of a world in the order in which their setups began. */
  readonly nr: number
  readonly version: number
  readonly behaviour: Behaviour
  readonly setting: number
  readonly ctx: Ctx
  readonly providers: Life[]
  readonly disposers: Registered[]
  /** Moments, as counted by the world; undefined is never. */
  readonly begun: number
  up: number | undefined
  aborted: number | undefined
  /** Everything the kernel made it do, with the moment; disposers apart. */
  readonly invoked: { readonly what: string; readonly at: number }[]
}

/** Where lives write their record. */
export interface Chronicle {
  readonly lives: Life[]
  /** Uses of a service after its plugin had been closed. */
  readonly misuses: string[]
  moment(): number
}

export const idOf = (i: number): string => `p${i}`
export const asked = (i: number) => hook.collect<[], string>(`${idOf(i)}.asked`, { onError: 'isolate' })
const serviceOf = (i: number) => service<Service>(`${idOf(i)}/1`)
const forever = (): Promise<never> => new Promise(() => {})
const slowly = (ms = 3): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
export const firstOf = (life: Life): number | undefined => minimum(life.disposers.flatMap((d) => d.started))
const minimum = (all: readonly number[]): number | undefined => (all.length > 0 ? Math.min(...all) : undefined)

export function pluginOf(world: Chronicle, nodes: readonly Node[], i: number, version: number, behaviour: Behaviour): Plugin {
  const id = idOf(i)
  const node = nodes[i] as Node
  const needs = [...node.requires, ...node.wishes]
  const methods = ['who', 'slow', 'wait', 'hang', 'fail', 'ask', 'chain', 'leave', 'restart'].map((verb) => [`${id}.${verb}`, { scope: 'operator.read' }] as const)

  function setup(ctx: Ctx): unknown {
    const deps = needs.map((j) => (ctx.deps as Record<string, Service | undefined>)[`d${j}`])
    const { control } = ctx.deps as unknown as { control: KernelControlApi }
    const life: Life = {
      id, nr: world.lives.length, version, behaviour, setting: (ctx.config as unknown as { n: number }).n, ctx,
      providers: deps.flatMap((dep) => dep?.life ?? []), disposers: [], begun: world.moment(), up: undefined, aborted: undefined, invoked: [],
    }
    world.lives.push(life)
    ctx.scope.signal.addEventListener('abort', () => { life.aborted = world.moment() })

    const invoked = (what: string): void => { life.invoked.push({ what, at: world.moment() }) }
    const useAll = (where: string): void => { for (const dep of deps) dep?.use(life, where) }
    for (const [n, kind] of behaviour.disposers.entries()) {
      const entry: Registered = { label: `${id} #${life.nr} disposer ${n}`, kind, started: [], ended: undefined }
      life.disposers.push(entry)
      ctx.scope.defer(() => dispose(entry), entry.label)
    }
    async function dispose(entry: Registered): Promise<void> {
      entry.started.push(world.moment())
      useAll('a disposer')
      if (entry.kind === 'throws') throw new Error('disposer')
      if (entry.kind === 'hangs') await forever()
      if (entry.kind === 'slow') await slowly()
      if (entry.kind === 'rejects') await slowly(1).then(() => { throw new Error('disposer') })
      entry.ended = world.moment()
    }
    if (behaviour.loop !== 'none') {
      ctx.scope.spawn('loop', async (signal) => {
        if (behaviour.loop === 'throws') throw new Error('loop')
        if (behaviour.loop === 'ignores') await forever()
        await new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve()) })
      })
    }
    ctx.scope.interval(() => invoked('interval'), 1_000)
    ctx.scope.timeout(() => invoked('timeout'), 1_500)
    ctx.tap(pluginLoaded, () => invoked('tap plugin.loaded'))
    for (const j of nodes.keys()) {
      ctx.tap(asked(j), async () => {
        invoked(`tap ${idOf(j)}.asked`)
        if (behaviour.tap === 'throws') throw new Error('tap')
        if (behaviour.tap === 'slow') await slowly()
        return `${id} v${version}`
      })
    }
    const who = (call: Call): unknown => {
      invoked(call.verb)
      useAll('a method')
      return { nr: life.nr, version, setting: life.setting, deps: deps.map((dep) => dep && `${dep.life.id} v${dep.life.version}`) }
    }
    // A call whose plugin has been aborted is late by its own fault, and may find what it used gone.
    const after = (call: Call): unknown => {
      if (!ctx.scope.signal.aborted) useAll('a call under way')
      return { nr: life.nr, verb: call.verb }
    }
    const made = {
      provides: { self: { life, use: (by: Life, where: string) => used(life, by, where) } satisfies Service },
      methods: {
        [`${id}.who`]: (_: unknown, call: Call) => who(call),
        [`${id}.slow`]: async (_: unknown, call: Call) => { who(call); await slowly(1 + (life.nr % 8)); return after(call) },
        [`${id}.wait`]: (_: unknown, call: Call) => {
          who(call)
          return new Promise((_resolve, reject) => { call.signal.addEventListener('abort', () => reject(new Error('gone'))) })
        },
        [`${id}.hang`]: (_: unknown, call: Call) => { who(call); return forever() },
        [`${id}.fail`]: (_: unknown, call: Call) => { who(call); throw new Error('handler') },
        [`${id}.ask`]: (_: unknown, call: Call) => { who(call); return ctx.invoke(asked(i)) },
        [`${id}.chain`]: async (_: unknown, call: Call) => {
          who(call)
          const next = needs[0]
          const answer = next === undefined ? undefined : await ctx.call({ id: idOf(next) } as never, `${idOf(next)}.who` as never, undefined as never, { cause: call })
          await slowly(2)
          return [after(call), answer]
        },
        [`${id}.leave`]: (_: unknown, call: Call) => { who(call); return control.unload([id], call) },
        [`${id}.restart`]: (_: unknown, call: Call) => { who(call); return control.reload([id], call) },
      },
      routes: { 'GET /who': () => new Response(String(life.nr)) },
    }
    if (behaviour.setup === 'adds') Object.assign(made.methods, { [`${id}.extra`]: () => 1 })
    if (behaviour.setup === 'forgets') Reflect.deleteProperty(made.methods, `${id}.who`)
    switch (behaviour.setup) {
      case 'throws': throw new Error('setup')
      case 'hangs': return forever()
      case 'rejects': return slowly(1).then(() => { throw new Error('setup') })
      case 'slow': return slowly().then(() => { life.up = world.moment(); return made })
      default: life.up = world.moment(); return made
    }
  }

  function used(life: Life, by: Life, where: string): void {
    if (firstOf(life) !== undefined || life.aborted !== undefined) world.misuses.push(`${where} of ${by.id} #${by.nr} used ${life.id} #${life.nr} after it had been closed`)
  }

  return definePlugin({
    id,
    exclusive: node.exclusive,
    config: v.strictObject({ n: v.optional(v.number(), 0) }),
    capabilities: ['kernel:control'],
    requires: Object.fromEntries([
      ['control', KernelControl],
      ...node.requires.map((j) => [`d${j}`, serviceOf(j)]),
      ...node.wishes.map((j) => [`d${j}`, optional(serviceOf(j))]),
    ]),
    provides: { self: serviceOf(i) },
    methods: Object.fromEntries(methods),
    routes: { 'GET /who': { scope: 'operator.read' } },
    events: { [`${id}.happened`]: { scope: 'operator.read', payload: v.number() } },
    setup,
  } as never) as Plugin
}
