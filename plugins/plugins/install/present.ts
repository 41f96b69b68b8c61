/** What an installed plugin says of itself as it is now. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import type { LockEntry } from './lockfile.ts'
import { isStub, readPackage, wholeManifest } from './package.ts'
import type { Tools } from './tools.ts'

/** Code is run for it only where it is the author's own, in a linked plugin. */
export async function presentManifest(entry: LockEntry, { dir, describe }: Pick<Tools, 'dir' | 'describe'>): Promise<Manifest> {
  if (entry.source !== 'link') return wholeManifest(join(dir, entry.dir), await readPackage(join(dir, entry.dir)))
  const found = await stat(entry.dir).catch((error: unknown) => { throw fail('NEXUS_PLUGINS_NO_PLACE', {}, error) })
  const pkg = found.isDirectory() ? await readPackage(entry.dir).catch(() => undefined /* an author's folder need not be a package yet */) : undefined
  return pkg?.nexus !== undefined && !isStub(pkg.nexus) ? wholeManifest(entry.dir, pkg) : describe(entry.dir)
}
