/**
 * Takes the secrets out of settings: by the schema's marks, and where nobody marked one, by names and forms that
 * secrets have. In text it goes by position, so the rest of the file is shown as it is.
 */
import { valueAt, type JsonSchema } from 'nexus-gateway/sdk'
import { sentinel } from './contract.ts'
import { spliced } from './edit.ts'
import type { Document, Node, Span } from './edit-document.ts'
import { stepInto, waysOf, type Way } from './marks.ts'
import { isTable } from './tree.ts'

const secretName = /(token|password|passwd|passphrase|secret|api[-_]?key|authorization|credentials?|private[-_]?key|cookie)$/i
/** Quantifiers are bounded, so that no text makes a search slow. */
const secretForm = new RegExp([
  '-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----', '\\b(?:Bearer|Basic)\\s{1,4}[\\w.~+/=-]{6}', '://[^\\s/@:]{0,256}:[^\\s/@]{1,256}@', '\\beyJ[\\w-]{8,2048}\\.[\\w-]{8}',
  '\\b(?:sk|pk|rk)[-_][\\w-]{16}', '\\bgh[opsur]_\\w{20}', '\\bgithub_pat_\\w{20}', '\\bglpat-[\\w-]{16}', '\\bnpm_\\w{20}', '\\bhf_\\w{20}', '\\bxox[a-z]-[\\w-]{10}', '\\bxapp-[\\w-]{10}',
  '\\bA(?:KIA|SIA)[0-9A-Z]{16}\\b', '\\bAIza[\\w-]{30}', '\\bAGE-SECRET-KEY-', '\\b\\d{8,10}:[\\w-]{35}(?![\\w-])',
].join('|'))
const commentForm = new RegExp(`((?:${secretName.source.slice(0, -1)})["']?\\s{0,4}[=:]\\s{0,4})(?!\\s|\\{|["']?\\$\\{)\\S.{0,4096}`, 'gi')
const secretVariable = /\$\{[A-Z0-9_]*(KEY|TOKEN|SECRET|PASS|PWD|AUTH|CRED)/
const variable = /^\$\{[A-Z_][A-Z0-9_]*\}$/

interface Place {
  readonly ways: readonly Way[]
  readonly key: string | number | undefined
  readonly inEnv: boolean
  /** What the file says there, where the tree is one that variables were put into. */
  readonly raw: unknown
}

const start = (schema: JsonSchema, raw?: unknown): Place => ({ ways: waysOf(schema), key: undefined, inEnv: false, raw })
const within = (place: Place, key: string | number): Place => ({
  ways: stepInto(place.ways, key), key, inEnv: place.inEnv || (place.key === undefined && key === 'env'), raw: valueAt(place.raw, [key]),
})

/** `enter`: it is no secret itself, what is in it may be. */
function verdict(value: unknown, { ways, key, inEnv, raw }: Place): 'show' | 'hide' | 'enter' {
  if (value === null || value === undefined || typeof value === 'boolean') return 'show'
  if (isReference(value)) return 'show'
  if (ways.some(({ secret }) => secret)) return 'hide'
  if (typeof value === 'object') return 'enter'
  if (typeof value !== 'string') return 'show'
  const unmarked = !ways.some(({ schema }) => schema.secret === false)
  const named = typeof key === 'string' && unmarked && secretName.test(key)
  const filled = typeof raw === 'string' && raw !== value && secretVariable.test(raw)
  return inEnv || ways.length === 0 || named || filled || secretForm.test(value) ? 'hide' : 'show'
}

/** A name in the environment, a path, the name of a stored secret; a command only if nothing but its name is there to be seen. */
function isReference(value: unknown): boolean {
  if (typeof value === 'string') return variable.test(value)
  const source = isTable(value) && Object.keys(value).length === 1 ? value['$secret'] : undefined
  return typeof source === 'string' && (/^(env:[A-Za-z_]\w*|store:[A-Za-z0-9][\w.-]*|exec:[\w./~-]+)$/.test(source) || (source.startsWith('file:') && !secretForm.test(source)))
}

/** `raw` is the file's own tree, for one that variables were put into. */
export function redactTree<T>(tree: T, schema: JsonSchema, raw?: unknown): T {
  return shown(tree, start(schema, raw)) as T
}

function shown(value: unknown, place: Place): unknown {
  const is = verdict(value, place)
  if (is !== 'enter') return is === 'hide' ? sentinel : value
  if (Array.isArray(value)) return value.map((item, i) => shown(item, within(place, i)))
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, shown(inner, within(place, key))]))
}

/** Where secrets stand in a text. */
export function secretSpans({ root }: Document, schema: JsonSchema): Span[] {
  const look = (node: Node, place: Place): Span[] => {
    const is = verdict(node.value, place)
    if (is !== 'enter') return is === 'hide' ? [{ start: node.start, end: node.end }] : []
    return node.items.flatMap((item, i) => look(item.value, within(place, item.key ?? i)))
  }
  return root ? look(root, start(schema)) : []
}

/** The text without its secrets, those in comments too. */
export function redactText(document: Document, schema: JsonSchema): string {
  const { text, comments } = document
  const values = secretSpans(document, schema).map(({ start, end }) => {
    const quote = text[start] === '"' ? '"' : '\''
    return { start, end, text: quote + sentinel + quote }
  })
  const notes = comments.map((span) => ({ ...span, text: redactComment(text.slice(span.start, span.end)) }))
  return spliced(text, [...values, ...notes])
}

/** A setting that was commented out keeps its name. */
export function redactComment(comment: string): string {
  return comment.split(/(\r\n|\n|\r)/).map(redactLine).join('')
}

function redactLine(line: string): string {
  const end = line.endsWith('*/') ? '*/' : ''
  const body = line.slice(0, line.length - end.length)
  const named = body.replace(commentForm, `$1${sentinel}`)
  const out = secretForm.test(named) ? `${/^\s*(\/\/|\/\*|\*)?/.exec(named)![0]} ${sentinel}` : named
  return out === body ? line : `${out}${end && ` ${end}`}`
}
