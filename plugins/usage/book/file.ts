/** One transcript as the index knows it. */
import type { ScanState } from '../scan/gather.ts'
import type { Mark } from '../scan/mark.ts'

export interface FileAbout {
  /** What it is found by: the name of a log, or the path below the folder. */
  readonly name: string
  readonly session: string
  readonly key: string
  readonly agent: string
  /** Empty where its key names none. */
  readonly channel: string
}
export interface FileRecord extends FileAbout {
  /** Its place in the index, for good. */
  readonly at: number
  /** Changes with whatever is counted of it, so that parts on disk that do not fit together are known. */
  readonly version: number
  readonly state: ScanState
  /** What all of it has cost, in nano-dollars; missing where it was first counted by a version that did not say. */
  readonly cost?: number
  /** Missing while nothing of it has been counted. */
  readonly mark?: Mark
}
