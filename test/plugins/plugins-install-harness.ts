/** A kernel with the plugins that installing takes, on a state directory and an npm of the test's own. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { callAuthorize, connectionAuthenticate, definePlugin } from 'nexus-gateway/sdk'
import type { Command, Label, Plugin } from 'nexus-gateway/sdk'
import { createKeeper } from '../../kernel/config/keeper.ts'
import { createKernel, type Kernel } from '../../kernel/index.ts'
import { createLoader, type Loader } from '../../kernel/loader.ts'
import { createLogger } from '../../kernel/log.ts'
import { statePaths, type Paths } from '../../kernel/paths.ts'
import type { LogRecord } from '../../kernel/points.ts'
import { memorySource, type Source } from '../../kernel/source.ts'
import config from '../../plugins/config/index.ts'
import pluginsCommands from '../../plugins/plugins/cli.ts'
import type { Consent, Report, Staged } from '../../plugins/plugins/install/verbs.ts'
import pluginsPlugin from '../../plugins/plugins/index.ts'
import { pack } from '../../sdk/pack.ts'
import { runCommand, type CliOutcome } from '../../sdk/testing/cli.ts'
import { startRegistry, type Registry } from '../fixtures/registry.ts'

const caller = { id: 'local', role: 'operator', scopes: new Set(['operator.admin', 'operator.read', 'operator.write']) } as const
/** Everybody may do everything, as on the socket of the gateway's own user. */
const allow = definePlugin({
  id: 'allow', capabilities: ['tap:call.authorize', 'tap:connection.authenticate'],
  setup(ctx) {
    ctx.tap(callAuthorize, () => true)
    ctx.tap(connectionAuthenticate, () => ({ ok: true as const, caller: { ...caller, label: 'operator' as const } }))
  },
})

export interface Place extends AsyncDisposable {
  readonly kernel: Kernel
  readonly paths: Paths
  readonly logs: readonly LogRecord[]
  call(name: string, params?: unknown, label?: Label): Promise<unknown>
  cli(line: string): Promise<CliOutcome>
  settings(): Promise<string>
  /** By id. */
  lock(): Promise<Record<string, { dir: string; version: string; files: string; integrity: string; grant: Record<string, unknown>; [key: string]: unknown }>>
  /** Waits until it can be agreed to. Rejects with what keeps it out. */
  stage(params: Record<string, unknown>): Promise<{ ticket: string; consent: Consent }>
  add(spec: string, more?: Record<string, unknown>): Promise<Report>
  /** Of the folder `plugins`, but for what is always there. */
  left(): Promise<string[]>
  close(): Promise<void>
}

export const usualSettings = '{\n  // what is trusted\n  pluginPolicy: { trusted: [\'*\'], minimumReleaseAge: 0 },\n}\n'

export async function newState(text: string = usualSettings): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), 'nexus-install-'))
  await writeFile(join(state, 'nexus.json5'), text, { mode: 0o600 })
  return state
}

/** `keep`: the state directory is somebody else's to remove. `list`: as `--plugins`. */
export async function openPlace(state: string, more: readonly Plugin[] = [], { keep = false, list }: { readonly keep?: boolean; readonly list?: string } = {}): Promise<Place> {
  const paths = statePaths({ NEXUS_STATE_DIR: state })
  await mkdir(paths.cache, { recursive: true })
  const logs: LogRecord[] = []
  const log = createLogger()
  log.addSink((record) => void logs.push(record))
  const loader = await loaderWith([allow, config, pluginsPlugin, ...more], state)
  const keeper = await createKeeper(loader, { paths, env: {}, version: '1.0.0', list })
  const kernel = createKernel({ ...keeper.options, paths, version: '1.0.0', log })
  const { failed } = await kernel.start()
  const own = failed.find(({ id }) => ['allow', 'config', 'plugins'].includes(id))
  if (own) throw own.error
  await keeper.serve(kernel, { watch: false })
  let closed: Promise<void> | undefined
  const close = (): Promise<void> => closed ??= (async () => {
    await keeper.close()
    await kernel.close({ deadlineMs: 3_000 })
  })()

  const call = async (name: string, params: unknown = {}, label: Label = 'operator'): Promise<unknown> => kernel.dispatch(name, params, { caller: { ...caller, label }, transport: 'kernel' })

  async function stage(params: Record<string, unknown>): Promise<{ ticket: string; consent: Consent }> {
    let staged = await call('plugins.stage', params) as Staged
    while (staged.state === 'working') staged = await call('plugins.staged', { ticket: staged.ticket, seen: staged.phase }) as Staged
    if (staged.error) throw Object.assign(new Error(staged.error.message), staged.error)
    return { ticket: staged.ticket, consent: staged.consent! }
  }

  return {
    kernel, paths, logs, call, stage,
    cli: (line) => runCommand(pluginsCommands as Readonly<Record<string, Command>>, line, { paths, call, connect: () => Promise.reject(new Error('no sockets here')) }),
    settings: () => readFile(paths.config, 'utf8'),
    async lock() {
      const text = await readFile(join(state, 'plugins', 'lock.json'), 'utf8').catch(() => '{"plugins":{}}')
      return (JSON.parse(text) as { plugins: Awaited<ReturnType<Place['lock']>> }).plugins
    },
    async add(spec, params = {}) {
      const { ticket, consent } = await stage({ spec, ...params })
      return await call('plugins.commit', { ticket, accept: consent.digest }) as Report
    },
    async left() {
      return (await readdir(join(state, 'plugins')).catch(() => [])).filter((name) => name !== 'lock.json').sort()
    },
    close,
    async [Symbol.asyncDispose]() {
      await close()
      if (!keep) await rm(state, { recursive: true, force: true })
    },
  }
}

