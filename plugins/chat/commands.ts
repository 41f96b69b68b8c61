/** Messages that are commands: they change or tell something about their session and are answered by the gateway, not by a model. */
import type { Call, Ctx } from 'nexus-gateway/sdk'
import type { AgentApi } from '../agent/contract.ts'
import { referenceOf, thinkingLevels } from '../models/contract.ts'
import type { ModelsApi } from '../models/contract.ts'
import { sessions as sessionsContract } from '../sessions/contract.ts'
import { failChat } from './errors.ts'
import { levelOf } from './thinking.ts'

export interface Command { readonly name: Name; readonly rest: string }
type Name = keyof typeof summaries

const summaries = {
  new: '/new [MESSAGE]: begin the conversation anew; the old one is archived',
  reset: '/reset [MESSAGE]: the same',
  compact: '/compact: put a summary in place of the older part of the conversation',
  model: '/model [NAME|default]: tell or choose the model of this session',
  think: `/think [LEVEL|default]: tell or choose how long it thinks: ${thinkingLevels.join(', ')}`,
  status: '/status: tell of this session',
  help: '/help: this list',
} as const
const aliases: Readonly<Record<string, Name>> = { t: 'think', thinking: 'think', commands: 'help' }

/** Nothing for what is no command: then it is a message like any other. */
export function commandOf(message: string): Command | undefined {
  const [, word = '', rest = ''] = /^\/([a-z]{1,16})(?:\s*:\s*|\s+|$)([\s\S]*)$/i.exec(message.trim()) ?? []
  const lower = word.toLowerCase()
  const name = Object.hasOwn(summaries, lower) ? lower as Name : Object.hasOwn(aliases, lower) ? aliases[lower] : undefined
  return name === undefined ? undefined : { name, rest: rest.trim() }
}

/** Those that may take long are answered before they are done. */
export const isLong = ({ name }: Command): boolean => name === 'compact'
/** After these what follows the command is a message for the model. */
export const isBeginning = ({ name }: Command): boolean => name === 'new' || name === 'reset'

export interface CommandParts { readonly agent: AgentApi; readonly models: ModelsApi; readonly call: Ctx['call'] }

/** What it changes and tells goes through the verbs of `sessions`, under the rights of whoever asks. Resolves to the answer; rejects with what they refuse. */
export async function perform(parts: CommandParts, { name, rest }: Command, key: string, cause: Call): Promise<string> {
  switch (name) {
    case 'new':
    case 'reset':
      await parts.call(sessionsContract, 'sessions.reset', { key, reason: name }, { cause })
      return 'The conversation begins anew.'
    case 'compact': {
      const { compacted, reason } = await parts.call(sessionsContract, 'sessions.compact', { key }, { cause })
      return compacted ? 'The older part of the conversation was summed up.' : `Nothing was summed up: ${reason ?? 'there is not enough'}.`
    }
    case 'model': return rest === '' ? `Model: ${await modelOf(parts, key, cause)}.` : choose(parts, key, cause, 'model', rest)
    case 'think': return rest === '' ? `Thinking: ${(await rowOf(parts, key, cause))?.thinkingLevel ?? defaultOf(parts, key)?.thinking ?? 'the model\'s own'}.` : choose(parts, key, cause, 'thinkingLevel', rest)
    case 'status': return status(parts, key, cause)
    case 'help': return [...Object.values(summaries), '/stop: stop what runs'].join('\n')
  }
}

async function choose({ call, models }: CommandParts, key: string, cause: Call, setting: 'model' | 'thinkingLevel', wanted: string): Promise<string> {
  const value = wanted.toLowerCase() === 'default' ? null : setting === 'model' ? referenceOf(await models.resolve(wanted)) : levelOf(wanted)
  if (value === undefined) throw failChat('NEXUS_CHAT_LEVEL', { levels: thinkingLevels.join(', ') })
  await call(sessionsContract, 'sessions.patch', { key, [setting]: value }, { cause })
  return `${setting === 'model' ? 'Model' : 'Thinking'}: ${value ?? 'the default'}.`
}

const rowOf = async ({ call }: CommandParts, key: string, cause: Call) => (await call(sessionsContract, 'sessions.get', { key, limit: 1 }, { cause })).session
const defaultOf = ({ agent }: CommandParts, key: string) => agent.profile(key.split(':')[1] ?? '')

async function modelOf(parts: CommandParts, key: string, cause: Call): Promise<string> {
  const wanted = (await rowOf(parts, key, cause))?.model ?? defaultOf(parts, key)?.model
  return parts.models.resolve(wanted).then(referenceOf, () => wanted ?? 'none')
}

async function status(parts: CommandParts, key: string, cause: Call): Promise<string> {
  const row = await rowOf(parts, key, cause)
  const { running, waiting } = parts.agent.metrics()
  return [
    `Session ${key}${row ? ` (${row.sessionId})` : ', nothing said yet'}.`,
    `Model: ${await modelOf(parts, key, cause)}.`,
    `Thinking: ${row?.thinkingLevel ?? defaultOf(parts, key)?.thinking ?? 'the model\'s own'}.`,
    `Gateway: ${running} runs under way, ${waiting} waiting.`,
  ].join('\n')
}
