/**
 * Two hundred settings of four files, each with one mistake in one of them: the answer names the file, the line and the
 * key, suggests the key that was meant where one is near, and never shows a value.
 */
import { describe, expect, it } from 'vitest'
import { pathText, valueAt, type KeyPath } from '../../kernel/config/path.ts'
import type { JsonSchema } from '../../kernel/config/schema.ts'
import { isTable } from '../../kernel/config/table.ts'
import { configFiles, strict } from './config-files.ts'

// ── What is right ───────────────────────────────────────────────────────────────────────────────

const text: JsonSchema = { type: 'string', minLength: 1 }
const secret: JsonSchema = { type: 'string', minLength: 8, secret: true }
const count = (minimum: number, maximum: number): JsonSchema => ({ type: 'integer', minimum, maximum })
const flag: JsonSchema = { type: 'boolean' }
const list = (items: JsonSchema): JsonSchema => ({ type: 'array', items, maxItems: 5 })
const schemas: Record<string, JsonSchema> = {
  auth: strict({ token: secret, sessionDays: count(1, 365), allowedOrigins: list(text), rate: strict({ perMinute: count(1, 1000), burst: count(0, 50), lockoutSeconds: { type: 'number', exclusiveMinimum: 0, maximum: 3600 } }, ['perMinute']) }, ['token']),
  telegram: strict({ botToken: secret, pollSeconds: count(1, 60), mode: { enum: ['polling', 'webhook'] }, groups: { type: 'object', additionalProperties: strict({ requireMention: flag, allowFrom: list(text) }, ['requireMention']) } }, ['botToken', 'mode']),
  cron: strict({ timezone: text, jobs: list(strict({ name: text, schedule: text, enabled: flag, retries: count(0, 9) }, ['name', 'schedule'])) }, ['timezone']),
  models: strict({ fallback: text, temperature: { type: 'number', minimum: 0, maximum: 2 }, providers: { type: 'object', additionalProperties: strict({ apiKey: secret, baseUrl: { type: 'string', pattern: '^https?://' }, timeoutMs: count(100, 60_000) }, ['apiKey', 'baseUrl']) } }, ['fallback']),
}

type Tree = { [key: string]: unknown }
interface File { readonly name: string; /** Where its content stands in the whole. */ readonly at: KeyPath; /** Of each list: entries that come before its own. */ readonly before: Readonly<Record<string, number>>; readonly tree: Tree }

/** Every text in it is planted, so that an answer that shows one is caught. */
function rightFiles(): File[] {
  return [
    { name: 'nexus.json5', at: [], before: { 'cron.jobs': 2 }, tree: {
      $include: ['./parts/chat.json5', './parts/cron.json5'],
      auth: { token: 'planted-token', sessionDays: 30, allowedOrigins: ['planted-a', 'planted-b'], rate: { perMinute: 60, burst: 5, lockoutSeconds: 2.5 } },
      cron: { jobs: [{ name: 'planted-c', schedule: 'planted-d', enabled: true }] },
      models: { $include: './parts/models.json5', temperature: 0.7 },
    } },
    { name: 'parts/chat.json5', at: [], before: {}, tree: { telegram: { botToken: 'planted-bot', pollSeconds: 20, mode: 'polling', groups: { 'group one': { requireMention: true, allowFrom: ['planted-e'] }, second: { requireMention: false } } } } },
    { name: 'parts/cron.json5', at: [], before: {}, tree: { cron: { timezone: 'planted-zone', jobs: [{ name: 'planted-f', schedule: 'planted-g', retries: 3 }, { name: 'planted-h', schedule: 'planted-i' }] } } },
    { name: 'parts/models.json5', at: ['models'], before: {}, tree: { fallback: 'planted-model', providers: { main: { apiKey: 'planted-key', baseUrl: 'https://planted', timeoutMs: 5000 }, 'other-one': { apiKey: 'planted-key2', baseUrl: 'http://planted' } } } },
  ]
}

// ── Chance ──────────────────────────────────────────────────────────────────────────────────────

class Chance {
  state: number
  constructor(seed: number) { this.state = seed }
  /** From 0 up to `below`. */
  upTo(below: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4_294_967_296) * below)
  }
  of<T>(all: readonly T[]): T { return all[this.upTo(all.length)]! }
}

// ── Writing it down ─────────────────────────────────────────────────────────────────────────────

