/** No answer shows a secret, and no write loses or moves one. */
import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it, test } from 'vitest'
import { sentinel } from '../../plugins/config/contract.ts'
import { parseDocument } from '../../plugins/config/edit-document.ts'
import { excerptsOf } from '../../plugins/config/excerpt.ts'
import { redactComment, redactText, redactTree } from '../../plugins/config/redact.ts'
import { settle } from '../../plugins/config/settle.ts'
import type { Table } from '../../plugins/config/tree.ts'
import { plugins, settings } from './config-harness.ts'

const file = `{
  // apiKey: 'hunter2-in-a-comment'
  env: { SOME_VALUE: 'hunter2-env' },
  provider: {
    baseUrl: 'https://me:hunter2-url@one.example', /* token = hunter2-block */
    apiKey: "hunter2-key", // an old one: sk-hunter2aaaaaaaaaaaaaaaa
    pin: 12345678,
    headers: { Authorization: 'Bearer hunter2hunter2', Accept: 'text/plain' },
    models: [{ id: 'a', key: 'hunter2-a' }, { id: 'b', key: 'hunter2-b' }],
    extra: { password: 'hunter2-extra', list: ['ghp_hunter2aaaaaaaaaaaaaaaa'] },
  },
  agent: { token: { $secret: 'env:AGENT_TOKEN' }, name: 'ada' },
}
`
const hasSecret = (value: unknown): boolean => /hunter2|12345678/.test(JSON.stringify(value))

describe('not shown', () => {
  test.each([
    ['config.get', {}], ['config.validate', {}], ['config.diff', { raw: '{}' }], ['config.schema', {}], ['config.history', {}], ['config.doctor', {}],
    ...['', 'provider', 'provider.apiKey', 'provider.pin', 'provider.headers', 'provider.models[1].key', 'provider.extra', 'env', 'env.SOME_VALUE', 'agent'].map((path) => ['config.explain', { path }]),
  ] as [string, object][])('%s %j', async (method, params) => {
    await using s = await settings({ text: file })
    expect(hasSecret(await s.k.call(method, params))).toBe(false)
  })

  test('in the answer to a write, nor in the log', async () => {
    await using s = await settings({ text: file })
    expect(hasSecret(await s.change('config.patch', { raw: '{ provider: { apiKey: "hunter2-new" } }' }))).toBe(false)
    expect(hasSecret(s.k.logs)).toBe(false)
  })

  test('and everything else is, references among it', async () => {
    await using s = await settings({ text: file, env: { AGENT_TOKEN: 'hunter2-env' } })
    const { raw, config } = await s.get()
    expect(raw).toContain('Accept: \'text/plain\'')
    expect(raw).toContain('agent: { token: { $secret: \'env:AGENT_TOKEN\' }, name: \'ada\' }')
    expect(raw).toContain(`// apiKey: ${sentinel}`)
    expect(config).toMatchObject({ agent: { token: { $secret: 'env:AGENT_TOKEN' } }, provider: { pin: sentinel, headers: { Accept: 'text/plain' } } })
  })

  test('where no plugin answers for the block', async () => {
    await using s = await settings({ text: '{ provdier: { key: "hunter2", on: true, port: 5 }, logs: { fils: "hunter2" } }' })
    const { raw, parsed, issues } = await s.get()
    expect(hasSecret({ raw, parsed, issues })).toBe(false)
    expect(parsed).toMatchObject({ provdier: { key: sentinel, on: true, port: 5 } })
  })

  test('in the environment, whatever the schema says', () => {
    expect(redactTree({ env: { SOME: 'hunter2', LIKE: '${OTHER}' }, other: { env: { SOME: 'x' } } }, {})).toEqual({ env: { SOME: sentinel, LIKE: '${OTHER}' }, other: { env: { SOME: 'x' } } })
  })

  test('where a variable with a secret\'s name gave the value', async () => {
    await using s = await settings({ text: '{ provider: { baseUrl: "https://x/${MY_KEY}", headers: { a: "${PLAIN}" } } }', env: { MY_KEY: 'hunter2', PLAIN: 'plain' } })
    const { raw, resolved } = await s.get()
    expect(raw).toContain('${MY_KEY}')
    expect(resolved).toMatchObject({ provider: { baseUrl: sentinel, headers: { a: 'plain' } } })
  })

  test.each([
    ['{ $secret: "env:NAME" }', true], ['{ $secret: "file:~/key" }', true], ['{ $secret: "store:key" }', true], ['{ $secret: "exec:pass" }', true], ['"${NAME}"', true],
    ['{ $secret: "hunter2" }', false], ['{ $secret: "env:NAME", more: "hunter2" }', false], ['{ $secret: "exec:echo hunter2" }', false], ['"x${NAME}"', false], ['""', false], ['["hunter2"]', false],
  ])('a reference is, what only looks like one is not: %s', async (text, shown) => {
    const tree = JSON5.parse(`{ provider: { apiKey: ${text} } }`) as Table
    const schema = { properties: plugins } as const
    const document = await parseDocument(`{ provider: { apiKey: ${text} } }`)
    expect(redactTree(tree, schema)).toEqual(shown ? tree : { provider: { apiKey: sentinel } })
    expect(redactText(document, schema).includes(sentinel)).toBe(!shown)
  })

  test('in the line of a fault, whose column still fits', async () => {
    const line = '  apiKey: hunter2hunter2, baseUrl: "https://hunter2" x: 12345678, n: 5'
    const shown = (await excerptsOf(`{\n${line}\n`))(2)!
    expect(shown).toBe('  apiKey: ••••••••••••••, baseUrl: "•••••:•••••••••" x: ••••••••, n: 5'.replace('•••••:•••••••••', '••••••//•••••••'))
    expect(shown).toHaveLength(line.length)
    expect((await excerptsOf('{ provider: { apiKey: "hunter2", baseUrl: "u" } } // hunter2', { properties: plugins }))(1)).toBe('{ provider: { apiKey: "•••••••", baseUrl: "u" } } // •••••••')
    expect((await excerptsOf('{}'))(7)).toBeUndefined()
  })

  test.each([
    ['// maxTokens: 4096', '// maxTokens: 4096'], ['// token: hunter2', `// token: ${sentinel}`], ['/* a\n * "api_key" = "hunter2"\n b */', `/* a\n * "api_key" = ${sentinel}\n b */`],
    ['// xoxb-hunter2aaaaaaa was the old one', `// ${sentinel}`], ['/* password: hunter2 */', `/* password: ${sentinel} */`], ['// apiKey: \'${KEY}\'', '// apiKey: \'${KEY}\''],
  ])('in a comment: %s', (comment, shown) => expect(redactComment(comment)).toBe(shown))
})

