/** Files, environment and flags become one tree, and all that is wrong is told at once. */
import { chmodSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { checkTree, wholeSchema } from '../../kernel/config/check.ts'
import { digest } from '../../kernel/config/atomic.ts'
import type { Migration } from '../../kernel/config/migrate.ts'
import { defaultPolicy } from '../../kernel/config/policy.ts'
import { parseText } from '../../kernel/config/read.ts'
import { schemaFaults } from '../../kernel/config/subset.ts'
import { checkConfig } from '../../kernel/config/schema.ts'
import { isTable } from '../../kernel/config/table.ts'
import { statePaths } from '../../kernel/paths.ts'
import { configFiles, manifestsOf, strict } from './config-files.ts'

describe('reading settings', () => {
  it('gives the kernel\'s part, the list, and one block for each plugin', async () => {
    const { dir, file, look } = configFiles()
    const text = '{ // mine\n gateway: { port: 8080, }, plugins: ["cron", "./own.ts", "-openai", "-../x"], cron: { zone: "UTC" }, $schema: "x", meta: { by: "me" } }'
    const { tree, lines } = await look(text, {}, { cron: strict({ zone: { type: 'string' } }) })
    expect(lines).toEqual([])
    expect(tree).toMatchObject({ file, exists: true, text, hash: digest(Buffer.from(text)), gateway: { port: 8080, bind: 'loopback' }, plugins: ['cron', join(dir, 'own.ts'), '-openai', `-${join(dir, '..', 'x')}`], blocks: { cron: { zone: 'UTC' } } })
    expect(tree.raw['plugins']).toEqual(['cron', './own.ts', '-openai', '-../x'])
    expect(tree.files).toEqual([file])
  })

  it.each([['a file that is not there', undefined], ['an empty table', '{}'], ['a byte order mark', '\uFEFF{}']])('does with %s', async (_, text) => {
    const { tree, lines } = await configFiles().look(text)
    expect(lines).toEqual([])
    expect(tree).toMatchObject({ exists: text !== undefined, gateway: { port: 19789, bind: 'loopback' }, plugins: [], blocks: {} })
    expect(tree.hash === '').toBe(text === undefined)
  })

  it('does not take a file that was cut to nothing for one without settings', async () => {
    expect((await configFiles().look('')).lines).toEqual(['nexus.json5:1:1: there are no settings here; write {} if that is what is meant'])
  })

  it('wants a file that was named to be there', async () => {
    const { tree, lines } = await configFiles().look(undefined, { mustExist: true })
    expect(lines).toEqual(['nexus.json5: there is no such file'])
    expect(tree).toMatchObject({ exists: false, hash: '', whole: false })
  })

  it('says where the syntax is wrong, and does not quote', async () => {
    const { look } = configFiles()
    expect((await look('{\n  auth: { token: sk-secret },\n}')).lines).toEqual(['nexus.json5:2:18: a text must stand in quotes'])
    expect((await look('{ a: [')).lines).toEqual(['nexus.json5:1:7: the file ends here, and the list that begins at 1:6 is not closed'])
    expect((await look("{ a: '\n' }")).lines).toEqual(['nexus.json5:1:6: the text that begins here is not closed on its line'])
  })

  it('names every fault of the kernel\'s own keys at once', async () => {
    const { tree, lines } = await configFiles().look('{\n  gateway: { port: "8080", bnd: "lan" },\n  plugins: [1],\n  env: { A: 5, shellEnv: { enable: true } },\n  pluginPolicy: { trust: [], minimumReleaseAge: "3d" },\n}')
    expect(lines).toEqual([
      'nexus.json5:2:28: "gateway.bnd" is not a known key; did you mean "bind"?',
      'nexus.json5:2:14: "gateway.port" must be a whole number at least 0 and at most 65535, without quotes',
      'nexus.json5:3:13: "plugins[0]" must be a string of at least 1 characters and of at most 1024 characters, in quotes',
      'nexus.json5:5:19: "pluginPolicy.trust" is not a known key; did you mean "trusted"?',
      'nexus.json5:5:30: "pluginPolicy.minimumReleaseAge" must be a whole number at least 0 and at most 8760',
      'nexus.json5:4:10: "env.A" must be a string, in quotes',
      'nexus.json5:4:28: "env.shellEnv.enable" is not a known key; did you mean "enabled"?',
    ])
    // What cannot be read trusts nobody.
    expect(tree).toMatchObject({ gateway: { port: 19789, bind: 'loopback' }, plugins: [], policy: defaultPolicy })
  })

  it.each(['[]', '"x"', 'null', '5'])('wants a table, not %s', async (text) => {
    expect((await configFiles().look(text)).lines).toEqual(['nexus.json5:1:1: the settings must stand between { and }'])
  })

  it('refuses a file that is too large before it reads it', async () => {
    const { file, put, look } = configFiles()
    put('nexus.json5', '')
    truncateSync(file, 5 * 1024 * 1024)
    expect((await look()).lines).toEqual(['nexus.json5: the file is larger than 4 MiB'])
    expect((await look(undefined, { text: `{}${' '.repeat(4 * 1024 * 1024)}` })).lines).toEqual(['nexus.json5: the file is larger than 4 MiB'])
  })

  it('says so when the file cannot be read', async () => {
    const { dir, file, look } = configFiles()
    expect((await look(undefined, { file: dir })).lines.join()).toContain('not a regular one but a directory')
    expect((await look(undefined, { file: join(file, 'x.json5'), mustExist: true })).lines.join()).toContain('there is no such file')
    await look('{}')
    chmodSync(file, 0)
    if (process.getuid?.() !== 0) expect((await look()).lines).toEqual(['nexus.json5: the file may not be read by this user'])
  })

  it('has an answer for any text: a table or a fault with a place', async () => {
    await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[{}[\]:,'"a\n/*\\]*$/)), async (text) => {
      const { tree, faults } = await parseText(text, 'f')
      if (tree) expect(isTable(tree)).toBe(true)
      else expect(faults).toMatchObject([{ place: { file: 'f', line: expect.any(Number) as number, column: expect.any(Number) as number } }])
    }))
  })

  it('reads a candidate for the file as if it stood there', async () => {
    const { look, put } = configFiles()
    put('more.json5', '{ cron: { zone: "UTC" } }')
    const { tree, lines } = await look('{ gateway: { port: 1 } }', { text: '{ $include: "./more.json5", gateway: { prt: 2 } }' })
    expect(lines).toEqual(['nexus.json5:1:40: "gateway.prt" is not a known key; did you mean "port"?', 'more.json5:1:3: "cron" is no plugin in the list'])
    expect(tree.raw).toEqual({ $include: './more.json5', gateway: { prt: 2 } })
  })

  it('takes the last known good in place of any file', async () => {
    const { look, put, dir } = configFiles()
    put('part.json5', '{ plugins: ["./own"], auth: { token: "${TOKEN}" } }')
    const first = (await look('{ $include: "part.json5", gateway: { port: 5 } }', { env: { TOKEN: 'a' } })).tree
    const { tree } = await look('{ nothing', { env: { TOKEN: 'b', NEXUS__gateway__bind: 'lan' }, tree: { merged: first.included } })
    expect(JSON.stringify(first.included)).toContain('${TOKEN}')
    expect(tree).toMatchObject({ faults: [], gateway: { port: 5, bind: 'lan' }, plugins: [join(dir, 'own')], blocks: { auth: { token: 'b' } } })
  })

  it('tells of a file that a newer gateway has written, and not of one that an older has', async () => {
    const { look } = configFiles()
    const notes = async (touched: string, version: string) => (await look(`{ meta: { lastTouchedVersion: "${touched}" } }`, { version })).notes
    for (const [touched, version] of [['1.2.4', '1.2.3'], ['1.3.0', '1.2.9'], ['10.0.0', '9.9.9']] as const) expect(await notes(touched, version)).toEqual([expect.stringContaining(`newer version than this gateway's ${version}`)])
    for (const [touched, version] of [['1.2.3', '1.2.3'], ['1.2.9', '1.3.0'], ['9.9.9', '10.0.0'], ['soon', '1.0.0'], ['1.0.0', 'dev']] as const) expect(await notes(touched, version)).toEqual([])
  })
})

