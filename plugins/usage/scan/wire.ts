/** What the thread is asked and answers: each question has one answer, one after the other. */
import type { FoundFile } from './folder.ts'
import type { ScanState, Step } from './gather.ts'
import type { Mark } from './mark.ts'
import type { OpenFile } from './file.ts'

export type Question =
  | { readonly ask: 'list'; readonly folder: string }
  /** Begins a file; then `next` until its last step. */
  | { readonly ask: 'open'; readonly path: string; readonly mark: Mark | undefined; readonly state: ScanState }
  | { readonly ask: 'next' }
  /** Begins a transcript that comes in pieces; then `feed` until the last. */
  | { readonly ask: 'begin'; readonly state: ScanState }
  | { readonly ask: 'feed'; readonly bytes: Uint8Array<ArrayBuffer>; readonly last: boolean }
export interface Answers {
  readonly list: { readonly folder: string; readonly files: readonly FoundFile[] }
  readonly open: { readonly status: OpenFile['status'] }
  readonly next: { readonly step: Step; readonly mark: Mark; readonly last: boolean }
  readonly begin: {}
  readonly feed: { readonly step: Step }
}
export type Reply = { readonly answer: Answers[keyof Answers] } | { readonly failed: string }
