/**
 * The build: the gateway, the SDK and each first-party plugin as ESM that shares chunks, libraries included, and the
 * binary as CommonJS, which Node starts in two thirds of the time it takes for an ES module.
 * Then it writes what is to be known of the plugins without running them: manifests and config schemas.
 */
import { chmod, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig, type CodeSplittingGroup, type OutputBundle, type Plugin as BuildPlugin } from 'rolldown'
import type { Command } from './kernel/command.ts'
import type { Plugin } from './kernel/contract.ts'
import type { Manifest } from './kernel/manifest.ts'
import { entryOf, librariesPart } from './plugins/plugins/libraries/build.ts'
import { pack } from './sdk/pack.ts'

const root = import.meta.dirname
const dist = join(root, 'dist')
interface PackageJson {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license?: string
  readonly dependencies?: Readonly<Record<string, string>>
  readonly nexus: { readonly id: string; readonly defaultPlugins: readonly string[] }
}
const readPackage = async (dir: string) => JSON.parse(await readFile(join(dir, 'package.json'), 'utf8')) as PackageJson
const exists = (file: string) => stat(join(root, file)).then(() => true, () => false)

async function present(folder: string, names: readonly string[]): Promise<string[]> {
  const found = await Promise.all(names.map((name) => exists(`${folder}/${name}.ts`)))
  return names.filter((_, i) => found[i])
}

const folders = (await readdir(join(root, 'plugins'), { withFileTypes: true })).filter((entry) => entry.isDirectory()).map((entry) => entry.name).sort()
const plugins = (await Promise.all(folders.map(async (id) => ({ id, parts: await present(`plugins/${id}`, ['index', 'cli', 'contract', 'isolator', 'child']) })))).filter(({ parts }) => parts.includes('index'))
const packages = await Promise.all(plugins.map(({ id }) => readPackage(join(root, 'plugins', id))))
const { nexus } = await readPackage(root)

/** The libraries of plugins outside the default set stay outside the bundle too: they are fetched when such a plugin is turned on. */
const needy = packages.map(({ nexus: { id }, dependencies }) => ({ id, dependencies })).filter(({ id, dependencies }) => !nexus.defaultPlugins.includes(id) && Object.keys(dependencies ?? {}).length > 0)
const external = needy.flatMap(({ dependencies }) => Object.keys(dependencies ?? {}))
const isNeedy = (id: string) => needy.some((one) => one.id === id)

/** What the binary imports late, from the ES modules: all that is more than a look at the arguments and one call. */
const late = ['kernel/loader', 'kernel/config/gather', ...['completion', 'explain', 'offline', 'socket', 'start'].map((name) => `kernel/cli/${name}`)]

const input = {
  ...Object.fromEntries(late.map((name) => [name.replace(/^kernel\/((cli|config)\/)?/, 'cli/'), `${name}.ts`])),
  ...Object.fromEntries((await present('sdk', ['index', 'client', 'hosting', 'pack', 'testing'])).map((name) => [`sdk/${name}`, `sdk/${name}.ts`])),
  ...Object.fromEntries(plugins.flatMap(({ id, parts }) => parts.map((part) => [`plugins/${id}/${part}`, part === 'index' && isNeedy(id) ? entryOf(id) : `plugins/${id}/${part}.ts`]))),
}

async function imported<T>(id: string, part: string): Promise<T> {
  const module = await import(pathToFileURL(join(dist, 'plugins', id, `${part}.js`)).href) as { default: T }
  return module.default
}

