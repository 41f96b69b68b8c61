/** What holds for all steps of a run: the model, how it thinks, the tools and for whom they run, the system prompt. And room in the model's window. */
import { externalNotice } from '../external-content/contract.ts'
import { failureOf, thinkingLevels } from '../models/contract.ts'
import type { ModelMessage, ModelSpec, ModelTool, Route, ThinkingLevel } from '../models/contract.ts'
import type { ToolContext } from '../tools/contract.ts'
import { askForSummary, compactionOf, cutOf, roomIn } from './compact.ts'
import { newest } from './context.ts'
import type { Loop } from './loop.ts'
import { offeredAs } from './offer.ts'
import type { Offered } from './offer.ts'
import { keptTo, limitsOf, narrower, parentOf, toolContextOf } from './rights.ts'
import type { Limits } from './rights.ts'
import { subagentNotice } from './subagents/announce.ts'
import { tokensOfAll, tokensOfText } from './size.ts'

const usualWindow = 64_000

export interface Setting {
  readonly spec: ModelSpec
  readonly route: Route
  readonly thinking: ThinkingLevel | undefined
  readonly context: ToolContext
  readonly tools: readonly ModelTool[]
  readonly system: string
  /** Tokens that the messages may have together. */
  readonly mostTokens: number
  /** Of these, the newest that a compaction leaves as they are. */
  readonly keepTokens: number
}

/** Rejects with what the registries throw, such as NEXUS_MODELS_UNKNOWN. */
export async function settle(loop: Loop, all: readonly ModelMessage[]): Promise<Setting> {
  const { profile, info, models, conversation } = loop
  const settings = await conversation.settings()
  const wanted = loop.model ?? settings.model
  const model = wanted ?? profile.model
  const thinking = loop.thinking ?? levelOf(settings.thinking) ?? profile.thinking
  const own = limitsOf(profile, settings, loop.profiles)
  const limits = loop.limits ? narrower(own, loop.limits) : own
  const whose = { profile, profiles: loop.profiles, sessionKey: info.sessionKey, settings, place: loop.place, bound: loop.bound }
  const route = keptTo(limits.models, await models.route({
    cause: info.cause, agentId: info.agentId, runId: info.runId,
    ...(model !== undefined && { model, pinned: wanted !== undefined }), ...(wanted === undefined && profile.fallbacks !== undefined && { fallbacks: profile.fallbacks }),
    ...(info.sessionKey !== undefined && { sessionKey: info.sessionKey }), ...(thinking !== undefined && { thinking }),
    messages: all, tools: (await offered(loop, toolContextOf(whose), limits)).tools,
  }))
  const spec = await models.resolve(route.model)
  loop.timeline.route(route)
  const context = toolContextOf({ ...whose, spec, tier: route.tier })
  const { tools, tokens } = spec.tools === false ? noTools : await offered(loop, context, limits)
  const isChild = parentOf(settings, info.sessionKey) !== undefined
  const system = [profile.system, isChild ? subagentNotice : '', await loop.bootstrap(isChild ? context.workspace : profile.workspace, isChild), loop.instructions].filter(Boolean).join('\n\n')
  const { most, keep } = roomIn(spec.contextWindow ?? usualWindow, profile.compaction)
  return { spec, route, thinking, context, tools, system, keepTokens: keep, mostTokens: Math.max(1, most - tokensOfText(system + externalNotice) - tokens) }
}

const noTools = offeredAs([])

/** What would be refused anyway is not offered. */
async function offered({ clientTools, tools, offer, info: { sessionKey } }: Loop, context: ToolContext, { maxDepth, maxChildren }: Limits): Promise<Offered> {
  if (clientTools) return offeredAs(clientTools)
  const specs = await tools.list(context)
  return offer(specs, sessionKey !== undefined && maxChildren > 0 && (context.depth ?? 0) < maxDepth, sessionKey !== undefined)
}

const levelOf = (name: string | undefined): ThinkingLevel | undefined => thinkingLevels.find((level) => level === name)
/** Said wherever something wrapped may stand in the prompt; what a caller of `answer` brings is not wrapped. */
export const systemFor = ({ info, tally }: Loop, { system }: Pick<Setting, 'system'>): string => (info.sessionKey !== undefined || tally.steps > 0 ? `${system}\n\n${externalNotice}`.trim() : system)

/** What the model is shown; where that is more than fits, the older part is summed up first, or cut off if that fails. */
export async function shown(loop: Loop, setting: Setting, all: readonly ModelMessage[]): Promise<readonly ModelMessage[]> {
  const { conversation, profile } = loop
  if (!conversation.compaction) return all
  if (tokensOfAll(all) <= setting.mostTokens) return all
  const again = profile.compaction.auto && loop.tally.steps === 0 && await makeRoom(loop, setting) ? await conversation.messages() : all
  return newest(again, setting.mostTokens)
}

/** Sums up the older part of the session. `false`: there was nothing to sum up, or it failed, which the log says. */
export async function makeRoom(loop: Loop, setting: Setting): Promise<boolean> {
  const { conversation: { compaction }, profile } = loop
  if (!compaction || !profile.compaction.auto || loop.signal.aborted) return false
  const cut = cutOf(await compaction.entries(), { tokens: Math.min(setting.keepTokens, Math.floor(setting.mostTokens / 2)) })
  if (!cut) return false
  loop.tell({ type: 'compaction', phase: 'start', done: false })
  let done = false
  try {
    const summary = await summaryOf(loop, setting, askForSummary(cut, setting.mostTokens))
    if (summary !== '') {
      await compaction.write(compactionOf(cut, summary))
      done = true
    }
  } catch (error) {
    loop.problem('the conversation could not be summed up', error)
  }
  loop.timeline.add('compaction', done ? `${cut.tokensBefore} tokens before` : 'failed', { isError: !done })
  loop.tell({ type: 'compaction', phase: 'end', done })
  return done
}

type Asking = Pick<Loop, 'models' | 'info' | 'signal'>

/** Empty if it was stopped. */
export async function summaryOf({ models, info, signal }: Asking, { spec, route }: Pick<Setting, 'spec' | 'route'>, messages: readonly ModelMessage[]): Promise<string> {
  let text = ''
  const { stopReason } = await models.stream({
    provider: spec.provider, model: spec.id, messages, fallbacks: route.fallbacks, signal, cause: info.cause, runId: info.runId, agentId: info.agentId,
    ...(info.sessionKey !== undefined && { sessionKey: info.sessionKey }),
  }, (part) => { if (part.type === 'text') text += part.delta })
  return stopReason === 'aborted' || stopReason === 'length' ? '' : text.trim()
}

export const isTooLong = (error: unknown): boolean => failureOf(error)?.kind === 'context_length'
