/**
 * One module graph of a plugin's own files, transformed by jiti and evaluated apart from every other graph.
 *
 * jiti's public entry hands a built `.mjs`, or a `.js` of an ESM package, to the native loader first. Such a file is
 * never read again, brings its own copy of the SDK and, when it throws, runs twice. So the factory behind that entry
 * is given loaders of ours, which refuse a plugin's own files; jiti then transforms them like any TypeScript.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import type { Jiti, JitiOptions, TransformOptions } from 'jiti'
import { packageDir } from './paths.ts'

type Factory = (id: string, options: JitiOptions, inside: {
  readonly nativeImport: (id: string) => Promise<unknown>
  readonly createRequire: (from: string) => NodeJS.Require
  readonly onError: (error: unknown) => never
}) => Jiti
type Transform = (options: TransformOptions) => { readonly code: string; readonly error?: SyntaxFault }
interface SyntaxFault { readonly message: string; readonly reasonCode?: string; readonly loc?: { readonly line: number; readonly column: number } }

export interface GraphOptions {
  /** The plugin's folder, a real path: its files outside `node_modules` are its own. */
  readonly root: string
  readonly cacheDir: string
  /** What the plugin shares with its host, by specifier; without a prototype, since jiti looks names up with `in`. */
  readonly shared: Readonly<Record<string, object>>
  /** Specifiers that stand for a file of the host. */
  readonly alias: Readonly<Record<string, string>>
  /** Filled with each own file that was read and the hash of what was in it. */
  readonly files: Map<string, string>
  /** Of what was read of an own file, before it is put to use. */
  check?(file: string, text: string): void
}

// Otherwise V8 keeps each script for as long as the process lives: 7 KiB for every edit of a small file, on Node 20 to 24.
setFlagsFromString('--no-compilation-cache')

/** Of a file's text, as it stands in `files`. */
export const hash = (text: string) => createHash('sha256').update(text).digest('base64url')
const host = packageDir()
const require = createRequire(import.meta.url)

/** Evaluates `entry`, an absolute path, in a graph of its own. */
export async function evaluate(entry: string, options: GraphOptions): Promise<Record<string, unknown>> {
  return graph(entry, options).import(entry)
}

/** What jiti makes of imports in the files of one graph: how they resolve, and what their code becomes. */
export function graph(entry: string, options: GraphOptions): Jiti {
  const jitiDir = dirname(require.resolve('jiti/package.json'))
  const createJiti = require(join(jitiDir, 'dist', 'jiti.cjs')) as Factory
  return createJiti(entry, {
    moduleCache: false, fsCache: false, tryNative: false, alias: options.alias, virtualModules: options.shared,
    transform: (o) => ({ code: transformed(o, jitiDir, options) }),
  }, {
    nativeImport: async (id) => {
      const path = id.startsWith('file:') ? fileURLToPath(id) : id
      if (isOwn(path, options.root)) throw new Error('to be transformed')
      return import(isAbsolute(path) ? pathToFileURL(path).href : id)
    },
    createRequire: (from) => ownRequire(createRequire(from), options),
    onError: (error) => { throw error },
  })
}

/** Whether every file is still what it was. */
export async function unchanged(files: ReadonlyMap<string, string>): Promise<boolean> {
  const same = await Promise.all([...files].map(async ([file, was]) => hash(await readFile(file, 'utf8').catch(() => '')) === was))
  return same.every(Boolean)
}

function isOwn(path: string, root: string): boolean {
  if (!isAbsolute(path)) return false
  const below = relative(root, path)
  const inside = !below.startsWith('..')
  if (!inside && path.startsWith(host + sep)) return false
  return !`${sep}${inside ? below : path}`.includes(`${sep}node_modules${sep}`)
}

/** Own JSON is read afresh, which Node's own cache would prevent; own code is refused, so that it is transformed. */
function ownRequire(native: NodeJS.Require, { root, files, check }: GraphOptions): NodeJS.Require {
  const load = (id: string): unknown => {
    if (!isOwn(id, root)) return native(id)
    if (!id.endsWith('.json')) throw new Error('to be transformed')
    const text = readFileSync(id, 'utf8')
    check?.(id, text)
    files.set(id, hash(text))
    return JSON.parse(text)
  }
  return Object.assign(load, native)
}

/** A file's code for jiti; taken from the cache when source and transformer are those that made it. */
function transformed(o: TransformOptions, jitiDir: string, { root, cacheDir, files, check }: GraphOptions): string {
  const { source, filename = '' } = o
  if (isOwn(filename, root)) {
    check?.(filename, source)
    files.set(filename, hash(source))
  }
  const cached = join(cacheDir, `${hash(`${filename} ${o.async}`).slice(0, 24)}.js`)
  const stamp = `\n// ${hash(JSON.stringify([require('jiti/package.json').version, o]))}`
  const code = readIfAny(cached)
  if (code?.endsWith(stamp)) return code
  const result = (require(join(jitiDir, 'dist', 'babel.cjs')) as Transform)(o)
  if (result.error) throw new SyntaxError(syntaxText(result.error, filename))
  write(cached, result.code + stamp)
  return result.code
}

function syntaxText(error: SyntaxFault, file: string): string {
  const reason = error.message.split('\n', 1)[0]!.replace(/^\S*: /, '').replace(/ \(\d+:\d+\)$/, '')
  return error.loc ? `${file}:${error.loc.line}:${error.loc.column + 1}: ${reason}` : `${file}: ${reason}`
}

function readIfAny(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return undefined // not there yet, or not readable: the transform is made anew
  }
}

function write(file: string, code: string): void {
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    writeFileSync(`${file}.${process.pid}`, code, { mode: 0o600 })
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // A cache that cannot be written costs time at the next load and nothing else.
  }
}
