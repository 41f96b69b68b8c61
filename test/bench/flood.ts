/** Strangers by the thousand, and what a client that is in notices of them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { root, rss, startControl, startNexus, type Running } from './processes.ts'
import type { Scenario } from './row.ts'
import { open, type Wire } from './wire.ts'

/** Sockets each kind of attacker keeps open, and how many new ones it makes in a second, as many as are closed on it. */
const whole = [
  { kind: 'upgrade', sockets: 2_500, perSecond: 500, net: 16 },
  { kind: 'upgrade', sockets: 2_500, perSecond: 500, net: 32 },
  { kind: 'headers', sockets: 500, perSecond: 100, net: 48 },
  { kind: 'body', sockets: 64, perSecond: 64, net: 64 },
]
type Attacker = typeof whole[number]

/** Longer than a handshake and the headers of a request may take, so that all are replaced at least once. */
const attackMs = 30_000
const calmMs = 3_000
const perSecond = 50
const patienceMs = 10_000
const sampleMs = 100
/** Descriptors of a server besides the sockets of the attack. */
const spare = 200

// ── How many sockets the system allows ──────────────────────────────────────────────────────────

/** Node raises the soft limit to the hard one when it starts, so what holds here holds in every child. */
async function descriptors(): Promise<number> {
  const [, soft = '0'] = /Max open files\s+(\S+)/.exec(await readFile('/proc/self/limits', 'utf8')) ?? []
  return soft === 'unlimited' ? Infinity : Number(soft)
}

const socketsOf = (attackers: readonly Attacker[], kind?: string): number => attackers.reduce((sum, one) => sum + (kind === undefined || one.kind === kind ? one.sockets : 0), 0)

/** As many as one server process may have open. Says so where these are not all. */
async function fitting(): Promise<readonly Attacker[]> {
  const [limit, needed] = [await descriptors(), socketsOf(whole) + spare]
  if (limit >= needed) return whole
  if (limit < 2 * spare) throw new Error(`the flood needs ${needed} open files and ulimit -n is ${limit}: raise it`)
  const part = (limit - spare) / socketsOf(whole)
  const scaled = whole.map((one) => ({ ...one, sockets: Math.floor(one.sockets * part) }))
  process.stderr.write(`flood: it needs ${needed} open files and ulimit -n is ${limit}, so it attacks with ${socketsOf(scaled)} sockets and not with ${socketsOf(whole)}; the targets are set for all of them\n`)
  return scaled
}

// ── Attackers ───────────────────────────────────────────────────────────────────────────────────

interface Tally { readonly opened: number; readonly held: number; readonly most: number; readonly sentBytes: number }

interface Attack { tally(): Promise<Tally>; end(): void }

async function attack({ kind, sockets, perSecond: rate, net }: Attacker, port: number): Promise<Attack> {
  const child = spawn(process.execPath, [join(root, 'test/bench/controls/flood.mjs'), kind, ...[port, sockets, rate, net].map(String)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })
  await once(lines, 'line')
  return {
    async tally() {
      const last = once(lines, 'line')
      child.stdin.end()
      return JSON.parse(String((await last)[0])) as Tally
    },
    end: () => void child.kill('SIGKILL'),
  }
}

// ── The client that is in ───────────────────────────────────────────────────────────────────────

interface Pinged { readonly ms: readonly number[]; readonly unanswered: number; readonly stallMs: number }

/** Pings at a steady rate, whether or not the ones before are answered. Each is timed from when it was due. */
async function pings(wire: Wire, forMs: number): Promise<Pinged> {
  const ms: number[] = []
  const began = performance.now()
  const count = Math.round(forMs * perSecond / 1_000)
  let [sent, stallMs] = [0, 0]
  for (let at = began; sent < count; await sleep(2)) {
    const now = performance.now()
    stallMs = Math.max(stallMs, now - at - 2)
    at = now
    for (; sent < count && began + sent * 1_000 / perSecond <= now; sent++) {
      const due = began + sent * 1_000 / perSecond
      void wire.send('ping', { data: 'x'.repeat(340) }).then((answer) => answer !== undefined && ms.push(performance.now() - due))
    }
  }
  for (const until = performance.now() + patienceMs; ms.length < sent && performance.now() < until;) await sleep(20)
  return { ms, unanswered: sent - ms.length, stallMs }
}

