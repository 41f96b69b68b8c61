/** An edit of the settings' text changes what it should and nothing else. */
import fc from 'fast-check'
import JSON5 from 'json5'
import { describe, expect, it, test } from 'vitest'
import { pathText } from 'nexus-gateway/sdk'
import { applyTree, readText, skeleton } from '../../plugins/config/edit.ts'
import { parseDocument, type Node } from '../../plugins/config/edit-document.ts'
import { changes, has, isTable, merged, same, withoutValue, withValue, type Table } from '../../plugins/config/tree.ts'

const file = `// top
{
  // the port
  gateway: { port: 1, bind: 'lan' }, // why
  list: ['a', 'b'],
  models: [
    { id: 'x', n: 0x10 }, // first
    { id: 'y' },
  ],
  empty: {},
  last: {
    a: "1",
  },
  // end
}
`
const edited = (change: (tree: Table) => unknown, text = file) => applyTree(text, change(JSON5.parse(text) as Table) as Table)

describe('a value is', () => {
  test('replaced where it stands, in the quotes it had', async () => {
    expect(await edited((t) => withValue(t, ['gateway', 'port'], 2))).toBe(file.replace('port: 1', 'port: 2'))
    expect(await edited((t) => withValue(t, ['last', 'a'], 'it\'s'))).toBe(file.replace('"1"', '"it\'s"'))
    expect(await edited((t) => withValue(t, ['list', 0], 'it\'s'))).toBe(file.replace('\'a\'', '\'it\\\'s\''))
  })

  test('left to the byte if it is the same, also one written in another way', async () => {
    expect(await edited((t) => t)).toBe(file)
    expect(await edited((t) => withValue(t, ['models', 0, 'n'], 16))).toBe(file)
  })

  test('added in the style of its neighbours', async () => {
    expect(await edited((t) => withValue(t, ['gateway', 'x-y'], true))).toBe(file.replace('\'lan\' }', '\'lan\', \'x-y\': true }'))
    expect(await edited((t) => withValue(t, ['last', 'b'], [1, 2]))).toBe(file.replace('"1",', '"1",\n    b: [1, 2],'))
    expect(await edited((t) => withValue(t, ['models', 2], { id: 'z' }))).toBe(file.replace('\'y\' },', '\'y\' },\n    { id: \'z\' },'))
    expect(await edited((t) => ({ ...t, models: [(t['models'] as unknown[])[0], { id: 'm' }, (t['models'] as unknown[])[1]] }))).toBe(file.replace('// first', '// first\n    { id: \'m\' },'))
    expect(await edited((t) => withValue(t, ['list', 2], 'c'))).toBe(file.replace('\'b\']', '\'b\', \'c\']'))
    expect(await edited((t) => ({ ...t, new: { deep: { er: 1 } } }))).toBe(file.replace('// end\n', '// end\n  new: {\n    deep: {\n      er: 1,\n    },\n  },\n'))
    expect(await edited((t) => withValue(t, ['empty', 'key'], { $secret: 'env:KEY' }))).toBe(file.replace('empty: {}', 'empty: {\n    key: { $secret: \'env:KEY\' },\n  }'))
  })

  test('taken out with its comma and its line, and comments beside it stay', async () => {
    expect(await edited((t) => withoutValue(t, ['list']))).toBe(file.replace('  list: [\'a\', \'b\'],\n', ''))
    expect(await edited((t) => withoutValue(t, ['gateway']))).toBe(file.replace('gateway: { port: 1, bind: \'lan\' }, // why', '// why'))
    expect(await edited((t) => withoutValue(t, ['gateway', 'bind']))).toBe(file.replace(', bind: \'lan\'', ''))
    expect(await edited((t) => withoutValue(t, ['gateway', 'port']))).toBe(file.replace('port: 1, ', ''))
    expect(await edited((t) => withoutValue(t, ['models', 0]))).toBe(file.replace('{ id: \'x\', n: 0x10 }, // first', '// first'))
    expect(await edited((t) => withoutValue(t, ['last', 'a']))).toBe(file.replace('{\n    a: "1",\n  }', '{}'))
  })
})

test('strict JSON stays strict JSON', async () => {
  const json = '{\n\t"a": 1,\n\t"b": {\n\t\t"c": [\n\t\t\t1\n\t\t]\n\t}\n}\n'
  const result = await edited((t) => withValue(withValue(t, ['b', 'd'], 'x'), ['e', 'f'], { g: null }), json)
  expect(result).toBe('{\n\t"a": 1,\n\t"b": {\n\t\t"c": [\n\t\t\t1\n\t\t],\n\t\t"d": "x"\n\t},\n\t"e": {\n\t\t"f": {\n\t\t\t"g": null\n\t\t}\n\t}\n}\n')
  expect(await edited(() => ({ a: 1 }), '{"a": 1,"b": 2}')).toBe('{"a": 1}')
})

