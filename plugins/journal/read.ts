/** Single records out of the files, without the rest of them. */
import * as v from 'valibot'
import { JournalRecord, type ExportedHead } from './contract.ts'
import { fail } from './errors.ts'
import { linesOf, sorted, type JournalFiles, type Segment } from './files.ts'
import { exportOf, readHead, type Head } from './head.ts'
import { isNumber, linksOf } from './record.ts'

const chunkBytes = 64 * 1024
const newline = 0x0a

async function genuineHead(files: JournalFiles): Promise<Head | undefined> {
  const [key, file] = [await files.small('key'), await files.small('head')]
  return key && file && readHead(file, key)?.head
}

/** Throws NEXUS_JOURNAL_NO_HEAD. */
export async function exportHead(files: JournalFiles, dir: string): Promise<ExportedHead> {
  const head = await genuineHead(files) ?? await genuineHead(files) // the first may have come while it was written
  if (!head) throw fail('NEXUS_JOURNAL_NO_HEAD', { dir })
  return exportOf(head)
}

/** Of a line that cannot be read as a record nothing is told; `verify` says where it is. */
function recordOf(text: string): JournalRecord | undefined {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), JournalRecord), text)
  return read.success ? read.output : undefined
}

/** The last `count` acknowledged records, newest last; what stands behind the head counts only if there is no genuine head. */
export async function lastRecords(files: JournalFiles, count: number): Promise<JournalRecord[]> {
  const head = await genuineHead(files)
  const firsts = sorted(await files.names()).segments.filter((first) => first <= (head?.segment ?? Infinity))
  const lines: string[] = []
  for (const first of firsts.reverse()) {
    if (lines.length >= count) break
    const segment = await files.open(first)
    if (!segment) continue
    try {
      lines.unshift(...await linesBefore(segment, first === head?.segment ? head.end : segment.size, count - lines.length))
    } finally { await segment.close() }
  }
  return lines.flatMap((line) => recordOf(line) ?? [])
}

/** Reads backwards until it has `count` lines. */
async function linesBefore(segment: Segment, end: number, count: number): Promise<string[]> {
  const chunks: Buffer[] = []
  let from = end
  // One newline more than lines: the one before the first of them.
  for (let found = 0; from > 0 && found <= count;) {
    const length = Math.min(chunkBytes, from)
    from -= length
    const bytes = await segment.read(from, length)
    chunks.unshift(bytes)
    for (let at = bytes.indexOf(newline); at !== -1; at = bytes.indexOf(newline, at + 1)) found++
  }
  const lines = Buffer.concat(chunks).toString('utf8').split('\n').slice(0, -1)
  return lines.slice(-count)
}

/** `intact`: its bytes are those its hash was made of; whether the whole chain is, `verify` tells. Throws NEXUS_JOURNAL_NO_RECORD. */
export async function recordAt(files: JournalFiles, n: number): Promise<{ readonly record: JournalRecord; readonly intact: boolean }> {
  const first = sorted(await files.names()).segments.findLast((number) => number <= n)
  const segment = first === undefined ? undefined : await files.open(first)
  if (!segment) throw fail('NEXUS_JOURNAL_NO_RECORD')
  try {
    for await (const { bytes } of linesOf(segment, segment.size)) {
      let from = 0
      for (let to = bytes.indexOf(newline); to !== -1; to = bytes.indexOf(newline, from)) {
        const record = isNumber(bytes, from, n) ? recordOf(bytes.toString('utf8', from, to)) : undefined
        if (record) return { record, intact: linksOf(bytes, from, to)?.intact ?? false }
        from = to + 1
      }
    }
    throw fail('NEXUS_JOURNAL_NO_RECORD')
  } finally { await segment.close() }
}
