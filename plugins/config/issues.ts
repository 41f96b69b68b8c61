/** Faults of the settings as the wire tells them, each with its line where there is one. */
import { readFile, stat } from 'node:fs/promises'
import { faultText, pathText, type ConfigControlApi, type ConfigFault, type ConfigView, type JsonSchema } from 'nexus-gateway/sdk'
import type { ConfigIssue } from './contract.ts'
import { fail } from './errors.ts'
import { excerptsOf, type Excerpts } from './excerpt.ts'

const mostBytes = 4 * 1024 * 1024
/** In one message; `details` have them all. */
const mostSaid = 8

export async function issuesOf({ file, text, faults }: ConfigView, schema: JsonSchema): Promise<ConfigIssue[]> {
  const files = [...new Set(faults.flatMap(({ place }) => (place ? [place.file] : [])))]
  const excerpts = new Map(await Promise.all(files.map(async (each): Promise<[string, Excerpts]> => [each, await (each === file ? excerptsOf(text, schema) : included(each))])))
  return faults.map((fault) => {
    const excerpt = fault.place && excerpts.get(fault.place.file)?.(fault.place.line)
    return { ...issueOf(fault), ...(excerpt !== undefined && { excerpt }) }
  })
}

export function issueOf({ path, what, meant, file, place }: ConfigFault): ConfigIssue {
  return {
    path: pathText(path), message: what,
    ...(meant !== undefined && { meant }),
    ...(place ? { file: place.file, line: place.line, column: place.column } : file !== undefined && { file }),
  }
}

/** Where in the whole an included file stands is not known here, so neither is what in it is secret. */
async function included(file: string): Promise<Excerpts> {
  try {
    const { size } = await stat(file)
    return size > mostBytes ? () => undefined : await excerptsOf(await readFile(file, 'utf8'))
  } catch {
    return () => undefined // gone since: the fault stands without its line
  }
}

/** The writer of a patch never sees the text, so where in it a key stands is left to `details`. */
export async function faulty(control: ConfigControlApi, view: ConfigView): Promise<Error> {
  const said = view.faults.map(({ place, ...fault }) => (place && (fault.path.length === 0 || place.file !== view.file) ? { ...fault, place } : fault))
  return fail('NEXUS_CONFIG_FAULTY', { faults: faultTexts(said), details: { issues: await issuesOf(view, control.schema()) } })
}

export function faultTexts(faults: readonly ConfigFault[]): string {
  const more = faults.length > mostSaid ? `; and ${faults.length - mostSaid} more` : ''
  return faults.slice(0, mostSaid).map(faultText).join('; ') + more
}
