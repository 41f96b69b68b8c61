import type { Manifest, ManifestCommand } from '../manifest.ts'

export interface CommandEntry { readonly plugin: string; readonly command: ManifestCommand }
/** Full command name, such as `plugins list` → its owner. Known from manifests, so help runs no plugin code. */
export type CommandTable = ReadonlyMap<string, CommandEntry>

export function commandTable(manifests: Iterable<Manifest>): CommandTable {
  const table = new Map<string, CommandEntry>()
  for (const { id, commands } of manifests) for (const [name, command] of Object.entries(commands)) table.set(name, { plugin: id, command })
  return table
}
