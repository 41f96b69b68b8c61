/** The difference of two texts, as `diff -u` tells it. */
import fc from 'fast-check'
import { expect, it, test } from 'vitest'
import { unified } from '../../plugins/config/lines.ts'

test('three lines are shown around what differs, and hunks that are near are one', () => {
  const before = [...'abcdefghijklmnopqrstuvwxyz']
  const after = before.map((c) => (c === 'd' || c === 'j' || c === 'x' ? c.toUpperCase() : c))
  expect(unified(before.join('\n'), after.join('\n'))).toBe([
    '@@ -1,13 +1,13 @@', ' a', ' b', ' c', '-d', '+D', ' e', ' f', ' g', ' h', ' i', '-j', '+J', ' k', ' l', ' m',
    '@@ -21,6 +21,6 @@', ' u', ' v', ' w', '-x', '+X', ' y', ' z',
  ].join('\n'))
  expect(unified('a\nb', 'a\nb\n')).toBe('')
})

test('a block that is added is told as a block', () => {
  expect(unified('a: {\n},\nz', 'a: {\n},\nb: {\n},\nz')).toBe('@@ -1,3 +1,5 @@\n a: {\n },\n+b: {\n+},\n z')
})

it('gives one text from the other, and never says more than differs', () => {
  const text = fc.array(fc.constantFrom('a', 'b', 'c', '{', '}'), { minLength: 1, maxLength: 14 })
  fc.assert(fc.property(text, text, (a, b): void => {
    const patch = unified(a.join('\n'), b.join('\n'))
    expect(patch === '').toBe(a.join('\n') === b.join('\n'))
    expect(rebuilt(a, patch)).toEqual(b)
  }), { numRuns: 1_000 })
})

/** Does what a patch says. */
function rebuilt(before: readonly string[], patch: string): string[] {
  if (patch === '') return [...before]
  const out: string[] = []
  let at = 0
  for (const line of patch.split('\n')) {
    const hunk = /^@@ -(\d+)/.exec(line)
    if (hunk) {
      out.push(...before.slice(at, Number(hunk[1]) - 1))
      at = Number(hunk[1]) - 1
    } else if (line[0] === '+') out.push(line.slice(1))
    else {
      if (line[0] === ' ') out.push(line.slice(1))
      expect(before[at++]).toBe(line.slice(1))
    }
  }
  return [...out, ...before.slice(at)]
}
