/** The vault: where the key may be, and files that are not what they should be. */
import { chmod, mkdir, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { createCipher } from '../../plugins/secrets/cipher.ts'
import { writeAtomic } from '../../plugins/secrets/files.ts'
import { fileKeys, findKeys, systemKeyring, type KeyPlace, type OpenKeyring } from '../../plugins/secrets/keys.ts'
import type { Vault } from '../../plugins/secrets/vault.ts'
import { cipher, codeOf, everything, vaultHarness } from './secrets-harness.ts'

const h = vaultHarness()

describe('a store that is not right is an error, and is left as it is', () => {
  beforeEach(() => h.vault().set('a', 'a value'))

  test('without its key', async () => {
    await rename(h.key, join(h.dir, 'away'))
    for (const work of everything) expect(await codeOf(work(h.vault()))).toBe('NEXUS_SECRETS_KEY_MISSING')
    expect(await readdir(h.dir)).not.toContain('key')
    await rename(join(h.dir, 'away'), h.key)
    expect(await h.vault().get('a')).toBe('a value')
  })

  test('with another key', async () => {
    await fileKeys(h.key).write([await cipher.newIdentity()])
    const before = await readFile(h.store)
    for (const work of everything) expect(await codeOf(work(h.vault()))).toBe('NEXUS_SECRETS_DAMAGED')
    expect((await readFile(h.store)).equals(before)).toBe(true)
  })

  test.each<readonly [string, (bytes: Buffer) => Buffer]>([
    ['empty', () => Buffer.alloc(0)], ['cut off', (bytes) => bytes.subarray(0, bytes.length - 1)], ['changed by one bit', (bytes) => { bytes[bytes.length - 3]! ^= 1; return bytes }],
    ['longer', (bytes) => Buffer.concat([bytes, Buffer.from('x')])], ['something else', () => Buffer.from('{"version":1,"secrets":[]}')],
  ])('when it is %s', async (_, change) => {
    await writeFile(h.store, change(await readFile(h.store)))
    const before = await readFile(h.store)
    for (const work of everything) expect(await codeOf(work(h.vault()))).toBe('NEXUS_SECRETS_DAMAGED')
    expect((await readFile(h.store)).equals(before)).toBe(true)
  })

  test.each(['not JSON: a value', '{"version":2,"secrets":[]}', '{"version":1,"secrets":[{"name":"a"}]}', 'null'])('when what is in it is %s', async (text) => {
    const identity = (await fileKeys(h.key).read())[0] as string
    await writeFile(h.store, await cipher.encrypt(text, identity))
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_DAMAGED')
  })

  test('when it is a link, a folder, or larger than any store', async () => {
    await rename(h.store, join(h.dir, 'elsewhere'))
    await symlink(join(h.dir, 'elsewhere'), h.store)
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_READ')
    await rm(h.store)
    await mkdir(h.store)
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_READ')
    await rm(h.store, { recursive: true })
    await writeFile(h.store, Buffer.alloc(8 * 1024 * 1024 + 1))
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_READ')
  })

  test('and a change that cannot be written leaves what was there', async () => {
    if (process.getuid?.() === 0) {
      // Root writes anywhere: a folder in the way stops it as well.
      await rename(h.store, join(h.dir, 'kept'))
      await mkdir(h.store)
      await expect(writeAtomic(h.store, 'x')).rejects.toMatchObject({ code: 'NEXUS_SECRETS_WRITE', retryable: true, message: expect.stringContaining('EISDIR') as string })
      expect((await readdir(h.dir)).sort()).toEqual(['kept', 'key', 'store.age'])
      return
    }
    const before = await readFile(h.store)
    await chmod(h.dir, 0o500)
    expect(await codeOf(h.vault().set('b', 'x'))).toBe('NEXUS_SECRETS_WRITE')
    await chmod(h.dir, 0o700)
    expect((await readFile(h.store)).equals(before)).toBe(true)
  })
})

describe('a store that is full', () => {
  const put = async (values: readonly string[]): Promise<void> => {
    const identity = await cipher.newIdentity()
    await fileKeys(h.key).write([identity])
    await writeAtomic(h.store, await cipher.encrypt(JSON.stringify({ version: 1, secrets: values.map((value, i) => ({ name: `n${i}`, value, createdAt: 1, updatedAt: 1 })) }), identity))
  }

  test('of bytes takes no more, can be read whatever is in it, and takes something in place of something', async () => {
    await put(Array.from({ length: 15 }, () => '\u0001'.repeat(64 * 1024)))
    expect(await codeOf(h.vault().set('last', 'x'.repeat(64 * 1024)))).toBe('NEXUS_SECRETS_FULL')
    expect(await h.vault().get('n14')).toBe('\u0001'.repeat(64 * 1024))
    await h.vault().set('n14', '\u0002'.repeat(64 * 1024))
    expect(await h.vault().get('n14')).toBe('\u0002'.repeat(64 * 1024))
  })

  test('of names takes no more', async () => {
    await put(Array.from({ length: 1_000 }, () => 'x'))
    expect(await codeOf(h.vault().set('last', 'x'))).toBe('NEXUS_SECRETS_FULL')
    expect(await h.vault().set('n0', 'y')).toEqual({ created: false })
  })
})

describe('a key file', () => {
  beforeEach(() => h.vault().set('a', 'a value'))

  test.each([0o640, 0o604, 0o620, 0o666])('that others have access to (%o) is refused', async (mode) => {
    await chmod(h.key, mode)
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_KEY_FILE')
  })

  test.each([['nothing', ''], ['words', 'two words\n'], ['a broken key', 'AGE-SECRET-KEY-1abc\n'], ['a key and something else', 'x']])('with %s in it is refused, without repeating it', async (_, text) => {
    const whole = text === 'x' ? `${await readFile(h.key, 'utf8')}x\n` : text
    await writeFile(h.key, whole)
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_KEY_FILE')
  })

  test('with a misspelt key does not open the store, and is not repeated', async () => {
    const whole = await readFile(h.key, 'utf8')
    await writeFile(h.key, whole.replace(/(AGE-SECRET-KEY-1.{10})./, (_, start: string) => `${start}B`))
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_DAMAGED')
  })

  test('is no link', async () => {
    await rename(h.key, join(h.dir, 'elsewhere'))
    await symlink(join(h.dir, 'elsewhere'), h.key)
    expect(await codeOf(h.vault().get('a'))).toBe('NEXUS_SECRETS_READ')
  })
})

describe('the keyring', () => {
  /** One that keeps what it is given; `broken` rejects as one that is locked does. */
  function ring(broken = false) {
    const held = new Map<string, string>()
    const refuse = (): void => { if (broken) throw Object.assign(new Error('AGE-SECRET-KEY-1 is locked'), { code: 'PlatformFailure' }) }
    const open: OpenKeyring = async (account) => ({
      async getPassword() { refuse(); return held.get(account) ?? null },
      async setPassword(text) { refuse(); held.set(account, text) },
    })
    return { held, open, lock: () => { broken = true } }
  }
  const vaultWith = (openKeyring: OpenKeyring, wanted: KeyPlace['wanted'] = 'auto'): Vault => h.vault({ findKeys: (file) => findKeys({ wanted, file, account: h.dir, openKeyring }) })

  test('has the key where there is one that answers, also through a rotation, and no file is made', async () => {
    const { open, held } = ring()
    await vaultWith(open).set('a', 'a value')
    const first = held.get(h.dir)
    expect(await vaultWith(open).place()).toBe('keyring')
    await vaultWith(open).rotate()
    expect(held.get(h.dir)).not.toBe(first)
    expect(held.get(h.dir)).toMatch(/^# .*\nAGE-SECRET-KEY-1[0-9A-Z]{58}\n$/)
    expect(await vaultWith(open).get('a')).toBe('a value')
    expect(await readdir(h.dir)).toEqual(['store.age'])
  })

  test.each<readonly [string, OpenKeyring]>([
    ['there is none', async () => undefined], ['it cannot be loaded', async () => { throw Object.assign(new Error('x'), { code: 'ERR_MODULE_NOT_FOUND' }) }],
    ['it is locked', ring(true).open], ['it has something else under our name', async () => ({ getPassword: async () => 'x', setPassword: async () => {} })],
    ['its library is not installed', systemKeyring],
  ])('is passed over when %s; who insists on it is told', async (_, open) => {
    await vaultWith(open).set('a', 'a value')
    expect(await vaultWith(open).place()).toBe('file')
    expect((await readdir(h.dir)).sort()).toEqual(['key', 'store.age'])
    expect(await codeOf(vaultWith(open, 'keyring').get('a'))).toBe('NEXUS_SECRETS_KEYRING')
  })

  test('that is locked now, while it has the key, is no reason for another key', async () => {
    const { open, lock } = ring()
    await vaultWith(open).set('a', 'a value')
    lock()
    for (const work of everything) expect(await codeOf(work(vaultWith(open)))).toBe('NEXUS_SECRETS_KEY_MISSING')
    expect(await readdir(h.dir)).toEqual(['store.age'])
  })

  test('is not asked where there is a key file, or where the settings say so', async () => {
    const never: OpenKeyring = async () => { throw new Error('asked') }
    await vaultWith(never, 'file').set('a', 'a value')
    expect(await vaultWith(ring().open).place()).toBe('file')
    expect(await vaultWith(ring().open).get('a')).toBe('a value')
  })
})

describe('the library', () => {
  test('that is not installed is named, and looked for again', async () => {
    let there = false
    const late = createCipher(() => (there ? import('age-encryption') : Promise.reject(new Error('Cannot find package'))))
    const vault = h.vault({ cipher: late })
    expect(await codeOf(vault.set('a', 'a value'))).toBe('NEXUS_SECRETS_LIBRARY')
    there = true
    await vault.set('a', 'a value')
    expect(await vault.get('a')).toBe('a value')
  })
})
