import { Agent } from 'node:http'
import { complete, gatewayOn } from './completion.ts'
import { bundled, startControl } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median } from './stats.ts'
import { open } from './wire.ts'

/** So many before anything counts: a gateway runs for weeks, and its first hundreds of turns are slower than all after them. */
const warmTurns = 250

/**
 * One turn of a session that is there already, over a provider on loopback that answers in 12 chunks, with and without
 * the gateway in between; and how much later the first word of a stream comes.
 */
export const turn: Scenario = async () => {
  await using mock = await startControl(await bundled('mock'))
  await using nexus = await gatewayOn(mock, 'm1')
  let agent = new Agent({ keepAlive: true })
  const wire = await open(nexus.port, nexus.token)
  let turns = 0
  const through = async (): Promise<number> => {
    const started = performance.now()
    const done = new Promise<void>((resolve, reject) => {
      wire.onEvent = ({ event, payload }) => {
        if (event !== 'chat' || payload['state'] === 'delta') return
        if (payload['state'] === 'final') resolve()
        else reject(new Error(JSON.stringify(payload)))
      }
    })
    await wire.send('chat.send', { sessionKey: `bench-${turns % 10}`, message: 'hello', idempotencyKey: `bench-${turns++}` })
    await done
    return performance.now() - started
  }
  const asked = (port: number, token: string, model: string) => () => complete(agent, { port, token, model, stream: true })
  const [streamed, direct] = [asked(nexus.port, nexus.token, 'nexus'), asked(mock.port, 'none', 'm1')]
  const cold = { turn: await through(), first: (await streamed()).firstMs }
  for (let i = 0; i < warmTurns; i++) {
    await through()
    await streamed()
    await direct()
  }
  const whole = await interleave(60, through, async () => (await direct()).wholeMs)
  wire.close()
  // The gateway may be closing the connection that nobody used meanwhile.
  agent.destroy()
  agent = new Agent({ keepAlive: true })
  const first = await interleave(60, async () => (await streamed()).firstMs, async () => (await direct()).firstMs)
  agent.destroy()
  const added = ({ a, b }: typeof whole): number => median(a) - median(b)
  return [
    { id: 'turn', what: 'agent turn over a local mock provider (12 chunks): time added, p50', value: added(whole), unit: 'ms', target: 15, better: 'less', control: 'the mock, direct', figures: { throughMs: median(whole.a), directMs: median(whole.b), coldMs: cold.turn } },
    { id: 'first-byte', what: 'first word of a stream of /v1/chat/completions: time added, p50', value: added(first), unit: 'ms', target: 5, better: 'less', control: 'the mock, direct', figures: { throughMs: median(first.a), directMs: median(first.b), coldMs: cold.first } },
  ]
}
