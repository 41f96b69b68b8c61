/** What becomes of plugins once they are installed, and who is let in: off, on, gone, tampered with, denied, scanned. */
import { mkdir, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { Scanner } from '../../plugins/plugins/contract.ts'
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

describe('what is installed', () => {
  test('is turned off and on, and removed with its entry, its trust and its settings', async () => {
    await using place = await openPlace(await newState('{\n  // mine\n  plugins: [\'weather\'], // the list\n  pluginPolicy: { trusted: [], minimumReleaseAge: 0 },\n}\n'))
    await place.add(await tarball(place), { trusted: true })
    expect(await place.settings()).toMatch(/trusted: \['weather'\]/)
    await place.call('plugins.disable', { id: 'weather' })
    expect(place.kernel.inspect('weather')).toBeUndefined()
    expect(await place.lock()).toHaveProperty('weather')
    await place.call('plugins.enable', { id: 'weather' })
    expect(await place.call('weather.say')).toBe('1.0.0')
    const data = join(place.paths.state, 'plugins', 'data', 'weather')
    await mkdir(data, { recursive: true })
    expect(await place.call('plugins.remove', { id: 'weather' })).toMatchObject({ stopped: ['weather'], data })
    expect(await place.lock()).toEqual({})
    expect(await place.left()).toEqual(['data'])
    const text = await place.settings()
    expect(text).toContain('// mine')
    expect(text).toContain('// the list')
    expect(text).not.toContain('weather')
    await place.add(await tarball(place), { trusted: true })
    await place.call('plugins.remove', { id: 'weather', data: true })
    await expect(stat(data)).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(place.call('plugins.remove', { id: 'weather' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NOT_INSTALLED' })
    await expect(place.call('plugins.enable', { id: 'nobody-knows' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_UNKNOWN' })
  })

  test('a plugin that ships with the gateway is left out and taken back in', async () => {
    const extra = definePlugin({ id: 'extra', setup() {} })
    await using place = await openPlace(await newState(), [extra])
    await place.call('plugins.disable', { id: 'extra' })
    expect(place.kernel.inspect('extra')).toBeUndefined()
    expect(await place.settings()).toContain('-extra')
    await place.call('plugins.enable', { id: 'extra' })
    expect(place.kernel.inspect('extra')?.state).toBe('active')
  })

  test('two at once are both there', async () => {
    await using place = await openPlace(await newState())
    const specs = await Promise.all(['a1', 'b2', 'c3'].map((id) => tarball(place, { id, name: `nexus-${id}-${id}` })))
    await Promise.all(specs.map((spec) => place.add(spec)))
    expect(Object.keys(await place.lock()).sort()).toEqual(['a1', 'b2', 'c3'])
    expect(await Promise.all(['a1', 'b2', 'c3'].map((id) => place.call(`${id}.say`)))).toEqual(['1.0.0', '1.0.0', '1.0.0'])
  })

  test('the second of two that would take the same place finds that it is taken', async () => {
    await using place = await openPlace(await newState())
    const [one, two] = await Promise.all([place.stage({ spec: await tarball(place, { says: 'one' }) }), place.stage({ spec: await tarball(place, { says: 'two' }) })])
    await place.call('plugins.commit', { ticket: one.ticket, accept: one.consent.digest })
    await expect(place.call('plugins.commit', { ticket: two.ticket, accept: two.consent.digest })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ACCEPT' })
    expect(await place.call('weather.say')).toBe('one')
    expect(await place.left()).toHaveLength(2)
  })

  test('tickets are few, and are thrown away in time', async () => {
    await using place = await openPlace(await newState())
    const spec = await tarball(place)
    for (let i = 0; i < 8; i++) await place.stage({ spec })
    await expect(place.stage({ spec })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_MANY' })
    await place.kernel.apply({ reload: ['plugins'] })
    await vi.waitFor(async () => expect(await place.left()).toEqual([]))
  })

  test('what interrupted installs have left is swept by the next one, and by doctor; nobody else\'s files are', async () => {
    await using place = await openPlace(await newState())
    const dir = join(place.paths.state, 'plugins')
    const litter = async (): Promise<void> => {
      await mkdir(join(dir, '.staging-999999999-0123456789ab', 'plugin'), { recursive: true })
      await mkdir(join(dir, 'weather-0123456789ab'), { recursive: true })
      await writeFile(join(dir, 'weather-0123456789ab.files.json'), '{}')
      await writeFile(join(dir, 'lock.json.lock'), '999999999 0123')
    }
    await litter()
    await mkdir(join(dir, 'notes'))
    const { findings } = await place.call('plugins.doctor') as { findings: { id: string; repairable: boolean }[] }
    expect(findings.map(({ id }) => id).sort()).toEqual(['plugins.orphan', 'plugins.orphan', 'plugins.staging', 'plugins.staging'])
    expect(await place.call('plugins.doctor', { fix: true })).toMatchObject({ findings: [], repaired: expect.arrayContaining([expect.stringContaining('weather-0123456789ab')]) })
    expect(await place.left()).toEqual(['notes'])
    await litter()
    await place.add(await tarball(place, { id: 'other' }))
    expect((await place.left()).filter((name) => /staging|weather/.test(name))).toEqual([])
  })

  test('doctor tells links to nowhere, folders that are gone, names that stand for nothing, and those kept out', async () => {
    const state = await newState()
    const first = await openPlace(state)
    const dir = await folder(first, 'mine', { 'index.ts': pluginCode({ id: 'linked' }) })
    await first.add(dir, { link: true })
    await first.add(await tarball(first, { id: 'gone' }))
    await first.add(await tarball(first, { id: 'bad', name: 'very-bad' }))
    await first.close()
    await rename(dir, `${dir}-elsewhere`)
    const text = await first.settings()
    await rm(join(state, 'plugins', (await first.lock())['gone']!.dir), { recursive: true })
    await writeFile(join(state, 'nexus.json5'), text.replace('trusted:', 'deny: [\'very-bad\'], trusted:').replace('\'bad\'', '\'bad\', \'never-installed\''))
    await using place = await openPlace(state)
    const { findings } = await place.call('plugins.doctor') as { findings: { id: string; what: string; fix: string }[] }
    const of = (id: string) => findings.filter((one) => one.id === id).map(({ what }) => what)
    expect(of('plugins.link')).toEqual([expect.stringContaining('linked is linked to')])
    expect(of('plugins.missing')).toEqual(['the files of gone are gone'])
    expect(of('plugins.denied')).toEqual([expect.stringContaining('bad is installed')])
    expect(of('plugins.unlisted')).toEqual([expect.stringContaining('"never-installed"')])
    expect(findings.every(({ fix }) => fix.includes('nexus plugins'))).toBe(true)
  })

  test('a lockfile that cannot be used is not written over', async () => {
    await using place = await openPlace(await newState())
    await mkdir(join(place.paths.state, 'plugins'), { recursive: true })
    await writeFile(join(place.paths.state, 'plugins', 'lock.json'), '{"version":1,"plugins":{"x":{"source":"npm","dir":"../.."}}}')
    await expect(place.stage({ spec: await tarball(place) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_BAD_LOCK' })
    expect(await readFile(join(place.paths.state, 'plugins', 'lock.json'), 'utf8')).toContain('../..')
  })

  test('a list that stands in another file is not written over either', async () => {
    const state = await newState('{ $include: \'./more.json5\', pluginPolicy: { trusted: [\'*\'], minimumReleaseAge: 0 } }')
    await writeFile(join(state, 'more.json5'), '{ plugins: [] }', { mode: 0o600 })
    await using place = await openPlace(state)
    const before = await whole(place)
    await expect(place.add(await tarball(place))).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_LIST_ELSEWHERE', message: expect.stringContaining('more.json5') })
    expect(await whole(place)).toEqual(before)
  })

  test('a link inside a folder of plugins is found before anything follows it', async () => {
    const state = await newState()
    const first = await openPlace(state)
    await first.add(await tarball(first))
    await first.close()
    await symlink('/etc/hosts', join(state, 'plugins', (await first.lock())['weather']!.dir, 'more.js'))
    await using second = await openPlace(state)
    expect(second.kernel.inspect('weather')?.error).toMatchObject({ code: 'NEXUS_PLUGIN_TAMPERED', message: expect.stringContaining('more.js was added') })
  })
})

describe('policy', () => {
  test.each([
    ['denied by id', 'deny: [\'weather\']'], ['denied by name', 'deny: [\'nexus-weather\']'], ['not among those allowed', 'allow: [\'other\']'],
  ])('%s', async (_, rule) => {
    await using place = await openPlace(await newState(`{ pluginPolicy: { trusted: ['*'], minimumReleaseAge: 0, ${rule} } }`))
    await expect(place.stage({ spec: await tarball(place) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DENIED' })
    expect(await place.left()).toEqual([])
  })

  test('one that runs only in the process needs to be trusted, which is asked for', async () => {
    await using place = await openPlace(await newState('{ pluginPolicy: { trusted: [], minimumReleaseAge: 0 } }'))
    const spec = await tarball(place, { nexus: { tier: 'trusted' }, code: pluginCode({}).replace('methods:', 'tier: \'trusted\', methods:') })
    await expect(place.stage({ spec })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_NEEDS_TRUST', fix: expect.stringContaining('--trusted') })
    const { consent, ticket } = await place.stage({ spec, trusted: true })
    expect(consent).toMatchObject({ tier: 'trusted', needed: true, sections: expect.arrayContaining([{ title: 'Trust', lines: ['"weather" is added to pluginPolicy.trusted'] }]) })
    await place.call('plugins.commit', { ticket, accept: consent.digest })
    expect(await place.settings()).toMatch(/trusted: \['weather'\]/)
  })
})

describe('a scanner', () => {
  const scanner = (scan: (dir: string) => Promise<never>) => definePlugin({ id: 'look', provides: { scanner: Scanner }, setup: () => ({ provides: { scanner: { scan } } }) })
  const says = (verdict: string) => scanner(async () => ({ verdict, findings: ['eval of what it has fetched'] }) as never)

  test('that calls it clean is written down', async () => {
    let seen: string[] = []
    await using place = await openPlace(await newState(), [scanner(async (dir) => {
      seen = await readdir(dir)
      return { verdict: 'clean', findings: [] } as never
    })])
    await place.add(await tarball(place))
    expect(seen.sort()).toEqual(['index.js', 'package.json'])
    expect(await place.lock()).toMatchObject({ weather: { scanned: { by: 'look', verdict: 'clean' } } })
  })

  test('that calls it malicious keeps it out', async () => {
    await using place = await openPlace(await newState(), [says('malicious')])
    await expect(place.stage({ spec: await tarball(place) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_MALICIOUS', message: expect.stringContaining('eval') })
    expect(await place.left()).toEqual([])
  })

  test('that suspects it leaves it to a person: --yes does not do', async () => {
    await using place = await openPlace(await newState(), [says('suspect')])
    const spec = await tarball(place)
    await expect(place.cli(`plugins add ${spec} --yes`)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_SUSPECT' })
    expect(await place.left()).toEqual([])
    expect(await place.add(spec)).toMatchObject({ id: 'weather' })
    expect(await place.lock()).toMatchObject({ weather: { scanned: { verdict: 'suspect' } } })
  })

  test.each([['fails', scanner(async () => { throw new Error('no luck') })], ['says nothing of use', says('fine')]])('that %s keeps it out', async (_, plugin) => {
    await using place = await openPlace(await newState(), [plugin])
    await expect(place.stage({ spec: await tarball(place) })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_SCAN' })
  })
})

describe('who may', () => {
  test.each(['tool', 'schedule', 'channel', 'webhook', 'plugin', 'node'] as const)('not a %s, whatever scopes it holds', async (label) => {
    await using place = await openPlace(await newState())
    await place.add(await tarball(place))
    const before = await whole(place)
    const spec = await tarball(place, { version: '1.1.0' })
    for (const [name, params] of [['plugins.stage', { spec }], ['plugins.commit', { ticket: 'x', accept: 'x' }], ['plugins.discard', { ticket: 'x' }], ['plugins.remove', { id: 'weather' }], ['plugins.disable', { id: 'weather' }], ['plugins.enable', { id: 'weather' }], ['plugins.agree', { id: 'weather', accept: 'x' }], ['plugins.doctor', { fix: true }]] as const) {
      await expect(place.call(name, params, label)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_GUARDED' })
    }
    expect(await whole(place)).toEqual(before)
  })
})

describe('what is told', () => {
  test('how far it is, as events and to whoever waits', async () => {
    await using place = await openPlace(await newState())
    const phases: unknown[] = []
    place.kernel.subscribe(({ name, payload }) => { if (name === 'plugins.progress') phases.push((payload as { phase: string }).phase) })
    await place.add(await tarball(place))
    expect(phases).toEqual(['fetching', 'unpacking', 'checking', 'checking', 'hashing', 'done'])
  })

  test('`nexus doctor` hears of it, and mends what can be mended', async () => {
    await using place = await openPlace(await newState())
    await mkdir(join(place.paths.state, 'plugins', 'weather-0123456789ab'), { recursive: true })
    const { findings } = await place.call('config.doctor', { fix: false }) as { findings: { id: string; repairable: boolean }[] }
    expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.orphan', repairable: true }))
    await place.call('config.doctor', { fix: true })
    expect(await place.left()).toEqual([])
  })
})

describe('the commands', () => {
  test('remove, enable, disable and doctor say what was done', async () => {
    await using place = await openPlace(await newState())
    await place.add(await tarball(place))
    expect((await place.cli('plugins disable weather')).stdout).toContain('turned off weather')
    expect((await place.cli('plugins doctor')).stdout).toContain('weather is installed and not turned on')
    expect((await place.cli('plugins enable weather')).stdout).toContain('turned on weather')
    expect(await place.cli('plugins doctor --json')).toMatchObject({ code: 0, json: [{ findings: [], repaired: [] }] })
    expect((await place.cli('plugins remove weather --keep-data')).stdout).toContain('removed weather 1.0.0')
    expect((await place.cli('plugins grants')).stdout).toContain('No plugins are installed')
    await expect(place.cli('plugins update')).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_WHICH', exit: 2 })
    expect((await place.cli('plugins update --all')).stdout).toContain('no plugins are installed')
  })

  test('update takes up what is newer in a folder, and leaves alone what is not', async () => {
    await using place = await openPlace(await newState())
    const dir = await folder(place, 'mine', pluginFiles())
    await place.add(dir)
    expect(await place.cli('plugins update weather --json')).toMatchObject({ json: [{ updated: [], current: ['weather'] }] })
    for (const [name, text] of Object.entries(pluginFiles({ version: '1.1.0' }))) await writeFile(join(dir, name), text)
    expect((await place.cli('plugins update --all')).stdout).toContain('updated weather 1.1.0 (was 1.0.0)')
    expect(await place.call('weather.say')).toBe('1.1.0')
    for (const [name, text] of Object.entries(pluginFiles({ version: '0.9.0' }))) await writeFile(join(dir, name), text)
    await expect(place.cli('plugins update weather')).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_DOWNGRADE' })
    expect(await place.call('weather.say')).toBe('1.1.0')
    expect(await place.left()).toHaveLength(2)
  })
})
