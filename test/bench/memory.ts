import { rss, startControl, startNexus, type Running } from './processes.ts'
import type { Scenario } from './row.ts'
import { median } from './stats.ts'
import { open } from './wire.ts'

const sockets = 1000

async function measure(server: Running): Promise<{ idle: number; perConnection: number }> {
  await new Promise((resolve) => setTimeout(resolve, 2_000))
  const idle = await rss(server.pid)
  const warm = await Promise.all(Array.from({ length: 50 }, () => open(server.port, server.token)))
  await new Promise((resolve) => setTimeout(resolve, 500))
  const before = await rss(server.pid)
  const wires: Awaited<ReturnType<typeof open>>[] = []
  for (let i = 0; i < sockets; i += 20) wires.push(...await Promise.all(Array.from({ length: 20 }, () => open(server.port, server.token))))
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  const after = await rss(server.pid)
  for (const wire of [...warm, ...wires]) wire.close()
  return { idle, perConnection: (after - before) / sockets }
}

export const memory: Scenario = async () => {
  const [nexus, bare] = [[] as { idle: number; perConnection: number }[], [] as { idle: number; perConnection: number }[]]
  for (let round = 0; round < 3; round++) {
    await using a = await startNexus()
    nexus.push(await measure(a))
    await using b = await startControl('bare.mjs')
    bare.push(await measure(b))
  }
  const [mb, kb] = [(bytes: number) => bytes / 1e6, (bytes: number) => bytes / 1e3]
  return [
    { id: 'rss', what: 'idle RSS, default plugins', value: mb(median(nexus.map((m) => m.idle))), unit: 'MB', target: 90, better: 'less', control: 'bare node:http + ws', figures: { controlMb: mb(median(bare.map((m) => m.idle))) } },
    { id: 'rss-connection', what: 'RSS per idle connection', value: kb(median(nexus.map((m) => m.perConnection))), unit: 'KB', target: 20, better: 'less', control: 'bare node:http + ws', figures: { controlKb: kb(median(bare.map((m) => m.perConnection))) } },
  ]
}
