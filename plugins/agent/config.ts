/** Settings of agents, and how an agent's own go before the defaults. */
import * as v from 'valibot'
import { failAgent } from './errors.ts'

export const mainAgent = 'main'
/** 24 h: longer than this a run is certainly stuck. */
export const maxTimeoutMs = 86_400_000

const model = v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(256)))
const timeoutMs = v.pipe(v.number(), v.integer(), v.minValue(1000), v.maxValue(maxTimeoutMs))
const maxSteps = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200))
const system = v.pipe(v.string(), v.maxLength(200_000))

export const AgentConfig = v.strictObject({
  defaults: v.optional(v.strictObject({
    model,
    system: v.optional(system, 'You are a helpful assistant. Answer plainly and briefly. Use the tools you are given when they help.'),
    timeoutMs: v.optional(timeoutMs, 600_000),
    maxSteps: v.optional(maxSteps, 16),
  }), {}),
  agents: v.optional(v.pipe(v.array(v.strictObject({
    id: v.pipe(v.string(), v.regex(/^[a-z0-9][a-z0-9_-]{0,63}$/)),
    name: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(200))),
    model,
    system: v.optional(system),
    timeoutMs: v.optional(timeoutMs),
    maxSteps: v.optional(maxSteps),
  })), v.maxLength(1000)), []),
})
export type Settings = v.InferOutput<typeof AgentConfig>

export interface AgentProfile {
  readonly id: string
  readonly name: string | undefined
  readonly model: string | undefined
  readonly system: string
  readonly timeoutMs: number
  readonly maxSteps: number
}

/** By id, `main` first: it is there whether it is listed or not. The last entry of an id counts. */
export function profiles({ defaults, agents }: Settings): ReadonlyMap<string, AgentProfile> {
  const own = new Map(agents.map((one) => [one.id, one]))
  const ids = new Set([mainAgent, ...own.keys()])
  return new Map([...ids].map((id) => {
    const one = own.get(id)
    return [id, {
      id,
      name: one?.name,
      model: one?.model ?? defaults.model,
      system: one?.system ?? defaults.system,
      timeoutMs: one?.timeoutMs ?? defaults.timeoutMs,
      maxSteps: one?.maxSteps ?? defaults.maxSteps,
    }]
  }))
}

export function profileOf(all: ReadonlyMap<string, AgentProfile>, id: string): AgentProfile {
  const profile = all.get(id)
  if (!profile) throw failAgent('NEXUS_AGENT_UNKNOWN')
  return profile
}

/** `agent:coder:main` belongs to `coder`; keys that name no agent belong to `main`. */
export function agentOf(sessionKey: string): string {
  return /^agent:([^:]+):/.exec(sessionKey)?.[1] ?? mainAgent
}
