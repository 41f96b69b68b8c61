/**
 * Responses that may be asked for again and continued. There are as many places as are kept, taken in turn: a new
 * response takes the place of the oldest, and its id says which place it has, so nothing is ever searched or swept.
 */
import { randomUUID } from 'node:crypto'
import { NexusError } from 'nexus-gateway/sdk'
import type { Caller } from 'nexus-gateway/sdk'
import type { ModelMessage } from '../../models/contract.ts'
import type { StoreApi } from '../../store/contract.ts'
import type { Item } from './items.ts'
import type { ResponseObject } from './shapes.ts'

const maxKept = 1000
const keepMs = 30 * 86_400_000
/** Bytes of JSON; larger ones are not kept. */
const maxBytes = 4 * 1024 * 1024
/** Places taken from the store at a time; those not used when the gateway stops are left out once. */
const block = 32

export interface KeptResponse {
  readonly response: ResponseObject
  readonly agentId: string
  readonly at: number
  /** What came with the request. */
  readonly input: readonly Item[]
  /** All that was said, to be continued; nothing if a session has it. */
  readonly messages: readonly ModelMessage[]
  readonly sessionKey?: string
}
interface Document extends KeptResponse { readonly id: string; readonly owner: string }

export interface Kept {
  /** An id for a response that is about to be made. `undefined`: nothing can be kept. */
  place(): Promise<string | undefined>
  /** Resolves when it is on disk; `false`: it is too large to be kept. */
  put(kept: KeptResponse, owner: Caller): Promise<boolean>
  /** Of the same caller only; others are told nothing, not even that it is there. */
  get(id: string, owner: Caller, now: number): Promise<KeptResponse | undefined>
  delete(id: string, owner: Caller): Promise<boolean>
}

/** A token, a device or the operator, whatever the connection. */
const ownerOf = ({ id, role }: Caller): string => `${role} ${id}`

export const unkeptId = (): string => `resp_${randomUUID()}`
/** The last four digits of the UUID. */
const idAt = (place: number): string => `${unkeptId().slice(0, -4)}${place.toString(16).padStart(4, '0')}`

function placeIn(id: string): string | undefined {
  const place = /^resp_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{8}([0-9a-f]{4})$/.exec(id)?.[1]
  return place !== undefined && Number.parseInt(place, 16) < maxKept ? place : undefined
}

export function createKept(store: StoreApi | undefined): Kept {
  if (!store) return { place: async () => undefined, put: async () => false, get: async () => undefined, delete: async () => false }
  const documents = store.documents<Document>('openai/responses')
  const places = store.documents<{ readonly next: number }>('openai')
  const free: number[] = []
  let turn: Promise<unknown> = Promise.resolve()

  /** Another generation of this plugin may take places at the same time, so it is compare and set. */
  async function take(): Promise<number> {
    for (;;) {
      const ready = free.shift()
      if (ready !== undefined) return ready % maxKept
      const found = await places.get('places')
      const next = found?.value.next ?? 0
      try {
        await places.put('places', { next: next + block }, { revision: found?.revision ?? 0 })
      } catch (error) {
        if (error instanceof NexusError && error.code === 'NEXUS_STORE_CONFLICT') continue
        throw error
      }
      free.push(...Array.from({ length: block }, (_, n) => next + n))
    }
  }

  async function find(id: string, owner: Caller): Promise<Document | undefined> {
    const place = placeIn(id)
    const found = place === undefined ? undefined : (await documents.get(place))?.value
    return found?.id === id && found.owner === ownerOf(owner) ? found : undefined
  }

  return {
    place() {
      const taken = turn.then(take)
      turn = taken.catch(() => {})
      return taken.then(idAt)
    },
    async put(kept, owner) {
      const { id } = kept.response
      const place = placeIn(id)
      const document: Document = { id, owner: ownerOf(owner), ...kept }
      if (place === undefined || Buffer.byteLength(JSON.stringify(document)) > maxBytes) return false
      await documents.put(place, document)
      return true
    },
    async get(id, owner, now) {
      const found = await find(id, owner)
      if (!found || now - found.at <= keepMs) return found
      await documents.delete(placeIn(id)!)
      return undefined
    },
    async delete(id, owner) {
      return (await find(id, owner)) !== undefined && documents.delete(placeIn(id)!)
    },
  }
}
