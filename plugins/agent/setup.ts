/** Sets agents up: finds an agent's place in the settings and changes what stands there, unless somebody else has meanwhile. */
import { isAbsolute } from 'node:path'
import type { InferOutput } from 'valibot'
import { NexusError, valueAt } from 'nexus-gateway/sdk'
import type { ConfigSnapshot } from '../config/contract.ts'
import { failAgent } from './errors.ts'
import { mainAgent, profileOf } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'
import type { CreateParams, CreateResult, DeleteParams, DeleteResult, UpdateParams, UpdateResult } from './wire-agents.ts'

/** How often it is tried again when the file has changed between reading and writing. */
const tries = 3

export interface Settling {
  readonly profiles: ReadonlyMap<string, AgentProfile>
  rootOf(agentId: string): string | undefined
  read(): Promise<Pick<ConfigSnapshot, 'hash' | 'parsed'>>
  edit(change: { readonly baseHash: string; readonly set?: readonly { readonly path: string; readonly value: unknown }[]; readonly unset?: readonly string[] }): Promise<unknown>
}

/** The id that a name gives: `Code Reviewer` is `code-reviewer`. Throws NEXUS_AGENT_NAME. */
export function idOf(name: string): string {
  const id = name.toLowerCase().replace(/[^a-z0-9_-]+/g, '-').replace(/^[-_]+|-+$/g, '').slice(0, 64)
  if (id === '') throw failAgent('NEXUS_AGENT_NAME')
  return id
}

export async function create(parts: Settling, { name, workspace, model, emoji, avatar }: InferOutput<typeof CreateParams>): Promise<InferOutput<typeof CreateResult>> {
  const id = idOf(name)
  checkFolder(workspace)
  const entry = given({ id, name, workspace, model, emoji, avatar })
  await changed(parts, (entries) => {
    if (id === mainAgent || parts.profiles.has(id) || indexOf(entries, id) >= 0) throw failAgent('NEXUS_AGENT_EXISTS')
    return { set: [{ path: `agent.agents[${entries.length}]`, value: entry }] }
  })
  return { ok: true, agentId: id, name, workspace: workspace ?? parts.rootOf(id) ?? '', ...(model !== undefined && { model }) }
}

export async function update(parts: Settling, { agentId, agentRuntime, ...wanted }: InferOutput<typeof UpdateParams>): Promise<InferOutput<typeof UpdateResult>> {
  const { id } = profileOf(parts.profiles, agentId)
  if (agentRuntime !== undefined) throw failAgent('NEXUS_AGENT_UNSUPPORTED', { method: 'agents.update', field: 'agentRuntime', reason: 'all agents run in the gateway' })
  checkFolder(wanted.workspace)
  await changed(parts, (entries) => {
    const at = indexOf(entries, id)
    // The agent main need not be listed; any other that is not comes from elsewhere.
    if (at < 0 && id !== mainAgent) throw failAgent('NEXUS_AGENT_ELSEWHERE')
    if (at < 0) return { set: [{ path: `agent.agents[${entries.length}]`, value: given({ id, ...wanted, model: wanted.model ?? undefined }) }] }
    const place = `agent.agents[${at}]`
    return {
      set: Object.entries(given(wanted)).filter(([, value]) => value !== null).map(([key, value]) => ({ path: `${place}.${key}`, value })),
      unset: wanted.model === null ? [`${place}.model`] : [],
    }
  })
  return { ok: true, agentId: id }
}

/** Out of the settings: its sessions, their transcripts and its files stay where they are. */
export async function remove(parts: Settling, { agentId, deleteFiles }: InferOutput<typeof DeleteParams>): Promise<InferOutput<typeof DeleteResult>> {
  const { id } = profileOf(parts.profiles, agentId)
  if (id === mainAgent) throw failAgent('NEXUS_AGENT_MAIN')
  // Said before anything is changed: whoever wants both would have the agent gone and its files there.
  if (deleteFiles) throw failAgent('NEXUS_AGENT_UNSUPPORTED', { method: 'agents.delete', field: 'deleteFiles', reason: 'files stay where they are, and may be another agent\'s too; remove the folder by hand' })
  await changed(parts, (entries) => {
    const at = indexOf(entries, id)
    if (at < 0) throw failAgent('NEXUS_AGENT_ELSEWHERE')
    return { unset: [`agent.agents[${at}]`] }
  })
  return { ok: true, agentId: id, removedBindings: 0 }
}

interface Edits { readonly set?: readonly { readonly path: string; readonly value: unknown }[]; readonly unset?: readonly string[] }

async function changed({ profiles, read, edit }: Settling, editsOf: (entries: readonly unknown[]) => Edits): Promise<void> {
  for (let left = tries; ; left--) {
    const { hash, parsed } = await read()
    const entries = valueAt(parsed, ['agent', 'agents']) ?? []
    // A list in this file would stand in place of the one in the other.
    if (!Array.isArray(entries) || (entries.length === 0 && [...profiles.keys()].some((id) => id !== mainAgent))) throw failAgent('NEXUS_AGENT_ELSEWHERE')
    const edits = editsOf(entries)
    if (!edits.set?.length && !edits.unset?.length) return
    try {
      await edit({ baseHash: hash, ...edits })
      return
    } catch (error) {
      if (left <= 1 || !(error instanceof NexusError && error.code === 'NEXUS_CONFIG_STALE')) throw error
    }
  }
}

/** The last entry of an id counts. */
const indexOf = (entries: readonly unknown[], id: string): number => entries.findLastIndex((entry) => typeof entry === 'object' && entry !== null && (entry as { id?: unknown }).id === id)

const given = (values: Readonly<Record<string, unknown>>): Record<string, unknown> => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))

function checkFolder(path: string | undefined): void {
  if (path !== undefined && !isAbsolute(path)) throw failAgent('NEXUS_AGENT_FOLDER')
}
