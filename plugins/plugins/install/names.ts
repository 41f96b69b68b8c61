/** Names that are easily taken for another. Pure. */

export interface Known { readonly id: string; readonly name: string }

const bare = (name: string): string => name.toLowerCase().replace(/[^a-z0-9]/g, '')

/**
 * The name that `name` could be mistaken for: that of another installed package, from which it differs by case, dashes,
 * dots or one letter, or that of a plugin of this release.
 */
export function mistakenFor(name: string, installed: readonly Known[], firstParty: readonly string[]): string | undefined {
  const own = firstParty.map((id) => `@nexus-gateway/${id}`)
  const alike = own.find((one) => bare(one) === bare(name) || isOneAway(one, name))
  if (alike !== undefined) return alike
  return installed.map((one) => one.name).filter((one) => one !== name).find((one) => bare(one) === bare(name) || isOneAway(one, name))
}

/** One letter more, fewer, another, or two that changed places. */
export function isOneAway(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 1 || a === b) return false
  const most = Math.min(a.length, b.length)
  let head = 0
  while (head < most && a[head] === b[head]) head++
  let tail = 0
  while (tail < most - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const [x, y] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  return Math.max(x.length, y.length) === 1 || (x.length === 2 && y.length === 2 && x[0] === y[1] && x[1] === y[0])
}
