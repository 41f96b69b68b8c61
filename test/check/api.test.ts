/** The public types are those of `test/check/api`, or somebody has said that they may be others. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { changes, entryPoints, kept, lineDiff, surface } from './api-surface.ts'

const accept = 'If it is meant, accept it with `node test/check/api-accept.mjs`; a break also needs a deprecation first, see sdk/deprecations.ts.'
let now: ReadonlyMap<string, string>
beforeAll(() => { now = surface() })

it('covers every entry point and nothing else', () => {
  expect(readdirSync(kept).sort()).toEqual([...entryPoints().keys()].map((name) => `${name}.d.ts`).sort())
})

it.each([...entryPoints().keys()])('%s is as it was', (name) => {
  const file = join(kept, `${name}.d.ts`)
  const found = changes(existsSync(file) ? readFileSync(file, 'utf8') : '', now.get(name)!)
  const breaks = found.filter(({ kind }) => kind === 'break').length
  const lines = found.flatMap(({ name: what, kind, why, diff }) => [`${kind.toUpperCase()}: ${what}: ${why}`, ...diff.slice(0, 60).map((line) => `    ${line}`)])
  expect(found.length, [`${name}: ${breaks} breaks and ${found.length - breaks} additions in the public types.`, ...lines, accept].join('\n')).toBe(0)
})

it('knows what a plugin author can see', () => {
  const sdk = now.get('sdk.index')!
  for (const name of ['interface Ctx<', 'interface Scope ', 'function capabilityText(', 'const definePlugin:', 'interface Caller ']) expect(sdk).toContain(`declare ${name}`)
  expect(sdk).not.toMatch(/\/\*\*|import\(/)
  // What only the kernel's own files use is nobody's business.
  expect(sdk).not.toMatch(/declare (interface|type) (KernelParts|Generation|Unit)\b/)
})

describe('a change', () => {
  const text = (...declarations: readonly string[]) => `// Exported: ${declarations.map((one) => /^\w+ (\w+)/.exec(one)![1]).join(', ')}\nexport {}\n\n${declarations.map((one) => `declare ${one}\n`).join('\n')}`
  const point = 'interface Point {\n    readonly x: number;\n    readonly y: number;\n}'
  it.each([
    ['nothing', [point], [point], []],
    ['a new declaration', [point], [point, 'type A = string'], ['A addition', 'export A addition']],
    ['one that is gone', [point, 'type A = string'], [point], ['A break', 'export A break']],
    ['a member that may be left out', [point], [point.replace('y: number;', 'y: number;\n    readonly z?: number;')], ['Point addition']],
    ['a member that has to be given', [point], [point.replace('y: number;', 'y: number;\n    readonly z: number;')], ['Point break']],
    ['a member of another type', [point], [point.replace('y: number', 'y: string')], ['Point break']],
    ['a member that is gone', [point], [point.replace('    readonly y: number;\n', '')], ['Point break']],
    ['one more method of a contract', ['const c: Contract<{\n    a: 1;\n}>'], ['const c: Contract<{\n    a: 1;\n    b: 2;\n}>'], ['c addition']],
    ['a method of a contract that is gone', ['const c: Contract<{\n    a: 1;\n    b: 2;\n}>'], ['const c: Contract<{\n    b: 2;\n}>'], ['c break']],
    ['one more word of a union', ['type U = \'a\''], ['type U = \'a\' | \'b\''], ['U break']],
  ])('%s', (_, before, after, expected) => {
    expect(changes(text(...before), text(...after)).map(({ name, kind }) => `${name} ${kind}`).sort()).toEqual([...expected].sort())
  })

  it('is shown by the lines that differ, and by no others', () => {
    const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 })
    fc.assert(fc.property(lines, lines, (before, after) => {
      const diff = lineDiff(before, after)
      const count = (sign: string) => diff.filter((line) => line.startsWith(sign)).length
      expect(before.length - count('-')).toBe(after.length - count('+'))
      if (before.join() === after.join()) expect(diff).toEqual([])
    }))
  })
})
