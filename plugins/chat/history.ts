/** A session's latest messages, as many as fit. */
import type { Caller } from 'nexus-gateway/sdk'
import type { SessionsApi, StoredMessage } from '../sessions/contract.ts'
import type { HistoryQuery } from './params.ts'
import { refuseHistory } from './refuse.ts'
import { checkId, keyOf } from './session.ts'

/** Bounds of an answer and of one message in it, in bytes of JSON. */
const maxAnswerBytes = 6 * 1024 * 1024
const maxMessageBytes = 128 * 1024
/** What stands around the messages. */
const envelopeBytes = 4 * 1024

export interface History {
  sessionKey: string
  sessionId?: string
  messages: Shown[]
  /** Give it as `cursor` for what stands before. */
  nextCursor?: string
}
type Shown = Omit<StoredMessage, 'position'> & { truncated?: true }

export async function history(sessions: SessionsApi, query: HistoryQuery, caller: Caller): Promise<History> {
  refuseHistory(query)
  const sessionKey = keyOf(sessions, query, caller)
  await checkId(sessions, sessionKey, query.sessionId)
  const session = await sessions.find(sessionKey)
  if (!session) return { sessionKey, messages: [] }
  const { limit, cursor } = query
  const stored = await sessions.history(sessionKey, { limit, queued: true, ...(cursor === undefined ? {} : { before: Number(cursor) }) })
  const messages = fitting(stored.map((message) => shown(message, query.maxChars)), Math.min(query.maxBytes ?? maxAnswerBytes, maxAnswerBytes - envelopeBytes))
  const oldest = stored[stored.length - messages.length]?.position
  const more = oldest !== undefined && oldest > 0 && (messages.length < stored.length || stored.length >= limit)
  return { sessionKey, sessionId: session.id, messages, ...(more ? { nextCursor: String(oldest) } : {}) }
}

/** The newest ones that fit together, one at least. */
function fitting(messages: readonly Shown[], maxBytes: number): Shown[] {
  let from = messages.length
  let bytes = 0
  while (from > 0) {
    bytes += bytesOf(messages[from - 1]) + 1
    if (bytes > maxBytes && from < messages.length) break
    from--
  }
  return messages.slice(from)
}

function shown(stored: StoredMessage, maxChars: number | undefined): Shown {
  const { position: _, ...message } = stored
  const cut = maxChars === undefined ? message : shortened(message, maxChars)
  const light = bytesOf(cut) <= maxMessageBytes ? cut : withoutPictures(cut)
  const bytes = bytesOf(light)
  if (bytes <= maxMessageBytes) return light
  const note = `[left out here: a message of ${Math.ceil(bytes / 1024)} KiB]`
  return { ...cut, content: [{ type: 'text', text: note }], truncated: true } as Shown
}

/** A picture is most of its message, and what was said with it is still worth reading. */
function withoutPictures(message: Shown): Shown {
  const content = message.content.map((part) => (part.type === 'image' ? { type: 'text', text: `[left out here: a picture, ${part.mimeType}, ${Math.ceil(part.data.length * 0.75 / 1024)} KiB]` } : part))
  return { ...message, content, truncated: true } as Shown
}

function shortened(message: Shown, maxChars: number): Shown {
  let cut = false
  const content = message.content.map((part) => {
    if (part.type !== 'text' || part.text.length <= maxChars) return part
    cut = true
    return { ...part, text: `${part.text.slice(0, maxChars)}…` }
  })
  return cut ? { ...message, content, truncated: true } as Shown : message
}

const bytesOf = (value: unknown): number => Buffer.byteLength(JSON.stringify(value))
