import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test, vi } from 'vitest'
import { Secret } from 'nexus-gateway/sdk'
import type { AuthAnswer } from 'nexus-gateway/sdk'
import { createSharedToken, type SharedToken, type SharedTokenOptions } from '../../plugins/auth/ways/shared.ts'
import type { Documents, StoreApi } from '../../plugins/store/contract.ts'
import { codeOf, elapse, partBench, requestOf, temporaryDir, type PartBench } from './auth-shared-harness.ts'

const compared = vi.hoisted(() => [] as [number, number][])
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: (a: Buffer, b: Buffer) => { compared.push([a.length, b.length]); return crypto.timingSafeEqual(a, b) } }
})

const strong = (): string => randomBytes(32).toString('base64url')
interface Bench extends PartBench { readonly shared: SharedToken; readonly file: string; put(text: string): Promise<void>; try(token: string | undefined): string }

async function bench(options: Partial<SharedTokenOptions> = {}, dir?: string, wrap?: (store: StoreApi) => StoreApi): Promise<Bench> {
  const state = dir ?? await temporaryDir()
  const file = join(state, 'auth', 'token')
  let shared: SharedToken | undefined
  const b = await partBench(async (host) => {
    shared = await createSharedToken(host, { env: undefined, configured: undefined, file, ...options })
    return { way: shared.way }
  }, { dir: state, ...(wrap && { wrap }) })
  return Object.assign(b, {
    shared: shared!, file,
    put: async (text: string) => {
      await mkdir(join(state, 'auth'), { recursive: true })
      await writeFile(`${file}.new`, text, { mode: 0o600 })
      await rename(`${file}.new`, file)
    },
    try: (token: string | undefined) => codeOf(shared!.way.admit(requestOf(token === undefined ? {} : { token })) as AuthAnswer | undefined),
  })
}
const fromFile = (read: () => string | Promise<string>, source = 'file:token'): Secret => new Secret(source, async () => read())

describe('the shared token lets in', () => {
  test('whoever has it, as operator with every operator scope, at once', async () => {
    await using b = await bench()
    const answer = b.shared.way.admit(requestOf({ token: b.shared.current() }))
    expect(answer).not.toBeInstanceOf(Promise)
    expect(answer).toMatchObject({ ok: true, caller: { id: 'token', role: 'operator', label: 'operator' } })
    expect(b.shared.current()).toBe((await readFile(b.file, 'utf8')).trim())
  })

  test('nobody else', async () => {
    await using b = await bench()
    const token = b.shared.current()
    expect(b.try(undefined)).toBe('nothing')
    expect(b.try('')).toBe('AUTH_TOKEN_MISSING')
    for (const near of [`${token}x`, token.slice(0, -1), ` ${token}`, token.toUpperCase(), 'x']) expect(b.try(near)).toBe('AUTH_TOKEN_MISMATCH')
  })

  test('by digests of one length, whatever was sent', async () => {
    await using b = await bench()
    compared.length = 0
    for (const guess of ['x', b.shared.current(), 'y'.repeat(100_000), '\u{1F511}']) b.try(guess)
    expect(compared).toEqual(Array.from({ length: 4 }, () => [64, 64]))
  })

  test('the digest that is kept is no token', async () => {
    const dir = await temporaryDir()
    const records: unknown[] = []
    await using b = await bench({}, dir, (store) => ({ ...store, documents: <T>(name: string): Documents<T> => {
      const documents = store.documents<T>(name)
      return { ...documents, put: (key, value, o) => { records.push(value); return documents.put(key, value, o) } }
    } }))
    const { digest } = records[0] as { digest: string }
    expect(digest).toMatch(/^[0-9a-f]{64}$/)
    expect(b.try(digest)).toBe('AUTH_TOKEN_MISMATCH')
    expect(JSON.stringify(records)).not.toContain(b.shared.current())
  })

  test('a token of another way is left to it', async () => {
    await using b = await bench({ foreign: (token) => token.startsWith('nxt_') })
    expect(b.try('nxt_other')).toBe('nothing')
    expect(b.try('nx')).toBe('AUTH_TOKEN_MISMATCH')
  })
})

