/** How a file is written: found out from what stands in it, and used for what is added. */
import type { Document, Item, Node } from './edit-document.ts'
import { hasBreak, indentAt, lineStart, startsLine } from './edit-document.ts'
import { isTable } from './tree.ts'

type Quote = '\'' | '"'
export interface Style {
  readonly quote: Quote
  /** Of keys; `''` where they are bare. */
  readonly keyQuote: Quote | ''
  /** One step of indentation. */
  readonly unit: string
  readonly newline: string
  /** Whether the last line of a table or list ends with a comma. */
  readonly trailing: boolean
  /** Between a key and its value. */
  readonly colon: string
  /** Most tables and lists take one line. */
  readonly flat: boolean
  /** Inside the braces of a table on one line. */
  readonly pad: string
}
/** Where a value is put: with `indent` it may take several lines, and its last one begins with that; without it, one line. */
export interface Spot { readonly indent: string | undefined; readonly quote?: Quote }

export const widest = 80
const bareKey = /^[A-Za-z_$][\w$]*$/
/** The parser takes these for values wherever they stand. */
const words = ['true', 'false', 'null', 'NaN', 'Infinity']

export function styleOf({ text, root }: Document): Style {
  const nodes = root ? every(root) : []
  const items = nodes.flatMap((node) => node.items.map((item) => ({ item, node })))
  const names = items.flatMap(({ item: { name } }) => (name ? [text[name.start]!] : []))
  const quoted = names.filter(isQuote)
  const keyQuote = most(items.filter(({ item: { key } }) => key !== undefined && bareKey.test(key)).map(({ item }) => text[item.name!.start]!).map((c) => (isQuote(c) ? c : '' as const))) ?? ''
  const spread = nodes.filter(({ items: own }) => own.length > 0 && startsLine(text, own.at(-1)!.start))
  return {
    keyQuote,
    quote: most(nodes.filter(({ kind }) => kind === 'text').map(({ start }) => text[start] as Quote)) ?? most(quoted) ?? '\'',
    unit: most(items.filter(({ item }) => startsLine(text, item.start)).map(({ item, node }) => stepOf(text, item, node)).filter((step) => step !== '')) ?? '  ',
    newline: /\r\n|\n|\r/.exec(text)?.[0] ?? '\n',
    trailing: most(spread.map(({ items: own }) => own.at(-1)!.comma !== undefined)) ?? keyQuote === '',
    flat: most(nodes.filter((node) => node !== root && node.items.length > 0).map(({ start, end }) => !hasBreak(text, start, end))) ?? false,
    colon: most(items.flatMap(({ item: { name, value } }) => (name ? [text.slice(name.end, value.start)] : [])).filter((between) => /^[ \t]*:[ \t]*$/.test(between))) ?? ': ',
    pad: most(nodes.filter(({ kind, items: own }) => kind === 'table' && own.length > 0 && !startsLine(text, own[0]!.start)).map(({ start }) => /^[ \t]*/.exec(text.slice(start + 1))![0])) ?? ' ',
  }
}

const isQuote = (c: string): c is Quote => c === '\'' || c === '"'
const every = (node: Node): Node[] => [node, ...node.items.flatMap(({ value }) => every(value))]

function stepOf(text: string, item: Item, parent: Node): string {
  const [outer, inner] = [indentAt(text, parent.start), text.slice(lineStart(text, item.start), item.start)]
  return inner.startsWith(outer) ? inner.slice(outer.length) : ''
}

/** The most frequent one, of several the first. */
function most<T>(all: readonly T[]): T | undefined {
  const counts = new Map<T, number>()
  for (const one of all) counts.set(one, (counts.get(one) ?? 0) + 1)
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0]
}

// ── Writing ─────────────────────────────────────────────────────────────────────────────────────

export function keyText(key: string, { keyQuote, quote }: Style): string {
  return keyQuote === '' && bareKey.test(key) && !words.includes(key) ? key : quoted(key, keyQuote || quote)
}

export function memberText(key: string, value: unknown, style: Style, spot: Spot): string {
  return `${keyText(key, style)}${style.colon}${valueText(value, style, spot)}`
}

export function valueText(value: unknown, style: Style, { indent, quote = style.quote }: Spot): string {
  if (typeof value === 'string') return quoted(value, quote)
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value)
  const [open, close, inner, pad] = Array.isArray(value)
    ? ['[', ']', (spot: Spot) => value.map((one) => valueText(one, style, spot)), '']
    : isTable(value)
      ? ['{', '}', (spot: Spot) => Object.entries(value).map(([key, one]) => memberText(key, one, style, spot)), style.pad]
      : ['', '', () => [], '']
  if (open === '') return String(value)
  const short = inner({ indent: undefined })
  if (short.length === 0) return open + close
  const line = `${open}${pad}${short.join(', ')}${pad}${close}`
  if (indent === undefined || (staysTogether(value) && line.length <= widest)) return line
  const deeper = indent + style.unit
  return [open, ...inner({ indent: deeper }).map((part, i) => `${deeper}${part}${i < short.length - 1 || style.trailing ? ',' : ''}`), indent + close].join(style.newline)
}

/** Lists of plain values and references to secrets read best on one line. */
function staysTogether(value: unknown): boolean {
  if (Array.isArray(value)) return value.every((one) => typeof one !== 'object' || one === null)
  return isTable(value) && Object.keys(value).length === 1 && Object.hasOwn(value, '$secret')
}

function quoted(text: string, quote: Quote): string {
  const escaped = JSON.stringify(text).slice(1, -1).replace(/[\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`)
  if (quote === '"') return `"${escaped}"`
  return `'${escaped.replace(/\\(.)/g, (pair, c: string) => (c === '"' ? c : pair)).replace(/'/g, '\\\'')}'`
}
