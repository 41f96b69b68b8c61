import { startControl, startNexus } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'
import { open, type Wire } from './wire.ts'

const inFlight = 64
const payload = { data: 'x'.repeat(340) }
let ids = 0

async function callsPerSecond(wire: Wire, ms: number): Promise<number> {
  const started = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (performance.now() - started < ms) {
      const id = `p${ids++}`
      await wire.raw(id, JSON.stringify({ type: 'req', id, method: 'ping', params: payload }))
      done++
    }
  }))
  return done / ((performance.now() - started) / 1000)
}

async function sequentialP50(wire: Wire, calls: number): Promise<number> {
  const taken: number[] = []
  for (let i = 0; i < calls; i++) {
    const id = `s${ids++}`
    const started = performance.now()
    await wire.raw(id, JSON.stringify({ type: 'req', id, method: 'ping', params: payload }))
    taken.push(performance.now() - started)
  }
  return median(taken)
}

/** `ping` with 400 bytes on one connection: 64 in flight, then one at a time. */
export const rpc: Scenario = async () => {
  await using nexus = await startNexus()
  await using bare = await startControl('bare.mjs')
  const [a, b] = [await open(nexus.port, nexus.token), await open(bare.port, bare.token)]
  const many = await interleave(9, () => callsPerSecond(a, 700), () => callsPerSecond(b, 700))
  const one = await interleave(9, () => sequentialP50(a, 1500), () => sequentialP50(b, 1500))
  a.close()
  b.close()
  return [
    { id: 'rpc', what: 'RPC ping of 400 bytes, one connection, 64 in flight', value: pairRatio(many), unit: '×', target: 0.9, better: 'more', control: 'bare ws, same payload', figures: { nexusPerSecond: median(many.a), controlPerSecond: median(many.b) } },
    { id: 'rpc-sequential', what: 'RPC one at a time, p50', value: pairRatio(one), unit: '×', target: 1.3, better: 'less', control: 'bare ws, same payload', figures: { nexusUs: median(one.a) * 1000, controlUs: median(one.b) * 1000 } },
  ]
}
