import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { migrate, type Migrated, type Migration, type Step } from '../../kernel/config/migrate.ts'
import { cameFrom } from '../../kernel/config/moves.ts'
import { pathText, valueAt, type KeyPath } from '../../kernel/config/path.ts'
import { definePlugin } from '../../kernel/contract.ts'
import type { NexusError } from '../../kernel/errors.ts'
import { manifestFaults, manifestOf, parseManifest } from '../../kernel/manifest.ts'

const migration = (steps: readonly Step[], when: readonly string[] = ['old'], id = 'm'): Migration => ({ id, from: 'then', to: 'now', summary: 'moved.', when, steps })
const run = (raw: Record<string, unknown>, ...steps: readonly Step[]): Migrated => migrate({ old: 1, ...raw }, [migration([{ drop: 'old', note: 'old' }, ...steps])])
const listed = ({ unmapped }: Migrated): string[] => unmapped.map(pathText).filter((path) => path !== 'old')

describe('a step', () => {
  it.each<[string, Record<string, unknown>, Step[], Record<string, unknown>, string[]]>([
    ['moves', { a: { b: 1, c: 2 } }, [{ move: 'a.b', to: 'x.y' }], { a: { c: 2 }, x: { y: 1 } }, []],
    ['moves into what stood there itself', { a: { b: 'm' } }, [{ move: 'a.b', to: 'a.b.c' }], { a: { b: { c: 'm' } } }, []],
    ['moves a part to where the whole was', { a: { b: { c: 'm' } } }, [{ move: 'a.b.c', to: 'a.b' }], { a: { b: 'm' } }, []],
    ['leaves no table empty, but those it found', { a: { b: { c: 1 } }, e: {} }, [{ move: 'a.b.c', to: 'd' }], { d: 1, e: {} }, []],
    ['moves nothing that is not there', { a: 1 }, [{ move: 'b', to: 'c' }, { move: 'a.b', to: 'c' }], { a: 1 }, []],
    ['overwrites nothing', { a: 1, b: 2 }, [{ move: 'a', to: 'b' }], { b: 2 }, ['a']],
    ['does not go through a value', { a: 1, b: 2 }, [{ move: 'a', to: 'b.c' }], { b: 2 }, ['a']],
    ['moves each key of a table', { a: { x: 1, y: 2, z: 3 } }, [{ move: 'a.*', to: 'b.*', except: ['z'] }], { a: { z: 3 }, b: { x: 1, y: 2 } }, []],
    ['moves in each entry of a list', { a: [{ x: 1 }, {}, { x: 3 }] }, [{ move: 'a.*.x', to: 'a.*.y' }], { a: [{ y: 1 }, {}, { y: 3 }] }, []],
    ['keeps the first of several that want one place', { a: { x: 1, y: 2 } }, [{ move: 'a.*', to: 'b' }], { b: 1 }, ['a.y']],
    ['takes no entry out of a list', { a: [1, 2] }, [{ move: 'a.*', to: 'b.*' }, { drop: 'a.*', note: 'n' }], { a: [1, 2] }, []],
    ['multiplies', { a: 1.001 }, [{ move: 'a', to: 'b', times: 1000 }], { b: 1001 }, []],
    ['multiplies numbers only', { a: '${T}', b: 1e308 }, [{ move: 'a', to: 'c', times: 1000 }, { move: 'b', to: 'd', times: 1000 }], {}, ['a', 'b']],
    ['sets where nothing stands', { a: { x: 1 } }, [{ set: 'a.x', value: 2 }, { set: 'a.y', value: 3 }, { set: 'b.c', value: null }], { a: { x: 1, y: 3 }, b: { c: null } }, []],
    ['sets in each entry', { a: [{}, { x: 1 }] }, [{ set: 'a.*.x', value: 0 }], { a: [{ x: 0 }, { x: 1 }] }, []],
    ['takes out and lists', { a: { b: { c: 1 }, d: 2 } }, [{ drop: ['a.b', 'a.z'], note: 'n' }], { a: { d: 2 } }, ['a.b']],
    ['takes out certain values only', { a: 'x', b: 'y' }, [{ drop: ['a', 'b'], is: ['x', null], note: 'n' }], { b: 'y' }, ['a']],
    ['maps', { a: 'x', b: 'z', c: true, d: [null, {}] }, [{ map: 'a', values: { x: 1 } }, { map: 'b', values: { x: 1 } }, { map: 'c', values: { true: 'always' } }, { map: 'd.*', values: { null: 0 } }], { a: 1, b: 'z', c: 'always', d: [0, {}] }, []],
    ['maps no inherited name', { a: 'toString' }, [{ map: 'a', values: {} }], { a: 'toString' }, []],
    ['makes a list of a table', { a: { x: { v: 1 }, y: {}, z: 5 } }, [{ list: 'a', to: 'b.c', key: 'id' }], { b: { c: [{ id: 'x', v: 1 }, { id: 'y' }] } }, ['a.z']],
    ['adds to a list', { a: { x: { id: 'own' }, y: {} }, b: [{ id: 'y' }] }, [{ list: 'a', to: 'b', key: 'id' }], { b: [{ id: 'y' }, { id: 'own' }] }, ['a.y']],
    ['adds to nothing but a list', { a: { x: {} }, b: 1 }, [{ list: 'a', to: 'b', key: 'id' }], { b: 1 }, ['a.x']],
    ['makes no list below a value', { a: { x: {} }, b: 1 }, [{ list: 'a', to: 'b.c', key: 'id' }], { b: 1 }, ['a.x']],
    ['makes a list of nothing but a table', { a: [{}], b: 1 }, [{ list: 'a', to: 'c', key: 'id' }, { list: 'b', to: 'c', key: 'id' }], { a: [{}], b: 1 }, []],
    ['picks the first', { a: { x: 1, y: { v: 2 }, z: {} } }, [{ pick: 'a', to: 'b', key: 'name' }], { a: { x: 1, z: {} }, b: { name: 'y', v: 2 } }, []],
    ['picks by a field', { a: { x: { t: 1 }, y: { t: 2 } } }, [{ pick: 'a', to: 'b', key: 'name', where: { key: 't', is: [2, 3] } }], { a: { x: { t: 1 } }, b: { name: 'y', t: 2 } }, []],
    ['picks what another key names', { m: 'y/large', a: { x: {}, y: {} } }, [{ pick: 'a', to: 'b', key: 'name', prefer: 'm' }], { m: 'y/large', a: { x: {} }, b: { name: 'y' } }, []],
    ['picks the first if that is not there', { m: 5, a: { x: {} } }, [{ pick: 'a', to: 'b', key: 'name', prefer: 'm' }], { m: 5, b: { name: 'x' } }, []],
    ['picks nothing that does not fit', { a: { x: { t: 1 } }, c: [{}] }, [{ pick: 'a', to: 'b', key: 'n', where: { key: 't', is: [2] } }, { pick: 'c', to: 'b', key: 'n' }], { a: { x: { t: 1 } }, c: [{}] }, []],
    ['mixes nothing picked with what is there', { a: { x: { key: 1 } }, b: { url: 2 } }, [{ pick: 'a', to: 'b', key: 'n' }], { b: { url: 2 } }, ['a.x']],
    ['leaves includes where they are', { a: { $include: './a.json5', v: 1 }, b: { c: { $include: 'x' } } }, [{ move: 'a.*', to: 'z.*' }, { drop: ['b', 'b.*'], note: 'n' }], { a: { $include: './a.json5' }, b: { c: { $include: 'x' } }, z: { v: 1 } }, []],
  ])('%s', (_, raw, steps, expected, lost) => {
    const result = run(raw, ...steps)
    expect(result.raw).toEqual(expected)
    expect(listed(result)).toEqual(lost)
  })
})

