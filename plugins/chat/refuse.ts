/**
 * Fields that clients may send and this gateway does not act on. Where ignoring one would do something else than
 * the client asked for, it is refused by name; a value that asks for nothing passes.
 */
import { thinkingLevels } from '../models/contract.ts'
import { failChat } from './errors.ts'
import type { HistoryQuery, Send } from './params.ts'
import { isNoLevel, levelOf } from './thinking.ts'

type Rule = readonly [asks: (value: unknown) => boolean, reason: string]
type Rules<T> = { readonly [K in keyof T]?: Rule }

const isSet = (value: unknown): boolean => value !== undefined && value !== null && value !== ''
const isTrue = (value: unknown): boolean => value === true
const isFilled = (value: unknown): boolean => typeof value === 'object' && value !== null && Object.keys(value).length > 0
const isPositive = (value: unknown): boolean => typeof value === 'number' && value > 0

/** A word that is neither a level nor leaves it to the model. */
const isNone = (value: unknown): boolean => typeof value === 'string' && !isNoLevel(value) && levelOf(value) === undefined

const route = 'replies are not delivered to channels'
const unchecked = 'the condition cannot be checked, so it counts as not met'

const sendRules: Rules<Send> = {
  thinking: [isNone, `the levels are ${thinkingLevels.join(', ')}`],
  deliver: [isTrue, route],
  originatingChannel: [isSet, route],
  originatingTo: [isSet, route],
  originatingAccountId: [isSet, route],
  originatingThreadId: [isSet, route],
  replyToId: [isSet, 'the model would not see what is replied to'],
  intent: [isFilled, 'session goals are not supported'],
  toolBindings: [isFilled, 'tools of the client are not supported'],
  systemInputProvenance: [isFilled, 'where a message comes from follows from the credential'],
  systemProvenanceReceipt: [isSet, 'where a message comes from follows from the credential'],
  expectedLeafEntryId: [(value) => value !== undefined, unchecked],
  expectedSessionRoutingContract: [isSet, unchecked],
  expectedPermissionMode: [isSet, unchecked],
  expectedToolOverrides: [isFilled, unchecked],
}

const historyRules: Rules<HistoryQuery> = {
  offset: [isPositive, 'page back with `cursor`'],
  pendingBefore: [isSet, 'page back with `cursor`'],
  inputRunIds: [isFilled, 'messages cannot be picked by run'],
  messageId: [isSet, 'messages cannot be picked by id'],
}

export const refuseSend = (params: Send): void => refuse('chat.send', sendRules, params)
export const refuseHistory = (params: HistoryQuery): void => refuse('chat.history', historyRules, params)

/** Throws NEXUS_CHAT_UNSUPPORTED, which names the field and never its value. */
function refuse<T extends object>(method: string, rules: Rules<T>, params: T): void {
  for (const [field, rule] of Object.entries(rules) as [keyof T & string, Rule][]) {
    const [asks, reason] = rule
    if (asks(params[field])) throw failChat('NEXUS_CHAT_UNSUPPORTED', { method, field, reason })
  }
}
