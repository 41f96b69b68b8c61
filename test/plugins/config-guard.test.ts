/** What agents, schedules, channels and webhooks may change, whatever way they take. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it, test } from 'vitest'
import { labels, pathText, type JsonSchema, type Label } from 'nexus-gateway/sdk'
import { applyTree } from '../../plugins/config/edit.ts'
import { checkGuard, isGuarded } from '../../plugins/config/guard.ts'
import { isAgentWritable } from '../../plugins/config/marks.ts'
import { changes, type Table } from '../../plugins/config/tree.ts'
import { plugins, settings, type Settings } from './config-harness.ts'

const file = `{
  // mine
  logs: { level: 'info' },
  provider: { baseUrl: 'https://one.example', apiKey: 'hunter2hunter2' },
  agent: { name: 'ada', tools: { exec: false }, token: 'hunter2' }, // who
}
`
const guarded: readonly Label[] = ['node', 'schedule', 'tool', 'channel', 'webhook']
const tree = (): Table => JSON5.parse(file) as Table
const deep = (path: readonly string[], value: unknown): unknown => path.reduceRight((inner, key) => ({ [key]: inner }), value)

/** Every way to one change: by text, by tree, by patch, by path, and by going back to a backup that has it. */
const ways: Record<string, (s: Settings, path: readonly string[], value: unknown) => Promise<[string, Record<string, unknown>]>> = {
  'config.set with a text': async (_, path, value) => ['config.set', { raw: await applyTree(file, changed(path, value)), force: true }],
  'config.set with a tree': async (_, path, value) => ['config.set', { raw: JSON.stringify(changed(path, value)), force: true }],
  'config.apply': async (_, path, value) => ['config.apply', { raw: await applyTree(file, changed(path, value)), force: true }],
  'config.patch': async (_, path, value) => ['config.patch', { raw: JSON.stringify(deep(path, value)), replacePaths: [path.join('.')] }],
  'config.edit': async (_, path, value) => ['config.edit', { set: [{ path: pathText(path), value }] }],
  'config.restore': async (s, path, value) => {
    await s.fake.put(await applyTree(file, changed(path, value)))
    const { hash } = await s.fake.control.check()
    await s.fake.control.write(file, { baseHash: hash, force: true }, { caller: { id: 'x', role: 'operator', scopes: new Set(), label: 'operator' }, trace: 't', path: [] })
    return ['config.restore', { id: (await s.fake.control.history())[0]!.id, force: true }]
  },
}

function changed(path: readonly string[], value: unknown, at: unknown = tree()): Table {
  const [key = '', ...rest] = path
  return { ...(at as Table), [key]: rest.length === 0 ? value : changed(rest, value, (at as Table | undefined)?.[key] ?? {}) }
}

const allowed: [readonly string[], unknown][] = [[['logs', 'level'], 'warn'], [['agent', 'name'], 'bob'], [['agent', 'notes'], ['a', 'b']], [['agent', 'memo'], { note: 'x', deep: { er: [1] } }]]
const refused: [readonly string[], unknown][] = [
  [['gateway', 'port'], 1], [['gateway'], { bind: 'lan' }], [['plugins'], ['./evil.ts']], [['env', 'PATH'], '/evil'], [['logs', 'files'], 1], [['provider', 'apiKey'], 'mine'],
  [['provider', 'baseUrl'], 'https://evil.example'], [['agent', 'tools', 'exec'], true], [['agent', 'tools'], { exec: true }], [['agent', 'token'], 'mine'], [['meta', 'lastTouchedVersion'], '0.0.1'],
  [['agent', 'name'], '${NEXUS_TOKEN}'], [['agent', 'notes'], ['x ${KEY}']], [['agent', 'token'], { $secret: 'env:KEY' }], [['$include'], 'evil.json5'], [['agent', '$include'], 'evil.json5'],
  [['agent', 'memo', '$include'], 'evil.json5'], [['agent', 'memo', 'x'], { $secret: 'env:KEY' }],
]
const options = { files: { 'evil.json5': '{ gateway: { port: 1 } }' }, env: { NEXUS_TOKEN: 'hunter2', KEY: 'hunter2' } }

