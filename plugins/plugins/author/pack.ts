/** `nexus plugins pack`: a tarball of the author's files with the whole manifest in it. The author's folder is left as it is. */
import { cp, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, resolve } from 'node:path'
import type { Manifest } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { isStub, openPackage, stubOf, withKeys, type Opened } from './package.ts'
import { run } from './run.ts'

/** Finds out the whole manifest of the plugin in a folder. */
export type Describe = (folder: string) => Promise<Manifest>
export interface PackOptions {
  readonly describe: Describe
  /** It can describe a stub only: what the folder's own manifest says would be believed. */
  readonly stubOnly?: boolean
  /** The tarball; without it, npm's name for it in `cwd`. */
  readonly out?: string | undefined
  /** Also writes the manifest and the schema into the author's folder. */
  readonly write?: boolean
  readonly cwd: string
  readonly signal?: AbortSignal
}
export interface Packed {
  readonly file: string
  readonly name: string
  readonly version: string
  /** Bytes of the tarball, and of what is in it. */
  readonly size: number
  readonly unpackedSize: number
  /** `sha512-…`, as lockfiles have it. */
  readonly integrity: string
  readonly files: readonly string[]
  readonly manifest: Manifest
}

/** Rejects with NEXUS_PLUGINS_FOLDER, NEXUS_PLUGINS_PACK, and what `describe` rejects with. No script of the package is run. */
export async function packFolder(dir: string, options: PackOptions): Promise<Packed> {
  const opened = await openPackage(dir)
  const temp = await mkdtemp(join(tmpdir(), 'nexus-pack-'))
  try {
    const copy = await copyOf(opened, join(temp, 'package'))
    const manifest = await describedIn(opened, copy, options)
    await writeManifest(copy, opened.text, manifest)
    const tarball = await npmPack(opened, copy, temp, options)
    if (options.write) await writeManifest(dir, opened.text, manifest)
    const file = resolve(options.cwd, options.out ?? tarball.filename)
    await moved(join(temp, tarball.filename), file)
    const { name, version } = opened.about
    return { file, name, version, size: tarball.size, unpackedSize: tarball.unpackedSize, integrity: tarball.integrity, files: tarball.files.map(({ path }) => path), manifest }
  } finally {
    await rm(temp, { recursive: true, force: true })
  }
}

/** Everything but what is never packed; a bundled library is. */
async function copyOf({ dir, about }: Opened, to: string): Promise<string> {
  const left = new Set(['.git', ...(about.bundleDependencies ? [] : ['node_modules'])])
  await cp(dir, to, { recursive: true, filter: (from) => from === dir || !left.has(basename(from)), verbatimSymlinks: true })
  return to
}

async function describedIn({ dir, about, text }: Opened, copy: string, { describe, stubOnly }: PackOptions): Promise<Manifest> {
  if (!stubOnly || isStub(about)) return describe(dir)
  await writeFile(join(copy, 'package.json'), withKeys(text, { nexus: stubOf(about) }))
  const libraries = join(copy, 'node_modules')
  const lent = !about.bundleDependencies && await readdir(join(dir, 'node_modules')).then(() => true, () => false)
  if (lent) await symlink(join(dir, 'node_modules'), libraries)
  try {
    return await describe(copy)
  } finally {
    if (lent) await rm(libraries)
  }
}

async function writeManifest(dir: string, text: string, manifest: Manifest): Promise<void> {
  const { version: _, description: __, ...nexus } = manifest
  const { files } = JSON.parse(text) as { files?: readonly string[] }
  const schema = 'config.schema.json'
  await writeFile(join(dir, schema), `${JSON.stringify({ $schema: 'http://json-schema.org/draft-07/schema#', ...manifest.config }, null, 2)}\n`)
  await writeFile(join(dir, 'package.json'), withKeys(text, { ...(files && !files.includes(schema) && { files: [...files, schema] }), nexus }))
}

interface Tarball { readonly filename: string; readonly size: number; readonly unpackedSize: number; readonly integrity: string; readonly files: readonly { readonly path: string }[] }

async function npmPack({ about: { name, nexus: { entry } } }: Opened, copy: string, into: string, { signal }: PackOptions): Promise<Tarball> {
  const env = { ...process.env, npm_config_update_notifier: 'false', npm_config_offline: 'true' }
  const ran = await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', into], { cwd: copy, env, deadlineMs: 120_000, signal })
  if (ran.code !== 0) throw fail('NEXUS_PLUGINS_PACK', { name, reason: reasonIn(ran.stderr) || (ran.late ? 'it took longer than 2 min' : 'is npm there?') })
  const answer = JSON.parse(ran.stdout.slice(ran.stdout.search(/^[[{]/m))) as Tarball[] | Record<string, Tarball>
  const tarball = Object.values(answer)[0]
  if (!tarball) throw fail('NEXUS_PLUGINS_PACK', { name, reason: 'it named no tarball' })
  if (!tarball.files.some(({ path }) => path === entry.replace(/^\.\//, ''))) throw fail('NEXUS_PLUGINS_PACK', { name, reason: `its entry ${entry} is not among the files; is it built, and do "files" of its package.json name it?` })
  const { filename } = tarball
  // Some versions of npm write the scope's slash as a dash in the file and not in the answer.
  const file = await stat(join(into, filename)).then(() => filename, () => filename.replace('@', '').replace('/', '-'))
  return { ...tarball, filename: file }
}

const reasonIn = (stderr: string): string => stderr.split('\n').filter((line) => /^npm (ERR!|error) /.test(line) && !/complete log/.test(line)).map((line) => line.replace(/^npm (ERR!|error) /, '')).slice(0, 3).join(' ').trim()

/** Whole or not at all, also from one disk to another. */
async function moved(from: string, to: string): Promise<void> {
  const draft = join(dirname(to), `.${basename(to)}.${process.pid}`)
  await writeFile(draft, await readFile(from))
  await rename(draft, to)
}
