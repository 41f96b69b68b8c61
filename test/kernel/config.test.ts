import { chmod, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readConfig, unknownBlocks, type Config } from '../../kernel/config/config.ts'
import { anchored, select, splitList } from '../../kernel/config/plugins.ts'
import { parseRaw } from '../../kernel/config/read.ts'
import { NexusError } from '../../kernel/errors.ts'
import { statePaths } from '../../kernel/paths.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-config-'))
  file = join(dir, 'nexus.json5')
})
afterEach(() => rm(dir, { recursive: true }))

async function read(text: string): Promise<Config> {
  await writeFile(file, text)
  return readConfig(file)
}
const fault = async (work: Promise<unknown>): Promise<NexusError> => {
  const thrown = await work.then(() => undefined, (error: unknown) => error)
  expect(thrown).toBeInstanceOf(NexusError)
  return thrown as NexusError
}

describe('reading settings', () => {
  it('gives the kernel\'s part, the list, and one block for each plugin', async () => {
    const config = await read('{ // mine\n gateway: { port: 8080, }, plugins: ["cron", "./own.ts", "-openai", "-../x"], cron: { zone: "UTC" }, $schema: "x", meta: { by: "me" } }')
    expect(config).toEqual({ file, gateway: { port: 8080, bind: 'loopback' }, plugins: ['cron', join(dir, 'own.ts'), '-openai', `-${join(dir, '..', 'x')}`], blocks: { cron: { zone: 'UTC' } } })
  })

  it.each([['a file that is not there', undefined], ['an empty one', ''], ['an empty table', '{}']])('does with %s', async (_, text) => {
    const config = text === undefined ? await readConfig(file) : await read(text)
    expect(config).toMatchObject({ gateway: { port: 19789, bind: 'loopback' }, plugins: [], blocks: {} })
  })

  it('wants a file that was named to be there', async () => {
    expect(await fault(readConfig(file, { mustExist: true }))).toMatchObject({ code: 'NEXUS_CONFIG_UNREADABLE', exit: 66 })
  })

  it('says where the syntax is wrong, and does not quote', async () => {
    const thrown = await fault(read('{\n  auth: { token: sk-secret },\n}'))
    expect(thrown).toMatchObject({ code: 'NEXUS_CONFIG_SYNTAX', exit: 78 })
    expect(thrown.message).toBe(`${file}:2:18: invalid character`)
    expect((await fault(read('{ a: ['))).message).toBe(`${file}:1:7: invalid end of input`)
    expect((await fault(read("{ a: '\n' }"))).message).toMatch(/:2:1: invalid character$/)
  })

  it('names every fault of the kernel\'s own keys at once', async () => {
    const thrown = await fault(read('{ gateway: { port: "8080", bnd: "lan" }, plugins: [1], $include: "x", env: {} }'))
    expect(thrown.code).toBe('NEXUS_CONFIG_INVALID')
    expect(thrown.data['faults']).toBe('unknown key "gateway.bnd"; did you mean "bind"?; "gateway.port" must be a whole number at least 0 and at most 65535; "plugins[0]" must be a string of at least 1 characters and of at most 1024 characters; "env" is not supported by this version; "$include" is not supported by this version')
  })

  it.each(['[]', '"x"', 'null', '5'])('wants a table, not %s', async (text) => {
    expect(await fault(read(text))).toMatchObject({ code: 'NEXUS_CONFIG_INVALID' })
  })

  it('refuses keys that would reach a prototype, and absurd nesting', async () => {
    const thrown = await fault(read('{ cron: { "__proto__": { admin: true }, a: { constructor: 1 } } }'))
    expect(thrown.data['faults']).toBe('"cron.__proto__" is not allowed as a key; "cron.a.constructor" is not allowed as a key')
    expect(await fault(read(`{ a: ${'['.repeat(20_000)}${']'.repeat(20_000)} }`))).toMatchObject({ code: 'NEXUS_CONFIG_INVALID' })
    expect(({} as { admin?: boolean }).admin).toBeUndefined()
  })

  it('refuses a file that is too large before it reads it', async () => {
    await writeFile(file, '')
    await truncate(file, 5 * 1024 * 1024)
    expect(await fault(readConfig(file))).toMatchObject({ code: 'NEXUS_CONFIG_UNREADABLE' })
  })

  it('says so when the file cannot be read', async () => {
    expect(await fault(readConfig(dir))).toMatchObject({ code: 'NEXUS_CONFIG_UNREADABLE' })
    await writeFile(file, '{}')
    await chmod(file, 0)
    if (process.getuid?.() !== 0) expect(await fault(readConfig(file))).toMatchObject({ code: 'NEXUS_CONFIG_UNREADABLE' })
  })

  it('has an answer for any text: a table or an error with a code', () => {
    fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.stringMatching(/^[{}[\]:,'"a\n/*\\]*$/)), (text) => {
      try {
        expect(Array.isArray(parseRaw(text, 'f'))).toBe(false)
      } catch (error) {
        expect((error as NexusError).code).toMatch(/^NEXUS_CONFIG_/)
      }
    }))
  })

  it('knows a block that belongs to no plugin', () => {
    expect(unknownBlocks({ crn: {}, chat: {}, gatewy: {} }, ['cron', 'chat'])).toEqual(['no plugin "crn" in the list; did you mean "cron"?', 'no plugin "gatewy" in the list; did you mean "gateway"?'])
  })
})

