/** Settings of several files: what is laid over what, where a value comes from, and which files may be included at all. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ConfigSource } from '../../kernel/config/include.ts'
import { explain } from '../../kernel/config/locate.ts'
import { originOf } from '../../kernel/config/origin.ts'
import { valueAt, type KeyPath } from '../../kernel/config/path.ts'
import { merge, isTable } from '../../kernel/config/table.ts'
import { configFiles, strict } from './config-files.ts'

const any = { type: 'object' } as const

describe('files that are included', () => {
  it('are merged, lists one behind the other, and the file\'s own keys win', async () => {
    const { look, put } = configFiles()
    put('a.json5', '{ cron: { zone: "A", jobs: [1], only: "a" }, plugins: ["x"] }')
    put('b.json5', '{ cron: { zone: "B", jobs: [2] } }')
    const { tree, lines } = await look('{ cron: { zone: "own", jobs: [3] }, $include: ["./a.json5", "./b.json5"], plugins: ["y"] }', {}, { cron: any })
    expect(lines).toEqual([])
    expect(tree.merged).toEqual({ cron: { zone: 'own', jobs: [1, 2, 3], only: 'a' }, plugins: ['x', 'y'] })
    expect(tree.raw).toEqual({ cron: { zone: 'own', jobs: [3] }, $include: ['./a.json5', './b.json5'], plugins: ['y'] })
  })

  it('may stand in any table, and include others from where they are', async () => {
    const { dir, look, put } = configFiles()
    put('deep/cron.json5', '{ $include: "./more/zone.json5", jobs: [1] }')
    put('deep/more/zone.json5', '{ zone: "UTC", jobs: [0] }')
    const { tree, lines } = await look('{ cron: { $include: "deep/cron.json5", jobs: [2] } }', {}, { cron: any })
    expect(lines).toEqual([])
    expect(tree.merged).toEqual({ cron: { zone: 'UTC', jobs: [0, 1, 2] } })
    expect(tree.files).toEqual([join(dir, 'nexus.json5'), join(dir, 'deep/cron.json5'), join(dir, 'deep/more/zone.json5')])
  })

  it('may be the same at two places', async () => {
    const { look, put } = configFiles()
    put('zone.json5', '{ zone: "UTC" }')
    const { tree, lines } = await look('{ cron: { $include: "zone.json5" }, clock: { $include: "zone.json5", zone: 1 } }', {}, { cron: any, clock: any })
    expect([lines, tree.merged]).toEqual([[], { cron: { zone: 'UTC' }, clock: { zone: 1 } }])
  })

  it('have faults with their own file, line and the whole key path', async () => {
    const { look, put } = configFiles()
    put('cron.json5', '{\n  zne: "UTC",\n  jobs: ["a", 5] }')
    put('deep.json5', '{\n  a: 1\n  b: 2 }')
    const schema = strict({ zone: { type: 'string' }, jobs: { type: 'array', items: { type: 'string' } } })
    const { lines } = await look('{\n  cron: { jobs: ["b", true], $include: "cron.json5" }, }', {}, { cron: schema })
    expect(lines).toEqual(['cron.json5:2:3: "cron.zne" is not a known key; did you mean "zone"?', 'cron.json5:3:15: "cron.jobs[1]" must be a string, in quotes', 'nexus.json5:2:23: "cron.jobs[3]" must be a string, in quotes'])
    expect((await look('{ cron: { $include: "deep.json5" } }', {}, { cron: schema })).lines).toEqual(['deep.json5:2:7: a comma is missing here'])
  })

  it('that are not there are told with the line, the file and the nearest name', async () => {
    const { look, put } = configFiles()
    put('parts/agents.json5', '{}')
    const { lines, tree } = await look('{\n  $include: ["./parts/agent.json5", "zzz"],\n  cron: { every: 1 } }', {}, { cron: strict({ zone: { type: 'string' }, every: { type: 'integer', minimum: 5 } }, ['zone']) })
    // The zone may be in the file that is not there; that the rest is wrong is certain.
    expect(lines).toEqual([
      'nexus.json5:2:14: "$include[0]" names parts/agent.json5: there is no such file; did you mean "./parts/agents.json5"?',
      'nexus.json5:2:37: "$include[1]" names zzz: there is no such file',
      'nexus.json5:3:11: "cron.every" must be a whole number at least 5',
    ])
    expect(tree.files.map((file) => file.split('/').at(-1))).toEqual(['nexus.json5', 'agent.json5', 'zzz'])
  })

  it.each([['5'], ['{}'], ['""'], ['[1]'], ['[["a"]]'], ['"\\x1b[2J"'], ['"a\\0b"']])('are named, not %s', async (value) => {
    expect((await configFiles().look(`{ $include: ${value} }`)).lines).toEqual(['nexus.json5:1:3: "$include" must be the name of a file or a list of such names'])
  })

  it('cannot stand inside of a list', async () => {
    expect((await configFiles().look('{ a: [{ $include: "x" }] }', {}, { a: {} })).lines).toEqual(['nexus.json5:1:9: "a[0].$include" cannot stand inside of a list'])
  })
})

describe('a file is refused', () => {
  it('outside of the root, however it is named', async () => {
    const { dir, look } = configFiles()
    const outside = mkdtempSync(join(tmpdir(), 'nexus-outside-'))
    writeFileSync(join(outside, 'x.json5'), '{ stolen: { key: 1 } }')
    symlinkSync(join(outside, 'x.json5'), join(dir, 'link.json5'))
    symlinkSync(outside, join(dir, 'folder'))
    const names = [join(outside, 'x.json5'), `../${outside.split('/').at(-1)}/x.json5`, 'link.json5', 'folder/x.json5', '/etc/passwd', '/dev/zero']
    const { lines, tree } = await look(JSON.stringify({ $include: names }))
    rmSync(outside, { recursive: true })
    expect(lines).toHaveLength(names.length)
    for (const line of lines) expect(line).toContain('leads out of')
    expect(tree.merged).toEqual({})
  })

  it('whose root only begins like the settings\' own', async () => {
    const { dir, look } = configFiles()
    mkdirSync(`${dir}-evil`)
    writeFileSync(`${dir}-evil/x.json5`, '{}')
    const { lines } = await look(JSON.stringify({ $include: `${dir}-evil/x.json5` }))
    rmSync(`${dir}-evil`, { recursive: true })
    expect(lines).toEqual([expect.stringContaining('leads out of')])
  })

  it('but not if the settings themselves are a link: beside what it leads to is inside', async () => {
    const { dir, look, put } = configFiles()
    put('dotfiles/nexus.json5', '{ $include: "./part.json5" }')
    put('dotfiles/part.json5', '{ gateway: { port: 7 } }')
    symlinkSync('dotfiles/nexus.json5', join(dir, 'nexus.json5'))
    symlinkSync('dotfiles/part.json5', join(dir, 'part.json5'))
    const { lines, tree } = await look()
    expect([lines, tree.gateway.port]).toEqual([[], 7])
    expect(tree.files).toEqual(['nexus.json5', 'dotfiles/nexus.json5', 'part.json5', 'dotfiles/part.json5'].map((name) => join(dir, name)))
  })

  it('in a circle, which is shown', async () => {
    const { look, put } = configFiles()
    put('a.json5', '{ cron: { $include: "./sub/b.json5" } }')
    put('sub/b.json5', '{\n $include: ["../a.json5"] }')
    expect((await look('{ $include: "./a.json5" }')).lines).toEqual(['sub/b.json5:2:13: "cron.$include[0]" makes a circle: a.json5 → sub/b.json5 → a.json5'])
    expect((await look('{ $include: "./nexus.json5" }')).lines).toEqual(['nexus.json5:1:3: "$include" makes a circle: nexus.json5 → nexus.json5'])
  })

  it('beyond ten levels', async () => {
    const { look, put } = configFiles()
    for (let i = 1; i <= 11; i++) put(`${i}.json5`, i < 11 ? `{ $include: "${i + 1}.json5" }` : '{}')
    expect((await look('{ $include: "2.json5" }')).lines).toEqual([])
    expect((await look('{ $include: "1.json5" }')).lines).toEqual(['10.json5:1:3: "$include" is nested too deep: files may include each other 10 deep'])
  })

  it('beyond 64 files', async () => {
    const { look, put } = configFiles()
    put('x.json5', '{}')
    const names = (count: number) => JSON.stringify({ $include: Array.from({ length: count }, () => 'x.json5') })
    expect((await look(names(64))).lines).toEqual([])
    expect((await look(names(65))).lines).toEqual([expect.stringMatching(/^nexus\.json5:1:\d+: "\$include\[64\]" is one include too many: there may be 64$/)])
    expect((await look(names(1_000))).lines).toHaveLength(1)
  })

  it('that is no regular file, or too large', async () => {
    const { dir, look, put } = configFiles()
    execFileSync('mkfifo', [join(dir, 'fifo.json5')])
    mkdirSync(join(dir, 'folder.json5'))
    put('large.json5', `{}${' '.repeat(1024 * 1024)}`)
    const { lines } = await look('{ $include: ["fifo.json5", "folder.json5", "large.json5"] }')
    expect(lines).toEqual([
      'nexus.json5:1:14: "$include[0]" names fifo.json5: the file is not a regular one',
      'nexus.json5:1:28: "$include[1]" names folder.json5: the file is not a regular one but a directory',
      'nexus.json5:1:44: "$include[2]" names large.json5: the file is larger than 1 MiB',
    ])
    symlinkSync('fifo.json5', join(dir, 'to-fifo'))
    symlinkSync('to-self', join(dir, 'to-self'))
    expect((await look('{ $include: ["to-fifo", "to-self", "none/x"] }')).lines.map((line) => line.replace(/^.*names /, ''))).toEqual(['to-fifo: the file is not a regular one', 'to-self: the file is a circle of symbolic links', 'none/x: there is no such file'])
  })
})

// ── Properties ──────────────────────────────────────────────────────────────────────────────────

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor')
const { tree: value } = fc.letrec<{ tree: unknown; table: Record<string, unknown> }>((tie) => ({
  tree: fc.oneof({ maxDepth: 4 }, fc.nat(9), fc.constant(null), fc.array(tie('tree'), { maxLength: 3 }), tie('table'), fc.constant({ $secret: 'env:A' })),
  table: fc.array(fc.tuple(name, tie('tree')), { maxLength: 3 }).map((entries) => Object.fromEntries(entries)),
}))
const table = fc.array(fc.tuple(name, value), { maxLength: 4 }).map((entries) => Object.fromEntries(entries))

describe('laying one tree over another', () => {
  it('takes each key that either has, and what is on top where it is no table or list', () => {
    fc.assert(fc.property(table, table, (under, over) => {
      const merged = merge(under, over) as Record<string, unknown>
      expect(Object.keys(merged).sort()).toEqual([...new Set([...Object.keys(under), ...Object.keys(over)])].sort())
      for (const key of Object.keys(merged)) {
        if (!Object.hasOwn(over, key)) expect(merged[key]).toEqual(under[key])
        else if (!Object.hasOwn(under, key)) expect(merged[key]).toEqual(over[key])
        else expect(merged[key]).toEqual(merge(under[key], over[key]))
      }
      expect(Object.getPrototypeOf(merged)).toBe(Object.prototype)
    }))
  })

  it('changes neither, and nothing laid over or under changes anything', () => {
    fc.assert(fc.property(table, table, (under, over) => {
      const before = structuredClone([under, over])
      merge(under, over)
      expect([under, over]).toEqual(before)
      expect(merge(under, {})).toEqual(under)
      expect(merge({}, over)).toEqual(over)
    }))
  })

  it('keeps every entry of every list, and never mixes references', () => {
    fc.assert(fc.property(fc.array(value), fc.array(value), (a, b) => { expect(merge(a, b)).toEqual([...a, ...b]) }))
    expect(merge({ k: { $secret: 'env:A' } }, { k: { $secret: 'file:b' } })).toEqual({ k: { $secret: 'file:b' } })
    expect(merge({ k: { a: 1 } }, { k: { $secret: 'env:A' } })).toEqual({ k: { $secret: 'env:A' } })
  })

  it('can be undone: every value is found in the source that it came from', () => {
    fc.assert(fc.property(fc.array(table, { minLength: 1, maxLength: 5 }), (trees) => {
      const sources = trees.map((tree, i): ConfigSource => ({ file: String(i), text: '', at: [], tree, moves: [] }))
      const merged = trees.reduce((under, over) => merge(under, over) as Record<string, unknown>)
      const visit = (at: unknown, path: KeyPath): void => {
        const origin = originOf(sources, path)!
        expect(origin.found).toBe(true)
        const there = valueAt(origin.source.tree, origin.path)
        if (Array.isArray(at)) {
          expect(Array.isArray(there)).toBe(true)
          at.forEach((item, i) => visit(item, [...path, i]))
        } else if (isTable(at) && !Object.hasOwn(at, '$secret')) {
          expect(isTable(there)).toBe(true)
          for (const [key, sub] of Object.entries(at)) visit(sub, [...path, key])
          expect(originOf(sources, [...path, 'nowhere'])).toMatchObject({ found: false })
        } else expect(there).toEqual(at)
      }
      visit(merged, [])
    }), { numRuns: 300 })
  })
})

describe('where a value comes from', () => {
  it('is told with layer, place and variables', async () => {
    const { dir, look, put } = configFiles()
    put('part.json5', '{\n  cron: { zone: "${ZONE}/${CITY}", jobs: ["a"] } }')
    const { tree, checked } = await look('{ $include: "part.json5",\n  cron: { every: 5, jobs: ["b"] },\n  env: { CITY: "Rome", OWN: "x" } }', { env: { ZONE: 'Europe', OWN: 'y', NEXUS__gateway__port: '5' }, set: ['cron.every=7'] }, { cron: strict({ zone: { type: 'string' }, every: { type: 'integer' }, jobs: { type: 'array' }, max: { type: 'integer', default: 3 } }) })
    const told = async (...path: KeyPath) => explain(tree, path, checked.resolved)
    const at = (file: string, line: number, column: number) => ({ file: join(dir, file), line, column })
    expect(await told('cron', 'zone')).toEqual({ layer: 'include', place: at('part.json5', 2, 11), variables: ['ZONE', 'CITY'] })
    expect(await told('cron', 'jobs', 0)).toEqual({ layer: 'include', place: at('part.json5', 2, 43), variables: [] })
    expect(await told('cron', 'jobs', 1)).toEqual({ layer: 'file', place: at('nexus.json5', 2, 28), variables: [] })
    expect(await told('cron', 'every')).toEqual({ layer: 'override', name: '--set', variables: [] })
    expect(await told('gateway', 'port')).toEqual({ layer: 'override', name: 'NEXUS__gateway__port', variables: [] })
    expect(await told('env', 'CITY')).toEqual({ layer: 'file', place: at('nexus.json5', 3, 10), variables: [] })
    expect(await told('env', 'OWN')).toEqual({ layer: 'env', name: 'OWN', variables: ['OWN'] })
    expect(await told('env', 'ZONE')).toEqual({ layer: 'env', name: 'ZONE', variables: ['ZONE'] })
    expect(await told('cron', 'max')).toEqual({ layer: 'default', variables: [] })
    expect(await told('cron', 'none')).toEqual({ layer: 'none', variables: [] })
    expect(await told()).toEqual({ layer: 'file', place: at('nexus.json5', 1, 1), variables: [] })
  })

  it('is told without a place where the parser of places does not take the file', async () => {
    const { look } = configFiles()
    const { lines, tree } = await look('{ true: 1, cron: {} }', {}, { cron: any })
    expect(lines).toEqual(['nexus.json5: "true" is no plugin in the list'])
    expect(await explain(tree, ['cron'])).toEqual({ layer: 'file', variables: [] })
  })
})
