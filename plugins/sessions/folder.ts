/** A folder of the reference system: its `sessions.json` and the transcripts beside it, for `nexus sessions import`. Read only. */
import { createReadStream } from 'node:fs'
import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import type { SessionSettings } from './contract.ts'
import { fail } from './errors.ts'
import { normalizeKey } from './keys.ts'
import { patched, toWire } from './settings.ts'

export interface FoundSession {
  /** Normalized, and with the words used here: `direct` for `dm`, `thread` for `topic`. */
  readonly key: string
  readonly sessionId: string
  readonly file: string
  readonly updatedAt: number | undefined
  /** Under wire names. */
  readonly settings: ReturnType<typeof toWire>
}
export interface FoundFolder {
  readonly sessions: readonly FoundSession[]
  /** Entries that name no session that could be taken in. */
  readonly unusable: number
  /** Transcripts that no entry leads to. */
  readonly left: number
}

const maxIndexBytes = 256 * 1024 * 1024
const maxLockBytes = 64 * 1024
const agentName = /^[a-z0-9][a-z0-9_-]{0,63}$/

/** The folders that are meant: the given one, or those of all agents below a state directory. Throws NEXUS_SESSIONS_FOLDER. */
export async function foldersIn(given: string): Promise<string[]> {
  const folder = resolve(given)
  for (const one of [folder, join(folder, 'sessions')]) if (await exists(join(one, 'sessions.json'))) return [one]
  const agents = await readdir(join(folder, 'agents')).catch(() => [])
  const folders: string[] = []
  for (const agent of agents.sort()) {
    const one = join(folder, 'agents', agent, 'sessions')
    if (await exists(join(one, 'sessions.json'))) folders.push(one)
  }
  if (folders.length === 0) throw fail('NEXUS_SESSIONS_FOLDER', { file: join(folder, 'sessions.json'), reason: 'there is no such file' })
  return folders
}

/** `agent` is whose the sessions are that name none; without it the folder's name says so. */
export async function readFolder(folder: string, agent: string | undefined): Promise<FoundFolder> {
  const index = await readIndex(join(folder, 'sessions.json'))
  const owner = (agent ?? agentOfFolder(folder)).toLowerCase()
  if (!agentName.test(owner)) throw fail('NEXUS_SESSIONS_KEY')
  const all = Object.entries(index).map(([key, entry]) => found(folder, owner, key, entry))
  const sessions = all.filter((one) => one !== undefined)
  const files = new Set(sessions.map(({ file }) => file))
  const left = (await readdir(folder)).filter((name) => name.endsWith('.jsonl') && !files.has(join(folder, name))).length
  return { sessions, unusable: all.length - sessions.length, left }
}

/** `…/agents/ID/sessions` is where they stand. */
function agentOfFolder(folder: string): string {
  const owner = dirname(folder)
  return basename(folder) === 'sessions' && basename(dirname(owner)) === 'agents' ? basename(owner) : 'main'
}

async function readIndex(file: string): Promise<Record<string, unknown>> {
  try {
    if ((await stat(file)).size > maxIndexBytes) throw new RangeError('it is too large')
    const read: unknown = JSON.parse(await readFile(file, 'utf8'))
    if (typeof read === 'object' && read !== null && !Array.isArray(read)) return read as Record<string, unknown>
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw fail('NEXUS_SESSIONS_FOLDER', { file, reason: code ?? 'it is not JSON' }, error)
  }
  throw fail('NEXUS_SESSIONS_FOLDER', { file, reason: 'it is not a table of sessions' })
}

function found(folder: string, agent: string, name: string, entry: unknown): FoundSession | undefined {
  if (typeof entry !== 'object' || entry === null) return undefined
  const { sessionId, sessionFile, updatedAt } = entry as Record<string, unknown>
  if (typeof sessionId !== 'string' || !/^[a-z0-9_][a-z0-9_-]{0,99}$/.test(sessionId)) return undefined
  const key = keyOf(agent, name)
  if (key === undefined) return undefined
  // Only the name counts: an index from elsewhere may name paths of its own machine.
  const file = typeof sessionFile === 'string' && sessionFile.endsWith('.jsonl') ? basename(sessionFile.replaceAll('\\', '/')) : `${sessionId}.jsonl`
  return { key, sessionId, file: join(folder, file), updatedAt: typeof updatedAt === 'number' ? updatedAt : undefined, settings: settingsOf(entry as Record<string, unknown>) }
}

