/** What a server answers, as a result that the executor and the model know. What it says is its own: the agent wraps it. Pure. */
import * as v from 'valibot'
import type { ToolImage, ToolResult, ToolText } from '../../tools/contract.ts'
import { line } from './text.ts'

/** Read with as little trust as can be: each part is looked at by itself. */
export const CallAnswer = v.looseObject({ content: v.optional(v.array(v.unknown())), isError: v.optional(v.unknown()), structuredContent: v.optional(v.unknown()) })
export const ResourceAnswer = v.looseObject({ contents: v.array(v.unknown()) })

const mostParts = 100
const imageTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp']

type Part = ToolText | ToolImage

export function resultOf({ content = [], isError, structuredContent }: v.InferOutput<typeof CallAnswer>): ToolResult {
  const parts = content.slice(0, mostParts).map(partOf)
  if (content.length > mostParts) parts.push(note(`${content.length - mostParts} more parts were left out.`))
  // Who sends both says the same twice; who sends no text would say nothing to the model.
  if (structuredContent !== undefined && !parts.some(({ type }) => type === 'text')) parts.push({ type: 'text', text: JSON.stringify(structuredContent) })
  return { content: parts, isError: isError === true, ...(structuredContent !== undefined && { details: { structuredContent } }) }
}

export function resourceResultOf({ contents }: v.InferOutput<typeof ResourceAnswer>): ToolResult {
  return { content: contents.slice(0, mostParts).map((resource) => partOf({ type: 'resource', resource })), isError: false }
}

function partOf(part: unknown): Part {
  const { type, text, data, mimeType, resource, uri, name } = fieldsOf(part)
  switch (type) {
    case 'text': return typeof text === 'string' ? { type: 'text', text } : note('A text without text.')
    case 'image': return imageOf(data, mimeType)
    case 'audio': return note(`Audio, ${line(mimeType, 64)}, is not shown.`)
    case 'resource': return embedded(fieldsOf(resource))
    case 'resource_link': return note(`Resource ${line(name, 200)}: ${line(uri, 2_000)}`)
    default: return note('A part of a kind that is not known here was left out.')
  }
}

function imageOf(data: unknown, mimeType: unknown): Part {
  if (typeof data !== 'string' || typeof mimeType !== 'string' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data)) return note('A picture that is none was left out.')
  return imageTypes.includes(mimeType) ? { type: 'image', data, mimeType } : note(`A picture of type ${line(mimeType, 64)} was left out.`)
}

function embedded({ uri, text, blob, mimeType }: Fields): Part {
  const about = `Resource ${line(uri, 2_000)}`
  if (typeof text === 'string') return { type: 'text', text: `${about}\n${text}` }
  if (typeof blob !== 'string') return note(`${about} is empty.`)
  if (typeof mimeType === 'string' && imageTypes.includes(mimeType)) return imageOf(blob, mimeType)
  return note(`${about}, ${line(mimeType, 64) || 'bytes'}, is not shown.`)
}

type Fields = Readonly<Record<'type' | 'text' | 'data' | 'mimeType' | 'resource' | 'uri' | 'name' | 'blob', unknown>>
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? value : {}) as Fields
const note = (text: string): ToolText => ({ type: 'text', text: `[${text}]` })