/** One that was not answered is later than any. */
function percentile({ ms, unanswered }: Pinged, part: number): number {
  const sorted = [...ms.toSorted((a, b) => a - b), ...Array.from({ length: unanswered }, () => patienceMs)]
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? NaN
}

// ── The flood ───────────────────────────────────────────────────────────────────────────────────

interface Flooded { readonly before: number; readonly grown: number; readonly calm: Pinged; readonly during: Pinged; readonly tallies: readonly Tally[] }

/** Of a server that has served: without that its growth would be that of its first calls. */
async function warmed({ port, token }: Running): Promise<Wire> {
  for (const wire of await Promise.all(Array.from({ length: 50 }, () => open(port, token)))) wire.close()
  const wire = await open(port, token)
  await pings(wire, calmMs)
  return wire
}

/** The most memory a process has at any time until it is stopped, in bytes. */
function watchMemory(pid: number): () => Promise<number> {
  let [most, over] = [0, false]
  const watched = (async () => {
    for (; !over; await sleep(sampleMs)) most = Math.max(most, await rss(pid))
  })()
  return async () => {
    over = true
    await watched
    return most
  }
}

async function flooded(server: Running, attackers: readonly Attacker[]): Promise<Flooded> {
  const wire = await warmed(server)
  const calm = await pings(wire, calmMs)
  const before = await rss(server.pid)
  const memory = watchMemory(server.pid)
  const attacks: Attack[] = []
  try {
    for (const one of attackers) attacks.push(await attack(one, server.port))
    const during = await pings(wire, attackMs)
    const tallies = await Promise.all(attacks.map((one) => one.tally()))
    return { before, grown: await memory() - before, calm, during, tallies }
  } finally {
    await memory()
    for (const one of attacks) one.end()
    wire.close()
  }
}

/** Upgrades without a hello, headers that never end and bodies of 1 GB in crumbs, against the gateway and against a bare server. */
export const flood: Scenario = async () => {
  const attackers = await fitting()
  const [a, b] = [await startedAndFlooded(startNexus, attackers), await startedAndFlooded(() => startControl('bare.mjs'), attackers)]
  const what = `${socketsOf(attackers, 'upgrade')} upgrades without a hello, ${socketsOf(attackers, 'headers')} slow headers, ${socketsOf(attackers, 'body')} bodies of 1 GB`
  const control = 'the same against bare node:http + ws'
  const mb = (bytes: number): number => bytes / 1e6
  return [
    { id: 'flood-rss', what: `${what}: RSS grown`, value: mb(a.grown), unit: 'MB', target: 32, better: 'less', control, figures: { controlMb: mb(b.grown), beforeMb: mb(a.before), ...heldBy('nexus', a), ...heldBy('control', b) } },
    { id: 'flood-p99', what: `the same: ping of a client that is in, ${perSecond} per second, p99`, value: percentile(a.during, 0.99), unit: 'ms', target: 50, better: 'less', control, figures: { p50Ms: percentile(a.during, 0.5), slowestMs: percentile(a.during, 1), unanswered: a.during.unanswered, calmP99Ms: percentile(a.calm, 0.99), stallMs: a.during.stallMs, controlMs: percentile(b.during, 0.99), controlCalmP99Ms: percentile(b.calm, 0.99), controlStallMs: b.during.stallMs } },
  ]
}

/** Sockets open at the end and opened in all: a server that turns strangers away is asked again and again. */
function heldBy(name: string, { tallies }: Flooded): Record<string, number> {
  const sum = (of: keyof Tally): number => tallies.reduce((all, tally) => all + tally[of], 0)
  return { [`${name}Held`]: sum('held'), [`${name}Opened`]: sum('opened'), [`${name}BodyMb`]: (tallies.at(-1)?.sentBytes ?? NaN) / 1e6 }
}

async function startedAndFlooded(start: () => Promise<Running>, attackers: readonly Attacker[]): Promise<Flooded> {
  await using server = await start()
  return await flooded(server, attackers)
}
