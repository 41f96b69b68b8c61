/** A kernel full of generated plugins, the steps of a scenario run on it, and what came of them. */
import fc from 'fast-check'
import { expect } from 'vitest'
import type { Plugin } from '../../kernel/contract.ts'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLogger } from '../../kernel/log.ts'
import { memorySource, type Source } from '../../kernel/source.ts'
import { callAuthorize, definePlugin, NexusError, type LogRecord } from 'nexus-gateway/sdk'
import { fakeClock, settled, type TestClock } from '../../sdk/testing/clock.ts'
import { scenario, sound, type Behaviour, type Node, type Scenario, type Step, type Verb } from './behaviour.ts'
import { idOf, pluginOf, type Chronicle, type Life } from './life.ts'

/** Real milliseconds. Short, since much here hangs on purpose; long enough that nothing else runs into them. */
export const deadlines = { load: 60, setup: 60, drain: 60, dispose: 30 }

export interface Outcome { readonly step: Step; readonly from: number; to: number; value?: unknown; error?: unknown }

export interface World extends Chronicle {
  /** Failures that are not errors of the table. */
  readonly wrongs: readonly string[]
  readonly nodes: readonly Node[]
  readonly kernel: Kernel
  readonly clock: TestClock
  readonly logs: readonly LogRecord[]
  readonly outcomes: readonly Outcome[]
  run(step: Step): Promise<Outcome>
  call(at: number, verb: Verb): Promise<unknown>
  /** The life that serves, if any. */
  current(at: number): Life | undefined
  running(): Life[]
  /** Makes these run as they should, with these settings, in one change. */
  enable(all: readonly number[], settings: Readonly<Record<string, unknown>>): Promise<unknown>
  /** When all steps have ended and nothing is leaving any more. */
  quiet(): Promise<void>
  close(): Promise<void>
}

