/** Begins a sub-agent: a session of its own, with no more rights than the run that begins it, and one run in it. */
import { randomUUID } from 'node:crypto'
import { referenceOf } from '../../models/contract.ts'
import type { ModelsApi, ThinkingLevel } from '../../models/contract.ts'
import type { SessionsApi, SessionSettings } from '../../sessions/contract.ts'
import type { ToolCall, ToolContext } from '../../tools/contract.ts'
import { keepToAgent } from '../bounds.ts'
import { failAgent } from '../errors.ts'
import { agentOf, profileOf } from '../profiles.ts'
import type { AgentProfile } from '../profiles.ts'
import { limitsOf, limitsOfProfile, limitsSetting, narrower, parentSetting } from '../rights.ts'
import type { Limits } from '../rights.ts'
import type { Runs } from '../runs.ts'
import { announce } from './announce.ts'
import type { Announcing } from './announce.ts'
import { childSetting, openChildren } from './child.ts'
import type { Child } from './child.ts'
import { chainOf } from './reach.ts'

/** Sub-agents that one after the other are begun by the news of the one before, with nobody having asked for anything. */
const maxHops = 50

export interface Task {
  readonly task: string
  readonly label?: string | undefined
  readonly agentId?: string | undefined
  readonly model?: string | undefined
  readonly thinking?: ThinkingLevel | undefined
  readonly timeoutSeconds?: number | undefined
  readonly cleanup?: 'keep' | 'delete' | undefined
}
export interface Spawned { readonly status: 'accepted'; readonly childSessionKey: string; readonly runId: string }

export interface Spawning extends Announcing {
  readonly sessions: SessionsApi
  readonly models: Pick<ModelsApi, 'resolve'>
  readonly profiles: ReadonlyMap<string, AgentProfile>
  readonly runs: Pick<Runs, 'caused' | 'family' | 'find' | 'abort'>
  /** The folder of an agent for which none is set. */
  rootOf(agentId: string): string | undefined
}

/** One at a time, so that two at once do not both find the last place. Rejects with what it was refused for. */
export function createSpawn(parts: Spawning): (task: Task, call: ToolCall) => Promise<Spawned> {
  let turn: Promise<unknown> = Promise.resolve()
  return (task, call) => {
    const spawned = turn.then(() => spawn(parts, task, call))
    turn = spawned.catch(() => {})
    return spawned
  }
}

async function spawn(parts: Spawning, task: Task, call: ToolCall): Promise<Spawned> {
  const { sessions, runs, profiles } = parts
  const parentKey = call.sessionKey
  if (parentKey === undefined || !call.context) throw refused('it needs a session that it can report to')
  const parent = await sessions.open(parentKey)
  const settings = await sessions.settings(parentKey)
  const above = profileOf(profiles, agentOf(parentKey))
  const limits = limitsOf(above, settings, profiles)
  const depth = Math.max(call.context.depth ?? 0, settings.spawnDepth ?? 0) + 1
  const { hops, turns } = runs.family.counts(call.runId)
  const profile = profileOf(profiles, task.agentId ?? above.id)
  keepToAgent(call.caller, profile.id)
  if (limits.agents && !limits.agents.includes(profile.id)) throw refused('subagents.allowAgents does not have that agent')
  if (depth > limits.maxDepth) throw refused(`sub-agents go no deeper than ${limits.maxDepth}`)
  if (hops >= maxHops) throw refused(`${maxHops} have followed one another without anybody having asked`)
  if (await openChildren(sessions, runs, parentKey) >= limits.maxChildren) throw refused(`${limits.maxChildren} of this session are not done yet`)

  const chosen = await modelFor(parts, { task, above, profile, settings, context: call.context, limits })
  const key = sessions.keyOf({ agent: profile.id, kind: 'subagent', id: randomUUID() })
  const child: Child = { runId: randomUUID(), state: 'open', parentId: parent.id, title: (task.label ?? task.task).slice(0, 120), cleanup: task.cleanup ?? 'keep' }
  const timeoutMs = Math.min(...[limits.timeoutMs, profile.timeoutMs, runs.family.timeoutOf(call.runId), task.timeoutSeconds && task.timeoutSeconds * 1000].filter((ms) => ms !== undefined && ms > 0) as number[])
  const thinking = task.thinking ?? above.subagents.thinking
  await sessions.patch(key, {
    spawnedBy: parent.key, spawnDepth: depth, ...(chosen.model !== undefined && { model: chosen.model }),
    ...(task.label !== undefined && { label: task.label }), ...(thinking !== undefined && { thinking }),
    extra: {
      [parentSetting]: kept(call.context, parts), [childSetting]: child,
      [limitsSetting]: { ...narrower(limitsOfProfile(profile), limits), timeoutMs, models: chosen.models },
    },
  })
  try {
    const run = await runs.caused({ sessionKey: key, runId: child.runId, message: [{ type: 'text', text: task.task }], cause: call }, {
      parentRunId: call.runId ?? call.id, parentKey: parent.key, top: await topOf(sessions, parent.key), hops, turns,
    })
    if (run.state === 'started') parts.hold(run.done.then((outcome) => announce(parts, { key, parentKey: parent.key, child, hops, turns }, outcome)))
    // The run that began it may have been stopped meanwhile.
    if (call.signal.aborted && above.subagents.abortWithParent) runs.abort(key)
    return { status: 'accepted', childSessionKey: key, runId: child.runId }
  } catch (error) {
    await sessions.remove(key).catch(() => { /* what was refused is what counts */ })
    throw error
  }
}

const refused = (reason: string): Error => failAgent('NEXUS_AGENT_SUBAGENT', { reason })

async function topOf(sessions: SessionsApi, key: string): Promise<string> {
  return agentOf((await chainOf(sessions, key))?.at(-1) ?? key)
}

/** As it is, but for a folder that goes without saying: it is another one for another agent. */
function kept(context: ToolContext, parts: Pick<Spawning, 'rootOf'>): ToolContext {
  const workspace = context.workspace ?? parts.rootOf(context.agentId)
  return { ...context, ...(workspace !== undefined && { workspace }) }
}

interface Choice { readonly task: Task; readonly above: AgentProfile; readonly profile: AgentProfile; readonly settings: SessionSettings; readonly context: ToolContext; readonly limits: Limits }

/** The models that the beginning run may use, and which of them the sub-agent does. */
async function modelFor({ models }: Spawning, { task, above, profile, settings, context, limits }: Choice): Promise<{ readonly model: string | undefined; readonly models: readonly string[] }> {
  const named = async (reference: string | undefined): Promise<string | undefined> => (reference === undefined ? undefined : models.resolve(reference).then(referenceOf, () => undefined))
  const present = context.provider === undefined ? await named(settings.model ?? above.model) : `${context.provider}/${context.model}`
  const all = await Promise.all([present, settings.model, above.model, ...above.fallbacks ?? [], above.subagents.model].map(named))
  const allowed = limits.models ?? [...new Set(all.filter((one) => one !== undefined))]
  const asked = await named(task.model)
  if (task.model !== undefined && (asked === undefined || !allowed.includes(asked))) throw refused('that model is none that this run may use')
  const candidates = [asked, await named(above.subagents.model), await named(profile.model), present]
  return { model: candidates.find((one) => one !== undefined && allowed.includes(one)) ?? allowed[0], models: allowed }
}
