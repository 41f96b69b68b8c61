/**
 * Numbers that only grow, over restarts too: revisions and fencing tokens. They are reserved on disk
 * a block at a time, so a crash skips some and gives none twice.
 */
import { join } from 'node:path'
import { errno, fail, writeFailed } from './errors.ts'
import type { Files } from './files.ts'

export interface Sequence { next(): number | Promise<number> }

const block = 1024
const layout = 1

/** `now`, ms since the epoch, is where a store goes on that has lost the file: far above any number given before. */
export async function openSequence(files: Files, root: string, now: number): Promise<Sequence> {
  const path = join(root, 'store.json')
  let given = await readReserved(files, path, root, now)
  let reserved = given
  let reserving: Promise<void> | undefined

  async function reserve(): Promise<void> {
    const upTo = reserved + block
    await files.writeAtomic(path, `${JSON.stringify({ layout, reserved: upTo })}\n`).catch((error: unknown) => { throw writeFailed('store.json', error) })
    reserved = upTo
  }

  async function slowly(): Promise<number> {
    while (given >= reserved) await (reserving ??= reserve().finally(() => { reserving = undefined }))
    return ++given
  }

  return { next: () => (given < reserved ? ++given : slowly()) }
}

async function readReserved(files: Files, path: string, root: string, now: number): Promise<number> {
  const text = await files.fs.readFile(path, 'utf8').catch((error: unknown) => {
    if (errno(error) === 'ENOENT') return undefined
    throw error
  })
  const read = text === undefined ? undefined : parse(text)
  if (typeof read?.layout === 'number' && read.layout > layout) throw fail('NEXUS_STORE_LAYOUT', { found: read.layout, known: layout })
  if (Number.isSafeInteger(read?.reserved)) return read?.reserved as number
  return text === undefined && !(await hasDocuments(files, root)) ? 0 : now
}

function parse(text: string): { layout?: unknown; reserved?: unknown } | undefined {
  try {
    return JSON.parse(text) as { layout?: unknown; reserved?: unknown }
  } catch {
    return undefined // damaged: handled as lost
  }
}

async function hasDocuments(files: Files, root: string): Promise<boolean> {
  const names = await files.fs.readdir(root).catch((): string[] => []) // no root, no documents
  return names.includes('documents') || names.includes('leases')
}