describe('an attempt is taken before it is compared', () => {
  test('for a weak one, and only where a token is sent', async () => {
    await using b = await bench({ configured: Secret.literal('password123'), foreign: (token) => token.startsWith('nxt_') })
    const guesses = (token?: string) => b.shared.way.guesses?.(requestOf(token === undefined ? {} : { token }))
    expect([guesses('x'), guesses('password123'), guesses(), guesses(''), guesses('nxt_x')]).toEqual([true, true, false, false, false])
    expect(codeOf(await b.enter({ token: 'password123' }))).toBe('token')
    expect(b.attempts).toEqual(['take', 'refund'])
  })

  test('not for a strong one, so that the guesses of others shut nobody out', async () => {
    await using b = await bench()
    expect(b.shared.way.guesses?.(requestOf({ token: 'x' }))).toBe(false)
    await b.enter({ token: b.shared.current() })
    expect(b.attempts).toEqual([])
    await b.enter({ token: 'wrong' })
    expect(b.attempts).toEqual(['take'])
  })
})

describe('the file of the token is followed', () => {
  test('a new one holds within a second, the old one does not, and what it let in is ended', async () => {
    await using b = await bench()
    await elapse(b.k, 1_500)
    const [old, next] = [b.shared.current(), strong()]
    const at = b.k.clock.now()
    await b.put(`${next}\n`)
    await elapse(b.k, 1_000)
    expect([b.try(old), b.try(next)]).toEqual(['AUTH_TOKEN_MISMATCH', 'token'])
    expect(b.ended).toEqual([{ ids: ['token'], reason: 'token changed', at: expect.any(Number) }])
    expect(b.ended[0]!.at - at).toBeLessThanOrEqual(1_000)
    expect(b.shared.known()).toEqual([next, old])
  })

  test('also when it is written over in place, with the same length, again and again', async () => {
    await using b = await bench()
    for (let i = 0; i < 8; i++) {
      const next = strong()
      await writeFile(b.file, `${strong()}\n`)
      await writeFile(b.file, `${next}\n`)
      await elapse(b.k, 1_000)
      expect(b.shared.current()).toBe(next)
      expect(b.try(next)).toBe('token')
    }
  })

  test('nothing is ended, and nothing said, while it is as it was', async () => {
    await using b = await bench()
    await elapse(b.k, 5_000, 250)
    await b.put(`${b.shared.current()}\n`)
    await elapse(b.k, 1_500, 250)
    expect(b.ended).toEqual([])
    expect(b.k.logs.filter(({ plugin, level }) => plugin === 'auth' && level !== 'debug')).toEqual([])
  })

  test.each([
    ['gone', (file: string) => rm(file)],
    ['empty', (file: string) => writeFile(file, '')],
    ['two words', (file: string) => writeFile(file, 'not-this one')],
    ['huge', (file: string) => writeFile(file, 'x'.repeat(1_000_000))],
    ['open to others', async (file: string) => { await writeFile(file, 'not-this'); await chmod(file, 0o644) }],
    ['a link', async (file: string) => { await rename(file, `${file}.real`); await symlink(`${file}.real`, file) }],
    ['a directory', async (file: string) => { await rm(file); await mkdir(file) }],
  ])('one that is %s changes nothing and is said once, until there is a good one', async (_, spoil) => {
    await using b = await bench()
    await elapse(b.k, 1_500)
    const old = b.shared.current()
    await spoil(b.file)
    await elapse(b.k, 4_000)
    expect(b.try(old)).toBe('token')
    expect(b.ended).toEqual([])
    const warnings = b.k.logs.filter(({ level }) => level === 'warn')
    expect(warnings).toHaveLength(1)
    expect(JSON.stringify(warnings)).not.toContain('not-this')
    const next = strong()
    await rm(b.file, { recursive: true, force: true })
    await b.put(next)
    await elapse(b.k, 1_000)
    expect([b.try(old), b.try(next)]).toEqual(['AUTH_TOKEN_MISMATCH', 'token'])
  })

  test('a weak one is not taken where others can reach the gateway', async () => {
    await using b = await bench({ accepts: (token) => token.length > 20 })
    const old = b.shared.current()
    await b.put('password123')
    await elapse(b.k, 1_500)
    expect([b.try(old), b.try('password123')]).toEqual(['token', 'AUTH_TOKEN_MISMATCH'])
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
    expect(b.ended).toEqual([])
  })
})

