/** What there is to count in a turn. Pure; however long the turn, only so much of it is looked at. */
import { thinkingLevels } from '../models/contract.ts'
import type { ModelMessage, ModelTool, ThinkingLevel } from '../models/contract.ts'
import { mathsWords, reasoningSigns, reasoningWords, toolSigns, toolWords } from './words.ts'

export const featureNames = ['length', 'code', 'maths', 'questions', 'parts', 'reasoning', 'tools', 'depth', 'images', 'thinking'] as const
export type FeatureName = (typeof featureNames)[number]

/** None of them negative; more of any never makes a turn simpler. */
export type Counts = Readonly<Record<FeatureName, number>>

export interface Turn {
  /** What is to be answered is the last of the user's. */
  readonly messages: readonly ModelMessage[]
  readonly tools?: readonly ModelTool[] | undefined
  readonly thinking?: ThinkingLevel | undefined
}

/** Characters at the beginning and at the end of what is to be answered, and messages before it. */
export const mostLookedAt = { head: 8_000, tail: 4_000, messages: 20 } as const
const mostTools = 500

export function countsOf({ messages, tools = [], thinking }: Turn): Counts {
  const asked = messages.findLast((message) => message.role === 'user')
  const { text, length } = lookedAt(asked)
  const words = new Set(text.toLowerCase().match(/[\p{L}\p{N}][\p{L}\p{N}_'-]*/gu) ?? [])
  const lines = text.split('\n')
  return {
    length,
    code: codeIn(text, lines),
    maths: mathsIn(text, words),
    questions: matches(text, /[?？؟]+/g),
    parts: lines.filter((line) => /^[ \t]{0,20}(?:[-*•]|\d{1,3}[.)])[ \t]+\S/.test(line)).length,
    reasoning: known(words, reasoningWords) + signs(text, reasoningSigns),
    tools: known(words, toolWords) + signs(text, toolSigns) + placesIn(text) + namedIn(words, tools) + callsIn(messages),
    depth: messages.length,
    images: imagesIn(asked),
    thinking: thinking === undefined ? 0 : Math.max(0, thinkingLevels.indexOf(thinking) - 1),
  }
}

/** The text of a message, cut in the middle; its length is that of the whole. */
function lookedAt(message: ModelMessage | undefined): { readonly text: string; readonly length: number } {
  const { head, tail } = mostLookedAt
  const texts = !message ? [] : typeof message.content === 'string' ? [message.content] : message.content.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  const whole = texts.length === 1 ? texts[0]! : texts.join('\n')
  return { text: whole.length <= head + tail ? whole : `${whole.slice(0, head)}\n${whole.slice(-tail)}`, length: whole.length }
}

const matches = (text: string, pattern: RegExp): number => text.match(pattern)?.length ?? 0
const known = (words: ReadonlySet<string>, list: ReadonlySet<string>): number => [...words].filter((word) => list.has(word)).length
const signs = (text: string, list: readonly string[]): number => list.filter((sign) => text.includes(sign)).length

const codeStart = /^(?:const|let|var|function|class|def|import|export|return|public|private|static|func|fn|struct|package|#include|SELECT|INSERT|UPDATE|CREATE|Traceback|\$ |diff --git|@@ )/
const codeEnd = /(?:[;{}]|=>|\):)$/

/** A fence counts for three, a word between backticks and a line that reads like code for one. */
function codeIn(text: string, lines: readonly string[]): number {
  const fences = Math.ceil(matches(text, /^[ \t]{0,3}```/gm) / 2)
  const isCode = (line: string): boolean => codeStart.test(line) || codeEnd.test(line)
  return 3 * fences + matches(text, /`[^`\n]{1,200}`/g) + lines.filter((line) => isCode(line.trim())).length
}

/** Calculations, symbols and words of mathematics; of plain numbers every fourth. */
function mathsIn(text: string, words: ReadonlySet<string>): number {
  const calculations = matches(text, /\d[ \t]?[+*^=×÷]|[+*^=×÷][ \t]?\d/g)
  const symbols = matches(text, /[√∑∫∂≤≥≠∞∈∀∃]|\\(?:frac|sum|int|sqrt|lim|begin)/g)
  return calculations + symbols + known(words, mathsWords) + Math.floor(matches(text, /\d+/g) / 4)
}

/** Addresses and paths. */
const placesIn = (text: string): number => matches(text, /https?:\/\/\S{1,2000}/g) + matches(text, /(?:^|\s)[~.]{0,2}\/[\w.-]{1,200}/g) + matches(text, /\b[\w-]{1,100}\.(?:md|txt|json5?|ya?ml|csv|pdf|png|jpe?g|ts|js|py|go|rs|java|html|css|sh|log)\b/gi)

/** Tools that are called by their name; short names are words of every day. */
const namedIn = (words: ReadonlySet<string>, tools: readonly ModelTool[]): number => tools.slice(0, mostTools).filter(({ name }) => name.length > 4 && words.has(name.toLowerCase())).length

/** Who has just worked with tools goes on with them, also after a mere "yes". */
function callsIn(messages: readonly ModelMessage[]): number {
  return messages.slice(-mostLookedAt.messages).reduce((calls, message) => calls + (message.role === 'toolResult' ? 1 : 0), 0)
}

const imagesIn = (message: ModelMessage | undefined): number => (!message || typeof message.content === 'string' ? 0 : message.content.filter((part) => part.type === 'image').length)
