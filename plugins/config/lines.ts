/** What differs between two texts, line by line, as `diff -u` has it. */

const around = 3
/** Longer files are told to differ, and no more. */
const mostLines = 20_000
const mostSteps = 2_000

export type Line = readonly [mark: ' ' | '-' | '+', text: string]

/** Hunks with three lines around each; empty if nothing differs. */
export function unified(before: string, after: string): string {
  const lines = slid(differences(linesOf(before), linesOf(after)))
  const out: string[] = []
  for (let at = 0; at < lines.length;) {
    const first = lines.findIndex(([mark], i) => i >= at && mark !== ' ')
    if (first < 0) break
    let last = first
    for (let i = first; i < lines.length && i <= last + 2 * around; i++) if (lines[i]![0] !== ' ') last = i
    const start = Math.max(at, first - around)
    const hunk = lines.slice(start, last + around + 1)
    const count = (skip: string, of: readonly Line[]) => of.filter(([mark]) => mark !== skip).length
    out.push(`@@ -${count('+', lines.slice(0, start)) + 1},${count('+', hunk)} +${count('-', lines.slice(0, start)) + 1},${count('-', hunk)} @@`, ...hunk.map(([mark, text]) => mark + text))
    at = start + hunk.length
  }
  return out.join('\n')
}

const linesOf = (text: string): string[] => text.replace(/(\r\n|\n|\r)$/, '').split(/\r\n|\n|\r/)

/** What came or went is told from its own first line on: a block that ends like the one before it is not cut in two. */
function slid(lines: readonly Line[]): Line[] {
  const out = [...lines]
  for (let start = 0; start < out.length; start++) {
    const [mark] = out[start]!
    if (mark === ' ' || out[start - 1]?.[0] === mark) continue
    let end = start
    while (out[end + 1]?.[0] === mark) end++
    if (start > 0 && out[start - 1]![0] !== ' ') continue
    for (let from = start; out[end + 1]?.[0] === ' ' && out[end + 1]![1] === out[from]![1]; from++, end++) [out[from], out[end + 1]] = [out[end + 1]!, [mark, out[end + 1]![1]]]
    start = end
  }
  return out
}

function differences(a: readonly string[], b: readonly string[]): Line[] {
  let head = 0
  while (head < Math.min(a.length, b.length) && a[head] === b[head]) head++
  let tail = 0
  while (tail < Math.min(a.length, b.length) - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++
  const same = (texts: readonly string[]): Line[] => texts.map((text) => [' ', text])
  return [...same(a.slice(0, head)), ...shortest(a.slice(head, a.length - tail), b.slice(head, b.length - tail)), ...same(a.slice(a.length - tail))]
}

/** Myers' greedy search for the shortest script; beyond `mostSteps` everything is taken out and put in. */
function shortest(a: readonly string[], b: readonly string[]): Line[] {
  const all = (): Line[] => [...a.map((text): Line => ['-', text]), ...b.map((text): Line => ['+', text])]
  if (a.length === 0 || b.length === 0 || a.length + b.length > mostLines) return all()
  const reach = new Map<number, number>([[1, 0]])
  const trace: ReadonlyMap<number, number>[] = []
  for (let steps = 0; steps <= Math.min(mostSteps, a.length + b.length); steps++) {
    trace.push(new Map(reach))
    for (let k = -steps; k <= steps; k += 2) {
      let x = isDown(reach, k, steps) ? reach.get(k + 1)! : reach.get(k - 1)! + 1
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++
      reach.set(k, x)
      if (x >= a.length && x - k >= b.length) return walked(a, b, trace)
    }
  }
  return all()
}

function walked(a: readonly string[], b: readonly string[], trace: readonly ReadonlyMap<number, number>[]): Line[] {
  const lines: Line[] = []
  let [x, y] = [a.length, b.length]
  for (let steps = trace.length - 1; steps >= 0; steps--) {
    const reach = trace[steps]!
    const k = x - y
    const down = isDown(reach, k, steps)
    const from = down ? k + 1 : k - 1
    const startX = steps === 0 ? 0 : reach.get(from)!
    const startY = steps === 0 ? 0 : startX - from
    while (x > startX && y > startY) {
      lines.push([' ', a[--x]!])
      y--
    }
    if (steps > 0) lines.push(down ? ['+', b[--y]!] : ['-', a[--x]!])
  }
  return lines.reverse()
}

const isDown = (reach: ReadonlyMap<number, number>, k: number, steps: number): boolean => k === -steps || (k !== steps && (reach.get(k - 1) ?? -1) < (reach.get(k + 1) ?? -1))
