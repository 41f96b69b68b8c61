/** Files that are meant to do harm, or that a crash left behind: each is refused with a reason, at once, and nothing else happens. */
import { execFileSync } from 'node:child_process'
import { existsSync, symlinkSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { maxDepth } from '../../kernel/config/scan.ts'
import { configFiles, strict, type Looked } from './config-files.ts'

const any = { type: 'object' } as const
const lines = async (text: string | undefined): Promise<readonly string[]> => (await configFiles().look(text, {}, { cron: any })).lines

describe('keys', () => {
  it('that would reach a prototype are refused with their line, and are in no tree', async () => {
    const { look, put } = configFiles()
    put('more.json5', '{\n  "__proto__": { admin: true },\n  cron: { list: [{ prototype: {} }] } }')
    const { lines: told, tree, checked } = await look('{\n  $include: "more.json5",\n  cron: { "__proto__": { admin: true },\n    a: { constructor: 1 } },\n  "\\u005f_proto__": {} }', {}, { cron: any })
    expect(told).toEqual([
      'nexus.json5:3:11: "cron.__proto__" is not allowed as a key',
      'nexus.json5:4:10: "cron.a.constructor" is not allowed as a key',
      'nexus.json5:5:3: "__proto__" is not allowed as a key',
      'more.json5:2:3: "__proto__" is not allowed as a key',
      'more.json5:3:20: "cron.list[0].prototype" is not allowed as a key',
    ])
    expect(JSON.stringify([tree.raw, tree.merged, checked.resolved])).not.toMatch(/proto|constructor|admin/)
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('that stand in one table twice are told with both lines, however they are written', async () => {
    expect(await lines('{\n  cron: {\n    zone: "a", // zone: "x"\n    jobs: [{ n: 1,\n      n: 2 }],\n    "zone": "b",\n    z\\u006fne: "c" } }')).toEqual([
      'nexus.json5:5:7: "cron.jobs[0].n" stands here again: it is in line 4 already',
      'nexus.json5:6:5: "cron.zone" stands here again: it is in line 3 already',
      'nexus.json5:7:5: "cron.zone" stands here again: it is in line 3 already',
    ])
    expect(await lines('{ cron: {}, true: 1, true: 2 }')).toEqual(['nexus.json5: a key stands in one object twice', 'nexus.json5: "true" is no plugin in the list'])
  })

  it('of an include have the whole path', async () => {
    const { look, put } = configFiles()
    put('cron.json5', '{ a: 1, a: 2 }')
    expect((await look('{ cron: { $include: "cron.json5" } }', {}, { cron: any })).lines).toEqual(['cron.json5:1:9: "cron.a" stands here again: it is in line 1 already'])
  })
})

describe('values', () => {
  it.each(['1e999', '-1e999', 'Infinity', '-Infinity', 'NaN', '+NaN', `0x${'f'.repeat(300)}`])('that are no finite number are refused: %s', async (number) => {
    expect(await lines(`{ cron: { n: [1, ${number}] } }`)).toEqual(['nexus.json5:1:18: "cron.n[1]" must be a finite number'])
  })

  it.each([['lists', '[', ']'], ['tables', '{a:', '}']])('nested a hundred thousand deep are refused where it becomes too deep: %s', async (_, open, close) => {
    const text = `{ cron: ${open.repeat(100_000)}${open === '[' ? '' : '1'}${close.repeat(100_000)} }`
    expect(await lines(text)).toEqual([`nexus.json5:1:${9 + open.length * (maxDepth - 1)}: objects and lists are nested more than 64 deep here`])
    expect(await lines(`{ cron: ${open.repeat(100_000)}`)).toHaveLength(1)
  })

  it('nested as deep as may be are taken', async () => {
    expect(await lines(`{ cron: { a: ${'['.repeat(maxDepth - 2)}${']'.repeat(maxDepth - 2)} } }`)).toEqual([])
  })

  it('in texts and comments are not taken for nesting or members', async () => {
    expect(await lines(`{ /* ${'{'.repeat(100)} */ cron: { a: "${'[:'.repeat(100)}", b: '"{' } } // ${'['.repeat(100)}`)).toEqual([])
  })
})

describe('files', () => {
  it('of 200 MB are refused without being read', async () => {
    const { look, put, file } = configFiles()
    put('nexus.json5', '')
    put('sparse.json5', '')
    truncateSync(file, 200 * 1024 * 1024)
    const before = process.memoryUsage().rss
    expect((await look()).lines).toEqual(['nexus.json5: the file is larger than 4 MiB'])
    truncateSync(join(file, '..', 'sparse.json5'), 200 * 1024 * 1024)
    expect((await look('{ $include: "sparse.json5" }')).lines).toEqual(['nexus.json5:1:3: "$include" names sparse.json5: the file is larger than 1 MiB'])
    expect(process.memoryUsage().rss - before).toBeLessThan(100 * 1024 * 1024)
  })

  it('that are larger than they say are read to the bound and no further', async () => {
    expect((await configFiles().look(undefined, { file: '/proc/self/environ', mustExist: true })).lines[0]).toMatch(/^\/proc\/self\/environ/)
    // A file without a size, and without an end.
    expect((await configFiles().look(undefined, { file: '/dev/zero' })).lines).toEqual(['/dev/zero: the file is not a regular one'])
  })

  it('with NUL bytes, as a crash leaves them, are refused', async () => {
    expect(await lines('\0'.repeat(4096))).toEqual(['nexus.json5:1:1: there is a NUL byte here; the file may be damaged'])
    expect(await lines('{ gateway: { port: 1 } }\n\0\0\0')).toEqual(['nexus.json5:2:1: there is a NUL byte here; the file may be damaged'])
  })

  it('that are not UTF-8 are refused', async () => {
    const { look, put } = configFiles()
    put('nexus.json5', Buffer.from('\uFEFF{ a: "\u00e9" }', 'utf16le'))
    expect((await look()).lines).toEqual(['nexus.json5: the file is not UTF-8 text'])
    put('nexus.json5', Buffer.from([...Buffer.from('{ a: "'), 0xe9, ...Buffer.from('" }')]))
    expect((await look()).lines).toEqual(['nexus.json5: the file is not UTF-8 text'])
  })

  it('torn anywhere are told apart from whole ones', async () => {
    const { look } = configFiles()
    const whole = '{ // settings\n  gateway: { port: 8080, bind: "lan" },\n  plugins: ["cron", "-openai"], /* more */\n  cron: { zone: \'UTC\', jobs: [{ n: 1e3 }, null] },\n}'
    expect((await look(whole, {}, { cron: any })).lines).toEqual([])
    for (let length = 0; length < whole.length; length++) {
      const { faults, tree } = await look(whole.slice(0, length), {}, { cron: any })
      expect([length, faults.length, tree.whole, tree.merged]).toEqual([length, 1, false, {}])
      expect(faults[0]!.place).toBeDefined()
    }
  })

  it('that are FIFOs, sockets, devices or circles of links neither hold up nor are read', async () => {
    const { dir, file, look } = configFiles()
    execFileSync('mkfifo', [file])
    expect((await look()).lines).toEqual(['nexus.json5: the file is not a regular one'])
    symlinkSync('b', join(dir, 'a'))
    symlinkSync('a', join(dir, 'b'))
    expect((await look(undefined, { file: join(dir, 'a') })).lines[0]).toContain('the file is a circle of symbolic links')
    expect((await look(undefined, { dotenv: file, file: join(dir, 'none') })).lines).toEqual(['nexus.json5: the file is not a regular one'])
  })

  it('that go between two reads are settings that are not there', async () => {
    const { file, look } = configFiles()
    await look('{ gateway: { port: 1 } }')
    execFileSync('rm', [file])
    const { tree, lines: told } = await look(undefined, { mustExist: true })
    expect(existsSync(file)).toBe(false)
    expect([tree.exists, tree.gateway.port, told]).toEqual([false, 19789, ['nexus.json5: there is no such file']])
  })
})

describe('what is told of a value', () => {
  const planted = 'sk-planted-8f2c91d0'
  const told = ({ lines: all, notes, faults }: Looked) => JSON.stringify([all, notes, faults])

  it.each<[string, string]>([
    ['a secret of the wrong type', `{ auth: { token: ["${planted}"] } }`],
    ['a secret that is too short', `{ auth: { pin: "${planted}" } }`],
    ['a secret that is written out', `{ auth: { token: "${planted}" } }`],
    ['a source that is none', `{ auth: { token: { $secret: "${planted}" } } }`],
    ['a source with more beside it', `{ auth: { token: { $secret: "env:A", value: "${planted}" } } }`],
    ['a text without quotes', `{ auth: { token: ${planted} } }`],
    ['a text that is not closed', `{ auth: { token: "${planted}\n } }`],
    ['a text of two parts', `{ auth: { token: "a" "${planted}" } }`],
    ['a key that is a value', `{ "${planted}" }`],
    ['a variable with a secret around it', `{ auth: { token: "${planted}\${NONE}" } }`],
    ['the block env', `{ env: { A: ["${planted}"], B: "${planted}" }, auth: { token: "\${B}", pin: "\${B}" } }`],
    ['the list of plugins', `{ plugins: [["${planted}"]] }`],
    ['the version', `{ meta: { lastTouchedVersion: "9.9.9-${planted}" } }`],
  ])('is never the value: %s', async (_, text) => {
    const auth = strict({ token: { type: 'string', secret: true }, pin: { type: 'string', secret: true, maxLength: 4 } })
    expect(told(await configFiles().look(text, { version: '1.0.0' }, { auth }))).not.toContain('planted')
  })
})
