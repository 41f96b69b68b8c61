/** The tarballs of a plugin's libraries: fetched by npm as they are, and each looked at before npm unpacks any of them. */
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { NexusError } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { inspect, togetherLimits, type Unpacked } from './archive.ts'
import type { Dependency } from './dependencies.ts'
import { hashFile } from './hashes.ts'
import type { Npm } from './npm.ts'
import { isPackageName } from './spec.ts'

export interface TarballTools { readonly npm: Npm; readonly before: Date | undefined; readonly signal: AbortSignal }
export interface TogetherLimits { readonly entries: number; readonly bytes: number }
interface Wanted { readonly name: string; readonly version: string; readonly sha512: string; /** In the tree. */ readonly copies: number }

/** One npm for so many; of so many the tarballs are on the disk at once. */
const atOnce = 40
const exact = /^\d+\.\d+\.\d+[\w.+-]*$/
const sha512 = /^sha512-[A-Za-z0-9+/]{86}==$/

/**
 * `dir` must not exist, and is gone afterwards. Throws NEXUS_PLUGINS_DEPENDENCY_ARCHIVE with the name of the one that is
 * refused, NEXUS_PLUGINS_TOO_LARGE for all of them together, and what npm throws.
 */
export async function checkTarballs(dir: string, all: readonly Dependency[], tools: TarballTools, limits: TogetherLimits = togetherLimits): Promise<void> {
  const total = together(limits)
  try {
    for (const [i, batch] of batchesOf(wantedOf(all)).entries()) await checkBatch(join(dir, String(i)), batch, total, tools)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

async function checkBatch(dir: string, batch: readonly Wanted[], total: ReturnType<typeof together>, { npm, before, signal }: TarballTools): Promise<void> {
  // npm reads what it has fetched, and may break over it: what it was is found in what it left.
  const fault = await npm.packAll(batch.map(({ name, version }) => `${name}@${version}`), dir, before).then(() => undefined, (error: unknown) => error)
  const files = await tarballsIn(dir).catch((error: unknown) => { throw fault ?? error })
  for (const one of batch) {
    signal.throwIfAborted()
    const file = files.get(one.sha512)
    if (file !== undefined) total.add(one, await inspected(one, file))
    else if (fault === undefined) throw refused(one, 'what the registry sends is not what it has named')
  }
  if (fault !== undefined) throw namedFault(fault, batch)
  await rm(dir, { recursive: true })
}

/** Of bytes that are not those that were published npm says the hash, not the name. */
function namedFault(fault: unknown, batch: readonly Wanted[]): unknown {
  if (!(fault instanceof NexusError)) return fault
  const reason = String(fault.data['reason'])
  const one = batch.find(({ sha512 }) => reason.includes(sha512))
  return one ? fail('NEXUS_PLUGINS_PROGRAM', { program: 'npm', reason: `${one.name}@${one.version}: ${reason}` }, fault) : fault
}

/** By hash: whatever npm calls the files. */
async function tarballsIn(dir: string): Promise<ReadonlyMap<string, string>> {
  const names = (await readdir(dir)).filter((name) => name.endsWith('.tgz'))
  const files = new Map<string, string>()
  for (const name of names) files.set(await hashFile(join(dir, name)), join(dir, name))
  return files
}

async function inspected(one: Wanted, file: string): Promise<Unpacked> {
  return inspect(file).catch((error: unknown) => {
    throw error instanceof NexusError && error.code === 'NEXUS_PLUGINS_ARCHIVE' ? refused(one, String(error.data['reason']), error) : error
  })
}

function together(limits: TogetherLimits) {
  let [entries, bytes] = [0, 0]
  return {
    add({ name, copies }: Wanted, unpacked: Unpacked): void {
      entries += unpacked.entries * copies
      bytes += unpacked.bytes * copies
      if (entries > limits.entries) throw fail('NEXUS_PLUGINS_TOO_LARGE', { what: `more than ${limits.entries} entries, up to ${name}` })
      if (bytes > limits.bytes) throw fail('NEXUS_PLUGINS_TOO_LARGE', { what: `more than ${limits.bytes / 1024 / 1024} MB, up to ${name}` })
    },
  }
}

/** What npm will unpack, each once. What lies in another's tarball is looked at with that. */
function wantedOf(all: readonly Dependency[]): Wanted[] {
  const wanted = new Map<string, Wanted>()
  for (const { name, version, integrity, foreign } of all) {
    if (integrity === undefined || foreign) continue
    if (!isPackageName(name.toLowerCase()) || !exact.test(version)) throw fail('NEXUS_PLUGINS_DEPENDENCY', { name: isPackageName(name) ? name : 'with an odd name' })
    const key = `${name}@${version} ${integrity}`
    wanted.set(key, { name, version, sha512: onlyHash({ name, version }, integrity), copies: (wanted.get(key)?.copies ?? 0) + 1 })
  }
  return [...wanted.values()]
}

/** With several hashes npm would take whatever fits one of them; with an old kind, whatever was made to fit. */
function onlyHash(one: Pick<Wanted, 'name' | 'version'>, integrity: string): string {
  const [hash, ...more] = integrity.split(/\s+/).filter((part) => !part.startsWith('sha1-'))
  if (hash === undefined || more.length > 0 || !sha512.test(hash)) throw refused(one, 'the registry does not give the one sha512 of it')
  return hash
}

/** npm calls `@a/b` and `a-b` the same file. */
function batchesOf(wanted: readonly Wanted[]): Wanted[][] {
  const batches: { readonly all: Wanted[]; readonly files: Set<string> }[] = []
  for (const one of wanted) {
    const file = `${one.name.replace('@', '').replace('/', '-')}-${one.version}`.toLowerCase()
    let batch = batches.find(({ all, files }) => all.length < atOnce && !files.has(file))
    if (!batch) batches.push(batch = { all: [], files: new Set() })
    batch.all.push(one)
    batch.files.add(file)
  }
  return batches.map(({ all }) => all)
}

const refused = ({ name, version }: Pick<Wanted, 'name' | 'version'>, reason: string, cause?: unknown): Error => fail('NEXUS_PLUGINS_DEPENDENCY_ARCHIVE', { name: `${name}@${version}`, reason }, cause)
