import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test, vi } from 'vitest'
import { Secret } from 'nexus-gateway/sdk'
import type { AuthAnswer } from 'nexus-gateway/sdk'
import { isFit } from '../../plugins/auth/password/hash.ts'
import { createPassword, type Password } from '../../plugins/auth/password/password.ts'
import { passwordMethods } from '../../plugins/auth/password/verbs.ts'
import { Store, type Documents, type StoreApi } from '../../plugins/store/contract.ts'
import { codeOf, partBench, requestOf, temporaryDir, type PartBench } from './auth-shared-harness.ts'

const scrypts = vi.hoisted(() => ({ running: 0, most: 0, calls: [] as { password: unknown; salt: Buffer; options: unknown }[], hold: undefined as undefined | Promise<void>, dear: false }))
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  const scrypt = ((password: string, salt: Buffer, length: number, options: import('node:crypto').ScryptOptions, done: (error: Error | null, key: Buffer) => void) => {
    scrypts.calls.push({ password, salt, options })
    scrypts.most = Math.max(scrypts.most, ++scrypts.running)
    // What it costs is seen in `calls`; to pay it once is enough.
    crypto.scrypt(password, salt, length, scrypts.dear ? options : { ...options, N: 2 ** 10 }, (error, key) => void Promise.resolve(scrypts.hold).then(() => { scrypts.running--; done(error, key) }))
  }) as typeof crypto.scrypt
  return { ...crypto, scrypt }
})

const right = 'a right good password'
interface Bench extends PartBench { readonly password: Password; set(password: string, options?: Parameters<PartBench['k']['call']>[2]): Promise<unknown>; try(password: string | undefined): Promise<string>; record(): Promise<Record<string, string> | undefined> }

async function bench(dir?: string, wrap?: (store: StoreApi) => StoreApi): Promise<Bench> {
  let password: Password | undefined
  const b = await partBench((host) => password = createPassword(host), { ...(dir && { dir }), methods: passwordMethods, ...(wrap && { wrap }) })
  return Object.assign(b, {
    password: password!,
    set: (text: string, o = {}) => b.k.call('auth.password.set', { password: text }, o),
    try: async (text: string | undefined) => codeOf(await password!.way.admit(requestOf(text === undefined ? {} : { transport: 'ws', password: text }))),
    record: async () => (await (await b.k.service(Store)).documents<Record<string, string>>('auth/password').get('password'))?.value,
  })
}

/** Documents whose next `get` of the password waits, after it has been read, until it is let go. */
function slowReads(store: StoreApi): { store: StoreApi; holdAfter(reads: number): { arrived: Promise<void>; release(): void } } {
  let countdown = -1
  let arrived = (): void => {}
  let gate: Promise<void> | undefined
  return {
    store: { ...store, documents: <T>(name: string): Documents<T> => {
      const documents = store.documents<T>(name)
      return { ...documents, async get(key) {
        const found = await documents.get(key)
        if (countdown-- === 0) {
          arrived()
          await gate
        }
        return found
      } }
    } },
    holdAfter(reads) {
      countdown = reads
      let release = (): void => {}
      gate = new Promise((resolve) => { release = resolve })
      return { arrived: new Promise((resolve) => { arrived = resolve }), release }
    },
  }
}

describe('the password lets in', () => {
  test('whoever knows it, as operator with every operator scope', async () => {
    await using b = await bench()
    scrypts.dear = true
    await b.set(right)
    const answer = await b.enter({ password: right })
    scrypts.dear = false
    expect(answer).toMatchObject({ ok: true, caller: { id: 'password', role: 'operator', label: 'operator' } })
    expect(answer.ok && [...answer.caller.scopes].sort()).toEqual(['operator.admin', 'operator.approvals', 'operator.pairing', 'operator.read', 'operator.write'])
  })

  test('nobody else, with the protocol\'s codes and texts', async () => {
    await using b = await bench()
    expect(await b.password.way.admit(requestOf({ password: right }))).toEqual({ ok: false, code: 'AUTH_PASSWORD_NOT_CONFIGURED', message: 'unauthorized: gateway password not configured on gateway' })
    await b.set(right)
    expect(await b.password.way.admit(requestOf({ password: `${right}x` }))).toEqual({ ok: false, code: 'AUTH_PASSWORD_MISMATCH', message: 'unauthorized: gateway password mismatch (provide gateway auth password)' })
    for (const wrong of [right.slice(0, -1), ` ${right}`, `${right}\n`, right.toUpperCase(), 'x', 'x'.repeat(2_000_000), `${right}\0`, '\ud800'.repeat(10)]) expect(await b.try(wrong)).toBe('AUTH_PASSWORD_MISMATCH')
    expect(await b.try(undefined)).toBe('nothing')
    expect(await b.try('')).toBe('nothing')
  })

  test('however its characters were typed', async () => {
    await using b = await bench()
    await b.set('cafe\u0301 cafe\u0301')
    expect(await b.try('caf\u00e9 caf\u00e9')).toBe('password')
  })

  test('over a restart', async () => {
    const dir = await temporaryDir()
    const first = await bench(dir)
    await first.set(right)
    await first.k.close()
    await using b = await bench(dir)
    expect(await b.try(right)).toBe('password')
  })

  test('nothing is asked of the store, nor promised, where none is sent', async () => {
    await using b = await bench()
    expect(b.password.way.admit(requestOf({ token: 'x' }))).toBeUndefined()
    expect([b.password.way.guesses?.(requestOf()), b.password.way.guesses?.(requestOf({ password: '' })), b.password.way.guesses?.(requestOf({ password: 'x' }))]).toEqual([false, false, true])
  })

  test('an attempt is taken before it is looked at, and given back when it was right', async () => {
    await using b = await bench()
    await b.set(right)
    await b.enter({ password: 'wrong' })
    expect(b.attempts).toEqual(['take'])
    await b.enter({ password: right })
    expect(b.attempts).toEqual(['take', 'take', 'refund'])
  })
})

