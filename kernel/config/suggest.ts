/** Insertions, deletions, changes and swaps of neighbours between two words. */
function distance(a: string, b: string): number {
  let before: number[] = []
  let above = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const change = a[i - 1] === b[j - 1] ? 0 : 1
      let best = Math.min(above[j]! + 1, row[j - 1]! + 1, above[j - 1]! + change)
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, before[j - 2]! + 1)
      row.push(best)
    }
    before = above
    above = row
  }
  return above[b.length]!
}

/** What somebody who wrote `word` most likely meant; nothing when no candidate is close. `reach`: mistakes that even a short word may have. */
export function nearest(word: string, candidates: Iterable<string>, reach = 0): string | undefined {
  if (word.length > 64) return undefined
  let best: string | undefined
  let least = Math.max(reach, Math.min(3, Math.ceil(word.length / 3))) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - word.length) >= least) continue
    const d = distance(word.toLowerCase(), candidate.toLowerCase())
    // With nothing left in common, all of it would be a mistake.
    if (d < least && d < Math.max(word.length, candidate.length, 1)) [least, best] = [d, candidate]
  }
  return best
}
