/** Plays one scenario over plugins in processes of their own, and collects by guarantee what did not hold. */
import { NexusError } from 'nexus-gateway/sdk'
import { sound } from './behaviour.ts'
import { alone, bound, disposers, lateOnes, lateWork, leftOf, linesFrom, order, processes, processesLeft, silence, tables } from './isolated-checks.ts'
import { idOf } from './isolated-life.ts'
import { bad, type Scenario } from './isolated-scenario.ts'
import { createWorld, type World } from './isolated-world.ts'

export const guarantees = ['U1', 'U2', 'U3', 'U4', 'U5', 'U6', 'U7', 'U8', 'state'] as const
export type Guarantee = typeof guarantees[number]
export interface Played { readonly faults: readonly { readonly of: Guarantee; readonly what: string }[]; readonly lives: number; readonly late: number; readonly failed: number }
type Tell = (of: Guarantee, what: readonly string[]) => void
const gc = (globalThis as unknown as { gc(): void }).gc
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

export async function play(dir: string, scenario: Scenario): Promise<Played> {
  const faults: { of: Guarantee; what: string }[] = []
  const tell: Tell = (of, what) => void faults.push(...what.map((one) => ({ of, what: one })))
  const { nodes, steps, walled } = scenario
  const world = await createWorld(dir, nodes, [...nodes.keys()].slice(0, 2), { walled })
  try {
    for (const step of steps) {
      const outcome = await world.run(step)
      const { error, value } = outcome
      if (step.op !== 'unload' || step.apart || error || (value as { scheduled?: boolean }).scheduled) continue
      // A change that was asked for before may already have brought it back.
      if (world.outcomes.some((other) => other.step.op !== 'call' && !other.done)) continue
      tell('U1', leftOf(world, idOf(step.at)))
      tell('U2', world.processes().flatMap(({ id, pid }) => (id === idOf(step.at) ? [`${id} was unloaded, and process ${pid} is there`] : [])))
    }
    await world.quiet()
    tell('U1', tables(world))
    const { faults: stirred, serving } = await silence(world)
    tell('U2', stirred)
    tell('U3', bound(world, serving))
    tell('U2', await processes(world, walled))
    await finales[scenario.finale](world, scenario, dir, tell)
    await emptied(world, tell)
  } finally {
    await world.close()
  }
  tell('U2', world.outcomes.flatMap(({ step, done }) => (done ? [] : [`${JSON.stringify(step)} has not ended with its plugin`])))
  for (let i = 0; i < 30 && world.processes().length > 0; i++) await pause(100)
  if (world.processes().length > 0) tell('U6', world.processes().map(({ id, pid }) => `the gateway is closed, and process ${pid} of ${id} is there`))
  const record = world.record()
  await pause(300)
  tell('U2', linesFrom(world, record.length).map(({ id, what }) => `${id} when all was over: ${what}`))
  tell('U2', lateWork(record))
  tell('U3', order(record))
  tell('U4', disposers(record, world.logs))
  const late = lateOnes(record)
  tell('U7', late.faults)
  tell('U8', alone(world, record))
  tell('U5', world.wrongs)
  return { faults, late: late.tried, lives: new Set(record.flatMap((entry) => ('life' in entry ? [entry.life] : []))).size, failed: world.outcomes.filter(({ error }) => error).length }
}

/** U1, U2, U6: everything unloaded, there is nothing left of anything. */
async function emptied(world: World, tell: Tell): Promise<void> {
  await world.kernel.apply({ unload: world.kernel.list().map(({ id }) => id).filter((id) => /^p\d/.test(id)) })
  await world.kernel.apply({})
  for (const at of world.nodes.keys()) tell('U1', leftOf(world, idOf(at)))
  tell('U2', (await processesLeft(world)).map(({ id, pid }) => `all is unloaded, and process ${pid} of ${id} is there`))
  tell('U6', (await world.list()).map(({ id }) => `isolation.list still has ${id}`))
  tell('U6', world.clock.pending().map(({ from }) => `a timer from ${from}`))
}

const finales: Record<Scenario['finale'], (world: World, scenario: Scenario, dir: string, tell: Tell) => Promise<void>> = {
  'bad edit': async (world, scenario, _dir, tell) => edited(world, scenario, tell, bad[scenario.pick % 8]),
  'good edit': async (world, scenario, _dir, tell) => edited(world, scenario, tell, undefined),
  'same set': async (world, { pick, walled }, dir, tell) => sameSet(world, pick, walled, dir, tell),
  async 'nothing kept'(world, _scenario, _dir, tell) {
    await emptied(world, tell)
    world.kernel.log.settle()
    // An error whose stack nobody has looked at holds on to all that is in it.
    for (const error of [...world.logs.map(({ fields }) => fields?.['error']), ...world.outcomes.map(({ error: given }) => given)]) looked(error)
    const left = (): number => [...world.refs].filter((ref) => ref.deref()).length
    for (let i = 0; i < 20 && left() > world.nodes.length; i++) {
      await pause(50)
      if (i % 4 === 3) gc()
    }
    // The last one of each may be held by what the engine has yet to tidy up; never one for each reload.
    tell('U6', left() <= world.nodes.length ? [] : [`${left()} of ${world.refs.size} definitions are kept`])
  },
}

function looked(error: unknown): void {
  if (!(error instanceof Error)) return
  void error.stack
  looked(error.cause)
}

