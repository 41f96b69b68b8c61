import { appendFile, chmod, mkdir, mkdtemp, readFile, rename, rm, unlink, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchFolders } from '../../plugins/plugins/folders.ts'
import { watchPlugins, type Target, type Watch } from '../../plugins/plugins/watch.ts'

let dir: string
let watch: Watch
let targets: Target[]
let changes: string[][]
let troubles: unknown[]
/** Of those that are told of, the ones that are to be told of again. */
let unready: (ids: readonly string[]) => readonly string[]
const timers = new Set<NodeJS.Timeout>()

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-watch-'))
  targets = []
  changes = []
  troubles = []
  unready = () => []
  watch = watchPlugins({
    targets: () => targets,
    onChange: async (ids) => {
      changes.push([...ids])
      return unready(ids)
    },
    onTrouble: (_, error) => troubles.push(error),
    after(run, ms) {
      const timer = setTimeout(() => {
        timers.delete(timer)
        void run()
      }, ms)
      timers.add(timer)
    },
    now: Date.now,
    debounceMs: 20,
    againMs: 20,
  })
})
afterEach(async () => {
  watch[Symbol.dispose]()
  for (const timer of timers) clearTimeout(timer)
  await rm(dir, { recursive: true, force: true })
})

const file = (name: string): string => join(dir, name)
const soon = (met: () => void): Promise<void> => vi.waitFor(met, { timeout: 10_000 })
const quiet = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150))
async function start(...all: [id: string, ...names: string[]][]): Promise<void> {
  for (const [, ...names] of all) for (const name of names) if (name.includes('.')) await writeFile(file(name), 'one')
  targets = all.map(([id, ...names]) => ({ id, paths: names.map((name) => join(dir, name)) }))
  await watch.sync()
  await quiet()
}

describe('a change on disk is noticed once', () => {
  test.each([
    ['written in place', async () => writeFile(file('a.ts'), 'two')],
    ['appended to', async () => appendFile(file('a.ts'), 'two')],
    ['saved by renaming another file over it', async () => { await writeFile(file('.a.ts.swp'), 'two'); await rename(file('.a.ts.swp'), file('a.ts')) }],
    ['saved by deleting and writing anew', async () => { await unlink(file('a.ts')); await writeFile(file('a.ts'), 'two') }],
    ['saved with a backup', async () => { await rename(file('a.ts'), file('a.ts~')); await writeFile(file('a.ts'), 'two') }],
    ['of the same length', async () => { await utimes(file('a.ts'), new Date(1), new Date(1)); await writeFile(file('a.ts'), 'eno') }],
  ])('%s', async (_, save) => {
    await start(['a', 'a.ts'])
    await save()
    await soon(() => expect(changes).toEqual([['a']]))
    await quiet()
    expect(changes).toEqual([['a']])
    await writeFile(file('a.ts'), 'and again')
    await soon(() => expect(changes).toEqual([['a'], ['a']]))
  })

  test('many writes of one save count as one', async () => {
    await start(['a', 'a.ts'])
    for (let i = 0; i < 10; i++) await appendFile(file('a.ts'), 'x')
    await soon(() => expect(changes).toEqual([['a']]))
    await quiet()
    expect(changes).toEqual([['a']])
  })
})

describe('without an event', () => {
  test('what was saved between its load and the first look is noticed, once', async () => {
    await writeFile(file('a.ts'), 'saved since')
    await writeFile(file('b.ts'), 'as loaded')
    const stale = (name: string) => async (): Promise<boolean> => await readFile(file(name), 'utf8') !== 'as loaded'
    targets = ['a', 'b'].map((id) => ({ id, paths: [file(`${id}.ts`)], stale: stale(`${id}.ts`) }))
    await watch.sync()
    await watch.sync()
    await quiet()
    expect(changes).toEqual([['a']])
  })

  test('what could not be taken up is told of again, and not for ever', async () => {
    await start(['a', 'a.ts'], ['b', 'b.ts'])
    unready = () => (changes.length < 3 ? ['a'] : [])
    await writeFile(file('a.ts'), 'two')
    await soon(() => expect(changes).toEqual([['a'], ['a'], ['a']]))
    unready = () => ['b']
    await writeFile(file('b.ts'), 'two')
    await soon(() => expect(changes.slice(3)).toEqual([['b'], ['b'], ['b'], ['b']]))
    await quiet()
    await quiet()
    expect(changes).toHaveLength(7)
  })
})

