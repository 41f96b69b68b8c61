/** A tool's answer, made fit for a conversation. */
import type { ToolImage, ToolResult, ToolText } from './contract.ts'
import { failTools } from './errors.ts'

/** Base64 characters of one image: 5 MiB of picture. */
const maxImageChars = 7_000_000
const maxImages = 8

/** Cuts text beyond `maxChars`, and says so in plain words. Throws NEXUS_TOOLS_FAILED for what is no result. */
export function cut(tool: string, result: ToolResult | undefined, maxChars: number): ToolResult {
  if (!isResult(result)) throw failTools('NEXUS_TOOLS_FAILED', { tool, reason: 'it gave no result' })
  const total = result.content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0)
  let left = maxChars
  let images = 0
  const content = result.content.flatMap((part): (ToolText | ToolImage)[] => {
    if (part.type === 'image') return [++images > maxImages || part.data.length > maxImageChars ? { type: 'text', text: '[An image was left out: it is too large or one too many.]' } : part]
    const text = head(part.text, left)
    left -= text.length
    return text === '' && part.text !== '' ? [] : [{ type: 'text', text }]
  })
  if (total > maxChars) content.push({ type: 'text', text: `[Cut: ${maxChars - left} of ${total} characters are shown.]` })
  return { content, isError: result.isError, ...detailsOf(result.details, maxChars) }
}

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
