/** Nothing goes out of the SDK without a replacement and two minor versions of notice, and nothing stays beyond its time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deprecated as ours, deprecationFaults, deprecations, warner, type Deprecation } from '../../sdk/deprecations.ts'
import { readJson, sourcesOf } from './sources.ts'

const { version } = readJson<{ version: string }>('package.json')

it('keeps to its own rules', () => {
  expect(deprecationFaults(deprecations, version)).toEqual([])
})

it('warns for everything in the table, and for nothing else', () => {
  const used = sourcesOf('sdk', 'kernel', 'plugins').filter(({ path }) => path !== 'sdk/deprecations.ts').flatMap(({ text }) => [...text.matchAll(/\bdeprecated\('([^']+)'/g)].map(([, name]) => name!))
  expect([...new Set(used)].sort()).toEqual(deprecations.map(({ name }) => name).sort())
})

describe('a table', () => {
  const one: Deprecation = { name: 'ctx.old', since: '1.2', until: '1.4', instead: 'Use ctx.new.' }
  const faults = (entry: Partial<Deprecation>, at = '1.3.0') => deprecationFaults([{ ...one, ...entry }], at)
  it.each([
    [{}, '1.2.0', undefined], [{}, '1.3.9', undefined], [{}, '1.4.0', /its time ended/], [{}, '2.0.0', /its time ended/], [{}, '1.1.0', /later than/],
    [{ until: '1.3' }, '1.2.0', /less than two/], [{ until: '2.0' }, '1.2.0', /less than two/], [{ until: '2.2' }, '1.2.0', undefined], [{ until: '0.9' }, '1.2.0', /less than two/],
    [{ instead: ' ' }, '1.2.0', /nothing to write instead/], [{ since: '1' }, '1.2.0', /versions such as/],
  ])('%j at %s', (entry, at, fault) => {
    if (fault) expect(faults(entry, at).join('\n')).toMatch(fault)
    else expect(faults(entry, at)).toEqual([])
  })

  it('names nothing twice', () => expect(deprecationFaults([one, one], '1.2.0')).toEqual(['ctx.old: it stands here twice']))

  it('never lets anything go before two minor versions', () => {
    const n = fc.integer({ min: 0, max: 9 })
    fc.assert(fc.property(n, n, n, (major, since, until) => {
      const found = deprecationFaults([{ ...one, since: `${major}.${since}`, until: `${major}.${until}` }], `${major}.${since}.0`)
      expect(found.length === 0).toBe(until - since >= 2)
    }))
  })
})

it('is told to a plugin once, with what to write instead', () => {
  const lines: string[] = []
  const user = (id: string) => ({ id, log: { debug: () => {}, info: () => {}, error: () => {}, warn: (message: string) => void lines.push(message) } })
  const deprecated = warner([{ name: 'ctx.old', since: '1.2', until: '1.4', instead: 'Use ctx.new.' }])
  const [a, b] = [user('a'), user('b')]
  for (const plugin of [a, a, b, a]) deprecated('ctx.old', plugin)
  expect(lines).toEqual(['a', 'b'].map((id) => `plugin "${id}" uses ctx.old, which goes away with version 1.4: Use ctx.new.`))
  for (const warn of [deprecated, ours]) expect(() => warn('no such name', a)).toThrow(TypeError)
})