function keyOf(agent: string, name: string): string | undefined {
  try {
    const key = normalizeKey(/^agent:/i.test(name) ? name : `agent:${agent}:${name}`)
    return key.replace(/^(agent:[^:]+:(?:[^:]+:){0,2})dm:/, '$1direct:').replace(/:topic:([^:]+)$/, ':thread:$1')
  } catch {
    return undefined
  }
}

/** Those that make sense here; any other is left behind. */
function settingsOf(entry: Record<string, unknown>): ReturnType<typeof toWire> {
  const { providerOverride, modelOverride } = entry
  const model = typeof modelOverride === 'string' ? (typeof providerOverride === 'string' ? `${providerOverride}/${modelOverride}` : modelOverride) : undefined
  const wanted: Record<string, unknown> = {
    label: entry['label'], model, thinking: entry['thinkingLevel'], verbose: entry['verboseLevel'], reasoning: entry['reasoningLevel'], elevated: entry['elevatedLevel'],
    usage: entry['responseUsage'], queueMode: entry['queueMode'], sendPolicy: entry['sendPolicy'], groupActivation: entry['groupActivation'],
    execHost: entry['execHost'], execSecurity: entry['execSecurity'], execAsk: entry['execAsk'], execNode: entry['execNode'], spawnedBy: entry['spawnedBy'], spawnDepth: entry['spawnDepth'],
  }
  let settings: SessionSettings = {}
  for (const [name, value] of Object.entries(wanted)) {
    if (value === undefined || value === null) continue
    try {
      settings = patched(settings, { [name]: value })
    } catch { /* a value that is not known here */ }
  }
  return toWire(settings)
}

// ── Transcripts ─────────────────────────────────────────────────────────────────────────────────

export interface Piece { readonly lines: readonly string[]; readonly open: boolean }

const newline = 0x0a
const maxLine = 8 * 1024 * 1024
/** Characters of a piece; escaped and in UTF-8 they stay below what one call may carry. */
const pieceChars = 256 * 1024
const pieceLines = 1000

/** Whole lines of a file. A last line without its newline is given if it is whole JSON, else it was torn by a crash and is left out. */
export async function* linesOf(file: string): AsyncGenerator<string> {
  let parts: Buffer[] = []
  let held = 0
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      const line = Buffer.concat([...parts, chunk.subarray(from, at)]).toString()
      parts = []
      held = 0
      from = at + 1
      if (line.trim() !== '') yield line
    }
    parts.push(chunk.subarray(from))
    held += chunk.length - from
    if (held > maxLine) throw fail('NEXUS_SESSIONS_IMPORT', { reason: `one of its lines is longer than ${maxLine} bytes` })
  }
  const last = Buffer.concat(parts).toString()
  if (last.trim() !== '' && isJson(last)) yield last
}

/** In pieces that one call can carry. */
export async function* piecesOf(file: string): AsyncGenerator<Piece> {
  let lines: string[] = []
  let chars = 0
  for await (const line of linesOf(file)) {
    for (let from = 0; from < line.length; from += pieceChars) {
      const part = line.slice(from, from + pieceChars)
      if (chars + part.length > pieceChars && lines.length > 0 && from === 0) {
        yield { lines, open: false }
        lines = []
        chars = 0
      }
      lines.push(part)
      chars += part.length
      if (from + pieceChars < line.length) {
        yield { lines, open: true }
        lines = []
        chars = 0
      }
    }
    if (lines.length >= pieceLines) {
      yield { lines, open: false }
      lines = []
      chars = 0
    }
  }
  yield { lines, open: false }
}

/** When the transcript says that it began. */
export async function beganAt(file: string): Promise<number | undefined> {
  for await (const line of linesOf(file)) {
    try {
      const at = Date.parse(String((JSON.parse(line) as { timestamp?: unknown }).timestamp))
      return Number.isNaN(at) ? undefined : at
    } catch {
      return undefined
    }
  }
  return undefined
}

/** The process that says by a lock file that it is writing the transcript, if it still runs. */
export async function writerOf(file: string): Promise<number | undefined> {
  try {
    const lock = `${file}.lock`
    const found = await stat(lock)
    if (!found.isFile() || found.size > maxLockBytes) return undefined
    const { pid } = JSON.parse(await readFile(lock, 'utf8')) as { pid?: unknown }
    if (typeof pid !== 'number' || !Number.isInteger(pid) || pid < 1) return undefined // other numbers mean groups of processes
    process.kill(pid, 0)
    return pid
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM' ? 0 : undefined // none, or one that has ended
  }
}

const exists = (file: string): Promise<boolean> => stat(file).then((found) => found.isFile(), () => false)

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
