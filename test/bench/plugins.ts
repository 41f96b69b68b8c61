import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { bundled, root } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'

const count = 500

async function child(args: string[], flags: string[] = []): Promise<Record<string, number>> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, ...args], { cwd: root })
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '{}') as Record<string, number>
}

/** Five hundred trivial built plugins: loaded, set up and closed by the kernel, against `import()` of the same files. */
export const manyPlugins: Scenario = async () => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-bench-'))
  try {
    const manifests: Record<string, unknown> = {}
    for (let i = 0; i < count; i++) {
      const id = `p${String(i).padStart(3, '0')}`
      await mkdir(join(dir, id))
      await writeFile(join(dir, id, 'index.js'), `export default { $type: 'nexus.plugin/1', id: '${id}', setup() {} }\n`)
      manifests[id] = { api: 1, id, entry: 'index.js', requires: {}, provides: [], methods: {}, events: {}, routes: {}, upgrades: {}, taps: [], paths: [], commands: {}, capabilities: [], required: false, safe: false, exclusive: false }
    }
    await writeFile(join(dir, 'manifests.json'), JSON.stringify({ defaults: Object.keys(manifests), manifests }))
    await writeFile(join(dir, 'package.json'), '{"type":"module"}')
    const load = await bundled('load')
    const kernel = () => child([load, dir]).then((r) => r['ms'] ?? NaN)
    const bare = () => child([join(root, 'test/bench/controls/import.mjs'), dir, String(count)]).then((r) => r['ms'] ?? NaN)
    const taken = await interleave(9, kernel, bare)
    return [{ id: 'many-plugins', what: `load, set up and close ${count} trivial built plugins`, value: pairRatio(taken), unit: '×', target: 1.6, better: 'less', control: `import() of the same ${count} files`, figures: { kernelMs: median(taken.a), importMs: median(taken.b) } }]
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Reloads of one TypeScript plugin of 40 lines whose file changes each time, transformer warm. */
export const reload: Scenario = async () => {
  const result = await child([await bundled('reload')], ['--expose-gc'])
  const { ms = NaN, kib = NaN, reloads = NaN } = result
  return [
    { id: 'reload', what: `reload of one TypeScript plugin of 40 lines, ${reloads} reloads, p50`, value: ms, unit: 'ms', target: 30, better: 'less', control: '–', figures: { p95Ms: result['p95'] ?? NaN } },
    { id: 'reload-heap', what: 'heap kept per reload', value: kib, unit: 'KiB', target: 5, better: 'less', control: '–', figures: {} },
  ]
}
