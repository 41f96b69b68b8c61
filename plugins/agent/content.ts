/** What a message may hold. Sizes are reckoned from the encoded text: nothing is decoded before it is known to be small. */
import type { UserMessage } from '../sessions/contract.ts'
import { failAgent } from './errors.ts'

const maxImages = 20
const maxImageBytes = 5 * 1024 * 1024
const maxAllBytes = 20 * 1024 * 1024
const maxChars = 2_000_000
const kinds: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp'])

/** Throws NEXUS_AGENT_CONTENT. */
export function checkContent(content: UserMessage['content']): void {
  const refuse = (reason: string): never => { throw failAgent('NEXUS_AGENT_CONTENT', { reason }) }
  const images = content.filter((part) => part.type === 'image')
  const sizes = images.map(({ data }) => Math.ceil(data.length * 0.75))
  if (images.length > maxImages) refuse(`it has more than ${maxImages} pictures`)
  if (sizes.some((size) => size > maxImageBytes)) refuse('a picture has more than 5 MiB')
  if (sizes.reduce((sum, size) => sum + size, 0) > maxAllBytes) refuse('its pictures have more than 20 MiB together')
  if (images.some(({ mimeType }) => !kinds.has(mimeType))) refuse('a picture is of a kind that is not taken')
  if (images.some(({ data }) => !/^[A-Za-z0-9+/]+={0,2}$/.test(data.slice(0, 64)))) refuse('a picture is not base64')
  if (content.reduce((sum, part) => sum + (part.type === 'text' ? part.text.length : 0), 0) > maxChars) refuse('it has more than 2,000,000 characters')
}
