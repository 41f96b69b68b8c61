/** A kernel with generated plugins in processes of their own, what is done to it, and the one record that all of it is written to. */
import { appendFileSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import { manifestOf } from '../../kernel/manifest.ts'
import { memorySource, type Source } from '../../kernel/source.ts'
import isolation from '../../plugins/isolation/index.ts'
import type { IsolatedPlugin } from '../../plugins/isolation/contract.ts'
import { definePlugin, KernelControl, NexusError, type LogRecord } from 'nexus-gateway/sdk'
import { fakeClock, settled, type TestClock } from '../../sdk/testing/clock.ts'
import { guard, origin } from '../kernel/harness.ts'
import { isolated, until } from '../plugins/isolation-harness.ts'
import { sound, type Behaviour } from './behaviour.ts'
import { idOf, lifeOf, type Line, type Told } from './isolated-life.ts'
import type { Home, Step, Verb } from './isolated-scenario.ts'

/** Real milliseconds. A setup takes the start of a process, which on a busy machine is long; what hangs waits for all of it. */
export const deadlines = { load: 15_000, setup: 9_000, drain: 300, dispose: 2_000 }

export type Entry = Line | { readonly host: string; readonly id?: string }
export const isLine = (entry: Entry): entry is Line => 'life' in entry
export interface Who { readonly id: string; readonly life: string; readonly generation: number; readonly version: number; readonly setting: number; readonly deps: readonly (string | undefined)[] }
export interface Outcome { readonly step: Step; done: boolean; value?: unknown; error?: unknown }

export interface World {
  readonly nodes: readonly Home[]
  readonly kernel: Kernel
  readonly clock: TestClock
  readonly logs: readonly LogRecord[]
  readonly outcomes: readonly Outcome[]
  /** Failures that are not errors of the table. */
  readonly wrongs: readonly string[]
  /** Every definition that has stood here for a plugin. */
  readonly refs: ReadonlySet<WeakRef<object>>
  run(step: Step): Promise<Outcome>
  call(at: number, verb: Verb): Promise<unknown>
  /** Of the process that serves, if any can. */
  who(at: number): Promise<Who | undefined>
  running(): number[]
  /** Makes these run as they should, with these settings, in one change. */
  enable(all: readonly number[], settings: Readonly<Record<string, unknown>>): Promise<unknown>
  list(): Promise<readonly IsolatedPlugin[]>
  /** Writes a line into the record. */
  mark(host: string, id?: string): void
  record(): Entry[]
  /** Every process there is of this world's plugins, theirs and those around them. */
  processes(): { readonly pid: number; readonly id: string }[]
  quiet(): Promise<void>
  close(): Promise<void>
}

const index = `import { lifeOf } from './isolated-life.ts'\nimport told from './told.json'\nexport default lifeOf(told)\n`
const faulty = { syntax: 'export const = 2\n', throws: "throw new Error('not today')\n", hangs: 'await new Promise(() => {})\n' }

const steward = definePlugin({
  id: 'steward', capabilities: ['kernel:control'], requires: { kernel: KernelControl },
  methods: Object.fromEntries(['unload', 'reload'].map((name) => [`steward.${name}`, { scope: 'operator.read', params: v.strictObject({ id: v.string() }) }])) as never,
  setup: (ctx) => ({ methods: Object.fromEntries((['unload', 'reload'] as const).map((name) => [`steward.${name}`, ({ id }: { id: string }, call: never) => ctx.deps.kernel[name]([id], call)])) }) as never,
})

/** Its folder is used again by the next world, so that code that is the same is transformed once. */
export async function createWorld(dir: string, nodes: readonly Home[], running: readonly number[], { settings = {}, walled = false }: { readonly settings?: Readonly<Record<string, unknown>>; readonly walled?: boolean } = {}): Promise<World> {
  const recordDir = join(dir, 'record')
  const file = join(recordDir, 'record.jsonl')
  const state = join(dir, 'state')
  for (const place of [recordDir, state]) rmSync(place, { recursive: true, force: true })
  mkdirSync(recordDir, { recursive: true })
  const logs: LogRecord[] = []
  const outcomes: Outcome[] = []
  const wrongs: string[] = []
  const refs = new Set<WeakRef<object>>()
  const pending = new Set<Promise<unknown>>()
  const sources = new Map<number, Source>()
  const clock = fakeClock()
  const log = createLogger({ level: 'debug' })
  log.addSink((record) => void logs.push(record))
  let versions = 0
  let lines = 0
  let started = false

  const mark = (host: string, id?: string): void => appendFileSync(file, `${JSON.stringify({ host, nr: ++lines, ...(id !== undefined && { id }) })}\n`)
  const record = (): Entry[] => readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Entry)

  function edit(at: number, behaviour: Behaviour): void {
    const told: Told = { i: at, version: ++versions, behaviour, nodes, record: recordDir }
    const home = join(dir, idOf(at))
    const good = manifestOf(lifeOf({ ...told, behaviour: sound }), { entry: 'index.ts' })
    const nexus = nodes[at]?.stub ? { api: 1, id: idOf(at), entry: 'index.ts' } : good
    const text = behaviour.load === 'throws' ? faulty[versions % 2 === 0 ? 'syntax' : 'throws'] : behaviour.load === 'hangs' ? faulty.hangs + index : index
    mkdirSync(home, { recursive: true })
    copyFileSync(join(import.meta.dirname, 'isolated-life.ts'), join(home, 'isolated-life.ts'))
    const files = { 'package.json': JSON.stringify({ nexus }), 'told.json': JSON.stringify(told), 'index.ts': text }
    for (const [name, content] of Object.entries(files)) {
      writeFileSync(join(dir, 'new'), content)
      renameSync(join(dir, 'new'), join(home, name))
    }
  }
  function wanted(at: number) {
    if (!sources.has(at)) {
      const source = isolated(join(dir, idOf(at)), dir)
      const load = async () => {
        const plugin = await source.load()
        if (started) refs.add(new WeakRef(plugin))
        return plugin
      }
      sources.set(at, Object.create(source, { load: { value: load } }) as Source)
    }
    return { source: sources.get(at)!, why: 'test' }
  }

  for (const at of nodes.keys()) edit(at, sound)
  const kernel = createKernel({
    plugins: [...[guard, isolation, steward].map((plugin) => ({ source: memorySource(plugin), why: 'test' })), ...running.map(wanted)],
    paths: { state, config: join(state, 'c'), socket: join(state, 's'), lock: join(state, 'l'), cache: join(state, 'cache'), token: join(state, 't'), local: '' },
    log, clock, deadlines, // What is silent for long is not looked for here, where the machine is kept as busy as can be.
    settings: { isolation: { bwrap: walled ? 'auto' : 'off', hangMs: 20_000 }, ...settings }, version: 'test',
    installed: nodes.map((_, at) => manifestOf(lifeOf({ i: at, version: 0, behaviour: sound, nodes, record: recordDir }))),
  })
  await kernel.start()
  started = true

  const call = async (at: number, verb: Verb): Promise<unknown> => kernel.dispatch(`${idOf(at)}.${verb}`, undefined, origin)
  const list = async () => (await kernel.dispatch('isolation.list', {}, origin) as { plugins: IsolatedPlugin[] }).plugins

  function perform(step: Step): Promise<unknown> {
    switch (step.op) {
      case 'load': edit(step.at, step.behaviour); return kernel.apply({ load: [wanted(step.at)] })
      case 'edit': edit(step.at, step.behaviour); return kernel.apply({ reload: [idOf(step.at)] })
      case 'reload': return kernel.apply({ reload: [idOf(step.at)] })
      case 'unload': return kernel.apply({ unload: [idOf(step.at)] })
      case 'configure': return kernel.apply({ settings: { [idOf(step.at)]: { n: step.value } } })
      case 'shake': return kernel.apply({ reload: ['isolation'] })
      case 'call': return call(step.at, step.verb)
      case 'kill': return kill(idOf(step.at))
      case 'tick': return clock.advance(700)
    }
  }

  async function kill(id: string): Promise<void> {
    const pid = (await list()).find((one) => one.id === id)?.pid
    if (pid === undefined) return
    mark('killed', id)
    try {
      process.kill(pid, 'SIGKILL')
    } catch { /* It has ended meanwhile. */ }
  }

  async function run(step: Step): Promise<Outcome> {
    const outcome: Outcome = { step, done: false }
    outcomes.push(outcome)
    mark(JSON.stringify(step))
    const work = perform(step).then(
      (value) => { outcome.value = value },
      (error: unknown) => { outcome.error = error; if (!(error instanceof NexusError)) wrongs.push(`${JSON.stringify(step)} threw something else: ${String(error)}`) },
    ).finally(() => { outcome.done = true; pending.delete(work) })
    // Some calls never end; nothing waits for those.
    if (step.op !== 'call' || !['hang', 'wait'].includes(step.verb)) pending.add(work)
    if (!step.apart && pending.has(work)) await work
    return outcome
  }

  const serving = (): number[] => [...nodes.keys()].filter((at) => kernel.inspect(idOf(at))?.state === 'active')
  const isLeaving = (): boolean => nodes.some((_, at) => {
    const found = kernel.inspect(idOf(at))
    const methods = found?.owned.filter((label) => label.startsWith('method')) ?? []
    return found?.state === 'closing' || new Set(methods).size !== methods.length
  })

  // One that has not been called yet holds no code: it would take what its files hold when it is.
  await Promise.all(serving().map((at) => call(at, 'who')))

  return {
    nodes, kernel, clock, logs, outcomes, wrongs, refs, run, call, list, mark, record, running: serving,
    async who(at) {
      if (!serving().includes(at)) return undefined
      return await call(at, 'who').catch((error: unknown) => {
        if (error instanceof NexusError && error.code.startsWith('NEXUS_ISOLATION_')) return undefined
        throw error
      }) as Who | undefined
    },
    enable(all, blocks) {
      for (const at of all) edit(at, sound)
      return kernel.apply({ load: all.map(wanted), settings: blocks })
    },
    processes: () => readdirSync('/proc').flatMap((pid) => {
      const [, id] = /^\d+$/.test(pid) ? commandLine(pid).split(`${dir}/p`) : []
      return id === undefined ? [] : [{ pid: Number(pid), id: `p${Number.parseInt(id, 10)}` }]
    }),
    async quiet() {
      while (pending.size > 0) await Promise.all(pending)
      // A change asked for from inside a call is queued; an empty one ends after it.
      await kernel.apply({}).catch((error: unknown) => { if (kernel.phase === 'ready') throw error })
      await until(() => !isLeaving(), 60_000)
      await settled()
    },
    async close() {
      await kernel.close({ deadlineMs: 8_000 })
      await settled()
    },
  }
}

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return ''
  }
}
