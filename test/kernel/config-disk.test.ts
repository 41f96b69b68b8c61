/** A disk that refuses leaves the settings as they were; a writer that died keeps nobody else from writing. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { withFileLock } from '../../kernel/config/file-lock.ts'
import { listBackups } from '../../kernel/config/history.ts'
import { writeConfig } from '../../kernel/config/write.ts'
import { failing, steppedFs } from '../fixtures/stepped-fs.ts'
import { configPlace, everything, hashOf, large, mode, type ConfigPlace } from './config-place.ts'

let [root, dir, file, history] = ['', '', '', '']
let write: ConfigPlace['write']
let text: ConfigPlace['text']
beforeEach(() => void ({ root, dir, file, history, write, text } = configPlace()))

describe('when the disk refuses', () => {
  /** The calls of a write over a file with a backup before it, in order. */
  async function callsOf(): Promise<string[]> {
    const calls: string[] = []
    await write('{ a: 2 }', { fs: steppedFs((call) => void calls.push(call)) })
    return calls
  }
  async function reset(): Promise<Record<string, string>> {
    rmSync(dir, { recursive: true })
    mkdirSync(dir)
    await write('{ a: 0 }')
    await write('{ a: 1 }')
    return everything(root)
  }

  test.each(['ENOSPC', 'EACCES', 'EROFS', 'EIO'])('with %s at any call, nothing is changed and nothing is left behind, or it is written', async (code) => {
    await reset()
    const calls = await callsOf()
    expect(calls.length).toBeGreaterThan(25)
    let refused = 0
    for (const [at, name] of calls.entries()) {
      const before = await reset()
      let count = 0
      const error: unknown = await write('{ a: 2 }', { fs: steppedFs((call) => { if (count++ === at && call !== 'close') throw failing(code) }) }).catch((thrown: unknown) => thrown)
      if (error instanceof Error) expect(error, `call ${at}, ${name}`).toMatchObject({ code: 'NEXUS_CONFIG_WRITE', retryable: true, data: { file, reason: `${code}: injected` } })
      if (text() === '{ a: 1 }') {
        expect(error, `call ${at}, ${name}`).toBeInstanceOf(Error)
        expect(everything(root), `call ${at}, ${name}`).toEqual(before)
        refused++
      } else {
        expect(text()).toBe('{ a: 2 }')
        expect(readdirSync(dir).filter((entry) => entry.endsWith('.tmp'))).toEqual([])
        expect((await listBackups(history)).map(({ hash }) => hash)).toEqual([hashOf('{ a: 1 }'), hashOf('{ a: 0 }')])
      }
    }
    expect(refused).toBeGreaterThan(15)
  })

  test('with all that follows, too, the old file stays whole, and the next write cleans up', async () => {
    await reset()
    const calls = await callsOf()
    for (const at of calls.keys()) {
      await reset()
      let count = 0
      await write('{ a: 2 }', { fs: steppedFs((call) => { if (count++ >= at && call !== 'close') throw failing('EROFS') }) }).catch(() => undefined)
      expect(['{ a: 1 }', '{ a: 2 }']).toContain(text())
      // What could not be removed is its lock, held by a process that lives.
      rmSync(`${file}.lock`, { force: true })
      await write('{ a: 3 }')
      expect(readdirSync(dir).sort()).toEqual(['config', 'nexus.json5'])
      expect(readdirSync(history).filter((entry) => entry.endsWith('.tmp'))).toEqual([])
    }
  })

  /** `undefined` where no file system can be mounted. */
  function smallDisk(): string | undefined {
    const at = join(root, 'disk')
    mkdirSync(at)
    return spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', at]).status === 0 ? at : undefined
  }

  test('a disk that is really full, and one that is read-only, change nothing', async ({ skip }) => {
    const disk = smallDisk()
    if (disk === undefined) return skip('no file system can be mounted here')
    try {
      const there = { file: join(disk, 'nexus.json5'), options: { history: join(disk, 'config', 'history') } }
      await writeConfig(there.file, '{ a: 1 }', there.options)
      writeFileSync(join(disk, 'filler'), 'x'.repeat(40_960))
      const before = everything(disk)
      await expect(writeConfig(there.file, large(30_000), there.options)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', message: expect.stringContaining('ENOSPC') as string })
      expect(everything(disk)).toEqual(before)
      // There is room for the new file, and none for keeping the old one.
      writeFileSync(there.file, large(8_192))
      const full = everything(disk)
      await expect(writeConfig(there.file, large(5_000), there.options)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', message: expect.stringContaining('ENOSPC') as string })
      expect(everything(disk)).toEqual({ ...full, '/config': 'directory', '/config/history': 'directory' })
      rmSync(join(disk, 'filler'))
      await writeConfig(there.file, large(5_000), there.options)
      expect(spawnSync('mount', ['-o', 'remount,ro', disk]).status).toBe(0)
      const readOnly = everything(disk)
      await expect(writeConfig(there.file, '{ a: 3 }', { ...there.options, force: true })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', message: expect.stringContaining('EROFS') as string })
      expect(everything(disk)).toEqual(readOnly)
    } finally {
      spawnSync('umount', ['-l', disk])
    }
  })

  test('a directory that is not there is said to be that', async () => {
    await expect(writeConfig(join(dir, 'no', 'nexus.json5'), '{}', { history })).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE', exit: 73, message: expect.stringContaining('ENOENT') as string })
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('a lock', () => {
  const quick = { torn: 100, held: 300, all: 1_500 }
  const ended = spawnSync(process.execPath, ['-e', '']).pid

  test.each([
    ['of a process that ended', { pid: ended, process: 'x', nonce: 'y' }, 0],
    ['of an earlier process with this pid', { pid: process.pid, process: 'x', nonce: 'y' }, 0],
    ['that is torn', '{"pid":', 100],
    ['that is empty', '', 100],
    ['of a pid that is none', { pid: -1 }, 100],
    ['of a live process that does not let go', { pid: process.ppid, process: 'x', nonce: 'y' }, 300],
  ] as const)('%s is broken in time', async (_, found, ms) => {
    writeFileSync(`${file}.lock`, typeof found === 'string' ? found : JSON.stringify(found))
    const start = performance.now()
    expect(await withFileLock(file, () => Promise.resolve('done'), undefined, quick)).toBe('done')
    expect(performance.now() - start).toBeGreaterThanOrEqual(ms)
    expect(readdirSync(dir)).toEqual([])
  })

  test('of others, again and again, is not waited for without end', async () => {
    let n = 0
    const others = setInterval(() => {
      writeFileSync(`${file}.next`, JSON.stringify({ pid: process.ppid, nonce: n++ }))
      renameSync(`${file}.next`, `${file}.lock`)
    }, 20)
    try {
      writeFileSync(`${file}.lock`, JSON.stringify({ pid: process.ppid, nonce: 'first' }))
      await expect(withFileLock(file, () => Promise.resolve(), undefined, quick)).rejects.toMatchObject({ code: 'NEXUS_CONFIG_WRITE' })
    } finally {
      clearInterval(others)
    }
    expect(existsSync(`${file}.lock`)).toBe(true)
  })

  test('is private while it is held, held by one at a time, and let go when the work fails', async () => {
    let inside = 0
    await Promise.all(Array.from({ length: 10 }, () => withFileLock(file, async () => {
      expect([++inside, mode(`${file}.lock`)]).toEqual([1, 0o600])
      await new Promise((resolve) => setTimeout(resolve, 2))
      inside--
    })))
    await expect(withFileLock(file, () => Promise.reject(new RangeError('x')))).rejects.toThrow(RangeError)
    expect(readdirSync(dir)).toEqual([])
  })
})

