/** One run of one case against one target. */
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { faultsOf, forbidden } from './checks.ts'
import type { Target } from './gateway.ts'
import { lookupIn } from './lookup.ts'
import type { Registry } from './registry.ts'
import type { Case, Mode } from './schema.ts'
import { createEvidence, type Run } from './seen.ts'
import { listen, type Listener } from './servers.ts'
import { runSteps } from './steps.ts'
import { snapshot } from './trees.ts'
import { filled } from './variables.ts'

export interface Result { readonly id: string; readonly mode: Mode; readonly outcome: 'passed' | 'failed' | 'not applicable'; readonly seen: readonly string[]; readonly ms: number }
export type Servers = ReadonlyMap<string, Listener>

export async function serversOf({ setup }: Case): Promise<Servers> {
  const wanted = { canary: {}, ...setup.servers }
  return new Map(await Promise.all(Object.entries(wanted).map(async ([name, routes]) => [name, await listen(routes)] as const)))
}

/** Gives each run an address of its own, 127.16.0.1 and so on; of a gateway that is not on loopback nothing. */
export function createSources(): (target: Target) => string | undefined {
  let n = 0
  return (target) => {
    if (!target.address().host.startsWith('127.')) return undefined
    n++
    return `127.${16 + (n >> 16 & 127)}.${n >> 8 & 255}.${1 + n % 250}`
  }
}

export function createRun(one: Case, mode: Mode, target: Target, servers: Servers, { source, full = false, registry }: { readonly source: string | undefined; readonly full?: boolean; readonly registry?: Registry | undefined }): Run {
  const marker = randomBytes(12).toString('hex')
  return {
    case: one, mode, target, servers, full, n: 0, source, marker, registry, work: join(tmpdir(), `nexus-corpus-${marker}`), made: new Map(), undo: [],
    credentials: new Map(), named: new Map(), lines: new Map(), open: new Set(), evidence: createEvidence(), asides: [],
  }
}

/** Does what the case says and tells what does not hold. */
export async function runCase(run: Run): Promise<Result> {
  const { case: { id, input, expect }, mode, target } = run
  const began = performance.now()
  const logged = target.own?.log().length ?? 0
  const memory = watchMemory(run)
  const trees = new Map(expect.flatMap(({ unchanged }) => (unchanged === undefined ? [] : [filled(unchanged, lookupIn(run))])).map((dir) => [dir, snapshot(dir)]))
  run.evidence.clear()
  run.asides.length = 0
  let seen: string[]
  try {
    const last = await runSteps(run, input)
    const grownMiB = await memory.end()
    seen = [...await faultsOf(run, { seen: last, logged, grownMiB, trees }), ...forbidden(run, logged)]
  } catch (error) {
    seen = [`it could not be run: ${error instanceof Error ? error.message : String(error)}`]
  } finally {
    await memory.end()
    for (const line of run.open) line.socket.destroy()
  }
  return { id, mode, outcome: seen.length > 0 ? 'failed' : 'passed', seen: seen.length > 0 ? [...seen, ...run.asides.slice(0, 5)] : seen, ms: Math.round(performance.now() - began) }
}

/** The engine's own heap grows once and when it likes; what an attack costs, it costs each time. So too much is too much twice. */
export async function runMeasured(run: Run): Promise<Result> {
  const first = await runCase(run)
  return first.outcome === 'failed' && first.seen.every((fault) => /^(the gateway grew by|before it,) /.test(fault)) ? runCase(run) : first
}

/** Only where a case has a bound for it; the most that there was, against the start. */
function watchMemory({ target: { own }, case: { expect } }: Run): { end(): Promise<number> } {
  if (!own || !expect.some(({ rssMiB }) => rssMiB !== undefined)) return { end: () => Promise.resolve(0) }
  let [first, most] = [Infinity, 0]
  const look = async (): Promise<void> => {
    const now = await own.rss()
    first = Math.min(first, now)
    most = Math.max(most, now)
  }
  const started = look()
  const timer = setInterval(() => void look(), 50)
  return {
    async end() {
      await started
      clearInterval(timer)
      await look().catch(() => undefined)
      return most - first
    },
  }
}
