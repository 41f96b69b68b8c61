/** A plugin of a vendor, outside the default set, in a packed install: its library is fetched when it is turned on, exactly, whole or not at all. */
import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { startVendor, type WireServer } from '../fixtures/vendor-server.ts'
import { goodKey, openAiWire } from '../fixtures/vendor-wires.ts'
import type { LibraryLock } from '../../plugins/plugins/libraries/lock.ts'
import { packedInstall, type Packed } from './init-packed.ts'

let place: Packed
let lock: LibraryLock
let server: WireServer
beforeAll(async () => {
  server = await startVendor(openAiWire)
  place = await packedInstall()
  lock = await place.supply('provider-openai')
}, 180_000)
afterAll(async () => {
  await place?.[Symbol.asyncDispose]()
  await server?.close()
})
beforeEach(() => rm(place.state, { recursive: true, force: true }))

const settings = (): string => `{\n  // mine\n  models: { default: 'openai/m1' },\n  'provider-openai': { baseUrl: '${server.url}/v1', apiKey: '${goodKey}', models: [{ id: 'm1' }] },\n}\n`
const libraries = (): string => join(place.state, 'plugins', 'libraries')
const folder = (): string => join(libraries(), `provider-openai-${lock.digest}`)
const there = (path: string): Promise<boolean> => stat(path).then(() => true, () => false)
const names = async (path: string): Promise<string[]> => (await readdir(path).catch(() => [])).sort()

describe('a library that is not there', () => {
  test('is named at the start, with its size and the command that fetches it; the other plugins run', { timeout: 150_000 }, async () => {
    await place.settings(settings())
    const gateway = await place.gateway()
    try {
      const [failure] = gateway.failed
      expect(gateway.failed.map(({ id }) => id)).toEqual(['provider-openai'])
      expect(failure).toMatchObject({ code: 'NEXUS_PLUGINS_LIBRARY', message: expect.stringMatching(/provider-openai.*@ai-sdk\/openai 3\.[\d.]+.*\d+\.\d MB/), fix: expect.stringContaining('nexus plugins enable provider-openai') })
      expect(gateway.active).toEqual(expect.arrayContaining(['agent', 'chat', 'openai', 'provider-demo']))
      const { findings } = JSON.parse((await place.nexus(['plugins', 'doctor', '--json'])).out) as { findings: { id: string; level: string; fix: string }[] }
      expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.library', level: 'error', fix: expect.stringContaining('nexus plugins enable provider-openai') as string }))

      // The same gateway takes it up, and the library answers.
      const enabled = await place.nexus(['plugins', 'enable', 'provider-openai'])
      expect(enabled).toMatchObject({ status: 0, err: expect.stringContaining('fetching') })
      expect((await place.nexus(['chat', 'hello'])).out).toContain('one two three')
      const why = JSON.parse((await place.nexus(['plugins', 'why', 'provider-openai', '--json'])).out) as { libraries: unknown; state: string }
      expect(why).toMatchObject({ state: 'active', libraries: [{ name: '@ai-sdk/openai', version: lock.libraries['@ai-sdk/openai'], place: 'fetched' }] })
      expect((await place.nexus(['plugins', 'info', 'provider-openai'])).out).toMatch(/libraries\s+@ai-sdk\/openai [\d.]+ \(fetched\)/)
      expect(await readFile(join(place.state, 'nexus.json5'), 'utf8')).toContain('// mine')

      // Nobody needs it any more.
      expect((await place.nexus(['plugins', 'disable', 'provider-openai'])).status).toBe(0)
      expect(await names(libraries())).toEqual([])
    } finally {
      await gateway.stop()
    }
  })
})

