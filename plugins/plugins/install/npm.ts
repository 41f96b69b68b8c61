/** What is asked of the user's own npm: their registry, their credentials, their proxy; never a script of anybody's. */
import { readdir, writeFile, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { NexusError } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { Programs } from './programs.ts'

export interface Npm {
  /** Fetches or makes the tarball of `spec`; npm compares what it fetches with the registry's hash. Gives its path, in `dir`. */
  pack(spec: string, dir: string, before?: Date): Promise<string>
  /** The same of several that the registry has, each as `name@version`: their tarballs are in `dir` then. */
  packAll(specs: readonly string[], dir: string, before?: Date): Promise<void>
  /** Every version that matches, lowest first; none if there is no such package. */
  versions(spec: string, dir: string): Promise<readonly string[]>
  /** When each version was published, as far as the registry tells. */
  times(name: string, dir: string): Promise<Readonly<Record<string, string>>>
  /** Writes `package-lock.json` for the package.json in `dir`; fetches no package. */
  lock(dir: string, before?: Date): Promise<void>
  /** Fills `node_modules` by the lockfile in `dir`, hash by hash. */
  install(dir: string): Promise<void>
  search(text: string, dir: string): Promise<readonly unknown[]>
}

const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error', '--no-progress', '--no-global', '--no-workspaces']
const tree = ['--omit=dev', '--save-exact', '--install-links', '--no-bin-links', '--install-strategy=hoisted', '--package-lock', '--lockfile-version=3', '--no-dry-run']
const shortMs = 60_000

export function npmOf(programs: Programs, signal: AbortSignal): Npm {
  const npm = (args: readonly string[], dir: string, timeoutMs?: number): Promise<string> => programs.run('npm', args, { cwd: dir, signal, ...(timeoutMs !== undefined && { timeoutMs }) })
  const until = (before?: Date): string[] => (before ? [`--before=${before.toISOString()}`] : [])

  async function view(spec: string, field: string, dir: string): Promise<unknown> {
    await anchored(dir)
    const text = await programs.run('npm', ['view', ...quiet, '--json', '--', spec, field], { cwd: dir, signal, timeoutMs: shortMs, tolerant: true })
    const answer = json(text)
    const { error } = (isTable(answer) ? answer : {}) as { error?: { code?: unknown; summary?: unknown } }
    if (error && !(error.code === 'E404')) throw fail('NEXUS_PLUGINS_PROGRAM', { program: 'npm', reason: String(error.summary ?? error.code).split('\n')[0] })
    return error ? undefined : answer
  }

  async function packAll(specs: readonly string[], dir: string, before?: Date): Promise<void> {
    await anchored(dir)
    await npm(['pack', ...quiet, ...until(before), `--pack-destination=${dir}`, '--no-dry-run', '--', ...specs], dir).catch((error: unknown) => { throw youngFault(error, before) })
  }

  return {
    packAll,
    async pack(spec, dir, before) {
      await packAll([spec], dir, before)
      const made = (await readdir(dir)).filter((name) => name.endsWith('.tgz'))
      if (made.length !== 1) throw fail('NEXUS_PLUGINS_PROGRAM', { program: 'npm', reason: 'it made no tarball' })
      return join(dir, made[0]!)
    },
    async versions(spec, dir) {
      const answer = await view(spec, 'version', dir)
      return (Array.isArray(answer) ? answer : [answer]).filter((one): one is string => typeof one === 'string')
    },
    async times(name, dir) {
      const answer = await view(name, 'time', dir)
      return isTable(answer) ? Object.fromEntries(Object.entries(answer).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) : {}
    },
    async lock(dir, before) {
      await npm(['install', ...quiet, ...tree, ...until(before), '--package-lock-only'], dir).catch((error: unknown) => { throw youngFault(error, before) })
    },
    async install(dir) {
      await npm(['ci', ...quiet, ...tree, `--os=${process.platform}`, `--cpu=${process.arch}`, '--prefer-offline'], dir)
    },
    async search(text, dir) {
      await anchored(dir)
      const answer = json(await npm(['search', ...quiet, '--json', '--searchlimit=50', '--', ...text.split(/\s+/).filter(Boolean)], dir, shortMs))
      return Array.isArray(answer) ? answer : []
    },
  }
}

/** A folder with a package.json is where npm stops looking for a project whose settings it should take. */
async function anchored(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await writeFile(join(dir, 'package.json'), '{"private":true}', { flag: 'wx' }).catch((error: NodeJS.ErrnoException) => { if (error.code !== 'EEXIST') throw error })
}

const isTable = (x: unknown): x is Record<string, unknown> => typeof x === 'object' && x !== null && !Array.isArray(x)

function json(text: string): unknown {
  try {
    return text.trim() === '' ? undefined : JSON.parse(text)
  } catch (error) {
    throw fail('NEXUS_PLUGINS_PROGRAM', { program: 'npm', reason: 'its answer is not JSON' }, error)
  }
}

/** npm's own words for versions that are all too young. */
function youngFault(error: unknown, before: Date | undefined): unknown {
  const named = error instanceof NexusError && before ? /No matching version found for (\S+) with a date before|No versions available for (\S+)/.exec(error.message) : null
  return named ? fail('NEXUS_PLUGINS_TOO_YOUNG', { what: (named[1] ?? named[2] ?? '').replace(/[;,.]$/, '') }, error) : error
}
