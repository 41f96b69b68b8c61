/** Packages of a registry, by the user's own npm: what was published, as it was published, and old enough. */
import { readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { packageTarball } from '../fixtures/tar.ts'
import type { Release } from '../fixtures/registry.ts'
import { newState, openPlace, pluginFiles, withRegistry, type Made, type Place } from './plugins-install-harness.ts'

let registry: Awaited<ReturnType<typeof withRegistry>>
beforeAll(async () => { registry = await withRegistry() })
afterAll(() => registry[Symbol.asyncDispose]())

let numbered = 0
/** A name that no other test has, far from all others. */
const fresh = (): string => `${'abcdefghijklmnopqrstuvwxyz'[numbered % 26]!.repeat(3)}${numbered++}`

function publish(made: Made & { id: string }, more: Partial<Release> = {}): string {
  const files = pluginFiles(made)
  const { name, version, ...manifest } = JSON.parse(files['package.json']!) as { name: string; version: string }
  registry.publish({ name, version, manifest, files: { 'index.js': files['index.js']! }, ...more })
  return name
}
const library = (name: string, version = '1.0.0', more: Partial<Release> = {}): void => registry.publish({ name, version, files: { 'index.js': `export default '${name} ${version}'` }, ...more, manifest: { type: 'module', exports: './index.js', ...more.manifest } })
const daysAgo = (days: number): Date => new Date(Date.now() - days * 86_400_000)
const strict = '{ pluginPolicy: { trusted: [\'*\'] } }'
const nothing = async (place: Place): Promise<void> => expect([await place.lock(), await place.left()]).toEqual([{}, []])

describe('a package', () => {
  test('by name and by range; an update goes to the newest of the range, and no further', async () => {
    const id = fresh()
    for (const version of ['1.0.0', '1.1.0', '2.0.0']) publish({ id, version })
    await using place = await openPlace(await newState())
    expect(await place.add(`nexus-${id}@^1.0.0`)).toMatchObject({ version: '1.1.0' })
    expect((await place.stage({ id })).consent).toBeUndefined()
    publish({ id, version: '1.2.0' })
    expect(await place.call('plugins.outdated')).toEqual({ plugins: [{ id, name: `nexus-${id}`, current: '1.1.0', wanted: '1.2.0', latest: '1.2.0' }] })
    const { ticket, consent } = await place.stage({ id })
    expect(consent).toMatchObject({ from: '1.1.0', version: '1.2.0', needed: false, partial: true })
    await place.call('plugins.commit', { ticket, accept: consent.digest })
    expect(await place.call(`${id}.say`)).toBe('1.2.0')
    expect(await place.lock()).toMatchObject({ [id]: { source: 'npm', spec: `nexus-${id}@^1.0.0`, version: '1.2.0' } })
    expect(await place.left()).toHaveLength(2)
    await expect(place.stage({ spec: `nexus-${id}@1.0.0` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DOWNGRADE' })
  })

  test('an update that wants more says what more, and only that', async () => {
    const id = fresh()
    publish({ id, capabilities: ['net:a.example'] })
    await using place = await openPlace(await newState())
    await place.add(`nexus-${id}`)
    publish({ id, version: '1.1.0', capabilities: ['net:a.example', 'net:b.example'] })
    const { consent } = await place.stage({ id })
    expect(consent).toMatchObject({ needed: true, partial: true })
    expect(consent.sections).toContainEqual({ title: 'Network', lines: ['reach b.example on the network'] })
    expect(JSON.stringify(consent.sections)).not.toContain('a.example')
  })

  test('an update that cannot be had leaves what is there serving', async () => {
    const id = fresh()
    publish({ id })
    await using place = await openPlace(await newState())
    await place.add(`nexus-${id}`)
    publish({ id, version: '1.1.0' })
    for (const how of ['integrity', 'tarball', 'error'] as const) {
      registry.misbehave(`nexus-${id}`, how)
      const before = [await place.lock(), await place.left(), await place.settings()]
      await expect(place.stage({ id })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM' })
      expect(await place.call(`${id}.say`)).toBe('1.0.0')
      expect([await place.lock(), await place.left(), await place.settings()]).toEqual(before)
    }
  })

  test('that was published anew under the same version is refused', async () => {
    const id = fresh()
    publish({ id })
    await using place = await openPlace(await newState())
    await place.add(`nexus-${id}`)
    publish({ id, says: 'something else' })
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_MISMATCH' })
    expect(await place.call(`${id}.say`)).toBe('1.0.0')
  })

  test.each(['integrity', 'tarball', 'error', 'hang'] as const)('from a registry that misbehaves (%s) changes nothing', async (how) => {
    const id = fresh()
    publish({ id })
    registry.misbehave(`nexus-${id}`, how)
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM' })
    await nothing(place)
  })

  test('that is not there, or names another one inside', async () => {
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: 'nexus-nowhere-to-be-found' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM' })
    const id = fresh()
    publish({ id }, { tarball: packageTarball(pluginFiles({ id, name: 'quite-another' })) })
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PACKAGE' })
    await nothing(place)
  })

  test('called off while it is fetched is gone at once', async () => {
    const id = fresh()
    publish({ id }, { files: { 'index.js': '', big: Buffer.from(Array.from({ length: 100_000 }, () => Math.random()).join()) } })
    registry.misbehave(`nexus-${id}`, 'slow')
    await using place = await openPlace(await newState())
    const { ticket } = await place.call('plugins.stage', { spec: `nexus-${id}` }) as { ticket: string }
    await place.call('plugins.discard', { ticket })
    await nothing(place)
  })

  test('is looked for by words, and only plugins are found', async () => {
    registry.publish({ name: 'nexus-tides', version: '1.0.0', manifest: { description: 'when the sea comes', keywords: ['nexus-plugin'] } })
    registry.publish({ name: 'tides', version: '1.0.0', manifest: { description: 'the sea' } })
    await using place = await openPlace(await newState())
    expect(await place.call('plugins.search', { text: 'sea' })).toEqual({ found: [{ name: 'nexus-tides', version: '1.0.0', description: 'when the sea comes' }] })
    expect(await place.call('plugins.search', { text: '--registry=http://x' })).toEqual({ found: [] })
    expect(await place.left()).toEqual([])
  })
})

describe('its dependencies', () => {
  test('come with it, exact, without scripts, links or the author\'s settings, and are part of what is verified', async () => {
    const [id, mark] = [fresh(), join(registry.home, 'was-run')]
    library('lib-one', '1.0.0', { manifest: { dependencies: { 'lib-two': '^2.0.0' }, scripts: { postinstall: `touch ${mark}` }, bin: { one: 'index.js' } } })
    library('lib-two', '2.3.0')
    const code = `
import one from 'lib-one'
import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({ id: '${id}', methods: { '${id}.say': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { '${id}.say': () => one } }) })`
    publish({ id, code, pkg: { dependencies: { 'lib-one': '^1.0.0', 'nexus-gateway': '*' }, devDependencies: { 'lib-dev': '1.0.0' }, peerDependencies: { valibot: '^1' } } })
    await using place = await openPlace(await newState())
    const { ticket, consent } = await place.stage({ spec: `nexus-${id}` })
    expect(consent.sections).toContainEqual({ title: 'Size', lines: [expect.stringContaining('2 dependencies')] })
    expect(consent.sections).toContainEqual({ title: 'Install scripts', lines: ['never run; wanted by lib-one'] })
    await place.call('plugins.commit', { ticket, accept: consent.digest })
    expect(await place.call(`${id}.say`)).toBe('lib-one 1.0.0')
    await expect(stat(mark)).rejects.toMatchObject({ code: 'ENOENT' })
    const { dir } = (await place.lock())[id]!
    expect((await readdir(join(place.paths.state, 'plugins', dir, 'node_modules'))).sort()).toEqual(['.package-lock.json', 'lib-one', 'lib-two'])
    expect(Object.keys(JSON.parse(await readFile(join(place.paths.state, 'plugins', `${dir}.files.json`), 'utf8')) as object)).toContain('node_modules/lib-two/index.js')
    await writeFile(join(place.paths.state, 'plugins', dir, 'node_modules/lib-two/index.js'), 'export default 7')
    const { findings } = await place.call('plugins.doctor') as { findings: { id: string; what: string }[] }
    expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.tampered', what: expect.stringContaining('lib-two') }))
  })

  test.each([
    ['a repository', 'git+https://git.example.invalid/a.git'], ['an address', 'https://git.example.invalid/a.tgz'], ['a folder', 'file:../a'],
  ])('from %s, named by a dependency, are refused with its name', async (_, spec) => {
    const id = fresh()
    library(`lib-odd-${id}`, '1.0.0', { manifest: { optionalDependencies: { stray: spec } } })
    publish({ id, pkg: { dependencies: { [`lib-odd-${id}`]: '*' } } })
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: expect.stringMatching(/NEXUS_PLUGINS_(DEPENDENCY|PROGRAM)/), message: expect.stringMatching(/stray|example\.invalid/) })
    await nothing(place)
  })

  test('whose bytes are not those that were published are refused', async () => {
    const id = fresh()
    library(`lib-bad-${id}`)
    registry.misbehave(`lib-bad-${id}`, 'tarball')
    publish({ id, pkg: { dependencies: { [`lib-bad-${id}`]: '*' } } })
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_PROGRAM' })
    await nothing(place)
  })

  test('with machine code need the capability for it', async () => {
    const id = fresh()
    library(`lib-native-${id}`, '1.0.0', { files: { 'index.js': '', 'build/x.node': 'ELF' } })
    publish({ id, pkg: { dependencies: { [`lib-native-${id}`]: '*' } } })
    await using place = await openPlace(await newState())
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NATIVE', message: expect.stringContaining('x.node') })
    await nothing(place)
  })

  test('that the package brings along are taken from the registry all the same', async () => {
    const id = fresh()
    library(`lib-here-${id}`)
    const files = pluginFiles({ id, pkg: { dependencies: { [`lib-here-${id}`]: '*' }, bundleDependencies: [`lib-here-${id}`] } })
    const { name, version, ...manifest } = JSON.parse(files['package.json']!) as { name: string; version: string }
    registry.publish({ name, version, manifest, tarball: packageTarball({ ...files, [`node_modules/lib-here-${id}/index.js`]: 'export default "smuggled"', [`node_modules/lib-here-${id}/package.json`]: '{}', 'npm-shrinkwrap.json': '{"lockfileVersion":3,"packages":{}}', '.npmrc': 'registry=http://127.0.0.1:1' }) })
    await using place = await openPlace(await newState())
    await place.add(name)
    const { dir } = (await place.lock())[id]!
    expect(await readFile(join(place.paths.state, 'plugins', dir, 'node_modules', `lib-here-${id}`, 'index.js'), 'utf8')).toContain('lib-here')
  })
})

describe('the age of a version', () => {
  test('that is out for less than the policy wants: an older one is taken, or none', async () => {
    const id = fresh()
    publish({ id, version: '1.0.0' }, { time: daysAgo(10) })
    publish({ id, version: '1.1.0' }, { time: daysAgo(1) })
    await using place = await openPlace(await newState(strict))
    await expect(place.stage({ spec: `nexus-${id}@1.1.0` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_YOUNG' })
    await nothing(place)
    expect(await place.add(`nexus-${id}`)).toMatchObject({ version: '1.0.0' })
    expect((await place.stage({ id })).consent).toBeUndefined()
  })

  test('of a dependency counts too, whatever the plugin comes from', async () => {
    const id = fresh()
    library(`lib-young-${id}`, '1.0.0', { time: daysAgo(1) })
    publish({ id, pkg: { dependencies: { [`lib-young-${id}`]: '*' } } }, { time: daysAgo(10) })
    await using place = await openPlace(await newState(strict))
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_YOUNG' })
    const file = join(place.paths.state, 'x.tgz')
    await writeFile(file, packageTarball(pluginFiles({ id, pkg: { dependencies: { [`lib-young-${id}`]: '*' } } })))
    await expect(place.stage({ spec: file })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_YOUNG' })
    await nothing(place)
  })

  test('that the registry does not tell is no age', async () => {
    const id = fresh()
    library(`lib-timeless-${id}`, '1.0.0', { time: null })
    publish({ id, pkg: { dependencies: { [`lib-timeless-${id}`]: '*' } } }, { time: daysAgo(10) })
    await using place = await openPlace(await newState(strict))
    await expect(place.stage({ spec: `nexus-${id}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_AGE_UNKNOWN', message: expect.stringContaining(`lib-timeless-${id}@1.0.0`) })
    const other = fresh()
    publish({ id: other }, { time: null })
    await expect(place.stage({ spec: `nexus-${other}` })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_AGE_UNKNOWN' })
    await nothing(place)
  })

  test('does not matter for what is no version of a registry, nor where the policy says 0', async () => {
    const id = fresh()
    publish({ id }, { time: daysAgo(0) })
    await using place = await openPlace(await newState(strict))
    const file = join(place.paths.state, 'x.tgz')
    await writeFile(file, packageTarball(pluginFiles({ id: 'local' })))
    expect(await place.add(file)).toMatchObject({ id: 'local' })
    await using other = await openPlace(await newState())
    expect(await other.add(`nexus-${id}`)).toMatchObject({ version: '1.0.0' })
  })
})
