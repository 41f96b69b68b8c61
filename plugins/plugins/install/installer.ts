/** Everything that installing can do: the methods, on top of the parts. One change of what is installed at a time. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Call, Manifest } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { capabilityLines } from './consent.ts'
import { doctor } from './doctor.ts'
import { diskFault, removeTree } from './disk.ts'
import { askedBy, moreThan, type Asked } from './grant.ts'
import { sha512 } from './hashes.ts'
import { atHand, dropLibraries, fetchLibraries, libraryRows, placeLibraries, shippedLock, type LibraryJob } from './libraries.ts'
import { changeLock, readLock, withEntry, type Lock, type LockEntry } from './lockfile.ts'
import { npmOf } from './npm.ts'
import { outdatedRow, search } from './outdated.ts'
import { dataDir, isOn, orBack, place } from './place.ts'
import { newStaging, orphans, removePlugin, staleStagings } from './places.ts'
import { presentManifest } from './present.ts'
import { cutoff, isTrusted, policyOf } from './policy.ts'
import { applySettings } from './settings.ts'
import { parseSpec, specText } from './spec.ts'
import { stage, type Order } from './stage.ts'
import { createTickets, type Outcome, type Ticket } from './tickets.ts'
import { firstPartyIds, type Changed, type Tools } from './tools.ts'
import { compareVersions } from './version.ts'
import type { GrantRow, InstallFinding, LibraryRow, OutdatedRow, FoundRow, Report, Staged, InstallPhase } from './verbs.ts'

export interface StageParams { readonly spec?: string | undefined; readonly id?: string | undefined; readonly link: boolean; readonly trusted: boolean; readonly allowSimilar: boolean; readonly downgrade: boolean; readonly libraries: boolean }
export interface Installer {
  stage(params: StageParams, call: Call): Promise<Staged>
  staged(ticket: string, seen: InstallPhase | undefined, signal: AbortSignal): Promise<Staged>
  commit(ticket: string, accept: string, call: Call): Promise<Report>
  discard(ticket: string): Promise<void>
  remove(id: string, data: boolean, call: Call): Promise<Report>
  turn(id: string, on: boolean, call: Call): Promise<Report>
  /** Nothing for a plugin that brings none. */
  libraries(id: string): Promise<{ libraries?: LibraryRow[] }>
  grants(id: string | undefined): Promise<GrantRow[]>
  agree(id: string, accept: string, call: Call): Promise<Report>
  outdated(id: string | undefined, signal: AbortSignal): Promise<OutdatedRow[]>
  search(text: string, signal: AbortSignal): Promise<FoundRow[]>
  doctor(fix: boolean): Promise<{ findings: InstallFinding[]; repaired: string[] }>
  close(): Promise<void>
}

const atOnce = 4

