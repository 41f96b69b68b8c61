/** Why a file was not read or written. No text has a path, or a part of one: they are the asker's, or nobody's business. */
import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

const bad = { wire: 'INVALID_REQUEST' } as const

export const workspaceErrors = {
  NEXUS_WORKSPACE_PATH: { ...bad, text: 'this path cannot be used: {reason}', fix: 'Give a path relative to the workspace, such as notes/today.md.' },
  NEXUS_WORKSPACE_OUTSIDE: { wire: 'FORBIDDEN', text: 'this path leaves the workspace: {reason}', fix: 'Use a file in the workspace itself.' },
  NEXUS_WORKSPACE_ROOT: { text: 'the workspace cannot be used: {reason}', fix: 'Let the operator set an absolute path of a folder that is not part of the gateway\'s own state.' },
  NEXUS_WORKSPACE_NOT_FOUND: { ...bad, status: 404, text: 'there is nothing at this path', fix: 'Look with the tool list.' },
  NEXUS_WORKSPACE_NOT_FILE: { ...bad, text: 'this is not a regular file but {what}', fix: 'Name a file.' },
  NEXUS_WORKSPACE_NOT_FOLDER: { ...bad, text: 'this is not a folder', fix: 'Name a folder.' },
  NEXUS_WORKSPACE_TOO_LARGE: { ...bad, status: 413, text: 'this is larger than {limit} bytes', fix: 'Take a part of it.' },
  NEXUS_WORKSPACE_CHANGED: { ...bad, status: 409, text: 'the file has changed since it was read', fix: 'Read it again.' },
  NEXUS_WORKSPACE_IO: { text: 'the file system refused: {reason}', fix: 'Check permissions and free space of the workspace.' },
} as const satisfies ErrorTable

export const fail = failures(workspaceErrors)

/** The system's own code, such as EACCES. */
export const codeOf = (error: unknown): string => {
  const code = (error as NodeJS.ErrnoException | undefined)?.code
  return typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,63}$/.test(code) ? code : 'unknown error'
}
