/**
 * Agents, schedules, channels and webhooks may change what a schema says they may, and nothing else, whatever way they
 * take: the settings before are compared with those after. What is not known to be allowed is refused.
 */
import { pathText, plain, valueAt, type Caller, type JsonSchema, type KeyPath } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { isAgentWritable } from './marks.ts'
import { changes, leaves } from './tree.ts'

/** Not in the order of trust but by name, so that a label that is added later is not trusted by chance. */
const trusted: readonly string[] = ['operator', 'device', 'plugin']
const mostNamed = 5

export const isGuarded = ({ label }: Caller): boolean => !trusted.includes(label)

export interface Pair { readonly before: unknown; readonly after: unknown }

/** Throws NEXUS_CONFIG_GUARDED with the keys that this caller may not change. */
export function checkGuard(caller: Caller, schema: JsonSchema, pairs: readonly Pair[]): void {
  if (!isGuarded(caller)) return
  const refused = [...new Set(pairs.flatMap(({ before, after }) => changes(before, after).flatMap((path) => refusedAt(schema, path, before, after))))]
  if (refused.length === 0) return
  const more = refused.length > mostNamed ? ` and ${refused.length - mostNamed} more` : ''
  throw fail('NEXUS_CONFIG_GUARDED', { label: caller.label, keys: refused.slice(0, mostNamed).map((path) => `"${plain(path)}"`).join(', ') + more })
}

type Leaf = ReturnType<typeof leaves>[number]

/** A whole table that comes or goes is looked at key by key. */
function refusedAt(schema: JsonSchema, path: KeyPath, before: unknown, after: unknown): string[] {
  const [old, fresh] = [before, after].map((tree) => leaves(valueAt(tree, path), path).filter(({ value }) => value !== undefined)) as [Leaf[], Leaf[]]
  const writable = (at: KeyPath): boolean => isAgentWritable(schema, at)
  // A reference could fetch into a writable key what its writer must not see.
  const refers = (value: unknown): boolean => typeof value === 'string' && value.includes('${')
  return [
    ...old.filter((leaf) => !writable(leaf.path)),
    ...fresh.filter((leaf) => !writable(leaf.path) || refers(leaf.value)),
  ].map((leaf) => pathText(leaf.path))
}

/** Repairs are no settings, and no agent's business either. */
export function checkRepair(caller: Caller): void {
  if (isGuarded(caller)) throw fail('NEXUS_CONFIG_GUARDED', { label: caller.label, keys: 'what doctor mends' })
}
