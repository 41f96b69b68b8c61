/** The examples of plugins do what their READMEs say: with one command against the built package, and where they can in both tiers. */
import { execFile } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestKernel, Tier } from 'nexus-gateway/sdk/testing'
import type * as Testing from '../../sdk/testing.ts'
import { built, root } from '../fixtures/built.ts'

const folder = join(root, 'examples')
const dist = join(root, 'dist')
const isolates = existsSync(join(dist, 'plugins', 'isolation', 'isolator.js'))
const exec = promisify(execFile)

interface Example {
  readonly prints: readonly (string | RegExp)[]
  readonly plugin: string
  readonly beside: readonly string[]
  readonly tiers: readonly Tier[]
  readonly config?: Readonly<Record<string, unknown>>
  readonly holds: (k: TestKernel, tier: Tier) => Promise<void>
}
const both = ['trusted', 'isolated'] as const
const store = ['store', 'sessions', 'models', 'provider-demo', 'tools', 'agent', 'openai']

async function completion(k: TestKernel, content: string): Promise<string> {
  const response = await k.request('/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model: 'nexus', messages: [{ role: 'user', content }] }) })
  return JSON.stringify(await response.json())
}

const examples: Readonly<Record<string, Example>> = {
  'model-provider': {
    prints: ['the model says: POLLY WANTS A CRACKER'], plugin: 'model-provider/parrot.ts', beside: store, tiers: ['trusted'],
    holds: async (k) => {
      expect(await k.call('models.list', {})).toMatchObject({ models: expect.arrayContaining([expect.objectContaining({ id: 'grey', provider: 'parrot' })]) })
      expect(await completion(k, 'hello there')).toContain('hello there')
    },
  },
  tool: {
    prints: [/rolled: \d \+ \d \+ \d = \d+/, 'refused: That is too many dice: at most 10.'], plugin: 'tool/dice.ts', beside: ['tools'], tiers: both, config: { dice: { most: 2 } },
    holds: async (k) => {
      expect(await k.call('tools.execute', { name: 'roll', args: { dice: 2, sides: 2 } })).toMatchObject({ isError: false, content: [{ text: expect.stringMatching(/^[12] \+ [12] = [234]$/) }] })
      expect(await k.call('tools.execute', { name: 'roll', args: { dice: 3 } })).toMatchObject({ isError: true, content: [{ text: 'That is too many dice: at most 2.' }] })
    },
  },
  'periodic-job': {
    prints: ['digested: rain, sun'], plugin: 'periodic-job/digest.ts', beside: [], tiers: both, config: { digest: { everyMs: 60_000 } },
    holds: async (k) => {
      const ready = k.nextEvent('digest.ready')
      expect(await k.call('digest.add', { word: 'a' })).toEqual({ waiting: 1 })
      await k.reload('digest')
      expect(await k.call('digest.add', { word: 'b' })).toEqual({ waiting: 2 })
      await k.clock.advance(60_000)
      expect(await ready).toEqual({ n: 1, words: ['a', 'b'] })
    },
  },
  page: {
    prints: ['title: It counts', 'line 1\nline 2\nline 3', 'they came one by one', 'without a token: 401'], plugin: 'page/page.ts', beside: [], tiers: both,
    holds: async (k) => {
      expect(await (await k.request('/page')).text()).toContain('It counts')
      expect(await (await k.request('/page/size', { method: 'POST', body: new Uint8Array(1_000_000) })).json()).toEqual({ bytes: 1_000_000 })
      expect((await k.request('/page/size', { method: 'POST', scopes: ['operator.read'] })).status).toBe(403)
      const first = (await k.request('/page/count/1')).text()
      expect(await first).toBe('1\n')
    },
  },
  'edit-messages': {
    prints: ['You said: Charge [card], please.'], plugin: 'edit-messages/redact.ts', beside: store, tiers: both, config: { redact: { mark: '#' }, 'provider-demo': { delayMs: 0 } },
    holds: async (k) => {
      expect(await completion(k, 'Pay 4111-1111-1111-1111 now, order 12345.')).toContain('You said: Pay # now, order 12345.')
    },
  },
  'isolated-library': {
    prints: ['2026 is MMXXVI', 'it was stopped: ERR_ACCESS_DENIED'], plugin: 'isolated-library/numerals', beside: [], tiers: both,
    holds: async (k, tier) => {
      expect(await k.call('numerals.roman', { n: 1994 })).toEqual({ text: 'MCMXCIV' })
      if (tier === 'isolated') expect(await k.call('numerals.spy')).toMatch(/^was stopped/)
    },
  },
}

let dir = ''
let testKernel: typeof Testing.testKernel
beforeAll(async () => {
  built()
  ;({ testKernel } = await import(join(dist, 'sdk', 'testing.js')) as typeof Testing)
  dir = await mkdtemp(join(tmpdir(), 'nexus-examples-'))
  // Where an author has them: outside this package, and with their libraries installed.
  await cp(folder, dir, { recursive: true })
  await cp(join(dir, 'isolated-library', 'numerals', 'vendor'), join(dir, 'isolated-library', 'numerals', 'node_modules'), { recursive: true })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

test('every example is expected to do something', () => {
  const others = ['hello', 'hot-reload', 'typed-client']
  expect(readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name).sort()).toEqual([...Object.keys(examples), ...others].sort())
})

const entries = Object.entries(examples)

describe('with one command', () => {
  test.each(entries.filter(([name]) => isolates || name !== 'isolated-library'))('examples/%s', async (name, { prints }) => {
    const readme = readFileSync(join(folder, name, 'README.md'), 'utf8')
    expect(readme.trimEnd().split('\n').length).toBeLessThanOrEqual(12)
    const [, script] = /^npx jiti (\S+)/m.exec(readme) ?? []
    expect(script, 'its README names the command').toBeDefined()
    const { stdout } = await exec(process.execPath, [join(root, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs'), script!], { cwd: root, timeout: 55_000 })
    for (const line of prints) expect(stdout).toMatch(line)
  })
})

describe.each(both)('in the %s tier', (tier) => {
  for (const [name, { plugin, beside, config, holds }] of entries.filter(([, example]) => example.tiers.includes(tier))) {
    test.skipIf(tier === 'isolated' && !isolates)(name, async () => {
      const stateDir = await mkdtemp(join(dir, 'state-'))
      const k = await testKernel({ plugins: [join(dir, plugin), ...beside], tier, stateDir, ...(config && { config }) })
      try {
        await holds(k, tier)
      } finally {
        await k.close()
      }
    })
  }

  test.runIf(tier === 'isolated' && isolates)('what needs trust says so', async () => {
    const [[, { plugin }]] = entries.filter(([, { tiers }]) => !tiers.includes('isolated')) as [[string, Example]]
    await expect(testKernel({ plugins: [join(dir, plugin)], tier })).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_NEEDS_TRUST' })
  })
})
