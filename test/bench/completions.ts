import { Agent } from 'node:http'
import { complete, gatewayOn, type Asked } from './completion.ts'
import { bundled, startControl } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'

const inFlight = 50
const warmRounds = 14

/** Answers a second, over connections of its own: those of the round before may be closed by now. */
async function load(asked: Asked, ms: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: inFlight })
  const started = performance.now()
  let done = 0
  await Promise.all(Array.from({ length: inFlight }, async () => {
    while (performance.now() - started < ms) {
      await complete(agent, asked)
      done++
    }
  }))
  const took = performance.now() - started
  agent.destroy()
  return done / (took / 1000)
}

/** The gateway asks the provider for a stream and gives the whole; the control gives the same stream through. */
export const completions: Scenario = async () => {
  await using mock = await startControl(await bundled('mock'))
  await using nexus = await gatewayOn(mock, 'm1')
  await using proxy = await startControl('proxy.mjs', [String(mock.port)])
  const through = (): Promise<number> => load({ port: nexus.port, token: nexus.token, model: 'nexus', stream: false }, 700)
  const bare = (): Promise<number> => load({ port: proxy.port, token: 'none', model: 'm1', stream: true }, 700)
  // Its first second says how a gateway begins; what it does from then on is what is compared, once both have run warm.
  const coldPerSecond = await through()
  for (let i = 0; i < warmRounds; i++) {
    await through()
    await bare()
  }
  const taken = await interleave(9, through, bare)
  return [{ id: 'completions', what: `/v1/chat/completions, whole answers, ${inFlight} in flight`, value: pairRatio(taken), unit: '×', target: 0.4, better: 'more', control: 'bare Node proxy that streams from the same mock', figures: { nexusPerSecond: median(taken.a), controlPerSecond: median(taken.b), coldPerSecond } }]
}
