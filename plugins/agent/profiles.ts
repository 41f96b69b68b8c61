/** What an agent is once its own settings have gone before the defaults. */
import type { ThinkingLevel } from '../models/contract.ts'
import type { ToolPolicy } from '../tools/contract.ts'
import type { OwnSettings, Settings, Visibility } from './config.ts'
import { failAgent } from './errors.ts'

export const mainAgent = 'main'

export interface Compaction { readonly auto: boolean; readonly reserveTokens: number; readonly keepRecentTokens: number }
export interface Pruning { readonly ttlMs: number; readonly keepLast: number; readonly maxChars: number }
export interface Bootstrap { readonly files: readonly string[]; readonly maxChars: number; readonly totalChars: number }

export interface Subagents {
  readonly maxConcurrent: number
  readonly maxDepth: number
  readonly maxChildren: number
  readonly allowAgents: readonly string[]
  readonly model: string | undefined
  readonly thinking: ThinkingLevel | undefined
  readonly tools: ToolPolicy | undefined
  readonly visibility: Visibility
  readonly abortWithParent: boolean
  readonly maxPingPong: number
}

export interface AgentProfile {
  readonly id: string
  readonly name: string | undefined
  readonly emoji: string | undefined
  readonly avatar: string | undefined
  /** `undefined`: `models` chooses. */
  readonly model: string | undefined
  /** `undefined`: those of `models`. */
  readonly fallbacks: readonly string[] | undefined
  readonly thinking: ThinkingLevel | undefined
  readonly tools: ToolPolicy | undefined
  /** Absolute path; `undefined`: the usual one of the plugin `workspace`. */
  readonly workspace: string | undefined
  readonly system: string
  readonly timeoutMs: number
  readonly maxSteps: number
  readonly compaction: Compaction
  readonly pruning: Pruning
  readonly bootstrap: Bootstrap
  readonly subagents: Subagents
  /** As they stand in the settings: they belong to the plugins that keep to them. */
  readonly budget: Readonly<Record<string, unknown>> | undefined
  readonly approvals: Readonly<Record<string, unknown>> | undefined
}

const usualSystem = 'You are a helpful assistant. Answer plainly and briefly. Use the tools you are given when they help.'
const usualSubagents: Subagents = { maxConcurrent: 8, maxDepth: 1, maxChildren: 5, allowAgents: [], model: undefined, thinking: undefined, tools: undefined, visibility: 'tree', abortWithParent: true, maxPingPong: 5 }
export const usualFiles = ['AGENTS.md', 'SOUL.md', 'TOOLS.md', 'IDENTITY.md', 'USER.md']

/** By id, `main` first: it is there whether it is listed or not. The last entry of an id counts. */
export function profiles({ defaults, agents }: Settings): ReadonlyMap<string, AgentProfile> {
  const listed = new Map(agents.map((one) => [one.id, one]))
  const ids = new Set([mainAgent, ...listed.keys()])
  return new Map([...ids].map((id) => [id, profile(id, listed.get(id) ?? {}, defaults, listed.get(id) ?? {})]))
}

type Who = { readonly [K in 'name' | 'emoji' | 'avatar']?: string | undefined }

function profile(id: string, { name, emoji, avatar }: Who, defaults: OwnSettings, own: OwnSettings): AgentProfile {
  const model = own.model ?? defaults.model
  return {
    id, name, emoji, avatar,
    model: typeof model === 'object' ? model.primary : model,
    fallbacks: typeof model === 'object' ? model.fallbacks : undefined,
    thinking: own.thinking ?? defaults.thinking,
    tools: own.tools ?? defaults.tools,
    workspace: own.workspace ?? defaults.workspace,
    system: own.system ?? defaults.system ?? usualSystem,
    timeoutMs: own.timeoutMs ?? defaults.timeoutMs ?? 600_000,
    maxSteps: own.maxSteps ?? defaults.maxSteps ?? 16,
    compaction: filled<Compaction>({ auto: true, reserveTokens: 16_384, keepRecentTokens: 20_000 }, defaults.compaction, own.compaction),
    pruning: filled<Pruning>({ ttlMs: 300_000, keepLast: 3, maxChars: 4_000 }, defaults.pruning, own.pruning),
    bootstrap: filled<Bootstrap>({ files: usualFiles, maxChars: 20_000, totalChars: 100_000 }, defaults.bootstrap, own.bootstrap),
    subagents: filled<Subagents>(usualSubagents, defaults.subagents, own.subagents),
    budget: own.budget ?? defaults.budget,
    approvals: own.approvals ?? defaults.approvals,
  }
}

type Loose<T> = { readonly [K in keyof T]?: T[K] | undefined }

/** The last that says something counts. */
function filled<T extends object>(usual: T, ...layers: readonly (Loose<T> | undefined)[]): T {
  return Object.assign({ ...usual }, ...layers.map((layer) => Object.fromEntries(Object.entries(layer ?? {}).filter(([, value]) => value !== undefined)))) as T
}

export function profileOf(all: ReadonlyMap<string, AgentProfile>, id: string): AgentProfile {
  const found = all.get(id)
  if (!found) throw failAgent('NEXUS_AGENT_UNKNOWN')
  return found
}

/** `agent:coder:main` belongs to `coder`; keys that name no agent belong to `main`. */
export function agentOf(sessionKey: string): string {
  return /^agent:([^:]+):/.exec(sessionKey)?.[1] ?? mainAgent
}
