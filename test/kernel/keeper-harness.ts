/** Settings in a real file, kept for a real kernel of plugins in memory. */
import { access, constants, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createKeeper, type Keeper, type KeeperOptions } from '../../kernel/config/keeper.ts'
import type { Plugin } from '../../kernel/contract.ts'
import { fail } from '../../kernel/errors.ts'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import type { Loader } from '../../kernel/loader.ts'
import { createLogger } from '../../kernel/log.ts'
import type { LogRecord } from '../../kernel/points.ts'
import { memorySource, type Source } from '../../kernel/source.ts'
import { pack } from '../../sdk/pack.ts'
import { guard } from './harness.ts'

export interface Kept {
  readonly keeper: Keeper
  readonly kernel: Kernel
  readonly file: string
  readonly records: readonly LogRecord[]
  /** Writes the file as an editor would. */
  edit(text: string): Promise<void>
  read(): Promise<string>
  generations(): Record<string, number>
  [Symbol.asyncDispose](): Promise<void>
}

const cause = { caller: { id: 'test', role: 'operator', scopes: new Set(['operator.admin']), label: 'operator' }, trace: 't', path: [] } as const
export const operator = cause

/** In memory where the machine has such a place: what is tested here is not the disk, and thousands of edits wait for each of its syncs. */
const stateBase = access('/dev/shm', constants.W_OK).then(() => '/dev/shm', tmpdir)

export async function stateWith(text?: string): Promise<string> {
  const state = await mkdtemp(join(await stateBase, 'nexus-keeper-'))
  if (text !== undefined) await writeFile(join(state, 'nexus.json5'), text)
  return state
}

/** Of each plugin once: it says the same to every one of a thousand kernels. */
const packed = new WeakMap<Plugin, ReturnType<typeof pack>>()
function manifestOf(plugin: Plugin): ReturnType<typeof pack> {
  const known = packed.get(plugin) ?? pack(plugin, { entry: 'index.ts' })
  packed.set(plugin, known)
  return known
}

/** Every plugin is a first-party one; those in `defaults` are on. */
export function loaderOf(plugins: readonly Plugin[], defaults: readonly string[]): Loader {
  const sources = new Map<string, Source>(plugins.map((plugin) => {
    const manifest = manifestOf(plugin)
    return [plugin.id, { ...memorySource(plugin), origin: 'builtin', manifest: () => manifest }]
  }))
  const manifests = Object.fromEntries([...sources].map(([id, source]) => [id, source.manifest() as ReturnType<typeof pack>]))
  return {
    defaults, manifests,
    builtin: (id) => sources.get(id),
    path: (place) => { throw new Error(`no path ${place} here`) },
    package: async () => undefined,
    describe: async (place) => { throw new Error(`no path ${place} here`) },
    save: async () => {},
    find: async ({ entries }) => ({
      sources: entries.flatMap((id) => sources.get(id) ?? []),
      faults: entries.filter((id) => !sources.has(id)).map((plugin) => fail('NEXUS_PLUGIN_NOT_FOUND', { plugin, where: '', hint: '' })),
    }),
  }
}

export async function keep(state: string, plugins: readonly Plugin[], options: Partial<KeeperOptions> & { readonly defaults?: readonly string[]; readonly watch?: boolean } = {}): Promise<Kept> {
  const { defaults = plugins.map(({ id }) => id), watch = true, ...rest } = options
  const paths = { state, config: join(state, 'nexus.json5'), socket: join(state, 's'), lock: join(state, 'l'), cache: join(state, 'cache'), token: join(state, 'token'), local: '' }
  const records: LogRecord[] = []
  const log = createLogger()
  log.addSink((record) => void records.push(record))
  const keeper = await createKeeper(loaderOf([guard, ...plugins], ['guard', ...defaults]), { paths, env: {}, version: '1.0.0', ...rest })
  const kernel = createKernel({ ...keeper.options, paths, version: '1.0.0', log, deadlines: { load: 500, setup: 500, drain: 500, dispose: 200 } })
  await kernel.start()
  await keeper.serve(kernel, { watch })
  return {
    keeper, kernel, file: paths.config, records,
    edit: (text) => writeFile(paths.config, text),
    read: () => readFile(paths.config, 'utf8'),
    generations: () => Object.fromEntries(kernel.list().map(({ id, generation }) => [id, generation])),
    async [Symbol.asyncDispose]() {
      await keeper.close()
      await kernel.close({ deadlineMs: 2_000 })
      await rm(state, { recursive: true, force: true })
    },
  }
}

/** Waits until `holds`, as long as a person would for an edit to show. */
export async function eventually(holds: () => unknown, ms = 5_000): Promise<void> {
  for (const until = Date.now() + ms; ; await new Promise((resolve) => { setTimeout(resolve, 10) })) {
    if (await holds()) return
    if (Date.now() > until) throw new Error(`it did not come to be: ${holds}`)
  }
}