export function createInstaller(tools: Tools, onProgress: (staged: Staged) => void): Installer {
  const { dir } = tools
  const own = new Set<string>()
  const tickets = createTickets({ dir, own, now: tools.now, after: tools.after, changed: onProgress, unforeseen: (error) => tools.log.error('a plugin could not be staged', { error }) })
  let last: Promise<unknown> = Promise.resolve()

  function alone<T>(work: () => Promise<T>): Promise<T> {
    const done = last.then(work)
    last = done.catch(() => {})
    return done
  }

  /** What interrupted installs have left; not while another one is between its folder and its entry. */
  const sweep = (): Promise<void> => alone(async () => {
    for (const path of await staleStagings(dir, own)) await removeTree(path)
    await changeLock(dir, async (lock) => {
      for (const path of await orphans(dir, lock)) await removeTree(path)
      return lock
    })
  })

  async function inScratch<T>(work: (folder: string) => Promise<T>): Promise<T> {
    const folder = await newStaging(dir, own)
    try {
      return await work(folder)
    } finally {
      await removeTree(folder)
      own.delete(folder)
    }
  }

  async function installedEntry(id: string): Promise<{ lock: Lock; entry: LockEntry }> {
    const lock = await readLock(dir)
    const entry = Object.hasOwn(lock, id) ? lock[id] : undefined
    if (!entry) throw fail('NEXUS_PLUGINS_NOT_INSTALLED')
    return { lock, entry }
  }

  async function work(order: Order, ticket: Ticket, call: Call): Promise<Outcome> {
    const lock = await readLock(dir)
    const wanted = order.update === undefined ? order : await newer(order, lock[order.update], ticket)
    if (wanted === undefined) return 'current'
    const ready = await stage(wanted, { ...ticket, call, lock }, tools)
    // From a place without versions comes what it has now; the same again is nothing new, and nothing goes back by itself.
    const { before, entry } = ready
    if (order.update !== undefined && before && (entry.source === 'link' || (before.source !== 'link' && entry.list.digest === before.files))) return 'current'
    return { ready, enable: order.update === undefined }
  }

  /** The newest version that the spec allows and that is old enough; `undefined` if that is what is installed. */
  async function newer(order: Order, entry: LockEntry | undefined, { staging, signal, phase }: Ticket): Promise<Order | undefined> {
    if (!entry || entry.source === 'link') return undefined
    if (order.spec.kind !== 'npm') return order
    phase('fetching')
    const npm = npmOf(tools.programs, signal)
    const folder = join(staging, 'versions')
    const limit = cutoff(policyOf(tools.control.current()), tools.now())
    const higher = (await npm.versions(specText(order.spec), folder)).filter((version) => compareVersions(version, entry.version) > 0)
    const times = limit && higher.length > 0 ? await npm.times(order.spec.name, folder) : {}
    // One whose age is not known is tried, so that somebody is told.
    const [version] = higher.filter((one) => !limit || !(Date.parse(times[one] ?? '') > limit.getTime())).sort((a, b) => compareVersions(b, a))
    return version === undefined ? undefined : { ...order, asked: order.spec, spec: { ...order.spec, range: version } }
  }

  const report = (id: string, { scheduled, started, stopped, blocked }: Changed, more: Partial<Report> = {}): Report =>
    ({ id, ...more, ...(scheduled && { scheduled }), started: [...started], stopped: [...stopped], blocked: [...blocked] })

  /** Either what is installed, or what ships with the gateway, or what is listed by path. */
  async function checkKnown(id: string, lock: Lock): Promise<void> {
    const { raw } = await tools.control.check()
    const listed = Array.isArray(raw['plugins']) && raw['plugins'].some((entry) => entry === id || entry === `-${id}`)
    if (!listed && !Object.hasOwn(lock, id) && !tools.kernel.inspect(id) && !firstPartyIds(tools).includes(id)) throw fail('NEXUS_PLUGINS_UNKNOWN')
  }

  /** Fetches what the plugin `id` lacks; what changes is changed under `turn`. */
  async function supply(id: string, job: LibraryJob, turn: <T>(work: () => Promise<T>) => Promise<T>): Promise<void> {
    const lock = await shippedLock(id, tools)
    if (!lock || await atHand(lock, dir)) return
    try {
      await fetchLibraries(lock, job, tools)
      await turn(() => placeLibraries(lock, job.staging, dir))
    } catch (error) {
      throw diskFault(error)
    }
    tools.log.info('the libraries of a plugin were fetched', { plugin: id, libraries: lock.libraries })
  }

  /** One that could not be set up for want of its libraries is tried again; the settings say nothing new. */
  async function revived(id: string, changed: Changed, call: Call): Promise<Changed> {
    if (changed.scheduled || tools.kernel.inspect(id)?.error?.code !== 'NEXUS_PLUGINS_LIBRARY') return changed
    return tools.kernel.reload([id], call)
  }

  async function turnOff(id: string, list: 'off' | 'unlisted', call: Call): Promise<Report> {
    const changed = await applySettings({ id, list }, call, tools)
    // Put off until this call has ended: till then they may still be wanted. What is left is swept by `doctor`.
    if (!changed.scheduled && !isOn(id, tools)) await dropLibraries(id, dir)
    return report(id, changed)
  }

  const tierOf = (manifest: Manifest, entry: LockEntry): Asked['tier'] => (manifest.tier === 'trusted' || isTrusted(policyOf(tools.control.current()), manifest.id) ? 'trusted' : entry.grant.tier)

  async function beyond(entry: LockEntry): Promise<{ asked: Asked; more: Asked | undefined; digest: string }> {
    const manifest = await presentManifest(entry, tools)
    const asked = askedBy(manifest, tierOf(manifest, entry))
    return { asked, more: moreThan(entry.grant, asked), digest: sha512(JSON.stringify(asked)) }
  }

  return {
    async stage({ spec, id, link, libraries, ...flags }, call) {
      await sweep().catch((error: unknown) => { throw diskFault(error) })
      if ((spec === undefined) === (id === undefined) || (libraries && id === undefined)) throw fail('NEXUS_PLUGINS_SPEC')
      if (libraries) return tickets.get(await tickets.open(async (ticket) => {
        await supply(id!, ticket, alone)
        return 'current'
      }))
      const order: Order = { ...flags, link, spec: parseSpec(spec ?? (await installedEntry(id!)).entry.spec), ...(id !== undefined && { update: id, downgrade: false, allowSimilar: true }) }
      return tickets.get(await tickets.open((ticket) => work(order, ticket, call)))
    },
    staged: (ticket, seen, signal) => tickets.wait(ticket, seen, signal),
    async commit(ticket, accept, call) {
      const { ready, enable } = tickets.take(ticket, accept)
      try {
        const changed = await alone(() => place(ready, { enable }, call, tools))
        tools.log.info('a plugin was installed', { plugin: ready.manifest.id, version: ready.entry.version, integrity: ready.consent.integrity, by: call.caller.id })
        return report(ready.manifest.id, changed, { version: ready.entry.version, ...(ready.before && { from: ready.before.version }) })
      } finally {
        await tickets.discard(ticket)
      }
    },
    discard: (ticket) => tickets.discard(ticket),
    remove: (id, data, call) => alone(async () => {
      if (await shippedLock(id, tools) && !Object.hasOwn(await readLock(dir), id)) return turnOff(id, 'off', call)
      const { entry } = await installedEntry(id)
      const changed = await applySettings({ id, list: 'gone' }, call, tools)
      await changeLock(dir, (lock) => withEntry(lock, id, undefined))
      // Put off until this call has ended: till then its code may still be wanted. What is left is swept.
      if (entry.source !== 'link' && !changed.scheduled) await removePlugin(dir, entry.dir)
      if (data) await rm(dataDir(dir, id), { recursive: true, force: true })
      tools.log.info('a plugin was removed', { plugin: id, by: call.caller.id })
      return report(id, changed, { version: entry.version, ...(!data && { data: dataDir(dir, id) }) })
    }),
    turn: (id, on, call) => alone(async () => {
      const lock = await readLock(dir)
      await checkKnown(id, lock)
      const stays = firstPartyIds(tools).includes(id) || (tools.kernel.inspect(id) !== undefined && !Object.hasOwn(lock, id))
      if (!on) return turnOff(id, stays ? 'off' : 'unlisted', call)
      await inScratch((staging) => supply(id, { staging, signal: call.signal, phase: () => {} }, (work) => work()))
      return report(id, await revived(id, await applySettings({ id, list: 'on' }, call, tools), call))
    }),
    libraries: (id) => libraryRows(id, tools),
    async grants(id) {
      const lock = id === undefined ? await readLock(dir) : await installedEntry(id).then(({ entry }) => ({ [id]: entry }))
      return Promise.all(Object.entries(lock).map(async ([one, entry]) => {
        const { name, version, source, spec, scanned, grant } = entry
        const found = id === undefined ? undefined : await beyond(entry)
        return { id: one, name, version, source, spec, scanned: scanned !== false, ...grant, ...(found?.more && { more: { sections: capabilityLines(found.more), digest: found.digest } }) }
      }))
    },
    agree: (id, accept, call) => alone(async () => {
      const { entry: before } = await installedEntry(id)
      const { asked, digest, more } = await beyond(before)
      if (digest !== accept) throw fail('NEXUS_PLUGINS_ACCEPT')
      if (!more) return report(id, { started: [], stopped: [], blocked: [] }, { noop: true })
      const entry: LockEntry = { ...before, grant: { ...asked, at: tools.now(), by: call.caller.id } }
      await changeLock(dir, (lock) => withEntry(lock, id, entry))
      const wanted = isOn(id, tools)
      return report(id, await orBack({ id }, { id, entry, before, wanted, keepFolder: true }, call, tools), { version: entry.version })
    }),
    outdated: (id, signal) => inScratch(async (folder) => {
      const { lock } = id === undefined ? { lock: await readLock(dir) } : await installedEntry(id)
      const rows = Object.entries(lock).filter(([one]) => id === undefined || one === id)
      const npm = npmOf(tools.programs, signal)
      const found: OutdatedRow[] = []
      for (let i = 0; i < rows.length; i += atOnce) found.push(...await Promise.all(rows.slice(i, i + atOnce).map(([one, entry]) => outdatedRow(one, entry, npm, folder))))
      return found
    }),
    search: (text, signal) => inScratch((folder) => search(text, npmOf(tools.programs, signal), folder)),
    doctor: (fix) => alone(() => doctor(fix, own, tools)),
    async close() {
      await tickets.close()
      await last
    },
  }
}
