/**
 * Evaluates a plugin's modules as the gateway sends them: CommonJS in which imports stand as `await jitiImport(…)`.
 * An import waits for the module to be done, unless that module, directly or by others, waits for the importer:
 * then it gets what is there so far, as in any cycle.
 */
import { createRequire, isBuiltin } from 'node:module'
import { dirname } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import type { Served } from 'nexus-gateway/sdk/hosting'
import { interop } from './interop.ts'
import type { Shared } from './shared.ts'

interface Module {
  readonly file: string
  readonly holder: { exports: unknown }
  done: Promise<void> | undefined
  loaded: boolean
  /** What it has imported and not been given yet. */
  readonly waits: Set<Module>
}
type Wrapper = (exports: unknown, require: NodeJS.Require, module: object, file: string, dir: string, jitiImport: (specifier: string) => Promise<unknown>, jitiESMResolve: (specifier: string) => string) => unknown
type Load = (specifier: string, from: string) => Promise<Served>

export interface Modules {
  /** The exports of one of its entries. */
  entry(file: string): Promise<Readonly<Record<string, unknown>>>
}

export function createModules(load: Load, shared: Shared): Modules {
  const modules = new Map<string, Module>()
  /** Code that was fetched ahead for a `require`, by importer and specifier. */
  const fetched = new Map<string, Served>()

  async function imported(specifier: string, from: Module | undefined): Promise<unknown> {
    const served = await load(specifier, from?.file ?? '')
    if ('shared' in served) return interop(await shared.load(served.shared))
    if ('native' in served) return interop(await import(served.native))
    if ('json' in served) return jsonModule(served.json)
    return own(served.file, served.code, from)
  }

  async function own(file: string, code: string, from: Module | undefined): Promise<unknown> {
    const module = modules.get(file) ?? moduleOf(file)
    module.done ??= evaluate(module, code)
    if (!module.loaded && !(from && waitsFor(module, from))) {
      from?.waits.add(module)
      await module.done.finally(() => from?.waits.delete(module))
    }
    return interop(module.holder.exports)
  }

  function moduleOf(file: string): Module {
    const module: Module = { file, holder: { exports: {} }, done: undefined, loaded: false, waits: new Set() }
    modules.set(file, module)
    return module
  }

  async function evaluate(module: Module, code: string): Promise<void> {
    await fetchRequired(module.file, code)
    await wrapped(module, `async ${head}${code}\n})`)
    module.loaded = true
  }

  function wrapped(module: Module, text: string): unknown {
    const { file, holder } = module
    const run = new Script(`(${text}`, { filename: file }).runInThisContext() as Wrapper
    const native = createRequire(file)
    const require = Object.assign((specifier: string) => required(specifier, module, native), native)
    const resolve = (specifier: string): string => (/^\.{0,2}\//.test(specifier) ? new URL(specifier, pathToFileURL(file)).href : isBuiltin(specifier) ? specifier : pathToFileURL(native.resolve(specifier)).href)
    return run(holder.exports, require, Object.assign(holder, { id: file, filename: file, require }), file, dirname(file), (specifier) => imported(specifier, module), resolve)
  }

  // ── require: at once, so what it could ask for is fetched before the module that does begins ───

  async function fetchRequired(file: string, code: string): Promise<void> {
    for (const [, , name] of code.matchAll(/\brequire\((["'])([\w@][^"']*)\1\)/g)) if (shared.has(name as string)) await shared.load(name as string)
    for (const [, , specifier] of code.matchAll(/\brequire\((["'])(\.{1,2}\/[^"']*)\1\)/g)) {
      const key = keyOf(specifier as string, file)
      if (fetched.has(key)) continue
      // One that fails is told when it is asked for: it may stand in a comment, or be meant to fail.
      const served = await load(specifier as string, file).catch(() => undefined)
      if (!served) continue
      fetched.set(key, served)
      if ('code' in served) await fetchRequired(served.file, served.code)
    }
  }

  function required(specifier: string, from: Module, native: NodeJS.Require): unknown {
    const known = shared.now(specifier)
    if (known) return interop(known)
    const served = fetched.get(keyOf(specifier, from.file))
    if (!served || 'native' in served || 'shared' in served) return native(specifier)
    if ('json' in served) return served.json
    const begun = modules.get(served.file)
    if (begun) return interop(begun.holder.exports)
    const module = moduleOf(served.file)
    try {
      wrapped(module, `${head}${served.code}\n})`)
    } catch (error) {
      modules.delete(served.file)
      throw error instanceof SyntaxError && served.code.includes('await ') ? new Error(`${served.file} is an ES module and cannot be required: import it`, { cause: error }) : error
    }
    module.loaded = true
    module.done = Promise.resolve()
    return interop(module.holder.exports)
  }

  return { entry: async (file) => await imported(file, undefined) as Readonly<Record<string, unknown>> }
}

const head = 'function (exports, require, module, __filename, __dirname, jitiImport, jitiESMResolve) { '
const keyOf = (specifier: string, from: string): string => `${from}\n${specifier}`

function waitsFor(module: Module, other: Module, seen = new Set<Module>()): boolean {
  if (module === other) return true
  if (seen.has(module)) return false
  seen.add(module)
  return [...module.waits].some((next) => waitsFor(next, other, seen))
}

function jsonModule(json: unknown): unknown {
  if (typeof json !== 'object' || json === null || 'default' in json) return json
  return Object.defineProperty(json, 'default', { value: json, enumerable: false })
}
