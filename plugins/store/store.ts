/** The store on files below one directory: `documents/`, `leases/`, `store.json`, and logs by their names. */
import { join } from 'node:path'
import type { Clock, Log } from 'nexus-gateway/sdk'
import { createBudget } from './budget.ts'
import type { Documents, StoreApi } from './contract.ts'
import { createDocuments } from './documents.ts'
import { createFiles, realFs, type Fs } from './files.ts'
import { createLeases, type LeaseRecord } from './leases.ts'
import { createLogs } from './logs.ts'
import { checkName, pathParts } from './names.ts'
import { openSequence } from './sequence.ts'

export interface StoreOptions {
  /** The state directory. It need not exist yet. */
  readonly dir: string
  readonly clock: Pick<Clock, 'now'>
  readonly log: Log
  /** For tests: a file system that fails. */
  readonly fs?: Fs
  readonly limits?: Partial<typeof defaults>
}
export interface OpenStore extends StoreApi {
  /** Refuses new work, waits for what is under way, and closes every file. */
  close(): Promise<void>
}

const MiB = 1024 * 1024
const defaults = { maxLineBytes: 8 * MiB, maxDocumentBytes: 8 * MiB, maxPendingBytes: 64 * MiB, maxOpenLogs: 64 }

export async function openStore({ dir, clock, log, fs = realFs, limits = {} }: StoreOptions): Promise<OpenStore> {
  const { maxLineBytes, maxDocumentBytes, maxPendingBytes, maxOpenLogs } = { ...defaults, ...limits }
  const files = createFiles(fs, dir)
  const budget = createBudget(maxPendingBytes)
  const [left, sequence] = await Promise.all([files.clearTemporary(), openSequence(files, dir, clock.now())])
  if (left > 0) log.info('removed files that a crash left half written', { files: left })
  const documents = createDocuments({ files, budget, sequence, maxBytes: maxDocumentBytes })
  const logs = createLogs(dir, { files, budget, log, maxLineBytes, maxOpen: maxOpenLogs })
  const records = documents<LeaseRecord>('leases', join(dir, 'leases'))

  return {
    documents<T>(collection: string): Documents<T> {
      checkName('collection', collection)
      return documents<T>(collection, join(dir, 'documents', ...pathParts(collection)))
    },
    log: logs.log,
    lease: createLeases({ records, sequence, clock }),
    metrics: () => ({ ...budget.counts, maxPendingBytes, openLogs: logs.openCount, maxOpenLogs }),
    async close() {
      budget.close()
      await budget.drained()
      await logs.close()
    },
  }
}