describe('what is kept', () => {
  test('is scrypt with N=2^15, r=8, p=1 and a salt of 16 bytes, another one each time', async () => {
    await using b = await bench()
    scrypts.calls.length = 0
    await b.set(right)
    const first = await b.record()
    await b.set(right)
    const second = await b.record()
    expect(scrypts.calls.map(({ options }) => options)).toEqual(Array.from({ length: 2 }, () => expect.objectContaining({ N: 32_768, r: 8, p: 1 })))
    expect(scrypts.calls.map(({ salt }) => salt.length)).toEqual([16, 16])
    expect(first?.['salt']).not.toBe(second?.['salt'])
    expect(first?.['hash']).not.toBe(second?.['hash'])
    expect(JSON.stringify(first)).not.toContain(right)
  })

  test('lets nobody in, whichever part of it is sent, and is in no answer and no log', async () => {
    await using b = await bench()
    const answers = [await b.set(right), await b.k.call('auth.password.status')]
    const record = await b.record()
    for (const text of [record!['hash']!, record!['salt']!, JSON.stringify(record), `${record!['salt']}${record!['hash']}`, Buffer.from(record!['hash']!, 'base64url').toString('hex')]) {
      const answer = await b.enter({ password: text })
      answers.push(answer)
      expect(codeOf(answer)).toBe('AUTH_PASSWORD_MISMATCH')
    }
    answers.push(await b.k.call('auth.password.remove'))
    expect(answers.slice(0, 2)).toEqual([{ set: true }, { set: true }])
    for (const secret of [record!['hash']!, record!['salt']!, right]) expect(JSON.stringify([answers, b.k.logs, b.k.events])).not.toContain(secret)
  })

  test('takes as long to look at for a wrong one as for the right one: one scrypt of the same cost', async () => {
    await using b = await bench()
    await b.set(right)
    scrypts.calls.length = 0
    for (const text of [right, 'x'.repeat(8), 'y'.repeat(1_024)]) await b.try(text)
    expect(scrypts.calls).toHaveLength(3)
  })

  test.each([{}, { kind: 'plain', password: right }, { kind: 'scrypt', N: 2, r: 8, p: 1, salt: 'A'.repeat(22), hash: 'B'.repeat(43) }, null, right])('that cannot be read lets nobody in, and is not repeated: %j', async (value) => {
    await using b = await bench()
    await (await b.k.service(Store)).documents('auth/password').put('password', value)
    expect(await b.try(right)).toBe('AUTH_PASSWORD_MISMATCH')
    expect(b.k.logs.filter(({ level }) => level === 'error')).toHaveLength(1)
    expect(JSON.stringify(b.k.logs)).not.toContain('BBBB')
    await b.set(right)
    expect(await b.try(right)).toBe('password')
  })
})

