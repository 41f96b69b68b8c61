/**
 * Which tools a run may use. Pure: settings and a context give layers, layers and a tool give a decision. Every layer
 * has to let a tool pass, so their order decides only which of them is named, and a deny anywhere is a no.
 */
import * as v from 'valibot'
import type { ToolContext, ToolSpec } from './contract.ts'
import { globMatches } from './glob.ts'

export const toolTiers = ['fast', 'balanced', 'capable'] as const
export type ToolTier = (typeof toolTiers)[number]
export const toolEffects = ['read', 'write', 'execute', 'network'] as const
export type ToolEffect = (typeof toolEffects)[number]
export const toolProfiles = ['minimal', 'coding', 'messaging', 'full'] as const
export type ToolProfile = (typeof toolProfiles)[number]

const basics = ['time', 'sessions_status']
/** Each holds `minimal`, and `full` holds all. */
export const profilePatterns: Readonly<Record<ToolProfile, readonly string[]>> = {
  minimal: basics,
  coding: [...basics, 'group:fs', 'group:web', 'group:sessions', 'group:runtime'],
  messaging: [...basics, 'group:messaging', 'group:sessions', 'group:web'],
  full: ['*'],
}

/**
 * `NAME`, `group:GROUP`, `plugin:ID`, each with `*` for any run of characters, `effect:EFFECT`, or `tier:TIER`, which
 * stands for the tools of that tier and those below. In `deny` case does not matter and a tool that does not say what it
 * does may do anything; in `allow` case matters, and such a tool does nothing that is named there.
 */
export const ToolPattern = v.pipe(v.string(), v.maxLength(128), v.regex(/^([A-Za-z0-9_*-]+|(group|plugin):[A-Za-z0-9_*:.@/-]+|effect:(read|write|execute|network)|tier:(fast|balanced|capable))$/))
const patterns = v.optional(v.pipe(v.array(ToolPattern), v.maxLength(500)))

/** A layer's rules, for settings of other plugins too. `allow: []` allows nothing; without `allow` everything passes that `deny` does not name. */
export const ToolPolicy = v.strictObject({
  profile: v.optional(v.picklist(toolProfiles)),
  allow: patterns,
  alsoAllow: patterns,
  deny: patterns,
})
export interface ToolPolicy {
  /** Instead of the settings' in an agent's policy; in any other one more narrowing. */
  readonly profile?: ToolProfile | undefined
  readonly allow?: readonly string[] | undefined
  /** In addition to `profile` and to this policy's own `allow`. The global's and an agent's add to the first step, `profile`, as well. */
  readonly alsoAllow?: readonly string[] | undefined
  readonly deny?: readonly string[] | undefined
}

/** What the settings of this plugin say about policy. */
export interface PolicySettings extends ToolPolicy {
  /** By `PROVIDER` and by `PROVIDER/MODEL`; both hold. */
  readonly byProvider?: Readonly<Record<string, ToolPolicy>> | undefined
  /** In addition to, or taken from, what a tier has of itself. */
  readonly tiers?: Readonly<Partial<Record<ToolTier, ToolPolicy | undefined>>> | undefined
}

/** In this order. `surface` is the way a call came in by, such as HTTP. */
export type PolicyStep = 'profile' | 'global' | 'provider' | 'agent' | 'group' | 'sender' | 'tier' | 'surface'
/** `parent`: how many runs above this one it comes from; 0 is the run itself. */
export interface PolicyLayer { readonly step: PolicyStep; readonly parent: number; readonly policy: ToolPolicy }

export type Named = Pick<ToolSpec, 'name' | 'plugin'> & Partial<Pick<ToolSpec, 'group' | 'effect' | 'tier'>>

/** Runs below runs; deeper ones get nothing. */
const maxDepth = 16

/** What a run's parent may not do, the run may not do either, whatever its own policies say. */
export function layersOf(settings: PolicySettings, context: ToolContext, parent = 0): PolicyLayer[] {
  const { policies = {}, provider, model, tier } = context
  const layer = (step: PolicyStep, policy: ToolPolicy | undefined): PolicyLayer[] => (policy ? [{ step, parent, policy }] : [])
  const { profile: ownProfile, ...agent } = policies.agent ?? {}
  return [
    ...layer('profile', { profile: ownProfile ?? settings.profile ?? 'full', alsoAllow: [...settings.alsoAllow ?? [], ...agent.alsoAllow ?? []] }),
    ...layer('global', { allow: settings.allow, alsoAllow: settings.alsoAllow, deny: settings.deny }),
    ...layer('provider', provider === undefined ? undefined : own(settings.byProvider, provider)),
    ...layer('provider', provider === undefined || model === undefined ? undefined : own(settings.byProvider, `${provider}/${model}`)),
    ...layer('provider', policies.provider),
    ...layer('agent', agent),
    ...layer('group', policies.group),
    ...layer('sender', policies.sender),
    ...layer('tier', tier && { ...settings.tiers?.[tier], allow: [`tier:${tier}`, ...settings.tiers?.[tier]?.allow ?? []] }),
    ...layer('surface', policies.surface),
    ...parentLayers(settings, context, parent + 1),
  ]
}

