/** The latest charges, from the end of the log backwards: never the whole of it. */
import type { StoreApi } from '../../store/contract.ts'
import { chargeStart, parseLine, type ChargeLine } from './lines.ts'
import type { Charge } from './shapes.ts'
import type { Position } from './writer.ts'

export interface ChargesQuery { readonly limit: number; readonly runId?: string; readonly sessionKey?: string }

/** Lines that are looked at, and those of one look. */
const [most, page] = [20_000, 500]
const pageBytes = 512 * 1_024

/** Newest first. */
export async function listCharges(store: Pick<StoreApi, 'log'>, { log, past }: Position, query: ChargesQuery): Promise<Charge[]> {
  const charges: Charge[] = []
  const wanted = wantedBy(query)
  const limit = Math.min(1_000, Math.max(1, query.limit))
  let looked = 0
  for (const name of [log, ...past.toReversed()]) {
    for (let before = Infinity; looked < most;) {
      const lines = await store.log(name).lastLines(page, { before, maxBytes: pageBytes })
      if (lines.length === 0) break
      for (const { text } of lines.toReversed()) {
        const line = wanted(text)
        if (line && charges.push(chargeOf(line)) === limit) return charges
      }
      looked += lines.length
      before = lines[0]!.offset
    }
  }
  return charges
}

/** Looks for the words before it reads the line. */
function wantedBy({ runId, sessionKey }: ChargesQuery): (text: string) => ChargeLine | undefined {
  const words = [runId, sessionKey].filter((one) => one !== undefined).map((one) => JSON.stringify(one))
  return (text) => {
    if (!text.startsWith(chargeStart) || !words.every((word) => text.includes(word))) return undefined
    const line = parseLine(text)
    if (line === undefined || line === 'other' || line.t !== 'charge') return undefined
    const { about } = line
    return (runId === undefined || about.runId === runId) && (sessionKey === undefined || about.sessionKey === sessionKey) ? line : undefined
  }
}

export function chargeOf({ id, at, about, nano, tokens, price, estimated }: ChargeLine): Charge {
  return { id, at, about, nano, tokens, price, ...(estimated && { estimated: true }) }
}
