/** What `nexus plugins add` and its kin promise: all or nothing, what was agreed to and no more, and nothing restarted. */
import { execFileSync } from 'node:child_process'
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageTarball } from '../fixtures/tar.ts'
import { newState, openPlace, pluginCode, pluginFiles, withRegistry, type Made, type Place } from './plugins-install-harness.ts'

let registry: Awaited<ReturnType<typeof withRegistry>>
beforeAll(async () => { registry = await withRegistry() })
afterAll(() => registry[Symbol.asyncDispose]())

async function tarball({ paths }: Place, made: Made = {}, extra: Record<string, string> = {}): Promise<string> {
  const file = join(paths.state, `${made.id ?? 'weather'}-${made.version ?? '1.0.0'}-${made.says ?? ''}.tgz`)
  await writeFile(file, packageTarball({ ...pluginFiles(made), ...extra }))
  return file
}

async function folder({ paths }: Place, name: string, files: Record<string, string>): Promise<string> {
  const dir = join(paths.state, name)
  await mkdir(dir, { recursive: true })
  for (const [file, text] of Object.entries(files)) await writeFile(join(dir, file), text)
  return dir
}

/** Everything that an install could change. */
const whole = async (place: Place): Promise<unknown> => [await place.settings(), await place.lock(), await place.left()]

