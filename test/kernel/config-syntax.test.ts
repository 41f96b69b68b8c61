/** A text that is no JSON5 is answered with what to mend and where, in words, and with nothing of what stands there. */
import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it } from 'vitest'
import { lineOf, scan } from '../../kernel/config/scan.ts'
import { syntaxFault } from '../../kernel/config/syntax.ts'
import { parseText } from '../../kernel/config/read.ts'

const told = async (text: string): Promise<string> => {
  const { faults, tree } = await parseText(text, 'f')
  expect(tree).toBeUndefined()
  expect(faults).toHaveLength(1)
  const { place, what } = faults[0]!
  return `${place!.line}:${place!.column}: ${what}`
}

describe('what is wrong with a text', () => {
  it.each([
    ['a comma between lines', '{\n  gateway: { port: 8080 }\n  plugins: [],\n}', '2:26: a comma is missing here'],
    ['a comma before a comment', '{\n  a: 1 // one\n  b: 2\n}', '2:7: a comma is missing here'],
    ['a comma in a line', '{ a: "x" b: 1 }', '1:9: a comma is missing here'],
    ['a comma in a list', '{ a: ["x" "y"] }', '1:10: a comma is missing here'],
    ['a comma before a table', '{ a: [{} {}] }', '1:9: a comma is missing here'],
    ['a comma too many', '{ gateway: { port: 1,, } }', '1:22: there is a comma too many'],
    ['a comma too many in a list', '{ a: [1,,2] }', '1:9: there is a comma too many'],
    ['another sign for a comma', '{ a: 1; b: 2 }', '1:7: a comma must stand here'],
    ['a colon', '{ gateway { port: 1 } }', '1:10: a colon is missing after the key'],
    ['another sign for a colon', '{ port = 1 }', '1:8: a colon must stand here, not ='],
    ['a key with a dash', '{\n  provider-demo: {} }', '2:3: a key with other characters than letters, digits, $ and _ must stand in quotes'],
    ['a key with a slash', '{ a/b: {} }', '1:3: a key with other characters than letters, digits, $ and _ must stand in quotes'],
    ['a key', '{ : 1 }', '1:3: a key is missing before the colon'],
    ['a key that is a table', '{ {} }', '1:3: a key must stand here'],
    ['a value', '{ a: , b: 1 }', '1:5: a value is missing after the colon'],
    ['a value at the end of a table', '{ a: { b: } }', '1:10: a value is missing after the colon'],
    ['a value in a list', '{ a: [:] }', '1:7: a value must stand here'],
    ['the quotes of a text', '{\n  auth: { token: sk-secret },\n}', '2:18: a text must stand in quotes'],
    ['the quotes of an address', '{ url: http://localhost }', '1:8: a text must stand in quotes'],
    ['the quotes of a variable', '{ a: ${TOKEN} }', '1:6: a text must stand in quotes'],
    ['the quotes of a date', '{ a: 2026-02-01 }', '1:6: this is not a number as JSON5 has them; a text must stand in quotes'],
    ['backquotes', '{ a: `x` }', '1:6: a text stands in " or \', not in `'],
    ['a word of another language', '{ a: True }', '1:6: write true or false here'],
    ['another', '{ a: None }', '1:6: write null here, or leave the key out'],
    ['a quote in a text', "{ a: 'it's' }", '1:10: the text ends before this; a quote inside of a text needs a \\ before it'],
    ['a quote that is not there', '{\n a: "x,\n b: 1 }', '2:5: the text that begins here is not closed on its line'],
    ['a backslash', '{ a: "C:\\users" }', '1:9: a \\ that means itself must be written twice'],
    ['a comment that goes on', '{ /* a: 1 }', '1:3: the comment that begins here is not closed with */'],
    ['a comment of another language', '{\n # mine\n a: 1 }', '2:2: a comment begins with //, not #'],
    ['one behind a value', '{ a: 1 # mine\n}', '1:8: a comment begins with //, not #'],
    ['a table that is closed as a list', '{ a: {\n b: 1 ] }', '2:7: the object that begins at 1:6 needs a } first'],
    ['a list that is closed as a table', '{ a: [1 }', '1:9: the list that begins at 1:6 needs a ] first'],
    ['a table that is not closed', '{\n  a: {\n    b: 1,\n', '4:1: the file ends here, and the object that begins at 2:6 is not closed'],
    ['a list that is not closed', '{ a: [', '1:7: the file ends here, and the list that begins at 1:6 is not closed'],
    ['a } too many', '{ a: {} } }', '1:11: there is one } too many'],
    ['something behind the end', '{} {}', '1:4: there is something behind the end of the settings'],
    ['another language', 'gateway:\n  port: 1\n', '1:1: the settings must stand between { and }'],
    ['nothing', '', '1:1: there are no settings here; write {} if that is what is meant'],
    ['nothing but space', ' \n\n', '3:1: there are no settings here; write {} if that is what is meant'],
    ['no table', '[1]', '1:1: the settings must stand between { and }'],
    ['a NUL byte', '{ a: "x\0" }', '1:8: there is a NUL byte here; the file may be damaged'],
  ])('is told: %s', async (_, text, expected) => {
    expect(await told(text)).toBe(expected)
  })

  it('is told with lines as editors count them', () => {
    expect(lineOf('a\r\nb\rc\nd', 7)).toEqual({ line: 4, column: 1 })
    expect(lineOf('', 0)).toEqual({ line: 1, column: 1 })
    expect(lineOf('äöx', 2)).toEqual({ line: 1, column: 3 })
  })

  it('is never told with a word that stands there', async () => {
    const secret = 'sk-8f2c91d0'
    const broken = fc.array(fc.constantFrom('{', '}', '[', ']', ':', ',', '"', "'", '\n', ' a', secret, '/*', '//', '\\', '=', '#', '1e', '\0', ' '), { maxLength: 12 }).map((parts) => parts.join(''))
    await fc.assert(fc.asyncProperty(broken, async (text) => {
      const { faults } = await parseText(text, 'f')
      expect(JSON.stringify(faults.map(({ what }) => what))).not.toContain(secret)
    }), { numRuns: 300 })
  })
})

