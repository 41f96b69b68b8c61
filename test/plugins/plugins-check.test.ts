/** A check finds what is wrong, says where and how to mend it, and grades what is right. Each rule is seen to fail. */
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { noColour } from 'nexus-gateway/sdk'
import { examine } from 'nexus-gateway/sdk/testing'
import { checkFolder } from '../../plugins/plugins/author/check/command.ts'
import type { Tools } from '../../plugins/plugins/author/check/facts.ts'
import { reportText, type CheckReport } from '../../plugins/plugins/author/check/report.ts'
import { rules } from '../../plugins/plugins/author/check/rules.ts'
import { sightings, withoutComments } from '../../plugins/plugins/author/check/sources.ts'
import { createTools } from '../../plugins/plugins/author/check/tools.ts'
import { scaffold } from '../../plugins/plugins/author/new.ts'
import { built, root } from '../fixtures/built.ts'

let cwd = ''
beforeAll(async () => { cwd = await mkdtemp(join(tmpdir(), 'nexus-check-test-')) })
afterAll(() => rm(cwd, { recursive: true, force: true }))

/** Plugins run in this process, for speed; the programs around them say that all is well. */
const tools: Tools = { examine, types: async () => ({ faults: [] }), test: async () => ({ faults: [] }), size: async () => ({ bytes: 1_000, files: 4 }) }
const check = (dir: string, more: Partial<Tools> = {}, config?: Record<string, unknown>) => checkFolder(dir, { tools: { ...tools, ...more }, isolates: false, config })

let made = 0
interface Parts { readonly body?: string; readonly setup?: string; readonly imports?: string; readonly pkg?: object; readonly readme?: string | false; readonly files?: Readonly<Record<string, string>>; readonly nexus?: object }
const readme = '# X\n\n## Settings\n\n## Methods\n\n`x.y`\n\n## Commands\n\n## Capabilities\n'
/** A plugin that is gold, but for what is given. */
async function plugin({ body = '', setup = '', imports = '', pkg = {}, readme: text = readme, files = {}, nexus = {} }: Parts = {}): Promise<string> {
  const dir = join(cwd, `p${++made}`)
  const code = `import { definePlugin, event, hook, method, route } from 'nexus-gateway/sdk'\nimport * as v from 'valibot'\n${imports}
export default definePlugin({ id: 'x', methods: { 'x.y': method({ scope: 'operator.read', summary: 's', result: v.number() }) }, ${body} setup(ctx) {\n${setup}\nreturn { methods: { 'x.y': () => 1 } } } })\n`
  const about = { name: 'nexus-x', version: '1.0.0', type: 'module', description: 'd', license: 'MIT', keywords: ['nexus-plugin'], peerDependencies: { 'nexus-gateway': '*' }, scripts: { test: 'node --test' }, nexus: { api: 1, id: 'x', entry: 'index.ts', ...nexus }, ...pkg }
  const all = { 'package.json': JSON.stringify(about), 'index.ts': code, 'index.test.js': '', ...(text !== false && { 'README.md': text }), ...files }
  for (const [file, content] of Object.entries(all)) {
    await mkdir(join(dir, file, '..'), { recursive: true })
    await writeFile(join(dir, file), content)
  }
  return dir
}
const faultsOf = ({ rules: results }: CheckReport): Record<string, readonly string[]> => Object.fromEntries(results.filter(({ state }) => state === 'fault').map(({ id, said }) => [id, said]))

test('a new plugin is gold, and nothing is left in its folder', async () => {
  const { dir } = await scaffold('shiny', { cwd, release: { ids: [], isolates: false, version: '0.1.0' } })
  const before = await readdir(dir)
  const report = await check(dir)
  expect(faultsOf(report)).toEqual({})
  expect(report).toMatchObject({ name: 'shiny', id: 'shiny', grade: 'gold', inTheWay: [] })
  expect(await readdir(dir)).toEqual(before)
})

