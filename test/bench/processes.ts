/** Children under measurement: the gateway as it ships, and the bare control. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

export const root = fileURLToPath(new URL('../..', import.meta.url))
export const binary = join(root, 'dist/nexus.cjs')
/** The plugin of the benchmark, in the gateway's own process: what is measured is the kernel's road and not the one to another process. */
export const withBenchPlugin = ['--plugins', join(root, 'test/bench/bench.mjs'), '--set', 'pluginPolicy.trusted=["bench"]']

/** One of the controls as one plain file: a TypeScript hook in the child would be measured with it. */
export async function bundled(name: string): Promise<string> {
  const file = join(root, 'node_modules/.cache/nexus-bench', `${name}.mjs`)
  await build({ input: join(root, 'test/bench/controls', `${name}.ts`), platform: 'node', logLevel: 'silent', output: { file, codeSplitting: false } })
  return file
}

export interface Running extends AsyncDisposable {
  readonly port: number
  readonly pid: number
  readonly token: string
  readonly state: string
  readonly spawnedAt: number
}

export async function startNexus(options: { state?: string; args?: string[]; env?: Record<string, string> } = {}): Promise<Running> {
  const state = options.state ?? await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  // Each run ends with a kill: three of these within a minute are a crash loop, and what starts then is the safe mode.
  await rm(join(state, 'config/boots.json'), { force: true })
  const spawnedAt = performance.now()
  const child = spawn(process.execPath, [binary, 'start', '--json', '--port', '0', ...(options.args ?? [])], {
    env: { PATH: process.env['PATH'], HOME: state, NEXUS_STATE_DIR: state, NEXUS_LOG: 'error', ...options.env }, stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ready = await firstLine(child)
  const port = Number(/:(\d+)/.exec(String(ready['url']))?.[1])
  return {
    port, pid: child.pid ?? 0, state, spawnedAt, token: (await readFile(join(state, 'auth/token'), 'utf8')).trim(),
    async [Symbol.asyncDispose]() {
      await end(child)
      if (options.state === undefined) await rm(state, { recursive: true, force: true })
    },
  }
}

export async function startControl(file: string, args: string[] = []): Promise<Running> {
  const spawnedAt = performance.now()
  const child = spawn(process.execPath, [resolve(root, 'test/bench/controls', file), ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ready = await firstLine(child)
  return { port: Number(ready['port']), pid: child.pid ?? 0, token: 'bench', state: '', spawnedAt, [Symbol.asyncDispose]: () => end(child) }
}

async function firstLine(child: ChildProcess): Promise<Record<string, unknown>> {
  let text = ''
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk)
    const end = text.indexOf('\n')
    if (end >= 0) {
      child.stdout?.resume()
      return JSON.parse(text.slice(0, end)) as Record<string, unknown>
    }
  }
  throw new Error(`the server ended before it was ready (exit ${child.exitCode})`)
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** Resident memory in bytes, from /proc. */
export async function rss(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024
}