/** U5: while one is replaced, or is not since its new version cannot run, every call to everybody is answered. */
async function edited(world: World, { pick, walled }: Scenario, tell: Tell, fault: typeof bad[number] | undefined): Promise<void> {
  const before = (await Promise.all([...world.nodes.keys()].map((at) => world.who(at)))).flatMap((who) => who ?? [])
  const target = before[pick % Math.max(1, before.length)]
  if (!target) return
  const at = Number(target.id.slice(1))
  const serial = world.running().some((i) => world.nodes[i]?.exclusive)
  for (const { id } of before) void world.call(Number(id.slice(1)), 'wait').catch(() => {})
  const edit = world.run({ op: 'edit', at, behaviour: { ...sound, ...fault }, apart: false })
  const refused = await askDuring(world, before.map(({ id }) => Number(id.slice(1))), edit, serial)
  tell('U5', refused)
  const { error } = await edit
  await world.quiet()
  const { faults, serving } = await silence(world)
  tell('U2', faults)
  tell('U3', bound(world, serving))
  tell('U2', await processes(world, walled))
  if (!fault) {
    if (error) tell('U5', [`the edit was refused: ${String(error)}`])
    if (!((serving.find(({ id }) => id === target.id)?.version ?? 0) > target.version)) tell('U5', [`${target.id} still runs version ${target.version}`])
    return
  }
  if (!(error instanceof NexusError) || !`${error.data['plugin']} ${error.message}`.includes(target.id)) tell('U5', [`a broken ${target.id} was answered with ${String(error)}`])
  const shown = (who: typeof before): string => JSON.stringify(who.map(({ id, version, setting }) => [id, version, setting]))
  if (shown(serving) !== shown(before)) tell('U5', [`after a refused edit ${shown(serving)} run; should be ${shown(before)}`])
  // Nothing was touched by what was refused; where something must be owned alone, what runs was stopped for it and started again.
  if (!serial && serving.some(({ life }, i) => life !== before[i]?.life)) tell('U5', ['a refused edit cost somebody the process'])
}

async function askDuring(world: World, whom: readonly number[], work: Promise<unknown>, serial: boolean): Promise<string[]> {
  const faults: string[] = []
  const calls: Promise<unknown>[] = []
  let done = false
  void work.finally(() => { done = true })
  while (!done) {
    for (const at of whom) {
      const began = performance.now()
      calls.push(world.call(at, 'who').catch((error: unknown) => {
        const code = error instanceof NexusError ? error.code : String(error)
        // Promised where it has to be stopped first: after two seconds an answer that it may be tried again.
        if (!(serial && code === 'NEXUS_CALL_SWAPPING' && performance.now() - began > 1_900)) faults.push(`${idOf(at)}.who: ${code}`)
      }))
    }
    await pause(25)
  }
  await Promise.all(calls)
  return faults
}

/** The same plugins enabled in the end give the same gateway as if nothing else had ever been. */
async function sameSet(world: World, pick: number, walled: boolean, dir: string, tell: Tell): Promise<void> {
  const all = [...world.nodes.keys()]
  const settings = Object.fromEntries(all.map((at) => [idOf(at), { n: at % 3 }]))
  const there = withNeeds(world, all.filter((at) => world.kernel.inspect(idOf(at))))
  const picked = withNeeds(world, all.filter((at) => (pick >> at) % 2 === 0))
  const enabled = picked.filter((at) => (pick + at) % 4 !== 0)
  await world.enable([...new Set([...there, ...picked])], settings)
  await world.kernel.apply({ unload: there.filter((at) => !picked.includes(at)).map(idOf) })
  await world.kernel.apply({ unload: picked.filter((at) => !enabled.includes(at)).map(idOf) })
  await world.quiet()
  const fresh = await createWorld(`${dir}-fresh`, world.nodes, enabled, { settings, walled })
  try {
    const [is, should] = [await snapshot(world), await snapshot(fresh)]
    if (is !== should) tell('state', [`${is}; should be ${should}`])
  } finally {
    await fresh.close()
  }
}

/** Everything that can be seen of what runs, without what tells one life from the next. */
async function snapshot(world: World): Promise<string> {
  const { kernel } = world
  const table = (entries: Iterable<readonly [string, { readonly plugin: string }]>): string[] => [...entries].map(([name, { plugin }]) => `${name} of ${plugin}`).sort()
  const answers: unknown[] = []
  for (const at of world.nodes.keys()) {
    for (const verb of ['who', 'ask'] as const) answers.push(await world.call(at, verb).catch((error: { code: string }) => error.code))
  }
  const plugins = kernel.list().map(({ id, state, requires, provides, dependents, exclusive, error, owned, inflight }) =>
    ({ id, state, requires, provides, dependents, exclusive, inflight, error: error?.code, owned: [...owned].sort() })).sort((a, b) => (a.id < b.id ? -1 : 1))
  const listed = (await world.list()).map(({ id, state, contained }) => ({ id, state, contained }))
  return JSON.stringify({ plugins, listed, methods: table(kernel.methods), events: table(kernel.events), routes: table(kernel.routes), answers })
    .replace(/ v\d+/g, '').replace(/"(generation|version)":\d+/g, '"$1":0').replace(/"life":"\w+"/g, '"life":""')
}

function withNeeds(world: World, some: readonly number[]): number[] {
  const found = new Set(some)
  for (const at of found) for (const need of world.nodes[at]?.requires ?? []) found.add(need)
  return [...found].sort()
}