describe('the list of plugins', () => {
  const defaults = ['store', 'auth', 'chat']
  it.each<[string, string[], string[], string[]]>([
    ['adds', ['cron', '/p.ts'], [], ['store', 'auth', 'chat', 'cron', '/p.ts']],
    ['adds once', ['cron', 'chat', 'cron'], [], ['store', 'auth', 'chat', 'cron']],
    ['leaves out', ['-chat'], [], ['store', 'auth']],
    ['empties', ['cron', '-*', 'chat'], [], ['chat']],
    ['takes back', ['-chat', 'chat'], [], ['store', 'auth', 'chat']],
    ['turns on what has settings', [], ['cron'], ['store', 'auth', 'chat', 'cron']],
    ['does not turn on what was named with a dash', ['-cron'], ['cron'], ['store', 'auth', 'chat']],
    ['turns nothing on once it was emptied', ['-*', 'store'], ['cron'], ['store']],
  ])('%s', (_, edits, configured, entries) => {
    expect(select(edits, defaults, configured).entries).toEqual(entries)
  })

  it('keeps what was left out, for plugins whose id is not known yet', () => {
    expect(select(['/p.ts', '-hello'], defaults, []).without).toEqual(['hello'])
  })

  it('has paths from where it was written', () => {
    expect(anchored(['./a.ts', '../b', '-./c.ts', '/d', 'cron', '@acme/x', '~/e'], '/etc/nexus')).toEqual(['/etc/nexus/a.ts', '/etc/b', '-/etc/nexus/c.ts', '/d', 'cron', '@acme/x', join(homedir(), 'e')])
    expect(splitList(' cron, ./c.ts ,,-chat')).toEqual(['cron', './c.ts', '-chat'])
  })

  it('never holds a plugin that was left out last, nor one twice', () => {
    const id = fc.constantFrom('a', 'b', 'c', 'd')
    const edit = fc.oneof(id, id.map((x) => `-${x}`), fc.constant('-*'))
    fc.assert(fc.property(fc.array(edit), fc.array(id), (edits, configured) => {
      const { entries } = select(edits, ['a', 'b'], configured)
      expect(new Set(entries).size).toBe(entries.length)
      for (const x of ['a', 'b', 'c', 'd']) {
        const last = edits.findLast((e) => e === x || e === `-${x}` || e === '-*')
        if (last === x) expect(entries).toContain(x)
        if (last === `-${x}` || last === '-*') expect(entries).not.toContain(x)
      }
    }))
  })
})

describe('paths', () => {
  it('follow the environment', () => {
    expect(statePaths({ HOME: '/home/ann' })).toMatchObject({ state: '/home/ann/.nexus', config: '/home/ann/.nexus/nexus.json5', socket: '/home/ann/.nexus/gateway.sock' })
    expect(statePaths({ HOME: '/home/ann', NEXUS_STATE_DIR: '/srv/n', NEXUS_CONFIG: '/etc/n.json5' })).toMatchObject({ state: '/srv/n', config: '/etc/n.json5', token: '/srv/n/auth/token' })
  })
})
