/** Settings for one start only: by variable, and over those by flag. */
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { override } from '../../kernel/config/overrides.ts'
import { pathText, valueAt } from '../../kernel/config/path.ts'
import { configFiles, strict } from './config-files.ts'

const over = (tree: Record<string, unknown>, set: string[], env: Record<string, string> = {}) => override(tree, env, set)

describe('an override', () => {
  it('by variable wins over the file, and by flag over both; the last of two flags wins', async () => {
    const { look } = configFiles()
    const { tree, lines } = await look('{ gateway: { port: 1, bind: "lan" } }', { env: { NEXUS__gateway__port: '2', NEXUS__gateway__bind: '::1', NEXUS_TOKEN: 'x' }, set: ['gateway.port=3', 'gateway.port=4'] })
    expect([lines, tree.gateway]).toEqual([[], { port: 4, bind: '::1' }])
    expect(tree.included).toEqual({ gateway: { port: 1, bind: 'lan' } })
  })

  it('may come from .env, and the process\'s own wins', async () => {
    const { look, put } = configFiles()
    const { tree } = await look('{}', { dotenv: put('.env', 'NEXUS__gateway__port=5\nNEXUS__gateway__bind=lan'), env: { NEXUS__gateway__port: '6' } })
    expect(tree.gateway).toEqual({ port: 6, bind: 'lan' })
  })

  it.each<[string, unknown]>([
    ['8080', 8080], ['true', true], ['null', null], ['text', 'text'], ['a b', 'a b'], ['', ''], ['"8080"', '8080'], ["'x'", 'x'], ['[1, "a"]', [1, 'a']], ['{ a: 1 }', { a: 1 }],
    ['{ a: 1', '{ a: 1'], ['1e999', '1e999'], ['Infinity', 'Infinity'], ['a=b', 'a=b'], ['${A}', '${A}'], ['0x10', 16],
  ])('%s is JSON5 where it is that, and a text otherwise', (text, value) => {
    expect(over({}, [`key=${text}`]).tree).toEqual({ key: value })
    expect(over({}, [], { NEXUS__key: text }).tree).toEqual({ key: value })
  })

  it('is a text or a number, as the schema wants it', async () => {
    const { checked, lines } = await configFiles().look('{}', { env: { NEXUS__auth__token: '007', NEXUS__auth__pin: '123456' }, set: ['auth.on=true', 'auth.name=true'] }, { auth: strict({ token: { type: 'string' }, pin: { type: 'string' }, on: { type: 'boolean' }, name: { type: 'string' } }) })
    expect([lines, checked.blocks]).toEqual([[], { auth: { token: '007', pin: '123456', on: true, name: 'true' } }])
  })

  it('reaches into lists and tables, and makes those that are not there', () => {
    const tree = { provider: { models: [{ id: 'a' }, { id: 'b' }] } }
    expect(over(tree, ['provider.models[1].id=z', 'provider.models[2].id=new', 'x["y.z"].w=1', 'l[0]=5']).tree).toEqual({ provider: { models: [{ id: 'a' }, { id: 'z' }, { id: 'new' }] }, x: { 'y.z': { w: 1 } }, l: [5] })
    const byVariable = over(tree, [], { NEXUS__provider__models__0__id: 'q', 'NEXUS__provider-x__a': '1' })
    expect(byVariable.tree).toEqual({ provider: { models: [{ id: 'q' }, { id: 'b' }] }, 'provider-x': { a: 1 } })
    expect(byVariable.overrides.map(({ path }) => pathText(path))).toEqual(['provider-x.a', 'provider.models[0].id'])
    expect(tree).toEqual({ provider: { models: [{ id: 'a' }, { id: 'b' }] } })
  })

  it('that turns plugins on has its paths from where it was typed', async () => {
    expect((await configFiles().look('{ plugins: ["./a"] }', { set: ['plugins=["./b", "-c"]'] })).tree.plugins).toEqual([join(process.cwd(), 'b'), '-c'])
  })

  it.each([
    ['gateway.port.deep=1', '"gateway.port.deep" cannot be set: what it is to be part of is neither an object nor a list'],
    ['plugins[5]=x', '"plugins[5]" cannot be set: there is a list, and it has 1 entries, counted from 0'],
    ['plugins.first=x', '"plugins.first" cannot be set: there is a list, and it has 1 entries, counted from 0'],
    ['gateway[0]=x', '"gateway[0]" cannot be set: there is an object, and not a list'],
    ['none[1]=x', '"none[1]" cannot be set: there is no list yet, and its first entry is 0'],
    ['env.A=x', '"env.A" cannot be set here: set the variable itself'],
    ['a.$include=x', '"a.$include" cannot be set here: files are included by files only'],
    ['a={ $include: "x" }', '"a" cannot be set here: files are included by files only'],
    ['__proto__.admin=true', '"__proto__.admin" is not allowed as a key'],
    ['a.constructor.b=1', '"a.constructor.b" is not allowed as a key'],
    ['a={ "__proto__": { b: 1 } }', '"a" is not allowed as a key'],
    ['a=[1e999]', '"a" must be a finite number'],
    [`a=${'['.repeat(100_000)}${']'.repeat(100_000)}`, '"a" is nested too deep'],
    [`${'a.'.repeat(100)}a=1`, 'is nested too deep'],
    ['gateway.port', 'needs a key and a value, like gateway.port=8080'],
    ['=5', 'needs a key and a value, like gateway.port=8080'],
    ['a..b=5', 'needs a key and a value, like gateway.port=8080'],
    ['sk-planted', 'needs a key and a value, like gateway.port=8080'],
  ])('is refused and told by its name: --set %s', async (set, line) => {
    const { lines, tree } = await configFiles().look('{ gateway: { port: 1 }, plugins: ["x"] }', { set: [set] }, { a: {} })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^--set: /)
    expect(lines[0]).toContain(line)
    expect(lines[0]).not.toContain('planted')
    expect(tree.merged).toEqual({ gateway: { port: 1 }, plugins: ['x'] })
    expect(({} as { admin?: unknown }).admin).toBeUndefined()
  })

  it('by a variable without a key is refused too', async () => {
    expect((await configFiles().look('{}', { env: { NEXUS__: 'x', NEXUS____proto____a: 'x', NEXUS__a____b: 'x' } })).lines).toEqual(['NEXUS__', 'NEXUS____proto____a', 'NEXUS__a____b'].map((name) => `${name}: names no key: write it like NEXUS__gateway__port`))
  })

  it('that is wrong is told with the flag or variable that it came from', async () => {
    const { lines } = await configFiles().look('{ gateway: { port: 1 } }', { env: { NEXUS__gateway__prt: 'sk-planted' }, set: ['gateway.port=sk-planted', 'crn.x=1', 'cron.every=2'] }, { cron: strict({ zone: { type: 'string' }, every: { type: 'integer' } }, ['zone']) })
    expect(lines).toEqual(['NEXUS__gateway__prt: "gateway.prt" is not a known key; did you mean "port"?', '--set: "gateway.port" must be a whole number at least 0 and at most 65535', '--set: "crn" is no plugin in the list; did you mean "cron"?', '--set: "cron.zone" is missing; it must be a string'])
  })

  it('changes what it names and nothing else', () => {
    const key = fc.constantFrom('a', 'b', 'c')
    const tree = fc.dictionary(key, fc.oneof(fc.nat(9), fc.dictionary(key, fc.oneof(fc.nat(9), fc.dictionary(key, fc.nat(9))))))
    fc.assert(fc.property(tree, fc.array(key, { minLength: 1, maxLength: 4 }), (before, path) => {
      const kept = structuredClone(before)
      const { tree: after, faults } = over(before, [`${path.join('.')}="set"`])
      expect(before).toEqual(kept)
      const others = (x: Readonly<Record<string, unknown>>) => Object.fromEntries(Object.entries(x).filter(([name]) => name !== path[0]))
      if (faults.length > 0) expect(after).toEqual(before)
      else expect([valueAt(after, path), others(after)]).toEqual(['set', others(before)])
    }))
  })
})
