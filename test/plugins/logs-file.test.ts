import { appendFile, chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { LogRecord } from 'nexus-gateway/sdk'
import { logFile, type LogFile } from '../../plugins/logs/file.ts'
import { createRecorder } from '../../plugins/logs/recorder.ts'
import { createRedactor } from '../../plugins/logs/redact.ts'

let dir: string
let file: string
const troubles: unknown[] = []
const recoveries: number[] = []
const open = (over: { maxBytes?: number; files?: number; maxQueued?: number } = {}): LogFile =>
  logFile({ file, maxBytes: 1e6, files: 3, onTrouble: (e) => troubles.push(e), onRecovered: (n) => recoveries.push(n), ...over })
const text = (name = 'nexus.log'): Promise<string> => readFile(join(dir, 'logs', name), 'utf8')

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-logs-'))
  file = join(dir, 'logs', 'nexus.log')
  troubles.length = recoveries.length = 0
})
afterEach(() => rm(dir, { recursive: true, force: true }))

describe('the log file', () => {
  test('has every line, in order, and goes on where it was', async () => {
    for (const from of [0, 500]) {
      const log = open()
      for (let i = from; i < from + 500; i++) log.write(`${i}\n`)
      await log.close()
    }
    expect((await text()).split('\n').slice(0, -1)).toEqual(Array.from({ length: 1000 }, (_, i) => String(i)))
  })

  test.each([0o000, 0o022, 0o777])('is for its owner only, whatever the umask (%o)', async (mask) => {
    const before = process.umask(mask)
    try {
      const log = open()
      log.write('x\n')
      await log.close()
    } finally {
      process.umask(before)
    }
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect((await stat(join(dir, 'logs'))).mode & 0o777).toBe(0o700)
  })

  test('an older one with a wider mode is narrowed', async () => {
    await mkdir(join(dir, 'logs'))
    await writeFile(file, 'old\n')
    await chmod(file, 0o644)
    const log = open()
    log.write('new\n')
    await log.close()
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(await text()).toBe('old\nnew\n')
  })

  test('rotates by size, keeps so many files and loses no line before the oldest goes', async () => {
    const log = open({ maxBytes: 100, files: 4 })
    for (let i = 0; i < 40; i++) {
      log.write(`${String(i).padStart(9, '0')}\n`)
      await log.flush()
    }
    await log.close()
    expect((await readdir(join(dir, 'logs'))).sort()).toEqual(['nexus.log.1', 'nexus.log.2', 'nexus.log.3'])
    const all = (await text('nexus.log.3')) + (await text('nexus.log.2')) + (await text('nexus.log.1'))
    expect(all.split('\n').slice(0, -1).map(Number)).toEqual(Array.from({ length: 30 }, (_, i) => i + 10))
    const next = open({ maxBytes: 100, files: 4 })
    next.write('after\n')
    await next.close()
    expect(await text()).toBe('after\n')
  })

  test('is made anew when somebody deletes or moves it', async () => {
    const log = open()
    log.write('one\n')
    await log.flush()
    await rm(file)
    log.write('two\n')
    await log.flush()
    expect(await text()).toBe('two\n')
    await rename(file, `${file}.mine`)
    log.write('three\n')
    await log.close()
    expect(await text()).toBe('three\n')
    expect(await text('nexus.log.mine')).toBe('two\n')
  })

  test('never goes through a link', async () => {
    await mkdir(join(dir, 'logs'))
    await writeFile(join(dir, 'target'), '')
    await symlink(join(dir, 'target'), file)
    const log = open()
    log.write('x\n')
    await log.close()
    expect(await readFile(join(dir, 'target'), 'utf8')).toBe('')
    expect(troubles).toHaveLength(1)
  })

  test('that cannot be written costs lines and nothing else, says so once, and tells how many when it works again', async () => {
    await writeFile(join(dir, 'logs'), 'in the way')
    const log = open()
    for (let i = 0; i < 3; i++) {
      log.write('lost\n')
      await log.flush()
    }
    expect(troubles).toHaveLength(1)
    expect(recoveries).toEqual([])
    await rm(join(dir, 'logs'))
    log.write('kept\n')
    await log.close()
    expect(recoveries).toEqual([3])
    expect(await text()).toBe('kept\n')
  })

  test('holds a bounded number of waiting bytes', async () => {
    const log = open({ maxQueued: 100 })
    for (let i = 0; i < 50; i++) log.write('0123456789')
    await log.close()
    expect(await text()).toBe('0123456789'.repeat(10))
    expect(recoveries).toEqual([40])
  })

  test('has what was last said even if the process ends at once', async () => {
    const log = open()
    log.write('one\n')
    await log.flush()
    log.write('two\n')
    log.write('three\n')
    log.flushSync()
    expect(await text()).toBe('one\ntwo\nthree\n')
    await log.close()
    expect(await text()).toBe('one\ntwo\nthree\n')
  })
})

