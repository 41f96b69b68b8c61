/** What can go wrong with state. Names that a client may have chosen are never repeated. */
import { failures, NexusError } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const
const later = { wire: 'UNAVAILABLE', retryable: true } as const

export const storeErrors = {
  NEXUS_STORE_NAME: { ...bad, text: 'plugin "store": this name of a {kind} is not allowed', fix: '{rule}' },
  NEXUS_STORE_VALUE: { ...bad, text: 'plugin "store": a document of {collection} is not JSON', fix: 'Store strings, finite numbers, booleans, null, arrays and plain objects.' },
  NEXUS_STORE_TOO_LARGE: { ...bad, status: 413, text: 'plugin "store": a document of {collection} is larger than {limit} bytes', fix: 'Split it, or append it to a log.' },
  NEXUS_STORE_LINE: { ...bad, status: 413, text: 'plugin "store": a line for the log {log} has a line break in it or is longer than {limit} bytes', fix: 'Append JSON without line breaks, in smaller pieces.' },
  NEXUS_STORE_CONFLICT: { ...bad, status: 409, text: 'plugin "store": a document of {collection} was changed in the meantime', fix: 'Read it again and repeat the change.' },
  NEXUS_STORE_DAMAGED: { wire: 'UNAVAILABLE', status: 500, text: 'plugin "store": a document of {collection} cannot be read: {file} is damaged', fix: 'Restore {file} from a backup, or move it away to start without it.' },
  NEXUS_STORE_READ: { wire: 'UNAVAILABLE', status: 500, text: 'plugin "store": could not read {what}: {reason}', fix: 'Check the disk and the rights of the state directory.' },
  NEXUS_STORE_WRITE: { ...later, status: 507, text: 'plugin "store": could not write {what}: {reason}', fix: 'Check that the disk has space and the state directory is writable, then try again.' },
  NEXUS_STORE_BUSY: { ...later, text: 'plugin "store": more than {limit} bytes wait to be written', fix: 'Try again in a moment; if it stays so, the disk is too slow.' },
  NEXUS_STORE_TTL: { ...bad, text: 'plugin "store": the time of a lease is out of bounds', fix: 'Give ttlMs as a whole number from 1 to {limit}.' },
  NEXUS_STORE_LEASED: { ...later, status: 409, text: 'plugin "store": the lease is held by another', fix: 'Try again when it has expired.' },
  NEXUS_STORE_LEASE_LOST: { ...bad, status: 409, text: 'plugin "store": the lease is no longer held', fix: 'Stop the work it guarded, and take a new lease.' },
  NEXUS_STORE_CLOSED: { ...later, text: 'plugin "store": the store is closed', fix: 'Try again after the restart.' },
  NEXUS_STORE_LAYOUT: { exit: 78, text: 'plugin "store": the state directory was written by a newer release (layout {found}, this one knows {known})', fix: 'Start the newer release, or restore a backup made before it.' },
} as const satisfies ErrorTable

export const fail = failures(storeErrors)

/** The system's own code, such as ENOSPC. */
export const errno = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'

export const writeFailed = (what: string, error: unknown): NexusError =>
  error instanceof NexusError ? error : fail('NEXUS_STORE_WRITE', { what, reason: errno(error) }, error)
export const readFailed = (what: string, error: unknown): NexusError =>
  error instanceof NexusError ? error : fail('NEXUS_STORE_READ', { what, reason: errno(error) }, error)
