/** One text in place of another. Pure. */

export type Edit = { readonly text: string; readonly count: number } | { readonly problem: 'none' | 'several' | 'same' | 'large' }

/**
 * `old` has to be there once, unless `all`. A file with Windows line ends may be edited with plain ones, and keeps its own.
 * `large`: more than `maxChars` would come of it, which is known before it is made.
 */
export function edited(text: string, old: string, now: string, all: boolean, maxChars = Infinity): Edit {
  const windows = text.includes('\r\n') && !old.includes('\r\n')
  const [wanted, given] = windows ? [withReturns(old), withReturns(now)] : [old, now]
  if (wanted === given) return { problem: 'same' }
  const parts = text.split(wanted)
  const count = parts.length - 1
  if (count === 0) return { problem: 'none' }
  if (count > 1 && !all) return { problem: 'several' }
  if (text.length + count * (given.length - wanted.length) > maxChars) return { problem: 'large' }
  return { text: parts.join(given), count }
}

const withReturns = (text: string): string => text.replace(/\r?\n/g, '\r\n')
