/** The line a fault is about, fit to be shown: as wide as it is in the file, so that a column still points at its place. */
import type { JsonSchema } from 'nexus-gateway/sdk'
import { parseDocument, type Span } from './edit-document.ts'
import { secretSpans } from './redact.ts'

const cover = '•'
const widest = 400
/** A key, or a value that gives nothing away. */
const harmless = /^(?:true|false|null|-?\d{1,6})$/
const parts = /("(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|[^\s{}[\],:"']+)(\s*:)?/g

export type Excerpts = (line: number) => string | undefined

/**
 * Of a text that can be read, secrets are covered; of one that cannot, everything that is not plainly a key or a number.
 * Without a schema the text is treated as one that cannot be read.
 */
export async function excerptsOf(text: string, schema?: JsonSchema): Promise<Excerpts> {
  const document = schema && await parseDocument(text).catch(() => undefined /* why not, the fault says */)
  const lines = document ? covered(text, [...secretSpans(document, schema!), ...document.comments]).split(/\r\n|\n|\r/) : text.split(/\r\n|\n|\r/).map(guarded)
  return (line) => lines[line - 1]?.slice(0, widest)
}

function covered(text: string, spans: readonly Span[]): string {
  return [...spans].sort((a, b) => b.start - a.start).reduce((all, { start, end }) => all.slice(0, start) + hidden(all.slice(start, end)) + all.slice(end), text)
}

function guarded(line: string): string {
  return line.replace(parts, (whole, word: string, colon: string | undefined) => (colon !== undefined || harmless.test(word) ? whole : hidden(word)))
}

const hidden = (text: string): string => text.replace(/[^\s"'/]/g, cover)