describe('migrations', () => {
  it('run only where one of their old keys is, and give the settings themselves otherwise', () => {
    const raw = { a: { c: 1 }, list: [1] }
    expect(migrate(raw, [migration([{ move: 'a', to: 'b' }], ['old', 'a.b', 'list.*'])])).toEqual({ raw, applied: [], moves: [], unmapped: [], notes: [] })
    expect(migrate(raw, [migration([])]).raw).toBe(raw)
    expect(migrate({ ...raw, old: { $include: './old.json5' } }, [migration([])]).applied).toEqual([])
  })

  it('are a chain: each begins with what the one before has made', () => {
    const first = migration([{ move: 'old.x', to: 'middle.y' }], ['old'], 'first')
    const second = migration([{ move: 'middle.y', to: 'new.z' }], ['middle'], 'second')
    const { raw, applied, moves } = migrate({ old: { x: 1 } }, [first, second])
    expect({ raw, applied }).toEqual({ raw: { new: { z: 1 } }, applied: ['first', 'second'] })
    expect(moves).toEqual([{ from: ['old', 'x'], to: ['new', 'z'] }])
    expect(migrate({ old: { x: 1 } }, [second, first])).toMatchObject({ raw: { middle: { y: 1 } }, applied: ['first'] })
    expect(migrate({ middle: { y: 1 } }, [first, second]).applied).toEqual(['second'])
  })

  it('keep the order of their steps', () => {
    const steps: Step[] = [{ move: 'a', to: 'b' }, { move: 'b', to: 'c' }]
    expect(run({ a: 1 }, ...steps).raw).toEqual({ c: 1 })
    expect(run({ a: 1 }, ...steps.toReversed()).raw).toEqual({ b: 1 })
  })

  it('take out and list what their steps leave of the old keys', () => {
    const result = migrate({ old: { x: 1, y: 2 }, new: 3 }, [migration([{ move: 'old.x', to: 'x' }])])
    expect(result).toMatchObject({ raw: { x: 1, new: 3 }, unmapped: [['old']] })
  })

  it('say what they did: the keys as the file has them, and no value', () => {
    const steps: Step[] = [{ move: 'tok', to: 'a.tok' }, { move: 'a.tok', to: 'b' }, { drop: 'a.note', note: 'nobody reads it' }, { move: 'b', to: 'mid.b' }, { drop: 'mid', note: 'no longer there' }]
    const { notes, unmapped } = run({ tok: 'sk-secret-1', a: { note: 'sk-secret-2' }, mid: { c: 'sk-secret-3' } }, ...steps)
    expect(unmapped.map(pathText)).toEqual(['old', 'a.note', 'mid', 'tok'])
    expect(notes).toEqual(['these settings have the shape "then" and are read as "now": moved.', 'left out: "old" (old)', 'left out: "a.note" (nobody reads it)', 'left out: "mid", "tok" (no longer there)'])
  })

  it('tell where in the file to look', () => {
    const { raw, moves } = run({ a: { t: 5, list: [{ x: 1 }] }, entries: { one: { v: 2 } } }, { move: 'a.t', to: 'n.m.time', times: 2 }, { move: 'a', to: 'n.rest' }, { move: 'n.rest.list.*.x', to: 'n.rest.list.*.y' }, { list: 'entries', to: 'agents', key: 'id' })
    expect(raw).toEqual({ n: { m: { time: 10 }, rest: { list: [{ y: 1 }] } }, agents: [{ id: 'one', v: 2 }] })
    const from = (...path: KeyPath) => pathText(cameFrom(path, moves))
    expect(from('n', 'm', 'time')).toBe('a.t')
    expect(from('n', 'rest', 'list', 0, 'y')).toBe('a.list[0].x')
    expect(from('n', 'rest', 'list', 0, 'missing')).toBe('a.list[0].missing')
    expect(from('agents', 0, 'v')).toBe('entries.one.v')
    expect(from('agents', 0, 'id')).toBe('entries.one')
    expect(from('n', 'm')).toBe('a.t') // a table that the file does not have
    expect(from('other', 'key')).toBe('other.key')
  })

  it('make no key that reaches a prototype', () => {
    const raw = JSON.parse('{"a": {"__proto__": {"polluted": 1}, "constructor": {"prototype": 2}, "x": {"v": 1}}, "t": 1}') as Record<string, unknown>
    const bad: Step[] = ['__proto__', 'constructor', 'prototype'].flatMap((name): Step[] => [{ move: 't', to: `${name}.polluted` }, { set: `${name}.polluted`, value: 1 }, { set: `z.${name}`, value: 1 }])
    const result = run(raw, ...bad, { move: 'a.*', to: 'b.*' }, { list: 'a', to: 'l', key: '__proto__' }, { pick: 'b', to: '__proto__', key: 'name' })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(Object.getPrototypeOf(result.raw)).toBe(Object.prototype)
    expect(result.raw).toEqual({})
    expect(listed(result)).toEqual(['t', 'a.__proto__', 'a.constructor', 'a.x'])
    // What the file itself says stays a plain key, for the reader to refuse.
    expect(JSON.stringify(run(JSON.parse('{"a": {"__proto__": 1}}') as Record<string, unknown>).raw)).toBe('{"a":{"__proto__":1}}')
  })
})

