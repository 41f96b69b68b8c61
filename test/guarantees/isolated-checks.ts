/** What must hold of a world of plugins in processes of their own. Each check gives its faults in words; none is well. */
import type { LogRecord } from 'nexus-gateway/sdk'
import { NexusError } from 'nexus-gateway/sdk'
import { idOf, labelOf, verbsOf, type Line } from './isolated-life.ts'
import { isLine, type Entry, type Who, type World } from './isolated-world.ts'

const own = ['guard', 'steward', 'isolation']
const differs = (what: string, is: readonly string[], should: readonly string[]): string[] => {
  const [a, b] = [[...is].sort().join(' '), [...should].sort().join(' ')]
  return a === b ? [] : [`${what}: ${a || 'nothing'}; should be ${b || 'nothing'}`]
}

/** U1: the tables hold exactly what the running generations declare. */
export function tables({ kernel, nodes, running }: World): string[] {
  const ids = running().map(idOf)
  const named = (table: Iterable<readonly [string, { readonly plugin: string }]>): string[] => [...table].flatMap(([name, { plugin }]) => (own.includes(plugin) || plugin === 'kernel' ? [] : [`${name}@${plugin}`]))
  const taps = (id: string): string[] => kernel.inspect(id)?.owned.filter((label) => label.startsWith('tap ')) ?? []
  return [
    ...differs('methods', named(kernel.methods), ids.flatMap((id) => verbsOf.map((verb) => `${id}.${verb}@${id}`))),
    ...differs('events', named(kernel.events), ids.map((id) => `${id}.happened@${id}`)),
    ...differs('routes', [...kernel.routes.values()].flatMap(({ plugin, routes }) => routes.map(({ path }) => `${path}@${plugin}`)), ids.map((id) => `/${id}/who@${id}`)),
    ...running().flatMap((at) => differs(`taps of ${idOf(at)}`, taps(idOf(at)), [...new Set([at, (at + 1) % nodes.length])].map((j) => `tap ${idOf(j)}.asked`))),
  ]
}

/** U1: of one that was unloaded there is nothing. */
export function leftOf({ kernel }: World, id: string): string[] {
  return [
    ...[...kernel.methods.values(), ...kernel.events.values(), ...kernel.routes.values()].flatMap(({ plugin }) => (plugin === id ? [`an entry of ${id}`] : [])),
    ...(kernel.inspect(id)?.owned ?? []).map((label) => `${id}: ${label}`),
    ...kernel.list().flatMap((plugin) => (plugin.id === id ? [`${id} is ${plugin.state}`] : [])),
  ]
}

/** A process that came up for an edited plugin and was not wanted is there for 2 s at most. */
const spareMs = 4_000

/** U2 and U6: there is a process for each plugin that `isolation.list` says has one, and no other. */
export async function processes(world: World, walled: boolean): Promise<string[]> {
  const until = performance.now() + spareMs
  for (;;) {
    const faults = await processesNow(world, walled)
    if (faults.length === 0 || performance.now() > until) return faults
    await new Promise((resolve) => { setTimeout(resolve, 50) })
  }
}

/** U2: of all that is unloaded; a spare one has its time here too. */
export async function processesLeft(world: World): Promise<readonly { readonly id: string; readonly pid: number }[]> {
  const until = performance.now() + spareMs
  while (world.processes().length > 0 && performance.now() < until) await new Promise((resolve) => { setTimeout(resolve, 50) })
  return world.processes()
}

async function processesNow(world: World, walled: boolean): Promise<string[]> {
  const listed = await world.list()
  const found = world.processes()
  const wanted = listed.flatMap(({ id, pid }) => (pid === undefined ? [] : [id]))
  return [
    ...differs('isolation.list', listed.map(({ id }) => id), world.running().map(idOf)),
    ...differs('processes', [...new Set(found.map(({ id }) => id))], wanted),
    ...listed.flatMap(({ id, pid }) => (pid === undefined || found.some((one) => one.pid === pid) ? [] : [`${id} is said to be ${pid}, which is not there`])),
    ...wanted.flatMap((id) => { const n = found.filter((one) => one.id === id).length; return n === 1 || walled && n <= 3 ? [] : [`${id} has ${n} processes`] }),
  ]
}

