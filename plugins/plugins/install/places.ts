/** The folder `plugins` of the state directory: what may stand in it, and what is left over there. */
import { randomBytes, createHash } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isAlive, privateDir } from './disk.ts'
import type { Lock } from './lockfile.ts'

const staging = /^\.staging-(\d+)-[0-9a-f]{12}$/
const ours = /^[a-z][a-z0-9-]*-[0-9a-f]{12}(\.files\.json)?$/
const draft = /^\.lock\.json\.[0-9a-f]{12}\.tmp$/

/** A folder of its own for what is being installed; the process that it belongs to stands in its name. It is in `own` before it is there, so that no sweep takes it for a leftover. */
export async function newStaging(dir: string, own: Set<string>): Promise<string> {
  await privateDir(dir)
  const made = join(dir, `.staging-${process.pid}-${randomBytes(6).toString('hex')}`)
  own.add(made)
  await privateDir(made)
  return made
}

/** Never the same twice, so that what runs is not touched by what comes. */
export const dirName = (id: string, digest: string): string =>
  `${id.slice(0, 60)}-${createHash('sha256').update(digest).update(randomBytes(8)).digest('hex').slice(0, 12)}`

/** Stagings that nobody works in any more. `own`: those of this process that are in use. */
export async function staleStagings(dir: string, own: ReadonlySet<string>): Promise<string[]> {
  const names = (await readdir(dir).catch(() => [])).filter((name) => staging.test(name))
  return names.map((name) => join(dir, name)).filter((path, i) => {
    const pid = Number(staging.exec(names[i]!)?.[1])
    return pid === process.pid ? !own.has(path) : !isAlive(pid)
  })
}

/** What an install has put there, and no entry of the lockfile speaks of. */
export async function orphans(dir: string, lock: Lock): Promise<string[]> {
  const known = new Set(Object.values(lock).flatMap((entry) => (entry.source === 'link' ? [] : [entry.dir, `${entry.dir}.files.json`])))
  const names = await readdir(dir).catch(() => [])
  return names.filter((name) => (ours.test(name) && !known.has(name)) || draft.test(name)).map((name) => join(dir, name))
}

/** A folder and the list of its files. */
export async function removePlugin(dir: string, name: string): Promise<void> {
  await rm(join(dir, name), { recursive: true, force: true })
  await rm(join(dir, `${name}.files.json`), { force: true })
}
