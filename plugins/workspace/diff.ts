/** The difference between two texts, as a unified diff, for people who look at what a tool did. */

const around = 3
/** Beyond this the middle is shown as replaced: a table of that many cells is the most that is worth it. */
const maxCells = 1_000_000
const maxLines = 400
/** Of either text: of more not even the beginning would be shown. */
const maxCompared = 5_000
const maxLineChars = 500

type Line = readonly [sign: ' ' | '-' | '+', text: string]

/** `offset`: lines before the first of these, the same in both. `cut`: there are more of them. */
interface Part { readonly lines: readonly Line[]; readonly offset: number; readonly cut: boolean }

/** '' where nothing differs. At most 400 lines; the last one says if there are more. */
export function diffOf(before: string, after: string): string {
  const [old, now] = [before === '' ? [] : before.split('\n'), after === '' ? [] : after.split('\n')]
  const part = partOf(old, now)
  const changed = part.lines.flatMap(([sign], at) => (sign === ' ' ? [] : [at]))
  if (changed.length === 0) return ''
  const shown = hunks(part, changed)
  if (shown.length <= maxLines && !part.cut) return shown.join('\n')
  return [...shown.slice(0, maxLines), part.cut ? '… more lines' : `… ${shown.length - maxLines} more lines`].join('\n')
}

/** From a little before the first difference to a little behind the last: whoever changes one line of a million compares no others. */
function partOf(old: readonly string[], now: readonly string[]): Part {
  let start = 0
  while (start < old.length && start < now.length && old[start] === now[start]) start++
  let [oldEnd, nowEnd] = [old.length, now.length]
  while (oldEnd > start && nowEnd > start && old[oldEnd - 1] === now[nowEnd - 1]) [oldEnd, nowEnd] = [oldEnd - 1, nowEnd - 1]
  const same = (text: string): Line => [' ', text]
  const offset = Math.max(0, start - around)
  const [oldShort, nowShort] = [Math.min(oldEnd, start + maxCompared), Math.min(nowEnd, start + maxCompared)]
  const cut = oldShort < oldEnd || nowShort < nowEnd
  const behind = cut ? [] : old.slice(oldEnd, oldEnd + around)
  return { lines: [...old.slice(offset, start).map(same), ...middle(old.slice(start, oldShort), now.slice(start, nowShort)), ...behind.map(same)], offset, cut }
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

function hunks({ lines, offset }: Part, changed: readonly number[]): string[] {
  const shown: string[] = []
  let end = 0
  for (const at of changed) {
    if (at < end) continue
    const start = Math.max(end, at - around)
    end = endOf(changed, at, lines.length)
    shown.push(header(lines, start, end, offset))
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

function header(lines: readonly Line[], start: number, end: number, offset: number): string {
  const count = (from: number, to: number, other: '-' | '+'): number => lines.slice(from, to).filter(([sign]) => sign !== other).length
  const place = (other: '-' | '+'): string => {
    const [before, inside] = [offset + count(0, start, other), count(start, end, other)]
    return `${inside === 0 ? before : before + 1},${inside}`
  }
  return `@@ -${place('+')} +${place('-')} @@`
}
