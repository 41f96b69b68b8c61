/** What policy costs: calls of a gateway with `auth`, `limits` and `journal`, and of the same gateway without them. */
import { randomBytes } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, startNexus, type Running } from './processes.ts'
import { openPump, type Pump } from './pump.ts'
import type { Row, Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'
import { open } from './wire.ts'

const policies = ['auth', 'limits', 'journal'] as const
const verbs = join(root, 'test/bench/policy-verbs.mjs')
const nobody = join(root, 'test/bench/policy-none.mjs')
const inFlight = 64
const payload = { data: 'x'.repeat(340) }
const control = 'same gateway, a bare yes in their place'

/** A state directory with a token in it: without `auth` nobody makes one. */
async function prepared(): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  await mkdir(join(state, 'auth'), { mode: 0o700 })
  await writeFile(join(state, 'auth/token'), `${randomBytes(32).toString('base64url')}\n`, { mode: 0o600 })
  return state
}

/** Throws unless all of the policy plugins run there, or none. */
async function checked({ port, token }: Running, expected: readonly string[]): Promise<void> {
  const wire = await open(port, token)
  const { plugins } = await wire.send('health') as { plugins: { loaded: string[] } }
  wire.close()
  const running = policies.filter((id) => plugins.loaded.includes(id))
  if (running.join() !== expected.join()) throw new Error(`of ${policies.join(', ')} run: ${running.join(', ') || 'none'}; there should run: ${expected.join(', ') || 'none'}`)
}

/** Processor time of a process so far, in ms, from /proc: in steps of 10. */
async function cpuMs(pid: number): Promise<number> {
  const fields = (await readFile(`/proc/${pid}/stat`, 'utf8')).split(') ')[1]?.split(' ') ?? []
  return (Number(fields[11]) + Number(fields[12])) * 10
}

interface Side { readonly server: Running; readonly pump: Pump }
interface Measured { readonly ratio: number; readonly figures: Record<string, number> }

/** `cpuUs`: processor time of a call. Where that of the two differs more than the calls per second, it was not the gateway that was waited for. */
async function measured(method: string, a: Side, b: Side): Promise<Measured> {
  const spent = new Map([[a, { ms: 0, calls: 0 }], [b, { ms: 0, calls: 0 }]])
  const side = (of: Side) => async (): Promise<number> => {
    const [before, started] = [await cpuMs(of.server.pid), performance.now()]
    const rate = await of.pump.perSecond(method, payload, inFlight, 700)
    const sum = spent.get(of)!
    sum.ms += await cpuMs(of.server.pid) - before
    sum.calls += rate * (performance.now() - started) / 1000
    return rate
  }
  const taken = await interleave(9, side(a), side(b))
  const cpuUs = (of: Side): number => spent.get(of)!.ms * 1000 / spent.get(of)!.calls
  return { ratio: pairRatio(taken), figures: { withPerSecond: median(taken.a), withoutPerSecond: median(taken.b), withCpuUs: cpuUs(a), withoutCpuUs: cpuUs(b) } }
}

export const policy: Scenario = async () => {
  const state = [await prepared(), await prepared()] as const
  try {
    await using full = await startNexus({ state: state[0], args: [`--plugins=${[...policies, verbs].join()}`] })
    await using bare = await startNexus({ state: state[1], args: [`--plugins=${[...policies.map((id) => `-${id}`), nobody, verbs].join()}`] })
    await checked(full, policies)
    await checked(bare, [])
    const [a, b] = [{ server: full, pump: await openPump(full.port, full.token) }, { server: bare, pump: await openPump(bare.port, bare.token) }]
    const row = (id: string, what: string, { ratio, figures }: Measured): Row => ({ id, what: `full policy: ${what}, one connection, ${inFlight} in flight`, value: ratio, unit: '×', target: 0.8, better: 'more', control, figures })
    const ping = await measured('ping', a, b)
    const limited = await measured('verbs.limited', a, b)
    const admin = await measured('verbs.admin', a, b)
    a.pump.close()
    b.pump.close()
    // No target is set for the privileged: two records of each are on disk before it is answered.
    const privileged = { privilegedRatio: admin.ratio, ...Object.fromEntries(Object.entries(admin.figures).map(([name, value]) => [`privileged${name[0]?.toUpperCase()}${name.slice(1)}`, value])) }
    return [
      row('policy', 'ping of 400 bytes', { ratio: ping.ratio, figures: { ...ping.figures, ...privileged } }),
      row('policy-limited', 'the same with a limit of its own', limited),
    ]
  } finally {
    for (const dir of state) await rm(dir, { recursive: true, force: true })
  }
}
