/** Files of a workspace: whatever is named, nothing outside is read or changed. */
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it, onTestFinished, test } from 'vitest'
import { namesOf } from '../../plugins/workspace/paths.ts'
import { codeOf, filesAt, place, textOf, walkers } from './workspace-harness.ts'

describe('a path', () => {
  // NEXUS_WORKSPACE_PATH, NEXUS_WORKSPACE_OUTSIDE
  test.each<[string, string]>([
    ['..', '_OUTSIDE'], ['../outside/secret.txt', '_OUTSIDE'], ['a/../../outside', '_OUTSIDE'], ['a/../b', '_OUTSIDE'], ['./../x', '_OUTSIDE'], ['/etc/passwd', '_OUTSIDE'],
    ['/ws-evil/x', '_OUTSIDE'], ['//ws/x', '_OUTSIDE'], ['/', '_OUTSIDE'], ['..\\outside', '_PATH'], ['\\\\server\\share', '_PATH'], ['//server/share/x', '_OUTSIDE'], ['C:\\x', '_PATH'], ['c:/x', '_OUTSIDE'],
    ['file:///etc/passwd', '_PATH'], ['FILE://x', '_PATH'], ['https://example.com', '_PATH'], ['~/.ssh/id_rsa', '_PATH'], ['~root', '_PATH'], ['a\0b', '_PATH'], ['a\nb', '_PATH'], ['a\u009bb', '_PATH'], ['\ud800', '_PATH'],
    ['a/'.repeat(300), '_PATH'], ['a'.repeat(256), '_PATH'], ['é'.repeat(128), '_PATH'], [`${'a/'.repeat(60)}${'b'.repeat(4_096)}`, '_PATH'],
  ])('%j is refused', (path, code) => {
    expect(() => namesOf(path, '/ws')).toThrow(expect.objectContaining({ code: `NEXUS_WORKSPACE${code}` }))
  })

  test.each<[string, string[]]>([
    ['.', []], ['', []], ['./a//b/', ['a', 'b']], ['/ws', []], ['/ws/a', ['a']], ['...', ['...']], ['..%2f..%2fetc', ['..%2f..%2fetc']], ['%2e%2e/x', ['%2e%2e', 'x']], ['%252e%252e', ['%252e%252e']],
    ['．．/x', ['．．', 'x']], ['\u00c0\u00ae', ['\u00c0\u00ae']], ['a b/ü.md', ['a b', 'ü.md']],
  ])('%j is what it says and nothing decoded', (path, names) => expect(namesOf(path, '/ws', 'linux')).toEqual(names))

  test.each(['CON', 'nul.txt', 'a/COM1.log', 'a:stream', 'a.', 'a ', 'a?b', 'a|b'])('%j is refused on Windows', (path) => {
    expect(() => namesOf(path, 'C:\\ws', 'win32')).toThrow('on Windows')
    expect(namesOf(path, '/ws', 'linux').length).toBeGreaterThan(0)
  })

  it('never names anything but names', () => {
    const piece = fc.oneof(fc.constantFrom('..', '.', '/', '//', '\\', '~', '\0', 'a', '/ws', 'file:', '%2e', '．'), fc.string({ unit: 'binary', maxLength: 4 }))
    fc.assert(fc.property(fc.array(piece, { maxLength: 10 }).map((all) => all.join('')), (path) => {
      let names: string[]
      try {
        names = namesOf(path, '/ws', 'linux')
      } catch {
        return
      }
      for (const name of names) expect(name === '' || name === '.' || name === '..' || /[/\\\0]/.test(name)).toBe(false)
      expect(join('/ws', ...names) === '/ws' || join('/ws', ...names).startsWith('/ws/')).toBe(true)
    }), { numRuns: 5_000 })
  })
})