const caller = { id: 'test', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' } as const
const guard = definePlugin({ id: 'guard', capabilities: ['tap:call.authorize'], setup(ctx) { ctx.tap(callAuthorize, () => true) } })
const paths = { state: '/nowhere', config: '/nowhere/c', socket: '/nowhere/s', lock: '/nowhere/l', cache: '/nowhere/cache', token: '/nowhere/t', local: '' }

/** A source whose content the steps edit, with the faults that a file can have. */
function generatedSource(id: string, content: () => { plugin: Plugin; behaviour: Behaviour }): Source {
  return {
    ...memorySource(content().plugin),
    manifest() {
      const { plugin, behaviour } = content()
      const manifest = memorySource(plugin).manifest() as object
      return (behaviour.load === 'differs' ? { ...manifest, methods: { [`${id}.other`]: 'public' } } : manifest) as never
    },
    async load() {
      const { plugin, behaviour } = content()
      if (behaviour.load === 'throws') throw new SyntaxError('unexpected token')
      if (behaviour.load === 'hangs') await new Promise(() => {})
      return plugin
    },
  }
}

export async function createWorld(nodes: readonly Node[], running: readonly number[] = [], settings: Readonly<Record<string, unknown>> = {}): Promise<World> {
  const lives: Life[] = []
  const misuses: string[] = []
  const wrongs: string[] = []
  const logs: LogRecord[] = []
  const outcomes: Outcome[] = []
  const pending = new Set<Promise<unknown>>()
  const contents = new Map<number, { plugin: Plugin; behaviour: Behaviour }>()
  const sources = new Map<number, Source>()
  const clock = fakeClock()
  const log = createLogger({ level: 'debug' })
  log.addSink((record) => logs.push(record))
  let moments = 0
  let versions = 0
  const chronicle: Chronicle = { lives, misuses, moment: () => ++moments }

  function edit(at: number, behaviour: Behaviour): void {
    contents.set(at, { plugin: pluginOf(chronicle, nodes, at, ++versions, behaviour), behaviour })
  }
  function wanted(at: number) {
    if (!sources.has(at)) sources.set(at, generatedSource(idOf(at), () => contents.get(at)!))
    return { source: sources.get(at)!, why: 'test' }
  }

  for (const at of nodes.keys()) edit(at, sound)
  const kernel = createKernel({
    plugins: [{ source: memorySource(guard), why: 'test' }, ...running.map(wanted)],
    paths, log, clock, deadlines, settings, version: 'test',
    installed: nodes.map((_, at) => memorySource(contents.get(at)!.plugin).manifest() as never),
  })
  await kernel.start()

  async function call(at: number, verb: Verb): Promise<unknown> {
    return kernel.dispatch(`${idOf(at)}.${verb}`, undefined, { caller, transport: 'kernel' })
  }

  function perform(step: Step): Promise<unknown> {
    switch (step.op) {
      case 'load': edit(step.at, step.behaviour); return kernel.apply({ load: [wanted(step.at)] })
      case 'edit': edit(step.at, step.behaviour); return kernel.apply({ reload: [idOf(step.at)] })
      case 'reload': return kernel.apply({ reload: [idOf(step.at)] })
      case 'unload': return kernel.apply({ unload: [idOf(step.at)] })
      case 'configure': return kernel.apply({ settings: { [idOf(step.at)]: { n: step.value } } })
      case 'call': return call(step.at, step.verb)
      case 'tick': return clock.advance(700)
    }
  }

  async function run(step: Step): Promise<Outcome> {
    const outcome: Outcome = { step, from: chronicle.moment(), to: Infinity }
    outcomes.push(outcome)
    const work = perform(step).then(
      (value) => { outcome.value = value },
      (error: unknown) => { outcome.error = error; if (!(error instanceof NexusError)) wrongs.push(`${JSON.stringify(step)} threw something else: ${String(error)}`) },
    ).finally(() => { outcome.to = chronicle.moment(); pending.delete(work) })
    // Some calls never end; nothing waits for those.
    if (step.op !== 'call' || !['hang', 'wait'].includes(step.verb)) pending.add(work)
    if (!step.apart && pending.has(work)) await work
    return outcome
  }

  function current(at: number): Life | undefined {
    const generation = kernel.inspect(idOf(at))
    if (generation?.state !== 'active') return undefined
    return lives.find((life) => life.id === idOf(at) && life.ctx.cause.trace.endsWith(`-${generation.generation}`))
  }

  const isLeaving = (): boolean => nodes.some((_, at) => {
    const found = kernel.inspect(idOf(at))
    return found?.state === 'closing' || new Set(found?.owned.filter((label) => label.startsWith('method'))).size !== (found?.owned.filter((label) => label.startsWith('method')).length ?? 0)
  })

  return {
    ...chronicle, wrongs, nodes, kernel, clock, logs, outcomes, run, call, current,
    enable(all, blocks) {
      for (const at of all) edit(at, sound)
      return kernel.apply({ load: all.map(wanted), settings: blocks })
    },
    running: () => [...nodes.keys()].flatMap((at) => current(at) ?? []),
    async quiet() {
      while (pending.size > 0) await Promise.all(pending)
      // A change asked for from inside a call is queued; an empty one ends after it.
      await kernel.apply({}).catch((error: unknown) => { if (kernel.phase === 'ready') throw error })
      while (isLeaving()) await new Promise((resolve) => { setTimeout(resolve, 5) })
      await settled()
    },
    async close() {
      await kernel.close({ deadlineMs: 2_000 })
      await settled()
    },
  }
}

export interface Check {
  /** After each step that was waited for, or failed. */
  each?(world: World, outcome: Outcome): unknown
  /** When everything has gone quiet; the kernel still runs. */
  quiet?(world: World): unknown
  /** When the kernel has been closed. */
  closed?(world: World): unknown
}

export async function play({ nodes, steps }: Scenario, check: Check): Promise<void> {
  const world = await createWorld(nodes, [...nodes.keys()].filter((at) => at % 3 !== 2))
  try {
    for (const step of steps) {
      const outcome = await world.run(step)
      if (!step.apart) await check.each?.(world, outcome)
    }
    await world.quiet()
    await check.quiet?.(world)
  } finally {
    await world.close()
  }
  await check.closed?.(world)
  expect(world.wrongs).toEqual([])
}

/** Plays `runs` random scenarios, several at a time: most of their time is spent waiting for what hangs. */
export async function holds(check: Check, options: { runs?: number; seed: number; faulty?: boolean; length?: number }): Promise<void> {
  const lanes = 10
  const property = fc.asyncProperty(scenario(options), (found) => play(found, check))
  await Promise.all(Array.from({ length: lanes }, (_, lane) => fc.assert(property, { seed: options.seed * 1000 + lane, numRuns: Math.ceil((options.runs ?? 100) / lanes), endOnFailure: false })))
}
