/** For whom and where a run's tools work, as `tools` wants to know it, and what its sub-agents have of that. */
import type { ModelSpec } from '../models/contract.ts'
import { sessionPartsOf } from '../sessions/contract.ts'
import type { SessionSettings } from '../sessions/contract.ts'
import type { ToolContext, ToolTier } from '../tools/contract.ts'
import type { AgentProfile } from './profiles.ts'

/** What whoever begins a run knows of the place it comes from. */
export type Place = Pick<ToolContext, 'channel' | 'group' | 'sender'> & { readonly policies?: Omit<NonNullable<ToolContext['policies']>, 'agent' | 'provider'> }

/** Under this name a sub-agent's session keeps the context of the run that began it: what bound that run binds it for ever. */
export const parentSetting = 'agent.parent'
const nothing: ToolContext = { agentId: 'main', policies: { agent: { allow: [] } } }

export interface Whose {
  readonly profile: AgentProfile
  /** Normalized. */
  readonly sessionKey: string | undefined
  readonly settings: SessionSettings
  readonly spec?: Pick<ModelSpec, 'provider' | 'id'> | undefined
  readonly tier?: ToolTier | undefined
  readonly place?: Place | undefined
}

export function toolContextOf({ profile, sessionKey, settings, spec, tier, place = {} }: Whose): ToolContext {
  const parent = parentOf(settings)
  const workspace = parent ? parent.workspace : profile.workspace
  const { policies, ...known } = place
  return {
    agentId: profile.id,
    ...(workspace !== undefined && { workspace }),
    ...(spec && { provider: spec.provider, model: spec.id }),
    ...(sessionKey === undefined ? {} : placeOf(sessionKey)), ...known,
    ...(tier !== undefined && { tier }),
    ...(parent && { depth: (parent.depth ?? 0) + 1, parent }),
    ...((policies ?? profile.tools) && { policies: { ...policies, ...(profile.tools && { agent: profile.tools }) } }),
  }
}

/** A session that was begun by a run, but for which it is not known by which rights, has none. */
export function parentOf({ spawnedBy, extra }: SessionSettings): ToolContext | undefined {
  const kept = extra?.[parentSetting]
  if (isContext(kept)) return kept
  return spawnedBy === undefined && kept === undefined ? undefined : nothing
}

const isContext = (value: unknown): value is ToolContext => typeof value === 'object' && value !== null && typeof (value as ToolContext).agentId === 'string'

function placeOf(sessionKey: string): Pick<ToolContext, 'channel' | 'group'> {
  const { kind, channel, peer } = sessionPartsOf(sessionKey)
  const group = kind === 'group' || kind === 'channel' ? peer : undefined
  return { ...(channel !== undefined && { channel }), ...(group !== undefined && { group }) }
}