/** JSON5 in a hand that changes, and the line of each key and entry. */
function written(tree: Tree, chance: Chance): { readonly text: string; readonly lines: ReadonlyMap<string, number> } {
  const lines = new Map<string, number>()
  const out: string[] = []
  const eol = chance.of(['\n', '\r\n'])
  const quoted = (value: string) => (chance.upTo(2) && !value.includes("'") ? `'${value}'` : JSON.stringify(value))
  const key = (name: string) => (/^[a-z$]\w*$/i.test(name) && chance.upTo(3) ? name : quoted(name))
  const write = (value: unknown, path: KeyPath, head: string, tail: string, depth: number): void => {
    const pad = '  '.repeat(depth)
    if (chance.upTo(6) === 0) out.push(`${pad}// a comment: { with, marks`)
    if (chance.upTo(9) === 0) out.push('')
    lines.set(pathText(path), out.length + 1)
    if (typeof value !== 'object' || value === null) {
      out.push(`${pad}${head}${typeof value === 'string' ? quoted(value) : JSON.stringify(value)}${tail}${chance.upTo(8) === 0 ? ' // so' : ''}`)
      return
    }
    const [open, close] = Array.isArray(value) ? ['[', ']'] : ['{', '}']
    out.push(`${pad}${head}${open}`)
    const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    entries.forEach(([name, sub], i) => write(sub, [...path, name], typeof name === 'string' ? `${key(name)}: ` : '', i < entries.length - 1 || chance.upTo(2) ? ',' : '', depth + 1))
    out.push(`${pad}${close}${tail}`)
  }
  write(tree, [], '', '', 0)
  return { text: out.join(eol) + eol, lines }
}

// ── Mistakes ────────────────────────────────────────────────────────────────────────────────────

interface Spot { readonly path: KeyPath; readonly holder: Tree | unknown[]; readonly key: string | number; readonly schema: JsonSchema; readonly parent: JsonSchema }

/** Every key and entry of a file with what its schema says. */
function spotsOf(file: File): Spot[] {
  const spots: Spot[] = []
  const visit = (value: unknown, schema: JsonSchema, path: KeyPath): void => {
    if (typeof value !== 'object' || value === null) return
    const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value)
    for (const [key, sub] of entries) {
      if (key === '$include') continue
      const below = typeof key === 'number' ? schema.items! : schema.properties?.[key] ?? (schema.additionalProperties as JsonSchema)
      if (path.length > 0 || file.at.length > 0) spots.push({ path: [...path, key], holder: value as Tree | unknown[], key, schema: below, parent: schema })
      visit(sub, below, [...path, key])
    }
  }
  visit(file.tree, file.at.length > 0 ? schemas[file.at[0] as string]! : { properties: schemas }, [])
  return spots
}

interface Expected { readonly path: KeyPath; readonly lineOf: KeyPath; readonly what: RegExp; readonly near?: { readonly word: string; readonly names: readonly string[] } }
type Mistake = (spot: Spot, chance: Chance) => Expected | undefined

const letters = 'abcdefghijklmnopqrstuvwxyz'
const mistakes: Record<string, Mistake> = {
  misspelt({ path, holder, key, parent }, chance) {
    if (typeof key !== 'string' || !parent.properties) return undefined
    const table = holder as Tree
    let word = key
    for (let i = 0; i <= chance.upTo(2); i++) word = typo(word, chance)
    if (word === key || Object.hasOwn(parent.properties, word) || Object.hasOwn(table, word) || distance(word, key) > 2) return undefined
    const entries = Object.entries(table).map(([name, value]) => [name === key ? word : name, value] as const)
    for (const name of Object.keys(table)) delete table[name]
    Object.assign(table, Object.fromEntries(entries))
    const wrong = [...path.slice(0, -1), word]
    return { path: wrong, lineOf: wrong, what: /^is not a known key$/, near: { word, names: Object.keys(parent.properties).filter((name) => !Object.hasOwn(table, name)) } }
  },
  'of the wrong type'({ path, holder, key, schema }, chance) {
    const wrong = chance.of(['planted-wrong', 987_654.321, ['planted-wrong'], { planted: 'planted-wrong' }, null, 'true', '12'].filter((value) => {
      const type = schema.type ?? 'string'
      return type === 'object' ? typeof value !== 'object' || value === null || Array.isArray(value) : type === 'array' ? !Array.isArray(value) : schema.enum ? typeof value !== 'string' || value.startsWith('planted') : typeof value !== (type === 'integer' ? 'number' : type) || type === 'integer'
    }))
    ;(holder as Record<string | number, unknown>)[key] = wrong
    return { path, lineOf: path, what: /^must be / }
  },
  'out of bounds'({ path, holder, key, schema }, chance) {
    const wrong = schema.maximum !== undefined ? chance.of([schema.maximum + 1, (schema.minimum ?? schema.exclusiveMinimum ?? 0) - 1]) : schema.pattern ? 'planted' : schema.minLength ? '' : schema.maxItems ? Array.from({ length: 9 }, () => 'planted') : undefined
    if (wrong === undefined) return undefined
    ;(holder as Record<string | number, unknown>)[key] = wrong
    return { path, lineOf: path, what: /^must be .*\b(at least|at most|above|matching)\b/ }
  },
  'left out'({ path, holder, key, parent }) {
    if (typeof key !== 'string' || !parent.required?.includes(key)) return undefined
    delete (holder as Tree)[key]
    return { path, lineOf: path.slice(0, -1), what: /^is missing; it must be / }
  },
}

