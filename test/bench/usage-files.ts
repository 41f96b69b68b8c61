/** Transcripts as agents leave them: long texts with code in them, results of tools, pictures in base64; one in five answers is short. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs'
import { join } from 'node:path'

const models = [['anthropic', 'claude-opus-4-6'], ['anthropic', 'claude-sonnet-5-5'], ['openai', 'gpt-5.2'], ['google', 'gemini-3-pro'], ['openrouter', 'moonshotai/kimi-k2'], ['ollama', 'qwen3']] as const
const tools = ['exec', 'read', 'write', 'browser', 'web_search', 'message']
const prose = 'The build failed at step 3 because the lockfile names an older version; "npm ci" refuses that.\nRun it again after\tremoving node_modules, then look at `dist/index.js`. ä€ '
const code = 'export const pair = (a: string): Record<string, unknown> => ({ "type": "message", "usage": { "input": 1 }, path: "C:\\\\tmp" })\n'

/** A generator of numbers that is the same in every run. */
export function numbers(seed: number): (below: number) => number {
  let state = seed >>> 0
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

export interface Turn { readonly at: number; readonly provider: string; readonly model: string; readonly tokens: number; readonly nano: number }

/** The lines of one turn: a person's words, a tool's call and result, an answer. */
export function turnLines(next: (below: number) => number, at: number, sum?: (turn: Turn) => void): string {
  const iso = (ms: number): string => new Date(ms).toISOString()
  const id = (): string => next(2 ** 31).toString(16).padStart(8, '0')
  const [provider, model] = models[next(models.length)] as (typeof models)[number]
  const tool = tools[next(tools.length)] as string
  const usage = () => {
    const [input, output, cacheRead, cacheWrite] = [next(4_000), next(2_000), next(80_000), next(3_000)]
    const cost = { input: input * 5e-6, output: output * 25e-6, cacheRead: cacheRead * 5e-7, cacheWrite: cacheWrite * 6.25e-6 }
    const total = cost.input + cost.output + cost.cacheRead + cost.cacheWrite
    sum?.({ at, provider, model, tokens: input + output + cacheRead + cacheWrite, nano: Math.round(total * 1e9) })
    return { input, output, cacheRead, cacheWrite, totalTokens: input + output + cacheRead + cacheWrite, cost: { ...cost, total } }
  }
  const entry = (message: object, ms: number): string => `${JSON.stringify({ type: 'message', id: id(), parentId: id(), timestamp: iso(ms), message: { ...message, timestamp: ms } })}\n`
  const text = (most: number): string => (prose + code).repeat(1 + next(most))
  const result = next(12) === 0 ? [{ type: 'image', data: Buffer.alloc(20_000 + next(120_000), 'iVBORw0KGgoAAAANSUhEUg').toString('base64'), mimeType: 'image/png' }] : [{ type: 'text', text: text(30) }]
  return [
    entry({ role: 'user', content: [{ type: 'text', text: text(3) }] }, at),
    entry({ role: 'assistant', content: [{ type: 'thinking', thinking: text(4), thinkingSignature: Buffer.alloc(300, 'sig').toString('base64') }, { type: 'toolCall', id: `call_${id()}`, name: tool, arguments: { command: text(2) } }], api: 'anthropic-messages', provider, model, usage: usage(), stopReason: 'toolUse' }, at + 4_000),
    entry({ role: 'toolResult', toolCallId: `call_${id()}`, toolName: tool, content: result, isError: next(20) === 0 }, at + 5_000),
    entry({ role: 'assistant', content: [{ type: 'text', text: next(5) === 0 ? 'Done.' : text(8) }], api: 'anthropic-messages', provider, model, usage: usage(), stopReason: 'stop' }, at + 9_000),
  ].join('')
}

/** Files of about `fileBytes`, `bytes` in all, for some agents; gives their paths. */
export function writeTranscripts(dir: string, bytes: number, fileBytes: number): string[] {
  const next = numbers(7)
  const paths: string[] = []
  for (let written = 0, file = 0; written < bytes; file++) {
    const agent = ['main', 'coder', 'support'][file % 3] as string
    const folder = join(dir, 'agents', agent, 'sessions')
    mkdirSync(folder, { recursive: true })
    const path = join(folder, `s${file}.jsonl`)
    const fd = openSync(path, 'w')
    let size = writeSync(fd, `${JSON.stringify({ type: 'session', version: 3, id: `s${file}`, timestamp: '2026-02-21T09:00:00.000Z', cwd: '/work' })}\n`)
    for (let at = Date.UTC(2026, 0, 1) + file * 3_600_000; size < Math.min(fileBytes, bytes - written); at += 120_000) size += writeSync(fd, turnLines(next, at))
    closeSync(fd)
    written += size
    paths.push(path)
  }
  return paths
}