describe.each(walkers)('files, %s', (_, walker) => {
  it('are written, read, listed and replaced', async () => {
    const here = place()
    const files = filesAt(join(here.root, 'new'), here, walker)
    expect(await files.stat('notes/today.md')).toBeUndefined()
    expect(await codeOf(files.read('notes/today.md'))).toBe('NEXUS_WORKSPACE_NOT_FOUND')
    const first = await files.write('notes/today.md', 'one')
    expect(first.created).toBe(true)
    expect(await textOf(files, 'notes/today.md')).toBe('one')
    expect(await textOf(files, join(here.root, 'new/notes/today.md'))).toBe('one')
    expect((await files.read('notes/today.md')).version).toBe(first.version)
    const second = await files.write('notes/today.md', Buffer.from('two'))
    expect([second.created, second.version === first.version, await textOf(files, 'notes/today.md')]).toEqual([false, false, 'two'])
    expect(await files.stat('notes')).toMatchObject({ type: 'folder' })
    expect(await files.list('.')).toEqual({ entries: [{ name: 'notes', type: 'folder' }], more: false })
    expect(await codeOf(files.list('notes/today.md'))).toBe('NEXUS_WORKSPACE_NOT_FOLDER')
    expect(await codeOf(files.read('notes'))).toBe('NEXUS_WORKSPACE_NOT_FILE')
    expect(await codeOf(files.write('.', 'x'))).toBe('NEXUS_WORKSPACE_NOT_FILE')
    expect(await codeOf(files.write('notes/today.md/x', 'x'))).toBe('NEXUS_WORKSPACE_NOT_FOLDER')
    expect(await files.stat('notes/today.md/x')).toBeUndefined()
  })

  it('are for their owner alone, whatever the umask, and keep what they had', async () => {
    const here = place()
    const files = filesAt(join(here.top, 'fresh/ws'), here, walker)
    const umask = process.umask(0)
    onTestFinished(() => void process.umask(umask))
    await files.write('a/b.sh', 'x')
    const mode = (path: string): number => statSync(join(here.top, 'fresh', path)).mode & 0o7777
    expect([mode('ws'), mode('ws/a'), mode('ws/a/b.sh')]).toEqual([0o700, 0o700, 0o600])
    chmodSync(join(here.top, 'fresh/ws/a/b.sh'), 0o4755)
    await files.write('a/b.sh', 'y')
    expect(mode('ws/a/b.sh')).toBe(0o755)
    process.umask(umask)
  })

  it('are replaced whole, and only if they are what somebody has read', async () => {
    const here = place()
    const files = filesAt(here.root, here, walker)
    const { version } = await files.write('a', 'one', { version: '' })
    expect(await codeOf(files.write('a', 'x', { version: '' }))).toBe('NEXUS_WORKSPACE_CHANGED')
    writeFileSync(join(here.root, 'a'), 'two')
    utimesSync(join(here.root, 'a'), 1, 1)
    expect(await codeOf(files.write('a', 'x', { version }))).toBe('NEXUS_WORKSPACE_CHANGED')
    expect(await textOf(files, 'a')).toBe('two')
    expect(readdirSync(here.root)).toEqual(['a'])
  })

  it('that are links, to files, folders, nothing or themselves, are not followed', async () => {
    const here = place()
    const files = filesAt(here.root, here, walker)
    mkdirSync(join(here.root, 'in'))
    writeFileSync(join(here.root, 'in/a'), 'inside')
    symlinkSync(join(here.outside, 'secret.txt'), join(here.root, 'file'))
    symlinkSync(here.outside, join(here.root, 'folder'))
    symlinkSync(join(here.outside, 'new.txt'), join(here.root, 'dangling'))
    symlinkSync('loop', join(here.root, 'loop'))
    symlinkSync('in/a', join(here.root, 'own'))
    for (const path of ['file', 'folder', 'folder/secret.txt', 'folder/new.txt', 'folder/a/b', 'dangling', 'loop', 'loop/x', 'own']) {
      expect([path, await codeOf(files.read(path))]).toEqual([path, 'NEXUS_WORKSPACE_OUTSIDE'])
      expect([path, await codeOf(files.write(path, 'changed'))]).toEqual([path, 'NEXUS_WORKSPACE_OUTSIDE'])
    }
    expect(await codeOf(files.list('folder'))).toBe('NEXUS_WORKSPACE_NOT_FOLDER')
    expect(await files.stat('file')).toMatchObject({ type: 'link' })
    expect(readdirSync(here.outside)).toEqual(['secret.txt'])
    expect(readFileSync(join(here.outside, 'secret.txt'), 'utf8')).toBe('the secret')
  })

  it('that are a pipe, a socket or a device keep nobody waiting', async () => {
    const here = place()
    const files = filesAt(here.root, here, walker)
    expect(spawnSync('mkfifo', [join(here.root, 'pipe')]).status).toBe(0)
    expect(await codeOf(files.read('pipe'))).toBe('NEXUS_WORKSPACE_NOT_FILE')
    expect(await codeOf(files.write('pipe', 'x'))).toBe('NEXUS_WORKSPACE_NOT_FILE')
  })

  it('with a second name may be anybody\'s, unless the operator says otherwise', async () => {
    const here = place()
    linkSync(join(here.outside, 'secret.txt'), join(here.root, 'mine'))
    expect(await codeOf(filesAt(here.root, here, walker).read('mine'))).toBe('NEXUS_WORKSPACE_OUTSIDE')
    const lenient = filesAt(here.root, here, walker, { hardLinks: true })
    expect(await textOf(lenient, 'mine')).toBe('the secret')
    await lenient.write('mine', 'changed')
    expect(readFileSync(join(here.outside, 'secret.txt'), 'utf8')).toBe('the secret')
  })

  it('are bounded when they are read, and so are folders', async () => {
    const here = place()
    const files = filesAt(here.root, here, walker)
    await files.write('big', Buffer.alloc(1_048_577))
    expect(await codeOf(files.read('big'))).toBe('NEXUS_WORKSPACE_TOO_LARGE')
    expect((await files.read('big', { maxBytes: 2_000_000 })).bytes).toHaveLength(1_048_577)
    for (const name of ['b', 'c', 'd']) writeFileSync(join(here.root, name), '')
    expect(await files.list('.', { limit: 2 })).toMatchObject({ more: true, entries: { length: 2 } })
  })

  it('of the gateway itself are not touched, although they lie inside', async () => {
    const here = place()
    const files = filesAt(here.top, { state: here.state, config: join(here.root, 'nexus.json5') }, walker)
    for (const path of ['state', 'state/token', 'state/new', 'ws/nexus.json5']) {
      expect([path, await codeOf(files.read(path))]).toEqual([path, 'NEXUS_WORKSPACE_OUTSIDE'])
      expect([path, await codeOf(files.write(path, '{}'))]).toEqual([path, 'NEXUS_WORKSPACE_OUTSIDE'])
    }
    expect(await codeOf(files.list('state'))).toBe('NEXUS_WORKSPACE_OUTSIDE')
    expect(readFileSync(join(here.state, 'token'), 'utf8')).toBe('the secret')
    expect(existsSync(join(here.root, 'nexus.json5'))).toBe(false)
    expect(await textOf(files, 'outside/secret.txt')).toBe('the secret')
  })

  it.each<[string, (here: ReturnType<typeof place>) => string]>([
    ['the state directory', ({ state }) => state], ['a folder of it', ({ state }) => join(state, 'auth')], ['all workspaces together', ({ state }) => join(state, 'workspace')],
    ['a link to it', ({ top, state }) => (symlinkSync(state, join(top, 'l')), join(top, 'l/auth'))], ['no absolute path', () => 'ws'],
  ])('are not those of %s', async (_, rootOf) => {
    const here = place()
    const files = filesAt(rootOf(here), here, walker)
    expect(await codeOf(files.write('x', 'x'))).toBe('NEXUS_WORKSPACE_ROOT')
    expect(await codeOf(files.list('.'))).toBe('NEXUS_WORKSPACE_ROOT')
    expect(readdirSync(here.state)).toEqual(['token'])
  })

  it('may be below the state where workspaces are', async () => {
    const here = place()
    const files = filesAt(join(here.state, 'workspace/main'), here, walker)
    await files.write('a', 'x')
    expect(readFileSync(join(here.state, 'workspace/main/a'), 'utf8')).toBe('x')
  })

  it('of another mount are not entered', async ({ skip }) => {
    const here = place()
    mkdirSync(join(here.root, 'mounted'))
    const by = process.platform === 'linux' ? spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', join(here.root, 'mounted')]).status : 1
    if (by !== 0) return skip('mounting is not allowed here')
    try {
      writeFileSync(join(here.root, 'mounted/a'), 'x')
      const files = filesAt(here.root, here, walker)
      for (const work of [() => files.read('mounted/a'), () => files.write('mounted/a', 'y'), () => files.write('mounted/b', 'y'), () => files.list('mounted')]) expect(await codeOf(work())).toBe('NEXUS_WORKSPACE_OUTSIDE')
      const open = filesAt(here.root, here, walker, { mounts: true })
      expect(await textOf(open, 'mounted/a')).toBe('x')
      // Full: what was there stays, and nothing half written is left.
      expect(await codeOf(open.write('mounted/a', Buffer.alloc(1_000_000)))).toBe('NEXUS_WORKSPACE_IO')
      expect(readdirSync(join(here.root, 'mounted'))).toEqual(['a'])
      expect(readFileSync(join(here.root, 'mounted/a'), 'utf8')).toBe('x')
    } finally {
      spawnSync('umount', ['-l', join(here.root, 'mounted')])
    }
  })
})

