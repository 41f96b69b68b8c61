/** The package as npm would publish it, in an empty folder with what it depends on and nothing else; and a registry that has the libraries of a plugin. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { built, root } from '../fixtures/built.ts'
import { startRegistry, type Registry } from '../fixtures/registry.ts'
import { packageTarball } from '../fixtures/tar.ts'
import type { LibraryLock } from '../../plugins/plugins/libraries/lock.ts'

interface Locked { readonly packages: Readonly<Record<string, { readonly dev?: boolean; readonly devOptional?: boolean }>> }

export interface Ran { readonly status: number | null; readonly out: string; readonly err: string }
export interface Packed extends AsyncDisposable {
  readonly dir: string
  readonly state: string
  readonly bin: string
  readonly registry: Registry
  readonly env: NodeJS.ProcessEnv
  /** Publishes what the plugin needs, and lets the package name these very tarballs. */
  supply(id: string): Promise<LibraryLock>
  nexus(args: readonly string[], input?: string): Promise<Ran>
  /** The same, ended by SIGKILL after so many ms. */
  killed(args: readonly string[], afterMs: number): Promise<boolean>
  gateway(): Promise<{ readonly url: string; readonly failed: readonly { id: string; code: string; message: string; fix: string }[]; readonly active: readonly string[]; stop(): Promise<void> }>
  settings(text: string): Promise<void>
}

export async function packedInstall(): Promise<Packed> {
  built()
  const dir = await mkdtemp(join(tmpdir(), 'nexus-packed-'))
  const own = join(dir, 'node_modules', 'nexus-gateway')
  await mkdir(own, { recursive: true })
  for (const name of ['dist', 'package.json']) await cp(join(root, name), join(own, name), { recursive: true })
  const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Locked
  for (const [place, { dev, devOptional }] of Object.entries(packages)) {
    if (place === '' || dev || devOptional || place.lastIndexOf('node_modules/') > 0) continue
    await mkdir(dirname(join(dir, place)), { recursive: true })
    await symlink(join(root, place), join(dir, place))
  }
  const registry = await startRegistry()
  const state = join(dir, 'state')
  const bin = join(own, 'dist', 'nexus.cjs')
  const env = { PATH: process.env['PATH'], ...registry.env(dir), NEXUS_STATE_DIR: state }
  const launch = (args: readonly string[]) => spawn(process.execPath, [bin, ...args], { cwd: dir, env, stdio: 'pipe' })

  async function nexus(args: readonly string[], input = ''): Promise<Ran> {
    const child = launch(args)
    const said = { out: '', err: '' }
    child.stdout.on('data', (part) => { said.out += String(part) })
    child.stderr.on('data', (part) => { said.err += String(part) })
    child.stdin.end(input)
    const [status] = await once(child, 'close') as [number | null]
    return { status, ...said }
  }

  return {
    dir, state, bin, registry, env, nexus,
    async supply(id) {
      const file = join(own, 'dist', 'plugins', id, 'libraries.json')
      const lock = JSON.parse(await readFile(file, 'utf8')) as LibraryLock
      const packed = await Promise.all(Object.entries(lock.packages).map(async ([place, one]) => {
        const tarball = packageTarball(await filesThatRun(join(root, place)))
        const { name, version, dependencies, peerDependencies } = JSON.parse(await readFile(join(root, place, 'package.json'), 'utf8')) as { name: string; version: string; dependencies?: object; peerDependencies?: object }
        registry.publish({ name, version, tarball, manifest: { ...(dependencies && { dependencies }), ...(peerDependencies && { peerDependencies }) } })
        return [place, { ...one, integrity: `sha512-${createHash('sha512').update(tarball).digest('base64')}` }] as const
      }))
      await writeFile(file, JSON.stringify({ ...lock, packages: Object.fromEntries(packed) }))
      return lock
    },
    async killed(args, afterMs) {
      const child = launch(args)
      child.stdout.resume()
      child.stderr.resume()
      child.stdin.end()
      const timer = setTimeout(() => child.kill('SIGKILL'), afterMs)
      const [, signal] = await once(child, 'close') as [number | null, NodeJS.Signals | null]
      clearTimeout(timer)
      return signal === 'SIGKILL'
    },
    async gateway() {
      const child = launch(['start', '--json', '--port', '0'])
      let out = ''
      let err = ''
      child.stderr.on('data', (part) => { err += String(part) })
      child.stdout.on('data', (part) => { out += String(part) })
      while (!out.includes('\n') && child.exitCode === null) await Promise.race([once(child.stdout, 'data'), once(child, 'close')])
      if (!out.startsWith('{"event":"ready"')) throw new Error(`the gateway ended: ${out}${err}`)
      return {
        ...JSON.parse(out.split('\n', 1)[0]!) as Awaited<ReturnType<Packed['gateway']>>,
        async stop() {
          if (child.exitCode === null && child.signalCode === null) {
            child.kill('SIGTERM')
            await once(child, 'close')
          }
        },
      }
    },
    async settings(text) {
      await mkdir(state, { recursive: true, mode: 0o700 })
      await writeFile(join(state, 'nexus.json5'), text, { mode: 0o600 })
    },
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]()
      await rm(dir, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
    },
  }
}

/** Of a package what its users import: types, maps and sources are most of its files, and each is unpacked and hashed by every fetch. */
async function filesThatRun(dir: string): Promise<Record<string, Buffer>> {
  const names = (await readdir(dir, { recursive: true })).filter((name) => /(\.[cm]?js|\.json)$/.test(name) && !/(^|[\\/])(node_modules|src)[\\/]/.test(name))
  return Object.fromEntries(await Promise.all(names.sort().map(async (name) => [name.replaceAll('\\', '/'), await readFile(join(dir, name))] as const)))
}
