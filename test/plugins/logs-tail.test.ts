import { appendFile, mkdtemp, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { follow } from '../../plugins/logs/follow.ts'
import { tail } from '../../plugins/logs/tail.ts'

let dir: string
let file: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-tail-'))
  file = join(dir, 'nexus.log')
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const all = { limit: 5000, maxBytes: 1_000_000 }
const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `line ${i}`)

describe('the last lines', () => {
  test('of no file are none', async () => {
    expect(await tail(file, all)).toEqual({ file, cursor: 0, size: 0, lines: [] })
  })

  test('of a file longer than many chunks are the last ones', async () => {
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i} ${'x'.repeat(i % 50)}`)
    await writeFile(file, `${lines.join('\n')}\n`)
    const got = await tail(file, { limit: 3000, maxBytes: 1_000_000 })
    expect(got.lines).toEqual(lines.slice(-3000))
    expect(got.cursor).toBe(got.size)
    expect(got.truncated).toBeUndefined()
    // Exactly as many as end in the first chunk read: the first of them begins in the chunk before.
    const inChunk = `${lines.join('\n')}\n`.slice(-64 * 1024).split('\n').length - 1
    for (const limit of [inChunk - 1, inChunk, inChunk + 1]) expect((await tail(file, { limit, maxBytes: 1_000_000 })).lines).toEqual(lines.slice(-limit))
  })

  test('do not include one that is still being written', async () => {
    await writeFile(file, 'one\ntwo\nthr')
    expect(await tail(file, all)).toMatchObject({ lines: ['one', 'two'], cursor: 8, size: 11 })
  })

  test('are as many as fit, and it says when that is not all', async () => {
    await writeFile(file, 'aaaa\nbbbb\ncccc\n')
    expect(await tail(file, { limit: 10, maxBytes: 12 })).toMatchObject({ lines: ['bbbb', 'cccc'], truncated: true })
    expect(await tail(file, { limit: 1, maxBytes: 12 })).toMatchObject({ lines: ['cccc'] })
  })

  test('keep characters of several bytes whole', async () => {
    await writeFile(file, `${'\u00fc\u{1F600}'.repeat(30_000)}\nend\n`)
    expect((await tail(file, all)).lines).toEqual(['\u00fc\u{1F600}'.repeat(30_000), 'end'])
  })
})

describe('from a cursor on', () => {
  test('whoever is behind gets every line once, whatever the limits', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.stringMatching(/^[a-z\u00fc]{0,20}$/), { maxLength: 60 }), fc.integer({ min: 1, max: 10 }), fc.integer({ min: 45, max: 200 }), async (lines, limit, maxBytes) => {
      await writeFile(file, lines.map((line) => `${line}\n`).join(''))
      const got: string[] = []
      for (let cursor = 0, size = 1; cursor < size;) {
        const part = await tail(file, { cursor, limit, maxBytes })
        expect(part.lines.length).toBeLessThanOrEqual(limit)
        got.push(...part.lines)
        ;({ cursor, size } = part)
      }
      expect(got).toEqual(lines)
    }), { numRuns: 50 })
  })

  test('a line longer than may be read is skipped, and that is said', async () => {
    await writeFile(file, `${'x'.repeat(100)}\nend\n`)
    expect(await tail(file, { cursor: 0, limit: 10, maxBytes: 40 })).toMatchObject({ lines: [], cursor: 40, truncated: true, skippedBytes: 40 })
  })

  test('after rotation it begins again with the last lines, and that is said', async () => {
    await writeFile(file, `${numbered(100).join('\n')}\n`)
    const { cursor } = await tail(file, all)
    await rename(file, `${file}.1`)
    expect(await tail(file, { ...all, cursor })).toEqual({ file, cursor: 0, size: 0, lines: [], reset: true })
    await writeFile(file, 'new\n')
    expect(await tail(file, { ...all, cursor })).toMatchObject({ lines: ['new'], cursor: 4, reset: true })
  })
})

test('a file that cannot be read says so', async () => {
  await writeFile(file, '')
  await expect(tail(join(file, 'below'), all)).rejects.toMatchObject({ code: 'NEXUS_LOGS_UNREADABLE' })
})

describe('following', () => {
  async function collect(count: number, from: number, during: () => Promise<void>): Promise<string[]> {
    const abort = new AbortController()
    const got: string[] = []
    const done = (async () => {
      for await (const line of follow(file, from, abort.signal, 5)) {
        got.push(line)
        if (got.length === count) abort.abort()
      }
    })()
    await during()
    await done
    return got
  }
  const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 30))

  test('gives lines as they come, each once it is complete', async () => {
    await writeFile(file, 'old\n')
    const got = await collect(3, 4, async () => {
      await appendFile(file, 'a\nb')
      await pause()
      await appendFile(file, 'b\n')
      await appendFile(file, 'c\n')
    })
    expect(got).toEqual(['a', 'bb', 'c'])
  })

  test('goes across rotation without losing what was written last', async () => {
    await writeFile(file, '')
    const got = await collect(4, 0, async () => {
      await appendFile(file, '1\n')
      await pause()
      await appendFile(file, '2\n')
      await rename(file, `${file}.1`)
      await writeFile(file, '3\n')
      await pause()
      await appendFile(file, '4\n')
    })
    expect(got).toEqual(['1', '2', '3', '4'])
  })

  test('waits for a file that is not there yet, and survives one cut in place', async () => {
    const got = await collect(2, 0, async () => {
      await pause()
      await writeFile(file, 'first\n')
      await pause()
      await truncate(file, 0)
      await pause()
      await appendFile(file, 'second\n')
    })
    expect(got).toEqual(['first', 'second'])
  })
})
