/** From a spec to the files of a plugin in the staging folder. Nothing of them is run. */
import { constants } from 'node:fs'
import { copyFile, mkdir, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fail } from '../errors.ts'
import { archiveLimits, unpack } from './archive.ts'
import { checkout } from './git.ts'
import { hashFile } from './hashes.ts'
import type { Npm } from './npm.ts'
import type { Programs } from './programs.ts'
import type { Spec } from './spec.ts'
import type { InstallPhase } from './verbs.ts'

export type Source = 'npm' | 'tarball' | 'git' | 'folder' | 'file' | 'link'
export interface Fetched {
  readonly source: Source
  /** The plugin's folder; for a link, and for a single file, the author's own or the copy of it. */
  readonly place: string
  /** Of the tarball or the file; none for a link. */
  readonly integrity?: string
}
export interface FetchTools { readonly npm: Npm; readonly programs: Programs; readonly signal: AbortSignal; phase(name: InstallPhase): void }

const code = /\.[cm]?[jt]s$/
const archive = /\.(tgz|tar\.gz)$/i

/** `staging` is an empty folder. `before`: no version of the registry that is younger. */
export async function fetchPlugin(spec: Spec, { link, before }: { readonly link: boolean; readonly before?: Date | undefined }, staging: string, tools: FetchTools): Promise<Fetched> {
  if (link) return linked(spec)
  const { npm } = tools
  const packed = join(staging, 'fetched')
  await mkdir(packed, { mode: 0o700 })
  if (spec.kind === 'npm') return unpacked('npm', await npm.pack(spec.range === '' ? spec.name : `${spec.name}@${spec.range}`, packed, before), staging, tools)
  if (spec.kind === 'git') {
    const clone = join(staging, 'clone')
    await checkout(spec, clone, tools.programs, tools.signal)
    return unpacked('git', await npm.pack(clone, packed), staging, tools)
  }
  const { path } = spec
  const found = await stat(path).catch((error: unknown) => { throw fail('NEXUS_PLUGINS_NO_PLACE', {}, error) })
  if (found.isDirectory()) return unpacked('folder', await npm.pack(path, packed), staging, tools)
  if (!found.isFile() || found.size > archiveLimits.bytes) throw fail('NEXUS_PLUGINS_ARCHIVE', { reason: 'it is no file of a fit size' })
  // Copied first: what is looked at must be what is used.
  const copy = join(packed, archive.test(path) ? 'package.tgz' : basename(path))
  await copyFile(path, copy, constants.COPYFILE_EXCL)
  if (archive.test(path)) return unpacked('tarball', copy, staging, tools)
  if (code.test(path)) return singleFile(copy, staging)
  throw fail('NEXUS_PLUGINS_SPEC')
}

async function linked(spec: Spec): Promise<Fetched> {
  if (spec.kind !== 'path') throw fail('NEXUS_PLUGINS_NOT_LINKABLE')
  const found = await stat(spec.path).catch((error: unknown) => { throw fail('NEXUS_PLUGINS_NO_PLACE', {}, error) })
  if (!found.isDirectory() && !(found.isFile() && code.test(spec.path))) throw fail('NEXUS_PLUGINS_NOT_LINKABLE')
  return { source: 'link', place: spec.path }
}

async function unpacked(source: Source, tarball: string, staging: string, { phase }: FetchTools): Promise<Fetched> {
  phase('unpacking')
  const place = join(staging, 'plugin')
  const integrity = await hashFile(tarball)
  await unpack(tarball, place)
  return { source, place, integrity }
}

/** It gets a folder of its own; its package.json is written when it is known what it is. */
async function singleFile(copy: string, staging: string): Promise<Fetched> {
  const place = join(staging, 'plugin')
  await mkdir(place, { mode: 0o700 })
  const file = join(place, basename(copy))
  await copyFile(copy, file)
  await writeFile(join(place, 'package.json'), '{"private":true,"type":"module"}', { mode: 0o600 })
  return { source: 'file', place: file, integrity: await hashFile(copy) }
}
