/** What a package says of itself: its name, its version, its manifest and its dependencies. Nothing of it is run. */
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import * as v from 'valibot'
import { parseManifest } from 'nexus-gateway/sdk/hosting'
import type { Manifest } from 'nexus-gateway/sdk/hosting'
import { fail } from '../errors.ts'
import { isPackageName } from './spec.ts'
import { isVersion } from './version.ts'

const mostBytes = 1024 * 1024
const specs = v.optional(v.record(v.string(), v.string()), {})
const PackageJson = v.object({
  name: v.pipe(v.string(), v.check(isPackageName)),
  version: v.pipe(v.string(), v.check(isVersion)),
  nexus: v.optional(v.unknown()),
  dependencies: specs, optionalDependencies: specs, peerDependencies: specs,
  peerDependenciesMeta: v.optional(v.record(v.string(), v.object({ optional: v.optional(v.boolean()) })), {}),
  scripts: v.optional(v.record(v.string(), v.unknown()), {}),
  gypfile: v.optional(v.unknown()),
})
export type PackageJson = v.InferOutput<typeof PackageJson>

/** Throws NEXUS_PLUGINS_PACKAGE. */
export async function readPackage(dir: string): Promise<PackageJson> {
  const file = join(dir, 'package.json')
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: 'it has no package.json' })
  if (found.size > mostBytes) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: `its package.json is larger than ${mostBytes} bytes` })
  const result = v.safeParse(PackageJson, json(await readFile(file, 'utf8')))
  if (!result.success) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: `"${v.getDotPath(result.issues[0]) ?? 'package.json'}" in its package.json is not what npm takes` })
  return result.output
}

function json(text: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw fail('NEXUS_PLUGINS_PACKAGE', { reason: 'its package.json is not JSON' }, error)
  }
}

/** Whether a manifest says no more than where the code is. */
export const isStub = (nexus: unknown): boolean =>
  typeof nexus === 'object' && nexus !== null && Object.keys(nexus).every((key) => ['api', 'id', 'entry', 'cli'].includes(key))

/** Throws NEXUS_PLUGINS_NOT_A_PLUGIN, _STUB, NEXUS_PLUGIN_BAD_MANIFEST, NEXUS_PLUGIN_API_LEVEL. */
export async function wholeManifest(dir: string, { nexus, name, version }: PackageJson): Promise<Manifest> {
  if (nexus === undefined) throw fail('NEXUS_PLUGINS_NOT_A_PLUGIN')
  const manifest = parseManifest(nexus, 'package.json', name)
  if (isStub(nexus)) throw fail('NEXUS_PLUGINS_STUB', { plugin: manifest.id })
  for (const file of [manifest.entry, manifest.cli]) {
    if (file !== undefined && !(await stat(join(dir, file)).catch(() => undefined))?.isFile()) throw fail('NEXUS_PLUGINS_PACKAGE', { reason: `its manifest names the file "${file}", which is not in it` })
  }
  return { version, ...manifest }
}
