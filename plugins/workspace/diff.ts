/** The difference between two texts, as a unified diff, for people who look at what a tool did. */

const around = 3
/** Beyond this the middle is shown as replaced: a table of that many cells is the most that is worth it. */
const maxCells = 1_000_000
const maxLines = 400
const maxLineChars = 500

type Line = readonly [sign: ' ' | '-' | '+', text: string]

/** '' where nothing differs. At most 400 lines; the last one says if there are more. */
export function diffOf(before: string, after: string): string {
  const [old, now] = [before === '' ? [] : before.split('\n'), after === '' ? [] : after.split('\n')]
  const lines = linesOf(old, now)
  const changed = lines.flatMap(([sign], at) => (sign === ' ' ? [] : [at]))
  if (changed.length === 0) return ''
  const shown = hunks(lines, changed)
  return shown.length > maxLines ? [...shown.slice(0, maxLines), `… ${shown.length - maxLines} more lines`].join('\n') : shown.join('\n')
}

function linesOf(old: readonly string[], now: readonly string[]): Line[] {
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let [oldEnd, nowEnd] = [old.length, now.length]
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) [oldEnd, nowEnd] = [oldEnd - 1, nowEnd - 1]
  const same = (text: string): Line => [' ', text]
  return [...old.slice(0, start).map(same), ...middle(old.slice(start, oldEnd), now.slice(start, nowEnd)), ...old.slice(oldEnd).map(same)]
}

/** By the longest common subsequence. */
function middle(old: readonly string[], now: readonly string[]): Line[] {
  if ((old.length + 1) * (now.length + 1) > maxCells) return [...old.map((text): Line => ['-', text]), ...now.map((text): Line => ['+', text])]
  const width = now.length + 1
  const lengths = new Uint16Array((old.length + 1) * width)
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = now.length - 1; j >= 0; j--) lengths[i * width + j] = old[i] === now[j] ? lengths[(i + 1) * width + j + 1]! + 1 : Math.max(lengths[(i + 1) * width + j]!, lengths[i * width + j + 1]!)
  }
  const lines: Line[] = []
  for (let i = 0, j = 0; i < old.length || j < now.length;) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push([' ', old[i++]!])
      j++
    } else if (i < old.length && (j >= now.length || lengths[(i + 1) * width + j]! >= lengths[i * width + j + 1]!)) lines.push(['-', old[i++]!])
    else lines.push(['+', now[j++]!])
  }
  return lines
}

function hunks(lines: readonly Line[], changed: readonly number[]): string[] {
  const shown: string[] = []
  let end = 0
  for (const at of changed) {
    if (at < end) continue
    const start = Math.max(end, at - around)
    end = endOf(changed, at, lines.length)
    shown.push(header(lines, start, end))
    // One by one: a call takes only so many arguments.
    for (const [sign, text] of lines.slice(start, end)) shown.push(sign + (text.length > maxLineChars ? `${text.slice(0, maxLineChars)} […]` : text))
  }
  return shown
}

/** Changes that stand near each other share a hunk. */
function endOf(changed: readonly number[], first: number, length: number): number {
  let last = first
  for (const at of changed) if (at > last && at <= last + 2 * around + 1) last = at
  return Math.min(length, last + around + 1)
}

function header(lines: readonly Line[], start: number, end: number): string {
  const count = (from: number, to: number, other: '-' | '+'): number => lines.slice(from, to).filter(([sign]) => sign !== other).length
  const place = (other: '-' | '+'): string => {
    const [before, inside] = [count(0, start, other), count(start, end, other)]
    return `${inside === 0 ? before : before + 1},${inside}`
  }
  return `@@ -${place('+')} +${place('-')} @@`
}