const tapping = 'ctx.tap(hook.series(\'y.z\'), () => {})'
const cases: readonly (readonly [rule: string, parts: Parts, said: RegExp, grade: CheckReport['grade']])[] = [
  ['loads', { setup: '}' }, /NEXUS_PLUGIN_LOAD_FAILED .*index\.ts:\d+/, 'none'],
  ['loads', { body: 'config: v.strictObject({ at: v.date() }),' }, /NEXUS_PACK_CONFIG .*x\.at/, 'none'],
  ['loads', { body: 'capabilities: 5,' }, /./, 'none'],
  ['manifest', { nexus: { methods: { 'x.z': 'public' } } }, /methods "x\.z" stands only in the manifest/, 'none'],
  ['comes-and-goes', { setup: 'ctx.clock.setTimeout(() => {}, 1e9)' }, /trusted: a timer that nobody cleared/, 'none'],
  ['comes-and-goes', { setup: 'ctx.scope.defer(() => { throw new Error() }, "the pump")' }, /failed to clean up the pump/, 'none'],
  ['comes-and-goes', { setup: 'ctx.scope.spawn("loop", () => new Promise(() => {}))' }, /still runs .*loop/, 'none'],
  ['comes-and-goes', { setup: 'throw new Error("no luck")' }, /NEXUS_PLUGIN_SETUP_FAILED .*no luck/, 'none'],
  ['names', { body: 'events: { "y.z": event({ scope: "operator.read", summary: "s", payload: v.string() }) },' }, /event y\.z does not begin with x\./, 'none'],
  ['names', { body: 'events: { "x.z": event({ scope: "other.read", summary: "s", payload: v.string() }) },' }, /x\.z wants the scope other\.read/, 'none'],
  ['taps-declared', { setup: tapping }, /it taps y\.z/, 'none'],
  ['capabilities-declared', { imports: 'import { readFile } from "node:fs/promises"\n' }, /index\.ts:3: .*needs fs:data/, 'bronze'],
  ['capabilities-declared', { setup: 'void (() => fetch("http://127.0.0.1"))' }, /index\.ts:\d+: `fetch\(` needs net:HOST/, 'bronze'],
  ['capabilities-declared', { setup: 'void process.env.SOME_KEY' }, /`process\.env\.SOME_KEY` needs env:SOME_KEY/, 'bronze'],
  ['capabilities-declared', { files: { 'lib/run.ts': 'import { spawn } from \'child_process\'\n' } }, /lib\/run\.ts:1: .*needs run/, 'bronze'],
  ['capabilities-declared', { body: 'capabilities: ["teleport"],' }, /"teleport" is no capability/, 'bronze'],
  ['capabilities-used', { body: 'capabilities: ["run", "env:HOME", "net:example.com"],' }, /nothing seems to use run.*env:HOME.*net:example\.com/s, 'bronze'],
  ['capabilities-used', { body: 'capabilities: ["tap:y.z"],' }, /take part in y\.z and does not/, 'bronze'],
  ['capabilities-used', { body: 'capabilities: ["scope:operator.write"],' }, /scope:operator\.write/, 'bronze'],
  ['tests', { pkg: { scripts: {} } }, /no script "test"/, 'bronze'],
  ['readme', { readme: false }, /there is no README/, 'bronze'],
  ['readme', { readme: '# X\n\nx.y' }, /no section "Methods"/, 'bronze'],
  ['summaries', { body: 'events: { "x.z": event({ scope: "operator.read", payload: v.string() }) },' }, /x\.z has none/, 'bronze'],
  ['settings-described', { body: 'config: v.strictObject({ a: v.optional(v.strictObject({ b: v.optional(v.string()) }), {}) }),' }, /a\.b is not/, 'bronze'],
  ['package', { pkg: { license: undefined, dependencies: { 'nexus-gateway': '*' } } }, /"license".*a gateway of its own/s, 'bronze'],
  ['own-timers', { setup: 'void (() => setTimeout(() => {}, 1))' }, /setTimeout/, 'bronze'],
  ['documented', { readme: '# X\n\n## Methods\n' }, /x\.y is not in it/, 'silver'],
  ['both-tiers', { body: 'tier: "trusted",' }, /inside the gateway's process only/, 'silver'],
  ['results', { body: 'methods: { "x.y": method({ scope: "operator.read", summary: "s" }) },' }, /x\.y does not/, 'silver'],
  ['small', { pkg: { dependencies: Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`lib-${i}`, '1'])) } }, /11 libraries/, 'silver'],
]
test.each(cases)('%s is found: %#', async (rule, parts, said, grade) => {
  const report = await check(await plugin(parts))
  expect(faultsOf(report)[rule]?.join('\n')).toMatch(said)
  expect(report.grade).toBe(grade)
  expect(report.inTheWay).toContain(rule)
})

test('what programs say counts, and every rule has been seen to fail', async () => {
  const dir = await plugin()
  expect(await check(dir)).toMatchObject({ grade: 'gold' })
  const types = await check(dir, { types: async () => ({ faults: ['index.ts(1,1): error TS1'] }) })
  const tests = await check(dir, { test: async () => ({ faults: ['not ok 1'] }) })
  expect([faultsOf(types), faultsOf(tests)]).toEqual([{ types: ['index.ts(1,1): error TS1'] }, { 'tests-pass': ['not ok 1'] }])
  expect(faultsOf(await check(dir, { size: async () => ({ bytes: 2_000_000, files: 9 }) }))).toEqual({ small: ['it has 1.9 MiB in 9 files'] })
  expect(new Set([...cases.map(([rule]) => rule), 'types', 'tests-pass'])).toEqual(new Set(rules.map(({ id }) => id)))
})

