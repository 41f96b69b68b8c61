/** What comes with a message: pictures, and files of text. Sizes are reckoned before anything is decoded. */
import type { ImagePart, TextPart } from '../sessions/contract.ts'
import { newBoundary, wrapExternal } from '../external-content/contract.ts'
import type { AttachmentLimits } from './config.ts'
import { failChat } from './errors.ts'
import type { Attachment } from './params.ts'

type Kind = 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp'
interface Given { readonly claim: string | undefined; readonly data: string; readonly name: string | undefined }

/** Throws NEXUS_CHAT_ATTACHMENT, which counts from 1 and never echoes what was sent. */
export function partsOf(attachments: readonly Attachment[], limits: AttachmentLimits): (TextPart | ImagePart)[] {
  if (attachments.length > limits.max) throw failChat('NEXUS_CHAT_ATTACHMENT', { number: limits.max + 1, reason: `at most ${limits.max} are taken` })
  return attachments.map((attachment, i) => {
    const refuse = (reason: string): never => { throw failChat('NEXUS_CHAT_ATTACHMENT', { number: i + 1, reason }) }
    return partOf(given(attachment, refuse), limits, refuse)
  })
}

function partOf({ claim, data, name }: Given, { maxBytes, maxImageBytes }: AttachmentLimits, refuse: (reason: string) => never): TextPart | ImagePart {
  const bytes = Math.floor(data.length / 4) * 3 - (data.endsWith('==') ? 2 : data.endsWith('=') ? 1 : 0)
  const kind = sniffed(Buffer.from(data.slice(0, 64), 'base64'))
  const most = kind ? maxImageBytes : maxBytes
  if (bytes <= 0) refuse('it is empty')
  if (bytes > most) refuse(`it has more than ${most} bytes`)
  if (!isBase64(data)) refuse('its content is no base64')
  if (kind) {
    if (claim !== undefined && claim !== 'image' && claim !== kind) refuse('its content is of another type than it says')
    return { type: 'image', data, mimeType: kind }
  }
  if (claim === 'image' || claim?.startsWith('image/')) refuse('it is no png, jpeg, gif or webp picture')
  if (claim !== undefined && !isText(claim)) refuse('files of its type are not taken, only pictures and text')
  return { type: 'text', text: wrapExternal(decoded(data) ?? refuse('it is no text in UTF-8'), { source: 'file', ...(name !== undefined && { title: name }) }, newBoundary()) }
}

/** The shapes of both generations: `content` in base64, also as a data URL, or a `source` with `media_type` and `data`. */
function given({ type, mimeType, fileName, content, source }: Attachment, refuse: (reason: string) => never): Given {
  const { data: inner, media_type: media } = (typeof source === 'object' && source !== null ? source : {}) as { readonly data?: unknown; readonly media_type?: unknown }
  const text = content ?? inner
  if (typeof text !== 'string') return refuse('it has no content in base64')
  // Nobody looks for the comma in megabytes.
  const [head, declared] = /^data:([^;,]{0,127})(?:;[^;,]{1,127})*;base64,/.exec(text.slice(0, 1_024)) ?? []
  const claim = plain(mimeType ?? (typeof media === 'string' ? media : undefined)) ?? plain(declared) ?? (type === 'image' ? 'image' : undefined)
  return { claim, data: text.slice(head?.length ?? 0), name: fileName }
}

/** Without parameters; a type that says nothing is none. */
function plain(type: string | undefined): string | undefined {
  const bare = type?.split(';', 1)[0]!.trim().toLowerCase()
  if (bare === 'image/jpg') return 'image/jpeg'
  return bare === '' || bare === 'application/octet-stream' ? undefined : bare
}

function sniffed(head: Buffer): Kind | undefined {
  const at = (from: number, text: string): boolean => head.toString('latin1', from, from + text.length) === text
  if (at(0, '\x89PNG\r\n\x1a\n')) return 'image/png'
  if (at(0, '\xff\xd8\xff')) return 'image/jpeg'
  if (at(0, 'GIF87a') || at(0, 'GIF89a')) return 'image/gif'
  return at(0, 'RIFF') && at(8, 'WEBP') ? 'image/webp' : undefined
}

/** Whole groups, nothing but the alphabet, padding where it belongs, and no bits that decoding would drop. */
function isBase64(data: string): boolean {
  if (data.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(data)) return false
  const last = data.slice(-4)
  return Buffer.from(last, 'base64').toString('base64') === last
}

const isText = (type: string): boolean => type.startsWith('text/') || /^application\/(?:(?:[\w.-]+\+)?(?:json|xml|yaml)|json5|jsonl|x-ndjson|x-yaml|toml|javascript|typescript|x-sh|sql|graphql)$/.test(type)

/** Nothing for what is no UTF-8, or has characters that no text has. */
function decoded(data: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(data, 'base64'))
    return text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}
