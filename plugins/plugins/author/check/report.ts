/** From what the rules say to a grade, and to what is printed. Pure. */
import { plain } from 'nexus-gateway/sdk'
import type { Paint } from 'nexus-gateway/sdk'
import type { Facts } from './facts.ts'
import { rules, type Grade } from './rules.ts'

export interface RuleResult {
  readonly id: string
  readonly grade: Grade
  readonly what: string
  readonly state: 'ok' | 'fault' | 'skipped'
  /** What was found, or why nothing was looked at. */
  readonly said: readonly string[]
  readonly fix: string
}
export interface CheckReport {
  readonly name: string
  readonly id: string
  /** `none`: a rule that every plugin must keep is broken. */
  readonly grade: Grade | 'none'
  /** Ids of the rules in the way of the next grade. */
  readonly inTheWay: readonly string[]
  readonly rules: readonly RuleResult[]
}

const grades: readonly Grade[] = ['bronze', 'silver', 'gold']

export function judged(facts: Facts): CheckReport {
  const results = rules.map(({ id, grade, what, fix, check }): RuleResult => {
    const said = check(facts)
    const skipped = typeof said === 'string'
    return { id, grade, what, fix, state: skipped ? 'skipped' : said.length > 0 ? 'fault' : 'ok', said: skipped ? [said] : said }
  })
  const { name, nexus: { id } } = facts.about
  return { name, id, ...gradeOf(results), rules: results }
}

/** The highest grade whose rules, and those of the grades below it, are all kept. */
function gradeOf(results: readonly RuleResult[]): Pick<CheckReport, 'grade' | 'inTheWay'> {
  const broken = (grade: Grade): string[] => results.filter((result) => result.grade === grade && result.state === 'fault').map(({ id }) => id)
  const first = grades.findIndex((grade) => broken(grade).length > 0)
  if (first < 0) return { grade: 'gold', inTheWay: [] }
  return { grade: grades[first - 1] ?? 'none', inTheWay: broken(grades[first]!) }
}

const most = 20

export function reportText({ name, grade, inTheWay, rules: results }: CheckReport, paint: Paint): string {
  const mark = { ok: paint('green', '✓'), fault: paint('red', '✗'), skipped: paint('dim', '–') }
  const lines = results.flatMap(({ state, what, grade: of, said, fix }) => [
    `${mark[state]} ${what}${state === 'fault' ? paint('dim', ` (${of})`) : ''}`,
    ...said.slice(0, most).flatMap((line) => line.split('\n')).map((line) => `    ${state === 'skipped' ? paint('dim', `not looked at: ${plain(line)}`) : plain(line)}`),
    ...(said.length > most ? [`    and ${said.length - most} more`] : []),
    ...(state === 'fault' ? [`    ${paint('dim', fix)}`] : []),
  ])
  const next = inTheWay.length === 0 ? '' : `; in the way of ${grade === 'none' ? 'bronze' : grades[grades.indexOf(grade) + 1]}: ${inTheWay.join(', ')}`
  const verdict = grade === 'none' ? paint('red', `${plain(name)} is not ready`) : paint('bold', `${plain(name)} is ${grade}`)
  return [...lines, '', `${verdict}${next}`].join('\n')
}
