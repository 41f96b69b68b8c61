/**
 * Checks a journal by its files alone: every byte of every record, that none is missing, moved or put in, and that it
 * goes as far as its head says. Pure but for reading; it needs no gateway.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import type { ExportedHead, JournalFault, JournalReport } from './contract.ts'
import { isSetAside, linesOf, segmentName, sorted, type JournalFiles, type Segment } from './files.ts'
import { exportOf, readHead, type Head } from './head.ts'
import { anchorIn, hashIfNext, isNumber, linksOf, numberIn, origin, type Anchor, type Links } from './record.ts'

export interface VerifyOptions {
  /** A head exported before: it must be part of this journal. */
  readonly exported?: ExportedHead
  /** Only the segment that is written to. */
  readonly newestOnly?: boolean
  readonly signal?: AbortSignal
}

const maxFaults = 100
const retries = 3
const retryMs = 5

/** Throws NEXUS_JOURNAL_READ. A gateway may go on writing, and removing what is too old, meanwhile. */
export async function verify(files: JournalFiles, options: VerifyOptions = {}): Promise<JournalReport> {
  for (let attempt = 1; ; attempt++) {
    const faults = createFaults()
    const report = await check(files, options, faults)
    if (attempt === retries || !faults.maybePassing) return report
    await sleep(retryMs)
  }
}

async function check(files: JournalFiles, { exported, newestOnly = false, signal }: VerifyOptions, faults: Faults): Promise<JournalReport> {
  // The head first: from here on the journal can only be longer.
  const head = await headOf(files, faults)
  const { segments, others } = sorted(await files.names())
  for (const name of others.filter(isSetAside)) faults.add({ kind: 'set-aside', text: `the journal before this one was found damaged and is kept in ${name}` })
  const from = newestOnly ? Math.max(0, segments.findLastIndex((first) => first <= (head?.segment ?? Infinity))) : 0
  const chain = createChain(faults, exported)
  let pastHead = 0
  let bytes = 0
  for (const first of segments.slice(from)) {
    signal?.throwIfAborted()
    const segment = await files.open(first)
    if (!segment) {
      faults.add({ kind: 'segment', text: `${segmentName(first)} has gone`, segment: segmentName(first) }, true)
      continue
    }
    try {
      const end = head === undefined ? segment.size : first > head.segment ? 0 : first === head.segment ? Math.min(head.end, segment.size) : segment.size
      pastHead += segment.size - end
      bytes += end
      if (head && first > head.segment && first !== head.n + 1) faults.add({ kind: 'segment', text: `${segmentName(first)} does not belong to this journal`, segment: segmentName(first) })
      if (end > 0) await walk(chain, segment, first, end, signal)
    } finally { await segment.close() }
  }
  if (head) compareHead(head, chain, faults)
  const anchor = newestOnly ? undefined : startOf(chain, faults)
  const verdict = exported && compareExported(exported, head, chain, faults)
  return {
    ok: faults.count === 0, first: chain.first, last: chain.last, records: chain.records, bytes, segments: segments.length - from,
    head: head ? exportOf(head) : null, pastHead, removedTo: anchor?.to ?? 0, ...(verdict && { exported: verdict }), faults: faults.list, faultCount: faults.count,
  }
}

/** `maybePassing`: retention may have removed what was just listed, or a head may have been read while it was written. */
interface Faults { readonly list: JournalFault[]; readonly count: number; readonly maybePassing: boolean; add(fault: JournalFault, maybePassing?: boolean): void }
function createFaults(): Faults {
  const list: JournalFault[] = []
  let count = 0
  let maybePassing = false
  return {
    list,
    get count() { return count },
    get maybePassing() { return maybePassing },
    add(fault, passing = false) {
      if (++count <= maxFaults) list.push(fault)
      maybePassing ||= passing
    },
  }
}

async function headOf(files: JournalFiles, faults: Faults): Promise<Head | undefined> {
  const [key, file] = [await files.small('key'), await files.small('head')]
  // A new one gets its key before its first record, and after its head.
  if (!key && sorted(await files.names()).segments.length === 0) faults.add({ kind: 'absent', text: 'there is no journal' })
  else if (!key) faults.add({ kind: 'key', text: 'the key is missing, so nothing says how far the journal goes' })
  else if (!file) faults.add({ kind: 'head', text: 'the head is missing' })
  const head = key && file && readHead(file, key)?.head
  if (key && file && !head) faults.add({ kind: 'head', text: 'the head is not genuine' }, true)
  return head
}

// ── The chain ───────────────────────────────────────────────────────────────────────────────────

