import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { createPrivate } from 'nexus-gateway/sdk'

test.each([0o000, 0o777])('a private file is its owner\'s alone whatever the umask (%i), and takes no other one\'s place', async (mask) => {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-files-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  const before = process.umask(mask)
  onTestFinished(() => void process.umask(before))
  const file = join(dir, 'secret')
  await createPrivate(file, 'first')
  expect((await stat(file)).mode & 0o777).toBe(0o600)
  await expect(createPrivate(file, 'second')).rejects.toMatchObject({ code: 'EEXIST' })
  expect(await readFile(file, 'utf8')).toBe('first')
})
