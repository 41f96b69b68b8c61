/**
 * Kills real installs at random instants and looks whether what is there is the old or the new state, whole.
 * The suite runs a few rounds; `node test/plugins/plugins-install-kill.mjs 200 SEED` runs as many as wanted.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import JSON5 from 'json5'
import { readInstalled } from '../../kernel/installed.ts'
import { startRegistry } from '../fixtures/registry.ts'
import { packageTarball } from '../fixtures/tar.ts'
import { newState, openPlace, pluginFiles } from './plugins-install-harness.ts'

type Work = { readonly add: string } | { readonly update: string } | { readonly remove: string }

/** The process that gets killed. */
export async function child(state: string, work: Work): Promise<never> {
  const place = await openPlace(state)
  console.log('ready')
  const line = 'add' in work ? `plugins add ${work.add} --yes` : 'update' in work ? `plugins update ${work.update} --yes` : `plugins remove ${work.remove}`
  await place.cli(line)
  await place.close()
  process.exit(0)
}

export interface KillOptions { readonly times: number; readonly seed: number; readonly tell?: (line: string) => void }

export async function killLoop({ times, seed, tell = () => {} }: KillOptions): Promise<{ killed: number; finished: number; refused: number }> {
  const random = randomFrom(seed)
  const state = await newState()
  const home = await mkdtemp(join(tmpdir(), 'nexus-kill-npm-'))
  const registry = await startRegistry()
  const counts = { killed: 0, finished: 0, refused: 0 }
  const env = { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name))), ...registry.env(home) }
  registry.publish({ name: 'lib-one', version: '1.0.0', files: { 'index.js': 'export default 1' } })
  /** What it took last, so that kills fall into all of it. */
  const took: Record<string, number> = { tarball: 500, npm: 4_000, update: 4_000, remove: 200 }
  try {
    for (let round = 0; round < times; round++) {
      const version = `1.${round + 1}.0`
      const before = await standing(state)
      const { kind, work } = await chosen(random(), version, before, state, registry)
      const { ended, ms } = await run(state, work, env, random() * took[kind]! * 1.2)
      counts[ended]++
      // Kills are to fall into all of it, its end too.
      took[kind] = ended === 'finished' ? ms : took[kind]! * 1.15
      const after = await standing(state)
      await check(state, before, after, version)
      tell(`${round + 1} ${kind} ${ended} after ${Math.round(ms)} ms: ${JSON.stringify(after)}`)
    }
    return counts
  } finally {
    await registry[Symbol.asyncDispose]()
    for (const dir of [state, home]) await rm(dir, { recursive: true, force: true })
  }
}

async function chosen(by: number, version: string, before: Record<string, string>, state: string, registry: Awaited<ReturnType<typeof startRegistry>>): Promise<{ kind: string; work: Work }> {
  if (by < 0.5) {
    const file = join(state, 'tarball.tgz')
    const more = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`lib/${i}.js`, `export default ${i}`]))
    await writeFile(file, packageTarball({ ...pluginFiles({ id: 'tarred', version, name: 'from-a-tarball' }), ...more }))
    return { kind: 'tarball', work: { add: file } }
  }
  if (by < 0.65 && Object.keys(before).length > 0) return { kind: 'remove', work: { remove: Object.keys(before)[0]! } }
  const { 'package.json': json, ...files } = pluginFiles({ id: 'published', version, name: 'nexus-published', pkg: { dependencies: { 'lib-one': '^1.0.0' } } })
  const { name: _, version: __, ...manifest } = JSON.parse(json!) as Record<string, unknown>
  registry.publish({ name: 'nexus-published', version, files, manifest })
  return before['published'] ? { kind: 'update', work: { update: 'published' } } : { kind: 'npm', work: { add: 'nexus-published' } }
}

async function run(state: string, work: Work, env: NodeJS.ProcessEnv, afterMs: number): Promise<{ ended: 'killed' | 'finished' | 'refused'; ms: number }> {
  const script = fileURLToPath(new URL('plugins-install-kill.mjs', import.meta.url))
  const running = spawn(process.execPath, [script, 'child', state, JSON.stringify(work)], { stdio: ['ignore', 'pipe', 'inherit'], env })
  let since = performance.now()
  let timer: NodeJS.Timeout | undefined
  running.stdout.once('data', () => {
    since = performance.now()
    timer = setTimeout(() => running.kill('SIGKILL'), afterMs)
  })
  const [code, signal] = await once(running, 'close') as [number | null, NodeJS.Signals | null]
  clearTimeout(timer)
  return { ended: signal === 'SIGKILL' ? 'killed' : code === 0 ? 'finished' : 'refused', ms: performance.now() - since }
}

/** What the settings turn on, with its version; throws if any of it is not whole. */
async function standing(state: string): Promise<Record<string, string>> {
  await using place = await openPlace(state, [], { keep: true })
  const { plugins: list = [] } = JSON5.parse<{ plugins?: string[] }>(await place.settings())
  const installed = await readInstalled(join(state, 'plugins'))
  const versions: Record<string, string> = {}
  for (const id of list) {
    const found = installed.get(id)
    if (!found) throw new Error(`the list names ${id}, which the lockfile does not have`)
    await found.verify()
    const { state: how, error, version } = place.kernel.inspect(id) ?? {}
    if (how !== 'active') throw new Error(`${id} does not run: ${error?.message}`)
    if (await place.call(`${id}.say`) !== version) throw new Error(`${id} is not what its manifest says`)
    versions[id] = version!
  }
  for (const found of installed.values()) await found.verify()
  return versions
}

/** Each is what it was or what it was to be, and of what is left over nothing outlasts `doctor --fix`. */
async function check(state: string, before: Record<string, string>, after: Record<string, string>, version: string): Promise<void> {
  for (const id of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [old, now] = [before[id], after[id]]
    if (now !== old && now !== undefined && now !== version) throw new Error(`${id} was ${old}, and is ${now}`)
  }
  await using place = await openPlace(state, [], { keep: true })
  const { findings } = await place.call('plugins.doctor', { fix: true }) as { findings: { level: string; what: string }[] }
  const bad = findings.filter(({ level }) => level !== 'note')
  if (bad.length > 0) throw new Error(bad.map(({ what }) => what).join('; '))
  const dirs = Object.values(await place.lock()).flatMap(({ dir }) => [dir, `${dir}.files.json`])
  // npm goes on for a moment after the process that started it was killed, and what it writes then is swept next time.
  const strays = (await place.left()).filter((name) => !dirs.includes(name) && !name.startsWith('.staging-'))
  if (strays.length > 0) throw new Error(`left over: ${strays.join(', ')}`)
}

/** Lehmer's generator: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}
