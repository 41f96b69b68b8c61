/**
 * One life of a generated plugin in a process of its own. This file is copied into the plugin's folder and served to
 * that process, which appends what happens to it to one file, shared by all processes of a world and by the test: at
 * once, so that nothing is lost with a process, and the order of lines is the order of events.
 */
import { appendFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { definePlugin, hook, optional, service } from 'nexus-gateway/sdk'
import type { Call, Ctx, Plugin } from 'nexus-gateway/sdk'
import type { Behaviour } from './behaviour.ts'
import type { Home, Verb } from './isolated-scenario.ts'

export interface Told { readonly i: number; readonly version: number; readonly behaviour: Behaviour; readonly nodes: readonly Home[]; readonly record: string }
/** Of one process; `generation` is the gateway's number for what it is the process of. */
export interface Line { readonly id: string; readonly life: string; readonly generation: number; readonly version: number; readonly what: string; readonly n?: number; readonly kind?: string; readonly by?: string; readonly fault?: string }
/** Of whom a service was had. */
export interface Provider { readonly id: string; readonly life: string; readonly version: number }

interface Api { who(by: string): Promise<Provider> }
export const verbsOf: readonly Verb[] = ['who', 'slow', 'wait', 'hang', 'fail', 'ask', 'chain', 'leave', 'restart', 'crash']
export const labelOf = (life: string, n: number): string => `disposer ${n} of ${life}`
export const idOf = (i: number): string => `p${i}`
export const asked = (i: number) => hook.collect<[], string>(`${idOf(i)}.asked`, { onError: 'isolate' })
const serviceOf = (i: number) => service<Api>(`${idOf(i)}/1`, { members: ['who'] })
const forever = (): Promise<never> => new Promise(() => {})
const slowly = (ms = 3): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** Its own hook, and that of the next. */
const tappedBy = (i: number, nodes: readonly Home[]): number[] => [...new Set([i, (i + 1) % nodes.length])]

export function lifeOf(told: Told): Plugin {
  const { i, version, behaviour, nodes, record } = told
  const id = idOf(i)
  const node = nodes[i] as Home
  const needs = [...node.requires, ...node.wishes]
  const identity = behaviour.load === 'differs' && node.stub ? 'other' : id

  function setup(ctx: Ctx): unknown {
    const life = Math.random().toString(36).slice(2)
    const generation = Number(ctx.cause.trace.split('-').at(-1))
    const note = (what: string, more: Partial<Line> = {}): void => appendFileSync(join(record, 'record.jsonl'), `${JSON.stringify({ id, life, generation, version, what, ...more })}\n`)
    const deps = needs.map((j) => (ctx.deps as Readonly<Record<string, Api | undefined>>)[`d${j}`])
    note('begun')
    ctx.scope.signal.addEventListener('abort', () => note('aborted'))

    /** A provider that has fallen over is its own fault; one that was closed before this life is the gateway's. */
    async function using(dep: Api | undefined, where: string): Promise<string | undefined> {
      try {
        const provider = await dep?.who(life)
        return provider && `${provider.id} v${provider.version}`
      } catch (error) {
        if (String(error).includes('unloaded')) note('misuse', { fault: `${where}: ${String(error)}` })
        return 'down'
      }
    }
    for (const [n, kind] of behaviour.disposers.entries()) {
      ctx.scope.defer(() => dispose(n, kind), labelOf(life, n))
      note('defers', { n, kind })
    }
    async function dispose(n: number, kind: Behaviour['disposers'][number]): Promise<void> {
      note('disposing', { n, kind })
      if (n === 0) late(['interval', 'timeout', 'spawn'])
      if (n === 0) void afterwards()
      if (n === 0 && node.requires.length > 0) await Promise.race([using(deps[0], 'a disposer'), slowly(200)])
      if (kind === 'throws') throw new Error('disposer')
      if (kind === 'hangs') await forever()
      if (kind === 'slow') await slowly()
      if (kind === 'rejects') await slowly(1).then(() => { throw new Error('disposer') })
      note('disposed', { n })
    }
    // The process is ended as soon as the gateway hears that all is closed; until then these run between everything else.
    async function afterwards(): Promise<void> {
      for (let turn = 0; turn < 2_000; turn++) {
        await new Promise((resolve) => { setImmediate(resolve) })
        if ((ctx.scope as unknown as { state: string }).state !== 'closed') continue
        return late(['interval', 'timeout', 'spawn', 'defer', 'use'])
      }
    }
    function late(what: readonly ('interval' | 'timeout' | 'spawn' | 'defer' | 'use')[]): void {
      let ran = 0
      const attempts = {
        interval: () => ctx.scope.interval(() => {}, 10),
        timeout: () => ctx.scope.timeout(() => {}, 10),
        spawn: () => ctx.scope.spawn('late', () => {}),
        defer: () => ctx.scope.defer(() => { ran++ }),
        use: () => void ctx.scope.use({ [Symbol.dispose]() { ran++ } }),
      }
      for (const name of what) {
        const fault = thrownBy(attempts[name])
        note('late', { kind: name, fault: fault?.code === 'NEXUS_SCOPE_CLOSED' && fault.data?.['plugin'] === id ? '' : String(fault ?? 'it was taken') })
      }
      if (what.includes('use')) queueMicrotask(() => queueMicrotask(() => note('late', { kind: 'disposal', fault: ran === 2 ? '' : `${ran} of 2 late resources were disposed of` })))
    }
    if (behaviour.loop !== 'none') {
      ctx.scope.spawn('loop', async (signal) => {
        if (behaviour.loop === 'throws') throw new Error('loop')
        if (behaviour.loop === 'ignores') await forever()
        await new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve()) })
      })
    }
    ctx.scope.interval(() => note('interval'), 1_000)
    ctx.scope.timeout(() => note('timeout'), 1_500)
    // Neither of the scope nor of anything: it ends with the process, or never.
    setInterval(() => note('pulse'), 250)
    for (const j of tappedBy(i, nodes)) {
      ctx.tap(asked(j), async () => {
        note(`tap ${idOf(j)}.asked`)
        if (behaviour.tap === 'throws') throw new Error('tap')
        if (behaviour.tap === 'slow') await slowly()
        return `${id} v${version}`
      })
    }
    const tell = async (call: Call): Promise<unknown> => {
      return { id, life, generation, version, setting: (ctx.config as unknown as { n: number }).n, deps: await Promise.all(deps.map((dep) => using(dep, call.verb))) }
    }
    const other = (of: string, verb: string, params: unknown, cause: Call): Promise<unknown> => ctx.call({ id: of } as never, `${of}.${verb}` as never, params as never, { cause })
    const answers: Readonly<Record<Verb, (call: Call) => unknown>> = {
      who: tell,
      slow: async (call) => { await slowly(1 + (version % 8)); return tell(call) },
      wait: async (call) => {
        await new Promise((_resolve, reject) => { call.signal.addEventListener('abort', () => { note('gave up'); reject(new Error('gone')) }) })
      },
      hang: forever,
      fail: () => { throw new Error('handler') },
      ask: () => ctx.invoke(asked(i)),
      chain: async (call) => {
        const next = needs[0]
        const answer = next === undefined ? undefined : await other(idOf(next), 'who', {}, call)
        await slowly(2)
        return [await tell(call), answer]
      },
      leave: (call) => other('steward', 'unload', { id }, call),
      restart: (call) => other('steward', 'reload', { id }, call),
      crash: () => process.exit(7),
    }
    const made = {
      provides: { self: { who: async (by: string) => { note('used', { by }); return { id, life, version } satisfies Provider } } },
      methods: Object.fromEntries(verbsOf.map((verb) => [`${id}.${verb}`, (_: unknown, call: Call) => { note(`call ${call.verb}`); return answers[verb](call) }])),
      routes: { 'GET /who': () => new Response(life) },
      handOver: () => version,
    }
    if (behaviour.setup === 'adds') Object.assign(made.methods, { [`${id}.extra`]: () => 1 })
    if (behaviour.setup === 'forgets') Reflect.deleteProperty(made.methods, `${id}.who`)
    switch (behaviour.setup) {
      case 'throws': throw new Error('setup')
      case 'hangs': return forever()
      case 'rejects': return slowly(1).then(() => { throw new Error('setup') })
      case 'slow': return slowly().then(() => { note('up'); return made })
      default: note('up'); return made
    }
  }

  return definePlugin({
    id: identity,
    exclusive: node.exclusive,
    config: v.strictObject({ n: v.optional(v.number(), 0) }),
    capabilities: [...tappedBy(i, nodes).map((j) => `tap:${idOf(j)}.asked`), `fs:write:${record}`],
    requires: Object.fromEntries([
      ...node.requires.map((j) => [`d${j}`, serviceOf(j)]),
      ...node.wishes.map((j) => [`d${j}`, optional(serviceOf(j))]),
    ]),
    provides: { self: serviceOf(i) },
    methods: Object.fromEntries([...verbsOf.map((verb) => [`${identity}.${verb}`, { scope: 'operator.read' }] as const), ...(behaviour.load === 'differs' && !node.stub ? [[`${id}.differs`, { scope: 'public' }] as const] : [])]),
    routes: { 'GET /who': { scope: 'operator.read' } },
    events: { [`${identity}.happened`]: { scope: 'operator.read', payload: v.number() } },
    setup,
  } as never) as Plugin
}

function thrownBy(run: () => void): { readonly code?: string; readonly data?: Readonly<Record<string, unknown>> } | undefined {
  try {
    run()
  } catch (error) {
    return error as { code?: string }
  }
}
