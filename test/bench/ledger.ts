/** The ledger: a reservation and its charge, both on disk, beside two bare writes of the same bytes. */
import { mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createJiti } from 'jiti'
import type { Log } from 'nexus-gateway/sdk'
import type { LedgerEngine } from '../../plugins/cost/ledger/ledger.ts'
import { root } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'

const inFlight = 200
const nothing = (): void => {}
const log: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing }
const month = Date.UTC(2026, 3, 1)
/** What a turn of an agent with three budgets holds in: those, and the sums of the day and the month. */
const holds = ['global/day||2026-03-01', 'agent/month|main|2026-03', 'session/day|agent:main:main|2026-03-01', 'total||2026-03-01', 'total||2026-03']
  .map((counter) => ({ counter, expiresAt: month, limit: { nano: 1e15 } }))
const about = { runId: '0198c0de-7a11-7bad-8bad-0123456789ab', sessionKey: 'agent:main:main', agentId: 'main', channel: 'webchat', user: 'token:ops', provider: 'anthropic', model: 'claude-sonnet-4-5' }
/** Bytes of the two lines together: what the control writes in two parts. */
const lineBytes = [520, 560] as const

/** A plugin's own parts, as the loader gives them their SDK. */
async function parts() {
  const { import: load } = createJiti(import.meta.url, { alias: { 'nexus-gateway/sdk': join(root, 'sdk/index.ts') }, interopDefault: false })
  return {
    ...await load(join(root, 'plugins/store/store.ts')) as typeof import('../../plugins/store/store.ts'),
    ...await load(join(root, 'plugins/cost/ledger/ledger.ts')) as typeof import('../../plugins/cost/ledger/ledger.ts'),
  }
}

function pairsOf(engine: LedgerEngine): () => Promise<void> {
  let count = 0
  return async () => {
    const id = `0198c0de-7a11-7bad-8bad-${String(++count).padStart(12, '0')}`
    await engine.reserve({ id, at: Date.now(), about, worst: { nano: 60_000_000, tokens: 9_000 }, holds })
    await engine.settle(id, { nano: 12_345_678, tokens: 2_345, at: Date.now(), price: 'catalogue 2026-05-01' })
  }
}

/** Write and fdatasync, one after the other, of lines of that length. */
async function twoWrites(file: string) {
  const handle = await open(file, 'a')
  const lines = lineBytes.map((bytes) => `${'x'.repeat(bytes - 1)}\n`)
  return {
    async pair() {
      for (const line of lines) {
        await handle.write(line)
        await handle.datasync()
      }
    },
    close: () => handle.close(),
  }
}

/** Milliseconds of one, in the middle of many. */
async function p50(pair: () => Promise<void>, times: number): Promise<number> {
  const taken: number[] = []
  for (let n = 0; n < times; n++) {
    const started = performance.now()
    await pair()
    taken.push(performance.now() - started)
  }
  return median(taken)
}

async function perSecond(pair: () => Promise<void>, ms: number): Promise<{ rate: number; cpu: number }> {
  const [started, used] = [performance.now(), process.cpuUsage()]
  let done = 0
  await Promise.all(Array.from({ length: inFlight }, async () => {
    for (; performance.now() - started < ms; done++) await pair()
  }))
  const { user, system } = process.cpuUsage(used)
  return { rate: done / ((performance.now() - started) / 1_000), cpu: (user + system) / done }
}

export const ledger: Scenario = async () => {
  const { openStore, openLedger } = await parts()
  const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const store = await openStore({ dir: join(dir, 'state'), clock: Date, log })
    const engine = await openLedger({ store, clock: Date, log })
    const bare = await twoWrites(join(dir, 'bare.jsonl'))
    const pair = pairsOf(engine)
    const times = await interleave(7, () => p50(pair, 100), () => p50(bare.pair, 100))
    const cpus: number[] = []
    const rates = await interleave(7, async () => {
      const { rate, cpu } = await perSecond(pair, 1_000)
      cpus.push(cpu)
      return rate
    }, async () => 1_000 / await p50(bare.pair, 100))
    await engine.close()
    await store.close()
    await bare.close()
    const over = median(times.a.map((ms, n) => ms - times.b[n]!))
    return [
      { id: 'ledger-pair', what: 'reserve and settle one at a time, over the disk\'s own time, p50', value: over, unit: 'ms', target: 0.5, better: 'less', control: 'two fdatasync of the same bytes', figures: { pairMs: median(times.a), controlMs: median(times.b), ratio: pairRatio(times) } },
      { id: 'ledger-pairs', what: `reserve and settle per second, ${inFlight} in flight`, value: median(rates.a), unit: 'of them', target: 5_000, better: 'more', control: 'two fdatasync of the same bytes, one pair at a time', figures: { controlPerSecond: median(rates.b), cpuMicrosPerPair: median(cpus), ratio: pairRatio(rates) } },
    ]
  } finally {
    await rm(dir, { recursive: true })
  }
}
