/** What is shipped: how it hangs together, what it takes from outside, and its types as a stranger's compiler sees them. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { isBuiltin } from 'node:module'
import { tmpdir } from 'node:os'
import { join, posix } from 'node:path'
import { expect, it } from 'vitest'
import { built } from '../fixtures/built.ts'
import { readJson, root } from './sources.ts'

const dist = built()
const files = new Map(readdirSync(dist, { recursive: true }).map(String).filter((file) => file.endsWith('.js')).map((file) => [file, readFileSync(join(dist, file), 'utf8')]))
const importsOf = (file: string) => [...files.get(file)!.matchAll(/^(?:import|export)\b[^'"`;]*?\bfrom\s*["']([^"']+)["']|^import\s*["']([^"']+)["']/gm)]
  .map(([, a, b]) => a ?? b!).map((to) => (to.startsWith('.') ? posix.join(posix.dirname(file), to) : to))

function reach(file: string, seen = new Set<string>()): Set<string> {
  for (const to of importsOf(file)) if (files.has(to) && !seen.has(to)) reach(to, seen.add(to))
  return seen
}

it('imports next to nothing before it has looked at its arguments', () => {
  const binary = readFileSync(join(dist, 'nexus.cjs'), 'utf8')
  expect(binary.length).toBeLessThan(5_000)
  expect(binary).not.toMatch(/^(let|const|var) .*\brequire\(/m)
})

it('imports late, from the modules, what the binary does not carry', () => {
  const carried = readdirSync(join(dist, 'cli')).filter((file) => file.endsWith('.cjs')).map((file) => readFileSync(join(dist, 'cli', file), 'utf8'))
  const late = carried.flatMap((text) => [...text.matchAll(/\bimport\("([^"]+)"\)/g)].map(([, to]) => posix.join('cli', to!)))
  expect(late).toEqual(expect.arrayContaining(['cli/start.js', 'cli/socket.js']))
  expect(late.filter((to) => !files.has(to) && !isBuiltin(to.replace(/^cli\//, '')))).toEqual([])
})

it('loads one plugin without another: of others it takes contracts only', () => {
  for (const file of files.keys()) {
    const id = /^plugins\/([^/]+)\/(?:index|cli)\.js$/.exec(file)?.[1]
    if (id) expect([...reach(file)].filter((to) => /^plugins\/.*\/(index|cli)\.js$/.test(to) && !to.startsWith(`plugins/${id}/`)), file).toEqual([])
  }
})

it('needs no package that it does not depend on', () => {
  const { dependencies } = readJson<{ dependencies: Record<string, string> }>('package.json')
  const outside = [...files.keys()].flatMap(importsOf).filter((to) => !files.has(to) && !isBuiltin(to))
  expect(outside.filter((to) => !Object.keys(dependencies).some((name) => to === name || to.startsWith(`${name}/`)))).toEqual([])
})

it('carries the licences of what is bundled', () => {
  const text = readFileSync(join(dist, 'LICENSES.txt'), 'utf8')
  for (const name of ['hono', 'valibot', 'ws', 'tapable', 'json5', 'jiti', '@hono/node-server']) expect(text).toMatch(new RegExp(`^${name} [\\d.]+ \\(MIT\\)$`, 'm'))
})

const consumer = `
import * as v from 'valibot'
import { contract, definePlugin, method, type ClientOf } from 'nexus-gateway/sdk'
import { createClient } from 'nexus-gateway/sdk/client'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { Store } from 'nexus-gateway/plugins/store'

const hi = contract({ id: 'hi', methods: { 'hi.say': method({ scope: 'operator.read', params: v.strictObject({ name: v.string() }), result: v.string() }) } })
export default definePlugin({ ...hi, requires: { store: Store }, setup(ctx) {
  // @ts-expect-error the store has no such member: its type came through the contract
  ctx.deps.store.nope()
  return { methods: { 'hi.say': ({ name }) => name.toUpperCase() } }
} })
// @ts-expect-error a result against the contract
definePlugin({ ...hi, setup: () => ({ methods: { 'hi.say': () => 1 } }) })
export const name: Parameters<ClientOf<typeof hi>['call']['hi.say']>[0]['name'] = 'x'
// @ts-expect-error options are typed
createClient(5)
// @ts-expect-error so are these
testKernel(5)
`

it.each(['nodenext', 'bundler'])('has types for a project that resolves like %s', (moduleResolution) => {
  const dir = mkdtempSync(join(tmpdir(), 'nexus-consumer-'))
  mkdirSync(join(dir, 'node_modules'))
  symlinkSync(root, join(dir, 'node_modules', 'nexus-gateway'))
  for (const name of ['valibot', '@types']) symlinkSync(join(root, 'node_modules', name), join(dir, 'node_modules', name))
  const compilerOptions = { module: moduleResolution === 'bundler' ? 'esnext' : 'nodenext', moduleResolution, target: 'es2023', strict: true, noEmit: true, types: ['node'], skipLibCheck: false }
  writeFileSync(join(dir, 'package.json'), '{"type":"module"}')
  writeFileSync(join(dir, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['plugin.ts'] }))
  writeFileSync(join(dir, 'plugin.ts'), consumer)
  try {
    execFileSync(process.execPath, [join(root, 'node_modules', 'typescript', 'bin', 'tsc'), '-p', dir], { encoding: 'utf8' })
  } catch (error) {
    expect.fail((error as { stdout: string }).stdout)
  } finally {
    rmSync(dir, { recursive: true })
  }
})