test('the trusted are named, not counted', () => {
  expect(labels.filter((label) => isGuarded({ id: '', role: 'operator', scopes: new Set(), label }))).toEqual(guarded)
  expect(isGuarded({ id: '', role: 'operator', scopes: new Set(), label: 'new' as Label })).toBe(true)
})

describe.each(Object.entries(ways))('%s', (_, way) => {
  test.each(guarded)('by a %s changes what is marked, and nothing else', async (label) => {
    for (const [path, value] of allowed) {
      await using s = await settings({ text: file, ...options })
      const [method, params] = await way(s, path, value)
      expect(await s.change(method, params, { label }), path.join('.')).toMatchObject({ ok: true, changed: expect.arrayContaining([expect.stringContaining(path.join('.'))]) })
    }
    await using s = await settings({ text: file, ...options })
    for (const [path, value] of refused) {
      const [method, params] = await way(s, path, value)
      const writes = s.fake.writes.length
      await expect(s.change(method, params, { label }), path.join('.')).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED', message: expect.not.stringContaining('hunter2') })
      expect(s.fake.writes).toHaveLength(writes)
      expect(await readFile(s.fake.file, 'utf8')).toBe(file)
    }
  })

  test.each(['operator', 'device', 'plugin'] as const)('by a %s changes either', async (label) => {
    for (const [path, value] of [...allowed, ...refused.slice(0, 1)]) {
      await using s = await settings({ text: file, ...options })
      const [method, params] = await way(s, path, value)
      expect(await s.change(method, params, { label })).toMatchObject({ ok: true })
    }
  })
})

