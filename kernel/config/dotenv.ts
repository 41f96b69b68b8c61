/** `.env` of the state directory. Never one of the working directory: whoever sends a folder would set the gateway's variables. */
import { parseEnv } from 'node:util'
import type { ConfigFault } from './fault.ts'
import { limits, readContent } from './read.ts'

export interface Dotenv {
  readonly values: Readonly<Record<string, string>>
  readonly faults: readonly ConfigFault[]
}

/** A file that is not there has no variables. */
export async function readDotenv(file: string | undefined): Promise<Dotenv> {
  if (file === undefined) return { values: {}, faults: [] }
  const content = await readContent(file, limits.include, { follow: true })
  if ('text' in content) return { values: parseEnv(content.text) as Record<string, string>, faults: [] }
  return { values: {}, faults: content.missing ? [] : [{ path: [], what: content.what, file }] }
}
