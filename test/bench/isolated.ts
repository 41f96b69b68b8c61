/** What it costs a plugin, and everybody else, that it has a process of its own. */
import { execFile, spawn, type ChildProcess } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { constants, setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { bundled, root, startNexus } from './processes.ts'
import type { Scenario } from './row.ts'
import { median } from './stats.ts'
import { open, type Wire } from './wire.ts'

/** One plugin in both tiers, called by the kernel in the same process. */
export const isolatedCalls: Scenario = async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [await bundled('isolated')], { cwd: root })
  const r = JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, number>
  const { nearMs = NaN, farMs = NaN, nearPerSecond = NaN, farPerSecond = NaN, childBytes = NaN, bareBytes = NaN, before = NaN, firstMs = NaN } = r
  return [
    { id: 'isolated-call', what: 'a call of an isolated plugin: p50 more than of a trusted one', value: farMs - nearMs, unit: 'ms', target: 0.4, better: 'less', control: 'the same plugin, trusted', figures: { isolatedMs: farMs, trustedMs: nearMs, firstCallMs: firstMs } },
    { id: 'isolated-rate', what: 'calls per second of an isolated plugin, 64 in flight', value: farPerSecond, unit: 'of them', target: 20_000, better: 'more', control: 'the same plugin, trusted', figures: { trustedPerSecond: nearPerSecond } },
    { id: 'isolated-rss', what: 'memory of an isolated plugin\'s process more than of a bare fork', value: (childBytes - bareBytes) / 1e6, unit: 'MB', target: 12, better: 'less', control: 'fork of an empty script', figures: { childMb: childBytes / 1e6, forkMb: bareBytes / 1e6 } },
    { id: 'isolated-idle', what: 'processes of an isolated plugin that was never called', value: before, unit: 'of them', target: 0, better: 'less', control: '–', figures: {} },
  ]
}

// ── Neighbours ──────────────────────────────────────────────────────────────────────────────────

const busy = 2
const rounds = 5
const roundMs = 4_000
const perSecond = 200

/** Busy all the time, and still answering: nothing ends it before the round does. */
const busyPlugin = (id: string): string => `
import { definePlugin, method } from 'nexus-gateway/sdk'
import * as v from 'valibot'
let on = false
const spin = () => { const until = Date.now() + 20; while (Date.now() < until); if (on) setImmediate(spin) }
export default definePlugin({
  id: '${id}',
  methods: { '${id}.busy': method({ scope: 'operator.read', params: v.strictObject({ on: v.boolean() }) }) },
  setup: () => ({ methods: { '${id}.busy': (p) => { on = p.on; if (on) setImmediate(spin); return {} } } }),
})
`
const spinning = 'const spin = () => { const until = Date.now() + 20; while (Date.now() < until); setImmediate(spin) }; spin()'

/** Times of pings at a steady rate, each counted from when it was due. */
async function p99(wire: Wire): Promise<number> {
  const ms: number[] = []
  const began = performance.now()
  const count = roundMs / 1_000 * perSecond
  for (let sent = 0; sent < count; await sleep(2)) {
    for (; sent < count && began + sent * 1_000 / perSecond <= performance.now(); sent++) {
      const due = began + sent * 1_000 / perSecond
      void wire.send('ping', { data: 'x' }).then(() => ms.push(performance.now() - due))
    }
  }
  for (const until = performance.now() + 5_000; ms.length < count && performance.now() < until;) await sleep(20)
  return ms.toSorted((a, b) => a - b)[Math.floor(ms.length * 0.99) - 1] ?? NaN
}

function ordinary(): ChildProcess {
  const child = spawn(process.execPath, ['-e', spinning], { stdio: 'ignore' })
  setPriority(child.pid ?? 0, constants.priority.PRIORITY_BELOW_NORMAL)
  return child
}

/** Pings of a client while isolated plugins burn all they can get, and while as many ordinary processes of the same niceness do. */
export const neighbours: Scenario = async () => {
  let done = false
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const ids = Array.from({ length: busy }, (_, i) => `busy${i}`)
    await mkdir(join(state, 'own'))
    for (const id of ids) await writeFile(join(state, 'own', `${id}.ts`), busyPlugin(id))
    await writeFile(join(state, 'nexus.json5'), JSON.stringify({ plugins: ids.map((id) => `./own/${id}.ts`), pluginPolicy: { trusted: [] }, isolation: { cpuSeconds: 60 } }), { mode: 0o600 })
    await using nexus = await startNexus({ state })
    const wire = await open(nexus.port, nexus.token)
    wire.socket.once('close', (code) => { if (!done) throw new Error(`the gateway has closed the connection (${code})`) })
    const all = async (on: boolean): Promise<void> => { for (const id of ids) if (await wire.send(`${id}.busy`, { on }) === undefined) throw new Error(`${id} did not answer`) }
    await all(false)
    const taken = { plugins: [] as number[], processes: [] as number[], calm: [] as number[] }
    const besides = {
      async plugins() {
        await all(true)
        return () => all(false)
      },
      async processes() {
        const others = ids.map(ordinary)
        return async () => { for (const other of others) other.kill('SIGKILL') }
      },
    }
    for (let i = 0; i < rounds; i++) {
      taken.calm.push(await p99(wire))
      // By turns the first: what the machine does besides hits both alike.
      for (const who of i % 2 === 0 ? ['plugins', 'processes'] as const : ['processes', 'plugins'] as const) {
        const stop = await besides[who]()
        await sleep(200)
        taken[who].push(await p99(wire))
        await stop()
        await sleep(200)
      }
    }
    done = true
    wire.close()
    const [a, b] = [median(taken.plugins), median(taken.processes)]
    return [{ id: 'neighbours', what: `ping while ${busy} isolated plugins burn all they can get, p99`, value: median(taken.plugins.map((value, i) => value / (taken.processes[i] ?? NaN))), unit: '×', target: 1.25, better: 'less', control: 'as many ordinary processes, as nice', figures: { pluginsMs: a, processesMs: b, calmMs: median(taken.calm) } }]
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}
