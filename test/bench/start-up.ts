import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, startControl, startNexus, type Running } from './processes.ts'
import type { Row, Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'
import { open } from './wire.ts'

async function toHello(start: () => Promise<Running>): Promise<number> {
  await using server = await start()
  const wire = await open(server.port, server.token)
  const ms = performance.now() - server.spawnedAt
  wire.close()
  return ms
}

/** Spawn to the first hello-ok, default plugins, against a bare server. */
export const startUp: Scenario = async () => {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  const taken = await interleave(15, () => toHello(() => startNexus({ state })), () => toHello(() => startControl('bare.mjs')))
  await rm(state, { recursive: true, force: true })
  return [{ id: 'start', what: 'spawn → first WS hello-ok, default plugins', value: pairRatio(taken), unit: '×', target: 1.6, better: 'less', control: 'bare node:http + ws', figures: { nexusMs: median(taken.a), controlMs: median(taken.b) } }]
}

async function run(args: string[], env: Record<string, string | undefined>): Promise<number> {
  const started = performance.now()
  const child = spawn(process.execPath, args, { env, stdio: 'ignore' })
  const [code] = await once(child, 'exit') as [number]
  if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}`)
  return performance.now() - started
}

/** Whole commands against `node -e 0`. */
export const commandLine: Scenario = async () => {
  await using server = await startNexus()
  const env = { PATH: process.env['PATH'], HOME: server.state, NEXUS_STATE_DIR: server.state }
  const rows: Row[] = []
  for (const [id, args, target] of [['version', ['--version'], 1.15], ['help', ['--help'], 1.35], ['call', ['call', 'ping'], 1.8]] as const) {
    const taken = await interleave(25, () => run([binary, ...args], env), () => run(['-e', '0'], env))
    rows.push({ id: `cli-${id}`, what: `nexus ${args.join(' ')}`, value: pairRatio(taken), unit: '×', target, better: 'less', control: 'node -e 0', figures: { nexusMs: median(taken.a), controlMs: median(taken.b) } })
  }
  return rows
}
