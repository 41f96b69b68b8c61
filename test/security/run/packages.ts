/** What a case offers to install, and the verbs that install it and change what was installed. */
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { makeArchive } from './archives.ts'
import { lookupIn } from './lookup.ts'
import type { Input } from './schema.ts'
import type { Run, Seen } from './seen.ts'
import { rpc, type Way } from './talk.ts'
import { filledIn } from './variables.ts'

/** The run's own folder with its archives, and the tree beside which nothing may be written. */
export function preparePackages(run: Run): void {
  const { case: { setup: { archives, registry } }, work, made, full } = run
  if (!run.registry && Object.keys(archives).length === 0) return
  mkdirSync(join(work, 'outside', 'folder'), { recursive: true, mode: 0o700 })
  writeFileSync(join(work, 'outside', 'canary.txt'), 'canary')
  writeFileSync(join(work, 'outside', 'folder', 'inner.txt'), 'canary')
  // One by one: an archive may hold those before it.
  for (const [name, archive] of Object.entries(archives)) made.set(name, makeArchive(name, filledIn(archive, lookupIn(run)), { dir: work, full, made }))
  publish(run, filledIn(registry ?? {}, lookupIn(run)))
}

export function publish({ registry, made }: Run, packages: Input<'publish'>): Seen {
  if (!registry) throw new Error('a case that publishes has `registry` in its setup')
  for (const [name, entry] of Object.entries(packages)) registry.publish(name, entry, made)
  return { verb: 'publish', at: performance.now() }
}

/** Stages, waits and, unless told otherwise, agrees. `error` is that of whichever step failed, with NEXUS's code. */
export async function install(way: Way, { commit, ...params }: Input<'install'>): Promise<Seen> {
  let seen = await stage(way, params)
  let staged = (seen.payload ?? {}) as Staged
  for (let tries = 0; seen.ok && staged.state === 'working' && tries < mostTries; tries++) {
    await new Promise((resolve) => { setTimeout(resolve, pollMs) })
    seen = await rpc(way, { method: 'plugins.staged', params: { ticket: staged.ticket } })
    staged = (seen.payload ?? {}) as Staged
  }
  // Whatever the next step finds would be laid on something else.
  if (seen.fault !== undefined) throw new Error(`an install had no answer: ${seen.fault}`)
  if (!seen.ok) return told(seen)
  if (staged.state === 'working') return { ...seen, verb: 'install', ok: false, fault: `it was still ${staged.phase} after ${mostTries * pollMs / 1_000} s` }
  if (staged.state === 'ready' && commit) {
    const done = await rpc(way, { method: 'plugins.commit', params: { ticket: staged.ticket, accept: staged.consent?.digest } })
    if (done.fault !== undefined) throw new Error(`a commit had no answer: ${done.fault}`)
    return { ...told(done), payload: { ...staged, report: done.payload } }
  }
  await rpc(way, { method: 'plugins.discard', params: { ticket: staged.ticket } })
  return { ...seen, verb: 'install', at: performance.now(), ok: staged.state !== 'failed', error: staged.error }
}

interface Staged { readonly ticket?: string; readonly state?: string; readonly phase?: string; readonly error?: unknown; readonly consent?: { readonly digest?: string } }
const pollMs = 50
const mostTries = 1_200

/** There is room for a few at a time, and others of this gateway install too. */
async function stage(way: Way, params: object): Promise<Seen> {
  for (let tries = 0; ; tries++) {
    const seen = await rpc(way, { method: 'plugins.stage', params })
    if (codeOf(seen.error) !== 'NEXUS_PLUGINS_TOO_MANY' || tries >= mostTries) return seen
    await new Promise((resolve) => { setTimeout(resolve, 2 * pollMs) })
  }
}

const codeOf = (error: unknown): unknown => (error as { details?: { nexus?: unknown } } | undefined)?.details?.nexus
const told = (seen: Seen): Seen => ({ ...seen, verb: 'install', ...(codeOf(seen.error) !== undefined && { error: { ...seen.error as object, code: codeOf(seen.error) } }) })

/** Nothing to replace is an error: a case that changes nothing proves nothing. */
export function edit(_: Run, { file, from, to }: Input<'edit'>): Seen {
  const before = readFileSync(file, 'utf8')
  const after = before.replace(new RegExp(from, 'g'), to)
  if (after === before) throw new Error(`${file} has nothing like ${from}`)
  writeFileSync(file, after)
  return { verb: 'edit', at: performance.now() }
}

/** Takes the place of what is there. */
export function symlink(_: Run, { file, to }: Input<'symlink'>): Seen {
  rmSync(file, { recursive: true, force: true })
  mkdirSync(dirname(file), { recursive: true })
  symlinkSync(to, file)
  return { verb: 'symlink', at: performance.now() }
}
