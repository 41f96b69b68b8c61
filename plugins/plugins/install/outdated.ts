/** What the registry has: newer versions of what is installed, and plugins that are looked for. */
import { NexusError } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import type { LockEntry } from './lockfile.ts'
import type { Npm } from './npm.ts'
import type { FoundRow, OutdatedRow } from './verbs.ts'
import { compareVersions } from './version.ts'

const highest = (versions: readonly string[]): string | undefined => [...versions].sort(compareVersions).at(-1)

/** `wanted` is what an update would install, `latest` what there is; only a registry can tell. */
export async function outdatedRow(id: string, { name, version: current, source, spec }: LockEntry, npm: Npm, dir: string): Promise<OutdatedRow> {
  if (source !== 'npm') return { id, name, current }
  try {
    const [wanted, latest] = [highest(await npm.versions(spec, dir)), highest(await npm.versions(name, dir))]
    return { id, name, current, ...(wanted !== undefined && { wanted }), ...(latest !== undefined && { latest }) }
  } catch (error) {
    return { id, name, current, error: error instanceof NexusError ? error.message : 'the registry could not be asked' }
  }
}

/** What authors mark their packages with; `nexus plugins new` does. */
const keyword = 'nexus-plugin'
const Found = v.object({ name: v.string(), version: v.string(), description: v.optional(v.string(), ''), keywords: v.optional(v.array(v.string()), []) })

export async function search(text: string, npm: Npm, dir: string): Promise<FoundRow[]> {
  // A word that begins with a dash is no option here, but the registry may take it for one.
  const words = text.split(/\s+/).map((word) => word.replace(/^-+/, '')).filter(Boolean)
  const found = await npm.search([...words, keyword].join(' '), dir)
  return found.flatMap((one) => {
    const { success, output } = v.safeParse(Found, one)
    return success && output.keywords.includes(keyword) ? [{ name: output.name, version: output.version, description: output.description }] : []
  })
}
