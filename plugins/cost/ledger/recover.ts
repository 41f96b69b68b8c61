/** The book as it stands on disk: the checkpoint, and the lines since; without one, the logs of the latest months. */
import { createBook, type Book } from './book.ts'
import type { Checkpoints } from './checkpoint.ts'
import { parseLine } from './lines.ts'
import { logsAround, monthLog } from './months.ts'
import type { LedgerHost } from './shapes.ts'
import type { Position } from './writer.ts'

export interface Recovered {
  readonly book: Book
  readonly position: Position
  /** Lines read, and how many of them could not be. */
  readonly lines: number
  readonly damaged: number
  /** The start would not find the same without a new checkpoint. */
  readonly unsaved: boolean
}

/** Rejects when the disk cannot be read: without its book the ledger lets nothing through. */
export async function recover({ store, clock, log }: LedgerHost, checkpoints: Checkpoints): Promise<Recovered> {
  const found = await checkpoints.read()
  const book = createBook()
  if (found === undefined || found === 'damaged') {
    if (found === 'damaged') log.error('the checkpoint of the ledger cannot be read: the logs of the latest months are read instead')
    return { ...await rebuild({ store, clock, log }, book), unsaved: true }
  }
  book.load(found.rows)
  const { position } = found
  const size = await store.log(position.log).size()
  if (size < position.end) log.error('the log of the ledger is shorter than it was: somebody cut it', { log: position.log })
  const read = await replay({ store, clock, log }, book, position.log, Math.min(size, position.end))
  return { book, position: { ...position, end: read.end }, lines: read.lines, damaged: read.damaged, unsaved: size < position.end }
}

async function rebuild(host: LedgerHost, book: Book): Promise<Omit<Recovered, 'unsaved'>> {
  const now = host.clock.now()
  const past: string[] = []
  let [lines, damaged] = [0, 0]
  for (const name of logsAround(now)) {
    const read = await replay(host, book, name, 0)
    lines += read.lines
    damaged += read.damaged
    if (read.end > 0) past.push(name)
  }
  const log = past.at(-1) ?? monthLog(now)
  return { book, position: { log, end: await host.store.log(log).size(), past: past.slice(0, -1) }, lines, damaged }
}

async function replay({ store, log }: LedgerHost, book: Book, name: string, from: number): Promise<{ readonly end: number; readonly lines: number; readonly damaged: number }> {
  let [end, lines, damaged] = [from, 0, 0]
  for await (const line of store.log(name).read({ from })) {
    const read = parseLine(line.text)
    if (read === undefined) damaged++
    else if (read !== 'other') book.replay(read)
    lines++
    end = line.end
  }
  if (damaged > 0) log.error('lines of the ledger cannot be read, and are not counted', { log: name, lines: damaged })
  return { end, lines, damaged }
}