function typo(word: string, chance: Chance): string {
  const at = chance.upTo(word.length)
  const letter = letters[chance.upTo(26)]!
  return chance.of([
    word.slice(0, at) + word.slice(at + 1), word.slice(0, at) + letter + word.slice(at), word.slice(0, at) + letter + word.slice(at + 1),
    word.slice(0, at) + (word[at + 1] ?? '') + word[at]! + word.slice(at + 2),
  ])
}

/** By the definition, and slow: not the code under test. */
function distance(a: string, b: string): number {
  if (a === '' || b === '') return a.length + b.length
  if (a[0] === b[0]) return distance(a.slice(1), b.slice(1))
  const swap = a.length > 1 && a[0] === b[1] && a[1] === b[0] ? distance(a.slice(2), b.slice(2)) : Infinity
  if (Math.abs(a.length - b.length) > 3) return 4
  return 1 + Math.min(distance(a.slice(1), b), distance(a, b.slice(1)), distance(a.slice(1), b.slice(1)), swap)
}

describe('one mistake', () => {
  const kinds = Object.keys(mistakes)

  it('none: the settings that the others are made of are right', async () => {
    const { look, put } = configFiles()
    for (const { name, tree } of rightFiles()) put(name, written(tree, new Chance(1)).text)
    expect((await look(undefined, {}, schemas)).lines).toEqual([])
  })

  it.each(Array.from({ length: 200 }, (_, seed) => [seed, kinds[seed % kinds.length]!] as const))('is answered to the point (seed %d: a key or value %s)', async (seed, kind) => {
    const chance = new Chance(seed * 7_919 + 13)
    let files: File[]
    let expected: Expected | undefined
    let file: File
    do {
      files = rightFiles()
      file = chance.of(files)
      expected = mistakes[kind]!(chance.of(spotsOf(file)), chance)
      // A list of two files is only as a whole of the wrong type or too long, and of neither file.
    } while (!expected || pathText(expected.path) === 'cron.jobs')

    const { look, put } = configFiles()
    const texts = new Map(files.map(({ name, tree }) => [name, written(tree, chance)]))
    for (const [name, { text: content }] of texts) put(name, content)
    const { faults, lines, notes } = await look(undefined, {}, schemas)

    const whole = wholePath(file, expected.path)
    const found = faults.filter(({ path }) => pathText(path) === pathText(whole))
    expect(found, lines.join('\n')).toHaveLength(1)
    const { what, meant, place } = found[0]!
    expect(what).toMatch(expected.what)
    // Of a table that several files have, the one that is laid over the others lacks the key.
    const holder = kind === 'left out' && !whole.some((key) => typeof key === 'number') && isTable(valueAt(files[0]!.tree, whole.slice(0, -1))) ? { name: files[0]!.name, path: whole.slice(0, -1) } : { name: file.name, path: expected.lineOf }
    expect(place!.file.endsWith(`/${holder.name}`)).toBe(true)
    expect(place!.line).toBe(texts.get(holder.name)!.lines.get(pathText(holder.path)))
    expect(place!.column).toBeGreaterThan(0)
    if (expected.near) {
      const { word, names } = expected.near
      const near = Math.min(...names.map((name) => distance(word.toLowerCase(), name.toLowerCase())))
      expect(near).toBeLessThanOrEqual(2)
      expect(names.filter((name) => distance(word.toLowerCase(), name.toLowerCase()) === near)).toContain(meant)
    }
    // A required key that is misspelt is missing as well; nothing else is wrong.
    for (const { path, what: more } of faults) if (pathText(path) !== pathText(whole)) expect([expected.near !== undefined, more]).toEqual([true, expect.stringMatching(/^is missing/)])
    expect(JSON.stringify([lines, notes, faults.map((fault) => fault.what)])).not.toMatch(/planted|987654/)
  })
})

/** The path in the whole: below where the file is included, and behind the entries that other files bring. */
function wholePath({ at, before }: File, path: KeyPath): KeyPath {
  return [...at, ...path.map((key, i) => (typeof key === 'number' ? key + (before[pathText([...at, ...path.slice(0, i)])] ?? 0) : key))]
}