describe('a source in the settings is followed', () => {
  test('file: within a second, though its reading takes a while', async () => {
    let held = strong()
    const configured = fromFile(async () => { await new Promise((resolve) => { setImmediate(resolve) }); return held })
    await using b = await bench({ configured })
    const old = held
    held = strong()
    await elapse(b.k, 1_000)
    expect([b.try(old), b.try(held)]).toEqual(['AUTH_TOKEN_MISMATCH', 'token'])
    expect(b.ended).toHaveLength(1)
  })

  test.each(['env:X', 'exec:pass', 'store:x'])('%s every 30 s, and at once when the settings change', async (source) => {
    let [held, asked] = [strong(), 0]
    await using b = await bench({ configured: fromFile(() => { asked++; return held }, source) })
    const first = asked
    await elapse(b.k, 29_000, 1_000)
    expect(asked).toBe(first)
    held = strong()
    await elapse(b.k, 2_000, 500)
    expect(b.try(held)).toBe('token')
    held = strong()
    await b.shared.follow()
    expect(b.try(held)).toBe('token')
    expect(b.ended).toHaveLength(2)
  })

  test('that fails or gives none that can be used is said once for each trouble', async () => {
    let held: () => string = () => 'the-first-token'
    await using b = await bench({ configured: fromFile(() => held()) })
    held = () => 'two words'
    await elapse(b.k, 3_000)
    held = () => { throw new Error('gone') }
    await elapse(b.k, 3_000)
    expect(b.try('the-first-token')).toBe('token')
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(2)
    expect(JSON.stringify(b.k.logs)).not.toContain('two words')
  })

  test('never by two looks at once', async () => {
    let [running, most] = [0, 0]
    let letGo = (): void => {}
    let wait = false
    await using b = await bench({ configured: fromFile(async () => {
      most = Math.max(most, ++running)
      if (wait) await new Promise<void>((resolve) => { letGo = resolve })
      running--
      return 'the-first-token'
    }) })
    wait = true
    const looks = [b.shared.follow(), b.shared.follow(), b.shared.follow()]
    await b.k.settled()
    wait = false
    letGo()
    await Promise.all(looks)
    expect(most).toBe(1)
  })

  test('NEXUS_TOKEN and a text in the settings have nothing to follow', async () => {
    for (const options of [{ env: strong() }, { configured: Secret.literal(strong()) }]) {
      await using b = await bench(options)
      expect(b.k.clock.pending()).toEqual([])
    }
  })
})

describe('when the settings name another token', () => {
  const withToken = (token: string, dir: string, wrap?: (store: StoreApi) => StoreApi) => bench({ configured: Secret.literal(token) }, dir, wrap)

  test('what the old one let in is ended: at the start and again once this generation answers', async () => {
    const dir = await temporaryDir()
    await (await withToken('the-first-token', dir)).k.close()
    await using b = await withToken('the-second-token', dir)
    expect(b.ended).toEqual([{ ids: ['token'], reason: 'token changed', at: expect.any(Number) }])
    await b.shared.follow()
    await b.shared.follow()
    expect(b.ended).toHaveLength(2)
  })

  test('the same one ends nothing, and neither does the first one ever', async () => {
    const dir = await temporaryDir()
    for (let i = 0; i < 2; i++) {
      await using b = await withToken('the-first-token', dir)
      await b.shared.follow()
      expect(b.ended).toEqual([])
    }
  })

  test('a store that fails keeps nobody in and stops no start', async () => {
    const broken = (store: StoreApi): StoreApi => ({ ...store, documents: (name) => ({ ...store.documents<never>(name), put: () => Promise.reject(new Error('no space')) }) })
    await using b = await bench({ configured: Secret.literal('the-first-token') }, undefined, broken)
    expect(b.try('the-first-token')).toBe('token')
    expect(b.ended).toHaveLength(1)
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })
})

test('1,000 changes: never is an old token taken once it was ended', async () => {
  let held = strong()
  await using b = await bench({ configured: fromFile(() => held) })
  const stale: string[] = []
  for (let i = 0; i < 1_000; i++) {
    const old = held
    held = strong()
    await b.shared.follow()
    if (b.try(old) !== 'AUTH_TOKEN_MISMATCH' || b.try(held) !== 'token' || b.ended.length !== i + 1) stale.push(old)
  }
  expect(stale).toEqual([])
  expect(b.shared.known().length).toBeLessThanOrEqual(10)
})
