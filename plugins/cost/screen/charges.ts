/** `nexus cost charges`: what is still open, then what was charged, the latest first. Pure. */
import type { InferOutput } from 'valibot'
import type { ChargesResult, Settled } from '../wire.ts'
import type { Look } from './look.ts'
import { aligned, count, exactUsd, plural } from './money.ts'
import { table, textColumn } from './table.ts'
import { cut, wrap } from './text.ts'
import { moment } from './time.ts'

export type Charges = InferOutput<typeof ChargesResult>

interface Line { readonly at: number; readonly state: string; readonly usd: number | null; readonly tokens: number; readonly model: string; readonly of: string; readonly price: string; readonly id: string }

export function chargesScreen({ charges, open }: Charges, timeZone: string, look: Look): string {
  const { paint, width, glyphs: { ellipsis } } = look
  if (charges.length === 0 && open.length === 0) return cut('Nothing was charged yet.', width, ellipsis)
  const lines: Line[] = [
    ...open.toSorted((a, b) => Number(b.orphaned) - Number(a.orphaned) || b.at - a.at).map(({ id, at, provider, model, usd, tokens, orphaned }) => ({ id, at, usd, tokens, model: `${provider}/${model}`, of: '', price: '', state: orphaned ? 'orphaned' : 'open' })),
    ...charges.map((one) => ({ id: one.id, at: one.at, usd: one.usd, tokens: one.tokens, model: `${one.provider}/${one.model}`, of: whose(one), price: one.price, state: one.estimated === true ? 'estimated' : '' })),
  ]
  const orphaned = open.filter((one) => one.orphaned).length
  const notes = [
    ...(open.length > 0 ? [`${plural(open.length, 'reservation')} open: held at the most it may come to${orphaned > 0 ? `; ${count(orphaned)} orphaned, left by a gateway that died and counted as spent` : ''}.`] : []),
    ...(charges.some(({ estimated }) => estimated) ? ['Estimated: the provider has not counted it, so it is charged at the most it can have come to.'] : []),
    ...(charges.some(({ usd }) => usd === null) ? ['Unpriced: nobody knows the price. See nexus cost check.'] : []),
  ]
  return [...linesTable(lines, timeZone, look), ...(notes.length > 0 ? [''] : []), ...notes.flatMap((note) => wrap(note, width, ellipsis)).map((line) => paint('dim', line))].join('\n')
}

export const whose = ({ sessionKey, agentId, channel, user }: Settled): string => sessionKey ?? agentId ?? channel ?? user ?? ''

function linesTable(lines: readonly Line[], timeZone: string, look: Look): string[] {
  const { glyphs, now } = look
  const style = (row: number): 'red' | 'yellow' | undefined => {
    const { state, usd } = lines[row] ?? { state: '', usd: 0 }
    return state === 'orphaned' ? 'red' : state === 'open' || usd === null ? 'yellow' : undefined
  }
  return table([
    ...textColumn('AT', lines.map(({ at }) => moment(at, timeZone, now)), glyphs, { drop: 2 }),
    ...textColumn('STATE', lines.map(({ state }) => state), glyphs, { style }),
    ...textColumn('COST', aligned(lines.map(({ usd }) => (usd === null ? 'unpriced' : exactUsd(usd)))), glyphs, { right: true, style }),
    ...textColumn('TOKENS', lines.map(({ tokens }) => count(tokens)), glyphs, { right: true, drop: 1 }),
    ...textColumn('MODEL', lines.map(({ model }) => model), glyphs, { least: 10 }),
    ...textColumn('FOR', lines.map(({ of }) => of), glyphs, { least: 8, drop: 4 }),
    ...textColumn('PRICE', lines.map(({ price }) => price), glyphs, { least: 8, drop: 3 }),
    ...textColumn('ID', lines.map(({ id }) => id), glyphs, { least: 10, drop: 5 }),
  ], look, 0)
}
