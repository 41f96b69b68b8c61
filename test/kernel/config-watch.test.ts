/** A change of the settings is noticed however it is made, and nothing else is taken for one. */
import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type * as fs from 'node:fs'
import type { Log } from '../../kernel/contract.ts'
import { watchFiles } from '../../kernel/config/watch.ts'

const watches = vi.hoisted(() => ({ fail: undefined as 'at once' | 'later' | undefined, opened: 0, open: 0 }))
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>()
  const full = Object.assign(new Error('no space for watches'), { code: 'ENOSPC' })
  return {
    ...real,
    watch: (...args: Parameters<typeof real.watch>) => {
      if (watches.fail === 'at once') throw full
      const watcher = real.watch(...args).once('close', () => { watches.open-- })
      watches.opened++
      watches.open++
      if (watches.fail === 'later') setTimeout(() => watcher.emit('error', full), 5)
      return watcher
    },
  }
})

let root: string
let dir: string
let file: string
let files: string[]
let changes: number
let warnings: unknown[]
let watching: Disposable | undefined

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'nexus-watch-'))
  dir = join(root, 'state')
  file = join(dir, 'nexus.json5')
  files = [file]
  mkdirSync(dir)
  writeFileSync(file, 'one')
  changes = 0
  warnings = []
})
afterEach(() => {
  watching?.[Symbol.dispose]()
  watching = undefined
  watches.fail = undefined
  rmSync(root, { recursive: true, force: true })
})

const log: Log = { debug() {}, info() {}, warn: (message, fields) => void warnings.push({ message, ...fields }), error() {} }
const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })
/** Without events a look comes only after this time: as long as a test may take, or soon. */
const [never, often] = [3_600_000, 50]

/** Past the call that comes for every file that is new. */
async function start(lookMs: number, debounceMs = 20): Promise<void> {
  watching = watchFiles(() => files, () => { changes++ }, { log, debounceMs, lookMs })
  await vi.waitFor(() => expect(changes).toBe(1))
  await pause(100)
  changes = 0
}
async function noticed(): Promise<void> {
  await vi.waitFor(() => expect(changes).toBeGreaterThan(0), { timeout: 10_000, interval: 5 })
  await pause(150)
  changes = 0
}

describe('by its event, at once,', () => {
  test.each<[string, () => void]>([
    ['written in place', () => writeFileSync(file, 'two')],
    ['appended to', () => appendFileSync(file, 'two')],
    ['saved by renaming another file over it', () => { writeFileSync(`${file}.swp`, 'two'); renameSync(`${file}.swp`, file) }],
    ['saved with a backup', () => { renameSync(file, `${file}~`); writeFileSync(file, 'two') }],
    ['of the same length and time', () => { writeFileSync(file, 'eno'); utimesSync(file, new Date(1), new Date(1)) }],
    ['deleted', () => unlinkSync(file)],
    ['saved by sed -i', () => void execFileSync('sed', ['-i', 's/one/two/', file])],
  ])('a file that is %s', async (_, save) => {
    utimesSync(file, new Date(1), new Date(1))
    await start(never)
    save()
    await noticed()
    if (existsSync(file)) {
      unlinkSync(file)
      await noticed()
    }
    writeFileSync(file, 'back')
    await noticed()
  })

  test('a file that was not there yet, and one of several directories', async () => {
    const other = join(root, 'etc', 'included.json5')
    mkdirSync(dirname(other))
    files = [file, other, join(dir, '.env')]
    await start(never)
    writeFileSync(other, 'one')
    await noticed()
    writeFileSync(join(dir, '.env'), 'A=1')
    await noticed()
    writeFileSync(file, 'two')
    await noticed()
  })

  test('a file behind a link, where it is and where the link is', async () => {
    const real = join(root, 'etc', 'real.json5')
    mkdirSync(dirname(real))
    writeFileSync(real, 'one')
    unlinkSync(file)
    symlinkSync('../etc/real.json5', file)
    await start(never)
    writeFileSync(real, 'two')
    await noticed()
    writeFileSync(`${real}.new`, 'three')
    renameSync(`${real}.new`, real)
    await noticed()
    writeFileSync(join(root, 'etc', 'other.json5'), 'four')
    symlinkSync('../etc/other.json5', join(dir, 'next'))
    renameSync(join(dir, 'next'), file)
    await noticed()
    writeFileSync(join(root, 'etc', 'other.json5'), 'five')
    await noticed()
  })

  test('a directory that is removed and made again in an instant, or replaced by another', async () => {
    await start(never)
    rmSync(dir, { recursive: true })
    mkdirSync(dir)
    writeFileSync(file, 'two')
    await noticed()
    writeFileSync(file, 'three')
    await noticed()
    mkdirSync(`${dir}.next`)
    writeFileSync(join(`${dir}.next`, 'nexus.json5'), 'four')
    renameSync(dir, `${dir}.before`)
    renameSync(`${dir}.next`, dir)
    await noticed()
    writeFileSync(file, 'five')
    await noticed()
    expect(watches.open).toBe(1)
  })

  test('many writes of one save are one change; a file that never rests is reported all the same', async () => {
    await start(never, 100)
    for (let i = 0; i < 20; i++) {
      appendFileSync(file, 'x')
      await pause(5)
    }
    await vi.waitFor(() => expect(changes).toBe(1))
    await pause(250)
    expect(changes).toBe(1)
    const restless = setInterval(() => appendFileSync(file, 'x'), 20)
    try {
      await vi.waitFor(() => expect(changes).toBeGreaterThan(2), { timeout: 10_000 })
    } finally {
      clearInterval(restless)
    }
  })
})

