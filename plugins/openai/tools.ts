/** Tools that the client brings and runs itself, and what it says of their use. */
import * as v from 'valibot'
import type { AnswerRequest, RunOutcome } from '../agent/contract.ts'
import { malformed } from '../models/contract.ts'
import type { ModelTool, ToolCallPart } from '../models/contract.ts'
import { invalid, unsupported } from './body.ts'

const maxTools = 128
const noParameters = { type: 'object', properties: {} }

const name = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))
const described = { name, description: v.optional(v.nullable(v.string())), parameters: v.optional(v.nullable(v.record(v.string(), v.unknown()))) }
/** A kind that is not `function` need not look like one to be refused by name. */
const kind = v.pipe(v.string(), v.notValue('function'))
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.nullable(v.pipe(v.array(item), v.maxLength(maxTools))))

export const ChatTools = list(v.union([v.looseObject({ type: v.literal('function'), function: v.looseObject(described) }), v.looseObject({ type: kind })]))
export const ResponseTools = list(v.union([v.looseObject({ type: v.literal('function'), ...described }), v.looseObject({ type: kind })]))

const mode = v.picklist(['none', 'auto', 'required'])
const named = v.looseObject({ name })
export const ChatToolChoice = v.optional(v.nullable(v.union([
  mode,
  v.looseObject({ type: v.literal('function'), function: named }),
  v.looseObject({ type: v.literal('allowed_tools'), allowed_tools: v.looseObject({ mode, tools: v.array(v.looseObject({ function: v.optional(named) })) }) }),
  v.looseObject({ type: kind }),
])))
export const ResponseToolChoice = v.optional(v.nullable(v.union([
  mode,
  v.looseObject({ type: v.literal('function'), name }),
  v.looseObject({ type: v.literal('allowed_tools'), mode, tools: v.array(v.looseObject({ name: v.optional(name) })) }),
  v.looseObject({ type: kind }),
])))

type Described = v.InferOutput<v.ObjectSchema<typeof described, undefined>>
export type ToolWish = Pick<AnswerRequest, 'clientTools' | 'toolChoice'>
interface Choice { readonly mode?: 'none' | 'auto' | 'required'; readonly name?: string; readonly only?: readonly string[] }

export function chatTools(tools: v.InferOutput<typeof ChatTools>, choice: v.InferOutput<typeof ChatToolChoice>): ToolWish {
  return wish((tools ?? []).map((tool, at) => ('function' in tool && tool.type === 'function' ? (tool.function as Described) : refuse(at))), chatChoice(choice))
}

export function responseTools(tools: v.InferOutput<typeof ResponseTools>, choice: v.InferOutput<typeof ResponseToolChoice>): ToolWish {
  return wish((tools ?? []).map((tool, at) => (tool.type === 'function' ? (tool as Described) : refuse(at))), responseChoice(choice))
}

const refuse = (at: number): never => { throw unsupported(`tools[${at}].type`, 'only tools of type function are taken; what the gateway has itself it offers to its agents') }
const refuseChoice = (): never => { throw unsupported('tool_choice', 'it may be none, auto, required, a function or allowed_tools') }

function chatChoice(choice: v.InferOutput<typeof ChatToolChoice>): Choice {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') return { mode: choice }
  if ('function' in choice && choice.type === 'function') return { name: (choice.function as { name: string }).name }
  if (!('allowed_tools' in choice) || choice.type !== 'allowed_tools') return refuseChoice()
  const { mode: how, tools } = choice.allowed_tools as { mode: NonNullable<Choice['mode']>; tools: { function?: { name: string } }[] }
  return { mode: how, only: tools.map((tool) => tool.function?.name ?? '') }
}

function responseChoice(choice: v.InferOutput<typeof ResponseToolChoice>): Choice {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') return { mode: choice }
  if (choice.type === 'function') return { name: (choice as { name: string }).name }
  if (choice.type !== 'allowed_tools') return refuseChoice()
  const { mode: how, tools } = choice as unknown as { mode: NonNullable<Choice['mode']>; tools: { name?: string }[] }
  return { mode: how, only: tools.map((tool) => tool.name ?? '') }
}

/** Throws NEXUS_OPENAI_INVALID for names that are there twice, or chosen and not there. */
function wish(given: readonly Described[], { mode: how, name: one, only }: Choice): ToolWish {
  const names = new Set(given.map((tool) => tool.name))
  if (names.size < given.length) throw invalid('tools', 'has a name twice')
  if ((one !== undefined || how === 'required') && names.size === 0) throw invalid('tool_choice', 'asks for a tool, and there is none in `tools`')
  if ([one, ...only ?? []].some((wanted) => wanted !== undefined && !names.has(wanted))) throw invalid('tool_choice', 'names a tool that is not in `tools`')
  const offered = only ? given.filter((tool) => only.includes(tool.name)) : given
  const toolChoice = one !== undefined ? { name: one } : how
  return { ...(offered.length > 0 && { clientTools: offered.map(modelTool) }), ...(toolChoice !== undefined && { toolChoice }) }
}

const modelTool = (tool: Described): ModelTool => ({ name: tool.name, description: tool.description ?? '', parameters: { ...noParameters, ...tool.parameters } })

/** What the client is to run now: one at a time if it cannot do more. */
export const callsOf = ({ toolCalls = [] }: RunOutcome, parallel: boolean | null | undefined): readonly ToolCallPart[] => (parallel === false ? toolCalls.slice(0, 1) : toolCalls)

/** Arguments as the model wrote them, also when they are no JSON object: the client's library says so then. */
export function argumentsText({ arguments: args }: ToolCallPart): string {
  const wild = args[malformed]
  return typeof wild === 'string' ? wild : JSON.stringify(args)
}

/** Some providers refuse a call that comes back without their mark on it, so it travels with the call. */
export const extraOf = ({ signature }: ToolCallPart): { readonly extra_content?: { readonly nexus: { readonly signature: string } } } =>
  (signature === undefined ? {} : { extra_content: { nexus: { signature } } })
export const Extra = v.fallback(v.optional(v.object({ nexus: v.object({ signature: v.pipe(v.string(), v.maxLength(1024 * 1024)) }) })), undefined)
export const signatureIn = (extra: v.InferOutput<typeof Extra>): Pick<ToolCallPart, 'signature'> => (extra ? { signature: extra.nexus.signature } : {})
