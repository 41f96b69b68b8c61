/** What is kept of a password: scrypt with a salt of its own, in a thread, a few at a time. Every look at one takes as long. */
import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { toUSVString } from 'node:util'
import * as v from 'valibot'
import { createSlots } from '../slots.ts'

const cost = { N: 2 ** 15, r: 8, p: 1 } as const
const keyBytes = 32
const saltBytes = 16
/** One takes 128 · N · r, which is exactly what Node allows without this. */
const maxmem = 64 * 1024 * 1024

export const minCharacters = 8
export const maxBytes = 1_024

/** Base64url; the parameters stand with it, so that those of a later version do not lock anybody out. */
export const PasswordRecord = v.strictObject({
  kind: v.literal('scrypt'), N: v.literal(cost.N), r: v.literal(cost.r), p: v.literal(cost.p),
  salt: v.pipe(v.string(), v.length(22)), hash: v.pipe(v.string(), v.length(43)),
})
export type PasswordRecord = v.InferOutput<typeof PasswordRecord>

/** Both give `undefined` at once when too many wait. */
export interface Hasher {
  make(password: string): Promise<PasswordRecord> | undefined
  matches(password: string, record: PasswordRecord): Promise<boolean> | undefined
}

/** Two keyboards may write one character in two ways. */
export const normal = (password: string): string => password.normalize('NFC')

/** Of the normal form. What is sent may be large, so its length is looked at first. */
export function isFit(password: string): boolean {
  // To scrypt a NUL at the end is none: it fills up short passwords with them.
  if (password.length > maxBytes * 3 || password.includes('\0') || toUSVString(password) !== password) return false
  const text = normal(password)
  return Buffer.byteLength(text) <= maxBytes && [...text].length >= minCharacters
}

export function createHasher(): Hasher {
  const slots = createSlots({ most: 2, waiting: 32 })
  return {
    make(password) {
      const salt = randomBytes(saltBytes)
      return slots(async () => ({ kind: 'scrypt', ...cost, salt: salt.toString('base64url'), hash: (await derive(password, salt)).toString('base64url') }))
    },
    matches: (password, { salt, hash }) => slots(async () => timingSafeEqual(await derive(password, Buffer.from(salt, 'base64url')), Buffer.from(hash, 'base64url'))),
  }
}

function derive(password: string, salt: Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    scrypt(normal(password), salt, keyBytes, { ...cost, maxmem }, (error, key) => (error ? reject(error) : resolve(key)))
  })
}