describe('what was shown and comes back', () => {
  const back: [string, (s: Awaited<ReturnType<typeof settings>>) => Promise<[string, Record<string, unknown>]>][] = [
    ['as the text', async (s) => ['config.set', { raw: (await s.get()).raw! }]],
    ['as the file\'s tree in JSON', async (s) => ['config.set', { raw: JSON.stringify((await s.get()).parsed) }]],
    ['as the whole tree in JSON', async (s) => ['config.set', { raw: JSON.stringify((await s.get()).config, null, 2) }]],
    ['as what was resolved', async (s) => ['config.apply', { raw: JSON.stringify((await s.get()).resolved) }]],
    ['as a patch', async (s) => ['config.patch', { raw: JSON.stringify((await s.get()).config) }]],
    ['by its paths', async (s) => ['config.edit', { set: Object.entries((await s.get()).parsed).map(([path, value]) => ({ path, value })) }]],
  ]

  const rich = file.replace('name: \'ada\'', 'name: \'${NAME}\', model: \'$${literal}\'')
  it.each(back.filter(([name]) => name !== 'as a patch'))('%s changes nothing', async (_, make) => {
    await using s = await settings({ text: rich, env: { NAME: 'ada' } })
    const [method, params] = await make(s)
    expect(await s.change(method, params)).toMatchObject({ noop: true })
    expect(await readFile(s.fake.file, 'utf8')).toBe(rich)
  })

  it('as a patch writes defaults out, and no secret is lost', async () => {
    await using s = await settings({ text: rich, env: { NAME: 'ada' } })
    const [method, params] = await back[4]![1](s)
    await s.change(method, params)
    const { meta: _, gateway: _2, plugins: _3, logs: _4, pluginPolicy: _5, ...rest } = JSON5.parse(s.fake.writes[0]!) as Table
    const before = JSON5.parse(rich) as { provider: { models: Table[] } }
    expect(rest).toEqual({ ...before, provider: { ...before.provider, models: before.provider.models.map((model) => ({ ...model, size: 8 })) } })
  })

  it('with one value changed changes that one, whatever form it comes in', async () => {
    for (const [name, make] of back.slice(0, 4)) {
      await using s = await settings({ text: rich, env: { NAME: 'ada' } })
      const [method, params] = await make(s)
      await s.change(method, { raw: (params['raw'] as string).replace('text/plain', 'text/html') })
      const expected = rich.replace('text/plain', 'text/html')
      expect(s.fake.writes[0], name).toBe(expected.replace(/\}\n$/, '  meta: {\n    lastTouchedVersion: \'test\',\n  },\n}\n'))
    }
  })

  it('with included files leaves their settings where they are', async () => {
    const text = '{\n  $include: "more.json5", // c\n  logs: { files: 2 },\n}\n'
    await using s = await settings({ text, files: { 'more.json5': '{ provider: { apiKey: "hunter2" }, logs: { level: "warn" } }' } })
    const { config, resolved } = await s.get()
    for (const tree of [config, resolved]) expect(await s.change('config.set', { raw: JSON.stringify(tree) })).toMatchObject({ noop: true })
    expect(await s.change('config.patch', { raw: JSON.stringify({ provider: config['provider'] }) })).toMatchObject({ noop: true })
    await s.change('config.set', { raw: JSON.stringify({ ...config, logs: { files: 3, level: 'warn' } }) })
    expect(s.fake.writes[0]).toContain('{\n  $include: "more.json5", // c\n  logs: { files: 3 },\n')
  })

  it('in a comment too, in the text', async () => {
    await using s = await settings({ text: file })
    const { raw } = await s.get()
    await s.change('config.set', { raw: raw!.replace('// apiKey', '// was apiKey').replace('ada', 'bob') })
    expect(s.fake.writes[0]).toContain(`// was apiKey: ${sentinel}`)
    expect(s.fake.writes[0]).toContain('/* token = hunter2-block */')
  })
})

