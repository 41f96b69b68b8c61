/** Consent: what is shown before any code runs, who has to agree, and when somebody has to agree again. */
import { mkdir, writeFile } from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { definePlugin, method } from 'nexus-gateway/sdk'
import type { Command, CommandIo } from 'nexus-gateway/sdk'
import { parseManifest } from '../../kernel/manifest.ts'
import commands from '../../plugins/plugins/cli.ts'
import { consentTo, tierText, type Candidate } from '../../plugins/plugins/install/consent.ts'
import { askedBy } from '../../plugins/plugins/install/grant.ts'
import { packageTarball } from '../fixtures/tar.ts'
import { newState, openPlace, pluginCode, pluginFiles, type Made, type Place } from './plugins-install-harness.ts'

async function tarball({ paths }: Place, made: Made = {}): Promise<string> {
  const file = join(paths.state, `weather-${made.version ?? '1.0.0'}.tgz`)
  await writeFile(file, packageTarball(pluginFiles(made)))
  return file
}

const greedy = {
  api: 1, id: 'greedy', entry: 'index.js',
  capabilities: ['net:api.example.org', 'fs:data', 'fs:read:/srv/books', 'env:API_KEY', 'run', 'worker', 'kernel:config', 'tap:call.before', 'scope:operator.write', 'native'],
  methods: { 'greedy.get': 'operator.read', 'greedy.open': 'public' }, routes: { 'POST /hook': 'public' }, upgrades: { '/live': 'operator.read' }, paths: ['/hooks'],
  commands: { 'greedy run': { summary: 'Run it' } }, requires: { store: { service: 'store/1', optional: false } }, provides: ['greed/1'],
}
const candidate = (more: Partial<Candidate> = {}, nexus: object = greedy): Candidate => {
  const manifest = parseManifest(nexus, 'test')
  return { id: manifest.id, name: 'nexus-greedy', version: '1.0.0', source: 'npm', spec: 'nexus-greedy', integrity: 'sha512-x', manifest, asked: askedBy(manifest, 'isolated'), trust: false, dependencies: { count: 2, bytes: 2_200_000, scripts: ['lib-one'] }, scan: undefined, containment: 'bwrap', ...more }
}

describe('what is shown', () => {
  test('is everything that it asks for, in plain words', () => {
    const { sections, needed } = consentTo(candidate())
    expect(needed).toBe(true)
    expect(Object.fromEntries(sections.map(({ title, lines }) => [title, lines]))).toEqual({
      'Where it runs': ['in a process of its own: files, programs and threads that it does not ask for below are stopped', 'on this machine the network is stopped too, unless it asks for it below'],
      Network: ['reach api.example.org on the network'],
      Files: ['keep files in a folder of its own', 'read files below /srv/books'],
      'Secrets of the environment': ['read the environment variable API_KEY'],
      'Programs and threads': ['load add-ons in machine code, which nothing in this process can contain', 'start any program as you', 'run threads of its own'],
      'The gateway itself': ['read and change all settings', 'call methods of the gateway of its own accord, with the scope operator.write'],
      Hooks: ['watch calls and refuse them (call.before)'],
      'Commands it adds': ['nexus greedy run: Run it'],
      'Methods it adds': ['greedy.get: for operator.read', 'greedy.open: for everybody, without a token'],
      'Addresses it adds': ['POST /hook: for everybody, without a token', '/live: for operator.read', 'below /hooks'],
      'Services it needs': ['store/1'],
      'Services it provides': ['greed/1'],
      Size: ['2.1 MB, 2 dependencies included'],
      'Install scripts': ['never run; wanted by lib-one'],
      Scanned: ['not scanned'],
    })
  })

  test('says honestly what the tier stops on this machine, and what it does not', () => {
    expect(tierText('isolated', 'bwrap').join()).toContain('the network is stopped too')
    expect(tierText('isolated', 'node').join()).toContain('NOT stopped')
    expect(tierText('isolated', undefined).join()).toContain('cannot be told')
    expect(tierText('trusted', 'bwrap').join()).toContain('can do all that the gateway can')
  })

  test('has a digest of its own for whatever differs', () => {
    const digests = [consentTo(candidate()), consentTo(candidate({ version: '1.0.1' })), consentTo(candidate({ integrity: 'sha512-y' })), consentTo(candidate({ containment: 'node' })), consentTo(candidate({}, { ...greedy, events: {}, capabilities: [] }))].map(({ digest }) => digest)
    expect(new Set(digests).size).toBe(digests.length)
  })

  test('tells what the plugin `isolation` says of this machine', async () => {
    const isolation = definePlugin({ id: 'isolation', methods: { 'isolation.list': method({ scope: 'operator.read' }) }, setup: () => ({ methods: { 'isolation.list': () => ({ containment: 'node', plugins: [] }) } }) })
    await using place = await openPlace(await newState('{ pluginPolicy: { trusted: [], minimumReleaseAge: 0 } }'), [isolation])
    const { consent } = await place.stage({ spec: await tarball(place) })
    expect(consent.sections[0]?.lines.join()).toContain('NOT stopped')
  })
})

