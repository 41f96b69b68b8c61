/** The first half of an edit: values that differ are replaced, and what is to go is taken out with its comma and line. */
import { hasBreak, indentAt, lineEnd, lineStart, startsLine, type Document, type Item, type Node, type Span } from './edit-document.ts'
import { valueText, type Style } from './edit-style.ts'
import type { Splice } from './edit.ts'
import { has, isTable, same, type Table } from './tree.ts'

export function cuts(document: Document, tree: Table, style: Style): Splice[] {
  return within(document.root!, tree)

  function within(node: Node, target: unknown): Splice[] {
    const [kept, gone] = node.kind === 'table' ? matched(node, target as Table) : aligned(node, target as readonly unknown[])
    const inner = kept.flatMap(([item, value]) => changed(item, value))
    if (gone.length === 0) return inner
    if (kept.length === 0 && !document.comments.some(isIn(node))) return [replaced(node, target)]
    return [...inner, ...gone.flatMap(removal), ...comma(node, kept.at(-1)?.[0], gone)]
  }

  function changed({ value: node, start }: Item, target: unknown): Splice[] {
    if (same(node.value, target)) return []
    if ((node.kind === 'table' && isTable(target)) || (node.kind === 'list' && Array.isArray(target))) return within(node, target)
    const { text } = document
    const indent = startsLine(text, start) ? indentAt(text, start) : undefined
    const quote = node.kind === 'text' ? text[node.start] as '\'' | '"' : style.quote
    return [{ start: node.start, end: node.end, text: valueText(target, style, { indent, quote }) }]
  }

  /** Nothing of it stays: what comes takes as many lines as that did, one or several. */
  function replaced(node: Node, target: unknown): Splice {
    const { text } = document
    const indent = hasBreak(text, node.start, node.end) ? indentAt(text, node.start) : undefined
    return { start: node.start, end: node.end, text: valueText(target, style, { indent }) }
  }

  /** The last one that stays ends the way the last one did before. */
  function comma(node: Node, last: Item | undefined, gone: readonly Item[]): Splice[] {
    const trailing = node.items.at(-1)!.comma !== undefined
    return last?.comma === undefined || trailing || !gone.includes(node.items.at(-1)!) ? [] : [cut(last.comma, last.comma + 1)]
  }

  function removal(item: Item): Splice[] {
    const { text, comments } = document
    const end = item.comma === undefined ? item.end : item.comma + 1
    const apart = comments.some(({ start }) => start >= item.end && start < end)
    const stop = lineEnd(text, end)
    if (startsLine(text, item.start) && !apart && text.slice(end, stop).trim() === '') return [cut(lineStart(text, item.start), stop + breakAt(text, stop))]
    const comma = item.comma === undefined ? [] : [cut(item.comma, end)]
    return [cut(item.start, item.end), ...comma, space(text, apart ? { start: item.start, end: item.end } : { start: item.start, end })]
  }
}

const cut = (start: number, end: number): Splice => ({ start, end, text: '' })
const isIn = (node: Span) => ({ start }: Span): boolean => start > node.start && start < node.end
const breakAt = (text: string, at: number): number => /^(\r\n|\n|\r)?/.exec(text.slice(at, at + 2))![0].length

/** The space that would be left over beside what goes: that after it, or before it at the end of a line or container. */
function space(text: string, { start, end }: Span): Splice {
  const after = /^[ \t]*/.exec(text.slice(end))![0].length
  const next = text[end + after]
  if (next !== undefined && !/[\r\n}\]]/.test(next)) return cut(end, end + after)
  const before = /[ \t]*$/.exec(text.slice(lineStart(text, start), start))![0].length
  return startsLine(text, start) ? cut(start, start) : cut(start - before, start)
}

type Split = readonly [kept: (readonly [Item, unknown])[], gone: Item[]]

/** Of a key that is written twice the last one counts. */
function matched({ items }: Node, target: Table): Split {
  const last = new Map(items.map((item) => [item.key!, item]))
  const stays = (item: Item): boolean => has(target, item.key!) && last.get(item.key!) === item
  return [items.filter(stays).map((item) => [item, target[item.key!]]), items.filter((item) => !stays(item))]
}

/** What is equal at both ends stays; between, one takes the place of the other as long as there are both. */
function aligned({ items }: Node, target: readonly unknown[]): Split {
  const most = Math.min(items.length, target.length)
  let head = 0
  while (head < most && same(items[head]!.value.value, target[head])) head++
  let tail = 0
  while (tail < most - head && same(items[items.length - 1 - tail]!.value.value, target[target.length - 1 - tail])) tail++
  const pairs = most - head - tail
  const kept = items.flatMap((item, i): (readonly [Item, unknown])[] => {
    if (i < head + pairs) return [[item, target[i]]]
    return i >= items.length - tail ? [[item, target[target.length - items.length + i]]] : []
  })
  return [kept, items.slice(head + pairs, items.length - tail)]
}