interface Chain {
  readonly first: number
  readonly last: number
  readonly records: number
  /** The hash before the first record, and that of the last one. */
  readonly before: string
  readonly hash: string
  readonly anchors: readonly Anchor[]
  /** The hash of the record that the exported head is about. */
  readonly sought: string | undefined
  enter(first: number): void
  take(bytes: Buffer, offset: number): void
}

/** After a fault it goes on from what the line says of itself, so that one fault is told once. */
function createChain(faults: Faults, exported: ExportedHead | undefined): Chain {
  let first = 0
  let before = origin
  let prev: string | undefined
  let next = 0
  let records = 0
  let segment = ''
  let sought = exported?.n === 0 ? exported.hash : undefined
  const anchors: Anchor[] = []

  function record(bytes: Buffer, from: number, to: number, offset: number): void {
    const own = prev === undefined ? undefined : hashIfNext(bytes, from, to, next, prev)
    const links = own === undefined ? examine(bytes, from, to, { segment, offset: offset + from, n: next }) : { prev, hash: own, intact: true }
    const n = own === undefined && links?.intact ? numberIn(bytes, from) ?? next : next
    if (records++ === 0) before = links?.prev ?? origin
    if (n === exported?.n) sought = links?.intact ? links.hash : ''
    const anchor = links?.intact ? anchorIn(bytes, from, to) : undefined
    if (anchor) anchors.push(anchor)
    prev = links?.hash
    next = n + 1
  }

  /** What is wrong with a line, if anything is: the first one of a journal may follow on whatever it says. */
  function examine(bytes: Buffer, from: number, to: number, at: { readonly segment: string; readonly offset: number; readonly n: number }): Links | undefined {
    const links = linksOf(bytes, from, to)
    if (!links) faults.add({ kind: 'form', text: `what stands in place of record ${next} is no record`, ...at })
    else if (!links.intact) faults.add({ kind: 'altered', text: `record ${next} was altered`, ...at })
    else if (!isNumber(bytes, from, next) || (prev !== undefined && links.prev !== prev)) faults.add({ kind: 'order', text: `what stands in place of record ${next} does not follow on the one before`, ...at })
    return links
  }

  return {
    get first() { return first },
    get last() { return Math.max(0, next - 1) },
    get records() { return records },
    get before() { return before },
    get hash() { return prev ?? origin },
    anchors,
    get sought() { return sought },
    enter(number) {
      segment = segmentName(number)
      if (records === 0) [first, next] = [number, number]
      else if (number !== next) faults.add({ kind: 'segment', text: `the segment that begins with record ${next} is missing`, segment })
      if (records === 0 && number === 1) prev = origin
    },
    take(bytes, offset) {
      let from = 0
      for (let to = bytes.indexOf(0x0a); to !== -1; to = bytes.indexOf(0x0a, from)) {
        record(bytes, from, to, offset)
        from = to + 1
      }
      if (from < bytes.length) faults.add({ kind: 'form', text: `behind record ${next - 1} stands something that is no whole record`, segment, offset: offset + from })
    },
  }
}

async function walk(chain: Chain, segment: Segment, first: number, end: number, signal: AbortSignal | undefined): Promise<void> {
  chain.enter(first)
  for await (const { bytes, offset } of linesOf(segment, end)) {
    signal?.throwIfAborted()
    chain.take(bytes, offset)
  }
}

// ── What it is held against ─────────────────────────────────────────────────────────────────────

function compareHead(head: Head, chain: Chain, faults: Faults): void {
  if (chain.last < head.n) faults.add({ kind: 'short', text: `the journal ends with record ${chain.last}, and ${head.n} were acknowledged` })
  else if (chain.last !== head.n || chain.hash !== head.hash) faults.add({ kind: 'head', text: `the journal does not end with the record that the head names` })
}

/** What is missing at the beginning must be what an anchor says was removed. */
function startOf(chain: Chain, faults: Faults): Anchor | undefined {
  if (chain.first <= 1) return undefined
  const anchor = chain.anchors.find(({ to, hash }) => to === chain.first - 1 && hash === chain.before)
  if (!anchor) faults.add({ kind: 'removed', text: `the records before ${chain.first} are missing, and the journal does not say that it removed them` })
  return anchor
}

function compareExported(exported: ExportedHead, head: Head | undefined, chain: Chain, faults: Faults): 'confirmed' | 'removed' | 'refuted' {
  const sameJournal = head === undefined || head.journal === exported.journal
  const known = chain.sought ?? chain.anchors.find(({ to }) => to === exported.n)?.hash
  if (sameJournal && known === exported.hash) return 'confirmed'
  if (sameJournal && known === undefined && exported.n < chain.first) return 'removed'
  faults.add({ kind: 'rolled-back', text: sameJournal ? `the journal is not the one that the exported head was taken of: record ${exported.n} is missing or another` : 'the exported head is of another journal' })
  return 'refuted'
}