it.runIf(process.platform === 'linux')('a folder of the same file system that is mounted inside is not entered either', async ({ skip }) => {
  const here = place()
  mkdirSync(join(here.root, 'mounted'))
  if (spawnSync('mount', ['--bind', here.outside, join(here.root, 'mounted')]).status !== 0) return skip('mounting is not allowed here')
  try {
    const files = filesAt(here.root, here)
    expect(await codeOf(files.read('mounted/secret.txt'))).toBe('NEXUS_WORKSPACE_OUTSIDE')
    expect(await codeOf(files.write('mounted/new', 'x'))).toBe('NEXUS_WORKSPACE_OUTSIDE')
    // Nor is a folder made there on the way to a file.
    expect(await codeOf(files.write('mounted/folder/new', 'x'))).toBe('NEXUS_WORKSPACE_OUTSIDE')
    expect(readdirSync(here.outside)).toEqual(['secret.txt'])
  } finally {
    spawnSync('umount', ['-l', join(here.root, 'mounted')])
  }
})

it.runIf(process.platform === 'linux')('a folder that is moved away while a file in it is written takes nothing along', async () => {
  const here = place()
  mkdirSync(join(here.root, 'a'))
  const files = filesAt(here.root, here)
  // Moved between the walk and the end of the write: a large content gives the time.
  const content = Buffer.alloc(8_000_000, 'x')
  const writing = codeOf(files.write('a/f', content))
  while (!readdirSync(join(here.root, 'a')).some((name) => name.startsWith('.nexus-'))) await new Promise((resolve) => setImmediate(resolve))
  renameSync(join(here.root, 'a'), join(here.outside, 'a'))
  expect(await writing).toBe('NEXUS_WORKSPACE_OUTSIDE')
  expect(readdirSync(join(here.outside, 'a'))).toEqual([])
})

it('a file that somebody else writes while it is being replaced is not', async () => {
  const here = place()
  const files = filesAt(here.root, here)
  const { version } = await files.write('f', 'one')
  const writing = codeOf(files.write('f', Buffer.alloc(8_000_000, 'x'), { version }))
  while (!readdirSync(here.root).some((name) => name.startsWith('.nexus-'))) await new Promise((resolve) => setImmediate(resolve))
  writeFileSync(join(here.root, 'f'), 'theirs')
  expect(await writing).toBe('NEXUS_WORKSPACE_CHANGED')
  expect(readFileSync(join(here.root, 'f'), 'utf8')).toBe('theirs')
  expect(readdirSync(here.root)).toEqual(['f'])
})

it('a workspace that is a file says so', async () => {
  const here = place()
  writeFileSync(join(here.top, 'file'), '')
  expect(await codeOf(filesAt(join(here.top, 'file'), here).list('.'))).toBe('NEXUS_WORKSPACE_ROOT')
  expect(lstatSync(join(here.top, 'file')).isFile()).toBe(true)
})
