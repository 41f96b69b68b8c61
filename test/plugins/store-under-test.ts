/** What the conformance suite is given, and what its parts share. */
import { expect } from 'vitest'
import type { AppendLog, LogLine, StoreApi } from '../../plugins/store/contract.ts'

export interface StoreUnderTest {
  /** An empty store. */
  readonly store: StoreApi
  /** Closes it as a stopping gateway does, and opens it again on the same data. */
  reopen(): Promise<StoreApi>
  /** As `reopen`, but the old one gets no chance to close. */
  crash?(): Promise<StoreApi>
  /** Lets so much time pass for leases. */
  advance(ms: number): Promise<void>
  /** Closes it and deletes the data. */
  dispose(): Promise<void>
}

export type Open = () => Promise<StoreUnderTest>

export const code = (expected: string) => expect.objectContaining({ code: expected })

export async function all(log: AppendLog, from = 0): Promise<LogLine[]> {
  const lines: LogLine[] = []
  for await (const line of log.read({ from })) lines.push(line)
  return lines
}
export const texts = (lines: readonly LogLine[]): string[] => lines.map((l) => l.text)