test('lines end as they do in the file', async () => {
  const crlf = '{\r\n  a: 1, /* one\r\n  two */\r\n  b: \'x\\\r\ny\',\r\n}\r\n'
  expect(await edited((t) => ({ ...t, c: { d: 1 } }), crlf)).toBe(crlf.replace('y\',\r\n', 'y\',\r\n  c: {\r\n    d: 1,\r\n  },\r\n'))
})

test('a file that is empty, or nothing but comments, begins with a table under comments', async () => {
  const begun = await applyTree('', { gateway: { port: 2 } })
  expect(begun).toBe(skeleton.replace('\n}', '\n  gateway: {\n    port: 2,\n  },\n}'))
  expect(await readText(skeleton)).toEqual({})
  expect(await applyTree('// mine\n', { a: 1 })).toBe('// mine\n{\n  a: 1,\n}\n')
  expect(await applyTree('', {})).toBe('')
})

test('a key that is written twice is written once after a change', async () => {
  expect(await edited((t) => ({ ...t, b: 2 }), '{ a: 1, /* c */ a: 2 }')).toBe('{ /* c */ a: 2, b: 2 }')
})

test('what cannot be read is refused with its place and without what stands there', async () => {
  await expect(applyTree('{\n  a: hunter2,\n}', {})).rejects.toMatchObject({ code: 'NEXUS_CONFIG_TEXT', message: 'line 2, column 6: this cannot be read' })
  await expect(applyTree('['.repeat(100_000), {})).rejects.toMatchObject({ code: 'NEXUS_CONFIG_TEXT', message: expect.stringContaining('nested too deep') })
  await expect(readText('[1]')).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHAPE' })
})

test('a change that would not come out right is refused', async () => {
  // For JSON5 the comment ends with the line separator; the parser with positions reads on.
  await expect(edited((t) => ({ ...t, c: 1 }), '{ a: 1, // x\u2028 b: 2,\n}')).rejects.toMatchObject({ code: 'NEXUS_CONFIG_UNEDITABLE' })
})

// ── Any text, any change ────────────────────────────────────────────────────────────────────────

const key = fc.constantFrom('a', 'b', 'c', 'd', 'port', 'x-y', 'it\'s', '"q"', 'true', '$v', 'é', '', 'new key')
const scalar = fc.oneof(fc.integer({ min: -9, max: 99 }), fc.constantFrom(null, true, false, 0.5, -0.25, Infinity, NaN), fc.string({ maxLength: 6, unit: fc.constantFrom('a', ' ', '\'', '"', '\\', '\n', '\u2028', '{', '/', '*', '😀', '\u0001') }))
const { value } = fc.letrec<{ value: unknown; table: Record<string, unknown>; list: unknown[] }>((tie) => ({
  value: fc.oneof({ maxDepth: 4, depthSize: 'small' }, scalar, tie('table'), tie('list')),
  table: fc.dictionary(key, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  list: fc.array(tie('value'), { maxLength: 4 }),
}))
const table = fc.dictionary(key, value, { maxKeys: 6, noNullPrototype: true })

/** Writes a tree in as many ways as there are; every comment has a number. */
function written(tree: unknown, choices: Iterator<number>): string {
  let comments = 0
  const choose = (n: number): number => choices.next().value as number % n
  const newline = ['\n', '\n', '\r\n'][choose(3)]!
  const gap = (): string => [
    '', ' ', `${newline}  `, '', `${newline}\t`, ` /* c${comments++};*/ `, ` // c${comments++};${newline}`, `${newline}// c${comments++};${newline}    `, ` /* c${comments++};${newline} */${newline}`, `${newline}${newline}`, ' ', '',
  ][choose(12)]!
  const text = (s: string): string => {
    const quote = choose(2) === 0 ? '"' : '\''
    return quote + [...s].map((c) => (c === quote || c === '\\' ? `\\${c}` : '\n\u2028\u0001'.includes(c) ? `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}` : c)).join('') + quote
  }
  const number = (n: number): string => [String(n), n > 0 && Number.isInteger(n) ? `0x${n.toString(16)}` : String(n), n >= 0 ? `+${n}` : String(n)][choose(3)]!
  const all = (open: string, parts: string[], close: string): string => open + parts.map((part, i) => gap() + part + gap() + (i < parts.length - 1 || choose(2) === 0 ? ',' : '')).join('') + gap() + close
  const write = (v: unknown): string => {
    if (typeof v === 'string') return text(v)
    if (typeof v === 'number') return number(v)
    if (Array.isArray(v)) return all('[', v.map(write), ']')
    if (!isTable(v)) return String(v)
    return all('{', Object.entries(v).map(([k, one]) => `${/^[a-z$é]+$/.test(k) && k !== 'true' && choose(3) > 0 ? k : text(k)}${gap()}:${gap()}${write(one)}`), '}')
  }
  return gap() + write(tree) + gap()
}

type Change = (tree: Table) => unknown
/** At a place that is there, or one beside it. */
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }), key, value).map(([turns, name, to]): Change => (tree) => withValue(tree, turned(tree, turns, name), to)),
  fc.array(fc.nat(9), { minLength: 1, maxLength: 4 }).map((turns): Change => (tree) => withoutValue(tree, turned(tree, turns, undefined))),
  table.map((patch): Change => (tree) => merged(tree, patch, new Set(Object.keys(patch).map((name) => pathText([name]))))),
  fc.tuple(fc.array(fc.nat(9), { maxLength: 3 }), fc.nat(9), value).map(([turns, at, entry]): Change => (tree) => {
    const path = turned(tree, turns, undefined)
    const list = path.reduce<unknown>((inner, step) => (inner as Table)[step], tree)
    return Array.isArray(list) ? withValue(tree, path, [...list.slice(0, at % (list.length + 1)), entry, ...list.slice(at % (list.length + 1))]) : tree
  }),
)

