/**
 * Puts what was agreed to in its place: folder, lockfile, settings, in this order, so that at every instant either the
 * old or the new one is whole. If the gateway cannot run the new one, all of it is taken back.
 */
import { rename, writeFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import { join } from 'node:path'
import type { Call } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { diskFault, syncDir } from './disk.ts'
import type { Grant } from './grant.ts'
import { changeLock, withEntry, type LockEntry } from './lockfile.ts'
import { dirName, removePlugin } from './places.ts'
import { applySettings, restoreSettings, type Wish } from './settings.ts'
import type { Ready } from './stage.ts'
import type { Changed, Tools } from './tools.ts'

/** Throws NEXUS_PLUGINS_ACCEPT if another one was installed meanwhile, NEXUS_PLUGINS_NOT_STARTED, and what the settings refuse it for. */
export async function place(ready: Ready, { enable }: { readonly enable: boolean }, call: Call, tools: Tools): Promise<Changed> {
  const { manifest: { id }, before, trust } = ready
  const entry = await installed(ready, call, tools)
  const wanted = enable || isOn(id, tools)
  const changed = await orBack({ id, ...(enable && { list: 'on' }), ...(trust && { trust }) }, { id, entry, before, wanted }, call, tools)
  if (before && before.source !== 'link') await removePlugin(tools.dir, before.dir)
  return changed
}

/** The folder is there before the lockfile speaks of it, and never without it. */
async function installed({ manifest: { id }, before, entry: staged, asked }: Ready, call: Call, { dir, now }: Tools): Promise<LockEntry> {
  const grant: Grant = { ...asked, at: now(), by: call.caller.id }
  let made: string | undefined
  let entry: LockEntry | undefined
  try {
    await changeLock(dir, async (lock) => {
      if (!isDeepStrictEqual(lock[id], before)) throw fail('NEXUS_PLUGINS_ACCEPT')
      if (staged.source === 'link') entry = { ...staged, grant }
      else {
        const { place: folder, list, ...rest } = staged
        made = dirName(id, list.digest)
        entry = { ...rest, dir: made, files: list.digest, grant }
        await writeFile(`${folder}.files.json`, list.text, { mode: 0o600, flush: true })
        await rename(`${folder}.files.json`, join(dir, `${made}.files.json`))
        await rename(folder, join(dir, made))
        await syncDir(dir)
      }
      return withEntry(lock, id, entry)
    })
  } catch (error) {
    if (made !== undefined) await removePlugin(dir, made)
    throw diskFault(error)
  }
  return entry!
}

interface Step { readonly id: string; readonly entry: LockEntry; readonly before: LockEntry | undefined; /** It must run after this. */ readonly wanted: boolean; /** Both are in the same folder. */ readonly keepFolder?: boolean }

/** Changes the settings; if the plugin does not run then, lockfile, folder and settings are as before. */
export async function orBack(wish: Wish, { id, entry, before, wanted, keepFolder }: Step, call: Call, tools: Tools): Promise<Changed> {
  const { dir } = tools
  const view = await tools.control.check()
  async function back(): Promise<void> {
    await changeLock(dir, (lock) => (isDeepStrictEqual(lock[id], entry) ? withEntry(lock, id, before) : lock))
    if (entry.source !== 'link' && !keepFolder) await removePlugin(dir, entry.dir)
  }
  let changed: Changed
  try {
    changed = await applySettings(wish, call, tools)
  } catch (error) {
    await back()
    throw error
  }
  const reason = wanted ? notRunning(id, changed, tools) : undefined
  if (reason === undefined) return changed
  await back()
  await restoreSettings(view, call, tools)
  throw fail('NEXUS_PLUGINS_NOT_STARTED', { plugin: id, reason })
}

export const isOn = (id: string, { kernel }: Pick<Tools, 'kernel'>): boolean => kernel.inspect(id) !== undefined

function notRunning(id: string, { scheduled }: Changed, { kernel, control }: Tools): string | undefined {
  // A safe start runs no plugins of others, and what is put off cannot be looked at yet.
  if (scheduled || control.mode().mode === 'safe') return undefined
  const found = kernel.inspect(id)
  if (found?.state === 'active') return undefined
  return found?.error ? `${found.error.message}. ${found.error.fix}` : 'something else than the list in the settings leaves it out'
}

/** Where a plugin of the isolated tier may keep files. */
export const dataDir = (dir: string, id: string): string => join(dir, 'data', id)
