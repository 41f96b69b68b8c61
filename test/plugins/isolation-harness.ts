/** A real kernel around isolated plugins: the loader's own sources, the built child, everything else from the source. */
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Hono } from 'hono'
import { realClock } from '../../kernel/clock.ts'
import { createKernel, type Kernel, type KernelOptions } from '../../kernel/index.ts'
import type { Isolator } from '../../kernel/isolator.ts'
import { createLogger } from '../../kernel/log.ts'
import { keepManifests } from '../../kernel/kept.ts'
import { outsideSource, type Road } from '../../kernel/outside.ts'
import type { LogRecord } from '../../kernel/points.ts'
import type { Origin } from '../../kernel/call.ts'
import type { Emitted } from '../../kernel/parts.ts'
import type { StartReport } from '../../kernel/report.ts'
import { memorySource, type Source } from '../../kernel/source.ts'
import isolation from '../../plugins/isolation/index.ts'
import isolator from '../../plugins/isolation/isolator.ts'
import type { IsolatedPlugin } from '../../plugins/isolation/contract.ts'
import type { Plugin } from '../../kernel/contract.ts'
import { guard, origin } from '../kernel/harness.ts'

export const fixtures = join(import.meta.dirname, '..', 'fixtures', 'isolated')

/** A folder of the test's own. */
export async function workbench() {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-isolated-'))
  return {
    dir,
    async put(file: string, text: string, mode?: number): Promise<string> {
      const path = join(dir, file)
      await mkdir(dirname(path), { recursive: true })
      await writeFile(path, text)
      if (mode !== undefined) await chmod(path, mode)
      return path
    },
    clean: () => rm(dir, { recursive: true, force: true }),
  }
}

async function shared(): Promise<Readonly<Record<string, object>>> {
  const names = ['nexus-gateway/sdk', 'nexus-gateway/sdk/client', 'valibot', 'hono', 'hono/streaming']
  return Object.assign(Object.create(null), Object.fromEntries(names.map((name) => [name, {}])))
}

export function roadIn(dir: string, by: Isolator = isolator): Road {
  return { cacheDir: join(dir, 'cache', 'jiti'), alias: { 'nexus-gateway/plugins/tools': join(import.meta.dirname, '../../dist/plugins/tools/contract.js') }, shared, isolator: async () => by, kept: keepManifests(join(dir, 'cache', 'manifests.json')), deadlineMs: 15_000 }
}

export const isolated = (place: string, dir: string): Source => outsideSource({ place, origin: 'path', tier: 'isolated' }, roadIn(dir))
export const trusted = async (place: string, dir: string): Promise<Source> => {
  const { createLoader } = await import('../../kernel/loader.ts')
  return (await createLoader({ cacheDir: join(dir, 'cache') })).path(place, 'trusted')
}

export interface World extends AsyncDisposable {
  readonly kernel: Kernel
  readonly started: StartReport
  readonly logs: readonly LogRecord[]
  readonly events: readonly Emitted[]
  call(method: string, params?: unknown, more?: Partial<Origin>): Promise<unknown>
  list(): Promise<readonly IsolatedPlugin[]>
  state(id: string): Promise<IsolatedPlugin>
}

export interface WorldOptions {
  readonly dir: string
  readonly sources: readonly Source[]
  readonly plugins?: readonly Plugin[]
  readonly settings?: Readonly<Record<string, unknown>>
  readonly kernel?: Partial<KernelOptions>
}

export async function world({ dir, sources, plugins = [], settings = {}, kernel: more = {} }: WorldOptions): Promise<World> {
  const log = createLogger({ level: 'debug' })
  const logs: LogRecord[] = []
  const events: Emitted[] = []
  log.addSink((record) => void logs.push(record))
  const state = join(dir, 'state')
  const kernel = createKernel({
    plugins: [...[guard, isolation, ...plugins].map(memorySource), ...sources].map((source) => ({ source, why: 'test' })),
    paths: { state, config: join(state, 'nexus.json5'), socket: join(state, 'gateway.sock'), lock: join(state, 'lock'), cache: join(state, 'cache'), token: join(state, 'token'), local: '' },
    version: 'test', log, clock: realClock, settings,
    deadlines: { load: 15_000, setup: 15_000, drain: 2_000, dispose: 2_000 },
    ...more,
  })
  kernel.subscribe((event) => void events.push(event))
  const started = await kernel.start()
  const call = async (method: string, params?: unknown, as: Partial<Origin> = {}): Promise<unknown> => kernel.dispatch(method, params, { ...origin, ...as })
  const list = async () => (await call('isolation.list') as { plugins: IsolatedPlugin[] }).plugins
  return {
    kernel, started, logs, events, call, list,
    async state(id) {
      const found = (await list()).find((one) => one.id === id)
      if (!found) throw new Error(`isolation.list does not have ${id}`)
      return found
    },
    async [Symbol.asyncDispose]() {
      // Its share of a longer deadline: on a busy machine a process takes more than the third of a second that it usually has.
      const { errors } = await kernel.close({ deadlineMs: 60_000 })
      if (errors.length > 0) throw new AggregateError(errors, errors.map((error) => error.message).join('; '))
    },
  }
}

/** Whether a process is there. */
export function alive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(pid, 0)
  } catch {
    return false
  }
}

export async function until(holds: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  for (const end = performance.now() + ms; !(await holds()); await new Promise((resolve) => { setTimeout(resolve, 5) })) {
    if (performance.now() > end) throw new Error('it did not come to that in time')
  }
}

/** The routes of a kernel, as a gateway would serve them. */
export function appOf(kernel: Kernel): Hono {
  const app = new Hono()
  for (const group of new Set(kernel.routes.values())) {
    for (const { method, path, verb } of group.routes) app.on(method, path, (c) => kernel.dispatchRoute(verb, c as never, origin) as Promise<Response>)
  }
  app.onError((error, c) => c.text(error.message, 500))
  return app
}
