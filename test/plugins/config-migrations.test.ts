import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import JSON5 from 'json5'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkTree } from '../../kernel/config/check.ts'
import { faultText } from '../../kernel/config/fault.ts'
import { placed } from '../../kernel/config/locate.ts'
import { migrate } from '../../kernel/config/migrate.ts'
import { cameFrom } from '../../kernel/config/moves.ts'
import { pathText, valueAt, type KeyPath } from '../../kernel/config/path.ts'
import { readTree, type Tree } from '../../kernel/config/tree.ts'
import { parseManifest, type Manifest } from '../../kernel/manifest.ts'
import agent from '../../plugins/agent/index.ts'
import auth from '../../plugins/auth/index.ts'
import { migrations } from '../../plugins/config/migrations/index.ts'
import logs from '../../plugins/logs/index.ts'
import models from '../../plugins/models/index.ts'
import provider from '../../plugins/provider-openai-compatible/index.ts'
import tools from '../../plugins/tools/index.ts'
import { pack } from '../../sdk/pack.ts'

type Settings = Record<string, unknown>
interface Expected { readonly applied: string[]; readonly raw: Settings; readonly unmapped: string[]; readonly foreign?: string[] }

const names = ['nexus-pre', 'openclaw-2026-02', 'openclaw-older'] as const
const folder = join(import.meta.dirname, '..', 'fixtures', 'config')
const textOf = (name: string): Promise<string> => readFile(join(folder, `${name}.json5`), 'utf8')
const fixtures = new Map(await Promise.all(names.map(async (name) => [name as string, { text: await textOf(name), expected: JSON5.parse<Expected>(await textOf(`${name}.expected`)) }] as const)))
const settingsOf = (name: string) => JSON5.parse<Settings>(fixtures.get(name)!.text)

const manifests: Record<string, Manifest> = Object.fromEntries([agent, auth, logs, models, provider, tools].map((plugin) => [plugin.id, pack(plugin, { entry: 'index.ts' })]))
const env = { LMSTUDIO_KEY: 'k', OPENROUTER_API_KEY: 'k', ANTHROPIC_API_KEY: 'k' }

let dir: string
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-migrations-')) })
afterAll(() => rm(dir, { recursive: true }))

/** The tree that a file of this content makes, and all that is wrong with it, one line each. */
async function read(text: string): Promise<{ tree: Tree; faults: string[] }> {
  const file = join(dir, 'nexus.json5')
  await writeFile(file, text)
  const tree = await readTree({ file, env, migrations })
  const { faults } = checkTree(tree, { manifests, complete: true })
  return { tree, faults: (await placed(tree, [...tree.faults, ...faults])).map(faultText) }
}

const leaves = (value: unknown, at: KeyPath = []): [unknown, KeyPath][] => {
  if (typeof value !== 'object' || value === null) return [[value, at]]
  return Object.entries(value).flatMap(([key, sub]) => leaves(sub, [...at, Array.isArray(value) ? Number(key) : key]))
}
const within = (inner: KeyPath, outer: KeyPath) => outer.every((key, i) => inner[i] === key)