function turned(tree: unknown, turns: readonly number[], name: string | undefined): (string | number)[] {
  const path: (string | number)[] = []
  let at = tree
  for (const turn of turns) {
    const keys = Array.isArray(at) ? at.map((_, i) => i) : isTable(at) ? Object.keys(at) : []
    if (keys.length === 0) break
    const step = keys[turn % keys.length]!
    path.push(step)
    at = (at as Table)[step]
  }
  if (name !== undefined && isTable(at)) path.push(name)
  return path.length > 0 ? path : ['a']
}

/** The texts of values that are the same in both, and the comments that are not inside something that is not. */
function untouched(node: Node, target: unknown, kept: { start: number; end: number }[], gone: { start: number; end: number }[]): void {
  if (same(node.value, target)) kept.push(node)
  else if (node.kind === 'table' && isTable(target)) {
    for (const item of node.items) {
      if (has(target, item.key!)) untouched(item.value, target[item.key!], kept, gone)
      else gone.push(item)
    }
  } else if (node.kind === 'list' && Array.isArray(target) && node.items.length === target.length) node.items.forEach((item, i) => untouched(item.value, target[i], kept, gone))
  else if (node.kind === 'list' && Array.isArray(target)) gone.push(...node.items)
  else gone.push(node)
}

const positions = (text: string, parts: readonly string[]): boolean => {
  let at = 0
  return parts.every((part) => {
    const found = text.indexOf(part, at)
    at = found + part.length
    return found >= 0
  })
}

describe('whatever the text and the changes', () => {
  it('says what it should, keeps what has not changed to the byte and in order, and loses no comment', async () => {
    await fc.assert(fc.asyncProperty(table, fc.infiniteStream(fc.nat(1 << 20)), fc.array(change, { minLength: 1, maxLength: 6 }), async (first, choices, steps) => {
      let text = written(first, choices)
      let now = JSON5.parse(text) as Table
      expect(same(now, first)).toBe(true)
      expect(await applyTree(text, now)).toBe(text)
      for (const step of steps) {
        const next = step(now)
        if (!isTable(next)) continue
        const result = await applyTree(text, next)
        expect(same(JSON5.parse(result), next)).toBe(true)
        const { root, comments } = await parseDocument(text)
        const kept: { start: number; end: number }[] = []
        const gone: { start: number; end: number }[] = []
        untouched(root!, next, kept, gone)
        expect(positions(result, kept.map(({ start, end }) => text.slice(start, end)))).toBe(true)
        const staying = comments.filter(({ start }) => !gone.some((span) => start >= span.start && start < span.end))
        expect(positions(result, staying.map(({ start, end }) => text.slice(start, end).trim()))).toBe(true)
        if (changes(now, next).length === 0) expect(result).toBe(text)
        ;[text, now] = [result, next]
      }
    }), { numRuns: 250 })
  })

  it('comes to the same settings by many small changes as by one large one', async () => {
    await fc.assert(fc.asyncProperty(table, fc.infiniteStream(fc.nat(1 << 20)), table, async (first, choices, last) => {
      const text = written(first, choices)
      let stepwise = text
      for (const name of new Set([...Object.keys(first), ...Object.keys(last)])) {
        const now = await readText(stepwise)
        stepwise = await applyTree(stepwise, (has(last, name) ? withValue(now, [name], last[name]) : withoutValue(now, [name])) as Table)
      }
      expect(same(JSON5.parse(stepwise), JSON5.parse(await applyTree(text, last)))).toBe(true)
    }), { numRuns: 150 })
  })
})