describe('whatever the settings and the steps are', () => {
  const name = fc.constantFrom('a', 'b', 'c')
  const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'))
  const pattern = fc.tuple(name, fc.array(fc.constantFrom('a', 'b', 'c', '*'), { maxLength: 3 })).map(([first, rest]) => [first, ...rest].join('.'))
  const stars = (text: string) => text.split('*').length
  const step = fc.oneof(
    fc.record({ move: pattern, to: pattern }).filter(({ move, to }) => stars(move) >= stars(to)),
    fc.record({ drop: pattern, note: fc.constant('n') }),
    fc.record({ set: pattern, value: fc.constant('set') }),
    fc.record({ list: path, to: path, key: fc.constant('id') }),
    fc.record({ pick: path, to: path, key: fc.constant('name') }),
  ) as fc.Arbitrary<Step>
  const chain = fc.array(fc.record({ when: fc.array(pattern, { minLength: 1, maxLength: 2 }), steps: fc.array(step, { maxLength: 6 }) }).map(({ when, steps }) => migration(steps, when)), { minLength: 1, maxLength: 3 })
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof({ depthSize: 'small', withCrossShrink: true }, fc.constant('leaf'), fc.array(tie('tree'), { maxLength: 3 }), fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), tie('tree'), { maxKeys: 4 })),
  }))
  /** With a number of its own for each leaf, so that each can be told. */
  const settings = fc.dictionary(name, tree, { maxKeys: 3 }).map((made) => {
    let next = 7_000_000
    const numbered = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(numbered)
      return typeof value === 'object' ? Object.fromEntries(Object.entries(value!).map(([key, sub]) => [key, numbered(sub)])) : next++
    }
    return numbered(made) as Record<string, unknown>
  })
  const leaves = (value: unknown, at: KeyPath = []): [unknown, KeyPath][] => {
    if (typeof value !== 'object' || value === null) return [[value, at]]
    return Array.isArray(value) ? value.flatMap((item, i) => leaves(item, [...at, i])) : Object.entries(value).flatMap(([key, sub]) => leaves(sub, [...at, key]))
  }
  const within = (inner: KeyPath, outer: KeyPath) => outer.every((key, i) => inner[i] === key)

  it('every value is where the moves say, once, or is listed', () => {
    fc.assert(fc.property(settings, chain, (raw, migrations) => {
      const { raw: made, moves, unmapped, notes } = migrate(raw, migrations)
      const now = leaves(made).filter(([value]) => typeof value === 'number')
      const before = leaves(raw)
      for (const [value, to] of now) expect(valueAt(raw, cameFrom(to, moves))).toBe(value)
      const kept = now.map(([value]) => value)
      expect(new Set(kept).size).toBe(kept.length)
      for (const [value, from] of before) if (!kept.includes(value)) expect(unmapped.some((lost) => within(from, lost)), pathText(from)).toBe(true)
      for (const lost of unmapped) expect(valueAt(raw, lost), pathText(lost)).toBeDefined()
      expect(notes.join('\n')).not.toMatch(/70000/)
    }), { numRuns: 1_000 })
  })

  it('the settings given stay as they are, and one migration finds nothing to do in what it made', () => {
    fc.assert(fc.property(settings, chain, (raw, [first]) => {
      const copy = structuredClone(raw)
      const { raw: made } = migrate(raw, [first!])
      expect(raw).toEqual(copy)
      const again = migrate(made, [first!])
      expect(again.raw).toBe(made)
    }), { numRuns: 1_000 })
  })
})

