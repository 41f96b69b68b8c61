/** What came of the corpus, for people. */
import type { Result } from './run.ts'
import type { Case } from './schema.ts'

const outcomes = ['passed', 'failed', 'not applicable'] as const
export type Tally = Readonly<Record<(typeof outcomes)[number], number>>

/** Runs by class, such as `A`; a case in two modes is two runs. */
export function tally(results: readonly Result[]): Map<string, Tally> {
  const classes = new Map<string, Record<(typeof outcomes)[number], number>>()
  for (const { id, outcome } of results) {
    const row = classes.get(id[0]!) ?? { passed: 0, failed: 0, 'not applicable': 0 }
    row[outcome]++
    classes.set(id[0]!, row)
  }
  return new Map([...classes].sort(([a], [b]) => (a < b ? -1 : 1)))
}

export function table(cases: readonly Case[], results: readonly Result[]): string {
  const count = (id: string): number => cases.filter((one) => one.id.startsWith(id)).length
  const rows = [...tally(results)].map(([id, row]) => [id, count(id), ...outcomes.map((outcome) => row[outcome])])
  return [['class', 'cases', ...outcomes], ...rows].map((row) => row.map((cell) => String(cell).padEnd(8)).join('').trimEnd()).join('\n')
}

export function failures(cases: readonly Case[], results: readonly Result[]): string[] {
  const titles = new Map(cases.map(({ id, title }) => [id, title]))
  return results.filter(({ outcome }) => outcome === 'failed').sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ id, mode, seen }) => `${id} (${mode}): ${titles.get(id)}\n${seen.map((line) => `    ${line}`).join('\n')}`)
}

/** For whoever makes the corpus faster: seconds and case, the longest first. */
export const slowest = (results: readonly Result[]): string =>
  [...results].sort((a, b) => b.ms - a.ms).slice(0, 8).map(({ id, mode, ms }) => `${(ms / 1000).toFixed(1)} s ${id} (${mode})`).join(', ')