const json = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`

async function packed(id: string, parts: readonly string[], about: PackageJson): Promise<Manifest> {
  const { name, version, description } = about
  const commands = parts.includes('cli') ? await imported<Record<string, Command>>(id, 'cli') : {}
  const manifest = pack(await imported<Plugin>(id, 'index'), { entry: 'index.js', ...(parts.includes('cli') && { cli: 'cli.js' }), ...(parts.includes('isolator') && { isolator: 'isolator.js' }), version, description }, commands)
  if (manifest.id !== id) throw new Error(`plugins/${id} holds the plugin "${manifest.id}"`)
  await writeFile(join(dist, 'plugins', id, 'package.json'), json({ name, version, description, type: 'module', nexus: manifest }))
  await writeFile(join(dist, 'plugins', id, 'config.schema.json'), json({ $schema: 'http://json-schema.org/draft-07/schema#', ...manifest.config }))
  return manifest
}

/** The notices of the libraries inside the bundles. */
async function licences(bundles: readonly OutputBundle[]): Promise<string> {
  const modules = bundles.flatMap((bundle) => Object.values(bundle)).flatMap((file) => (file.type === 'chunk' ? file.moduleIds : []))
  const names = [...new Set(modules.map((id) => id.match(/.*node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]).filter((name) => name !== undefined))].sort()
  const texts = await Promise.all(names.map(async (name) => {
    const dir = join(root, 'node_modules', name)
    const file = (await readdir(dir)).find((entry) => /^licen[cs]e/i.test(entry))
    const { version, license } = await readPackage(dir)
    return `${name} ${version} (${license})\n\n${file ? (await readFile(join(dir, file), 'utf8')).trim() : 'No licence text is included in the package.'}\n`
  }))
  return texts.join(`\n${'-'.repeat(80)}\n\n`)
}

/** What an earlier build left and this one does not have. */
async function sweep(bundle: OutputBundle, ending: '.js' | '.cjs'): Promise<void> {
  const kept = new Set(Object.keys(bundle))
  for (const file of await readdir(dist, { recursive: true })) if (file.endsWith(ending) && !kept.has(file.replaceAll('\\', '/'))) await rm(join(dist, file))
  for (const id of await readdir(join(dist, 'plugins'))) if (id !== 'manifests.json' && !folders.includes(id)) await rm(join(dist, 'plugins', id), { recursive: true })
}

const bundles: OutputBundle[] = []

const describe: BuildPlugin = {
  name: 'nexus-describe',
  async writeBundle(_, bundle) {
    await sweep(bundle, '.js')
    bundles.push(bundle)
    const manifests = await Promise.all(plugins.map(async ({ id, parts }, i) => [id, await packed(id, parts, packages[i]!)] as const))
    const defaults = nexus.defaultPlugins
    for (const id of defaults) if (!folders.includes(id)) this.warn(`the default set names "${id}", and there is no such plugin`)
    await writeFile(join(dist, 'plugins', 'manifests.json'), JSON.stringify({ defaults, manifests: Object.fromEntries(manifests) }))
  },
}

const fromModules: BuildPlugin = {
  name: 'nexus-late',
  resolveId(id, importer) {
    const file = importer && join(importer, '..', id).slice(root.length + 1).replace(/\.ts$/, '')
    return file && late.includes(file) ? { id: `./${basename(file)}.js`, external: true } : null
  },
  async writeBundle(_, bundle) {
    await sweep(bundle, '.cjs')
    await writeFile(join(dist, 'LICENSES.txt'), await licences([...bundles, bundle]))
    await chmod(join(dist, 'nexus.cjs'), 0o755)
  },
}

// ── Chunks ──────────────────────────────────────────────────────────────────────────────────────

type Graph = (id: string) => { readonly importedIds: readonly string[]; readonly dynamicallyImportedIds: readonly string[]; readonly importers: readonly string[] } | null

/** What a gateway loads at each start before any plugin, and with those of the default set. */
const core = ['cli/start', 'kernel', 'gateway/gateway', 'config/keeper', 'config/boots', 'loader'].map((name) => join(root, 'kernel', `${name}.ts`))
const usual = nexus.defaultPlugins.map((id) => join(root, 'plugins', id, 'index.ts'))

/** All that `files` load; with `late`, also by and by, but for what a start loads anyway. */
function reached(graph: Graph, files: readonly string[], late?: ReadonlySet<string>): Set<string> {
  const found = new Set(files)
  for (const id of found) {
    const { importedIds = [], dynamicallyImportedIds = [] } = graph(id) ?? {}
    for (const next of [...importedIds, ...late ? dynamicallyImportedIds.filter((one) => !late.has(one)) : []]) found.add(next)
  }
  return found
}

/**
 * Each file of a start costs it about as much as a thousand lines in one that is open already, so what every start
 * loads stands in few files, cut by who else loads it: a command or a plugin's process gets no more than it needs.
 */
function chunksOf(graph: Graph): Map<string, string> {
  const byRoot = [core, ...usual.map((file) => [file])].map((files) => reached(graph, files))
  const start = new Set(byRoot.flatMap((some) => [...some]))
  const entries = Object.values(input).map((name) => join(root, name)).filter((file) => graph(file) && !core.includes(file) && !usual.includes(file) && file !== join(root, 'sdk/testing.ts'))
  const of = (folder: string, part = '') => entries.filter((file) => file.startsWith(join(root, folder)) && file.endsWith(`${part}.ts`))
  const named = new Map<string, string>()
  for (const [name, files] of [['base', of('kernel/cli')], ['sdk', [join(root, 'sdk/index.ts')]], ['loader', [join(root, 'kernel/loader.ts')]], ['shared', entries.filter((file) => !/\/contract\.ts$|\/kernel\/config\//.test(file))], ['contracts', of('plugins', '/contract')], ['config', of('kernel/config')]] as const) {
    for (const id of reached(graph, files, start)) if (start.has(id) && !named.has(id)) named.set(id, name)
  }
  for (const id of start) {
    const several = byRoot[0]!.has(id) || byRoot.filter((some) => some.has(id)).length > 1
    if (!named.has(id) && (several || graph(id)?.importers.some((by) => !start.has(by)))) named.set(id, 'start')
  }
  return named
}

/** Of the binary: what every line loads, and what every command does. */
function binaryChunksOf(graph: Graph): Map<string, string> {
  const named = new Map<string, string>()
  for (const [name, files] of [['run', ['run']], ['leaf', ['leaf', 'io']]] as const) {
    for (const id of reached(graph, files.map((file) => join(root, 'kernel/cli', `${file}.ts`)))) if (!named.has(id)) named.set(id, name)
  }
  return named
}

function groups(names: readonly string[], plan: (graph: Graph) => Map<string, string>): CodeSplittingGroup[] {
  let made: Map<string, string> | undefined
  return names.map((debugName, i) => ({ debugName, priority: names.length - i, name: (id, about) => ((made ??= plan((one) => about.getModuleInfo(one))).get(id) === debugName ? debugName : null) }))
}

const modules = defineConfig({
  input,
  platform: 'node',
  external: [/^node:/, ...external.map((name) => new RegExp(`^${name}(/|$)`))],
  resolve: { alias: { 'nexus-gateway/sdk/hosting': join(root, 'sdk/hosting.ts'), 'nexus-gateway/sdk/pack': join(root, 'sdk/pack.ts'), 'nexus-gateway/sdk/client': join(root, 'sdk/client.ts'), 'nexus-gateway/sdk/testing': join(root, 'sdk/testing.ts'), 'nexus-gateway/sdk': join(root, 'sdk/index.ts') } },
  transform: {
    target: 'node20.19',
    // Looking for ws's optional native parts costs the start more than they give: frames here are small.
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
  },
  plugins: [await librariesPart(root, needy), describe],
  output: { dir: dist, format: 'esm', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name].js', codeSplitting: { groups: groups(['base', 'sdk', 'loader', 'shared', 'contracts', 'config', 'start'], chunksOf) }, comments: { legal: true, annotation: false, jsdoc: false } },
})

const binary = defineConfig({
  input: { nexus: 'kernel/cli/main.ts' },
  platform: 'node',
  transform: { target: 'node20.19' },
  plugins: [fromModules],
  output: { dir: dist, format: 'cjs', entryFileNames: '[name].cjs', chunkFileNames: 'cli/[name].cjs', codeSplitting: { groups: groups(['run', 'leaf'], binaryChunksOf) }, comments: { legal: true, annotation: false, jsdoc: false } },
})

export default [modules, binary]
