/** One log a month, named by UTC: `ledger/2026-03`. */

const [earliest, latest] = [Date.UTC(1970, 0, 1), Date.UTC(9999, 0, 1)]

/** A clock that says nonsense gives the first month there is. */
export function monthLog(now: number): string {
  const date = new Date(now >= earliest && now < latest ? now : earliest)
  return `ledger/${date.toISOString().slice(0, 7)}`
}

/** Two months back, so that every counter that is kept is in them, to one ahead, where a clock that was put back has been. */
export function logsAround(now: number): string[] {
  const date = new Date(now >= earliest && now < latest ? now : earliest)
  return [-2, -1, 0, 1].map((n) => monthLog(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + n, 1)))
}
