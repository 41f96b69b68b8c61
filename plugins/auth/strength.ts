/**
 * How many bits a secret may be worth to somebody who guesses, and what follows for a door that others can reach.
 * The estimate is on the low side for what people think up; what comes from a random source is counted in full.
 */
import type { Log } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { isLoopback } from './networks.ts'

/** What a shared token must be worth where others can reach it. */
export const minBits = 128
export const isWeak = (secret: string): boolean => bitsOf(secret) < minBits

/** The smallest one that has all of a secret's characters is the one it is drawn from. Digits may be missing from one in both cases by chance. */
const alphabets: readonly (readonly [chars: RegExp, size: number])[] = [
  [/^[0-9]*$/, 10], [/^[0-9a-f-]*$/, 16], [/^[0-9A-F-]*$/, 16], [/^[a-z]*$/, 26], [/^[A-Z]*$/, 26], [/^[a-z0-9]*$/, 36], [/^[A-Z0-9]*$/, 36],
  [/^[a-zA-Z0-9]*$/, 62], [/^[\w-]*$/, 64], [/^[\w+/=-]*$/, 64], [/^[\x20-\x7e]*$/, 94],
]
/** What a letter of a text in words is worth. */
const wordBits = 2.5
const words = ['password', 'passphrase', 'secret', 'token', 'admin', 'gateway', 'nexus', 'openclaw', 'changeme', 'letmein', 'welcome', 'qwerty', 'asdfgh', 'zxcvbn', 'example', 'default', 'dragon', 'monkey', 'master', 'summer', 'winter']
/** So many characters of a pattern turn up by chance. */
const chance = 9

export function bitsOf(secret: string): number {
  const text = secret.replace(/=+$/, '')
  const size = alphabets.find(([chars]) => chars.test(text))?.[1] ?? 94
  // Hyphens of a UUID carry nothing.
  const counted = size === 16 ? text.replaceAll('-', '') : text
  const perCharacter = size > 16 && readsAsWords(counted) ? wordBits : Math.log2(size)
  return novel(counted) * perCharacter
}

/** Characters that do not follow from those before them. */
function novel(text: string): number {
  const follows = new Uint8Array(text.length)
  const lower = text.toLowerCase()
  markRuns(text, follows)
  markCopies(lower, follows)
  const patterned = count(follows)
  if (patterned <= Math.max(chance, text.length / 16)) follows.fill(0)
  for (const word of words) for (let at = lower.indexOf(word); at >= 0; at = lower.indexOf(word, at + 1)) follows.fill(1, at + 1, at + word.length)
  return text.length - count(follows)
}

/** `aaaa`, `abcd`, `4321`: from the third on. */
function markRuns(text: string, follows: Uint8Array): void {
  const step = (i: number): number => text.charCodeAt(i) - text.charCodeAt(i - 1)
  for (let i = 2; i < text.length; i++) if (Math.abs(step(i)) <= 1 && step(i) === step(i - 1)) follows[i] = 1
}

/** Four or more that stood there before. */
function markCopies(text: string, follows: Uint8Array): void {
  const seen = new Map<string, number>()
  for (let i = 0; i + 4 <= text.length; i++) {
    const four = text.slice(i, i + 4)
    if (seen.has(four)) follows.fill(1, i, i + 4)
    else seen.set(four, i)
  }
}

/** Random text goes from one kind of character to another all the time; a text in words hardly ever does. */
function readsAsWords(text: string): boolean {
  const letters = text.replace(/[^A-Za-z0-9]/g, '')
  let changes = 0
  for (let i = 1; i < letters.length; i++) if (kindOf(letters.charCodeAt(i)) !== kindOf(letters.charCodeAt(i - 1))) changes++
  return changes < 0.15 * (letters.length - 1)
}

const kindOf = (code: number): number => (code < 58 ? 0 : code < 91 ? 1 : 2)
const count = (marks: Uint8Array): number => marks.reduce((sum, mark) => sum + mark, 0)

export interface Doors {
  /** For `gateway.listen`, with the shared token as it is. Throws NEXUS_AUTH_TOKEN_WEAK. */
  opening(door: { readonly host: string; readonly secure: boolean }, token: string): void
  /** Whether this may be the shared token with the doors that are open. */
  accepts(token: string): boolean
}

export function createDoors(log: Pick<Log, 'warn'>): Doors {
  let reachable = false
  return {
    opening({ host, secure }, token) {
      if (isHere(host)) return
      if (isWeak(token)) throw fail('NEXUS_AUTH_TOKEN_WEAK', { bits: minBits })
      reachable = true
      if (!secure) log.warn('others can reach this address and there is no TLS: whoever is on the way can read tokens and passwords; set `gateway.tls`, or put a proxy with TLS in front', { host })
    },
    accepts: (token) => !reachable || !isWeak(token),
  }
}

const isHere = (host: string): boolean => host === 'localhost' || (isLoopback(host) && host !== '0.0.0.0' && host !== '::')
