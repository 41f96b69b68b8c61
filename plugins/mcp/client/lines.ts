/** Bytes cut into lines of a bounded length. */

export interface Lines {
  /** Gives each whole line. Answers false once a line is too long; from then on nothing is kept. */
  push(chunk: Buffer): boolean
}

export function linesOf(most: number, take: (line: string) => void): Lines {
  let parts: Buffer[] = []
  let size = 0
  let broken = false
  function keep(piece: Buffer): void {
    size += piece.length
    if (size > most) {
      broken = true
      parts = []
    } else if (piece.length > 0) parts.push(piece)
  }
  return {
    push(chunk) {
      let from = 0
      for (let end = chunk.indexOf(10); end >= 0 && !broken; end = chunk.indexOf(10, from)) {
        keep(chunk.subarray(from, end))
        from = end + 1
        if (broken) break
        const text = Buffer.concat(parts).toString('utf8').replace(/\r$/, '')
        parts = []
        size = 0
        take(text)
      }
      if (!broken) keep(chunk.subarray(from))
      return !broken
    },
  }
}
