/** What the demonstration says to what it is told. It understands a few commands and repeats everything else. */
import { failureKinds, parseArguments } from '../models/contract.ts'
import type { FailureKind, ModelMessage, ModelRequest, ToolCallPart, ToolResultMessage } from '../models/contract.ts'
import { readable, textOf } from './words.ts'

export interface Answer {
  readonly text: string
  readonly calls: readonly ToolCallPart[]
  /** Instead of the configured pace. */
  readonly delayMs?: number
  readonly fail?: FailureKind
}

const mostWords = 10_000
const mostDelayMs = 10_000

const help = [
  'I am a demonstration, not a real model: I need no key and I understand nothing.',
  'I show that your gateway works. Try:',
  '  what time is it            I call the tool `time` and report what it says',
  '  /tool NAME {"arg": 1}      I call any tool',
  '  /slow MS TEXT              I repeat TEXT, one word every MS milliseconds',
  '  /words N                   I say N words',
  '  /fail rate_limit           I fail as a provider may',
  'To talk to a real model, put its server into nexus.json5:',
  '  "provider-openai-compatible": { baseUrl: "http://localhost:11434/v1" }',
].join('\n')

/** `verbatim`: what tools say is repeated as the model was given it, marks and all. */
export function answerTo({ messages, tools = [] }: ModelRequest, verbatim = false): Answer {
  const results = latestResults(messages)
  if (results.length > 0) return say(results.map((result) => reportOf(result, verbatim)).join('\n'))
  const said = textOf(messages.findLast((message) => message.role === 'user') ?? { content: '' }).trim()
  const [, command = '', rest = ''] = /^\/(\S+)\s*([^]*)$/.exec(said) ?? []
  switch (command) {
    case 'help': return say(help)
    case 'tool': return callTool(rest)
    case 'slow': return slowly(rest)
    case 'words': return say(count(Math.min(mostWords, numberOf(rest) ?? 10)))
    case 'fail': return { text: '', calls: [], fail: failureKinds.find((kind) => kind === rest.trim()) ?? 'server' }
  }
  if (asksTime(said) && tools.some((tool) => tool.name === 'time')) return call('time', JSON.stringify(zoneIn(said)))
  return said === '' ? say(help) : say(`This is a demonstration, not a real model. You said: ${said.slice(0, 400)}\n(Say /help to see what I can do.)`)

  function callTool(text: string): Answer {
    const [, name = '', args = ''] = /^(\S+)\s*([^]*)$/.exec(text) ?? []
    if (tools.some((tool) => tool.name === name)) return call(name, args)
    const offered = tools.map((tool) => tool.name).join(', ')
    return say(`I was given no tool of that name. ${offered === '' ? 'I was given none at all.' : `I was given: ${offered}.`}`)
  }

  /** The id differs from call to call of one conversation, and is the same whenever that conversation is played. */
  function call(name: string, args: string): Answer {
    return { text: `I call the tool ${name}.`, calls: [{ type: 'toolCall', id: `demo-${messages.length}`, name, arguments: parseArguments(args) }] }
  }
}

const say = (text: string): Answer => ({ text, calls: [] })

function slowly(rest: string): Answer {
  const [, ms = '', text = ''] = /^(\d+)\s*([^]*)$/.exec(rest) ?? []
  return { ...say(text === '' ? 'Slowly, one word at a time, as you wished.' : text), delayMs: Math.min(mostDelayMs, numberOf(ms) ?? 200) }
}

/** Results that no answer has followed yet. */
function latestResults(messages: readonly ModelMessage[]): readonly ToolResultMessage[] {
  const last = messages.findLastIndex((message) => message.role !== 'toolResult')
  return messages.slice(last + 1).filter((message) => message.role === 'toolResult')
}

function reportOf(result: ToolResultMessage, verbatim: boolean): string {
  const text = textOf(result)
  return `The tool ${result.toolName} ${result.isError ? 'failed' : 'says'}: ${verbatim ? text : readable(text)}`
}

const asksTime = (text: string): boolean => /\bwhat(?:'s| is)? (?:the )?time\b/i.test(text)

/** As in "what time is it in Europe/Berlin". */
function zoneIn(text: string): { timezone?: string } {
  const zone = /\bin ([A-Za-z_]+\/[A-Za-z_/]+)/.exec(text)?.[1]
  return zone === undefined ? {} : { timezone: zone }
}

const numberOf = (text: string): number | undefined => (/^\d{1,9}$/.test(text.trim()) ? Number(text) : undefined)

const count = (n: number): string => Array.from({ length: n }, (_, i) => `word${i + 1}`).join(' ')
