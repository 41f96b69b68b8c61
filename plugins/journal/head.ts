/**
 * The head says how far the journal goes: how many records, the last one's hash, where it ends. It is authenticated
 * with a key, so that a journal cut short shows. It stands in one file, in two places that are written in turn: each
 * fits into one sector of a disk, so a power cut leaves both of them whole, and one that is not was tampered with.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import * as v from 'valibot'
import type { ExportedHead } from './contract.ts'

export interface Head extends ExportedHead {
  /** The segment that the last record stands in, by its first number, and the byte behind that record. */
  readonly segment: number
  readonly end: number
}

const slotBytes = 512
const apart = 4096
export const headBytes = apart + slotBytes
export const slotOffset = (slot: number): number => slot * apart

const count = v.pipe(v.number(), v.integer(), v.minValue(0))
const Slot = v.strictObject({ v: v.literal(1), journal: v.string(), n: count, hash: v.string(), segment: count, end: count, time: count, mac: v.string() })

export function slotOf({ journal, n, hash, segment, end, time }: Head, key: Buffer): Buffer {
  const told = JSON.stringify({ v: 1, journal, n, hash, segment, end, time }).slice(0, -1)
  const mac = createHmac('sha256', key).update(told).digest('hex')
  return Buffer.from(`${`${told},"mac":"${mac}"}`.padEnd(slotBytes - 1)}\n`)
}

/** `undefined` unless every byte is as `slotOf` makes it. */
function headIn(bytes: Buffer, key: Buffer): Head | undefined {
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), Slot), bytes.toString('utf8'))
  if (!read.success) return undefined
  const { v: _, mac: __, ...head } = read.output
  const made = slotOf(head, key)
  return made.length === bytes.length && timingSafeEqual(made, bytes) ? head : undefined
}

/** The newer of the two heads and its place; `undefined` unless both are genuine and nothing else is in the file. */
export function readHead(file: Buffer, key: Buffer): { readonly head: Head; readonly slot: number } | undefined {
  if (file.length !== headBytes || file.subarray(slotBytes, apart).some((byte) => byte !== 0)) return undefined
  const [a, b] = [headIn(file.subarray(0, slotBytes), key), headIn(file.subarray(apart), key)]
  if (!a || !b || a.journal !== b.journal) return undefined
  return b.n > a.n ? { head: b, slot: 1 } : { head: a, slot: 0 }
}

/** The file of a new journal. */
export function firstHead(head: Head, key: Buffer): Buffer {
  const file = Buffer.alloc(headBytes)
  for (const slot of [0, 1]) slotOf(head, key).copy(file, slotOffset(slot))
  return file
}

export const exportOf = ({ journal, n, hash, time }: Head): ExportedHead => ({ journal, n, hash, time })