/** Only what the gateway makes it do. */
const madeTo = ({ what }: Line): boolean => /^(call|tap|used|interval|timeout)/.test(what)
export const linesFrom = (world: World, at: number): Line[] => world.record().slice(at).filter(isLine)

/** U2: asks everything there is, lets time pass, and sees who stirs. */
export async function silence(world: World): Promise<{ faults: string[]; serving: Who[] }> {
  world.mark('silence')
  const from = world.record().length
  const serving = (await Promise.all([...world.nodes.keys()].map((at) => world.who(at)))).flatMap((who) => who ?? [])
  await Promise.allSettled([...world.nodes.keys()].map((at) => world.call(at, 'ask')))
  await world.clock.advance(2_000)
  await new Promise((resolve) => { setTimeout(resolve, 30) })
  const after = (await Promise.all(serving.map(({ id }) => world.who(Number(id.slice(1)))))).flatMap((who) => who ?? [])
  const known = new Set([...serving, ...after].map(({ life }) => life))
  // One that could not be asked, because it fell over too often, may have been started and have failed again.
  const asked = new Set(serving.map(({ id }) => id))
  const faults = linesFrom(world, from).filter((line) => madeTo(line) && asked.has(line.id) && !known.has(line.life)).map((line) => `${line.id} ${line.life}: ${line.what}, and it does not serve`)
  return { faults, serving }
}

/** U3: whoever serves is bound to those that serve. */
export function bound(world: World, serving: readonly Who[]): string[] {
  const now = new Map(serving.map(({ id, version }) => [id, `${id} v${version}`]))
  return serving.flatMap(({ id, deps }) => {
    const node = world.nodes[Number(id.slice(1))]!
    return [...node.requires, ...node.wishes].flatMap((j, n) => {
      const should = world.running().includes(j) ? now.get(idOf(j)) : undefined
      // One that could not be asked just then may have come back, or not.
      const unknown = world.running().includes(j) && should === undefined
      return unknown || (deps[n] ?? undefined) === should ? [] : [`${id} uses ${deps[n]}, and ${should ?? 'nobody'} serves`]
    })
  })
}

// ── From the record, when all is over ───────────────────────────────────────────────────────────

interface Told { readonly id: string; readonly life: string; readonly lines: readonly (Line & { readonly at: number })[] }

function livesOf(record: readonly Entry[]): Told[] {
  const lives = new Map<string, (Line & { at: number })[]>()
  record.forEach((entry, at) => { if (isLine(entry)) lives.set(entry.life, [...lives.get(entry.life) ?? [], { ...entry, at }]) })
  return [...lives].map(([life, lines]) => ({ id: lines[0]!.id, life, lines }))
}
const firstAt = ({ lines }: Told, ...whats: string[]): number => lines.find(({ what }) => whats.includes(what))?.at ?? Infinity
const lastAt = ({ lines }: Told): number => Math.max(...lines.map(({ at }) => at))

/** U2: nothing is made to do anything once its end has begun. */
export const lateWork = (record: readonly Entry[]): string[] => livesOf(record).flatMap((life) => {
  const end = firstAt(life, 'aborted')
  return life.lines.filter((line) => line.at > end && madeTo(line)).map(({ what }) => `${life.id} ${life.life}: ${what} after its end had begun`)
})

/** U3: users begin after what they use has, and are gone before its end begins. */
export function order(record: readonly Entry[]): string[] {
  const lives = livesOf(record)
  const faults = record.flatMap((entry) => (isLine(entry) && entry.what === 'misuse' ? [`${entry.id}: ${entry.fault}`] : []))
  for (const provider of lives) {
    const end = firstAt(provider, 'aborted', 'disposing')
    for (const by of new Set(provider.lines.flatMap(({ what, by }) => (what === 'used' && by !== undefined ? [by] : [])))) {
      const user = lives.find(({ life }) => life === by)
      const closing = user?.lines.filter(({ what }) => what === 'aborted' || what === 'disposing') ?? []
      if (closing.some(({ at }) => at > end)) faults.push(`${user!.id} ${by} was closed after ${provider.id} ${provider.life}, which it used`)
    }
  }
  return faults
}

