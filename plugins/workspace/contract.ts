/**
 * An agent's folder, and nothing beside it. The tools `read`, `write`, `edit`, `list` and `search` keep to it by this
 * service; whoever else follows a path that a model, a client or a file gave takes it too.
 */
import { contract, service } from 'nexus-gateway/sdk'

export { workspaceErrors } from './errors.ts'

export interface FileInfo {
  readonly type: 'file' | 'folder' | 'link' | 'other'
  /** Bytes. */
  readonly size: number
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number
  /** Changes whenever the file is written or replaced. */
  readonly version: string
}
export interface FolderEntry { readonly name: string; readonly type: FileInfo['type'] }

/**
 * A path is relative to the root, with `/`; an absolute one is taken if it is below the root. Links are not followed,
 * other file systems not entered, and the gateway's own state not touched. Rejects with NEXUS_WORKSPACE_PATH, _ROOT,
 * _OUTSIDE, _NOT_FOUND, _NOT_FILE, _NOT_FOLDER, _TOO_LARGE, _CHANGED, _IO.
 */
export interface WorkspaceFiles {
  /** `undefined` where there is nothing. */
  stat(path: string): Promise<FileInfo | undefined>
  /** All of a file of at most `maxBytes` (1 MiB if left out). */
  read(path: string, options?: { readonly maxBytes?: number }): Promise<{ readonly bytes: Uint8Array; readonly version: string }>
  /**
   * Replaces the file or makes it, folders above it included; readers see the old or the new one whole. With `version`
   * only if the file still is that one, '' meaning that there is none. Gives what it is then.
   */
  write(path: string, content: string | Uint8Array, options?: { readonly version?: string }): Promise<{ readonly created: boolean; readonly version: string }>
  /** By name, at most `limit` (1,000) of them; `more` if there are others. */
  list(path: string, options?: { readonly limit?: number }): Promise<{ readonly entries: readonly FolderEntry[]; readonly more: boolean }>
}

export interface WorkspaceApi {
  /** The folder of an agent for which none is set: below the state directory, or below `workspace.root`. */
  rootOf(agentId: string): string
  /** `root` is absolute. It is made, for its owner alone, when something is first written there. */
  files(root: string): WorkspaceFiles
  /**
   * What `names`, of files in the folder itself, are by what the system says of them: as long as the same comes back, none
   * has been written, replaced, made or removed. `undefined`: there is no such folder. Nothing is read and nothing is
   * checked, so it only says whether what was read by `files` before still holds. Never rejects.
   */
  glance(root: string, names: readonly string[]): Promise<string | undefined>
}
export const Workspace = service<WorkspaceApi>('workspace/1')

export const workspace = contract({ id: 'workspace', provides: { workspace: Workspace } })
