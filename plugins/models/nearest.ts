/** The name somebody probably meant: at most a third of it wrong. Ties go to the one listed first. */
export function nearest(wanted: string, names: Iterable<string>): string | undefined {
  const from = wanted.toLowerCase().slice(0, longest)
  let best: string | undefined
  let least = Math.floor(Math.max(from.length, 3) / 3) + 1
  for (const name of names) {
    const distance = edits(from, name.toLowerCase().slice(0, longest))
    if (distance < least) [best, least] = [name, distance]
  }
  return best
}

const longest = 64

/** Levenshtein distance, one row at a time. */
function edits(a: string, b: string): number {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const swap = above[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(swap, above[j]! + 1, row[j - 1]! + 1))
    }
    above = row
  }
  return above[b.length]!
}
