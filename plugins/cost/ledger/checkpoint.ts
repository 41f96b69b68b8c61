/**
 * The book as it was at one place of the log, so that a start reads only what was written since. One document, and more
 * for what is too large for it: those are written first, in a slot that the present checkpoint does not use.
 */
import type { Documents, StoreApi } from '../../store/contract.ts'
import type { BookRows } from './book.ts'
import type { CounterRow } from './counters.ts'
import { isAmount, isRecord, isTime } from './lines.ts'
import type { Position } from './writer.ts'

export interface Checkpoint { readonly position: Position; readonly rows: BookRows }
export interface Checkpoints {
  /** `undefined`: there is none. `'damaged'`: there is one, and it cannot be used. Rejects when the disk cannot be read. */
  read(): Promise<Checkpoint | 'damaged' | undefined>
  write(checkpoint: Checkpoint): Promise<void>
}

type Slot = 'a' | 'b'
interface Part { readonly counters: readonly CounterRow[]; readonly open: readonly string[] }
interface Head extends Part { readonly version: 1; readonly position: Position; readonly done: readonly string[]; readonly slot: Slot; readonly parts: number }

/** Characters of a part, about: a moment to make, and far below what a document may have. */
const partSize = 512 * 1_024
const key = 'checkpoint'
const partKey = (slot: Slot, n: number): string => `${key}-${slot}-${n}`

export function createCheckpoints(store: Pick<StoreApi, 'documents'>): Checkpoints {
  const documents: Documents<unknown> = store.documents('ledger')
  let slot: Slot = 'a'

  async function read(): Promise<Checkpoint | 'damaged' | undefined> {
    const head = await valueOf(key)
    if (head === undefined || head === 'damaged') return head
    if (!isHead(head)) return 'damaged'
    const parts: Part[] = [head]
    for (let n = 1; n <= head.parts; n++) {
      const part = await valueOf(partKey(head.slot, n))
      if (!isPart(part)) return 'damaged'
      parts.push(part)
    }
    slot = head.slot === 'a' ? 'b' : 'a'
    return { position: head.position, rows: { counters: parts.flatMap(({ counters }) => counters), open: parts.flatMap(({ open }) => open), done: head.done } }
  }

  async function valueOf(name: string): Promise<unknown> {
    try {
      return (await documents.get(name))?.value
    } catch (error) {
      if ((error as { code?: unknown }).code === 'NEXUS_STORE_DAMAGED') return 'damaged'
      throw error
    }
  }

  async function write({ position, rows }: Checkpoint): Promise<void> {
    const [first, ...parts] = partsOf(rows)
    for (const [n, part] of parts.entries()) await documents.put(partKey(slot, n + 1), part)
    const head: Head = { version: 1, position, done: rows.done, slot, parts: parts.length, ...first! }
    await documents.put(key, head)
    slot = slot === 'a' ? 'b' : 'a'
  }

  return { read, write }
}

/** At least one. */
function partsOf({ counters, open }: BookRows): Part[] {
  let part: { counters: CounterRow[]; open: string[] } = { counters: [], open: [] }
  const parts = [part]
  let size = 0
  const room = (more: number): typeof part => {
    size += more
    if (size > partSize) {
      parts.push(part = { counters: [], open: [] })
      size = more
    }
    return part
  }
  for (const row of counters) room(row[0].length + 64).counters.push(row)
  for (const text of open) room(text.length * 1.25).open.push(text)
  return parts
}

const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every((one) => typeof one === 'string')

/** Sums may be larger than any one amount. */
const isSum = (value: unknown): value is number => Number.isFinite(value) && (value as number) >= 0

function isRow(row: unknown): row is CounterRow {
  if (!Array.isArray(row)) return false
  const [name, spentNano, spentTokens, calls, unpriced, expiresAt, at] = row as unknown[]
  return typeof name === 'string' && [spentNano, spentTokens, calls, unpriced].every(isSum) && (expiresAt === null || isTime(expiresAt)) && isTime(at)
}

const isPart = (value: unknown): value is Part => isRecord(value) && texts(value['open']) && Array.isArray(value['counters']) && value['counters'].every(isRow)

function isPosition(value: unknown): value is Position {
  return isRecord(value) && typeof value['log'] === 'string' && isAmount(value['end']) && texts(value['past'])
}

function isHead(value: unknown): value is Head {
  if (!isPart(value)) return false
  const { version, position, done, slot, parts } = value as Partial<Head>
  return version === 1 && isPosition(position) && texts(done) && (slot === 'a' || slot === 'b') && Number.isSafeInteger(parts)
}
