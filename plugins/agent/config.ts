/** The plugin's settings: what every agent has, and what one agent has of its own. */
import * as v from 'valibot'
import { thinkingLevels } from '../models/contract.ts'
import { ToolPolicy } from '../tools/contract.ts'

/** 24 h: longer than this a run is certainly stuck. */
export const maxTimeoutMs = 86_400_000
export const queueModes = ['followup', 'collect', 'steer', 'interrupt'] as const
export type QueueMode = (typeof queueModes)[number]
export const disconnectPolicies = ['continue', 'abort'] as const
export type DisconnectPolicy = (typeof disconnectPolicies)[number]

export const visibilities = ['self', 'tree', 'agent', 'all'] as const
export type Visibility = (typeof visibilities)[number]

const reference = v.pipe(v.string(), v.minLength(1), v.maxLength(256))
const references = v.pipe(v.array(reference), v.maxLength(20))
const whole = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max))
const tokens = whole(256, 10_000_000)
/** Read by the plugins that own them, through `AgentApi.profile`. */
const theirs = v.record(v.string(), v.unknown())

const compaction = v.strictObject({
  auto: v.optional(v.pipe(v.boolean(), v.description('Whether a conversation is summed up before it outgrows the model.'))),
  reserveTokens: v.optional(v.pipe(tokens, v.description('Of the window, kept free for the answer; a quarter of it at most.'))),
  keepRecentTokens: v.optional(v.pipe(tokens, v.description('Of the newest messages, kept word for word; a third of the window at most.'))),
})
const pruning = v.strictObject({
  ttlMs: v.optional(v.pipe(whole(0, maxTimeoutMs), v.description('Tool output older than this is shortened for the model; nothing changes on disk.'))),
  keepLast: v.optional(v.pipe(whole(0, 100), v.description('Tool output since so many of the last answers stays whole.'))),
  maxChars: v.optional(v.pipe(whole(200, 1_000_000), v.description('What is left of a text that is shortened.'))),
})
const bootstrap = v.strictObject({
  files: v.optional(v.pipe(v.array(v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}\.md$/))), v.maxLength(20), v.description('Files of the workspace that stand in the system prompt; [] for none.'))),
  maxChars: v.optional(v.pipe(whole(100, 200_000), v.description('Of one file.'))),
  totalChars: v.optional(v.pipe(whole(100, 1_000_000), v.description('Of all of them.'))),
})

const agentIds = v.pipe(v.array(v.pipe(v.string(), v.regex(/^([a-z0-9][a-z0-9_-]{0,63}|\*)$/))), v.maxLength(1000))
const subagents = v.strictObject({
  maxConcurrent: v.optional(v.pipe(whole(1, 1000), v.description('Runs below runs of this agent that are under way at once; more of them wait.'))),
  maxDepth: v.optional(v.pipe(whole(1, 5), v.description('How many steps down runs may start runs: 1 means that sub-agents start none.'))),
  maxChildren: v.optional(v.pipe(whole(0, 100), v.description('Sub-agents of one session that are not done yet; 0 for none.'))),
  allowAgents: v.optional(v.pipe(agentIds, v.description('Other agents that may be started or written to; ["*"] for all.'))),
  model: v.optional(v.pipe(reference, v.description('Of sub-agents that are not given one; theirs or the starting run\'s without it.'))),
  thinking: v.optional(v.picklist(thinkingLevels)),
  tools: v.optional(v.pipe(ToolPolicy, v.description('Narrows what sub-agents may use further than the run that starts them.'))),
  visibility: v.optional(v.pipe(v.picklist(visibilities), v.description('Which sessions sessions_send reaches: none but sub-agents of this one (tree), those of the agent, or all.'))),
  abortWithParent: v.optional(v.pipe(v.boolean(), v.description('Whether stopping a run stops the sub-agents it has started.'))),
  maxPingPong: v.optional(v.pipe(whole(0, 20), v.description('How often sessions may answer each other by sessions_send before somebody else has to ask.'))),
})

const own = {
  model: v.optional(v.pipe(
    v.union([reference, v.strictObject({ primary: reference, fallbacks: v.optional(references) })]),
    v.description('provider/id, a bare id or an alias, or { primary, fallbacks }; without it `models` chooses.'),
  )),
  thinking: v.optional(v.picklist(thinkingLevels)),
  tools: v.optional(ToolPolicy),
  workspace: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4096), v.description('Absolute path of the folder that the agent works in.'))),
  system: v.optional(v.pipe(v.string(), v.maxLength(200_000), v.description('The system prompt.'))),
  timeoutMs: v.optional(v.pipe(whole(1000, maxTimeoutMs), v.description('Of a run.'))),
  maxSteps: v.optional(v.pipe(whole(1, 200), v.description('Requests to the model in one run.'))),
  compaction: v.optional(compaction),
  pruning: v.optional(pruning),
  bootstrap: v.optional(bootstrap),
  subagents: v.optional(subagents),
  budget: v.optional(theirs),
  approvals: v.optional(theirs),
}

export const AgentConfig = v.strictObject({
  defaults: v.optional(v.strictObject(own), {}),
  agents: v.optional(v.pipe(v.array(v.strictObject({
    id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
    name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    emoji: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(64))),
    avatar: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(2000), v.description('Address of a picture.'))),
    ...own,
  })), v.maxLength(1000)), []),
  maxConcurrent: v.optional(v.pipe(whole(1, 1000), v.description('Runs of sessions that are under way at once; more of them wait.')), 32),
  onDisconnect: v.optional(v.pipe(v.picklist(disconnectPolicies), v.description('What becomes of a run when the connection that asked for it closes.')), 'continue'),
  queue: v.optional(v.strictObject({
    mode: v.optional(v.pipe(v.picklist(queueModes), v.description('What becomes of a message that arrives while its session is busy.')), 'followup'),
    cap: v.optional(v.pipe(whole(1, 1000), v.description('Messages that may wait in one session.')), 32),
  }), {}),
})
export type Settings = v.InferOutput<typeof AgentConfig>
export type OwnSettings = Settings['defaults']
