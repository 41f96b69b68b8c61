/** A test kernel takes plugins by where they are, loads them as a gateway does, and runs one source in either tier. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { examine, testKernel } from 'nexus-gateway/sdk/testing'
import { root } from '../fixtures/built.ts'

let dir = ''
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-tiers-')) })
afterAll(() => rm(dir, { recursive: true, force: true }))

const code = (answer: string, more = '') => `import { definePlugin, method } from 'nexus-gateway/sdk'
const answer: string = '${answer}'
export default definePlugin({ id: 'placed', ${more} methods: { 'placed.say': method({ scope: 'operator.read' }) }, setup: (ctx) => ({ methods: { 'placed.say': () => answer } }) })\n`
async function place(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  await mkdir(join(dir, name))
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, name, file), text)
  return join(dir, name)
}

describe('a plugin is named by', () => {
  test('the URL or the path of its file, or its folder', async () => {
    const folder = await place('named', { 'index.ts': code('here') })
    for (const named of [pathToFileURL(join(folder, 'index.ts')), pathToFileURL(join(folder, 'index.ts')).href, join(folder, 'index.ts'), folder]) {
      await using k = await testKernel({ plugins: [named] })
      expect(await k.call('placed.say')).toBe('here')
      expect(k.inspect('placed')).toMatchObject({ origin: 'path', tier: 'trusted' })
    }
  })

  test('the entry of a package, and then its package.json counts', async () => {
    const folder = await place('packaged', { 'index.ts': code('here'), 'package.json': JSON.stringify({ version: '3.2.1', nexus: { api: 1, id: 'placed', entry: 'index.ts' } }) })
    await using k = await testKernel({ plugins: [pathToFileURL(join(folder, 'index.ts'))] })
    expect(k.inspect('placed')).toMatchObject({ version: '3.2.1', place: folder })
  })

  test('the id of one that ships with the gateway; others are refused', async () => {
    await using k = await testKernel({ plugins: ['tools'] })
    expect(await k.call('tools.list', {})).toMatchObject({ tools: [{ name: 'time' }] })
    await expect(testKernel({ plugins: ['no-such'] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_NOT_FOUND' })
    await expect(testKernel({ plugins: [join(dir, 'nowhere')] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_NOT_FOUND' })
  })

  test('itself, beside others', async () => {
    const folder = await place('beside', { 'index.ts': code('here') })
    const other = definePlugin({ id: 'other', setup: () => {} })
    await using k = await testKernel({ plugins: [other, folder] })
    expect([k.inspect('other')?.state, k.inspect('placed')?.state]).toEqual(['active', 'active'])
  })
})

test('an edited file is read anew by a reload', async () => {
  const folder = await place('edited', { 'index.ts': code('before') })
  await using k = await testKernel({ plugins: [folder] })
  await writeFile(join(folder, 'index.ts'), code('after'))
  await k.reload('placed')
  expect(await k.call('placed.say')).toBe('after')
  await writeFile(join(folder, 'index.ts'), 'export default {')
  await expect(k.reload('placed')).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED' })
  expect(await k.call('placed.say')).toBe('after')
})

test('one that authenticates or authorizes does so instead of the test', async () => {
  const more = 'capabilities: [\'tap:call.authorize\'],'
  const folder = await place('authorizing', { 'index.ts': code('here', more).replace('setup: (ctx) => (', 'setup: (ctx) => (ctx.tap(callAuthorize, () => false), ').replace('definePlugin, method', 'callAuthorize, definePlugin, method') })
  await using k = await testKernel({ plugins: [folder] })
  await expect(k.call('placed.say')).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
})

test('a fault of one rejects with its reason, and is told of when the test is lenient', async () => {
  const folder = await place('broken', { 'index.ts': 'export default {' })
  await expect(testKernel({ plugins: [folder] })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_LOAD_FAILED' })
  await using k = await testKernel({ plugins: [folder], lenient: true })
  expect(k.started.failed.map(({ error }) => error.code)).toEqual(['NEXUS_PLUGIN_LOAD_FAILED'])
})

test('what leaks is found there too', async () => {
  const folder = await place('leaking', { 'index.ts': code('x').replace('setup: (ctx) => (', 'setup: (ctx) => (ctx.clock.setTimeout(() => {}, 9e9), ') })
  const k = await testKernel({ plugins: [folder] })
  await expect(k.close()).rejects.toThrow(/a timer that nobody cleared/)
})

describe('the isolated tier', () => {
  const isolates = existsSync(join(root, 'dist', 'plugins', 'isolation', 'isolator.js'))

  test('takes no definitions: they are in this process already', async () => {
    await expect(testKernel({ plugins: [definePlugin({ id: 'here', setup: () => {} })], tier: 'isolated' })).rejects.toThrow(/named by its place/)
  })

  test.skipIf(isolates)('is not there in a release without it', async () => {
    const folder = await place('alone', { 'index.ts': code('here') })
    await expect(testKernel({ plugins: [folder], tier: 'isolated' })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_NO_ISOLATOR' })
  })

  test.runIf(isolates)('runs the same source in a process of its own', async () => {
    const folder = await place('apart', { 'index.ts': code('here').replace('() => answer', '() => process.pid') })
    await using k = await testKernel({ plugins: [folder], tier: 'isolated' })
    expect(k.inspect('placed')).toMatchObject({ tier: 'isolated' })
    const pid = await k.call('placed.say')
    expect(pid).toEqual(expect.any(Number))
    expect(pid).not.toBe(process.pid)
    expect(k.inspect('isolation')?.state).toBe('active')
  })
})

describe('an examination', () => {
  test('tells what a plugin declares and what is missing', async () => {
    const folder = await place('examined', { 'index.ts': code('here'), 'package.json': JSON.stringify({ nexus: { api: 1, id: 'placed', entry: 'index.ts' } }) })
    expect(await examine(folder, { tiers: ['trusted'] })).toMatchObject({ manifest: { id: 'placed', methods: { 'placed.say': 'operator.read' } }, differs: [], unexplained: ['placed.say'], untyped: ['placed.say'], runs: [{ tier: 'trusted', faults: [], taps: [] }] })
  })

  test('never rejects for what the plugin does', async () => {
    const folder = await place('throwing', { 'index.ts': 'throw new Error("at the top")', 'package.json': JSON.stringify({ nexus: { api: 1, id: 'placed', entry: 'index.ts' } }) })
    expect(await examine(folder, { tiers: ['trusted'] })).toMatchObject({ fault: expect.stringContaining('at the top'), runs: [] })
  })
})
