/** Lines of a transcript: made, and read back with patience for what other programs wrote. */
import { randomBytes } from 'node:crypto'
import type { AssistantMessage, CustomEntry, Message, NewEntry, NewMessage, RunMarker, SessionEntry, SessionHeader, StopReason, TextPart } from './contract.ts'
import { runMarker } from './contract.ts'

export const newId = (): string => randomBytes(8).toString('hex')

/** The version of the reference's format that these lines follow. */
const version = 3
export const makeHeader = (id: string, cwd: string, now: number): SessionHeader => ({ type: 'session', version, id, timestamp: new Date(now).toISOString(), cwd })

export function makeEntry(entry: NewEntry, id: string, parentId: string | null, now: number): SessionEntry {
  const { type, ...rest } = entry
  const base = { type, id, parentId, timestamp: new Date(now).toISOString() }
  return { ...base, ...rest, ...(entry.type === 'message' && { message: timed(entry.message, now) }) } as SessionEntry
}

const timed = (message: NewMessage, now: number): Message => ({ ...message, timestamp: message.timestamp ?? now }) as Message

export const marker = (data: RunMarker): NewEntry => ({ type: 'custom', customType: runMarker, data })

export function markerOf(entry: SessionEntry): RunMarker | undefined {
  return entry.type === 'custom' && entry.customType === runMarker ? (entry as CustomEntry).data as RunMarker : undefined
}

const entryTypes = new Set(['message', 'custom', 'custom_message', 'compaction', 'branch_summary', 'model_change', 'thinking_level_change', 'session_info'])
const roles = new Set(['user', 'assistant', 'toolResult'])

/** What a line says. Without an entry it is sound but none of ours to show, such as the header, or `damaged`. */
export interface ReadLine {
  /** Its own, or made of its place: the oldest form of the reference names no entry. */
  readonly id: string
  /** The line that it goes on from; `null` for none, `undefined` where it does not say. */
  readonly parentId?: string | null | undefined
  readonly entry?: SessionEntry | undefined
  readonly damaged?: true
}

/** `position` is where it begins. */
export function readLine(text: string, position: number): ReadLine {
  const place = `@${position}`
  let read: unknown
  try {
    read = JSON.parse(text)
  } catch {
    return { id: place, damaged: true }
  }
  if (!isRecord(read) || typeof read.type !== 'string') return { id: place, damaged: true }
  const id = typeof read.id === 'string' ? read.id : place
  const parentId = typeof read.parentId === 'string' || read.parentId === null ? read.parentId : undefined
  if (!entryTypes.has(read.type)) return { id, parentId }
  const entry = entryOf({ ...read, id, parentId: parentId ?? null })
  return entry === 'damaged' ? { id, parentId, damaged: true } : { id, parentId, entry }
}

function entryOf(read: Record<string, unknown>): SessionEntry | undefined | 'damaged' {
  if (read.type === 'message') return readMessage(read)
  // What the oldest form kept it names by number; nobody finds an entry of no name, and nothing is kept then.
  if (read.type === 'compaction') return typeof read.summary === 'string' ? { firstKeptEntryId: '', tokensBefore: 0, ...read } as unknown as SessionEntry : 'damaged'
  if (read.type === 'branch_summary') return typeof read.summary === 'string' ? read as unknown as SessionEntry : 'damaged'
  if (read.type === 'custom_message') return typeof read.content === 'string' ? read as unknown as SessionEntry : Array.isArray(read.content) ? { ...read, content: read.content.flatMap(readPart) } as unknown as SessionEntry : 'damaged'
  return read as unknown as SessionEntry
}

function readMessage(entry: Record<string, unknown>): SessionEntry | undefined | 'damaged' {
  const { message } = entry
  if (!isRecord(message)) return 'damaged'
  if (!roles.has(message.role as string)) return undefined
  const content = typeof message.content === 'string' ? textParts(message.content) : message.content
  if (!Array.isArray(content)) return 'damaged'
  const written = Date.parse(String(entry.timestamp))
  const timestamp = typeof message.timestamp === 'number' ? message.timestamp : Number.isNaN(written) ? 0 : written
  return { ...entry, message: { ...message, ...(message.role === 'assistant' && answered(message)), content: content.flatMap(readPart), timestamp } } as unknown as SessionEntry
}

/** What every answer here says of itself; another program may have left it out. */
function answered({ provider, model, usage, stopReason }: Record<string, unknown>): Pick<AssistantMessage, 'provider' | 'model' | 'usage' | 'stopReason'> {
  const tokens = isRecord(usage) ? usage : {}
  const count = (name: string): number => (typeof tokens[name] === 'number' ? tokens[name] : 0)
  const [input, output, cacheRead, cacheWrite] = [count('input'), count('output'), count('cacheRead'), count('cacheWrite')]
  return {
    provider: typeof provider === 'string' ? provider : 'unknown',
    model: typeof model === 'string' ? model : 'unknown',
    usage: { ...tokens, input, output, cacheRead, cacheWrite, totalTokens: count('totalTokens') || input + output + cacheRead + cacheWrite },
    stopReason: stopReasons.has(stopReason as StopReason) ? stopReason as StopReason : 'stop',
  }
}
const stopReasons: ReadonlySet<StopReason> = new Set(['stop', 'length', 'toolUse', 'error', 'aborted'])

/** Parts that nobody here could show or send are left out; the line keeps them. */
function readPart(part: unknown): readonly unknown[] {
  if (!isRecord(part)) return []
  if (part.type === 'text') return typeof part.text === 'string' ? [part] : []
  if (part.type === 'image') return typeof part.data === 'string' && typeof part.mimeType === 'string' ? [part] : []
  if (part.type === 'toolCall') return typeof part.id === 'string' && typeof part.name === 'string' ? [isRecord(part.arguments) ? part : { ...part, arguments: {} }] : []
  if (part.type !== 'thinking' || typeof part.thinking !== 'string') return []
  const signature = part.signature ?? part.thinkingSignature // the reference's name
  return [typeof signature === 'string' ? { ...part, signature } : part]
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

export const textParts = (text: string): TextPart[] => [{ type: 'text', text }]

/** All text of a message, for previews. */
export function textOf(message: Message): string {
  return message.content.map((part) => (part.type === 'text' ? part.text : '')).filter(Boolean).join('\n')
}

export const isAnswer = (entry: NewEntry): boolean => entry.type === 'message' && entry.message.role === 'assistant'

/** What stands in place of the answer that a restart cut off. */
export const cutOff = (started: boolean): NewEntry => ({
  type: 'message',
  message: {
    role: 'assistant',
    content: textParts(started ? 'This reply was cut off by a restart of the gateway.' : 'The gateway restarted before this message was answered.'),
    provider: 'nexus',
    model: 'none',
    usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 },
    stopReason: 'aborted',
    errorMessage: 'interrupted by a restart of the gateway',
  } satisfies Omit<AssistantMessage, 'timestamp'>,
})

/** A tool call without a result makes a transcript that no provider takes. */
export const unanswered = (toolCallId: string, toolName: string): NewEntry => ({
  type: 'message',
  message: { role: 'toolResult', toolCallId, toolName, content: textParts('The gateway restarted before this tool answered. It may or may not have done its work.'), isError: true },
})