/** The commands on a terminal, where `answer` is typed. */
async function onTerminal(place: Place, name: string, args: CommandIo['args'], options: CommandIo['options'], answer: string): Promise<{ code: number; stderr: string; stdout: string }> {
  const [stdin, stderr] = [Object.assign(new PassThrough(), { isTTY: true }), new PassThrough()]
  let [said, printed] = ['', '']
  stderr.on('data', (part: Buffer) => {
    said += part
    if (String(part).includes('[y/N]')) stdin.write(`${answer}\n`)
  })
  const code = await (commands as Readonly<Record<string, Command>>)[name]!.run({
    args, options, json: false, paths: place.paths, env: {}, signal: new AbortController().signal,
    stdin: stdin as unknown as NodeJS.ReadStream, stdout: Object.assign(new PassThrough(), { isTTY: false }) as unknown as NodeJS.WriteStream, stderr: stderr as unknown as NodeJS.WriteStream,
    call: place.call, connect: () => Promise.reject(new Error('no sockets here')), print: (text) => { printed += text },
  })
  return { code: code ?? 0, stderr: said, stdout: printed }
}

describe('who agrees', () => {
  test('a person is asked, and no is no: nothing is left', async () => {
    await using place = await openPlace(await newState())
    const before = [await place.settings(), await place.left()]
    for (const answer of ['n', '', 'maybe']) {
      const { code, stderr, stdout } = await onTerminal(place, 'plugins add', { spec: await tarball(place, { capabilities: ['net:example.org'] }) }, {}, answer)
      expect([code, stdout]).toEqual([1, 'nothing was changed'])
      expect(stderr).toContain('reach example.org on the network')
    }
    expect([await place.settings(), await place.left()]).toEqual(before)
    expect((await onTerminal(place, 'plugins add', { spec: await tarball(place) }, {}, 'y')).stdout).toContain('installed weather 1.0.0')
    expect(await place.call('weather.say')).toBe('1.0.0')
  })

  test('without a terminal nobody is asked: it takes --yes', async () => {
    await using place = await openPlace(await newState())
    const spec = await tarball(place)
    await expect(place.cli(`plugins add ${spec}`)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_CONSENT', exit: 2, fix: expect.stringContaining('--yes') })
    expect(await place.left()).toEqual([])
    const { json, stderr } = await place.cli(`plugins add ${spec} --yes --json`)
    expect(json).toEqual([expect.objectContaining({ id: 'weather', version: '1.0.0' })])
    expect(stderr).toBe('')
    const again = await place.cli(`plugins add ${spec} --yes`)
    expect(again.stderr).toMatch(/unpacking …[^]*writing down every file …/)
  })

  test('is written down with what was agreed to', async () => {
    await using place = await openPlace(await newState())
    await place.cli(`plugins add ${await tarball(place, { capabilities: ['net:example.org', 'fs:data'] })} --yes`)
    const { grants } = await place.call('plugins.grants') as { grants: unknown[] }
    expect(grants).toEqual([expect.objectContaining({ id: 'weather', tier: 'trusted', capabilities: ['fs:data', 'net:example.org'], methods: { 'weather.say': 'operator.read' }, by: 'local', at: expect.any(Number) })])
    const { stdout } = await place.cli('plugins grants')
    expect(stdout).toContain('net:example.org')
  })

  test('what the commands print is plain: a plugin cannot steer the terminal', async () => {
    await using place = await openPlace(await newState())
    const { stderr } = await onTerminal(place, 'plugins add', { spec: await tarball(place, { nexus: { commands: { hello: { summary: '\u001b[2J\u202eevil' } } } }) }, {}, 'n')
    expect(stderr).toContain('evil')
    // oxlint-disable-next-line no-control-regex
    expect(stderr.replace(/\u001b\[\d*[A-GJK]/g, '')).not.toMatch(/\u001b\[2J|\u202e/)
    expect(stderr).not.toContain('\u001b[2J')
  })
})

describe('a newer version', () => {
  test('that asks for no more is not asked about, and one that asks for less neither', async () => {
    await using place = await openPlace(await newState())
    await place.cli(`plugins add ${await tarball(place, { capabilities: ['net:a.example', 'fs:data'] })} --yes`)
    const { consent } = await place.stage({ spec: await tarball(place, { version: '1.1.0', capabilities: ['fs:data'] }) })
    expect(consent).toMatchObject({ needed: false, partial: true })
    await place.cli(`plugins add ${await tarball(place, { version: '1.2.0', capabilities: ['fs:data'] })}`)
    // What was given back is asked for anew.
    expect((await place.stage({ spec: await tarball(place, { version: '1.3.0', capabilities: ['fs:data', 'net:a.example'] }) })).consent.needed).toBe(true)
  })

  test('that asks for more is asked about, and only about that', async () => {
    await using place = await openPlace(await newState())
    await place.cli(`plugins add ${await tarball(place, { capabilities: ['net:a.example'] })} --yes`)
    const spec = await tarball(place, { version: '1.1.0', capabilities: ['net:a.example', 'run'] })
    await expect(place.cli(`plugins add ${spec}`)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_CONSENT' })
    expect(await place.call('weather.say')).toBe('1.0.0')
    const { stderr } = await onTerminal(place, 'plugins add', { spec }, {}, 'y')
    expect(stderr).toContain('beyond what you have agreed to')
    expect(stderr).toContain('start any program as you')
    expect(stderr).not.toContain('a.example')
    expect(await place.call('weather.say')).toBe('1.1.0')
  })
})

describe('a linked plugin', () => {
  test('that comes to ask for more does not run until that is agreed to', async () => {
    const state = await newState()
    const first = await openPlace(state)
    const dir = join(state, 'mine')
    await mkdir(dir)
    await writeFile(join(dir, 'index.ts'), pluginCode({ says: 'one' }))
    await first.add(dir, { link: true })
    await writeFile(join(dir, 'index.ts'), pluginCode({ says: 'two', capabilities: ['run'] }))
    await expect(first.call('plugins.reload', { id: 'weather' })).rejects.toMatchObject({ message: expect.stringContaining('the capability run') })
    expect(await first.call('weather.say')).toBe('one')
    await first.close()
    await using place = await openPlace(state)
    expect(place.kernel.inspect('weather')?.error).toMatchObject({ code: 'NEXUS_PLUGIN_NOT_GRANTED', fix: expect.stringContaining('nexus plugins grants weather --accept') })
    const { findings } = await place.call('plugins.doctor') as { findings: unknown[] }
    expect(findings).toContainEqual(expect.objectContaining({ id: 'plugins.wider' }))
    const { stdout } = await place.cli('plugins grants weather')
    expect(stdout).toContain('start any program as you')
    await place.cli('plugins grants weather --accept')
    expect(await place.call('weather.say')).toBe('two')
    expect(await place.call('plugins.grants', { id: 'weather' })).toMatchObject({ grants: [{ capabilities: ['run'] }] })
    expect((await place.cli('plugins grants weather --accept')).stdout).toContain('nothing had to change')
    await expect(place.call('plugins.agree', { id: 'weather', accept: 'something-else' })).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_ACCEPT' })
  })
})