describe('a tarball', () => {
  test('is put in place, listed with every comment kept, and serves at once', async () => {
    await using place = await openPlace(await newState())
    expect(await place.add(await tarball(place))).toMatchObject({ id: 'weather', version: '1.0.0', started: ['weather'] })
    expect(await place.call('weather.say')).toBe('1.0.0')
    expect(await place.settings()).toContain('// what is trusted')
    expect(await place.settings()).toMatch(/plugins: \['weather'\]/)
    const { weather } = await place.lock()
    expect(weather).toMatchObject({ name: 'nexus-weather', version: '1.0.0', source: 'tarball', scanned: false, integrity: expect.stringMatching(/^sha512-/), grant: { tier: 'trusted', by: 'local', methods: { 'weather.say': 'operator.read' } } })
    expect(await place.left()).toEqual([weather!.dir, `${weather!.dir}.files.json`])
    const mode = async (...path: string[]): Promise<number> => (await stat(join(place.paths.state, 'plugins', ...path))).mode & 0o777
    expect([await mode(), await mode(weather!.dir), await mode(weather!.dir, 'index.js'), await mode('lock.json')]).toEqual([0o700, 0o700, 0o600, 0o600])
  })

  test('starts again with the gateway, and does not when one of its files was changed', async () => {
    const state = await newState()
    const first = await openPlace(state)
    await first.add(await tarball(first))
    await first.close()
    const second = await openPlace(state)
    expect(await second.call('weather.say')).toBe('1.0.0')
    const { weather } = await second.lock()
    await second.close()
    await writeFile(join(state, 'plugins', weather!.dir, 'index.js'), pluginCode({ says: 'evil' }))
    await using third = await openPlace(state)
    await expect(third.call('weather.say')).rejects.toMatchObject({ code: 'NEXUS_CALL_UNKNOWN_METHOD' })
    expect(third.kernel.inspect('weather')?.error).toMatchObject({ code: 'NEXUS_PLUGIN_TAMPERED', message: expect.stringContaining('index.js was changed') })
    const { findings } = await third.call('plugins.doctor') as { findings: { id: string; what: string }[] }
    expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.tampered', what: expect.stringContaining('index.js') }))
    // The remedy that is named works.
    await third.add(await tarball(third))
    expect(await third.call('weather.say')).toBe('1.0.0')
  })

  test('whose code does not load changes nothing', async () => {
    await using place = await openPlace(await newState())
    const before = await whole(place)
    const { ticket, consent } = await place.stage({ spec: await tarball(place, { code: 'throw new Error("no luck")' }) })
    await expect(place.call('plugins.commit', { ticket, accept: consent.digest })).rejects.toMatchObject({ code: expect.stringMatching(/^NEXUS_(PLUGIN|CONFIG)_/), message: expect.stringContaining('no luck') })
    expect(await whole(place)).toEqual(before)
    expect(place.kernel.inspect('weather')).toBeUndefined()
  })

  test('that takes the place of another one and does not load leaves that serving', async () => {
    await using place = await openPlace(await newState())
    await place.add(await tarball(place))
    const before = await whole(place)
    const { ticket, consent } = await place.stage({ spec: await tarball(place, { version: '1.1.0', code: 'export default 7' }) })
    await expect(place.call('plugins.commit', { ticket, accept: consent.digest })).rejects.toBeDefined()
    expect(await place.call('weather.say')).toBe('1.0.0')
    expect(await whole(place)).toEqual(before)
  })

  test('runs none of its code before somebody has agreed, and leaves nothing behind if nobody does', async () => {
    await using place = await openPlace(await newState())
    const before = await whole(place)
    const mark = join(place.paths.state, 'was-run')
    const code = pluginCode({ before: `import { writeFileSync } from 'node:fs'\nwriteFileSync(${JSON.stringify(mark)}, '')` })
    const pkg = { scripts: { preinstall: `touch ${mark}`, install: `touch ${mark}`, postinstall: `touch ${mark}`, prepare: `touch ${mark}` } }
    const { ticket, consent } = await place.stage({ spec: await tarball(place, { code, pkg }) })
    expect(consent.sections).toContainEqual({ title: 'Install scripts', lines: ['never run; wanted by nexus-weather'] })
    await place.call('plugins.discard', { ticket })
    await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await whole(place)).toEqual(before)
    await expect(place.call('plugins.commit', { ticket, accept: consent.digest })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TICKET' })
  })

  test('is installed by whoever agreed to exactly this', async () => {
    await using place = await openPlace(await newState())
    const { ticket } = await place.stage({ spec: await tarball(place) })
    await expect(place.call('plugins.commit', { ticket, accept: 'sha512-of-something-else' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ACCEPT' })
    expect(await place.lock()).toEqual({})
  })

  test.each([
    ['no manifest', { pkg: { nexus: undefined } }, 'NEXUS_PLUGINS_NOT_A_PLUGIN'],
    ['a stub', { pkg: { nexus: { api: 1, id: 'weather', entry: 'index.js' } } }, 'NEXUS_PLUGINS_STUB'],
    ['another API level', { nexus: { api: 9 } }, 'NEXUS_PLUGIN_API_LEVEL'],
    ['an entry outside of it', { nexus: { entry: '../../index.js' } }, 'NEXUS_PLUGIN_BAD_MANIFEST'],
    ['an entry that is not there', { nexus: { entry: 'other.js' } }, 'NEXUS_PLUGINS_PACKAGE'],
    ['an id of the gateway\'s own', { id: 'config' }, 'NEXUS_PLUGINS_RESERVED'],
    ['an id that is a key of the settings', { nexus: { id: 'gateway' } }, 'NEXUS_PLUGIN_BAD_MANIFEST'],
    ['a name that leads elsewhere', { name: '@x/../../../..' }, 'NEXUS_PLUGINS_PACKAGE'],
    ['the name of a plugin of this release, almost', { name: '@nexus-gateway/con-fig' }, 'NEXUS_PLUGINS_SIMILAR'],
    ['no version', { version: 'newest' }, 'NEXUS_PLUGINS_PACKAGE'],
    ['a dependency from a repository', { pkg: { dependencies: { left: 'git+https://git.example.org/left.git' } } }, 'NEXUS_PLUGINS_DEPENDENCY'],
    ['a dependency from an address', { pkg: { dependencies: { left: 'https://example.org/left.tgz' } } }, 'NEXUS_PLUGINS_DEPENDENCY'],
    ['a dependency from a folder', { pkg: { dependencies: { left: 'file:../left' } } }, 'NEXUS_PLUGINS_DEPENDENCY'],
    ['a dependency from nowhere in particular', { pkg: { dependencies: { left: 'somebody/left' } } }, 'NEXUS_PLUGINS_DEPENDENCY'],
    ['something to compile', { pkg: { gypfile: true } }, 'NEXUS_PLUGINS_NATIVE'],
    ['a build with node-gyp', { pkg: { scripts: { install: 'node-gyp rebuild' } } }, 'NEXUS_PLUGINS_NATIVE'],
  ] as [string, Made, string][])('with %s is refused, and nothing stays', async (_, made, code) => {
    await using place = await openPlace(await newState())
    const before = await whole(place)
    await expect(place.stage({ spec: await tarball(place, made) })).rejects.toMatchObject({ code })
    expect(await whole(place)).toEqual(before)
  })

  test('with machine code in it needs the capability for it', async () => {
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: await tarball(place, {}, { 'build/addon.node': 'ELF' }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NATIVE' })
    const { consent } = await place.stage({ spec: await tarball(place, { capabilities: ['native'] }, { 'build/addon.node': 'ELF' }) })
    expect(consent.sections).toContainEqual({ title: 'Programs and threads', lines: [expect.stringContaining('machine code')] })
  })

  test('with the id of another package is refused until that is removed; a lower version needs to be meant', async () => {
    await using place = await openPlace(await newState())
    await place.add(await tarball(place, { version: '2.0.0' }))
    await expect(place.stage({ spec: await tarball(place, { name: 'other-weather', version: '2.1.0' }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_OTHER_PACKAGE' })
    await expect(place.stage({ spec: await tarball(place, { version: '1.9.0' }) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DOWNGRADE' })
    await place.add(await tarball(place, { version: '1.9.0' }), { downgrade: true })
    expect(await place.call('weather.say')).toBe('1.9.0')
  })

  test('with a name one letter from an installed one is refused unless that is meant', async () => {
    await using place = await openPlace(await newState())
    await place.add(await tarball(place))
    const near = { id: 'other', name: 'nexus-weathr' }
    await expect(place.stage({ spec: await tarball(place, near) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_SIMILAR', message: expect.stringContaining('nexus-weather') })
    await expect(place.add(await tarball(place, near), { allowSimilar: true })).resolves.toMatchObject({ id: 'other' })
  })
})

describe('other places', () => {
  test('a folder is copied in as npm would pack it, and its scripts are not run', async () => {
    await using place = await openPlace(await newState())
    const mark = join(place.paths.state, 'was-run')
    const dir = await folder(place, 'mine', { ...pluginFiles({ pkg: { scripts: { prepare: `touch ${mark}`, prepack: `touch ${mark}` } } }), '.npmrc': 'ignore-scripts=false\n' })
    await place.add(dir)
    await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' })
    await rm(dir, { recursive: true })
    expect(await place.call('weather.say')).toBe('1.0.0')
    const { weather } = await place.lock()
    expect(await readdir(join(place.paths.state, 'plugins', weather!.dir))).toEqual(['index.js', 'package.json'])
  })

  test('a git repository, at a tag and at its newest, without its hooks and scripts', async () => {
    await using place = await openPlace(await newState())
    const mark = join(place.paths.state, 'was-run')
    const pkg = { scripts: { prepare: `touch ${mark}` } }
    const dir = await folder(place, 'repo', pluginFiles({ pkg }))
    const git = (...args: string[]) => execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd: dir, stdio: 'pipe' })
    git('init', '-q', '-b', 'main')
    git('add', '.')
    git('commit', '-q', '-m', 'one')
    git('tag', 'v1.0.0')
    await writeFile(join(dir, 'package.json'), pluginFiles({ version: '1.1.0', pkg })['package.json']!)
    git('commit', '-q', '-a', '-m', 'two')
    expect(await place.add(`git+file://${dir}#v1.0.0`)).toMatchObject({ version: '1.0.0' })
    expect(await place.add(`git+file://${dir}`)).toMatchObject({ version: '1.1.0', from: '1.0.0' })
    await expect(place.stage({ spec: `git+file://${dir}#nowhere` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM' })
    await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await place.lock()).toMatchObject({ weather: { source: 'git', spec: `git+file://${dir}` } })
  })

  test('a single file is copied, and what it declares is written down', async () => {
    await using place = await openPlace(await newState())
    const file = join(place.paths.state, 'weather.ts')
    await writeFile(file, pluginCode({ says: 'from a file', capabilities: ['net:example.org'] }))
    await place.add(file)
    await rm(file)
    expect(await place.call('weather.say')).toBe('from a file')
    expect(await place.lock()).toMatchObject({ weather: { source: 'file', grant: { capabilities: ['net:example.org'] } } })
  })

  test('a link stays where it is, and its changes count', async () => {
    await using place = await openPlace(await newState())
    const dir = await folder(place, 'mine', { 'index.ts': pluginCode({ says: 'one' }) })
    await place.add(dir, { link: true })
    expect(await place.lock()).toMatchObject({ weather: { source: 'link', dir } })
    expect(await place.left()).toEqual([])
    await writeFile(join(dir, 'index.ts'), pluginCode({ says: 'two' }))
    await place.call('plugins.reload', { id: 'weather' })
    expect(await place.call('weather.say')).toBe('two')
    await place.call('plugins.remove', { id: 'weather' })
    expect(await readdir(dir)).toEqual(['index.ts'])
    await writeFile(join(dir, 'weather.tgz'), '')
    await expect(place.stage({ spec: join(dir, 'weather.tgz'), link: true })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NOT_LINKABLE' })
  })

  test.each(['/nowhere/at/all.tgz', '/nowhere/at/all'])('%s, where nothing is', async (spec) => {
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NO_PLACE' })
  })
})
