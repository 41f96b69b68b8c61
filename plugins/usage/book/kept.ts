/** The index on disk: one document says what there is, the others hold parts of it. */
import type { StoreApi } from '../../store/contract.ts'
import type { KeptMonth } from './days.ts'
import type { KeptDetail } from './detail.ts'
import type { FileRecord } from './file.ts'
import type { KeptRecent } from './recent.ts'

export interface Head {
  readonly format: number
  /** The parts are being written and may not fit together. */
  readonly writing: boolean
  readonly folder?: string
  /** How many transcripts; they stand in lists of `listLength`. */
  readonly files: number
  /** By the name of a zone: the months there are. */
  readonly zones: Readonly<Record<string, readonly number[]>>
  /** When the sources were last asked for what is new, in ms since the epoch. */
  readonly syncedAt: number
}

/** What is written in another form than this is built anew. */
export const format = 1
export const listLength = 500

export interface Kept {
  head(): Promise<Head | undefined>
  putHead(head: Head): Promise<void>
  list(at: number): Promise<readonly FileRecord[]>
  putList(at: number, files: readonly FileRecord[]): Promise<void>
  detail(file: number): Promise<KeptDetail | undefined>
  putDetail(file: number, detail: KeptDetail): Promise<void>
  month(zone: string, month: number): Promise<KeptMonth | undefined>
  putMonth(zone: string, month: number, kept: KeptMonth): Promise<void>
  recent(): Promise<KeptRecent>
  putRecent(recent: KeptRecent): Promise<void>
}

/** `name`: `own`, or what a folder goes by. */
export function createKept(store: StoreApi, name: string): Kept {
  const documents = store.documents(`usage/${name}`)
  /** What cannot be read is not there: all of it can be counted again. */
  const get = async <T>(key: string): Promise<T | undefined> => (await documents.get(key).catch(unreadable))?.value as T | undefined
  const put = async (key: string, value: unknown): Promise<void> => { await documents.put(key, value) }
  return {
    async head() {
      const head = await get<Head>('head')
      return head?.format === format ? head : undefined
    },
    putHead: (head) => put('head', head),
    list: async (at) => await get<readonly FileRecord[]>(`files ${at}`) ?? [],
    putList: (at, files) => put(`files ${at}`, files),
    detail: (file) => get(`detail ${file}`),
    putDetail: (file, detail) => put(`detail ${file}`, detail),
    month: (zone, month) => get(`days ${zone} ${month}`),
    putMonth: (zone, month, kept) => put(`days ${zone} ${month}`, kept),
    recent: async () => await get<KeptRecent>('recent') ?? {},
    putRecent: (recent) => put('recent', recent),
  }
}

function unreadable(error: unknown): undefined {
  if ((error as { code?: unknown }).code !== 'NEXUS_STORE_DAMAGED') throw error
  return undefined
}