/** The real loader, for which these ship with the gateway. */
async function loaderWith(plugins: readonly Plugin[], state: string): Promise<Loader> {
  const builtinDir = join(state, 'cache', 'built')
  await mkdir(builtinDir, { recursive: true })
  await writeFile(join(builtinDir, 'manifests.json'), '{"defaults":[],"manifests":{}}')
  const real = await createLoader({ cacheDir: join(state, 'cache'), builtinDir })
  const manifests = Object.fromEntries(plugins.map((plugin) => [plugin.id, pack(plugin, { entry: 'index.ts' })]))
  const sources = new Map(plugins.map((plugin): [string, Source] => [plugin.id, { ...memorySource(plugin), origin: 'builtin', manifest: () => manifests[plugin.id]! }]))
  return {
    ...real, manifests, defaults: plugins.map(({ id }) => id),
    builtin: (id) => sources.get(id),
    async find({ entries, without }, where) {
      const { sources: found, faults } = await real.find({ entries: entries.filter((id) => !sources.has(id)), without: without.filter((id) => !sources.has(id)) }, where)
      return { sources: [...entries.flatMap((id) => sources.get(id) ?? []), ...found], faults }
    },
  }
}

/** npm on a registry of its own; what it was set to before is put back. */
export async function withRegistry(): Promise<Registry & { readonly home: string }> {
  const registry = await startRegistry()
  const home = await mkdtemp(join(tmpdir(), 'nexus-npm-'))
  const before = { ...process.env }
  for (const name of Object.keys(process.env)) if (/^npm_/i.test(name)) delete process.env[name]
  Object.assign(process.env, registry.env(home))
  return {
    ...registry, home,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]()
      for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name]
      Object.assign(process.env, before)
      await rm(home, { recursive: true, force: true })
    },
  }
}

export interface Made { readonly id?: string; readonly version?: string; readonly name?: string; readonly says?: string; readonly nexus?: Record<string, unknown>; readonly pkg?: Record<string, unknown>; readonly code?: string; readonly capabilities?: readonly string[] }

/** The files of a plugin with one method, `<id>.say`. */
export function pluginFiles({ id = 'weather', version = '1.0.0', name = `nexus-${id}`, says = version, nexus = {}, pkg = {}, code, capabilities = [] }: Made = {}): Record<string, string> {
  const manifest = { api: 1, id, entry: 'index.js', methods: { [`${id}.say`]: 'operator.read' }, ...(capabilities.length > 0 && { capabilities }), ...nexus }
  return {
    'package.json': JSON.stringify({ name, version, type: 'module', nexus: manifest, ...pkg }),
    'index.js': code ?? pluginCode({ id, says, capabilities }),
  }
}

export const pluginCode = ({ id = 'weather', says = 'fine', capabilities = [], before = '' }: { id?: string; says?: string; capabilities?: readonly string[]; before?: string }): string => `${before}
import { definePlugin, method } from 'nexus-gateway/sdk'
export default definePlugin({
  id: '${id}', capabilities: ${JSON.stringify(capabilities)},
  methods: { '${id}.say': method({ scope: 'operator.read' }) },
  setup: () => ({ methods: { '${id}.say': () => ${JSON.stringify(says)} } }),
})
`
