/**
 * A plugin's own modules as JavaScript, for a process that must not read or transform them itself. What an import
 * means and what a file becomes is jiti's word, as in `modules.ts`; only what is below the plugin's folder is given out.
 */
import { readFile, realpath } from 'node:fs/promises'
import { isBuiltin } from 'node:module'
import { isAbsolute, join, relative, sep } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { Jiti } from 'jiti'
import type { CodeSession, IsolatedCode, Served } from './isolator.ts'
import { graph, hash } from './modules.ts'
import { digestOf, type Check, type Road } from './outside.ts'

/** `started` is awaited before the session loads anything, may refuse, and may give a check of what is read. */
export async function servedSession(about: Omit<IsolatedCode, 'session'>, road: Road, started: (session: CodeSession) => Promise<Check | undefined>): Promise<CodeSession> {
  const agreed: { check?: Check | undefined } = {}
  const session = createSession(about, road, await road.shared(), (file, text) => agreed.check?.(file, text))
  agreed.check = await started(session)
  return session
}

type Shared = Awaited<ReturnType<Road['shared']>>

function createSession({ root, entry }: Omit<IsolatedCode, 'session'>, { cacheDir, alias }: Road, shared: Shared, check: Check): CodeSession {
  const hashes = new Map<string, string>()
  const served = new Map<string, Promise<Served>>()
  const jiti = graph(join(root, entry), { root, cacheDir, alias, shared, files: hashes })

  async function load(specifier: string, from: string): Promise<Served> {
    if (from === '') return own(await realpath(join(root, specifier)))
    if (Object.hasOwn(shared, specifier)) return { shared: specifier }
    if (isBuiltin(specifier)) return { native: specifier }
    if (Object.hasOwn(alias, specifier)) return { native: pathToFileURL(alias[specifier] as string).href }
    const file = await realpath(resolved(jiti, specifier, from))
    return inLibrary(file, root) ? { native: pathToFileURL(file).href } : own(file)
  }

  function own(file: string): Promise<Served> {
    if (!isBelow(file, root)) throw new Error(`${file} is outside the plugin's folder, ${root}`)
    const known = served.get(file) ?? read(file)
    served.set(file, known)
    return known
  }

  async function read(file: string): Promise<Served> {
    const source = await readFile(file, 'utf8')
    check(file, source)
    hashes.set(file, hash(source))
    if (file.endsWith('.json')) return { file, json: JSON.parse(source) as unknown }
    // In this order the cache knows it as what jiti itself transforms.
    return { file, code: jiti.transform({ filename: file, source, ts: /\.[cm]?tsx?$/.test(file), async: true, jsx: false }) }
  }

  return { load, files: () => [...hashes.keys()], hashes: () => hashes, hash: () => digestOf(hashes) }
}

/** A path. Throws as Node does where there is no such module. */
function resolved(jiti: Jiti, specifier: string, from: string): string {
  const found = jiti.esmResolve(specifier, { parentURL: pathToFileURL(from).href })
  const text = String(found)
  return text.startsWith('file:') ? fileURLToPath(text) : text
}

function isBelow(file: string, root: string): boolean {
  const below = relative(root, file)
  return below !== '' && !below.startsWith('..') && !isAbsolute(below)
}

/** Seen from the plugin's folder, or from the root for one that lies elsewhere. */
const inLibrary = (file: string, root: string): boolean => (`${sep}${isBelow(file, root) ? relative(root, file) : file}`.includes(`${sep}node_modules${sep}`))