/** U4: every disposer of every life runs once, in reverse order, one at a time, and what goes wrong is told. */
export function disposers(record: readonly Entry[], logs: readonly LogRecord[]): string[] {
  const said = logs.flatMap(({ fields }) => (fields?.['error'] instanceof NexusError ? [fields['error']] : []))
  return livesOf(record).flatMap((life) => {
    const { id, lines } = life
    const name = `${id} ${life.life}`
    // Nothing can be asked of a process that has ended by itself or was killed.
    if (firstAt(life, 'aborted') === Infinity) return excused(record, life) ? [] : [`${name} was ended without being closed`]
    const registered = lines.filter(({ what }) => what === 'defers')
    const begun = lines.filter(({ what }) => what === 'disposing')
    const should = registered.map(({ n }) => n).reverse().join()
    const is = begun.map(({ n }) => n).join()
    if (is !== should) return excused(record, life) && should.startsWith(is) ? [] : [`${name}: disposers ${is || 'none'} ran; should be ${should}`]
    return begun.flatMap(({ kind, n, at }, i) => {
      const codes = said.filter(({ data }) => data['what'] === labelOf(life.life, n!)).map(({ code }) => code)
      const done = lines.find((line) => line.what === 'disposed' && line.n === n)?.at ?? Infinity
      const inTurn = done > at && done < (begun[i + 1]?.at ?? Infinity)
      const well = kind === 'hangs' ? is1(codes, 'NEXUS_SCOPE_STUCK') : kind === 'throws' ? is1(codes, 'NEXUS_SCOPE_DISPOSER') : kind === 'rejects' ? codes.length === 1 : codes.length === 0 ? inTurn : is1(codes, 'NEXUS_SCOPE_STUCK')
      return well || excused(record, life) ? [] : [`${name}: disposer ${n}, which ${kind}, told ${codes.join() || 'nothing'}`]
    })
  })
}
const is1 = (codes: readonly string[], code: string): boolean => codes.length === 1 && codes[0] === code

/** It was killed from outside, or ended itself. */
function excused(record: readonly Entry[], { id, life, lines }: Told): boolean {
  if (lines.some(({ what }) => what === `call ${id}.crash`)) return true
  // The signal takes effect between two lines of the victim, the last of which may follow the mark.
  return record.some((entry, at) => !isLine(entry) && entry.host === 'killed' && entry.id === id && at > lines[0]!.at && !record.slice(at).some((later) => isLine(later) && later.life === life && later.what === 'pulse'))
}

/** U7: what comes to a closed scope throws, names the plugin, and is disposed of. */
export const lateOnes = (record: readonly Entry[]): { faults: string[]; tried: number } => {
  const tried = record.filter((entry): entry is Line => isLine(entry) && entry.what === 'late')
  return { faults: tried.flatMap(({ id, kind, fault }) => (fault === '' ? [] : [`${id}: ${kind}: ${fault}`])), tried: tried.filter(({ kind }) => kind === 'disposal').length }
}

/** U8: there is never more than one of a plugin that must own something alone. */
export function alone({ nodes }: World, record: readonly Entry[]): string[] {
  return nodes.flatMap(({ exclusive }, at) => {
    const lives = exclusive ? livesOf(record).filter(({ id }) => id === idOf(at)) : []
    return lives.flatMap((life, i) => (i > 0 && lastAt(lives[i - 1]!) > lastIndexBefore(life) ? [`${life.id}: ${life.life} began while ${lives[i - 1]!.life} still ran`] : []))
  })
}
const lastIndexBefore = ({ lines }: Told): number => lines[0]!.at