describe('the words and JSON5 itself', () => {
  const parses = (text: string): boolean => {
    try {
      JSON5.parse(text)
      return true
    } catch {
      return false
    }
  }
  const parts = fc.constantFrom('{', '}', '[', ']', ':', ',', '"x"', "'y\\''", 'a', '$b', '1', '-0x1F', '+.5', '5.', '1e3', '01', 'true', 'null', 'Infinity', '-NaN', '// c\n', '/* c */', ' ', '\n', '\u00a0', '"\\x41\\u0041"', '"\\8"', "'\\\n'", 'a-b', '"')
  const text = fc.oneof(fc.array(parts, { maxLength: 14 }).map((all) => all.join('')), fc.json(), fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', ',', ':', '}', '"')).map(([json, at, extra]) => json.slice(0, at % (json.length + 1)) + extra + json.slice((at % (json.length + 1)) + 1)))

  it('agree on what is right and what is not', () => {
    const whole = fc.tuple(fc.constantFrom('[', '{ a:', '{'), text, fc.constantFrom(']', '}', '')).map((all) => all.join(''))
    fc.assert(fc.property(whole, (one) => { expect(syntaxFault(one) === undefined).toBe(parses(one)) }), { numRuns: 3_000 })
  })

  it('agree on how many members there are', () => {
    const members = (value: unknown): number => (typeof value !== 'object' || value === null ? 0 : Object.values(value).reduce<number>((sum, one) => sum + members(one), Array.isArray(value) ? 0 : Object.keys(value).length))
    const tree = fc.jsonValue({ stringUnit: fc.constantFrom(':', '"', "'", '/', '//', '/*', '*/', '\\', '{', '}', '[', 'a', '\n') })
    fc.assert(fc.property(tree, fc.constantFrom(0, 2), (value, space) => {
      expect(scan(JSON5.stringify(value, { space }))).toEqual({ members: members(value) })
      expect(scan(JSON.stringify(value, undefined, space))).toEqual({ members: members(value) })
    }), { numRuns: 500 })
    expect(scan('{ a: 1, // b: 2\n /* c: 3 */ "d:": \'e:\' }')).toEqual({ members: 2 })
  })
})