describe('whose change it is', () => {
  test('only the plugin whose file it is', async () => {
    await start(['a', 'a.ts'], ['b', 'b.ts'])
    await writeFile(file('b.ts'), 'two')
    await soon(() => expect(changes).toEqual([['b']]))
  })

  test('every plugin that shares the file', async () => {
    await start(['a', 'a.ts', 'shared.ts'], ['b', 'b.ts', 'shared.ts'])
    await writeFile(file('shared.ts'), 'two')
    await soon(() => expect(changes).toEqual([['a', 'b']]))
  })

  test('a folder\'s code and manifest are the plugin\'s, its data is not', async () => {
    await mkdir(file('p'))
    await start(['p', 'p'])
    await writeFile(join(dir, 'p', 'data.json'), '{}')
    await writeFile(join(dir, 'p', 'notes.md'), 'x')
    await quiet()
    expect(changes).toEqual([])
    await writeFile(join(dir, 'p', 'part.ts'), 'x')
    await soon(() => expect(changes).toEqual([['p']]))
    await writeFile(join(dir, 'p', 'package.json'), '{}')
    await soon(() => expect(changes).toEqual([['p'], ['p']]))
  })

  test('nobody\'s', async () => {
    await start(['a', 'a.ts'])
    await writeFile(file('other.ts'), 'x')
    await chmod(file('a.ts'), 0o600)
    await unlink(file('a.ts'))
    await quiet()
    expect(changes).toEqual([])
  })
})

describe('a watch keeps up', () => {
  test('with a folder that is deleted and comes back', async () => {
    await mkdir(file('p'))
    await writeFile(join(dir, 'p', 'a.ts'), 'one')
    targets = [{ id: 'a', paths: [join(dir, 'p', 'a.ts')] }]
    await watch.sync()
    await rm(file('p'), { recursive: true })
    await watch.check()
    await mkdir(file('p'))
    await writeFile(join(dir, 'p', 'a.ts'), 'two')
    await watch.check()
    await soon(() => expect(changes).toEqual([['a']]))
    await writeFile(join(dir, 'p', 'a.ts'), 'three')
    await soon(() => expect(changes).toEqual([['a'], ['a']]))
    expect(troubles).toEqual([])
  })

  test('with plugins that come and go', async () => {
    await start(['a', 'a.ts'])
    await writeFile(file('b.ts'), 'one')
    targets = [{ id: 'b', paths: [file('b.ts')] }]
    await watch.sync()
    await quiet()
    await writeFile(file('a.ts'), 'two')
    await writeFile(file('b.ts'), 'two')
    await soon(() => expect(changes).toEqual([['b']]))
  })

  test('and is still after it was closed', async () => {
    await start(['a', 'a.ts'])
    watch[Symbol.dispose]()
    await writeFile(file('a.ts'), 'two')
    await quiet()
    expect(changes).toEqual([])
  })
})

test('folders that are no longer wanted are no longer watched', async () => {
  const events: string[] = []
  using folders = watchFolders((where) => events.push(where), (_, error) => troubles.push(error))
  await folders.set([dir])
  await writeFile(file('a.ts'), 'one')
  await soon(() => expect(events).toContain(dir))
  await folders.set([])
  events.length = 0
  await writeFile(file('a.ts'), 'two')
  await quiet()
  expect(events).toEqual([])
})
