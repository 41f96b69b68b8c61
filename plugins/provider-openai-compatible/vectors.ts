/** Vectors out of the answer of a server. */
import { usageOf } from '../models/contract.ts'
import type { EmbedFinish } from '../models/contract.ts'

type Numbered = { readonly index?: unknown; readonly embedding?: unknown } | null

/** `undefined` for what holds none. How many there are and how long is for the caller to check. */
export function vectorsIn(text: string): EmbedFinish | undefined {
  const answer = parsed(text)
  if (!Array.isArray(answer?.data)) return undefined
  const data = answer.data as readonly Numbered[]
  if (!data.every((one) => Array.isArray(one?.embedding) && one.embedding.every((number) => typeof number === 'number'))) return undefined
  const tokens = answer.usage?.prompt_tokens
  return { embeddings: inOrder(data), ...(typeof tokens === 'number' && Number.isFinite(tokens) && tokens >= 0 && { usage: usageOf({ input: tokens }) }) }
}

/** Servers number their vectors; what they number wrongly is none. */
function inOrder(data: readonly Numbered[]): readonly (readonly number[])[] {
  const vectors = data.map((one) => one!.embedding as readonly number[])
  const places = data.map((one) => one!.index)
  if (places.every((place, i) => !isThere(place) || place === i)) return vectors
  if (new Set(places).size !== places.length || !places.every((place) => Number.isInteger(place) && (place as number) >= 0 && (place as number) < places.length)) return []
  const ordered: (readonly number[])[] = []
  for (const [i, place] of places.entries()) ordered[place as number] = vectors[i]!
  return ordered
}

const isThere = (value: unknown): boolean => value !== undefined && value !== null

function parsed(text: string): { readonly data?: unknown; readonly usage?: { readonly prompt_tokens?: unknown } | null } | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : undefined
  } catch {
    return undefined // no JSON: the caller says so
  }
}
