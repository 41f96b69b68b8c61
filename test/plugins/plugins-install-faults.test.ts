/** What goes wrong around an install: each fault has its name, and nothing is changed. */
import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { createClient } from '../../sdk/client.ts'
import { createDoor } from '../../sdk/testing/door.ts'
import { checkFiles } from '../../plugins/plugins/install/dependencies.ts'
import { withLock } from '../../plugins/plugins/install/disk.ts'
import { listFiles } from '../../plugins/plugins/install/hashes.ts'
import { changeLock, readLock, withEntry, type LockEntry } from '../../plugins/plugins/install/lockfile.ts'
import { programs } from '../../plugins/plugins/install/programs.ts'
import type { Consent, Staged } from '../../plugins/plugins/install/verbs.ts'
import plugins from '../../plugins/plugins/index.ts'
import { packageTarball } from '../fixtures/tar.ts'
import { newState, openPlace, pluginFiles, type Made, type Place } from './plugins-install-harness.ts'

let dir: string
beforeEach(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-faults-')) })
afterEach(() => rm(dir, { recursive: true, force: true }))
const never = new AbortController().signal

async function tarball({ paths }: Pick<Place, 'paths'>, made: Made = {}): Promise<string> {
  const file = join(paths.state, `weather-${made.version ?? '1.0.0'}.tgz`)
  await writeFile(file, packageTarball(pluginFiles(made)))
  return file
}

describe('programs', () => {
  test('that are not there, take too long, are called off or complain', async () => {
    const { run } = programs(() => ({ PATH: '/nowhere' }))
    await expect(run('npm', ['--version'], { cwd: dir, signal: never })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NO_PROGRAM' })
    for (const [name, script] of [['npm', '#!/bin/sh\nexec sleep 60\n'], ['git', '#!/bin/sh\necho "fatal: https://me:secret@example.org is not there" >&2\nexit 128\n']] as const) await writeFile(join(dir, name), script, { mode: 0o755 })
    const mine = programs(() => ({ PATH: `${dir}:/usr/bin:/bin` }))
    await expect(mine.run('npm', [], { cwd: dir, signal: never, timeoutMs: 100 })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_STOPPED', message: expect.stringContaining('longer than 0.1 s') })
    await expect(mine.run('npm', [], { cwd: dir, signal: AbortSignal.timeout(100) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_STOPPED', message: expect.stringContaining('called off') })
    const error = await mine.run('git', [], { cwd: dir, signal: never }).catch((e: Error) => e) as Error
    expect(error).toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM', message: expect.stringContaining('example.org is not there') })
    expect(error.message).not.toContain('secret')
  })

  test('are not given what is nobody else\'s business', async () => {
    await writeFile(join(dir, 'npm'), '#!/bin/sh\nenv\n', { mode: 0o755 })
    const { run } = programs(() => ({ PATH: `${dir}:/usr/bin:/bin`, NEXUS_TOKEN: 'secret', NODE_OPTIONS: '--inspect' }))
    expect(await run('npm', [], { cwd: dir, signal: never })).not.toMatch(/secret|inspect/)
  })
})

describe('files', () => {
  test('that are links are refused, and so is too much', async () => {
    await writeFile(join(dir, 'a.js'), 'x'.repeat(100))
    await expect(checkFiles(dir, { native: false }, { files: 10, bytes: 99 })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_LARGE' })
    await expect(checkFiles(dir, { native: false }, { files: 0, bytes: 1_000 })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_LARGE' })
    await symlink('/etc/hosts', join(dir, 'b.js'))
    await expect(checkFiles(dir, { native: false })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ODD_FILE' })
    await expect(listFiles(dir)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ODD_FILE' })
  })
})

describe('the lock of a file', () => {
  test('that a living process holds is waited for, and not for ever; one of a dead process is broken', async () => {
    const file = join(dir, 'lock.json')
    await writeFile(`${file}.lock`, `${process.ppid} other`)
    await expect(withLock(file, async () => 1, 200)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_LOCK_BUSY' })
    await writeFile(`${file}.lock`, '999999999 other')
    expect(await withLock(file, async () => 1, 5_000)).toBe(1)
    await writeFile(`${file}.lock`, `${process.pid} an-earlier-life`)
    expect(await withLock(file, async () => 1, 5_000)).toBe(1)
    await writeFile(`${file}.lock`, '')
    expect(await withLock(file, async () => 2, 5_000)).toBe(2)
    await expect(stat(`${file}.lock`)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('lets one writer in at a time: no change is lost', async () => {
    const entry = (n: number): LockEntry => ({ name: `n${n}`, version: '1.0.0', spec: '/x', source: 'link', dir: '/x', scanned: false, grant: { capabilities: [], tier: 'isolated', requires: [], methods: {}, taps: [], routes: {}, at: n, by: 'test' } })
    await Promise.all(Array.from({ length: 12 }, (_, n) => changeLock(dir, (lock) => withEntry(lock, `p${n}`, entry(n)))))
    expect(Object.keys(await readLock(dir))).toHaveLength(12)
    expect(JSON.parse(await readFile(join(dir, 'lock.json'), 'utf8'))).toMatchObject({ version: 1 })
  })
})

describe('an install', () => {
  test('without settings to write to is refused', async () => {
    await using k = await testKernel({ plugins: [plugins] })
    await expect(k.call('plugins.grants')).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NO_SETTINGS' })
  })

  test('is not committed before it is ready', async () => {
    await using place = await openPlace(await newState())
    const { ticket } = await place.call('plugins.stage', { spec: await tarball(place) }) as Staged
    await expect(place.call('plugins.commit', { ticket, accept: 'x' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TICKET_BUSY' })
  })

  test('whose folder is gone, or has no place to go to, leaves no entry', async () => {
    await using place = await openPlace(await newState())
    const { ticket, consent } = await place.stage({ spec: await tarball(place) })
    for (const name of await place.left()) await rm(join(place.paths.state, 'plugins', name), { recursive: true })
    await expect(place.call('plugins.commit', { ticket, accept: consent.digest })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DISK', message: expect.stringContaining('ENOENT') })
    expect([await place.lock(), await place.left()]).toEqual([{}, []])
    await rm(join(place.paths.state, 'plugins'), { recursive: true })
    await writeFile(join(place.paths.state, 'plugins'), 'a file')
    await expect(place.stage({ spec: await tarball(place) })).rejects.toMatchObject({ code: expect.stringMatching(/NEXUS_PLUGINS_(DISK|BAD_LOCK)/) })
  })

  test('of what the command line leaves out is taken back, settings and all', async () => {
    await using place = await openPlace(await newState(), [], { list: '-weather' })
    const before = await place.settings()
    await expect(place.add(await tarball(place))).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NOT_STARTED' })
    expect([await place.settings(), await place.lock(), await place.left()]).toEqual([before, {}, []])
  })
})

describe('a running gateway', () => {
  test('takes a plugin up, exchanges and drops it while a client stays connected and every call is answered', async () => {
    await using place = await openPlace(await newState())
    const door = createDoor(place.kernel, new Map())
    const states: string[] = []
    const client = createClient({ url: await door.url(), token: 'any', reconnect: false, onState: (state) => void states.push(state) })
    await client.ready()
    let [going, answered] = [true, 0]
    const traffic = (async () => {
      while (going) {
        await client.call('plugins.list')
        answered++
      }
    })()
    const add = async (spec: string): Promise<void> => {
      let staged = await client.call('plugins.stage', { spec }) as Staged
      while (staged.state === 'working') staged = await client.call('plugins.staged', { ticket: staged.ticket, seen: staged.phase }) as Staged
      await client.call('plugins.commit', { ticket: staged.ticket, accept: (staged.consent as Consent).digest })
    }
    await add(await tarball(place))
    expect(await client.call('weather.say')).toBe('1.0.0')
    await add(await tarball(place, { version: '1.1.0' }))
    expect(await client.call('weather.say')).toBe('1.1.0')
    await client.call('plugins.remove', { id: 'weather', data: true })
    await expect(client.call('weather.say')).rejects.toMatchObject({ message: expect.stringContaining('unknown method') })
    going = false
    await traffic
    expect(answered).toBeGreaterThan(10)
    expect(states).not.toContain('closed')
    expect(states).not.toContain('waiting')
    expect(place.kernel.inspect('weather')).toBeUndefined()
    expect(place.kernel.list().flatMap(({ owned }) => owned).filter((label) => label.includes('weather'))).toEqual([])
    expect([await place.lock(), await place.left()]).toEqual([{}, []])
    await client.close()
    await door.close()
  })
})
