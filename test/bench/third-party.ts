/** Plugins of others: installed and idle, edited, and written from nothing. */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { binary, root, startNexus } from './processes.ts'
import type { Row, Scenario } from './row.ts'
import { interleave, median } from './stats.ts'
import { open } from './wire.ts'

const exec = promisify(execFile)
const count = 200
const sha512 = (text: string): string => `sha512-${createHash('sha512').update(text).digest('base64')}`

/** Plugins as `nexus plugins add` leaves them. */
async function install(state: string, ids: readonly string[]): Promise<void> {
  const plugins: Record<string, unknown> = {}
  for (const id of ids) {
    const dir = join(state, 'plugins', `${id}-0`)
    const nexus = { api: 1, id, entry: 'index.js', methods: { [`${id}.hello`]: 'operator.read' } }
    const files = { 'index.js': `import { definePlugin, method } from 'nexus-gateway/sdk'\nexport default definePlugin({ id: '${id}', methods: { '${id}.hello': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { '${id}.hello': () => 1 } }) })\n`, 'package.json': JSON.stringify({ name: id, version: '1.0.0', type: 'module', nexus }) }
    await mkdir(dir, { recursive: true, mode: 0o700 })
    for (const [name, text] of Object.entries(files)) await writeFile(join(dir, name), text, { mode: 0o600 })
    const hashes = JSON.stringify(Object.fromEntries(Object.entries(files).map(([name, text]) => [name, sha512(text)])))
    await writeFile(`${dir}.files.json`, hashes, { mode: 0o600 })
    plugins[id] = { name: id, version: '1.0.0', spec: id, source: 'npm', integrity: sha512(id), dir: `${id}-0`, files: sha512(hashes), scanned: false, grant: { capabilities: [], tier: 'isolated', requires: [], methods: nexus.methods, taps: [], at: 0, by: 'bench' } }
  }
  await writeFile(join(state, 'plugins', 'lock.json'), JSON.stringify({ version: 1, plugins }), { mode: 0o600 })
  await writeFile(join(state, 'nexus.json5'), JSON.stringify({ plugins: ids, pluginPolicy: { trusted: [] } }), { mode: 0o600 })
}

async function toHello(state: string, method?: string): Promise<number> {
  await using server = await startNexus({ state })
  const wire = await open(server.port, server.token)
  const ms = performance.now() - server.spawnedAt
  if (method && await wire.send(method, {}) === undefined) throw new Error(`${method} did not answer`)
  wire.close()
  return ms
}

/** Spawn to the first hello-ok with 200 installed plugins that nobody calls, and without them. */
export const installed: Scenario = async () => {
  const [full, empty] = [await mkdtemp(join(tmpdir(), 'nexus-bench-')), await mkdtemp(join(tmpdir(), 'nexus-bench-'))]
  try {
    const ids = Array.from({ length: count }, (_, i) => `idle${i}`)
    await install(full, ids)
    await toHello(full, 'idle7.hello')
    const taken = await interleave(11, () => toHello(full), () => toHello(empty))
    const more = median(taken.a.map((value, i) => value - (taken.b[i] ?? NaN)))
    return [{ id: 'installed', what: `spawn → first WS hello-ok: what ${count} installed, idle plugins add`, value: more, unit: 'ms', target: 60, better: 'less', control: 'the same gateway without them', figures: { withMs: median(taken.a), withoutMs: median(taken.b) } }]
  } finally {
    for (const dir of [full, empty]) await rm(dir, { recursive: true, force: true })
  }
}

// ── Edited ──────────────────────────────────────────────────────────────────────────────────────

const edits = 20

/** A plugin of so many lines that answers with `n`. */
function lines(id: string, n: number, length: number): string {
  const head = `import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({
  id: '${id}',
  methods: { '${id}.version': method({ scope: 'operator.read' }) },
  setup: () => ({ methods: { '${id}.version': () => ({ n: ${n} }) } }),
})
`
  const filler = Array.from({ length: length - 6 }, (_, i) => `export const filler${i} = (x: number): number => x + ${i}`).join('\n')
  return `${head}${filler}\n`
}

/** From the save of a file to the first answer of the new code, median. */
async function edited(tier: 'trusted' | 'isolated', length: number): Promise<number> {
  const state = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const file = join(state, 'edited.ts')
    await writeFile(file, lines('edited', 0, length))
    await writeFile(join(state, 'nexus.json5'), JSON.stringify({ plugins: ['./edited.ts'], pluginPolicy: { trusted: tier === 'trusted' ? ['edited'] : [] } }), { mode: 0o600 })
    await using nexus = await startNexus({ state })
    const wire = await open(nexus.port, nexus.token)
    const version = async (): Promise<number | undefined> => (await wire.send('edited.version', {}) as { n: number } | undefined)?.n
    await version()
    await sleep(500)
    const taken: number[] = []
    for (let n = 1; n <= edits; n++) {
      await writeFile(file, lines('edited', n, length))
      const saved = performance.now()
      while (await version() !== n) {
        if (performance.now() - saved > 10_000) throw new Error(`edit ${n} was not taken up`)
        await sleep(1)
      }
      taken.push(performance.now() - saved)
      await sleep(100)
    }
    wire.close()
    return median(taken.slice(2))
  } finally {
    await rm(state, { recursive: true, force: true })
  }
}

export const hotReload: Scenario = async () => {
  const rows: Row[] = []
  for (const [tier, target] of [['trusted', 100], ['isolated', 400]] as const) {
    const [short, long] = [await edited(tier, 40), await edited(tier, 200)]
    rows.push({ id: `hot-reload-${tier}`, what: `hot reload of 40 lines, from the save to the new code's answer, ${tier}, p50`, value: short, unit: 'ms', target, better: 'less', control: '–', figures: { of200LinesMs: long } })
  }
  return rows
}

// ── From nothing ────────────────────────────────────────────────────────────────────────────────

/** `nexus plugins new` and the new plugin's own test. */
export const scaffold: Scenario = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const env = { ...process.env, NEXUS_STATE_DIR: join(dir, 'state') }
    // Found as in a folder of whoever has installed it.
    await mkdir(join(dir, 'node_modules'))
    await symlink(root, join(dir, 'node_modules', 'nexus-gateway'))
    const taken: number[] = []
    for (const name of ['warm', 'one', 'two', 'three']) {
      const began = performance.now()
      await exec(process.execPath, [binary, 'plugins', 'new', `nexus-${name}`], { cwd: dir, env })
      await exec('npm', ['test'], { cwd: join(dir, `nexus-${name}`), env })
      taken.push(performance.now() - began)
    }
    return [{ id: 'scaffold', what: 'nexus plugins new and npm test in it, warm', value: median(taken.slice(1)), unit: 'ms', target: 20_000, better: 'less', control: '–', figures: { coldMs: taken[0] ?? NaN } }]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}
