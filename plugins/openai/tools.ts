/** Tools that the client brings and runs itself, and what it says of their use. */
import * as v from 'valibot'
import type { AnswerRequest, RunOutcome } from '../agent/contract.ts'
import { malformed } from '../models/contract.ts'
import type { ModelTool, ToolCallPart } from '../models/contract.ts'
import { byType, invalid, unsupported } from './body.ts'

const maxTools = 128
const noParameters = { type: 'object', properties: {} }

const name = v.pipe(v.string(), v.regex(/^[\w-]{1,64}$/))
const described = { name, description: v.optional(v.nullable(v.string())), parameters: v.optional(v.nullable(v.record(v.string(), v.unknown()))) }
const Described = v.looseObject(described)
type Described = v.InferOutput<typeof Described>
const list = <T extends v.GenericSchema>(item: T) => v.optional(v.nullable(v.pipe(v.array(item), v.maxLength(maxTools))))

export const ChatTools = list(byType({ function: v.looseObject({ type: v.literal('function'), function: Described }) }))
export const ResponseTools = list(byType({ function: v.looseObject({ type: v.literal('function'), ...described }) }))

const mode = v.picklist(['none', 'auto', 'required'])
const named = v.looseObject({ name })
const choices = <T extends object>(known: Readonly<Record<string, v.GenericSchema<unknown, T>>>) => v.optional(v.nullable(v.union([mode, byType(known)])))
/** What chat completions have under a name of its own, responses have beside `type`. */
const ChatChoices = {
  function: v.looseObject({ type: v.literal('function'), function: named }),
  allowed_tools: v.looseObject({ type: v.literal('allowed_tools'), allowed_tools: v.looseObject({ mode, tools: v.array(v.looseObject({ function: named })) }) }),
}
const ResponseChoices = {
  function: v.looseObject({ type: v.literal('function'), name }),
  allowed_tools: v.looseObject({ type: v.literal('allowed_tools'), mode, tools: v.array(named) }),
}
type Chosen<T extends Record<string, v.GenericSchema>> = v.InferOutput<T[keyof T]>
export const ChatToolChoice = choices<Chosen<typeof ChatChoices>>(ChatChoices)
export const ResponseToolChoice = choices<Chosen<typeof ResponseChoices>>(ResponseChoices)

export type ToolWish = Pick<AnswerRequest, 'clientTools' | 'toolChoice'>
interface Choice { readonly mode?: 'none' | 'auto' | 'required'; readonly name?: string; readonly only?: readonly string[] }

export function chatTools(tools: v.InferOutput<typeof ChatTools>, choice: v.InferOutput<typeof ChatToolChoice>): ToolWish {
  return wish((tools ?? []).map((tool, at) => (isKind(tool, 'function') ? tool.function : refuse(at))), choiceOf(choice, (one) => {
    if (isKind(one, 'function')) return { name: one.function.name }
    if (isKind(one, 'allowed_tools')) return { mode: one.allowed_tools.mode, only: one.allowed_tools.tools.map((tool) => tool.function.name) }
    return undefined
  }))
}

export function responseTools(tools: v.InferOutput<typeof ResponseTools>, choice: v.InferOutput<typeof ResponseToolChoice>): ToolWish {
  return wish((tools ?? []).map((tool, at) => (isKind(tool, 'function') ? tool : refuse(at))), choiceOf(choice, (one) => {
    if (isKind(one, 'function')) return { name: one.name }
    if (isKind(one, 'allowed_tools')) return { mode: one.mode, only: one.tools.map((tool) => tool.name) }
    return undefined
  }))
}

type Kind<T, K> = Extract<T, { readonly type: K }>
const isKind = <T extends object, K extends string>(one: T, kind: K): one is Kind<T, K> => 'type' in one && one.type === kind
const refuse = (at: number): never => { throw unsupported(`tools[${at}].type`, 'only tools of type function are taken; what the gateway has itself it offers to its agents') }

function choiceOf<T extends object>(choice: Choice['mode'] | T | null | undefined, read: (choice: T) => Choice | undefined): Choice {
  if (choice === null || choice === undefined) return {}
  if (typeof choice === 'string') return { mode: choice }
  const known = read(choice)
  if (!known) throw unsupported('tool_choice', 'it may be none, auto, required, a function or allowed_tools')
  return known
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
