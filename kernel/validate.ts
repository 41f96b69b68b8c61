/** valibot's verdict in the protocol's words. Never `issue.message` or the input: both hold what was received. */
import { getDotPath, safeParse, type BaseIssue, type GenericSchema } from 'valibot'

export type Checked = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly faults: string }

const most = 8

export function check(schema: GenericSchema, input: unknown): Checked {
  const parsed = safeParse(schema, input)
  return parsed.success ? { ok: true, value: parsed.output } : { ok: false, faults: faultsOf(parsed.issues) }
}

export function faultsOf(issues: readonly BaseIssue<unknown>[]): string {
  const lines = issues.slice(0, most).map(lineOf)
  return [...new Set(lines), ...(issues.length > most ? [`and ${issues.length - most} more`] : [])].join('; ')
}

function lineOf(issue: BaseIssue<unknown>): string {
  const path = getDotPath(issue)?.split('.') ?? []
  const last = issue.path?.at(-1)
  if (last?.origin === 'key') {
    const name = printable(String(last.key))
    const parent = placeOf(path.slice(0, -1))
    return issue.expected === 'never' ? `${parent}: unexpected property '${name}'` : `${parent}: must have required property '${name}'`
  }
  return `${placeOf(path)}: must be ${issue.expected ?? 'valid'}`
}

const placeOf = (path: readonly string[]): string => (path.length === 0 ? 'at root' : `at /${path.map(printable).join('/')}`)

/** A key is the sender's text: kept short and free of control characters. */
export const printable = (text: string): string => text.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
