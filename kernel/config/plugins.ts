/** The list `plugins`: edits of the default set, from the file first and then from the command line. */
import { homedir } from 'node:os'
import { isAbsolute, resolve } from 'node:path'

export interface Selection {
  /** First-party ids, absolute paths and package names, in order, each once. */
  readonly entries: readonly string[]
  /** What was named with a dash; may be the id of a plugin whose manifest is not read yet. */
  readonly without: readonly string[]
}

export const isPath = (entry: string): boolean => isAbsolute(entry) || /^\.{1,2}\/|^~\//.test(entry)

/** Makes the paths in a list absolute; `dir` is where the list was written. */
export function anchored(list: readonly string[], dir: string): string[] {
  return list.map((edit) => {
    const [dash, entry] = edit.startsWith('-') ? ['-', edit.slice(1)] : ['', edit]
    return isPath(entry) ? dash + resolve(dir, entry.replace(/^~(?=\/)/, homedir())) : edit
  })
}

/**
 * `"x"` adds, `"-x"` leaves out, `"-*"` empties. A first-party plugin that has settings is turned on too,
 * never one named with a dash, and none once the list was emptied.
 */
export function select(edits: readonly string[], defaults: readonly string[], configured: readonly string[]): Selection {
  const entries = new Set(defaults)
  const without = new Set<string>()
  for (const edit of edits) {
    if (edit === '-*') entries.clear()
    else if (edit.startsWith('-')) {
      without.add(edit.slice(1))
      entries.delete(edit.slice(1))
    } else {
      without.delete(edit)
      entries.add(edit)
    }
  }
  if (!edits.includes('-*')) for (const id of configured) if (!without.has(id)) entries.add(id)
  return { entries: [...entries], without: [...without] }
}

/** `a,b,./c.ts` as the command line has it. */
export const splitList = (text: string): string[] => text.split(',').map((one) => one.trim()).filter((one) => one !== '')

