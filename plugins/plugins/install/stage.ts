/** From a spec to a plugin that only has to be agreed to: fetched, checked, complete and hashed, and none of it run. */
import { stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Call, Manifest } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { consentTo, type Scan } from './consent.ts'
import { checkFiles, installDependencies, resolveDependencies, wantedOf, type Dependency } from './dependencies.ts'
import { fetchPlugin, type Fetched } from './fetch.ts'
import { askedBy, moreThan, type Asked } from './grant.ts'
import type { FileList } from './hashes.ts'
import type { Lock, LockEntry } from './lockfile.ts'
import { mistakenFor } from './names.ts'
import { npmOf, type Npm } from './npm.ts'
import { isStub, readPackage, wholeManifest, type PackageJson } from './package.ts'
import { checkAdmission, checkAges, cutoff, isTrusted, policyOf, type Policy } from './policy.ts'
import { scanned } from './scan.ts'
import { sealed } from './seal.ts'
import { isPackageName, specText, type Spec } from './spec.ts'
import { checkTarballs } from './tarballs.ts'
import { firstPartyIds, type Tools } from './tools.ts'
import type { Consent, InstallPhase } from './verbs.ts'
import { compareVersions } from './version.ts'

export interface Order {
  readonly spec: Spec
  readonly link: boolean
  readonly trusted: boolean
  readonly allowSimilar: boolean
  readonly downgrade: boolean
  /** The id of the plugin that is to be updated. */
  readonly update?: string | undefined
  /** What it was added by, where that is not what is fetched. */
  readonly asked?: Spec | undefined
}
export interface Job { readonly staging: string; readonly signal: AbortSignal; readonly call: Call; readonly lock: Lock; phase(name: InstallPhase): void }
/** Waits for consent. */
export interface Ready {
  readonly consent: Consent
  readonly asked: Asked
  readonly manifest: Manifest
  readonly trust: boolean
  /** What it takes the place of. */
  readonly before: LockEntry | undefined
  readonly entry: Pick<LockEntry, 'name' | 'version' | 'spec' | 'scanned'> & ({ readonly source: 'link'; readonly dir: string } | { readonly source: Exclude<LockEntry['source'], 'link'>; readonly integrity: string; readonly place: string; readonly list: FileList })
}
interface Known { readonly manifest: Manifest; readonly pkg: PackageJson | undefined; readonly name: string; readonly version: string; readonly folder: string }

/** Throws what keeps it out; the staging folder is the caller's to remove. */
export async function stage(order: Order, job: Job, tools: Tools): Promise<Ready> {
  const policy = policyOf(tools.control.current())
  const npm = npmOf(tools.programs, job.signal)
  job.phase('fetching')
  const fetched = await fetchPlugin(order.spec, { link: order.link, before: cutoff(policy, tools.now()) }, job.staging, { npm, programs: tools.programs, signal: job.signal, phase: job.phase })
  const known = await identified(fetched, tools)
  const before = job.lock[known.manifest.id]
  job.phase('checking')
  await checkNames(order, fetched, known, job.lock, tools)
  checkAdmission(policy, known.manifest.id, known.name)
  checkVersion(order, fetched, known, before)
  const tier = isTrusted(policy, known.manifest.id) || order.trusted ? 'trusted' : 'isolated'
  if (known.manifest.tier === 'trusted' && tier !== 'trusted') throw fail('NEXUS_PLUGINS_NEEDS_TRUST', { plugin: known.manifest.id })
  const dependencies = await completed(fetched, known, policy, npm, job, tools)
  const bytes = fetched.source === 'link' ? 0 : (await checkFiles(known.folder, { native: known.manifest.capabilities.includes('native') })).bytes
  const list = fetched.source === 'link' ? undefined : await hashed(known.folder, job)
  const scan = fetched.source === 'link' ? undefined : await scanned(known.folder, job, tools)
  return ready({ order, fetched, known, before, policy, tier, dependencies, bytes, list, scan, containment: await tools.containment(job.call) }, tools)
}

interface Parts {
  readonly order: Order; readonly fetched: Fetched; readonly known: Known; readonly before: LockEntry | undefined; readonly policy: Policy; readonly tier: Asked['tier']
  readonly dependencies: readonly Dependency[]; readonly bytes: number; readonly list: FileList | undefined; readonly scan: Scan; readonly containment: Awaited<ReturnType<Tools['containment']>>
}

function ready({ order, fetched, known, before, policy, tier, dependencies, bytes, list, scan, containment }: Parts, tools: Tools): Ready {
  const { manifest, name, version, pkg } = known
  const { source, place, integrity } = fetched
  const asked = askedBy(manifest, tier)
  const trust = order.trusted && !isTrusted(policy, manifest.id)
  const own = ['preinstall', 'install', 'postinstall'].some((script) => Object.hasOwn(pkg?.scripts ?? {}, script)) ? [name] : []
  const consent = consentTo({
    id: manifest.id, name, version, source, spec: specText(order.asked ?? order.spec), integrity, manifest, asked, trust, scan, containment,
    ...(before && { from: before.version, more: { asked: moreThan(before.grant, asked) } }),
    dependencies: { count: dependencies.length, bytes, scripts: [...own, ...dependencies.filter(({ scripts }) => scripts).map((one) => one.name)] },
  })
  const common = { name, version, spec: specText(order.asked ?? order.spec), scanned: scan ? { by: tools.scanner?.by ?? '', at: tools.now(), verdict: scan.verdict } : false as const }
  return {
    consent, asked, manifest, trust, before,
    entry: source === 'link' || !list || integrity === undefined ? { ...common, source: 'link', dir: place } : { ...common, source, integrity, place: known.folder, list },
  }
}

