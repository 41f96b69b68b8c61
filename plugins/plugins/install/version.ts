/** Semantic versions, as far as it takes to tell which of two is higher. Pure. */

const form = /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})(?:-([0-9A-Za-z.-]{1,200}))?(?:\+[0-9A-Za-z.-]{1,200})?$/

export const isVersion = (text: string): boolean => form.test(text)

/** Negative if `a` is the lower one. What is no version is lower than any. */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [form.exec(a), form.exec(b)]
  if (!x || !y) return Number(Boolean(x)) - Number(Boolean(y))
  for (const part of [1, 2, 3]) if (x[part] !== y[part]) return Number(x[part]) - Number(y[part])
  return comparePre(x[4], y[4])
}

/** A version before its release is lower than the release; numbers are lower than words. */
function comparePre(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  const [xs, ys] = [a.split('.'), b.split('.')]
  for (let i = 0; ; i++) {
    const [x, y] = [xs[i], ys[i]]
    if (x === undefined || y === undefined) return x === y ? 0 : x === undefined ? -1 : 1
    if (x === y) continue
    const [isNumber, other] = [/^\d+$/.test(x), /^\d+$/.test(y)]
    if (isNumber !== other) return isNumber ? -1 : 1
    return isNumber ? Number(x) - Number(y) : x < y ? -1 : 1
  }
}
