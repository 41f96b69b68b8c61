/** Medians and ratios. A single time means little on a shared machine; a ratio taken in one run means something. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

/** Runs `a` and `b` in turn, A B A B …, after one of each that does not count. */
export async function interleave(rounds: number, a: () => Promise<number>, b: () => Promise<number>): Promise<{ a: number[]; b: number[] }> {
  const taken = { a: [] as number[], b: [] as number[] }
  for (let round = -1; round < rounds; round++) {
    const [x, y] = [await a(), await b()]
    if (round >= 0) {
      taken.a.push(x)
      taken.b.push(y)
    }
  }
  return taken
}

/** The median of the ratios of pairs taken one after the other: drift of the machine cancels out. */
export function pairRatio({ a, b }: { a: readonly number[]; b: readonly number[] }): number {
  return median(a.map((value, i) => value / (b[i] ?? NaN)))
}