describe('the sentinel', () => {
  it.each([
    ['config.set', { raw: `{ provider: { apiKey: "${sentinel}" } }\n// c` }], ['config.patch', { raw: `{ provider: { apiKey: "${sentinel}" } }` }], ['config.edit', { set: [{ path: 'provider.apiKey', value: sentinel }] }],
  ])('where no secret is, is refused with the path: %s', async (method, params) => {
    await using s = await settings({ text: '{ provider: { baseUrl: "u" } }' })
    await expect(s.change(method, params)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SENTINEL', message: expect.stringContaining('"provider.apiKey"') })
  })

  const S = sentinel
  const list = [{ id: 'a', key: '1' }, { id: 'b', key: '2' }]
  const bare = [{ url: 'x', key: '1' }, { url: 'y', key: '2' }]
  it.each([
    ['the entry with its id', [{ id: 'b', key: S }], list, [{ id: 'b', key: '2' }]],
    ['the entry that looks like it', [{ url: 'y', key: S }], bare, [{ url: 'y', key: '2' }]],
    ['the entry that looks like it, when they change places', [{ url: 'y', key: S }, { url: 'x', key: S }], bare, [{ url: 'y', key: '2' }, { url: 'x', key: '1' }]],
    ['the entry in its place, if there are as many', [{ url: 'z', key: S }, { url: 'y', key: S }], bare, [{ url: 'z', key: '1' }, { url: 'y', key: '2' }]],
    ['a text in its place, if there are as many', [S, 'new'], ['1', '2'], ['1', 'new']],
    ['nothing, in a list that is shorter', [S], ['1', '2'], undefined],
    ['nothing, for an entry that is new', [...list, { id: 'c', key: S }], list, undefined],
    ['nothing, for an entry that could be either', [{ key: S }], [{ key: '1' }, { key: '2' }], undefined],
    ['nothing, for an entry like none', [{ url: 'z', key: S }], bare, undefined],
  ])('in a list takes %s', (_, given, raw, expected) => {
    const known = { raw: { list: raw }, merged: { list: raw }, shown: {} }
    if (expected) expect(settle({ list: given }, known, 'text')).toEqual({ list: expected })
    else expect(() => settle({ list: given }, known, 'text')).toThrow(expect.objectContaining({ code: 'NEXUS_CONFIG_SENTINEL' }))
  })

  it('never lets a secret reach another place, however a list is cut and turned', () => {
    const entry = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd', 'e'), n: fc.nat(2) })
    fc.assert(fc.property(fc.uniqueArray(entry, { selector: ({ id }) => id, maxLength: 5 }), fc.array(fc.nat(9), { maxLength: 5 }), (entries, picks) => {
      const raw = entries.map((one) => ({ ...one, key: `secret of ${one.id}` }))
      const given = [...new Set(picks)].flatMap((i) => (raw[i] ? [{ ...raw[i], key: sentinel }] : []))
      const { list } = settle({ list: given }, { raw: { list: raw }, merged: {}, shown: {} }, 'tree') as unknown as { list: typeof raw }
      for (const { id, key } of list) expect(key).toBe(`secret of ${id}`)
    }))
  })
})

describe('a variable stays where its value comes back', () => {
  const text = '{\n  provider: { baseUrl: \'https://${HOST}/v1\', apiKey: "${KEY}" },\n  logs: { files: \'${N}\' },\n}\n'
  const env = { HOST: 'one.example', KEY: 'hunter2', N: '3' }
  it.each([['config.set', { raw: '// new\n{ provider: { baseUrl: "https://one.example/v1", apiKey: "hunter2" }, logs: { files: 3 } }' }], ['config.patch', { raw: '{ provider: { baseUrl: "https://one.example/v1", apiKey: "hunter2" } }' }]])('%s', async (method, params) => {
    await using s = await settings({ text, env })
    const done = await s.change(method, params)
    expect(done.changed).toEqual([])
    const now = await readFile(s.fake.file, 'utf8')
    for (const name of ['${HOST}', '${KEY}', '${N}']) expect(now).toContain(name)
  })

  it('and goes where another value comes', async () => {
    await using s = await settings({ text, env })
    await s.change('config.patch', { raw: '{ provider: { baseUrl: "https://two.example/v1" } }' })
    expect(s.fake.writes[0]).toContain('{ baseUrl: \'https://two.example/v1\', apiKey: "${KEY}" }')
  })
})
