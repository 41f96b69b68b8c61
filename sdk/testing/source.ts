import type { Plugin } from '../../kernel/contract.ts'
import { memorySource, type Source } from '../../kernel/source.ts'

/** A source in memory whose content a test can change, as an author's editor changes a file. */
export interface EditableSource extends Source {
  edit(plugin: Plugin): void
}

export function editableSource(plugin: Plugin): EditableSource {
  let current = memorySource(plugin)
  return {
    ...current,
    manifest: () => current.manifest(),
    load: () => current.load(),
    edit(next) { current = memorySource(next) },
  }
}
