/** Reads the corpus. A file that is not in the format stops everything: a case that is misread proves nothing. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as v from 'valibot'
import { CaseFile, type Case } from './schema.ts'

export const casesDir = join(import.meta.dirname, '..', 'cases')
const noSetup = { settings: {}, plugins: [], env: {}, tokens: {}, devices: {}, servers: {}, files: [], tree: [], able: [], archives: {}, steps: [] }

/** Throws with the file, the place and what is wrong there. */
export function readCases(dir = casesDir): Case[] {
  const cases = readdirSync(dir).filter((name) => name.endsWith('.json')).sort().flatMap((name) => casesIn(name, JSON.parse(readFileSync(join(dir, name), 'utf8'))))
  const ids = new Set<string>()
  for (const { id } of cases) {
    if (ids.has(id)) throw new Error(`two cases are called ${id}`)
    ids.add(id)
  }
  return cases
}

export function casesIn(name: string, json: unknown): Case[] {
  const checked = v.safeParse(CaseFile, json)
  if (!checked.success) throw new Error(`${name} is not in the format: ${checked.issues.map((issue) => `${v.getDotPath(issue) ?? 'the file'}: ${issue.message}`).join('; ')}`)
  const { output: file } = checked
  return file.cases.map(({ refs = file.refs, needs = file.needs ?? [], setup = file.setup ?? noSetup, ...one }) => {
    if (!one.id.startsWith(`${file.class}-`) || name !== `${file.class}.json`) throw new Error(`${name}: ${one.id} belongs to another class`)
    if (!refs) throw new Error(`${name}: ${one.id} has no refs`)
    if (one.expect.length + one.forbid.length === 0) throw new Error(`${name}: ${one.id} expects nothing`)
    return { ...one, class: file.class, refs, needs, setup }
  })
}

/** Those whose id starts with one of `prefixes`; all without any. */
export const chosen = (cases: readonly Case[], prefixes: readonly string[]): Case[] =>
  cases.filter(({ id }) => prefixes.length === 0 || prefixes.some((prefix) => id.startsWith(prefix)))
