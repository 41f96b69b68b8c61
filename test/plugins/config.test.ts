/** The methods of the plugin `config`: what they show, what they change, and what they refuse. */
import { readFile } from 'node:fs/promises'
import { describe, expect, it, test } from 'vitest'
import { sentinel, type ConfigDiff, type ConfigExplanation, type ConfigSchema, type ConfigVerdict } from '../../plugins/config/contract.ts'
import { settings } from './config-harness.ts'

const file = `// mine
{
  logs: { level: 'info' }, // loud
  provider: {
    baseUrl: 'https://one.example',
    apiKey: 'hunter2hunter2',
    models: [{ id: 'a', key: 'key-of-a' }, { id: 'b', key: 'key-of-b' }],
  },
}
`
const secrets = ['hunter2', 'key-of']

describe('config.get', () => {
  test('gives the protocol\'s snapshot, with the file and what runs', async () => {
    await using s = await settings({ text: file })
    expect(await s.get()).toMatchObject({
      path: s.fake.file, exists: true, valid: true, issues: [], legacyIssues: [], mode: 'normal',
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      raw: file.replace('hunter2hunter2', sentinel).replace('key-of-a', sentinel).replace('key-of-b', sentinel),
      parsed: { logs: { level: 'info' } },
      resolved: { logs: { level: 'info' } },
      config: { logs: { level: 'info', files: 5 }, gateway: { port: 19_789 }, provider: { apiKey: sentinel } },
    })
  })

  test('without a file has an empty hash', async () => {
    await using s = await settings()
    expect(await s.get()).toMatchObject({ exists: false, hash: '', raw: '', valid: true, config: { gateway: { bind: 'loopback' } } })
  })

  test('takes no params, and needs operator.read', async () => {
    await using s = await settings()
    await expect(s.k.call('config.get', { bad: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    await expect(s.k.call('config.get', {}, { scopes: [] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  test('of a file with faults says what is wrong and where, and what runs meanwhile', async () => {
    await using s = await settings({ text: file })
    await s.fake.put(file.replace('\'info\'', '\'lowd\''))
    expect(await s.get()).toMatchObject({ valid: false, mode: 'degraded', config: { logs: { level: 'info' } }, parsed: { logs: { level: 'lowd' } }, issues: [{ path: 'logs.level', line: 3, column: 11 }] })
    await s.fake.put('{ provider: { apiKey: hunter2hunter2 } }')
    const broken = await s.get()
    expect(broken).toMatchObject({ raw: null, valid: false })
    for (const secret of secrets) expect(JSON.stringify(broken)).not.toContain(secret)
  })
})

describe('a write', () => {
  const writes: [string, Record<string, unknown>][] = [
    ['config.set', { raw: '{ logs: { level: "warn" } }' }],
    ['config.apply', { raw: '{ logs: { level: "warn" } }', sessionKey: 'main', note: 'n', restartDelayMs: 5, deliveryContext: { channel: 'c', threadId: 7 } }],
    ['config.patch', { raw: '{ logs: { level: "warn" } }', note: 'n' }],
    ['config.edit', { set: [{ path: 'logs.level', value: 'warn' }] }],
  ]

  test.each(writes)('%s answers what it did', async (method, params) => {
    await using s = await settings({ text: file })
    const done = await s.change(method, { force: true, ...params })
    expect(done).toMatchObject({ ok: true, path: s.fake.file, restart: [], report: { started: ['one'], stopped: ['one'], blocked: [] }, config: { logs: { level: 'warn' } } })
    expect(done.changed).toContain('logs.level')
    expect(done.hash).toBe((await s.get()).hash)
    expect(await readFile(s.fake.file, 'utf8')).toMatch(/level: ["']warn["']/)
  })

  test.each([...writes, ['config.restore', { id: 'x' }] as [string, Record<string, unknown>]])('%s needs the hash of the file that is there', async (method, params) => {
    await using s = await settings({ text: file })
    await expect(s.k.call(method, params)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_BASE_HASH', wire: 'INVALID_REQUEST' })
    await expect(s.k.call(method, { ...params, baseHash: '0'.repeat(64) })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_STALE' })
    await expect(s.k.call(method, params, { scopes: ['operator.read', 'operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    expect(s.fake.writes).toEqual([])
  })

  test('of settings that would not be valid changes nothing and names every fault with its line', async () => {
    await using s = await settings({ text: file })
    const params = { raw: '{\n  logs: { level: "hunter2", fils: 3 },\n}', force: true }
    await expect(s.change('config.set', params)).rejects.toMatchObject({
      code: 'NEXUS_CONFIG_FAULTY',
      message: expect.not.stringContaining('hunter2'),
      data: { details: { issues: [{ path: 'logs.fils', meant: 'files', line: 2 }, { path: 'logs.level', line: 2, column: 11, excerpt: '  logs: { level: "hunter2", fils: 3 },' }] } },
    })
    await expect(s.change('config.set', { raw: '{ logs: { level: hunter2 } }' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_FAULTY', message: expect.not.stringContaining('hunter2'), data: { details: { issues: [{ line: 1, excerpt: expect.not.stringContaining('hunter2') }] } } })
    expect(await readFile(s.fake.file, 'utf8')).toBe(file)
  })

  test('of what is there already writes nothing', async () => {
    await using s = await settings({ text: file })
    for (const [method, params] of [['config.patch', { raw: '{ logs: { level: "info" } }' }], ['config.set', { raw: (await s.get()).raw }], ['config.edit', { set: [{ path: 'logs', value: { level: 'info' } }], unset: ['provider.nothing'] }]] as const) {
      expect(await s.change(method, params)).toMatchObject({ ok: true, noop: true, changed: [] })
    }
    expect(s.fake.writes).toEqual([])
  })

  test('stamps the file with the version, and leaves the rest as it was', async () => {
    await using s = await settings({ text: file })
    await s.change('config.patch', { raw: '{ logs: { level: "debug" } }' })
    expect(s.fake.writes).toEqual([file.replace('\'info\'', '\'debug\'').replace('],\n  },\n}', '],\n  },\n  meta: {\n    lastTouchedVersion: \'test\',\n  },\n}')])
  })

  test('without a file begins one', async () => {
    await using s = await settings()
    await s.k.call('config.patch', { raw: '{ logs: { files: 2 } }' })
    expect(s.fake.writes[0]).toMatch(/^\/\/ .*\n\/\/ .*\n\{\n( {2}\/\/ .*\n)+ {2}logs: \{\n {4}files: 2,\n {2}\},\n/)
  })

  test('that the gateway takes back says why', async () => {
    await using s = await settings({ text: file })
    s.fake.unhealthy('plugin "one": no luck')
    await expect(s.change('config.patch', { raw: '{ logs: { files: 1 } }' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNHEALTHY' })
    expect(await readFile(s.fake.file, 'utf8')).toBe(file)
  })

  test('that loses most of the file needs force', async () => {
    await using s = await settings({ text: file + ' '.repeat(1_000) })
    await expect(s.change('config.set', { raw: '{}\n// nothing' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHRINKS' })
    expect(await s.change('config.set', { raw: '{}\n// nothing', force: true })).toMatchObject({ ok: true })
  })

  test('to a key that a variable overrides says so', async () => {
    await using s = await settings({ text: file, env: { NEXUS__logs__level: 'warn' } })
    expect((await s.change('config.patch', { raw: '{ logs: { level: "debug" } }' })).notes).toEqual(['"logs.level" is overridden by NEXUS__logs__level; what was written takes effect without that'])
  })

  test('of a file that nobody can read is refused, unless it replaces all of it', async () => {
    await using s = await settings({ text: '{ logs: ' })
    await expect(s.change('config.patch', { raw: '{ logs: { files: 1 } }' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_BROKEN' })
    await expect(s.change('config.edit', { set: [{ path: 'logs.files', value: 1 }] })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_BROKEN' })
    expect(await s.change('config.set', { raw: '{ logs: { files: 1 } }' })).toMatchObject({ ok: true })
  })

  test('mends a file that has faults and loses nothing of it', async () => {
    await using s = await settings({ text: '{ logs: { files: "x" }, provider: { baseUrl: "u" } }' })
    await s.change('config.edit', { set: [{ path: 'logs.files', value: 3 }] })
    expect(s.fake.writes[0]).toBe('{ logs: { files: 3 }, provider: { baseUrl: "u" }, meta: { lastTouchedVersion: "test" } }')
  })

  test('puts on disk what migrations have made of it', async () => {
    const migrations = [{ id: 'old', from: 'old', to: 'new', summary: 'log is logs', when: ['log'], steps: [{ move: 'log', to: 'logs' }] }]
    await using s = await settings({ text: '{\n  // c\n  log: { files: 2 },\n}\n', migrations })
    await s.change('config.patch', { raw: '{ logs: { level: "warn" } }' })
    expect(s.fake.writes[0]).toBe('{\n  // c\n  logs: { files: 2, level: \'warn\' },\n  meta: { lastTouchedVersion: \'test\' },\n}\n')
  })
})

describe('config.patch', () => {
  test('takes a null as the end of a key', async () => {
    await using s = await settings({ text: file })
    expect((await s.change('config.patch', { raw: '{ logs: null, provider: { models: null } }' })).changed).toEqual(['logs.level', 'provider.models'])
    expect(s.fake.writes[0]).toContain('// loud')
  })

  test('merges entries of a list by their id, and keeps their secrets', async () => {
    await using s = await settings({ text: file })
    await s.change('config.patch', { raw: '{ provider: { models: [{ id: "b", size: 3 }, { id: "c" }] } }' })
    expect(s.fake.writes[0]).toContain('[{ id: \'a\', key: \'key-of-a\' }, { id: \'b\', key: \'key-of-b\', size: 3 }, { id: \'c\' }]')
  })

  test('shortens a list only if it is named', async () => {
    await using s = await settings({ text: '{ agent: { notes: ["a", "b"] } }' })
    const patch = { raw: '{ agent: { notes: ["b"] } }' }
    await expect(s.change('config.patch', patch)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHRINKING_LIST', message: expect.stringContaining('agent.notes') })
    await s.change('config.patch', { ...patch, replacePaths: ['agent["notes"]'] })
    expect(s.fake.writes[0]).toContain('notes: ["b"]')
  })

  test('must be an object', async () => {
    await using s = await settings({ text: file })
    await expect(s.change('config.patch', { raw: '[1]' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHAPE' })
    await expect(s.change('config.patch', { raw: '{ a' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_TEXT' })
  })

  test('cannot take out what another file gives, and names the place', async () => {
    await using s = await settings({ text: '{ $include: "more.json5" }', files: { 'more.json5': '{\n  logs: { files: 2 },\n}' } })
    await expect(s.change('config.patch', { raw: '{ logs: { files: null } }' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_ELSEWHERE', message: expect.stringContaining('more.json5:2') })
    await expect(s.change('config.edit', { unset: ['logs.files'] })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_ELSEWHERE' })
  })
})

describe('config.edit', () => {
  test('reaches into lists and makes what is missing above', async () => {
    await using s = await settings({ text: file })
    await s.change('config.edit', { set: [{ path: 'provider.models[1].size', value: 2 }, { path: 'agent.tools["x-y"]', value: true }], unset: ['provider.models[0].key'] })
    expect(s.fake.writes[0]).toContain('[{ id: \'a\' }, { id: \'b\', key: \'key-of-b\', size: 2 }]')
    expect(s.fake.writes[0]).toContain('\'x-y\': true')
  })

  test.each([['logs.level.x', 1], ['provider.models[7]', {}], ['provider.models.x', 1], ['agent[1]', 1]])('refuses %s', async (path, value) => {
    await using s = await settings({ text: file })
    await expect(s.change('config.edit', { set: [{ path, value }] })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_NO_PLACE' })
    await expect(s.change('config.edit', { set: [{ path: 'a..b', value }] })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_PATH' })
  })
})

describe('history', () => {
  test('goes back to any of the last texts, to the byte', async () => {
    await using s = await settings({ text: file })
    await s.change('config.patch', { raw: '{ logs: { level: "debug" } }' })
    const { backups } = await s.k.call('config.history') as { backups: { id: string; bytes: number }[] }
    expect(backups).toMatchObject([{ bytes: Buffer.byteLength(file), time: expect.any(Number), hash: expect.any(String) }])
    expect(await s.change('config.restore', { id: backups[0]!.id })).toMatchObject({ ok: true, changed: ['logs.level', 'meta.lastTouchedVersion'] })
    expect(await readFile(s.fake.file, 'utf8')).toBe(file)
    await expect(s.change('config.restore', { id: 'nope' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_BACKUP' })
  })

  test('goes back from a file that nobody can read', async () => {
    await using s = await settings({ text: file })
    await s.change('config.patch', { raw: '{ logs: { level: "debug" } }' })
    await s.fake.put('{ torn')
    const { backups } = await s.k.call('config.history') as { backups: { id: string }[] }
    expect(await s.change('config.restore', { id: backups[0]!.id })).toMatchObject({ ok: true })
    expect(await s.get()).toMatchObject({ raw: expect.stringContaining('// mine'), valid: true })
  })

  test('shows what differs, without the secrets', async () => {
    await using s = await settings({ text: file })
    await s.change('config.patch', { raw: '{ logs: { level: "debug" }, provider: { apiKey: "correct horse" } }' })
    const diff = await s.k.call('config.diff') as ConfigDiff
    expect(diff.changes).toEqual([
      { path: 'logs.level', kind: 'changed', before: 'info', after: 'debug', secret: false },
      { path: 'provider.apiKey', kind: 'changed', before: sentinel, after: sentinel, secret: true },
      { path: 'meta', kind: 'added', after: { lastTouchedVersion: 'test' }, secret: false },
    ])
    expect(diff.text).toBe([
      '@@ -1,9 +1,12 @@', ' // mine', ' {', '-  logs: { level: \'info\' }, // loud', '+  logs: { level: \'debug\' }, // loud', '   provider: {', '     baseUrl: \'https://one.example\',', `     apiKey: '${sentinel}',`,
      `     models: [{ id: 'a', key: '${sentinel}' }, { id: 'b', key: '${sentinel}' }],`, '   },', '+  meta: {', '+    lastTouchedVersion: \'test\',', '+  },', ' }',
    ].join('\n'))
    expect(await s.k.call('config.diff', { raw: '{}' })).toMatchObject({ from: s.fake.file, to: 'given text' })
    for (const secret of [...secrets, 'correct']) expect(JSON.stringify(diff)).not.toContain(secret)
  })
})

test('config.validate tells every fault with its line, also of an included file, and changes nothing', async () => {
  await using s = await settings({ text: file, files: { 'more.json5': '{\n  logs: { fils: "hunter2" },\n}' } })
  expect(await s.k.call('config.validate')).toMatchObject({ ok: true, issues: [], notes: expect.arrayContaining([expect.stringContaining('"provider.apiKey"')]) })
  const verdict = await s.k.call('config.validate', { raw: '{\n  $include: "more.json5",\n  provider: { apiKey: "abc", modls: [] },\n}' }) as ConfigVerdict
  expect(verdict.ok).toBe(false)
  expect(verdict.issues).toEqual(expect.arrayContaining([
    { path: 'provider.apiKey', message: expect.stringContaining('4'), file: s.fake.file, line: 3, column: 15, excerpt: '  provider: { apiKey: "•••", modls: [] },' },
    { path: 'provider.modls', message: expect.any(String), meant: 'models', file: s.fake.file, line: 3, column: 30, excerpt: expect.any(String) },
    { path: 'logs.fils', message: expect.any(String), meant: 'files', file: expect.stringContaining('more.json5'), line: 2, column: 11, excerpt: '  logs: { fils: "•••••••" },' },
  ]))
  expect(s.fake.writes).toEqual([])
})

test('config.schema is of the whole file and says what is secret', async () => {
  await using s = await settings({ text: file })
  const { schema, uiHints, version, generatedAt } = await s.k.call('config.schema', {}, { scopes: ['operator.read'] }) as ConfigSchema
  expect(schema).toMatchObject({ $schema: expect.stringContaining('json-schema.org'), properties: { gateway: { type: 'object' }, logs: { type: 'object' } } })
  expect(uiHints).toMatchObject({ 'logs.level': { help: 'How much is logged.', agentWritable: true }, 'provider.apiKey': { sensitive: true }, 'provider.models[].key': { sensitive: true }, 'env.*': { sensitive: true } })
  expect([version, generatedAt]).toEqual(['test', '2026-01-01T00:00:00.000Z'])
})

describe('config.explain', () => {
  const explained = async (s: Awaited<ReturnType<typeof settings>>, path: string) => await s.k.call('config.explain', { path }) as ConfigExplanation

  it('tells which layer, file, line and variable gave a value, and what the schema says of it', async () => {
    await using s = await settings({ text: '{\n  $include: "more.json5",\n  logs: { level: \'${LEVEL}\' },\n  provider: { apiKey: { $secret: "env:KEY" } },\n}', env: { LEVEL: 'warn', NEXUS__agent__name: 'x' }, files: { 'more.json5': '{ provider: { baseUrl: "u" } }' } })
    expect(await explained(s, 'logs.level')).toMatchObject({ set: true, value: 'warn', layer: 'file', place: { line: 3, column: 11 }, variables: ['LEVEL'], known: true, secret: false, agentWritable: true, type: 'string', enum: ['debug', 'info', 'warn'], default: 'info', description: 'How much is logged.' })
    expect(await explained(s, 'provider.baseUrl')).toMatchObject({ layer: 'include', place: { file: expect.stringContaining('more.json5'), line: 1 }, agentWritable: false })
    expect(await explained(s, 'provider.apiKey')).toMatchObject({ secret: true, source: 'env:KEY', type: 'string' })
    expect(await explained(s, 'logs.files')).toMatchObject({ set: true, value: 5, layer: 'default' })
    expect(await explained(s, 'agent.name')).toMatchObject({ layer: 'override', name: 'NEXUS__agent__name' })
    expect(await explained(s, 'logs')).toMatchObject({ keys: ['level', 'files'] })
  })

  it('shows no secret, and names the key that was meant', async () => {
    await using s = await settings({ text: file })
    expect(await explained(s, 'provider.apiKey')).toMatchObject({ secret: true, value: sentinel })
    expect(await explained(s, 'provdier.apiKey')).toMatchObject({ set: false, known: false, layer: 'none', meant: 'provider.apiKey' })
    expect(await explained(s, 'logs.levle')).toMatchObject({ known: false, meant: 'logs.level' })
  })
})
