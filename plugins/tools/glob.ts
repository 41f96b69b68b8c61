/** `*` stands for any run of characters. Never exponential, whatever the pattern: both sides may come from strangers. */
export function globMatches(pattern: string, text: string): boolean {
  let [at, read, star, mark] = [0, 0, -1, 0]
  while (at < text.length) {
    if (pattern[read] === '*') [star, mark] = [read++, at]
    else if (pattern[read] === text[at]) [read, at] = [read + 1, at + 1]
    else if (star >= 0) [read, at] = [star + 1, ++mark]
    else return false
  }
  while (pattern[read] === '*') read++
  return read === pattern.length
}
