/** Paths by pattern: `*` and `?` within a name, `**` for any number of folders. A pattern without `/` is about the name alone. */

/** Never exponential, whatever the pattern. */
export function pathMatches(pattern: string, path: string): boolean {
  const parts = pattern.split('/').filter((part) => part !== '' && part !== '.')
  const names = path.split('/')
  if (!pattern.includes('/')) return nameMatches(pattern, names.at(-1)!)
  // Which beginnings of the pattern fit the names so far.
  let fits = closure(parts, new Set([0]))
  for (const name of names) {
    const next = new Set<number>()
    for (const at of fits) {
      if (parts[at] === '**') next.add(at)
      else if (at < parts.length && nameMatches(parts[at]!, name)) next.add(at + 1)
    }
    fits = closure(parts, next)
  }
  return fits.has(parts.length)
}

function closure(parts: readonly string[], fits: Set<number>): Set<number> {
  for (const at of fits) if (parts[at] === '**') fits.add(at + 1)
  return fits
}

function nameMatches(pattern: string, name: string): boolean {
  let [at, read, star, mark] = [0, 0, -1, 0]
  while (at < name.length) {
    if (pattern[read] === '*') [star, mark] = [read++, at]
    else if (pattern[read] === '?' || pattern[read] === name[at]) [read, at] = [read + 1, at + 1]
    else if (star >= 0) [read, at] = [star + 1, ++mark]
    else return false
  }
  while (pattern[read] === '*') read++
  return read === pattern.length
}
