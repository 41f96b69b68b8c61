import { Agent } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { complete, gatewayOn } from './completion.ts'
import { bundled, startControl, type Running } from './processes.ts'
import type { Scenario } from './row.ts'
import { median } from './stats.ts'

const streams = 200
const seconds = 6
const rounds = 3

interface Loop { readonly delayP99Ms: number; readonly delayMaxMs: number; readonly utilization: number; readonly cpuCoreRatio: number; readonly intervalMs: number }

/** What the gateway has measured of itself since it was asked last. */
async function loopOf({ port, token }: Running): Promise<Loop> {
  const answer = await fetch(`http://127.0.0.1:${port}/readyz`, { headers: { authorization: `Bearer ${token}` } })
  return (await answer.json() as { eventLoop: Loop }).eventLoop
}

/** Many streams at once, each of 50 chunks a second: how late the gateway's event loop is while all of them flow. */
export const paced: Scenario = async () => {
  await using mock = await startControl(await bundled('mock'), [String(seconds)])
  await using nexus = await gatewayOn(mock, 'paced')
  const taken: (Loop & { wholeMs: number })[] = []
  for (let round = 0; round < rounds; round++) {
    const agent = new Agent({ keepAlive: true, maxSockets: streams })
    const all = Promise.all(Array.from({ length: streams }, () => complete(agent, { port: nexus.port, token: nexus.token, model: 'nexus', stream: true })))
    await sleep(1_500) // all have begun
    await loopOf(nexus)
    await sleep((seconds - 2.5) * 1_000)
    const loop = await loopOf(nexus)
    taken.push({ ...loop, wholeMs: median((await all).map(({ wholeMs }) => wholeMs)) })
    agent.destroy()
  }
  const of = (name: keyof (typeof taken)[number]): number => median(taken.map((one) => one[name]))
  return [{
    id: 'streams', what: `${streams} streams of 50 chunks a second at once: delay of the event loop, p99`, value: of('delayP99Ms'), unit: 'ms', target: 20, better: 'less', control: '–',
    figures: { delayMaxMs: of('delayMaxMs'), utilization: of('utilization'), cpuCoreRatio: of('cpuCoreRatio'), measuredMs: of('intervalMs'), streamMs: of('wholeMs'), idealMs: seconds * 1_000 },
  }]
}
