import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { Secret } from 'nexus-gateway/sdk'
import { findToken } from '../../plugins/auth/keyfile.ts'

let state: string
let file: string
const find = (over: { env?: string; configured?: string } = {}): Promise<string> => findToken({ env: over.env, configured: over.configured === undefined ? undefined : Secret.literal(over.configured), file })
const put = async (text: string, mode = 0o600): Promise<void> => {
  await mkdir(join(state, 'auth'), { recursive: true })
  await writeFile(file, text)
  await chmod(file, mode)
}

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'nexus-auth-'))
  file = join(state, 'auth', 'token')
})
afterEach(() => rm(state, { recursive: true, force: true }))

describe('the shared token', () => {
  test('is made at the first start, with at least 192 bits, and stays', async () => {
    const token = await find()
    expect(Buffer.from(token, 'base64url').length * 8).toBeGreaterThanOrEqual(192)
    expect(await readFile(file, 'utf8')).toBe(`${token}\n`)
    expect(await find()).toBe(token)
  })

  test.each([0o000, 0o022, 0o777])('is for its owner only, whatever the umask (%o)', async (mask) => {
    const before = process.umask(mask)
    try {
      await find()
    } finally {
      process.umask(before)
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(state, 'auth'))).mode & 0o777).toBe(0o700)
  })

  test('is one, however many gateways start at once', async () => {
    const tokens = await Promise.all(Array.from({ length: 24 }, () => find()))
    expect(new Set(tokens).size).toBe(1)
    expect(await readdir(join(state, 'auth'))).toEqual(['token'])
  })

  test('is what the environment says, else the settings, and then no file is made', async () => {
    expect(await find({ env: 'from-env', configured: 'from-config' })).toBe('from-env')
    expect(await find({ env: 'from-env\n' })).toBe('from-env')
    expect(await find({ env: '', configured: 'from-config' })).toBe('from-config')
    await expect(stat(file)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('may have a newline behind it', async () => {
    await put('written-by-hand\r\n')
    expect(await find()).toBe('written-by-hand')
  })
})

describe('a token nobody should rely on stops the start, and is not repeated', () => {
  test.each([['empty', ''], ['blank', ' \n'], ['two lines', 'one\ntwo'], ['not ASCII', 'schl\u00fcssel'], ['too long', 'x'.repeat(513)]])('%s', async (_, text) => {
    await put(text)
    const error = await find().then(() => undefined, (e: Error) => e)
    expect(error).toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNFIT' })
    if (text.trim()) expect(error?.message).not.toContain(text.trim().slice(0, 6))
    await expect(find({ configured: text })).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNFIT' })
  })

  test.each([0o640, 0o604, 0o620, 0o666])('open to others: %o', async (mode) => {
    await put('secret-enough', mode)
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE' })
  })

  test('a symbolic link', async () => {
    await put('elsewhere')
    await rm(file)
    await writeFile(join(state, 'target'), 'elsewhere', { mode: 0o600 })
    await symlink(join(state, 'target'), file)
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE', message: expect.stringContaining('symbolic link') })
  })

  test('a directory in its place', async () => {
    await mkdir(file, { recursive: true })
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE' })
  })

  test('a FIFO, which is not waited for', async () => {
    await mkdir(join(state, 'auth'), { recursive: true })
    execFileSync('mkfifo', ['-m', '600', file])
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE', message: expect.stringContaining('no regular file') })
  })

  test('a file that is far too large, of which only the beginning is read', async () => {
    await put('')
    await truncate(file, 8 * 1024 ** 3)
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNFIT' })
    await put(`${'x'.repeat(40)}${' '.repeat(5_000)}x`)
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_UNFIT' })
  })

  test('a file where its directory should be', async () => {
    await writeFile(join(state, 'auth'), '')
    await expect(find()).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE' })
  })
})
