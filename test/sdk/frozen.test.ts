/**
 * Plugins of others go on working. Those under `test/fixtures/frozen` are never edited: a change of the gateway that
 * breaks one is a break of the API. They are loaded as installed ones are, in both tiers where their manifest allows.
 */
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readdir, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { WebSocket } from 'ws'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestKernel, Tier } from 'nexus-gateway/sdk/testing'
import type { Command } from '../../kernel/command.ts'
import { migrate } from '../../kernel/config/migrate.ts'
import type * as LoaderModule from '../../kernel/loader.ts'
import type * as Testing from '../../sdk/testing.ts'
import { built } from '../fixtures/built.ts'

/** Of everything in the folder. New fixtures may be added, and change it; whoever edits one has broken a promise. */
const pinned = 'e27e4fa74258e32a90c694a542ce3ca5'

interface Step {
  readonly call?: string; readonly params?: unknown; readonly scopes?: readonly string[]
  readonly gives?: unknown; readonly fails?: string; readonly message?: string; readonly status?: number; readonly retryable?: boolean
  readonly emits?: readonly [string, unknown]
  readonly request?: string; readonly method?: string; readonly bytes?: number; readonly json?: unknown; readonly text?: string; readonly header?: readonly [string, string]
  readonly command?: string; readonly code?: number; readonly stdout?: string
  readonly socket?: string; readonly says?: readonly string[]; readonly hears?: readonly string[]
  readonly advance?: number; readonly reload?: string; readonly unload?: string
}
interface Expected {
  readonly plugins: readonly string[]
  /** First-party ones beside them. */
  readonly with?: readonly string[]
  readonly tiers: readonly Tier[]
  readonly config?: Readonly<Record<string, unknown>>
  /** Of an older version. */
  readonly settings?: Readonly<Record<string, unknown>>
  readonly steps: readonly Step[]
}

const folder = join(import.meta.dirname, '..', 'fixtures', 'frozen')
const names = readdirSync(folder).filter((name) => /^\d\d-/.test(name)).sort()
const dist = join(import.meta.dirname, '..', '..', 'dist')
const isolates = existsSync(join(dist, 'plugins', 'isolation', 'isolator.js'))
let dir = ''
let loader: LoaderModule.Loader
let testKernel: typeof Testing.testKernel
beforeAll(async () => {
  built()
  // What is shipped: there, plugins, gateway and isolator are made of the same modules.
  ;({ testKernel } = await import(join(dist, 'sdk', 'testing.js')) as typeof Testing)
  const { createLoader } = await import(join(dist, 'cli', 'loader.js')) as typeof LoaderModule
  dir = await mkdtemp(join(tmpdir(), 'nexus-frozen-'))
  await cp(folder, join(dir, 'plugins'), { recursive: true })
  const found = (await readdir(join(dir, 'plugins'), { recursive: true, withFileTypes: true })).filter((entry) => entry.name === 'libraries')
  for (const { parentPath, name } of found) await rename(join(parentPath, name), join(parentPath, 'node_modules'))
  loader = await createLoader({ cacheDir: join(dir, 'cache') })
})
afterAll(() => rm(dir, { recursive: true, force: true }))

const expectedOf = (name: string): Expected => JSON.parse(readFileSync(join(folder, name, 'expect.json'), 'utf8')) as Expected

test('there are at least twenty, and none of them has been touched', () => {
  expect(names.length).toBeGreaterThanOrEqual(20)
  const hash = createHash('sha256')
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }).filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name)).sort()) {
    hash.update(`${relative(folder, entry)}\0${readFileSync(entry, 'utf8')}\0`)
  }
  expect(hash.digest('hex').slice(0, 32), 'a frozen plugin was edited, added or taken out').toBe(pinned)
})

