/** The second half of an edit: what is missing is added, where and how the neighbours stand. */
import { afterComments, hasBreak, indentAt, startsLine, type Document, type Item, type Node } from './edit-document.ts'
import { memberText, valueText, widest, type Style } from './edit-style.ts'
import type { Splice } from './edit.ts'
import { has, isTable, same, type Table } from './tree.ts'

type Write = (indent: string | undefined) => string[]

/** Everything in the document is in `tree` already, with the same value or, for tables and lists, with less in it. */
export function additions(document: Document, tree: Table, style: Style): Splice[] {
  const { text, comments } = document
  const root = document.root!
  return within(root, tree, true)

  function within(node: Node, target: unknown, ownLine: boolean): Splice[] {
    return node.kind === 'table' ? table(node, target as Table, ownLine) : node.kind === 'list' ? list(node, target as readonly unknown[], ownLine) : []
  }

  function table(node: Node, target: Table, ownLine: boolean): Splice[] {
    const fresh = Object.keys(target).filter((key) => !has(node.value, key))
    const write = (indent: string | undefined) => fresh.map((key) => memberText(key, target[key], style, { indent }))
    return [...node.items.flatMap((item) => within(item.value, target[item.key!], startsLine(text, item.start))), ...added(node, node.items.length - 1, fresh.length, write, ownLine)]
  }

  function list(node: Node, target: readonly unknown[], ownLine: boolean): Splice[] {
    const { items } = node
    const more = target.length - items.length
    const head = headOf(node.value as readonly unknown[], target)
    const write = (indent: string | undefined) => target.slice(head, head + more).map((value) => valueText(value, style, { indent }))
    return [...items.flatMap((item, i) => within(item.value, target[i < head ? i : i + more], startsLine(text, item.start))), ...added(node, head - 1, more, write, ownLine)]
  }

  /** Puts `count` texts behind the item with number `after`. */
  function added(node: Node, after: number, count: number, write: Write, ownLine: boolean): Splice[] {
    if (count === 0) return []
    if (node.items.length === 0) return filled(node, write, ownLine)
    const item = node.items[Math.max(after, 0)]!
    const last = after === node.items.length - 1
    const trailing = node.items.at(-1)!.comma !== undefined
    if (!startsLine(text, item.start)) return inline(item, after, last, trailing, write(undefined))
    const indent = indentAt(text, item.start)
    const lines = linesIn(node, indent, write).map((line, i) => `${line}${i < count - 1 || !last || trailing ? ',' : ''}`).join('')
    if (after < 0) return [insert(afterComments(document, node.start + 1), lines)]
    if (!last) return [insert(afterComments(document, item.comma! + 1), lines)]
    return [...(trailing ? [] : [insert(item.end, ',')]), insert(endOf(node), lines)]
  }

  function linesIn(node: Node, indent: string, write: Write): string[] {
    const short = isFlat(node) ? write(undefined) : []
    return write(indent).map((line, i) => style.newline + indent + (short[i] && short[i].length <= widest ? short[i] : line))
  }

  /** The tables and lists in it take one line each. */
  function isFlat({ items }: Node): boolean {
    const full = items.filter(({ value }) => value.items.length > 0)
    return full.length === 0 ? style.flat : full.every(({ value }) => !hasBreak(text, value.start, value.end))
  }

  /** Beside a neighbour that stands on a line with others. */
  function inline(item: Item, after: number, last: boolean, trailing: boolean, texts: readonly string[]): Splice[] {
    if (after < 0) return [insert(item.start, texts.map((one) => `${one}, `).join(''))]
    if (last && !trailing) return [insert(item.end, texts.map((one) => `, ${one}`).join(''))]
    return [insert(item.comma! + 1, texts.map((one) => ` ${one},`).join(''))]
  }

  /** Into a table or list with nothing but comments in it. */
  function filled(node: Node, write: Write, ownLine: boolean): Splice[] {
    const spread = ownLine || hasBreak(text, node.start, node.end)
    const outer = indentAt(text, node.start)
    const from = endOf(node)
    const space = text.slice(from, node.end - 1)
    if (!spread && from === node.start + 1) {
      const pad = node.kind === 'table' ? style.pad : ''
      return [{ start: from, end: node.end - 1, text: `${pad}${write(undefined).join(', ')}${pad}` }]
    }
    const indent = outer + style.unit
    const texts = linesIn(node, indent, write)
    const lines = texts.map((line, i) => `${line}${i < texts.length - 1 || style.trailing ? ',' : ''}`).join('')
    return [{ start: from, end: node.end - 1, text: lines + (/[\r\n]/.test(space) ? space.slice(space.search(/[\r\n]/)) : style.newline + outer) }]
  }

  /** Where the last thing in it ends, be it a comment. */
  function endOf(node: Node): number {
    const last = node.items.at(-1)
    const ends = comments.filter(({ start, end }) => start > node.start && end < node.end).map(({ end }) => end)
    return Math.max(node.start + 1, ...(last ? [last.comma === undefined ? last.end : last.comma + 1] : []), ...ends)
  }
}

const insert = (at: number, text: string): Splice => ({ start: at, end: at, text })

/** How many entries of `list` stand in `target` under the same number; those after them stand there at its end. */
function headOf(list: readonly unknown[], target: readonly unknown[]): number {
  let head = 0
  while (head < list.length && fits(list[head], target[head])) head++
  return head
}

/** Whether `part` becomes `whole` by additions alone. */
function fits(part: unknown, whole: unknown): boolean {
  if (isTable(part) && isTable(whole)) return Object.entries(part).every(([key, value]) => has(whole, key) && fits(value, whole[key]))
  if (!Array.isArray(part) || !Array.isArray(whole)) return same(part, whole)
  const head = headOf(part, whole)
  return part.length <= whole.length && part.slice(head).every((value, i) => fits(value, whole[whole.length - part.length + head + i]))
}
