/** Sums as people read them. Pure. */

const mostDecimals = 9

/**
 * US dollars: from $1 to the cent, below to four decimals, below a cent to four digits that say something. What is not
 * nothing never looks like it: $0.0004 is not $0.00.
 */
export function usd(sum: number): string {
  if (!Number.isFinite(sum)) return '?'
  if (sum === 0) return '$0.00'
  if (sum >= 1e12) return `$${sum.toExponential(3)}`
  if (sum < 0.5 * 10 ** -mostDecimals) return `<$${(10 ** -mostDecimals).toFixed(mostDecimals)}`
  const decimals = sum >= 0.995 ? 2 : sum >= 0.01 ? 4 : Math.min(mostDecimals, 3 - Math.floor(Math.log10(sum)))
  return dollars(sum.toFixed(decimals))
}

/** All that the ledger knows, which counts in billionths of a dollar. */
export const exactUsd = (sum: number): string => (sum >= 1e6 || sum < 0.5 * 10 ** -mostDecimals ? usd(sum) : dollars(sum.toFixed(mostDecimals)))

function dollars(text: string): string {
  const [whole = '', fraction = ''] = text.split('.')
  return `$${grouped(whole)}.${fraction.replace(/0+$/, '').padEnd(2, '0')}`
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',')

/** A whole number: `12,345`. */
export const count = (n: number): string => (n < 1e15 ? grouped(String(Math.round(n))) : n.toExponential(3))

/** Three digits and a letter: `987`, `1.23k`, `45.6M`. */
export function tokens(n: number): string {
  for (const [letter, size] of [['T', 1e12], ['B', 1e9], ['M', 1e6], ['k', 1e3]] as const) {
    if (n < size * 0.9995) continue
    const part = n / size
    return part >= 999.5 ? `${count(part)}${letter}` : `${String(Number(part.toPrecision(3)))}${letter}`
  }
  return String(Math.round(n))
}

/** `62 %`; a little is `<1 %`, and not yet all is not `100 %`. */
export function percent(n: number): string {
  if (n > 0 && n < 1) return '<1 %'
  if (n > 99 && n < 100) return '99 %'
  return n >= 1e6 ? '>999,999 %' : `${count(n)} %`
}

/** Sums under each other with their points in one column, and words at its end; all come back equally long. */
export function aligned(sums: readonly string[]): string[] {
  const fraction = (text: string): number => (text.includes('.') ? text.length - text.indexOf('.') : Infinity)
  const most = Math.max(0, ...sums.map(fraction).filter(Number.isFinite))
  const ended = sums.map((text) => text + ' '.repeat(Math.max(0, most - fraction(text))))
  const width = Math.max(0, ...ended.map((text) => text.length))
  return ended.map((text) => text.padStart(width))
}

export const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`
