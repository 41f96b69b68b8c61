/** Every way to change the settings ends here: settled, guarded, checked as a whole, and only then written. */
import { pathText, valueAt, type Call, type ConfigControlApi, type ConfigView, type KeyPath } from 'nexus-gateway/sdk'
import type { Change, Disk } from './change.ts'
import type { ConfigWriteResult } from './contract.ts'
import { applyTree, readText } from './edit.ts'
import { fail } from './errors.ts'
import { checkGuard, isGuarded } from './guard.ts'
import { faulty } from './issues.ts'
import { redactTree } from './redact.ts'
import { changes, isTable, within, type Table } from './tree.ts'

export interface Base { readonly baseHash?: string | undefined; readonly force?: boolean | undefined }
interface Writer { readonly control: ConfigControlApi; readonly version: string }

const mostNamed = 200

/**
 * Throws NEXUS_CONFIG_BASE_HASH, _STALE, _BROKEN, _FAULTY and _GUARDED besides what `change` and the gateway throw.
 * `exact`: the text is written as the change gives it.
 */
export async function write({ control, version }: Writer, base: Base, change: Change, call: Call, exact = false): Promise<ConfigWriteResult> {
  const view = await control.check()
  if (view.exists && base.baseHash === undefined) throw fail('NEXUS_CONFIG_BASE_HASH')
  if (base.baseHash !== undefined && base.baseHash !== view.hash) throw fail('NEXUS_CONFIG_STALE')
  const schema = control.schema()
  const disk: Disk = { view, control, raw: await rawOf(view), merged: view.merged, shown: redactTree(view.resolved, schema, view.raw) }
  const wanted = await change(disk, call.caller)
  if (wanted === view.text) return answer(control, { changed: [], noop: true })

  await checkBeforehand(control, wanted, disk.raw, call)
  const first = await checked(control, wanted)
  checkGuard(call.caller, schema, [{ before: disk.raw, after: first.raw }, { before: view.merged, after: first.merged }])
  const text = exact ? wanted : await applyTree(wanted, stamped(first.raw, version))
  if (text !== wanted) await checked(control, text)
  const { report, restart } = await control.write(text, { baseHash: view.hash, ...(base.force && !isGuarded(call.caller) && { force: true }) }, call)
  const changed = changes(disk.raw, first.raw).flatMap((path) => within(valueAt(first.raw, path) ?? valueAt(disk.raw, path), path))
  return answer(control, { changed, restart, report })
}

/**
 * Before anything that the text names is read: what a caller may not write, it may not try out either.
 * Throws NEXUS_CONFIG_GUARDED, NEXUS_CONFIG_TEXT.
 */
export async function checkBeforehand(control: ConfigControlApi, text: string, raw: Table, { caller }: Call): Promise<void> {
  if (isGuarded(caller)) checkGuard(caller, control.schema(), [{ before: raw, after: await readText(text) }])
}

async function checked(control: ConfigControlApi, text: string): Promise<ConfigView> {
  const view = await control.check(text)
  if (view.faults.length > 0) throw await faulty(control, view)
  return view
}

/** What a file with faults amounts to is not reliable: then it is what its text says. */
export async function rawOf({ faults, raw, text }: ConfigView): Promise<Table> {
  return faults.length === 0 ? raw : readText(text).catch(() => ({}) /* whoever needs the text is told that it cannot be read */)
}

/** Also puts on disk what migrations have made of the settings in memory. */
function stamped(raw: Table, version: string): Table {
  const { meta } = raw
  if (meta !== undefined && !isTable(meta)) return raw
  return { ...raw, meta: { ...(meta as Table | undefined), lastTouchedVersion: version } }
}

interface Done { readonly changed: readonly KeyPath[]; readonly noop?: true; readonly restart?: readonly string[]; readonly report?: { readonly scheduled?: true; readonly started: readonly string[]; readonly stopped: readonly string[]; readonly blocked: readonly string[] } }

async function answer(control: ConfigControlApi, { changed, noop, restart = [], report }: Done): Promise<ConfigWriteResult> {
  const { file, hash, resolved, raw } = control.current()
  return {
    ok: true, ...(noop && { noop }), path: file, hash,
    changed: changed.slice(0, mostNamed).map(pathText),
    restart: [...restart],
    report: { ...(report?.scheduled && { scheduled: report.scheduled }), started: [...report?.started ?? []], stopped: [...report?.stopped ?? []], blocked: [...report?.blocked ?? []] },
    notes: (await Promise.all(changed.slice(0, 20).map((path) => shadow(control, path)))).flat(),
    config: redactTree(resolved, control.schema(), raw),
  }
}

async function shadow(control: ConfigControlApi, path: KeyPath): Promise<string[]> {
  const { layer, name } = await control.explain(path)
  return layer === 'override' ? [`"${pathText(path)}" is overridden${name === undefined ? '' : ` by ${name}`}; what was written takes effect without that`] : []
}