describe('the plugins\' blocks', () => {
  const cron = strict({ zone: { type: 'string' }, every: { type: 'integer', minimum: 1, default: 60 } }, ['zone'])

  it('get their defaults, and are what plugins are set up with', async () => {
    const { checked, tree } = await configFiles().look('{ cron: { zone: "UTC" } }', {}, { cron })
    expect(checked.blocks).toEqual({ cron: { zone: 'UTC', every: 60 } })
    expect(checked.resolved).toEqual({ gateway: { port: 19789, bind: 'loopback' }, plugins: [], pluginPolicy: defaultPolicy, cron: { zone: 'UTC', every: 60 } })
    expect(tree.merged).toEqual({ cron: { zone: 'UTC' } })
  })

  it('that belong to no plugin are known, unless some plugin cannot say its id', async () => {
    const { look } = configFiles()
    const { lines, tree } = await look('{\n crn: {},\n chat: {},\n gatewy: {},\n zzz: {} }', {}, { cron, chat: strict({}) })
    expect(lines).toEqual(['nexus.json5:2:2: "crn" is no plugin in the list; did you mean "cron"?', 'nexus.json5:4:2: "gatewy" is no plugin in the list; did you mean "gateway"?', 'nexus.json5:5:2: "zzz" is no plugin in the list'])
    expect(checkTree(tree, { manifests: {}, complete: false }).faults).toEqual([])
    expect((await look('{ toString: {} }')).lines).toEqual(['nexus.json5:1:3: "toString" is no plugin in the list'])
  })

  it('are checked for the plugins that run, where that is known: also those that are not there', async () => {
    const { tree } = await configFiles().look('{ chat: { no: 1 } }')
    const manifests = manifestsOf({ cron, chat: strict({}) })
    expect(checkTree(tree, { manifests, complete: true, enabled: ['cron'] }).faults).toEqual([{ path: ['cron', 'zone'], what: 'is missing; it must be a string' }])
    expect(checkTree(tree, { manifests, complete: true, enabled: ['chat'] }).faults).toMatchObject([{ path: ['chat', 'no'] }])
    expect(checkTree(tree, { manifests, complete: true }).faults).toHaveLength(1)
  })

  it('pass without a schema: only the plugin\'s code can tell', async () => {
    const { tree } = await configFiles().look('{ own: { any: [1] } }')
    const { config: _, ...manifest } = manifestsOf({ own: {} })['own']!
    expect(checkTree(tree, { manifests: { own: manifest }, complete: true })).toMatchObject({ faults: [], blocks: { own: { any: [1] } } })
  })

  it('have absolute paths where the schema says path, from the file that they stand in', async () => {
    const { dir, look, put } = configFiles()
    put('deep/more.json5', '{ files: { a: "x", list: ["./y"] } }')
    const path = { type: 'string', path: true } as const
    const schema = strict({ a: path, b: path, c: path, d: { ...path, default: 'log' }, list: { type: 'array', items: path } })
    const { checked } = await look('{ $include: "deep/more.json5", files: { b: "../z", c: "~/k", list: ["/abs"] } }', { set: ['files.c=typed'] }, { files: schema })
    expect(checked.blocks['files']).toEqual({ a: join(dir, 'deep/x'), b: join(dir, '../z'), c: join(process.cwd(), 'typed'), d: join(dir, 'log'), list: [join(dir, 'deep/y'), '/abs'] })
  })

  it('are migrated file by file, and what is wrong is told with the file\'s own line', async () => {
    const migrations: Migration[] = [{ id: 'm', from: 'old', to: 'new', summary: 'cron got a name', when: ['timers'], steps: [{ move: 'timers.tz', to: 'cron.zone' }] }]
    const { look, put } = configFiles()
    put('part.json5', '{\n  tz: 5 }')
    const { lines, notes, tree } = await look('{ timers: { $include: "part.json5" } }', { migrations }, { cron })
    expect(lines).toEqual(['part.json5:2:3: "cron.zone" must be a string, in quotes'])
    expect(notes).toEqual([expect.stringMatching(/^part\.json5: .*cron got a name/)])
    expect(tree.merged).toMatchObject({ cron: { zone: 5 } })
  })

  it('may have a secret where the schema says so, and a written one is pointed out', async () => {
    const { look } = configFiles()
    const schema = strict({ token: { type: 'string', secret: true }, other: { type: 'string' }, any: {}, keys: { type: 'array', items: { anyOf: [{ type: 'null' }, { type: 'string', secret: true }] } } })
    const reference = '{ $secret: "env:TOKEN" }'
    const good = await look(`{ auth: { token: ${reference}, keys: [${reference}, null, "k-1"] } }`, {}, { auth: schema })
    expect(good.lines).toEqual([])
    expect(good.checked.blocks['auth']).toEqual({ token: { $secret: 'env:TOKEN' }, keys: [{ $secret: 'env:TOKEN' }, null, 'k-1'] })
    expect(good.notes).toEqual([expect.stringMatching(/^"auth\.keys\[2\]" is a secret written out; move it /)])

    const bad = await look(`{ auth: {\n other: ${reference},\n any: { deep: [${reference}] },\n token: { $secret: "enw:TOKEN" },\n keys: [{ $secret: "env:A", b: 1 }] }, gateway: { bind: ${reference} } }`, {}, { auth: schema })
    expect(bad.lines).toEqual([
      expect.stringMatching(/^nexus\.json5:5:\d+: "gateway\.bind" cannot be a reference to a secret/),
      expect.stringMatching(/^nexus\.json5:4:2: "auth\.token" must be \{ \$secret: "env:NAME" \}/),
      expect.stringMatching(/^nexus\.json5:2:2: "auth\.other" cannot be a reference to a secret/),
      expect.stringMatching(/^nexus\.json5:3:16: "auth\.any\.deep\[0\]" cannot be a reference to a secret/),
      expect.stringMatching(/^nexus\.json5:5:9: "auth\.keys\[0\]" must be \{ \$secret/),
    ])
    expect((await look('{ auth: { token: "${T}" } }', { env: { T: 'x', NEXUS__auth__keys: '["a"]' } }, { auth: schema })).notes).toEqual([])
  })

  it('are together a schema that editors understand', async () => {
    const whole = wholeSchema(manifestsOf({ auth: strict({ token: { type: 'string', secret: true, default: 'x' }, list: { type: 'array', items: { type: 'string', secret: true } } }) }))
    expect(schemaFaults(whole, 'config')).toEqual([])
    expect(whole.properties!['auth']!.properties!['token']).toMatchObject({ secret: true, default: 'x', anyOf: [{ type: 'string' }, { required: ['$secret'] }] })
    const accepts = (value: unknown) => checkConfig(value, whole, []).faults
    expect(accepts({ $schema: 'x', $include: ['a'], gateway: { port: 1 }, env: { A: 'x', shellEnv: { enabled: true } }, auth: { token: 'x', list: [{ $secret: 'env:X' }] } })).toEqual([])
    expect(accepts({ auht: {} })).toMatchObject([{ path: ['auht'], meant: 'auth' }])
  })
})

describe('paths', () => {
  it('follow the environment', () => {
    expect(statePaths({ HOME: '/home/ann' })).toMatchObject({ state: '/home/ann/.nexus', config: '/home/ann/.nexus/nexus.json5', socket: '/home/ann/.nexus/gateway.sock' })
    expect(statePaths({ HOME: '/home/ann', NEXUS_STATE_DIR: '/srv/n', NEXUS_CONFIG: '/etc/n.json5' })).toMatchObject({ state: '/srv/n', config: '/etc/n.json5', token: '/srv/n/auth/token' })
  })
})