describe('nexus plugins enable, without a gateway', () => {
  test('fetches every package by its hash, runs nobody\'s scripts, and does nothing the second time', { timeout: 150_000 }, async () => {
    expect(await place.nexus(['plugins', 'enable', 'provider-openai', '--json'])).toMatchObject({ status: 0 })
    expect(await names(libraries())).toEqual([`provider-openai-${lock.digest}`, `provider-openai-${lock.digest}.files.json`])
    for (const [at, { version }] of Object.entries(lock.packages)) expect(JSON.parse(await readFile(join(folder(), at, 'package.json'), 'utf8'))).toMatchObject({ version })
    expect((await stat(folder())).mode & 0o777).toBe(0o700)
    const asked = place.registry.asked.length
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
    expect(place.registry.asked.length).toBe(asked)
    expect((await names(join(place.state, 'plugins'))).filter((name) => name.startsWith('.'))).toEqual([])
    // One that was turned off and on again from outside leaves nothing behind either.
    expect((await place.nexus(['plugins', 'remove', 'provider-openai', '--keep-data'])).status).toBe(0)
    expect(await names(libraries())).toEqual([])
  })

  test('refuses bytes that are not those that the release names; nothing is changed', { timeout: 150_000 }, async () => {
    await rm(join(place.dir, 'npm-cache'), { recursive: true, force: true })
    place.registry.misbehave('@ai-sdk/openai', 'tarball')
    try {
      const refused = await place.nexus(['plugins', 'enable', 'provider-openai'])
      expect(refused.status).not.toBe(0)
      expect(refused.err).toMatch(/NEXUS_PLUGINS_(PROGRAM|DEPENDENCY_ARCHIVE)/)
    } finally {
      place.registry.misbehave('@ai-sdk/openai', undefined)
    }
    expect(await names(libraries())).toEqual([])
    expect(await there(join(place.state, 'nexus.json5'))).toBe(false)
  })

  test('says so when there is no network, and works once there is', { timeout: 150_000 }, async () => {
    await rm(join(place.dir, 'npm-cache'), { recursive: true, force: true })
    for (const name of ['@ai-sdk/openai', 'zod']) place.registry.misbehave(name, 'error')
    const refused = await place.nexus(['plugins', 'enable', 'provider-openai', '--json'])
    for (const name of ['@ai-sdk/openai', 'zod']) place.registry.misbehave(name, undefined)
    expect(refused.status).not.toBe(0)
    expect(await names(libraries())).toEqual([])
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
  })

  test('what was changed on the disk is found by doctor and fetched anew', { timeout: 150_000 }, async () => {
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
    const file = join(folder(), 'node_modules/@ai-sdk/openai/package.json')
    const before = await readFile(file, 'utf8')
    await writeFile(file, `${before} `)
    const { findings } = JSON.parse((await place.nexus(['plugins', 'doctor', '--json'])).out) as { findings: { id: string; what: string }[] }
    expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.tampered', what: expect.stringContaining('@ai-sdk/openai/package.json') as string }))
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
    expect(await readFile(file, 'utf8')).toBe(before)
  })

  test('what no plugin needs any more is swept by doctor, and nothing else', { timeout: 150_000 }, async () => {
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
    const own = await names(libraries())
    await writeFile(join(libraries(), 'provider-google-0123456789ab.files.json'), '{}')
    await writeFile(join(libraries(), 'provider-openai-0123456789ab.files.json'), '{}')
    await writeFile(join(libraries(), 'a note of mine'), '')
    const { repaired } = JSON.parse((await place.nexus(['plugins', 'doctor', '--fix', '--json'])).out) as { repaired: string[] }
    expect(repaired).toHaveLength(2)
    expect(await names(libraries())).toEqual(['a note of mine', ...own].sort())
  })
})

test('a kill at any instant leaves them whole or not there, and what lies about is swept', { timeout: 300_000 }, async () => {
  let took = 4_000
  let killed = 0
  for (const part of [0.4, 0.75, 0.95]) {
    await rm(place.state, { recursive: true, force: true })
    const start = performance.now()
    if (await place.killed(['plugins', 'enable', 'provider-openai'], took * part)) killed++
    else took = performance.now() - start
    if (await there(folder())) {
      const list = JSON.parse(await readFile(`${folder()}.files.json`, 'utf8')) as Record<string, string>
      for (const file of Object.keys(list)) expect(await there(join(folder(), file)), file).toBe(true)
    }
    const doctor = JSON.parse((await place.nexus(['plugins', 'doctor', '--fix', '--json'])).out) as { findings: { level: string; what: string; id: string }[] }
    expect(doctor.findings.filter(({ level }) => level === 'error')).toEqual([])
    expect((await place.nexus(['plugins', 'enable', 'provider-openai'])).status).toBe(0)
    expect(await there(folder())).toBe(true)
  }
  expect(killed).toBeGreaterThan(0)
})