describe('in a manifest', () => {
  const good = migration([
    { move: 'old.*', to: 'now.*', times: 2, except: ['x'] }, { set: 'a.*.b', value: null }, { drop: ['a', 'b.*'], note: 'n', is: [1, 'x', null], except: ['y'] },
    { map: 'a', values: { x: 1 } }, { list: 'a', to: 'b', key: 'id' }, { pick: 'a', to: 'b', key: 'id', where: { key: 't', is: ['x'] }, prefer: 'a.b' },
  ])
  const plugin = definePlugin({ id: 'p', migrations: [good], setup: () => {} })
  const manifest = { ...manifestOf(plugin), entry: 'index.ts' }
  const faultOf = (migrations: unknown): string => {
    try {
      parseManifest({ api: 1, id: 'p', entry: 'a.js', migrations }, 'x')
    } catch (error) {
      return String((error as NexusError).data['faults'])
    }
    return 'none'
  }

  it('they come from the definition and back from a file, and a difference is told', () => {
    const read = parseManifest(JSON.parse(JSON.stringify(manifest)), 'x')
    expect(read).toEqual(manifest)
    expect(read.migrations).toEqual([good])
    expect(manifestFaults(read, plugin)).toEqual([])
    const other = definePlugin({ id: 'p', migrations: [{ ...good, steps: good.steps.slice(1) }], setup: () => {} })
    expect(manifestFaults(read, other)).toEqual(['migrations are not those of the manifest'])
  })

  it.each<[string, unknown, string]>([
    ['no old keys', { ...good, when: [] }, '"migrations.0.when" must be a list with an entry'],
    ['a step nobody knows', { ...good, steps: [{ run: 'rm' }] }, '"migrations.0.steps.0" must be a step: move, set, drop, map, list, pick'],
    ['a step that is none', { ...good, steps: [null] }, '"migrations.0.steps.0" must be a step: move, set, drop, map, list, pick'],
    ['two steps in one', { ...good, steps: [{ move: 'a', to: 'b', set: 'c' }] }, 'unknown key "migrations.0.steps.0.set"'],
    ['a key of a prototype', { ...good, steps: [{ move: 'a', to: 'a.__proto__.b' }] }, '"migrations.0.steps.0.to" must be names and stars with dots between them, such as "agents.*.model"'],
    ['a star for everything', { ...good, steps: [{ drop: '*', note: 'n' }] }, '"migrations.0.steps.0.drop" must be names and stars with dots between them, such as "agents.*.model"'],
    ['a star that stands for nothing', { ...good, steps: [{ move: 'a', to: 'b.*' }] }, '"migrations.0.steps.0" must be a move with no more stars in `to` than in `move`'],
    ['a drop without a reason', { ...good, steps: [{ drop: 'a' }] }, '"migrations.0.steps.0.note" must be'],
    ['a list at many places', { ...good, steps: [{ list: 'a', to: 'b.*', key: 'id' }] }, '"migrations.0.steps.0.to" must be names with dots between them, such as "gateway.port"'],
    ['a value that is a table', { ...good, steps: [{ set: 'a', value: {} }] }, '"migrations.0.steps.0.value" must be'],
  ])('%s is refused', (_, bad, text) => {
    expect(faultOf([good])).toBe('none')
    expect(faultOf([bad])).toContain(text)
  })
})
