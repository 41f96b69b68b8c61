/** How deep arguments may be nested. */

/** Far more than any tool wants; what freezes and records a call would end at much more. */
export const maxNesting = 100

/** Level by level: whoever nests them may mean to exhaust a stack. */
export function nestsTooDeep(value: unknown): boolean {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > maxNesting) return true
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []))
  }
  return false
}