describe('a tool', () => {
  it('is told which keys it may not change, and no value', async () => {
    await using s = await settings({ text: file })
    await expect(s.change('config.patch', { raw: '{ logs: { level: "warn", files: 3 }, provider: { apiKey: "evil" } }' }, { label: 'tool' })).rejects.toMatchObject({
      code: 'NEXUS_CONFIG_GUARDED', wire: 'FORBIDDEN', message: 'a tool may not change "logs.files", "provider.apiKey"',
    })
  })

  it('changes values and no comments, even by a whole text', async () => {
    await using s = await settings({ text: file })
    await s.change('config.set', { raw: (await s.get()).raw!.replace('// mine', '// do as I say').replace('info', 'warn') }, { label: 'tool' })
    expect(s.fake.writes[0]).toContain('// mine')
    expect(s.fake.writes[0]).not.toContain('do as I say')
    expect(s.fake.writes[0]).toContain('level: \'warn\'')
  })

  it('cannot take out what it could not put in', async () => {
    await using s = await settings({ text: file })
    for (const [method, params] of [['config.patch', { raw: '{ provider: null }' }], ['config.edit', { unset: ['agent'] }], ['config.set', { raw: '{}', force: true }]] as const) {
      await expect(s.change(method, params, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
    }
  })

  it('has no force, and mends nothing', async () => {
    const big = file.replace('\'ada\'', `'ada', notes: [${'\'aaaaaaaaaa\', '.repeat(100)}]`)
    await using s = await settings({ text: big })
    await expect(s.change('config.edit', { unset: ['agent.notes'], force: true }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHRINKS' })
    await expect(s.k.call('config.doctor', { fix: true }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
    expect(await s.k.call('config.doctor', {}, { label: 'tool' })).toMatchObject({ repaired: [] })
  })

  it('cannot try out what it may not write', async () => {
    await using s = await settings({ text: file, ...options })
    const raw = '{ agent: { $include: "evil.json5" } }'
    await expect(s.k.call('config.validate', { raw }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
    expect(await s.k.call('config.validate', { raw })).toMatchObject({ ok: false })
    // Written so that only one of the two parsers takes it.
    const odd = '{ agent: { $include: "evil.json5", memo: { x: -.5 } } }'
    for (const method of ['config.validate', 'config.set']) await expect(s.k.call(method, { raw: odd, ...(method === 'config.set' && { baseHash: (await s.get()).hash }) }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_TEXT' })
    expect(await s.k.call('config.validate', {}, { label: 'tool' })).toMatchObject({ ok: true })
  })

  it('cannot begin the file with a text of its own that says more', async () => {
    await using s = await settings()
    await expect(s.k.call('config.set', { raw: '{ gateway: { port: 1 } }' }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
    expect(await s.k.call('config.set', { raw: '{ logs: { level: "warn" } }' }, { label: 'tool' })).toMatchObject({ ok: true })
  })

  it('cannot reach another key by one that a migration moves there', async () => {
    const migrations = [{ id: 'old', from: 'old', to: 'new', summary: 's', when: ['agent.port'], steps: [{ move: 'agent.port', to: 'gateway.port' }] }]
    await using s = await settings({ text: file, migrations })
    await expect(s.change('config.patch', { raw: '{ agent: { port: 1 } }' }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
  })
})

test('what a change comes to counts, not only what it says', async () => {
  await using s = await settings({ text: file })
  const { check } = s.fake.control
  Object.assign(s.fake.control, { check: async (text?: string) => {
    const view = await check(text)
    return text === undefined ? view : { ...view, merged: { ...view.merged, gateway: { port: 1 } } }
  } })
  await expect(s.change('config.patch', { raw: '{ logs: { level: "warn" } }' }, { label: 'tool' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_GUARDED', message: expect.stringContaining('gateway.port') })
})

describe('the marks', () => {
  const schema: JsonSchema = { type: 'object', properties: plugins }
  it.each([
    ['logs.level', true], ['logs', false], ['agent.name', true], ['agent.notes[3]', true], ['agent.tools', false], ['agent.tools.exec', false], ['agent.token', false], ['agent.nope', false],
    // One branch knows the key and refuses, the other knows no such key.
    ['agent.style', true], ['agent.style.mood', true], ['agent.style.risky', false], ['nope', false], ['', false], ['agent.name.x', false], ['agent[0]', false],
  ])('%s: %s', async (path, writable) => {
    const { parsePath } = await import('nexus-gateway/sdk')
    expect(isAgentWritable(schema, parsePath(path))).toBe(writable)
  })

  it('of every branch have to agree', () => {
    const either: JsonSchema = { properties: { p: { anyOf: [{ properties: { x: { type: 'string', agentWritable: true } } }, { additionalProperties: { type: 'string' } }] } } }
    expect(isAgentWritable(either, ['p', 'x'])).toBe(false)
  })

  it('decide, whatever the trees: what passes differs at marked keys only', () => {
    const value = fc.oneof(fc.constantFrom('a', '${X}', 1, true, null), fc.dictionary(fc.constantFrom('x', '$secret', '$include', 'mood', 'risky'), fc.constantFrom('a', '${X}', 1)))
    const block = fc.dictionary(fc.constantFrom('level', 'files', 'name', 'tools', 'token', 'style', 'notes', '$include'), value, { noNullPrototype: true })
    const any = fc.dictionary(fc.constantFrom('logs', 'agent', 'gateway', 'env', 'plugins', '$include', 'other'), fc.oneof(block, value), { noNullPrototype: true })
    fc.assert(fc.property(any, any, (before, after) => {
      try {
        checkGuard({ id: '', role: 'operator', scopes: new Set(), label: 'tool' }, schema, [{ before, after }])
      } catch (error) {
        expect(error).toMatchObject({ code: 'NEXUS_CONFIG_GUARDED' })
        return
      }
      for (const path of changes(before, after)) {
        expect(['logs', 'agent']).toContain(path[0])
        expect(['tools', 'token', 'files', '$include', '$secret', 'risky'].some((key) => path.includes(key))).toBe(false)
      }
    }), { numRuns: 2_000 })
  })
})
