/** The items of an answer, put together while it is said, and the events that tell of it in OpenAI's order. */
import { randomUUID } from 'node:crypto'
import type { ToolCallPart } from '../../models/contract.ts'
import { argumentsText, extraOf } from '../tools.ts'

type ItemStatus = 'in_progress' | 'completed' | 'incomplete'
interface TextOut { readonly type: 'output_text'; readonly text: string; readonly annotations: readonly never[]; readonly logprobs: readonly never[] }
export interface MessageItem { readonly id: string; readonly type: 'message'; readonly status: ItemStatus; readonly role: 'assistant'; readonly content: readonly TextOut[] }
export interface ReasoningItem { readonly id: string; readonly type: 'reasoning'; readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[] }
export interface CallItem { readonly id: string; readonly type: 'function_call'; readonly status: ItemStatus; readonly call_id: string; readonly name: string; readonly arguments: string }
export type OutputItem = MessageItem | ReasoningItem | CallItem

export interface AnswerEvent { readonly type: string; readonly [key: string]: unknown }
export type Tell = (event: AnswerEvent) => void

export interface Assembly {
  text(delta: string): void
  thinking(delta: string): void
  /** The answer is over; what it leaves open is closed. `cut`: it is not all that was to be said. */
  end(calls: readonly ToolCallPart[], cut: boolean): readonly OutputItem[]
  /** The run failed: the items that were closed, and the text that was not, as `incomplete`. Nothing is told of it. */
  broken(): readonly OutputItem[]
}

interface Open { readonly kind: 'message' | 'reasoning'; readonly id: string; readonly at: number; text: string }

const textOut = (text: string): TextOut => ({ type: 'output_text', text, annotations: [], logprobs: [] })
const thought = (text: string) => ({ type: 'summary_text' as const, text })
const idOf = (kind: 'msg' | 'rs' | 'fc'): string => `${kind}_${randomUUID()}`

/** `summary`: whether the client wants to read what was thought; that it was thought is told anyway. */
export function assembly(tell: Tell, summary: boolean): Assembly {
  const output: OutputItem[] = []
  let open: Open | undefined

  function begin(kind: Open['kind']): Open {
    if (open?.kind === kind) return open
    close('completed')
    const item: OutputItem = kind === 'message'
      ? { id: idOf('msg'), type: 'message', status: 'in_progress', role: 'assistant', content: [] }
      : { id: idOf('rs'), type: 'reasoning', summary: [] }
    open = { kind, id: item.id, at: output.length, text: '' }
    output.push(item)
    tell({ type: 'response.output_item.added', output_index: open.at, item })
    if (kind === 'message') tell({ type: 'response.content_part.added', ...placeOf(open), part: textOut('') })
    else if (summary) tell({ type: 'response.reasoning_summary_part.added', ...placeOf(open), part: thought('') })
    return open
  }

  function whole({ kind, id, text }: Open, status: ItemStatus): OutputItem {
    return kind === 'message'
      ? { id, type: 'message', status, role: 'assistant', content: [textOut(text)] }
      : { id, type: 'reasoning', summary: summary ? [thought(text)] : [] }
  }

  function close(status: ItemStatus): void {
    if (!open) return
    const { kind, at, text } = open
    const place = placeOf(open)
    const item = whole(open, status)
    open = undefined
    output[at] = item
    if (kind === 'message') {
      tell({ type: 'response.output_text.done', ...place, text, logprobs: [] })
      tell({ type: 'response.content_part.done', ...place, part: textOut(text) })
    } else if (summary) {
      tell({ type: 'response.reasoning_summary_text.done', ...place, text })
      tell({ type: 'response.reasoning_summary_part.done', ...place, part: thought(text) })
    }
    tell({ type: 'response.output_item.done', output_index: at, item })
  }

  function call(part: ToolCallPart): void {
    const text = argumentsText(part)
    const at = output.length
    const item: CallItem = { id: idOf('fc'), type: 'function_call', status: 'completed', call_id: part.id, name: part.name, arguments: text, ...extraOf(part) }
    output.push(item)
    tell({ type: 'response.output_item.added', output_index: at, item: { ...item, status: 'in_progress', arguments: '' } })
    tell({ type: 'response.function_call_arguments.delta', item_id: item.id, output_index: at, delta: text })
    tell({ type: 'response.function_call_arguments.done', item_id: item.id, output_index: at, name: item.name, arguments: text })
    tell({ type: 'response.output_item.done', output_index: at, item })
  }

  return {
    text(delta) {
      const item = begin('message')
      item.text += delta
      tell({ type: 'response.output_text.delta', ...placeOf(item), delta, logprobs: [] })
    },
    thinking(delta) {
      if (delta === '') return
      const item = begin('reasoning')
      item.text += delta
      if (summary) tell({ type: 'response.reasoning_summary_text.delta', ...placeOf(item), delta })
    },
    end(calls, cut) {
      // Who asked for an answer finds a message in it, be it empty.
      if (calls.length === 0 && !output.some(({ type }) => type === 'message')) begin('message')
      close(cut ? 'incomplete' : 'completed')
      for (const one of calls) call(one)
      return output
    },
    broken: () => (open ? [...output.slice(0, -1), whole(open, 'incomplete')] : output),
  }
}

function placeOf({ kind, id, at }: Open) {
  return { item_id: id, output_index: at, ...(kind === 'message' ? { content_index: 0 } : { summary_index: 0 }) }
}
