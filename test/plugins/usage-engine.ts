/** The engine on a store of its own, and folders of transcripts whose sums are known. */
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { ModelsApi } from '../../plugins/models/contract.ts'
import type { SessionsApi } from '../../plugins/sessions/contract.ts'
import type { StoreApi } from '../../plugins/store/contract.ts'
import { createEngine, type Engine } from '../../plugins/usage/engine.ts'
import { createServe } from '../../plugins/usage/scan/serve.ts'
import { createWork, type Thread } from '../../plugins/usage/work.ts'
import { silent, storeOn, temporaryDir } from './store-harness.ts'

export const noSessions = { list: async () => ({ sessions: [], total: 0 }), archives: async () => [] } as unknown as SessionsApi

export interface EngineOptions { readonly sessions?: SessionsApi; readonly models?: ModelsApi; readonly now?: () => number; readonly timeZone?: string; /** A real one takes a second to start from source. */ readonly thread?: boolean }

function threadHere(): Thread {
  const serve = createServe()
  return {
    failed: false, end: async () => {},
    ask: async (question) => {
      const reply = serve(structuredClone(question))
      if ('failed' in reply) throw new Error(reply.failed)
      return structuredClone(reply.answer) as never
    },
  }
}

export function engineOn(store: StoreApi, { sessions = noSessions, models, now = () => Date.parse('2026-06-01T12:00:00Z'), timeZone = 'UTC', thread = false }: EngineOptions = {}): Engine {
  const clock = { now, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms), clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) }
  const engine = createEngine({ store, sessions, models, clock, log: silent, timeZone, signal: new AbortController().signal, ...(!thread && { work: createWork(threadHere) }) })
  onTestFinished(() => engine.close().catch(() => {}))
  return engine
}

export async function engineInDir(options: EngineOptions = {}): Promise<{ readonly engine: Engine; readonly dir: string; again(): Promise<Engine> }> {
  const dir = await temporaryDir()
  let store = await storeOn(dir)
  const engine = engineOn(store, options)
  return {
    engine, dir,
    async again() {
      await store.close()
      store = await storeOn(dir)
      return engineOn(store, options)
    },
  }
}

export interface Said { readonly at: number; readonly provider: string; readonly model: string; readonly input: number; readonly output: number; readonly cost?: number }

export const answered = ({ at, provider, model, input, output, cost }: Said): string => `${JSON.stringify({
  type: 'message', id: at.toString(16), parentId: null, timestamp: new Date(at).toISOString(),
  message: { role: 'assistant', content: [{ type: 'text', text: 'said "usage": {} so' }, { type: 'toolCall', id: 'c', name: 'exec', arguments: {} }], provider, model, usage: { input, output, cacheRead: 0, cacheWrite: 0, totalTokens: input + output, ...(cost !== undefined && { cost: { input: cost / 2, output: cost / 2, cacheRead: 0, cacheWrite: 0, total: cost } }) }, stopReason: 'stop', timestamp: at },
})}\n`
export const asked = (at: number): string => `${JSON.stringify({ type: 'message', id: 'u', parentId: null, timestamp: new Date(at).toISOString(), message: { role: 'user', content: [{ type: 'text', text: 'and?' }], timestamp: at } })}\n`

export async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
export const sessionFile = (folder: string, agent: string, id: string): string => join(folder, 'agents', agent, 'sessions', `${id}.jsonl`)
