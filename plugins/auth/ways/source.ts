/** Where a secret is looked at while the gateway runs, and how often. */
import { lstat } from 'node:fs/promises'
import type { Secret } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { configuredToken, readToken, type TokenSource } from '../keyfile.ts'

export interface LiveSource {
  /** As in `file:path`; fit to be shown. */
  readonly name: string
  /** 0: it changes only with the settings. */
  readonly everyMs: number
  /** What it holds now; `undefined` if it was not touched since the last look. */
  look(): Promise<string | undefined>
}

/** Half of what a change may take to hold. */
export const nearMs = 500
/** Elsewhere a look is a process, or a question to somebody else. */
const farMs = 30_000

export function periodOf({ source }: Secret): number {
  if (source === 'literal') return 0
  return source.startsWith('file:') ? nearMs : farMs
}

export function sourceOf({ env, configured, file }: TokenSource): LiveSource {
  if (env) return { name: 'NEXUS_TOKEN', everyMs: 0, look: async () => undefined }
  if (configured) return { name: configured.source, everyMs: periodOf(configured), look: () => configuredToken(configured) }
  return { name: 'auth/token', everyMs: nearMs, look: fileLook(file) }
}

/** Reads only what was written since. */
function fileLook(file: string): LiveSource['look'] {
  let seen = ''
  let settled = false
  return async () => {
    const stamp = await stampOf(file)
    if (settled && stamp === seen) return undefined
    // Two writes can have one time, so what was just written is read once more.
    settled = stamp === seen
    seen = stamp
    const token = await readToken(file)
    if (token === undefined) throw fail('NEXUS_AUTH_TOKEN_FILE', { file, reason: 'it is gone' })
    return token
  }
}

async function stampOf(file: string): Promise<string> {
  try {
    const { ino, size, mtimeMs, ctimeMs } = await lstat(file)
    return `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'unknown error'
  }
}
