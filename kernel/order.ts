/** Topological order, pure. Both the plugin graph and the taps of a hook are put in order here. */

/**
 * Sorts ids so that everything comes after what it needs; ids that are ready together come in the order of their
 * names, so the result depends on the graph alone. `cycle` is one closed path through what could not be sorted.
 */
export function topological(ids: Iterable<string>, needs: (id: string) => Iterable<string>): { waves: string[][]; cycle?: string[] } {
  const left = new Map<string, Set<string>>()
  const users = new Map<string, string[]>()
  for (const id of ids) left.set(id, new Set())
  for (const [id, open] of left) for (const need of needs(id)) if (left.has(need) && need !== id && !open.has(need) && open.add(need) && !users.get(need)?.push(id)) users.set(need, [id])
  const waves: string[][] = []
  let wave = [...left.keys()].filter((id) => left.get(id)?.size === 0)
  while (wave.length > 0) {
    waves.push(wave.sort())
    for (const id of wave) left.delete(id)
    wave = wave.flatMap((id) => (users.get(id) ?? []).filter((user) => left.get(user)?.delete(id) && left.get(user)?.size === 0))
  }
  return left.size > 0 ? { waves, cycle: pathOf(left) } : { waves }
}

/** Follows open needs until an id comes up twice. Everything left has one, or it would have been sorted. */
function pathOf(left: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const path: string[] = []
  let at = [...left.keys()].sort()[0] ?? ''
  while (!path.includes(at)) {
    path.push(at)
    at = [...(left.get(at) ?? [])].sort()[0] ?? at
  }
  return [...path.slice(path.indexOf(at)), at]
}

/** Sorts items by the name of their group, groups by `before`/`after`; items of one group keep their order. */
export function sortByOrder<T>(items: readonly T[], groupOf: (item: T) => string, before: (item: T) => string[], after: (item: T) => string[]): { sorted: readonly T[]; cycle?: string[] } {
  const groups = new Map<string, T[]>()
  const needs = new Map<string, Set<string>>()
  for (const item of items) {
    const group = groupOf(item)
    groups.set(group, [...(groups.get(group) ?? []), item])
    if (!needs.has(group)) needs.set(group, new Set())
  }
  for (const item of items) {
    for (const id of after(item)) needs.get(groupOf(item))?.add(id)
    for (const id of before(item)) needs.get(id)?.add(groupOf(item))
  }
  const { waves, cycle } = topological([...groups.keys()].sort(), (id) => needs.get(id) ?? [])
  const sorted = waves.flat().flatMap((id) => groups.get(id) ?? [])
  return cycle ? { sorted, cycle } : { sorted }
}
