/**
 * For whom and where a run's tools work, as `tools` wants to know it, and what its sub-agents have of that: never more
 * on any axis. Pure: settings, profiles and what is kept with a session give it.
 */
import type { ModelSpec, Route } from '../models/contract.ts'
import { sessionPartsOf } from '../sessions/contract.ts'
import type { SessionsApi, SessionSettings } from '../sessions/contract.ts'
import type { ToolContext, ToolTier } from '../tools/contract.ts'
import { failAgent } from './errors.ts'
import { agentOf } from './profiles.ts'
import type { AgentProfile } from './profiles.ts'

/** What whoever begins a run knows of the place it comes from. */
export type Place = Pick<ToolContext, 'channel' | 'group' | 'sender'> & { readonly policies?: Omit<NonNullable<ToolContext['policies']>, 'agent' | 'provider'> }

/** Under this name a sub-agent's session keeps the context of the run that began it: what bound that run binds it for ever. */
export const parentSetting = 'agent.parent'
/** Under this name it keeps the limits that hold for it besides its agent's. */
export const limitsSetting = 'agent.limits'
const nothing: ToolContext = { agentId: 'main', policies: { agent: { allow: [] } } }

type Profiles = ReadonlyMap<string, AgentProfile>
export interface Whose {
  readonly profile: AgentProfile
  readonly profiles: Profiles
  /** Normalized. */
  readonly sessionKey: string | undefined
  readonly settings: SessionSettings
  readonly spec?: Pick<ModelSpec, 'provider' | 'id'> | undefined
  readonly tier?: ToolTier | undefined
  readonly place?: Place | undefined
  /** Of a run of another session that caused this one. */
  readonly bound?: ToolContext | undefined
}

// ── Tools and workspace ─────────────────────────────────────────────────────────────────────────

export function toolContextOf({ profile, profiles, sessionKey, settings, spec, tier, place = {}, bound }: Whose): ToolContext {
  const above = [...chainOf(bound), ...chainOf(parentOf(settings, sessionKey))]
  const parent = stacked(withPresent(above, profiles))
  const workspace = parent ? parent.workspace : profile.workspace
  const { policies, ...known } = place
  return {
    agentId: profile.id,
    ...(workspace !== undefined && { workspace }),
    ...(spec && { provider: spec.provider, model: spec.id }),
    ...(sessionKey === undefined ? {} : placeOf(sessionKey)), ...known,
    ...(tier !== undefined && { tier }),
    ...(parent && { depth: Math.max(...above.map(({ depth = 0 }) => depth)) + 1, parent }),
    ...((policies ?? profile.tools) && { policies: { ...policies, ...(profile.tools && { agent: profile.tools }) } }),
  }
}

/** A session that was begun by a run, but for which it is not known by which rights, has none. */
export function parentOf({ spawnedBy, extra }: SessionSettings, sessionKey?: string): ToolContext | undefined {
  const kept = extra?.[parentSetting]
  if (isContext(kept)) return kept
  const isChild = sessionKey !== undefined && sessionPartsOf(sessionKey).kind === 'subagent'
  return spawnedBy === undefined && kept === undefined && !isChild ? undefined : nothing
}

/** The contexts of the runs above, nearest first, without what `withPresent` has put between them. */
function chainOf(context: ToolContext | undefined): readonly ToolContext[] {
  if (!context) return []
  const rest = chainOf(context.parent)
  return isPresent(context) ? rest : [context, ...rest]
}

/** A run is always deeper than the one above it; what only repeats who is above is not. */
const isPresent = ({ agentId, depth = 0, parent }: ToolContext): boolean => parent !== undefined && parent.agentId === agentId && (parent.depth ?? 0) === depth

/** Besides what held when they began, what the settings say of their agents by now: who takes a tool from an agent takes it from those below it. */
function withPresent(chain: readonly ToolContext[], profiles: Profiles): readonly ToolContext[] {
  const seen = new Set<string>()
  return chain.flatMap((context) => {
    const { agentId, workspace, depth } = context
    if (seen.has(agentId)) return [context]
    seen.add(agentId)
    const profile = profiles.get(agentId)
    const agent = profile ? profile.tools : { allow: [] }
    const surface = profile?.subagents.tools
    const policies = { ...(agent && { agent }), ...(surface && { surface }) }
    return [{ agentId, ...(workspace !== undefined && { workspace }), ...(depth !== undefined && { depth }), policies }, context]
  })
}

