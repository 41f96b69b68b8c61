/** What can go wrong with the journal. No text has anything of what was recorded. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const
const later = { wire: 'UNAVAILABLE', retryable: true } as const

export const journalErrors = {
  NEXUS_JOURNAL_UNWRITABLE: { ...later, status: 507, exit: 73, text: 'the journal cannot be written ({reason}), so nothing privileged is done', fix: 'Check that the disk has space and the state directory is writable, then try again. Reads go on.' },
  NEXUS_JOURNAL_BUSY: { ...later, text: 'more than {limit} records wait for the journal', fix: 'Try again in a moment; if it stays so, the disk is too slow.' },
  NEXUS_JOURNAL_READ: { wire: 'UNAVAILABLE', status: 500, exit: 66, text: 'the journal in {dir} cannot be read: {reason}', fix: 'Check the path and the rights; the files belong to the user that runs the gateway.' },
  NEXUS_JOURNAL_NO_RECORD: { ...bad, status: 404, exit: 66, text: 'the journal has no record of that number', fix: 'See `nexus journal tail` for the newest; the oldest may have been removed by retention.' },
  NEXUS_JOURNAL_NO_HEAD: { wire: 'UNAVAILABLE', status: 500, exit: 65, text: 'the head of the journal in {dir} is missing or not genuine', fix: 'See what is wrong with `nexus journal verify`.' },
  NEXUS_JOURNAL_EXPORT: { ...bad, exit: 65, text: 'that file is no exported head', fix: 'Give a file that `nexus journal export` has written.' },
  NEXUS_JOURNAL_NUMBER: { ...bad, exit: 64, text: 'that is not a number from {min} to {max}', fix: 'Give a whole number, as in `nexus journal show 12`.' },
} as const satisfies ErrorTable

export const fail = failures(journalErrors)

/** The system's own code, such as ENOSPC. */
export const errno = (error: unknown): string => (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown error'