describe('to change it', () => {
  test('ends what the one before let in, once the new one is on disk', async () => {
    const order: string[] = []
    await using b = await bench(undefined, (store) => ({ ...store, documents: <T>(name: string): Documents<T> => {
      const documents = store.documents<T>(name)
      return { ...documents, async put(key, value, o) {
        const revision = await documents.put(key, value, o)
        order.push(`written, ${b.ended.length} ended`)
        return revision
      } }
    } }))
    await b.set(right)
    await b.set('another good password')
    expect(order).toEqual(['written, 0 ended', 'written, 1 ended'])
    expect(b.ended.map(({ ids }) => ids)).toEqual([['password'], ['password']])
    expect([await b.try(right), await b.try('another good password')]).toEqual(['AUTH_PASSWORD_MISMATCH', 'password'])
  })

  test('a write that fails changes and ends nothing', async () => {
    let full = false
    await using b = await bench(undefined, (store) => ({ ...store, documents: <T>(name: string): Documents<T> => {
      const documents = store.documents<T>(name)
      return { ...documents, put: (key, value, o) => (full ? Promise.reject(new Error('no space')) : documents.put(key, value, o)), delete: (key, o) => (full ? Promise.reject(new Error('no space')) : documents.delete(key, o)) }
    } }))
    await b.set(right)
    full = true
    const before = b.ended.length
    await expect(b.set('another good password')).rejects.toThrow()
    await expect(b.k.call('auth.password.remove')).rejects.toThrow()
    expect(b.ended).toHaveLength(before)
    expect(await b.try(right)).toBe('password')
  })

  test('to take it away ends what it let in; again there is nothing to end', async () => {
    await using b = await bench()
    await b.set(right)
    expect(await b.k.call('auth.password.remove')).toEqual({ set: false, removed: true })
    const before = b.ended.length
    expect(await b.k.call('auth.password.remove')).toEqual({ set: false, removed: false })
    expect(b.ended).toHaveLength(before)
    expect(await b.k.call('auth.password.status')).toEqual({ set: false })
    expect(await b.try(right)).toBe('AUTH_PASSWORD_NOT_CONFIGURED')
  })

  test.each([
    ['changed', (b: Bench) => b.set('another good password')],
    ['set to the same', (b: Bench) => b.set(right)],
    ['removed', (b: Bench) => b.k.call('auth.password.remove')],
  ])('a look that began before it is %s lets nobody in after', async (_, change) => {
    for (const reads of [0, 1]) {
      let reading: ReturnType<typeof slowReads> | undefined
      await using b = await bench(undefined, (store) => (reading = slowReads(store)).store)
      await b.set(right)
      const { arrived, release } = reading!.holdAfter(reads)
      const looking = b.try(right)
      await arrived
      await change(b)
      release()
      expect(await looking, `after read ${reads}`).toBe('AUTH_PASSWORD_MISMATCH')
    }
  })

  test.each(['', 'short12', 'with a \0 in it', 'x'.repeat(1_025), '\u00e9'.repeat(513), '\ud800'.repeat(10), '\u{1F511}'.repeat(7)])('one that is too short, too long or no text is refused, and not repeated (%#)', async (text) => {
    await using b = await bench()
    const error = await b.set(text).then(() => undefined, (thrown: { code: string; message: string }) => thrown)
    expect(['NEXUS_AUTH_PASSWORD', 'NEXUS_CALL_INVALID_PARAMS']).toContain(error?.code)
    if (text) expect(error?.message).not.toContain(text)
    expect(await b.record()).toBeUndefined()
  })

  test.each(['x'.repeat(8), 'x'.repeat(1_024), '\u{1F511}'.repeat(8), 'e\u0301'.repeat(512)])('the longest and the shortest are taken (%#)', async (text) => {
    await using b = await bench()
    await b.set(text)
    expect(await b.try(text)).toBe('password')
  })

  test('takes every scope that it gives, no bounds, and somebody who means it', async () => {
    await using b = await bench()
    await expect(b.set(right, { scopes: ['operator.write', 'operator.pairing', 'operator.approvals'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(b.set(right, { caller: { bounds: { agent: 'main' } } })).rejects.toMatchObject({ code: 'NEXUS_AUTH_ESCALATES', status: 403 })
    for (const label of ['node', 'plugin', 'schedule', 'tool', 'channel', 'webhook'] as const) {
      for (const [name, params] of [['auth.password.set', { password: right }], ['auth.password.remove', {}]] as const) await expect(b.k.call(name, params, { label })).rejects.toMatchObject({ code: 'NEXUS_AUTH_PASSWORD_LABEL', status: 403 })
    }
    expect(await b.record()).toBeUndefined()
  })
})

test('two are looked at at once, 32 wait, and the rest are told to come again', async () => {
  await using b = await bench()
  await b.set(right)
  let letGo = (): void => {}
  scrypts.most = 0
  scrypts.hold = new Promise((resolve) => { letGo = resolve })
  const looks = Array.from({ length: 60 }, () => Promise.resolve(b.password.way.admit(requestOf({ password: right }))))
  const early = await Promise.race([Promise.all(looks.slice(0, 34)).then(() => 'done'), new Promise((resolve) => { setTimeout(() => resolve('waiting'), 300) })])
  expect(early).toBe('waiting')
  await expect(b.set('another good password')).rejects.toMatchObject({ code: 'NEXUS_AUTH_PASSWORD_BUSY', retryable: true })
  letGo()
  scrypts.hold = undefined
  const answers = (await Promise.all(looks)) as AuthAnswer[]
  expect(answers.filter(({ ok }) => ok)).toHaveLength(34)
  const refused = answers.filter((answer) => !answer.ok)
  expect(refused).toHaveLength(26)
  for (const answer of refused) expect(answer).toMatchObject({ code: 'AUTH_RATE_LIMITED', retryAfterMs: 1_000 })
  expect(scrypts.most).toBe(2)
})

test('fit is decided on the normal form', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 40 }), (text) => {
    expect(isFit(text)).toBe(isFit(text.normalize('NFD')))
    expect(isFit(text)).toBe([...text.normalize('NFC')].length >= 8 && !text.includes('\0'))
  }))
})

test('a secret in the settings\' manner is taken as well', async () => {
  await using b = await bench()
  await b.k.call('auth.password.set', { password: Secret.literal(right) })
  expect(await b.try(right)).toBe('password')
  expect(await b.try(randomBytes(8).toString('hex'))).toBe('AUTH_PASSWORD_MISMATCH')
})