describe('records', () => {
  const record = (message: string, over: Partial<LogRecord> = {}): LogRecord => ({ time: 1_795_328_855_532, level: 'info', plugin: 'cost', message, ...over })
  const lines: string[] = []
  const parsed = (): Record<string, unknown>[] => lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  const recorder = (over: { level?: LogRecord['level']; kept?: number } = {}) => {
    lines.length = 0
    return createRecorder({ level: 'info', redactor: createRedactor(), write: (line) => lines.push(line), ...over })
  }

  test('become one JSON line each, and no field can pose as another', async () => {
    const log = recorder()
    await log.open()
    log.record(record('two\nlines', { fields: { level: 'error', plugin: 'kernel', time: 0, msg: 'forged', token: 'abcdefgh' } }))
    expect(lines[0]?.endsWith('\n')).toBe(true)
    expect(lines[0]?.trimEnd()).not.toContain('\n')
    expect(parsed()).toEqual([{ level: 'info', time: 1_795_328_855_532, plugin: 'cost', msg: 'two\nlines', fields: { level: 'error', plugin: 'kernel', time: 0, msg: 'forged', token: '[redacted]' } }])
  })

  test('wait, in order, until pino is there, and the oldest give way', async () => {
    const log = recorder({ kept: 3 })
    for (const message of ['a', 'b', 'c', 'd', 'e']) log.record(record(message))
    expect(lines).toEqual([])
    expect(log.waiting).toBe(true)
    await log.open()
    expect(parsed().map(({ msg, fields }) => [msg, fields])).toEqual([['the first log records were too many to keep', { forgotten: 2 }], ['c', undefined], ['d', undefined], ['e', undefined]])
    log.record(record('f'))
    expect(parsed().at(-1)).toMatchObject({ msg: 'f' })
    expect(log.waiting).toBe(false)
  })

  test.each([['debug', 4], ['info', 3], ['warn', 2], ['error', 1]] as const)('below the level %s are left out', async (level, count) => {
    const log = recorder({ level })
    await log.open()
    for (const name of ['debug', 'info', 'warn', 'error'] as const) log.record(record('m', { level: name }))
    expect(lines).toHaveLength(count)
  })

  test('opening twice writes nothing twice', async () => {
    const log = recorder()
    log.record(record('once'))
    await Promise.all([log.open(), log.open()])
    expect(lines).toHaveLength(1)
  })
})

test('two writers on one file, as while a generation takes over, lose nothing', async () => {
  const [a, b] = [open(), open()]
  for (let i = 0; i < 100; i++) {
    a.write(`a${i}\n`)
    b.write(`b${i}\n`)
  }
  await Promise.all([a.close(), b.close()])
  await appendFile(file, '')
  expect((await text()).split('\n').slice(0, -1).sort()).toEqual([...Array.from({ length: 100 }, (_, i) => `a${i}`), ...Array.from({ length: 100 }, (_, i) => `b${i}`)].sort())
})
