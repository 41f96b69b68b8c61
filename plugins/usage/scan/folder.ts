/** The transcripts below a folder, and whose they are. For the thread: it may wait for the disk. */
import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'
import type { Mark } from './mark.ts'

export interface FoundFile {
  readonly path: string
  /** Below the folder, with `/`. */
  readonly name: string
  readonly session: string
  /** Of the session, where an index beside the file says so. */
  readonly key?: string
  readonly agent: string
  readonly file: NonNullable<Mark['file']>
}

const deepest = 6
const mostFiles = 50_000
const mostIndexBytes = 256 << 20
/** Also what the reference keeps of a session that was begun anew or deleted: it has cost what it has cost. Other copies hold the same lines again. */
const transcript = /^(.+)\.jsonl(?:\.(?:reset|deleted)\.[^/]+)?$/

export function listFolder(given: string): { readonly folder: string; readonly files: FoundFile[] } {
  const folder = realpathSync(given)
  const files: FoundFile[] = []
  const visit = (dir: string, depth: number): void => {
    let keys: ReadonlyMap<string, string> | undefined
    for (const entry of readdirSync(dir, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (files.length >= mostFiles) return
      const path = join(dir, entry.name)
      if (entry.isDirectory() && depth < deepest && entry.name !== 'node_modules' && !entry.name.startsWith('.')) visit(path, depth + 1)
      const session = entry.isFile() ? transcript.exec(entry.name)?.[1] : undefined
      if (session === undefined) continue
      const key = (keys ??= keysIn(dir)).get(session)
      files.push({ path, name: relative(folder, path).replaceAll(sep, '/'), session, agent: agentOf(dir), file: fileOf(path), ...(key !== undefined && { key }) })
    }
  }
  visit(folder, 0)
  return { folder, files }
}

/** `…/agents/ID/sessions` is where the reference keeps them, `…/sessions/ID` where they stand here. */
function agentOf(dir: string): string {
  const [name, above] = [basename(dir), basename(dirname(dir))]
  const id = name === 'sessions' ? (basename(dirname(dirname(dir))) === 'agents' ? above : 'main') : above === 'sessions' ? name : 'main'
  return /^[a-z0-9][a-z0-9_-]{0,63}$/i.test(id) ? id.toLowerCase() : 'main'
}

function keysIn(dir: string): ReadonlyMap<string, string> {
  const keys = new Map<string, string>()
  try {
    const file = join(dir, 'sessions.json')
    if (statSync(file).size > mostIndexBytes) return keys
    for (const [key, entry] of Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Record<string, { sessionId?: unknown } | null>)) {
      if (typeof entry?.sessionId === 'string') keys.set(entry.sessionId, key)
    }
  } catch { /* without it a session goes by its id */ }
  return keys
}

function fileOf(path: string): FoundFile['file'] {
  try {
    const { size, mtimeMs, ino } = statSync(path)
    return { size, mtimeMs, ino }
  } catch {
    return { size: 0, mtimeMs: 0, ino: 0 } // gone already; reading it will say so
  }
}