describe.each(names)('settings in the shape %s', (name) => {
  const { text, expected } = fixtures.get(name)!

  it('become today\'s', () => {
    const { raw, applied, unmapped } = migrate(settingsOf(name), migrations)
    expect(raw).toEqual(expected.raw)
    expect(applied).toEqual(expected.applied)
    expect(unmapped.map(pathText).toSorted()).toEqual(expected.unmapped.toSorted())
  })

  it('are valid then', async () => {
    const { tree, faults } = await read(text)
    expect(tree.raw).toEqual(expected.raw)
    expect(faults.filter((fault) => !expected.foreign?.some((id) => fault.includes(`"${id}" is no plugin in the list`)))).toEqual([])
  })

  it('lose nothing in silence: each value is there, or its key is listed', () => {
    const { raw, moves, unmapped } = migrate(settingsOf(name), migrations)
    const kept = new Set(leaves(raw).map(([, path]) => pathText(cameFrom(path, moves))))
    const silent = leaves(settingsOf(name)).filter(([, path]) => !kept.has(pathText(path)) && !unmapped.some((lost) => within(path, lost)))
    expect(silent.map(([, path]) => pathText(path))).toEqual([])
  })

  it('are said to be that, with every key that is left out and with no value', () => {
    const { notes, applied } = migrate(settingsOf(name), migrations)
    expect(notes.filter((note) => note.startsWith('these settings have the shape'))).toHaveLength(applied.length)
    const told = [...notes.join('\n').matchAll(/^left out: (.*) \(/gm)].flatMap(([, keys]) => keys!.split(', ').map((key) => key.slice(1, -1)))
    expect(told.toSorted()).toEqual(expected.unmapped.toSorted())
    const secrets = leaves(settingsOf(name)).map(([value]) => value).filter((value) => typeof value === 'string' && /token|key|\$\{/i.test(value) && value.length > 8)
    expect(secrets.length).toBeGreaterThan(0)
    expect(secrets.filter((secret) => notes.some((note) => note.includes(secret as string)))).toEqual([])
  })
})

describe('the chain', () => {
  it('goes over the shape between: the oldest becomes the one of February, and that one today\'s', () => {
    const [pre, older, february] = migrations
    expect([pre!.id, older!.id, february!.id]).toEqual(['nexus-pre', 'openclaw-older', 'openclaw'])
    const between = migrate(settingsOf('openclaw-older'), [older!])
    expect(between.raw).toMatchObject({
      gateway: { auth: { token: 'older-token-0123456789abcdef' } },
      agents: {
        defaults: { model: { primary: 'ollama/llama3.2', fallbacks: ['anthropic/claude-opus-4-5'] }, timeoutSeconds: 300 },
        list: [{ id: 'main', identity: { name: 'Clawd' } }, { id: 'coder', model: 'ollama/qwen3-coder' }],
      },
      channels: { telegram: { requireMention: true }, whatsapp: { allowFrom: ['+15555550123'] } },
      bindings: [{ agentId: 'coder', match: { channel: 'telegram' } }],
      messages: { queue: { byChannel: { whatsapp: 'followup' } } },
      tools: { exec: { timeoutSec: 600 }, elevated: { enabled: true } },
    })
    const after = migrate(between.raw, [february!])
    expect(after.raw).toEqual(migrate(settingsOf('openclaw-older'), migrations).raw)
  })

  it('needs its order', () => {
    const { raw, applied } = migrate(settingsOf('openclaw-older'), migrations.toReversed())
    expect(applied).toEqual(['openclaw', 'openclaw-older'])
    expect(raw).toHaveProperty('agents')
  })

  it('leaves settings of today alone, whatever they are called', async () => {
    const text = `{
      $schema: 'x', meta: { lastTouchedVersion: '0.1.0' }, env: { shellEnv: { enabled: false }, TZ: 'UTC' }, plugins: ['-openai'],
      gateway: { port: 1, bind: '10.0.0.5' }, auth: { token: 't' }, logs: { level: 'warn' }, models: { default: 'a/b' }, tools: { timeoutMs: 5 },
      agent: { defaults: { model: 'a/b' }, agents: [{ id: 'x' }] }, 'provider-openai-compatible': { baseUrl: 'http://x/v1' },
    }`
    const settings = JSON5.parse<Settings>(text)
    expect(migrate(settings, migrations).raw).toBe(settings)
    const later = { telegram: { botToken: 'x' }, cron: { a: 1 }, channels: { b: 1 }, memory: {}, browser: {}, skills: {}, discovery: {}, approvals: {}, update: {}, host: {}, token: {}, profiles: {} }
    expect(migrate(later, migrations).applied).toEqual([])
    expect((await read(text)).faults).toEqual([])
  })

  it('is done when it is done, whatever part of a file there is', () => {
    const all = names.flatMap((name) => leaves(settingsOf(name)).map(([value, path]) => ({ value, path })))
    const plant = (tree: Settings, { value, path }: { value: unknown; path: KeyPath }) => {
      let at: unknown = tree
      for (const [i, key] of path.entries()) {
        if (typeof at !== 'object' || at === null) return
        const table = at as Record<string | number, unknown>
        if (Array.isArray(at) && typeof key === 'number' && key > at.length) return
        if (i === path.length - 1) table[key] ??= value
        else table[key] ??= typeof path[i + 1] === 'number' ? [] : {}
        at = table[key]
      }
    }
    fc.assert(fc.property(fc.subarray(all, { minLength: 1 }), (some) => {
      const raw: Settings = {}
      for (const one of some) plant(raw, one)
      const once = migrate(raw, migrations)
      const kept = new Set(leaves(once.raw).map(([, path]) => pathText(cameFrom(path, once.moves))))
      for (const [, path] of leaves(raw)) expect(kept.has(pathText(path)) || once.unmapped.some((lost) => within(path, lost)), pathText(path)).toBe(true)
      const twice = migrate(once.raw, migrations)
      expect(twice).toEqual({ raw: once.raw, applied: [], moves: [], unmapped: [], notes: [] })
    }), { numRuns: 500 })
  })

  it('fits into a manifest', () => {
    const manifest = parseManifest(JSON.parse(JSON.stringify({ api: 1, id: 'config', entry: 'index.ts', migrations })), 'x')
    expect(manifest.migrations).toEqual(migrations)
  })
})

describe('what the old text says', () => {
  it('is pointed at when a migrated value is wrong', async () => {
    const { faults } = await read(`{
  gateway: {
    mode: 'local',
    port: '18789x',
    auth: { token: 12345 },
  },
  models: { providers: { 'Home Server': { api: 'openai-completions',
    baseUrl: 'localhost', models: [{ id: 'm', maxTokens: 'many' }] } } },
  agents: { defaults: { timeoutSeconds: 0.5 }, list: [{ id: 'UPPER' }] },
}`)
    const at = (line: number, column: number, key: string) => expect(faults.filter((fault) => fault.startsWith(`${join(dir, 'nexus.json5')}:${line}:${column}: "${key}" `)), `${key}\n${faults.join('\n')}`).toHaveLength(1)
    at(4, 5, 'gateway.port')
    at(5, 13, 'auth.token')
    at(7, 26, 'provider-openai-compatible.name')
    at(8, 5, 'provider-openai-compatible.baseUrl')
    at(8, 47, 'provider-openai-compatible.models[0].maxOutput')
    at(9, 25, 'agent.defaults.timeoutMs')
    at(9, 57, 'agent.agents[0].id')
    expect(faults).toHaveLength(7)
  })

  it('keeps its references to variables and secrets', () => {
    const { raw } = migrate({ gateway: { auth: { token: { $secret: 'file:/run/token' } } }, logging: { level: '${LEVEL}' }, agents: { defaults: { timeoutSeconds: '${SECONDS}' } } }, migrations)
    expect(raw).toEqual({ auth: { token: { $secret: 'file:/run/token' } }, logs: { level: '${LEVEL}' } })
  })

  it('in files that it includes is migrated there', async () => {
    await writeFile(join(dir, 'agents.json5'), "{ defaults: { model: { primary: 'ollama/x' }, workspace: '~' } }")
    const { tree, faults } = await read("{ gateway: { mode: 'local' }, agents: { $include: './agents.json5' } }")
    expect(faults).toEqual([])
    expect(valueAt(tree.merged, ['agent', 'defaults', 'model'])).toBe('ollama/x')
    expect(tree.raw).toEqual({ agents: { $include: './agents.json5' } })
    expect(tree.notes.filter((note) => note.includes('left out')).map((note) => note.replace(dir, ''))).toEqual([
      '/nexus.json5: left out: "gateway.mode" (the gateway always runs here; a client elsewhere says --url)',
      '/agents.json5: left out: "agents.defaults.workspace" (it waits for the plugin "exec")',
    ])
  })

  it('in a part that shows no sign of its shape is in that of the file that includes it', async () => {
    await writeFile(join(dir, 'cron.json5'), '{ cron: { enabled: true } }')
    const { tree, faults } = await read("{ gateway: { mode: 'local' }, $include: './cron.json5' }")
    expect(tree.merged).toEqual({})
    expect(faults).toEqual([])
    expect(tree.notes.filter((note) => note.includes('cron')).map((note) => note.replace(dir, ''))).toEqual(['/cron.json5: left out: "cron.enabled" (it waits for the plugin "cron")'])
  })
})