test('what was not looked at is said, and is no fault', async () => {
  const needs = await check(await plugin({ imports: 'import { service } from "nexus-gateway/sdk"\n', body: 'requires: { a: service("nobodys/1") },' }))
  expect(needs.rules.find(({ id }) => id === 'comes-and-goes')).toMatchObject({ state: 'skipped', said: [expect.stringContaining('nobodys/1')] })
  const body = 'config: v.strictObject({ key: v.pipe(v.string(), v.description("d")) }),'
  const unset = await check(await plugin({ body, readme: `${readme}key` }))
  expect(unset.rules.find(({ id }) => id === 'comes-and-goes')).toMatchObject({ state: 'skipped', said: [expect.stringContaining('--config')] })
  expect(await check(await plugin({ body, readme: `${readme}key` }), {}, { key: 'k' })).toMatchObject({ grade: 'gold' })
  expect(await check(await plugin(), { types: async () => ({ faults: [], skipped: 'no compiler' }) })).toMatchObject({ grade: 'gold' })
})

test('it runs with what the release provides', async () => {
  const dir = await plugin({ imports: 'import { Store } from "nexus-gateway/plugins/store"\n', body: 'requires: { store: Store },' })
  expect((await check(dir)).rules.find(({ id }) => id === 'comes-and-goes')).toMatchObject({ state: 'ok' })
})

test('the report names the fault, the fix and what stands in the way', async () => {
  const text = reportText(await check(await plugin({ setup: tapping, readme: false })), noColour)
  expect(text).toMatch(/✗ every hook it taps stands in its capabilities \(bronze\)\n {4}it taps y\.z\n {4}Add "tap:HOOK"/)
  expect(text).toMatch(/\nnexus-x is not ready; in the way of bronze: taps-declared$/)
})

describe('a look at the text', () => {
  const seen = (text: string) => sightings([{ path: 'a.ts', text }]).map(({ capability, line }) => `${capability}:${line}`)
  test.each([
    ['import fs from "fs"', ['fs:1']], ['\n\nconst x = require(\'node:child_process\')', ['run:3']], ['await import("node:http")', ['net:1']], ['import "node:worker_threads"', ['worker:1']],
    ['export { a } from "node:net"', ['net:1']], ['new WebSocket(u)', ['net:1']], ['process.env[\'A_B\']; process.env.C', ['env:A_B:1', 'env:C:1']], ['f(process.env)', ['env:*:1']], ['require("./x.node")', ['native:1']],
    ['// import fs from "fs"', []], ['/* fetch(x)\n*/ fetch(x)', ['net:2']], ['ctx.fetch(x)', []], ['prefetch(x)', []], ['import path from "node:path"', []], ['"http://x // y"; fetch(u)', ['net:1']],
  ])('%j', (text, found) => expect(seen(text)).toEqual(found))

  test('keeps lines and lengths whatever it is given, and ends', () => {
    fc.assert(fc.property(fc.string({ unit: fc.constantFrom('\'', '"', '`', '/', '*', '\\', '\n', 'a', ' ') , maxLength: 200 }), (text) => {
      const bare = withoutComments(text)
      expect(bare.length).toBe(text.length)
      expect(bare.split('\n').length).toBe(text.split('\n').length)
    }), { numRuns: 500 })
  })
})

describe('by its own programs', () => {
  test('a new plugin needs nothing installed', async () => {
    built()
    const { dir } = await scaffold('bare', { cwd, release: { ids: [], isolates: false, version: '0.1.0' } })
    const report = await checkFolder(dir, { tools: createTools(root), isolates: false })
    expect(faultsOf(report)).toEqual({})
    expect(report.rules.find(({ id }) => id === 'tests-pass')).toMatchObject({ state: 'ok' })
    expect((await readdir(dir)).includes('node_modules')).toBe(false)
  })

  test('code that ends or hangs the process ends nothing here', async () => {
    built()
    const dir = await plugin({ imports: 'process.exit(7)\n' })
    expect(faultsOf(await checkFolder(dir, { tools: createTools(root), isolates: false }))['loads']?.[0]).toMatch(/ended the process with status 7/)
    const failing = await plugin({ files: { 'index.test.js': 'import test from "node:test"\ntest("it", () => { throw new Error("broken") })\n' } })
    expect(faultsOf(await checkFolder(failing, { tools: createTools(root), isolates: false }))['tests-pass']?.join('\n')).toMatch(/broken/)
  })

  test('the compiler is the author\'s own', async () => {
    built()
    const dir = await plugin({ setup: 'const n: number = "text"; void n' })
    await writeFile(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions: { target: 'es2023', module: 'nodenext', strict: true, skipLibCheck: true, allowImportingTsExtensions: true, noEmit: true, types: [] } }))
    const { types } = createTools(root)
    expect(await types(dir)).toMatchObject({ skipped: expect.stringContaining('no typescript') })
    const { symlink } = await import('node:fs/promises')
    await mkdir(join(dir, 'node_modules'))
    await symlink(join(root, 'node_modules', 'typescript'), join(dir, 'node_modules', 'typescript'))
    const { faults } = await types(dir)
    expect(faults).toEqual([expect.stringMatching(/index\.ts\(\d+,\d+\): error TS2322/)])
  })
})
