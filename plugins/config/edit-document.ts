/** JSON5 with the place of everything in it, comments and commas too. Offsets count UTF-16 units from 0. */
import type { DocumentNode, MemberNode, Token, ValueNode } from '@humanwhocodes/momoa'
import { fail } from './errors.ts'

export interface Span { readonly start: number; readonly end: number }
export interface Item extends Span {
  /** The name of a member, and the span of it; an entry of a list has none. */
  readonly key?: string
  readonly name?: Span
  readonly value: Node
  /** Of the comma that follows it. */
  readonly comma: number | undefined
}
export interface Node extends Span {
  readonly kind: 'table' | 'list' | 'text' | 'other'
  readonly value: unknown
  /** Of a table and a list; a key written twice stands here twice. */
  readonly items: readonly Item[]
}
export interface Document {
  readonly text: string
  /** Missing where the text holds nothing but space and comments. */
  readonly root: Node | undefined
  readonly comments: readonly Span[]
}

/** Throws NEXUS_CONFIG_TEXT. */
export async function parseDocument(text: string): Promise<Document> {
  const { parse, tokenize } = await import('@humanwhocodes/momoa')
  try {
    const tokens = tokenize(text, { mode: 'json5' })
    const comments = tokens.filter(isComment).map(spanOf)
    if (comments.length === tokens.length) return { text, root: undefined, comments }
    const { body } = parse(text, { mode: 'json5' }) as DocumentNode
    const rest = tokens.filter((token) => !isComment(token))
    return { text, root: nodeOf(body, commaFinder(rest)), comments }
  } catch (error) {
    const { line = 1, column = 1 } = error as { line?: number; column?: number }
    // What momoa says holds the character or word it met, which may be part of a secret.
    throw fail('NEXUS_CONFIG_TEXT', { line, column, reason: error instanceof RangeError ? 'nested too deep' : 'this cannot be read' }, error)
  }
}

const isComment = ({ type }: Token): boolean => type === 'LineComment' || type === 'BlockComment'
// `range` is of no use: for what goes over several lines that end with CR LF it is too short.
const spanOf = ({ loc }: { readonly loc: { readonly start: { readonly offset: number }; readonly end: { readonly offset: number } } }): Span => ({ start: loc.start.offset, end: loc.end.offset })

type CommaFinder = (after: number) => number | undefined

/** Finds the comma that comes next after an offset where a value ends. */
function commaFinder(tokens: readonly Token[]): CommaFinder {
  const starts = tokens.map(({ loc }) => loc.start.offset)
  return (after) => {
    let [low, high] = [0, starts.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (starts[middle]! < after) low = middle + 1
      else high = middle
    }
    return tokens[low]?.type === 'Comma' ? starts[low] : undefined
  }
}

function nodeOf(node: ValueNode, commaAfter: CommaFinder): Node {
  const span = spanOf(node)
  switch (node.type) {
    case 'Object': {
      const items = node.members.map((member) => itemOf(member, commaAfter))
      return { ...span, kind: 'table', items, value: Object.fromEntries(items.map(({ key, value }) => [key, value.value])) }
    }
    case 'Array': {
      const items = node.elements.map(({ value }) => entryOf(nodeOf(value, commaAfter), commaAfter))
      return { ...span, kind: 'list', items, value: items.map(({ value }) => value.value) }
    }
    case 'String': return { ...span, kind: 'text', items: [], value: node.value }
    case 'Null': return { ...span, kind: 'other', items: [], value: null }
    case 'NaN': return { ...span, kind: 'other', items: [], value: NaN }
    case 'Infinity': return { ...span, kind: 'other', items: [], value: node.sign === '-' ? -Infinity : Infinity }
    default: return { ...span, kind: 'other', items: [], value: node.value }
  }
}

function itemOf({ name, value }: MemberNode, commaAfter: CommaFinder): Item {
  const node = nodeOf(value, commaAfter)
  const span = spanOf(name)
  return { key: name.type === 'String' ? name.value : name.name, name: span, value: node, start: span.start, end: node.end, comma: commaAfter(node.end) }
}

const entryOf = (value: Node, commaAfter: CommaFinder): Item => ({ value, start: value.start, end: value.end, comma: commaAfter(value.end) })

// ── Lines ───────────────────────────────────────────────────────────────────────────────────────

export function lineStart(text: string, at: number): number {
  return Math.max(text.lastIndexOf('\n', at - 1), text.lastIndexOf('\r', at - 1)) + 1
}
export const lineEnd = (text: string, at: number): number => at + /^[^\r\n]*/.exec(text.slice(at))![0].length
export const hasBreak = (text: string, start: number, end: number): boolean => /[\r\n]/.test(text.slice(start, end))
/** The space that the line begins with. */
export const indentAt = (text: string, at: number): string => /^[^\S\r\n]*/.exec(text.slice(lineStart(text, at), at))![0]
/** Nothing but space stands before it on its line. */
export const startsLine = (text: string, at: number): boolean => text.slice(lineStart(text, at), at).trim() === ''
/** The end of the last of the comments that begin on the line of `at` and follow it directly. */
export function afterComments({ text, comments }: Document, at: number): number {
  let end = at
  for (const comment of comments) {
    if (comment.start >= end && text.slice(end, comment.start).trim() === '' && !hasBreak(text, end, comment.start)) end = comment.end
  }
  return end
}
