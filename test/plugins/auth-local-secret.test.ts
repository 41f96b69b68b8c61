import { execFileSync } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createLocalSecret } from '../../plugins/auth/ways/local-secret.ts'

let state: string
let file: string
const lines = async (): Promise<string[]> => (await readFile(file, 'utf8')).split('\n')

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'nexus-local-'))
  file = join(state, 'auth', 'local')
})
afterEach(() => rm(state, { recursive: true, force: true }))

test('it has 256 bits and stands in the first line of its file, alone in its folder', async () => {
  const secret = await createLocalSecret(file)
  expect(secret).toMatch(/^[\w-]{43}$/)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect((await lines())[0]).toBe(secret)
  expect(await readdir(join(state, 'auth'))).toEqual(['local'])
})

test.each([0o000, 0o022, 0o777])('it is for its owner only, whatever the umask (%o)', async (mask) => {
  const before = process.umask(mask)
  try {
    await createLocalSecret(file)
  } finally {
    process.umask(before)
  }
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  expect((await stat(join(state, 'auth'))).mode & 0o777).toBe(0o700)
})

test('each start has another one; a reload in the same process keeps its own', async () => {
  const secrets = [await createLocalSecret(file, '1 10'), await createLocalSecret(file, '1 11'), await createLocalSecret(file, '2 11')]
  expect(new Set(secrets).size).toBe(3)
  expect(await createLocalSecret(file, '2 11')).toBe(secrets[2])
  expect(await createLocalSecret(file)).toBe(await createLocalSecret(file))
})

test('one that others can read is not used again', async () => {
  const leaked = await createLocalSecret(file)
  await chmod(file, 0o644)
  const next = await createLocalSecret(file)
  expect(next).not.toBe(leaked)
  expect((await lines())[0]).toBe(next)
  expect((await stat(file)).mode & 0o777).toBe(0o600)
})

test('a link in its place is replaced and not followed', async () => {
  const precious = join(state, 'precious')
  await writeFile(precious, `${'A'.repeat(43)}\n1 1\n`, { mode: 0o600 })
  await mkdir(join(state, 'auth'))
  await symlink(precious, file)
  expect(await createLocalSecret(file, '1 1')).not.toBe('A'.repeat(43))
  expect(await readFile(precious, 'utf8')).toContain('A'.repeat(43))
  expect((await stat(file)).isFile()).toBe(true)
})

test.each([['empty', ''], ['cut short', 'AAAA\n1 1\n'], ['without its process', `${'A'.repeat(43)}\n`]])('a file that is %s is made anew', async (_, text) => {
  await mkdir(join(state, 'auth'))
  await writeFile(file, text, { mode: 0o600 })
  expect(await createLocalSecret(file, '1 1')).toMatch(/^[\w-]{43}$/)
  expect((await lines())[1]).toBe('1 1')
})

test('a FIFO in its place is not waited for', async () => {
  await mkdir(join(state, 'auth'))
  execFileSync('mkfifo', ['-m', '600', file])
  expect(await createLocalSecret(file)).toBe((await lines())[0])
})

test('whoever reads it at any instant finds a whole one', async () => {
  await createLocalSecret(file, '0 0')
  let writing = true
  const written = (async () => {
    for (let i = 1; i <= 40; i++) await createLocalSecret(file, `${i} 0`)
    writing = false
  })()
  while (writing) expect(await readFile(file, 'utf8')).toMatch(/^[\w-]{43}\n\d+ 0\n$/)
  await written
})

test('without it there is no start, and the error names the file', async () => {
  await writeFile(join(state, 'auth'), '')
  await expect(createLocalSecret(file)).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE', message: expect.stringContaining(file) as string })
  await rm(join(state, 'auth'))
  await mkdir(file, { recursive: true })
  await expect(createLocalSecret(file)).rejects.toMatchObject({ code: 'NEXUS_AUTH_TOKEN_FILE' })
  expect(await readdir(join(state, 'auth'))).toEqual(['local'])
})
