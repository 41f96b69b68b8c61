import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { root, startControl, startNexus, withBenchPlugin, type Running } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'
import { open } from './wire.ts'

const clients = 1000

/** A thousand sockets in a process of their own, which says when all of them have seen a marker. */
async function crowd(server: Running): Promise<{ seen(marker: string): Promise<void>; end(): void }> {
  const child = spawn(process.execPath, [join(root, 'test/bench/controls/crowd.mjs'), String(server.port), server.token, String(clients)], { stdio: ['pipe', 'pipe', 'inherit'] })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  await lines.next()
  return {
    async seen(marker) {
      child.stdin.write(`${marker}\n`)
      await lines.next() // armed
      return lines.next().then(() => {})
    },
    end: () => child.kill('SIGKILL'),
  }
}

/** One event to 1,000 clients, against a loop that sends one ready string. Events per second, all received. */
export const fanOut: Scenario = async () => {
  await using nexus = await startNexus({ args: withBenchPlugin })
  await using bare = await startControl('bare.mjs')
  const [a, b] = [await open(nexus.port, nexus.token), await open(bare.port, bare.token)]
  const [crowdA, crowdB] = [await crowd(nexus), await crowd(bare)]
  let markers = 0
  const once = async (method: string, wire: typeof a, all: typeof crowdA): Promise<number> => {
    const marker = `marker-${String(markers++).padStart(6, '0')}`
    const seen = all.seen(marker)
    await new Promise((resolve) => setTimeout(resolve, 30))
    const started = performance.now()
    void wire.send(method, { bytes: 350, marker })
    await seen
    return 1 / ((performance.now() - started) / 1000)
  }
  const taken = await interleave(60, () => once('bench.fan', a, crowdA), () => once('fan', b, crowdB))
  for (const one of [crowdA, crowdB]) one.end()
  a.close()
  b.close()
  return [{ id: 'fan-out', what: 'fan-out of one event to 1,000 clients', value: pairRatio(taken), unit: '×', target: 1.1, better: 'more', control: 'loop that sends one ready string', figures: { nexusEventsPerSecond: median(taken.a), controlEventsPerSecond: median(taken.b) } }]
}
