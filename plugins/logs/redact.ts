/**
 * Takes secrets out of a log record: by the key they stand under, by their form, and by value where a plugin has said
 * which secrets it holds. What comes out is plain data of bounded size. It never throws and never changes its input.
 */
import type { LogRecord } from 'nexus-gateway/sdk'

export interface Redactor {
  /** From now on these values are secrets, and no others. */
  know(secrets: readonly string[]): void
  text(text: string): string
  record(record: LogRecord): LogRecord
}

const cover = '[redacted]'
const mostSecrets = 1000
const shortestSecret = 8
/** Characters of a text that are kept, and those that are searched so that a secret across the cut is found whole. */
const keptChars = 8 * 1024
const searchedChars = 2 * keptChars
const mostValues = 1000
const mostDepth = 8

const secretKey = /token|secret|passw|passphrase|authorization|cookie|api[-_]?key|credential|private[-_]?key/i
const countKey = /tokens/i

/** Quantifiers are bounded, so that no text makes a search slow. */
const forms: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----[\s\S]*/g, cover],
  [/\b(Bearer|Basic)\s{1,4}[\w.~+/=-]{6,4096}/gi, `$1 ${cover}`],
  [/((?:token|secret|passw(?:or)?d|passphrase|api[-_]?key|credential|authorization)[\w-]{0,32}["']?\s{0,4}[=:]\s{0,4}["']?)[^\s"',;&}\\]{4,4096}/gi, `$1${cover}`],
  [/(cookie\s{0,4}:\s{0,4})[^\r\n]{1,4096}/gi, `$1${cover}`],
  [/(:\/\/)[^\s/@:]{0,256}:[^\s/@]{1,256}@/g, `$1${cover}@`],
  [/\beyJ[\w-]{8,2048}\.[\w-]{8,2048}\.[\w-]{0,2048}/g, cover],
  [/\b(?:sk|pk|rk)[-_][\w-]{16,256}/g, cover],
  [/\bnx[dt]_[\w-]{43}/g, cover],
  [/\bgh[opsur]_\w{20,256}|\bgithub_pat_\w{20,256}|\bglpat-[\w-]{16,256}|\bnpm_\w{20,256}|\bhf_\w{20,256}/g, cover],
  [/\bxox[a-z]-[\w-]{10,256}|\bxapp-[\w-]{10,256}/g, cover],
  [/\bA(?:KIA|SIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,64}/g, cover],
  [/\b\d{8,10}:[\w-]{35}(?![\w-])/g, cover],
]

export function createRedactor(): Redactor {
  let known: RegExp | undefined
  let held: readonly string[] = []

  function text(whole: string): string {
    let out = whole.length > searchedChars ? whole.slice(0, searchedChars) : whole
    if (known) out = out.replace(known, cover)
    for (const [form, by] of forms) out = out.replace(form, by)
    return whole.length > searchedChars || out.length > keptChars ? `${out.slice(0, keptChars)}… (${whole.length} characters)` : out
  }

  function value(input: unknown, depth: number, budget: { left: number }): unknown {
    if (typeof input === 'string') return text(input)
    if (typeof input === 'number' || typeof input === 'boolean' || input === null || input === undefined) return input
    if (typeof input !== 'object') return typeof input === 'bigint' ? String(input) : `[${typeof input}]`
    if (input instanceof Date) return Number.isNaN(input.getTime()) ? '[no date]' : input.toISOString()
    if (input instanceof URL) return text(input.href)
    if (ArrayBuffer.isView(input)) return `[${input.byteLength} bytes]`
    if (depth === mostDepth) return '[deeper]'
    if (input instanceof Error) return entries(partsOf(input), depth, budget)
    if (input instanceof Map) return entries([...input].map(([key, inner]) => [String(key), inner]), depth, budget)
    if (Array.isArray(input) || input instanceof Set) return items(input, depth, budget)
    return entries(ownEntries(input), depth, budget)
  }

  function items(list: Iterable<unknown>, depth: number, budget: { left: number }): unknown[] {
    const out: unknown[] = []
    for (const item of list) {
      if (budget.left-- <= 0) return [...out, '[more]']
      out.push(value(item, depth + 1, budget))
    }
    return out
  }

  function entries(list: readonly (readonly [string, unknown])[], depth: number, budget: { left: number }): object {
    const out: [string, unknown][] = []
    for (const [key, inner] of list) {
      if (budget.left-- <= 0) return Object.fromEntries([...out, ['more', '[more]']])
      out.push([text(key), isSecret(key, inner) ? cover : value(inner, depth + 1, budget)])
    }
    return Object.fromEntries(out)
  }

  return {
    know(secrets) {
      if (secrets.length === held.length && secrets.every((secret, i) => secret === held[i])) return
      held = [...secrets]
      known = matcherOf(held)
    },
    text,
    record: (record) => ({
      ...record,
      message: text(record.message),
      ...(record.fields && { fields: value(record.fields, 0, { left: mostValues }) as Record<string, unknown> }),
    }),
  }
}

/** A number called `inputTokens` is a count, and yes, no and nothing give nothing away. */
function isSecret(key: string, value: unknown): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return false
  return secretKey.test(key) && !(typeof value === 'number' && countKey.test(key))
}

function partsOf(error: Error): [string, unknown][] {
  const { name, message, stack, cause } = error
  const { code, errors } = error as { code?: unknown; errors?: unknown }
  return [['name', name], ['code', code], ['message', message], ['stack', stack], ['cause', cause], ['errors', errors]].filter(([, part]) => part !== undefined) as [string, unknown][]
}

/** Own values; one whose getter throws is said to be unreadable, since a log line must come out. */
function ownEntries(object: object): [string, unknown][] {
  return Object.keys(object).slice(0, mostValues).map((key) => {
    try {
      return [key, (object as Record<string, unknown>)[key]]
    } catch {
      return [key, '[unreadable]']
    }
  })
}

/** One pattern for all values in the forms they travel in, the longest first so that a part never wins over the whole. */
function matcherOf(secrets: Iterable<string>): RegExp | undefined {
  const all = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < shortestSecret) continue
    if (all.size >= mostSecrets * 4) break
    const bytes = Buffer.from(secret)
    all.add(secret).add(encodeURIComponent(secret)).add(bytes.toString('base64').replace(/=+$/, '')).add(bytes.toString('base64url'))
  }
  if (all.size === 0) return undefined
  const longestFirst = [...all].sort((a, b) => b.length - a.length)
  return new RegExp(longestFirst.map((secret) => secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')).join('|'), 'g')
}
