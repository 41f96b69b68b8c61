/** The settings are replaced whole, by one writer, and over what it saw. */
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { beforeEach, describe, expect, test } from 'vitest'
import { openDraft, realFs } from '../../kernel/config/atomic.ts'
import { listBackups } from '../../kernel/config/history.ts'
import { saveLastGood } from '../../kernel/config/last-good.ts'
import { steppedFs } from '../fixtures/stepped-fs.ts'
import { configPlace, everything, hashOf, large, mode, type ConfigPlace } from './config-place.ts'

let [root, dir, file, history] = ['', '', '', '']
let write: ConfigPlace['write']
let text: ConfigPlace['text']
beforeEach(() => void ({ root, dir, file, history, write, text } = configPlace()))

describe('a write', () => {
  test('gives the file its text and says its hash, and nothing else is left', async () => {
    expect(await write('{ a: 1 } // ü\n')).toEqual({ hash: hashOf('{ a: 1 } // ü\n') })
    expect(await write('{ a: 2 }')).toEqual({ hash: hashOf('{ a: 2 }') })
    expect(everything(root)).toEqual({ '/state': 'directory', '/state/nexus.json5': '{ a: 2 }', '/state/config': 'directory', '/state/config/history': 'directory', [`/state/config/history/${(await listBackups(history))[0]?.id}.json5`]: '{ a: 1 } // ü\n' })
  })

  test.each(['000', '077', '777'])('under umask %s is private', async (umask) => {
    const before = process.umask(umask)
    try {
      await write('{ a: 1 }')
      await write('{ a: 2 }')
      await saveLastGood(dirname(history), {}, '')
    } finally {
      process.umask(before)
    }
    const [backup] = await listBackups(history)
    expect([file, join(history, `${backup?.id}.json5`), join(dir, 'config', 'last-good.json')].map(mode)).toEqual([0o600, 0o600, 0o600])
    expect([history, dirname(history)].map(mode)).toEqual([0o700, 0o700])
  })

  test('makes a file that was open to others private', async () => {
    writeFileSync(file, '{}')
    chmodSync(file, 0o644)
    await write('{ a: 1 }')
    expect(mode(file)).toBe(0o600)
  })

  test.runIf(process.getuid?.() === 0)('by root leaves the file to its owner, who could not read it otherwise', async () => {
    writeFileSync(file, '{}')
    chownSync(file, 4711, 4712)
    await write('{ a: 1 }')
    expect(statSync(file)).toMatchObject({ uid: 4711, gid: 4712 })
  })

  test('takes nothing from a writer of a file beside it', async () => {
    const beside = await openDraft(`${file}.rejected`, realFs)
    await beside.write(Buffer.from('beside'))
    await write('{ a: 1 }')
    await beside.commit()
    expect(everything(dir)).toEqual({ '/nexus.json5': '{ a: 1 }', '/nexus.json5.rejected': 'beside' })
  })

  test('goes through links to where the bytes are, and leaves the links', async () => {
    mkdirSync(join(root, 'etc', 'real'), { recursive: true })
    symlinkSync('real', join(root, 'etc', 'linked'))
    symlinkSync('../settings.json5', join(root, 'etc', 'real', 'hop.json5'))
    writeFileSync(join(root, 'etc', 'settings.json5'), '{ a: 1 }')
    symlinkSync('../etc/linked/hop.json5', file)
    await write('{ a: 2 }', { baseHash: hashOf('{ a: 1 }') })
    expect(everything(root)).toMatchObject({ '/state/nexus.json5': '→ ../etc/linked/hop.json5', '/etc/real/hop.json5': '→ ../settings.json5', '/etc/settings.json5': '{ a: 2 }' })
  })

  test('through a link to nothing makes what it points to; links without end are refused', async () => {
    symlinkSync('elsewhere.json5', file)
    await write('{ a: 1 }', { baseHash: '' })
    expect(everything(dir)).toMatchObject({ '/nexus.json5': '→ elsewhere.json5', '/elsewhere.json5': '{ a: 1 }' })
    rmSync(file)
    symlinkSync('nexus.json5', file)
    await expect(write('{}')).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE' })
  })

  test.each(['{ a: ', '[1]', 'null', '"text"', '{ a: 1 } }', '{"secret": hunter2}', '\0'.repeat(20)])('of %j, which is not one JSON5 object, is refused with its place and not its text', async (wrong) => {
    await write('{ a: 1 }')
    const before = everything(root)
    const error: unknown = await write(wrong, { force: true }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'NEXUS_CONFIG_SYNTAX', data: { file, line: 1, column: expect.any(Number) as number } })
    expect(String(error)).not.toContain('hunter')
    expect(everything(root)).toEqual(before)
  })

  test.each([['a directory', () => mkdirSync(file)], ['a pipe', () => void spawnSync('mkfifo', [file])]])('where %s is in the way is refused, and does not hang', async (_, make) => {
    make()
    await expect(write('{}')).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', message: expect.stringContaining('it is not a file') as string })
    expect(readdirSync(dir)).toEqual(['nexus.json5'])
  })

  test('of more than can be read, or over it, is refused', async () => {
    writeFileSync(file, ' '.repeat(4 * 1024 * 1024 + 1))
    await expect(write('{}', { force: true })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE' })
    rmSync(file)
    await expect(write(large(4 * 1024 * 1024 + 1))).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE' })
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('over what the writer saw', () => {
  test('the hash decides: of the file, of an empty file, of none', async () => {
    await expect(write('{ a: 1 }', { baseHash: hashOf('{}') })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT', status: 409 })
    expect(readdirSync(dir)).toEqual([])
    const { hash } = await write('{ a: 1 }', { baseHash: '' })
    await expect(write('{ a: 2 }', { baseHash: '' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
    expect(text()).toBe('{ a: 1 }')
    await write('{ a: 3 }', { baseHash: hash })
    writeFileSync(file, '')
    await expect(write('{ a: 4 }', { baseHash: '' })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
    await write('{ a: 4 }', { baseHash: hashOf('') })
    expect(text()).toBe('{ a: 4 }')
  })

  test('a file that was deleted is not made again by a writer that saw it', async () => {
    const { hash } = await write('{ a: 1 }')
    rmSync(file)
    await expect(write('{ a: 2 }', { baseHash: hash })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
    expect(existsSync(file)).toBe(false)
    await write('{ a: 2 }', { baseHash: '' })
    expect(text()).toBe('{ a: 2 }')
  })

  test('of writers with one hash exactly one wins', async () => {
    let { hash } = await write('{ n: -1 }')
    for (let round = 0; round < 5; round++) {
      const texts = Array.from({ length: 8 }, (_, i) => `{ n: ${round * 10 + i} }`)
      const ends = await Promise.allSettled(texts.map((wanted) => write(wanted, { baseHash: hash })))
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
      for (const end of ends) if (end.status === 'rejected') expect(end.reason).toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
      expect(text()).toBe(texts[ends.findIndex(({ status }) => status === 'fulfilled')])
      hash = hashOf(text())
    }
    expect(readdirSync(dir).sort()).toEqual(['config', 'nexus.json5'])
  })

  test('even if their locks fail them, in whatever order their calls reach the disk', async () => {
    const seen = { one: 0, none: 0 }
    await fc.assert(fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 30 }), async (blocks) => {
      rmSync(dir, { recursive: true })
      mkdirSync(dir)
      writeFileSync(file, '{ n: 0 }')
      const order = blocks.flatMap((count, i) => Array<number>(count).fill(i % 2))
      const turns = interleaved(2, order)
      const ends = await Promise.allSettled([0, 1].map((who) => turns(who, (turn) => write(`{ n: 1, by: ${who} }`, {
        baseHash: hashOf('{ n: 0 }'),
        fs: steppedFs(turn, (path) => (path.endsWith('.lock') ? `${path}.${who}` : path)),
      }))))
      const won = ends.flatMap(({ status }, who) => (status === 'fulfilled' ? [who] : []))
      expect(won.length).toBeLessThan(2)
      expect(text()).toBe(won.length === 0 ? '{ n: 0 }' : `{ n: 1, by: ${won[0]} }`)
      for (const end of ends) if (end.status === 'rejected') expect((end.reason as { code: string }).code).toMatch(/^NEXUS_CONFIG_(CONFLICT|WRITE)$/)
      seen[won.length === 0 ? 'none' : 'one']++
    }), { numRuns: 150 })
    expect(seen.one).toBeGreaterThan(50)
  })

  test.each(['sync', 'close'])('what an editor saves while a write is at its %s is not written over', async (step) => {
    await write('{ a: 1 }')
    const fs = steppedFs((call, path) => {
      if (call === step && path.endsWith('.tmp') && !path.includes('history')) writeFileSync(file, '{ byHand: 1 }')
    })
    await expect(write('{ a: 2 }', { fs })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_CONFLICT' })
    expect(everything(dir)).toEqual({ '/nexus.json5': '{ byHand: 1 }', '/config': 'directory', '/config/history': 'directory' })
  })
})

/** Lets one of several do its next step at a time, in the order given and then round and round. */
function interleaved(size: number, order: readonly number[]) {
  const parked = new Map<number, () => void>()
  const running = new Set(Array.from({ length: size }, (_, who) => who))
  let at = 0
  const next = (): void => {
    if (parked.size < running.size || running.size === 0) return
    let who = order[at] ?? at % size
    at++
    while (!running.has(who)) who = (who + 1) % size
    const go = parked.get(who)
    parked.delete(who)
    go?.()
  }
  return async <T>(who: number, work: (turn: () => Promise<void>) => Promise<T>): Promise<T> => {
    try {
      return await work(() => new Promise((resolve) => { parked.set(who, resolve); next() }))
    } finally {
      running.delete(who)
      next()
    }
  }
}

describe('without force', () => {
  test.each([[512, 256, false], [512, 257, true], [511, 30, true], [4000, 60, false]])('a file of %i bytes becoming one of %i is let pass: %s', async (before, after, passes) => {
    await write(large(before))
    const end = write(large(after))
    await (passes ? end : expect(end).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHRINKS', message: expect.stringContaining(`leaves ${after} of ${before} bytes`) as string }))
    expect(text()).toBe(large(passes ? after : before))
    expect(await listBackups(history)).toHaveLength(passes ? 1 : 0)
    await write(large(after), { force: true })
    expect(text()).toBe(large(after))
  })

  test.each([
    ['{ plugins: ["a"] }', '{}', false],
    ['{ plugins: ["a"] }', '', false],
    ['{ plugins: ["a"] }', '{ plugins: null }', false],
    ['{ plugins: ["a"] }', '{ plugins: [] }', true],
    ['{ plugins: [] }', '{}', true],
    ['{ port: 1 }', '{}', true],
    ['{ plugins: ["a"', '{}', true],
    ['', '{}', true],
  ])('%j becoming %j is let pass: %s', async (before, after, passes) => {
    writeFileSync(file, before)
    const end = write(after)
    await (passes ? end : expect(end).rejects.toMatchObject({ code: 'NEXUS_CONFIG_SHRINKS', message: expect.stringContaining('plugins') as string }))
    expect(text()).toBe(passes ? after : before)
    await write(after, { force: true })
    expect(text()).toBe(after)
  })
})

