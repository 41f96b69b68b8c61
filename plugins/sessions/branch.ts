/**
 * Which lines of a transcript belong to the conversation as it stands, met from the end backwards: the last one, the one
 * that it goes on from, and so on. Another program may have gone back to an earlier line and on from there: what stood
 * between is a branch that was left. A line that does not say what it goes on from goes on from the one before it.
 */
import type { ReadLine } from './entries.ts'

export interface Branch {
  /** Whether the line at `position` is on the branch. */
  holds(line: ReadLine, position: number): boolean
  /** The first line of the branch was met. */
  readonly begun: boolean
  /** Where to read on, `end` being where one would: back where the branch broke off, if the line it goes on from is not to be found. */
  from(end: number): number
}

/** Lines passed over in search of the next one of the branch. */
const maxPassed = 10_000

/** `next`: the line to begin with, `undefined` for the last there is; `start`: where reading begins. */
export function createBranch(next: ReadLine['parentId'], start: number): Branch {
  let passed = 0
  let joint = start
  let broken = false
  return {
    holds({ id, parentId, damaged }, position) {
      // Of a line that cannot be read nobody knows whether it was the one.
      if (broken || next === undefined || next === id || (damaged && parentId === undefined)) {
        next = parentId
        joint = position
        passed = 0
        return true
      }
      passed++
      return false
    },
    get begun() { return next === null && !broken },
    from(end) {
      if (broken || typeof next !== 'string' || passed === 0 || (end > 0 && passed < maxPassed)) return end
      broken = true // rather a branch too many than a conversation without its beginning
      return joint
    },
  }
}
