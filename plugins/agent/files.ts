/** The files of an agent's workspace that tell it who it is: listed, read and written, and no others. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { InferOutput } from 'valibot'
import { NexusError } from 'nexus-gateway/sdk'
import type { WorkspaceApi, WorkspaceFiles } from '../workspace/contract.ts'
import { failAgent } from './errors.ts'
import { profileOf, usualFiles } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'
import type { FilesGetParams, FilesGetResult, FilesListResult, FilesSetParams, FilesSetResult } from './wire-agents.ts'

const maxBytes = 1024 * 1024
/** Read by other plugins, and shown all the same. */
const further = ['HEARTBEAT.md', 'BOOTSTRAP.md', 'MEMORY.md']

interface Home { readonly agentId: string; readonly workspace: string; readonly files: WorkspaceFiles; readonly names: readonly string[] }
type FileRow = InferOutput<typeof FilesGetResult>['file']

/** Throws NEXUS_AGENT_UNKNOWN, NEXUS_AGENT_NO_WORKSPACE. */
function homeOf(workspace: WorkspaceApi | undefined, all: ReadonlyMap<string, AgentProfile>, id: string): Home {
  const profile = profileOf(all, id)
  if (!workspace) throw failAgent('NEXUS_AGENT_NO_WORKSPACE')
  const root = profile.workspace ?? workspace.rootOf(profile.id)
  return { agentId: profile.id, workspace: root, files: workspace.files(root), names: [...new Set([...usualFiles, ...profile.bootstrap.files, ...further])] }
}

export interface Files {
  list(agentId: string): Promise<InferOutput<typeof FilesListResult>>
  get(wanted: InferOutput<typeof FilesGetParams>): Promise<InferOutput<typeof FilesGetResult>>
  set(wanted: InferOutput<typeof FilesSetParams>): Promise<InferOutput<typeof FilesSetResult>>
}

/** Rejects with NEXUS_AGENT_FILE, NEXUS_AGENT_FILE_CHANGED and what `workspace` rejects with. */
export function createAgentFiles(workspace: WorkspaceApi | undefined, all: ReadonlyMap<string, AgentProfile>): Files {
  const open = (agentId: string, name: string): Home => {
    const home = homeOf(workspace, all, agentId)
    if (!home.names.includes(name)) throw failAgent('NEXUS_AGENT_FILE')
    return home
  }
  return {
    async list(agentId) {
      const home = homeOf(workspace, all, agentId)
      return { agentId: home.agentId, workspace: home.workspace, files: await Promise.all(home.names.map((name) => rowOf(home, name))) }
    },
    async get({ agentId, name }) {
      const home = open(agentId, name)
      const row = await rowOf(home, name)
      return { agentId: home.agentId, workspace: home.workspace, file: row.missing ? row : await filled(home, row) }
    },
    async set({ agentId, name, content, expectedHash }) {
      const home = open(agentId, name)
      await home.files.write(name, content, expectedHash === undefined ? {} : { version: await versionOf(home, name, expectedHash) }).catch(changed)
      return { ok: true, agentId: home.agentId, workspace: home.workspace, file: await filled(home, await rowOf(home, name)) }
    },
  }
}

/** What is no regular file is not shown: it is not read either. */
async function rowOf({ files, workspace }: Home, name: string): Promise<FileRow> {
  const found = await files.stat(name).catch(missing)
  const path = join(workspace, name)
  return found?.type === 'file' ? { name, path, missing: false, size: found.size, updatedAtMs: Math.round(found.modifiedAt) } : { name, path, missing: true }
}

async function filled({ files }: Home, row: FileRow): Promise<FileRow> {
  const { bytes } = await files.read(row.name, { maxBytes })
  return { ...row, size: bytes.length, hash: hashOf(bytes), content: new TextDecoder().decode(bytes) }
}

/** Of the file that has the hash: what is written takes the place of that one alone. */
async function versionOf({ files }: Home, name: string, expected: string): Promise<string> {
  const { bytes, version } = await files.read(name, { maxBytes })
  if (hashOf(bytes) !== expected) throw failAgent('NEXUS_AGENT_FILE_CHANGED')
  return version
}

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
const is = (error: unknown, code: string): boolean => error instanceof NexusError && error.code === code

function missing(error: unknown): undefined {
  if (!is(error, 'NEXUS_WORKSPACE_NOT_FOUND')) throw error
}
function changed(error: unknown): never {
  throw is(error, 'NEXUS_WORKSPACE_CHANGED') ? failAgent('NEXUS_AGENT_FILE_CHANGED', {}, error) : error
}