describe.each(['trusted', 'isolated'] as const)('%s', (tier) => {
  for (const name of names.filter((one) => expectedOf(one).tiers.includes(tier))) {
    test.skipIf(tier === 'isolated' && !isolates)(`${name}${tier === 'isolated' && !isolates ? ' (this build has no plugin that isolates)' : ''}`, () => run(name, tier))
  }
  if (tier === 'isolated') {
    for (const name of names.filter((one) => !expectedOf(one).tiers.includes(tier))) {
      test(`${name} says that it wants trust`, async () => {
        await expect(loader.path(placeOf(name, expectedOf(name).plugins[0]!), tier).manifest()).rejects.toMatchObject({ code: expect.stringMatching(/NEEDS_TRUST|NO_ISOLATOR/) })
      })
    }
  }
})

const placeOf = (name: string, plugin: string): string => join(dir, 'plugins', name, plugin)

async function run(name: string, tier: Tier): Promise<void> {
  const { plugins, with: beside = [], config, settings, steps } = expectedOf(name)
  const places = plugins.map((plugin) => placeOf(name, plugin))
  const manifests = await Promise.all(places.map(async (place) => loader.path(place, 'trusted').manifest()))
  const block = settings ? migrate(settings, manifests.flatMap(({ migrations = [] }) => migrations)).raw as Record<string, unknown> : config
  await using k = await testKernel({ plugins: [...places, ...beside], tier, ...(block && { config: block }) })
  const commands = Object.assign({}, ...await Promise.all(places.map((place) => loader.path(place, tier).commands()))) as Record<string, Command>
  for (const step of steps) await take(k, commands, step)
}

async function take(k: TestKernel, commands: Readonly<Record<string, Command>>, step: Step): Promise<void> {
  const emitted = step.emits && k.nextEvent(step.emits[0])
  const scopes = step.scopes && { scopes: step.scopes }
  if (step.call !== undefined) await called(k, step.call, step)
  else if (step.request !== undefined) await requested(k, step.request, step)
  else if (step.socket !== undefined) await spoken(k, step.socket, step)
  else if (step.command !== undefined) expect(await k.cli(commands, step.command, scopes)).toMatchObject({ code: step.code, stdout: step.stdout })
  else if (step.advance !== undefined) await k.clock.advance(step.advance)
  else if (step.reload !== undefined) await k.reload(step.reload)
  else if (step.unload !== undefined) await k.unload(step.unload)
  else expect.unreachable('a step of no kind')
  if (step.emits) expect(await emitted).toEqual(step.emits[1])
}

async function called(k: TestKernel, method: string, { params, scopes, fails, message, status, retryable, ...step }: Step): Promise<void> {
  const answer = k.call(method, params, scopes && { scopes })
  if (fails === undefined) {
    const given = await answer
    if ('gives' in step) expect(given).toEqual(step.gives)
  } else await expect(answer).rejects.toMatchObject({ code: fails, ...(message !== undefined && { message }), ...(status !== undefined && { status }), ...(retryable !== undefined && { retryable }) })
}

async function requested(k: TestKernel, path: string, { method = 'GET', bytes, scopes, status, json, text, header }: Step): Promise<void> {
  const response = await k.request(path, { method, ...(bytes !== undefined && { body: new Uint8Array(bytes) }), ...(scopes && { scopes }) })
  expect(response.status).toBe(status)
  if (header) expect(response.headers.get(header[0])).toBe(header[1])
  const body = await response.text()
  if (json !== undefined) expect(JSON.parse(body)).toEqual(json)
  if (text !== undefined) expect(body).toBe(text)
}

async function spoken(k: TestKernel, path: string, { says = [], hears = [] }: Step): Promise<void> {
  const socket = new WebSocket(`${(await k.url()).replace(/^http/, 'ws')}${path}`, { headers: { authorization: `Bearer ${k.token()}` } })
  const heard: string[] = []
  await new Promise<void>((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', () => resolve())
    socket.on('open', () => { for (const text of [...says, 'bye']) socket.send(text) })
    socket.on('message', (data: Buffer) => heard.push(data.toString()))
  })
  expect(heard).toEqual(hears)
}