describe('without an event, at the next look,', () => {
  test('a directory that vanished and is back, again and again', async () => {
    await start(often)
    for (let round = 0; round < 3; round++) {
      if (round === 1) renameSync(dir, `${dir}.away`)
      else rmSync(dir, { recursive: true })
      await noticed()
      mkdirSync(dir)
      writeFileSync(file, `back ${round}`)
      await noticed()
      // The new directory is watched as the old one was.
      writeFileSync(file, `edited ${round}`)
      await noticed()
      if (round === 1) writeFileSync(join(`${dir}.away`, 'nexus.json5'), 'nobody sees this')
      await pause(150)
      expect(changes).toBe(0)
    }
  })

  test('a directory that comes first with the file, and one above it that is replaced', async () => {
    files = [join(dir, 'a', 'b', 'nexus.json5')]
    await start(often)
    expect(watches.open).toBe(0)
    for (const text of ['one', 'two']) {
      mkdirSync(join(dir, 'next', 'b'), { recursive: true })
      writeFileSync(join(dir, 'next', 'b', 'nexus.json5'), text)
      if (text === 'two') renameSync(join(dir, 'a'), join(dir, 'before'))
      renameSync(join(dir, 'next'), join(dir, 'a'))
      const { opened } = watches
      await noticed()
      // Not the one that was moved away.
      expect([watches.open, watches.opened]).toEqual([1, opened + 1])
    }
  })

  test('a link further up the path that points elsewhere, as mounted settings have it', async () => {
    for (const version of ['v1', 'v2']) {
      mkdirSync(join(dir, version))
      writeFileSync(join(dir, version, 'nexus.json5'), version)
    }
    symlinkSync('v1', join(dir, 'data'))
    unlinkSync(file)
    symlinkSync('data/nexus.json5', file)
    await start(often)
    symlinkSync('v2', join(dir, 'data.next'))
    renameSync(join(dir, 'data.next'), join(dir, 'data'))
    await noticed()
  })

  test('a file that the list has not had until now, once: it may have changed since it was read', async () => {
    await start(often)
    writeFileSync(join(dir, 'included.json5'), 'one')
    files = [file, join(dir, 'included.json5')]
    await vi.waitFor(() => expect(changes).toBe(1))
    files = [file]
    await pause(200)
    expect(changes).toBe(1)
  })
})

test('nothing happens for other files, however busy their directory is, nor without a change', async () => {
  await start(often)
  for (let i = 0; i < 50; i++) {
    appendFileSync(join(dir, 'gateway.log'), 'line\n')
    writeFileSync(`${file}.lock`, '1')
    writeFileSync(join(dir, `.nexus.json5.${i}.tmp`), 'x')
    renameSync(join(dir, `.nexus.json5.${i}.tmp`), join(dir, 'store.db'))
    unlinkSync(`${file}.lock`)
    await pause(4)
  }
  await pause(200)
  expect([changes, warnings]).toEqual([0, []])
})

test('other files that change all the time do not hold up the news', async () => {
  await start(never, 50)
  const busy = setInterval(() => appendFileSync(join(dir, 'gateway.log'), 'line\n'), 5)
  try {
    const saved = performance.now()
    writeFileSync(file, 'two')
    await vi.waitFor(() => expect(changes).toBe(1), { interval: 5 })
    // The longest that a file which never rests is waited for: the others do not count as its unrest.
    expect(performance.now() - saved).toBeLessThan(500)
  } finally {
    clearInterval(busy)
  }
})

test.each(['at once', 'later'] as const)('a directory whose watch fails %s is told of once, and looked at all the same', async (when) => {
  watches.fail = when
  await start(often)
  for (const text of ['two', 'three']) {
    writeFileSync(file, text)
    await noticed()
  }
  expect(warnings).toMatchObject([{ dir, reason: 'ENOSPC', everyMs: often }])
})

test('once disposed of it is silent and leaves nothing open, whatever it was doing', async () => {
  for (const wait of [0, 1, 2, 5, 30]) {
    changes = 0
    const one = watchFiles(() => files, () => { changes++ }, { log, debounceMs: 10, lookMs: 5 })
    await pause(wait)
    const so = changes
    writeFileSync(file, `${wait}`)
    one[Symbol.dispose]()
    one[Symbol.dispose]()
    await pause(80)
    expect([changes, watches.open]).toEqual([so, 0])
  }
})

test('it does not keep a process alive', () => {
  const script = `import { watchFiles } from ${JSON.stringify(join(import.meta.dirname, '../../kernel/config/watch.ts'))}; watchFiles(() => [${JSON.stringify(file)}], () => {}, { log: console })`
  writeFileSync(join(root, 'watching.ts'), script)
  execFileSync(process.execPath, ['--import', 'jiti/register', join(root, 'watching.ts')], { timeout: 30_000, cwd: join(import.meta.dirname, '../..') })
})
