/** A tool's answer, made fit for a conversation. */
import type { ToolImage, ToolResult, ToolText } from './contract.ts'
import { failTools } from './errors.ts'

/** Base64 characters of all images of a result: 5 MiB of picture. A result is one line of a transcript, which holds 8 MiB. */
const maxImageChars = 7_000_000
const maxImages = 8
const mediaType = /^image\/[a-z0-9.+-]{1,60}$/i

/** Cuts text beyond `maxChars`, and says so in plain words. Throws NEXUS_TOOLS_FAILED for what is no result. */
export function cut(tool: string, result: ToolResult | undefined, maxChars: number): ToolResult {
  if (!isResult(result)) throw failTools('NEXUS_TOOLS_FAILED', { tool, reason: 'it gave no result' })
  const total = result.content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
  let left = maxChars
  const images = { count: 0, chars: 0, leftOut: 0 }
  const fits = ({ data, mimeType }: ToolImage): boolean => {
    if (images.count >= maxImages || images.chars + data.length > maxImageChars || !mediaType.test(mimeType) || !isBase64(data)) return false
    images.count++
    images.chars += data.length
    return true
  }
  const content = result.content.flatMap((part): (ToolText | ToolImage)[] => {
    if (part.type === 'image' && !fits(part)) images.leftOut++
    else if (part.type === 'image') return [{ type: 'image', data: part.data, mimeType: part.mimeType }]
    const text = part.type === 'text' ? head(part.text, left) : ''
    left -= text.length
    return text === '' ? [] : [{ type: 'text', text }]
  })
  if (images.leftOut > 0) content.push({ type: 'text', text: `[${images.leftOut} of the images were left out: too large, too many, or no pictures.]` })
  if (content.length === 0) content.push({ type: 'text', text: '' })
  if (total > maxChars) content.push({ type: 'text', text: `[Cut: ${maxChars - left} of ${total} characters are shown.]` })
  return { content, isError: result.isError, ...detailsOf(result.details, maxChars) }
}

/** One that is not makes every later request of the conversation fail. */
const isBase64 = (data: string): boolean => data.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(data)

/** The first `length` characters, never half of one. */
function head(text: string, length: number): string {
  if (text.length <= length) return text
  const last = text.charCodeAt(length - 1)
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length)
}

/** Details go to clients and transcripts: what JSON cannot say, or is too long, is left out. */
function detailsOf(details: unknown, maxChars: number): { details?: unknown } {
  if (details === undefined) return {}
  try {
    const text = JSON.stringify(details) as string | undefined
    return text !== undefined && text.length <= maxChars ? { details: JSON.parse(text) } : {}
  } catch {
    // Cyclic, or a toJSON that throws: not JSON.
    return {}
  }
}

function isResult(result: unknown): result is ToolResult {
  if (typeof result !== 'object' || result === null) return false
  const { content, isError } = result as Partial<ToolResult>
  return Array.isArray(content) && typeof isError === 'boolean' && content.every(isPart)
}

function isPart(part: unknown): part is ToolText | ToolImage {
  if (typeof part !== 'object' || part === null) return false
  const { type, text, data, mimeType } = part as Record<string, unknown>
  return type === 'text' ? typeof text === 'string' : type === 'image' && typeof data === 'string' && typeof mimeType === 'string'
}
