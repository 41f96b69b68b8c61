/** Arguments against a tool's schema. Says where and what is expected, never what was received. */
import * as v from 'valibot'
import type { Schema } from 'nexus-gateway/sdk'
import { malformed } from '../models/contract.ts'

type Checked = { readonly args: Readonly<Record<string, unknown>> } | { readonly faults: string }
type Issue = v.BaseIssue<unknown>

const most = 5

export function checkArguments(schema: Schema, args: unknown): Checked {
  const given = args ?? {}
  if (typeof given !== 'object' || Array.isArray(given) || malformed in given) return { faults: 'they are not a JSON object' }
  const checked = v.safeParse(schema, given)
  return checked.success ? { args: checked.output as Record<string, unknown> } : { faults: faultsOf(checked.issues) }
}

function faultsOf(issues: readonly Issue[]): string {
  const lines = [...new Set(issues.map(faultOf))]
  return lines.length > most ? `${lines.slice(0, most).join('; ')}; and ${lines.length - most} more` : lines.join('; ')
}

function faultOf(issue: Issue): string {
  const path = v.getDotPath(issue)
  const place = path === null ? 'the arguments' : `"${printable(path)}"`
  // What valibot says of a key that a strict object does not have, and of one it lacks.
  if (issue.expected === 'never') return `${place} is not an argument of this tool`
  if (issue.path?.at(-1)?.origin === 'key') return `${place} is missing`
  return `${place} must be ${expectedOf(issue)}`
}

/** A check's message is the author's own text (see schema.ts); the others repeat what was received. */
function expectedOf(issue: Issue): string {
  const expected = issue.expected ?? 'something else'
  if (issue.type === 'check') return issue.message
  return issue.type.endsWith('_length') ? `of length ${expected}` : expected
}

/** A key is the sender's text: kept short and free of control characters. */
const printable = (text: string): string => text.slice(0, 64).replace(/[^\x20-\x7e]/g, '?')
