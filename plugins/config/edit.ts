/**
 * Changes of JSON5 text that keep its form: what does not differ stays as it is to the byte, no comment outside of
 * what is taken away is lost, and what is added is written the way the rest of the file is.
 */
import { cuts } from './edit-cut.ts'
import { parseDocument, type Document } from './edit-document.ts'
import { additions } from './edit-add.ts'
import { styleOf } from './edit-style.ts'
import { fail } from './errors.ts'
import { isTable, same, type Table } from './tree.ts'

/** Replaces `start` to `end` of a text. */
export interface Splice { readonly start: number; readonly end: number; readonly text: string }

/** What a file begins with. */
export const skeleton = [
  '// Settings of the gateway, in JSON5: comments, bare keys and trailing commas are fine.',
  '// `nexus config validate` checks them, `nexus config schema` lists every key, `nexus config explain KEY` tells about one.',
  '{',
  '  // gateway: { port: 19789, bind: \'loopback\' },',
  '  // plugins: [\'-provider-demo\', \'./my-plugin.ts\'],',
  '}',
  '',
].join('\n')

/** The tree of `text`; an empty one for a text that holds nothing. Throws NEXUS_CONFIG_TEXT, NEXUS_CONFIG_SHAPE. */
export async function readText(text: string): Promise<Table> {
  const { root } = await parseDocument(text)
  const tree = root ? root.value : {}
  if (!isTable(tree)) throw fail('NEXUS_CONFIG_SHAPE')
  return tree
}

/**
 * `text`, changed so that it says `tree`. Throws NEXUS_CONFIG_TEXT if it cannot be read, NEXUS_CONFIG_UNEDITABLE if
 * the two parsers do not agree about it, or what comes out would not say `tree`.
 */
export async function applyTree(text: string, tree: Table): Promise<string> {
  const found = await parseDocument(text)
  if (found.root && same(found.root.value, tree)) return text
  if (!found.root && Object.keys(tree).length === 0) return text
  if (found.root && !await says(text, found.root.value)) throw fail('NEXUS_CONFIG_UNEDITABLE')
  const before = found.root ? found : await parseDocument(begun(found))
  const style = styleOf(before)
  const less = spliced(before.text, cuts(before, tree, style))
  const between = await parseDocument(less)
  const result = spliced(less, additions(between, tree, style))
  if (!await says(result, tree)) throw fail('NEXUS_CONFIG_UNEDITABLE')
  return result
}

/** A table to add to, below whatever comments there are. */
function begun({ text }: Document): string {
  if (text.trim() === '') return skeleton
  const newline = /\r\n|\n|\r/.exec(text)?.[0] ?? '\n'
  return `${text.trimEnd()}${newline}{${newline}}${newline}`
}

/** By the parser that the gateway reads its settings with. */
async function says(text: string, tree: unknown): Promise<boolean> {
  const { default: JSON5 } = await import('json5')
  try {
    return same(JSON5.parse(text), tree)
  } catch {
    return false // unreadable: it says nothing
  }
}

/** Splices at one offset are made in the order given; cuts may overlap. */
export function spliced(text: string, splices: readonly Splice[]): string {
  const ordered = splices.map((splice, i) => ({ ...splice, i })).sort((a, b) => a.start - b.start || a.end - b.end || a.i - b.i)
  let out = ''
  let at = 0
  for (const { start, end, text: by } of ordered) {
    out += text.slice(at, Math.max(at, start)) + by
    at = Math.max(at, end)
  }
  return out + text.slice(at)
}
