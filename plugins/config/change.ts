/** What a writer asks for, as a new text for the file that is there. */
import { parsePath, pathText, valueAt, type Call, type ConfigControlApi, type ConfigView, type KeyPath } from 'nexus-gateway/sdk'
import { applyTree, readText, spliced } from './edit.ts'
import { parseDocument } from './edit-document.ts'
import { fail } from './errors.ts'
import { isGuarded } from './guard.ts'
import { faulty, faultTexts } from './issues.ts'
import { redactComment } from './redact.ts'
import { settle, settleComments, type Known } from './settle.ts'
import { isTable, merged, removals, withoutValue, withValue, type Table } from './tree.ts'

export interface Disk extends Known { readonly view: ConfigView; readonly control: ConfigControlApi }
export type Change = (disk: Disk, caller: Call['caller']) => Promise<string>

/**
 * A whole new text. One in strict JSON for a file that is not is taken for a tree that a program has written out:
 * then only what differs is changed. What an agent sends is always taken for a tree.
 */
export const toText = (raw: string): Change => async (disk, caller) => {
  const given = await readText(raw).catch(async (error: unknown) => {
    // The gateway says better what is wrong, but reads for it whatever the text names.
    const view = isGuarded(caller) ? undefined : await disk.control.check(raw)
    throw view && view.faults.length > 0 ? await faulty(disk.control, view) : error
  })
  const { text } = disk.view
  if (text.trim() !== '' && (isGuarded(caller) || (isJson(raw) && !isJson(text)))) return applyTree(await readable(disk), settle(given, disk, 'tree'))
  const settled = await applyTree(raw, settle(given, disk, 'text'))
  return withComments(settled, text)
}

/** A merge patch in JSON5. */
export const byPatch = (raw: string, replacePaths: readonly string[]): Change => async (disk) => {
  const patch = await readText(raw)
  const text = await readable(disk)
  for (const path of removals(patch)) await checkRemoval(disk, path)
  const replace = new Set(replacePaths.map((path) => pathText(parsePath(path))))
  return applyTree(text, settle(merged(disk.raw, patch, replace) as Table, disk, 'patch'))
}

export interface PathEdits { readonly set: readonly { readonly path: string; readonly value: unknown }[]; readonly unset: readonly string[] }

export const byPaths = ({ set, unset }: PathEdits): Change => async (disk) => {
  const text = await readable(disk)
  const gone = unset.map(parsePath)
  for (const path of gone) await checkRemoval(disk, path)
  const less = gone.reduce<unknown>(withoutValue, disk.raw)
  const tree = set.reduce<unknown>((before, { path, value }) => withValue(before, parsePath(path), value), less)
  if (!isTable(tree)) throw fail('NEXUS_CONFIG_SHAPE')
  return applyTree(text, settle(tree, disk, 'patch'))
}

export const toBackup = (id: string): Change => ({ control }) => control.backup(id)

/** Throws NEXUS_CONFIG_BROKEN for a file that nobody can read, and so nobody can change without losing something. */
async function readable({ view }: Disk): Promise<string> {
  try {
    await parseDocument(view.text)
  } catch (error) {
    throw fail('NEXUS_CONFIG_BROKEN', { file: view.file, faults: faultTexts(view.faults) }, error)
  }
  return view.text
}

/** What another file gives cannot be taken out of this one. */
async function checkRemoval({ raw, merged: whole, view, control }: Disk, path: KeyPath): Promise<void> {
  if (valueAt(raw, path) !== undefined || valueAt(whole, path) === undefined) return
  const { place, name } = await control.explain(path)
  throw fail('NEXUS_CONFIG_ELSEWHERE', { path: pathText(path), file: view.file, place: place ? `${place.file}:${place.line}` : name ?? 'another layer' })
}

/** Secrets that were covered in comments, where the comments have come back as they were shown. */
async function withComments(text: string, before: string): Promise<string> {
  const [now, old] = await Promise.all([parseDocument(text), parseDocument(before).catch(() => undefined /* what cannot be read was not shown */)])
  if (!old) return text
  const comments = settleComments(now.comments.map(({ start, end }) => text.slice(start, end)), old.comments.map(({ start, end }) => before.slice(start, end)), redactComment)
  return spliced(text, now.comments.map((span, i) => ({ ...span, text: comments[i]! })))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false // a comment, a bare key: whatever it is, it is more than JSON
  }
}

