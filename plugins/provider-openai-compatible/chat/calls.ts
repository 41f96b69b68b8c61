/** Tool calls, put together from their pieces. */
import { parseArguments } from '../../models/contract.ts'
import type { ToolCallPart } from '../../models/contract.ts'

/** A piece of a call, checked. Servers leave out whatever they have said before, some of them the index too. */
export interface CallPiece {
  readonly index: number | undefined
  readonly id: string
  readonly name: string
  readonly arguments: string
}

interface Call { id: string; name: string; readonly index: number | undefined; readonly pieces: string[] }

export interface Calls {
  /** False when it is of no use: there are too many calls, or their arguments are too long. */
  take(piece: CallPiece): boolean
  /** In the order of their numbers, where all have one; `undefined` when one of them has no name. */
  whole(): readonly ToolCallPart[] | undefined
}

const mostCalls = 256
const mostChars = 8 * 1024 * 1024

export function createCalls(newId: () => string): Calls {
  const calls: Call[] = []
  let chars = 0

  /** The call that a piece goes on with; nothing when it begins one. */
  function known({ index, id, name }: CallPiece): Call | undefined {
    // Some servers number all their calls alike: another id and a name begin another call.
    if (index !== undefined) return calls.findLast((call) => call.index === index && !(id !== '' && name !== '' && call.id !== '' && call.id !== id))
    if (id !== '') return calls.findLast((call) => call.id === id)
    return name === '' ? calls.at(-1) : undefined
  }

  return {
    take(piece) {
      chars += piece.arguments.length
      if (chars > mostChars || calls.length >= mostCalls) return false
      const call = known(piece)
      if (call === undefined) {
        calls.push({ id: piece.id, name: piece.name, index: piece.index, pieces: [piece.arguments] })
        return true
      }
      if (call.id === '') call.id = piece.id
      if (call.name === '') call.name = piece.name
      call.pieces.push(piece.arguments)
      return true
    },
    whole() {
      if (calls.some(({ name }) => name === '')) return undefined
      const ordered = calls.every(({ index }) => index !== undefined) ? calls.toSorted((a, b) => a.index! - b.index!) : calls
      const used = new Set([''])
      // One id is one call, so the second of a name gets another: its result could not be told from the first one's.
      const own = (id: string): string => (used.has(id) ? newId() : (used.add(id), id))
      return ordered.map(({ id, name, pieces }) => ({ type: 'toolCall', id: own(id), name, arguments: parseArguments(pieces.join('')) }))
    },
  }
}