/** Who it is. Where the code is the author's own, its manifest may have to be found out. */
async function identified({ source, place }: Fetched, tools: Tools): Promise<Known> {
  const isFile = (await stat(place)).isFile()
  const folder = isFile ? dirname(place) : place
  if (source === 'file') return copied(place, await tools.describe(place))
  if (source !== 'link') {
    const pkg = await readPackage(folder)
    const manifest = await wholeManifest(folder, pkg)
    return { manifest, pkg, name: pkg.name, version: pkg.version, folder }
  }
  const pkg = isFile ? undefined : await readPackage(folder).catch(() => undefined /* an author's folder need not be a package yet */)
  const manifest = pkg?.nexus !== undefined && !isStub(pkg.nexus) ? await wholeManifest(folder, pkg) : await tools.describe(place)
  return { manifest, pkg, name: pkg?.name ?? manifest.id, version: pkg?.version ?? manifest.version ?? '0.0.0', folder }
}

/** With its manifest beside it, so that nobody has to run it again to know. */
async function copied(file: string, described: Manifest): Promise<Known> {
  const manifest = { ...described, entry: basename(file) }
  const version = manifest.version ?? '0.0.0'
  const pkg = { name: manifest.id, version, private: true, type: 'module', nexus: manifest }
  await writeFile(join(dirname(file), 'package.json'), `${JSON.stringify(pkg, null, 2)}\n`)
  return { manifest, pkg: undefined, name: manifest.id, version, folder: dirname(file) }
}

async function checkNames({ spec, allowSimilar, update }: Order, { source }: Fetched, { manifest: { id }, name }: Known, lock: Lock, tools: Tools): Promise<void> {
  const firstParty = firstPartyIds(tools).filter((one) => !Object.hasOwn(lock, one))
  if (firstParty.includes(id)) throw fail('NEXUS_PLUGINS_RESERVED', { plugin: id })
  if (spec.kind === 'npm' && spec.name !== name) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: 'its package.json names another package' })
  if (update !== undefined && update !== id) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: 'it has another id than the plugin that it would replace' })
  const present = lock[id]
  if (present && present.name !== name) throw fail('NEXUS_PLUGINS_OTHER_PACKAGE', { plugin: id, other: present.name })
  const installed = Object.entries(lock).filter(([one]) => one !== id).map(([one, entry]) => ({ id: one, name: entry.name }))
  const other = allowSimilar || source === 'link' || source === 'file' || !isPackageName(name) ? undefined : mistakenFor(name, installed, firstParty)
  if (other !== undefined) throw fail('NEXUS_PLUGINS_SIMILAR', { other })
}

function checkVersion({ downgrade }: Order, { source, integrity }: Fetched, { manifest: { id }, version }: Known, before: LockEntry | undefined): void {
  if (!before || before.source === 'link') return
  if (compareVersions(version, before.version) < 0 && !downgrade) throw fail('NEXUS_PLUGINS_DOWNGRADE', { plugin: id, version, current: before.version })
  // In a registry a version is written once.
  if (source === 'npm' && before.source === 'npm' && version === before.version && integrity !== before.integrity) throw fail('NEXUS_PLUGINS_MISMATCH', { plugin: id, version })
}

/** Its libraries beside it. */
async function completed({ source }: Fetched, { pkg, name, version, folder, manifest }: Known, policy: Policy, npm: Npm, job: Job, tools: Tools): Promise<Dependency[]> {
  if (!pkg || source === 'link') return []
  if (!manifest.capabilities.includes('native') && (pkg.gypfile !== undefined || Object.values(pkg.scripts).some((script) => /node-gyp|prebuild|cmake-js/.test(String(script))))) throw fail('NEXUS_PLUGINS_NATIVE', { what: 'the package' })
  const now = tools.now()
  const own = source === 'npm' ? [{ name, version }] : []
  const wanted = wantedOf(pkg)
  const dir = join(job.staging, 'dependencies')
  if (wanted) job.phase('resolving')
  const found = wanted ? await resolveDependencies(dir, wanted, npm, cutoff(policy, now)) : []
  job.phase('checking')
  await checkAges([...own, ...found], policy, now, npm, join(job.staging, 'ages'))
  if (found.length === 0) return []
  await checkTarballs(join(job.staging, 'tarballs'), found, { npm, before: cutoff(policy, now), signal: job.signal })
  job.phase('installing')
  await installDependencies(dir, folder, npm)
  return found
}

async function hashed(folder: string, job: Job): Promise<FileList> {
  job.phase('hashing')
  return sealed(folder)
}