function parentLayers(settings: PolicySettings, { parent: above }: ToolContext, parent: number): PolicyLayer[] {
  if (!above) return []
  return parent > maxDepth ? [{ step: 'agent', parent, policy: { allow: [] } }] : layersOf(settings, above, parent)
}

const own = <T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined => (record && Object.hasOwn(record, key) ? record[key] : undefined)

/** Whether every layer lets it pass. */
export const decide = (layers: readonly PolicyLayer[], tool: Named): boolean => layers.every(({ policy }) => !denyOf(policy, tool) && 'rule' in passOf(policy, tool))

export interface PolicyVerdict {
  readonly step: PolicyStep
  readonly parent: number
  readonly verdict: 'pass' | 'deny' | 'not allowed'
  /** The pattern or profile that decided, such as `group:fs` or `profile coding`; none where the layer has no say. */
  readonly rule?: string
}
export interface PolicyDecision {
  readonly allowed: boolean
  /** What refused it: the first deny, or else the first layer whose list does not have it. For an allowed tool the last layer that named it. */
  readonly decided: PolicyVerdict
  readonly steps: readonly PolicyVerdict[]
}

/** The same answer as `decide`, with its reasons. */
export function explain(layers: readonly PolicyLayer[], tool: Named): PolicyDecision {
  const steps = layers.map(({ step, parent, policy }): PolicyVerdict => {
    const denied = denyOf(policy, tool)
    if (denied !== undefined) return { step, parent, verdict: 'deny', rule: denied }
    const pass = passOf(policy, tool)
    if ('missing' in pass) return { step, parent, verdict: 'not allowed', rule: pass.missing }
    return { step, parent, verdict: 'pass', ...(pass.rule !== undefined && { rule: pass.rule }) }
  })
  const refused = steps.find(({ verdict }) => verdict === 'deny') ?? steps.find(({ verdict }) => verdict === 'not allowed')
  return { allowed: refused === undefined, decided: refused ?? steps.findLast(({ rule }) => rule !== undefined) ?? { step: 'profile', parent: 0, verdict: 'pass' }, steps }
}

const denyOf = ({ deny = [] }: ToolPolicy, tool: Named): string | undefined => namedIn(deny, tool)

/** `rule`: what let it through, undefined where the layer has no list. `missing`: what it is not in. */
function passOf({ profile, allow, alsoAllow }: ToolPolicy, tool: Named): { readonly rule: string | undefined } | { readonly missing: string } {
  const named = (list: readonly string[] = []): string | undefined => letBy(list, tool)
  const extra = named(alsoAllow)
  if (extra !== undefined) return { rule: extra }
  if (profile !== undefined && named(profilePatterns[profile]) === undefined) return { missing: `profile ${profile}` }
  const listed = named(allow)
  if (allow !== undefined && listed === undefined) return { missing: 'allow' }
  return { rule: listed ?? (profile === undefined ? undefined : `profile ${profile}`) }
}

/** Which of `list` names the tool: for lists that restrict, and for those that let through. */
export const namedIn = (list: readonly string[], tool: Named): string | undefined => list.find((pattern) => matches(pattern, tool, true))
export const letBy = (list: readonly string[], tool: Named): string | undefined => list.find((pattern) => matches(pattern, tool, false))

function matches(pattern: string, tool: Named, restricts: boolean): boolean {
  const same = (glob: string, text: string | undefined): boolean => text !== undefined && (restricts ? globMatches(glob.toLowerCase(), text.toLowerCase()) : globMatches(glob, text))
  const at = pattern.indexOf(':')
  const value = pattern.slice(at + 1)
  switch (at < 0 ? '' : pattern.slice(0, at)) {
    case '': return same(pattern, tool.name)
    case 'group': return same(value, tool.group)
    case 'plugin': return same(value, tool.plugin)
    case 'effect': return tool.effect === undefined ? restricts : same(value, tool.effect)
    case 'tier': return toolTiers.indexOf(tool.tier ?? 'capable') <= toolTiers.indexOf(value as ToolTier)
    default: return false
  }
}
