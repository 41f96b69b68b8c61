/**
 * One record is one line of JSON: `{"n":N,…,"prev":"HASH","hash":"HASH"}`. `hash` is the SHA-256 of the line's bytes up
 * to the comma before it, so whatever is changed in a line shows, and `prev` is the hash of the line before.
 */
import { hash } from 'node:crypto'
import type { JournalEntry } from './contract.ts'
import { digestOf } from './digest.ts'

/** What stands in for the hash before the first record. */
export const origin = '0'.repeat(64)
/** No line is longer; texts are cut so that none can be. */
export const maxLineBytes = 16 * 1024
const maxText = 256
const maxPath = 32
const maxId = 64

/** `to` is the last record that retention removed, `hash` is its hash. */
export interface Anchor { readonly to: number; readonly hash: string }

const cut = (text: string, length = maxText): string => text.slice(0, length).replace(/\p{Cc}/gu, '?')

/** The members of a record between its number and its chain. */
export function bodyOf(entry: JournalEntry, time: number, anchor?: Anchor): string {
  const { cause: { caller, trace, path }, access, subject, params, code, ms, of } = entry
  return JSON.stringify({
    time, trace: cut(trace), caller: { id: cut(caller.id), role: cut(caller.role), label: cut(caller.label) }, path: path.slice(0, maxPath).map((id) => cut(id, maxId)), verb: cut(entry.verb),
    ...(access !== undefined && { access: cut(access) }), ...(subject !== undefined && { subject: cut(subject) }), ...(params !== undefined && { params: digestOf(params) }),
    decision: entry.decision, outcome: entry.outcome,
    ...(code !== undefined && { code: cut(code) }), ...(ms !== undefined && { ms: Math.round(ms) }), ...(of !== undefined && { of }), ...(anchor && { anchor }),
  }).slice(1, -1)
}

export function lineOf(n: number, body: string, prev: string): { readonly line: string; readonly hash: string } {
  const hashed = `{"n":${n},${body},"prev":"${prev}"`
  const own = hash('sha256', hashed)
  return { line: `${hashed},"hash":"${own}"}\n`, hash: own }
}

// ── Reading ─────────────────────────────────────────────────────────────────────────────────────

const tailBytes = ',"prev":"'.length + 64 + '","hash":"'.length + 64 + '"}'.length
const unhashedBytes = ',"hash":"'.length + 64 + '"}'.length

export interface Links { readonly prev: string; readonly hash: string; /** The line's bytes are those that `hash` was made of. */ readonly intact: boolean }

/** Of the line in `bytes` from `from` to its newline at `to`; `undefined` if it has not the form of one. */
export function linksOf(bytes: Buffer, from: number, to: number): Links | undefined {
  if (to - from < tailBytes) return undefined
  const tail = bytes.toString('latin1', to - tailBytes, to)
  if (!tail.startsWith(',"prev":"') || !tail.startsWith('","hash":"', 73) || !tail.endsWith('"}')) return undefined
  const own = tail.slice(83, 147)
  return { prev: tail.slice(9, 73), hash: own, intact: hash('sha256', bytes.subarray(from, to - unhashedBytes)) === own }
}

/** Its hash, if the line is whole, is number `n` and follows on `prev`: all that is checked of most lines. */
export function hashIfNext(bytes: Buffer, from: number, to: number, n: number, prev: string): string | undefined {
  if (to - from < tailBytes || !isNumber(bytes, from, n)) return undefined
  const own = hash('sha256', bytes.subarray(from, to - unhashedBytes))
  return bytes.toString('latin1', to - tailBytes, to) === `,"prev":"${prev}","hash":"${own}"}` ? own : undefined
}

/** What the line says was removed; only an anchor is an object that stands last before the chain. */
export function anchorIn(bytes: Buffer, from: number, to: number): Anchor | undefined {
  const end = to - tailBytes
  if (end <= from || bytes[end - 1] !== 0x7d) return undefined
  const [, number, own] = /,"anchor":\{"to":(\d{1,15}),"hash":"([0-9a-f]{64})"\}$/.exec(bytes.toString('latin1', Math.max(from, end - 200), end)) ?? []
  return number !== undefined && own !== undefined ? { to: Number(number), hash: own } : undefined
}

/** Whether the line at `from` is number `n`. */
export function isNumber(bytes: Buffer, from: number, n: number): boolean {
  const start = `{"n":${n},`
  return bytes.toString('latin1', from, from + start.length) === start
}

/** The number that the line at `from` says it has. */
export function numberIn(bytes: Buffer, from: number): number | undefined {
  const [, n] = /^\{"n":([1-9]\d{0,14}),/.exec(bytes.toString('latin1', from, from + 24)) ?? []
  return n === undefined ? undefined : Number(n)
}
