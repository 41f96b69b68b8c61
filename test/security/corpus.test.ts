/** Every case of the corpus, against built gateways, fresh and after a reload, SIGKILL and restart. */
import { describe, expect, test } from 'vitest'
import { casesIn, chosen, readCases } from './run/cases.ts'
import { runCorpus } from './run/corpus.ts'
import { failures, slowest, table, tally } from './run/report.ts'

const full = process.env['NEXUS_TEST_FULL'] === '1'
const only = (process.env['NEXUS_TEST_CASES'] ?? '').split(',').filter(Boolean)
const all = readCases()

describe('the format', () => {
  const good = { class: 'A01', title: 'a row', refs: ['x'], cases: [{ id: 'A01-one', title: 'one case', input: [{ http: {} }], expect: [{ status: 401 }] }] }
  const one = good.cases[0]!
  test('a good file is read, with what it says for its cases', () => {
    expect(casesIn('A01.json', good)).toMatchObject([{ id: 'A01-one', class: 'A01', refs: ['x'], needs: [], modes: ['fresh', 'after'] }])
  })
  test.each([
    ['an unknown key of the file', { ...good, more: 1 }],
    ['an unknown key of a case', { ...good, cases: [{ ...one, more: 1 }] }],
    ['an unknown verb', { ...good, cases: [{ ...one, input: [{ eval: 'x' }] }] }],
    ['two verbs in one step', { ...good, cases: [{ ...one, input: [{ http: {}, sleep: 1 }] }] }],
    ['an unknown key of a step', { ...good, cases: [{ ...one, input: [{ http: { code: 1 } }] }] }],
    ['the same inside `repeat`', { ...good, cases: [{ ...one, input: [{ repeat: { times: 1, steps: [{ http: { code: 1 } }] } }] }] }],
    ['an unknown check', { ...good, cases: [{ ...one, expect: [{ stats: 401 }] }] }],
    ['a tree with a kind of file that there is not', { ...good, cases: [{ ...one, setup: { tree: [{ path: 'x', type: 'door' }] } }] }],
    ['an unknown key of something in a tree', { ...good, cases: [{ ...one, setup: { tree: [{ path: 'x', link: 'y' }] } }] }],
    ['an unknown tool to reach a path by', { ...good, cases: [{ ...one, input: [{ reach: { paths: ['x'], tools: ['exec'] } }] }] }],
    ['an unknown key of a call', { ...good, cases: [{ ...one, input: [{ tool: { tool: 'read', code: 1 } }] }] }],
    ['one list that would stand beside none', { ...good, cases: [{ ...one, input: [{ together: [[{ sleep: 1 }]] }] }] }],
    ['an unknown key in a list beside others', { ...good, cases: [{ ...one, input: [{ together: [[{ sleep: 1 }], [{ http: { code: 1 } }]] }] }] }],
    ['rounds that are counted and named', { ...good, cases: [{ ...one, input: [{ repeat: { times: 1, each: [1], steps: [{ sleep: 1 }] } }] }] }],
    ['rounds that are neither', { ...good, cases: [{ ...one, input: [{ repeat: { steps: [{ sleep: 1 }] } }] }] }],
    ['something that no machine can be asked for', { ...good, cases: [{ ...one, setup: { able: ['fly'] } }] }],
    ['a pattern that is none', { ...good, cases: [{ ...one, expect: [{ body: '(' }] }] }],
    ['a case that expects nothing', { ...good, cases: [{ ...one, expect: [] }] }],
    ['a case of another class', { ...good, cases: [{ ...one, id: 'A02-one' }] }],
    ['a case without refs', { class: 'A01', title: 'a row', cases: [one] }],
  ])('%s is refused', (_, file) => {
    expect(() => casesIn('A01.json', file)).toThrow()
  })
})

describe('the corpus', () => {
  test('has at least 150 cases of the classes A to D, J and N', () => {
    const counted = all.filter(({ class: row }) => 'ABCDJN'.includes(row[0]!))
    expect(counted.length).toBeGreaterThanOrEqual(150)
  })

  test('has at least 40 cases of the class I', () => {
    expect(all.filter(({ class: row }) => row.startsWith('I')).length).toBeGreaterThanOrEqual(40)
  })

  test('has at least 40 cases of the class H, and 20 of the class J that go through the tools', () => {
    expect(all.filter(({ class: row }) => row.startsWith('H')).length).toBeGreaterThanOrEqual(40)
    expect(all.filter(({ id }) => /^J\d\d-tool-/.test(id)).length).toBeGreaterThanOrEqual(20)
  })

  test('passes, fresh and after a reload, SIGKILL and restart', { timeout: full ? 1_800_000 : 600_000 }, async () => {
    const cases = chosen(all, only)
    const results = await runCorpus(cases, { full })
    console.log(`${table(cases, results)}\nslowest: ${slowest(results)}`)
    expect(failures(cases, results)).toEqual([])
    // Not one case was left out: what did not run is said to be not applicable, never passed.
    expect(results.length).toBe(cases.reduce((sum, { modes }) => sum + modes.length, 0))
    expect([...tally(results).values()].reduce((sum, { passed }) => sum + passed, 0)).toBeGreaterThan(0)
  })
})
