/** What is remembered of manifests holds while the files are what they were, and a memory that is damaged is none. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { keepManifests, type Kept } from '../../kernel/kept.ts'
import { manifestOf, type Manifest } from '../../kernel/manifest.ts'

let dir: string
let file: string
let memory: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-kept-'))
  file = join(dir, 'package.json')
  memory = join(dir, 'cache', 'manifests.json')
  await writeFile(file, '{}')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const manifest = (description: string): Manifest => ({ ...manifestOf({ $type: 'nexus.plugin/1', id: 'p', setup() {} }), description })
/** The file as it was some time ago: what has only just changed is not kept. */
const later = 2_100
async function kept(text = 'one'): Promise<Kept> {
  await sleep(later)
  const first = keepManifests(memory)
  first.at(file).keep(manifest(text))
  await first.save()
  return keepManifests(memory)
}

it('gives what was kept of a file, also to the process after', async () => {
  expect((await kept()).at(file).manifest).toEqual(manifest('one'))
})

it('gives nothing of a file that was changed, replaced, touched or taken away, in whatever way it looks the same', async () => {
  const again = await kept()
  const { manifest: before } = again.at(file)
  expect(before).toBeDefined()
  await writeFile(file, '[]')
  expect(again.at(file).manifest).toBeUndefined()
  // Its times can be put back, not the one of its inode.
  await utimes(file, 1, 1)
  expect(again.at(file).manifest).toBeUndefined()
  await rm(file)
  expect(again.at(file).manifest).toBeUndefined()
  await mkdir(file)
  expect(again.at(join(file, 'package.json')).manifest).toBeUndefined()
})

it('keeps nothing of a file that changed a moment ago: it may change once more and look no different', () => {
  const now = keepManifests(memory)
  now.at(file).keep(manifest('young'))
  expect(now.at(file).manifest).toBeUndefined()
})

it('is nothing once a byte of it is another', async () => {
  await kept()
  const text = await readFile(memory)
  await fc.assert(fc.asyncProperty(fc.nat({ max: text.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, by) => {
    const damaged = Buffer.from(text)
    damaged[at]! ^= by
    await writeFile(memory, damaged)
    expect(keepManifests(memory).at(file).manifest).toBeUndefined()
  }), { numRuns: 200 })
  for (const length of [0, 1, 64, 65, text.length - 1]) {
    await writeFile(memory, text.subarray(0, length))
    expect(keepManifests(memory).at(file).manifest).toBeUndefined()
  }
})

it('is no reason to fail where it cannot be read or written', async () => {
  await mkdir(memory, { recursive: true })
  await sleep(later)
  const nowhere = keepManifests(memory)
  nowhere.at(file).keep(manifest('one'))
  await nowhere.save()
  expect(nowhere.at(file).manifest).toEqual(manifest('one'))
  expect(keepManifests(memory).at(file).manifest).toBeUndefined()
})

it('writes when it is told to and is done when it says so: nothing is written behind anybody', async () => {
  await sleep(later)
  const now = keepManifests(memory)
  now.at(file).keep(manifest('one'))
  await sleep(50)
  expect(existsSync(memory)).toBe(false)
  const both = [now.save(), now.save()]
  now.at(file).keep(manifest('two'))
  await Promise.all([...both, now.save()])
  expect(keepManifests(memory).at(file).manifest).toEqual(manifest('two'))
  await rm(join(dir, 'cache'), { recursive: true })
  await now.save()
  await sleep(50)
  expect(existsSync(join(dir, 'cache'))).toBe(false)
})
