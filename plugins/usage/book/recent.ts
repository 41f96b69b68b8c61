/** The days of the transcripts that were active last, together in one document: they are what is asked for first after a restart. */
import type { Zone } from '../zone.ts'
import { decodeByDay, type Detail, type KeptDetail } from './detail.ts'
import type { FileRecord } from './file.ts'

/** Without what it came to by quarter. */
type KeptDays = Pick<Required<KeptDetail>, 'version' | 'models' | 'names' | 'days'>
/** By the place of the transcript. */
export type KeptRecent = Readonly<Record<string, KeptDays>>

const most = 64
/** One that came to more has a document of its own anyway. */
const longest = 32 << 10

/** `undefined` where it is not there as it is now. */
export function recentDays(recent: KeptRecent, { at, version }: FileRecord, zone: Zone): Detail | undefined {
  const kept = recent[at]
  return kept?.version === version && kept.days[zone.name] ? decodeByDay({ ...kept, rows: '', tallies: '' }, zone) : undefined
}

/** Those that were active last, out of what there was and what has just been written. */
export function nextRecent(files: readonly FileRecord[], before: KeptRecent, written: ReadonlyMap<number, KeptDays>): KeptRecent {
  const newest = files.filter(({ mark }) => mark !== undefined).sort((a, b) => b.state.lastAt - a.state.lastAt).slice(0, most)
  return Object.fromEntries(newest.flatMap(({ at, version }) => {
    const kept = written.get(at) ?? before[at]
    return kept?.version === version && lengthOf(kept) <= longest ? [[at, { version, models: kept.models, names: kept.names, days: kept.days }] as const] : []
  }))
}
const lengthOf = ({ days }: KeptDays): number => Object.values(days).reduce((sum, { rows, tallies }) => sum + rows.length + tallies.length, 0)