/** Each below the next. */
const stacked = (chain: readonly ToolContext[]): ToolContext | undefined => chain.reduceRight<ToolContext | undefined>((parent, { parent: _, ...context }) => ({ ...context, ...(parent && { parent }) }), undefined)

const isContext = (value: unknown): value is ToolContext => typeof value === 'object' && value !== null && typeof (value as ToolContext).agentId === 'string'

function placeOf(sessionKey: string): Pick<ToolContext, 'channel' | 'group'> {
  const { kind, channel, peer } = sessionPartsOf(sessionKey)
  const group = kind === 'group' || kind === 'channel' ? peer : undefined
  return { ...(channel !== undefined && { channel }), ...(group !== undefined && { group }) }
}

// ── Everything else ─────────────────────────────────────────────────────────────────────────────

/** What binds a session's runs besides policies. `models` and `agents`: those it may use and start; nothing means all. */
export interface Limits {
  readonly maxDepth: number
  readonly maxChildren: number
  readonly timeoutMs: number
  readonly maxSteps: number
  readonly agents: readonly string[] | undefined
  /** `provider/id` each. */
  readonly models: readonly string[] | undefined
}

/** Both hold. */
export const narrower = (a: Limits, b: Limits): Limits => ({
  maxDepth: Math.min(a.maxDepth, b.maxDepth),
  maxChildren: Math.min(a.maxChildren, b.maxChildren),
  timeoutMs: Math.min(a.timeoutMs, b.timeoutMs),
  maxSteps: Math.min(a.maxSteps, b.maxSteps),
  agents: common(a.agents, b.agents),
  models: common(a.models, b.models),
})

const common = (a: readonly string[] | undefined, b: readonly string[] | undefined): readonly string[] | undefined => (a && b ? a.filter((one) => b.includes(one)) : a ?? b)

export const limitsOfProfile = ({ id, timeoutMs, maxSteps, subagents: { maxDepth, maxChildren, allowAgents } }: AgentProfile): Limits =>
  ({ timeoutMs, maxSteps, maxDepth, maxChildren, agents: allowAgents.includes('*') ? undefined : [id, ...allowAgents], models: undefined })

/** Of the session: its agent's, what was kept when it was begun, and what the settings say by now of the agents above it. */
export function limitsOf(profile: AgentProfile, settings: SessionSettings, profiles: Profiles): Limits {
  const kept = settings.extra?.[limitsSetting]
  const own = limitsOfProfile(profile)
  const parents = agentsAbove(parentOf(settings)).flatMap((id) => profiles.get(id) ?? []).map(limitsOfProfile)
  return [...(isLimits(kept) ? [kept] : []), ...parents].reduce(narrower, own)
}

/** The profiles of an agent's session and of the agents above it. Throws what `sessions` throws. */
export async function boundBy(sessions: Pick<SessionsApi, 'normalize' | 'settings'>, profiles: Profiles, given: string): Promise<readonly AgentProfile[]> {
  const key = sessions.normalize(given)
  const ids = [agentOf(key), ...agentsAbove(parentOf(await sessions.settings(key), key))]
  return [...new Set(ids)].flatMap((id) => profiles.get(id) ?? [])
}

/** Of a context and all above it, nearest first, without repeats. */
export const agentsAbove = (context: ToolContext | undefined): readonly string[] => (context ? [...new Set([context.agentId, ...agentsAbove(context.parent)])] : [])

const isLimits = (value: unknown): value is Limits => typeof value === 'object' && value !== null && typeof (value as Limits).maxDepth === 'number' && typeof (value as Limits).timeoutMs === 'number'

/** A route to none but these: whatever chose another one, the first of them answers. Throws NEXUS_AGENT_SUBAGENT if there are none. */
export function keptTo(models: readonly string[] | undefined, route: Route): Route {
  if (!models) return route
  if (models.length === 0) throw failAgent('NEXUS_AGENT_SUBAGENT', { reason: 'there is no model that it and the run above it may both use' })
  const fallbacks = route.fallbacks.filter((one) => models.includes(one))
  const [first = route.model] = models
  if (models.includes(route.model)) return { ...route, fallbacks }
  return { ...route, model: first, fallbacks, reasons: [...route.reasons, `a sub-agent keeps to the models of the run that began it: ${first}`] }
}
