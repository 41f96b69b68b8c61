/** A package registry on loopback that says of its packages what the cases say, true or not. One for all cases of a gateway. */
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { makeArchive, pluginFiles } from './archives.ts'
import type { Package, Version } from './schema-packages.ts'

interface Published { readonly manifest: Readonly<Record<string, unknown>>; readonly at: string | undefined; readonly tarball: Buffer }
interface Listed { readonly versions: Map<string, Published>; latest: string }

export interface Registry {
  readonly url: string
  /** What makes npm ask here and nowhere else, and keep nothing but in a folder of its own. */
  readonly env: Readonly<Record<string, string>>
  /** Adds versions, or takes the place of those that are there. `archives` by name. */
  publish(name: string, entry: Package, archives: ReadonlyMap<string, string>): void
  end(): void
}

const hourMs = 3_600_000
/** Of a version that says nothing of it: old enough for everybody. */
const usualHours = 10_000

export async function startRegistry(): Promise<Registry> {
  const packages = new Map<string, Listed>()
  const home = mkdtempSync(join(tmpdir(), 'nexus-corpus-home-'))
  const server = createServer((req, res) => answer(res, decodeURIComponent((req.url ?? '/').split('?')[0]!), packages, url))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  let made = 0
  return {
    url,
    env: { HOME: home, npm_config_registry: `${url}/`, npm_config_cache: join(home, 'npm'), npm_config_update_notifier: 'false', npm_config_fetch_retries: '0', npm_config_userconfig: join(home, 'npmrc') },
    publish(name, { latest, versions }, archives) {
      const known = packages.get(name) ?? { versions: new Map<string, Published>(), latest: '' }
      packages.set(name, known)
      for (const [version, one] of Object.entries(versions)) {
        known.versions.set(version, published(name, version, one, archives, { dir: home, file: `package-${made++}` }))
        known.latest = version
      }
      known.latest = latest ?? known.latest
    },
    end() {
      server.closeAllConnections()
      server.close()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function published(name: string, version: string, { plugin, files, archive, swapped, hours = usualHours, integrity, manifest }: Version, archives: ReadonlyMap<string, string>, to: { dir: string; file: string }): Published {
  const all = { ...plugin && pluginFiles({ ...plugin, name, version }), ...files }
  const { ['package.json']: own = {}, ...rest } = all
  const described = { name, version, ...(typeof own === 'string' ? JSON.parse(own) as object : own) }
  const entries = [['package.json', described], ...Object.entries(rest)] as const
  const file = archive === undefined
    ? makeArchive(to.file, { format: 'tgz', entries: entries.map(([path, text]) => ({ name: `package/${path}`, ...(typeof text === 'string' ? { text } : { json: text }) })) }, { dir: to.dir, full: false, made: archives })
    : there(archives, archive)
  const bytes = readFileSync(file)
  const dist = { integrity: integrity ?? `sha512-${createHash('sha512').update(bytes).digest('base64')}`, shasum: createHash('sha1').update(bytes).digest('hex') }
  return {
    // Where only the hash that is asked for is wrong, npm must not be saved by the other one.
    manifest: { ...described, dist: { ...dist, ...(integrity !== undefined && { shasum: undefined }) }, ...manifest },
    at: hours === null ? undefined : new Date(Date.now() - hours * hourMs).toISOString(),
    tarball: swapped === undefined ? bytes : readFileSync(there(archives, swapped)),
  }
}

function there(archives: ReadonlyMap<string, string>, name: string): string {
  const file = archives.get(name)
  if (file === undefined) throw new Error(`there is no archive called ${name}`)
  return file
}

function answer(res: ServerResponse, path: string, packages: ReadonlyMap<string, Listed>, url: string): void {
  const [, name = '', version] = /^\/(.+?)(?:\/-\/(.+)\.tgz)?$/.exec(path) ?? []
  const found = packages.get(name)
  const tarball = version === undefined ? undefined : found?.versions.get(version)?.tarball
  if (!found || (version !== undefined && !tarball)) return void res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}')
  if (tarball) return void res.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': tarball.length }).end(tarball)
  const versions = [...found.versions].map(([number, { manifest }]) => {
    const { dist, ...more } = manifest as { dist?: object }
    return [number, { ...more, dist: { tarball: `${url}/${name}/-/${number}.tgz`, ...dist } }]
  })
  const time = Object.fromEntries([...found.versions].flatMap(([number, { at }]) => (at === undefined ? [] : [[number, at]])))
  res.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' })
    .end(JSON.stringify({ name, 'dist-tags': { latest: found.latest }, versions: Object.fromEntries(versions), ...(Object.keys(time).length > 0 && { time }) }))
}
