/** Sessions in memory and a provider that does as it is told, for tests of agent, chat and openai. */
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import type { Cause, Plugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel, TestKernelOptions } from 'nexus-gateway/sdk/testing'
import { Agent } from '../../plugins/agent/contract.ts'
import type { AgentApi } from '../../plugins/agent/contract.ts'
import agentPlugin from '../../plugins/agent/index.ts'
import modelsPlugin from '../../plugins/models/index.ts'
import toolsPlugin from '../../plugins/tools/index.ts'
import { offerTools } from '../../plugins/tools/contract.ts'
import { offerModels, usageOf } from '../../plugins/models/contract.ts'
import type { EmitPart, ModelFinish, ModelRequest, ModelSpec } from '../../plugins/models/contract.ts'
import { normalizeKey, sessionKeyOf } from '../../plugins/sessions/keys.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import type { Accepted, CompactionEntry, Message, MessageEntry, NewEntry, NewMessage, RunOutcome, RunRequest, SessionEntry, SessionInfo, SessionSettings, SessionsApi, SettingsPatch, StoredEntry, StoredMessage } from '../../plugins/sessions/contract.ts'

export interface FakeSessions extends SessionsApi {
  /** What was written, in order: `accept r1`, `start r1`, `append assistant`, `end r1 ok`. */
  readonly journal: string[]
  /** Awaited before anything is written; a test may make it hang or fail. */
  gate: (what: string) => Promise<void> | void
  messages(key: string): readonly Message[]
  put(key: string, entries: readonly NewEntry[]): void
  entriesOf(key: string): readonly StoredEntry[]
}

interface FakeRun { state: 'queued' | 'running' | 'ended'; key: string; request: RunRequest; outcome?: RunOutcome }

export function fakeSessions(): FakeSessions {
  const journal: string[] = []
  const logs = new Map<string, StoredEntry[]>()
  const runs = new Map<string, FakeRun>()
  const keys = new Map<string, string>()
  const settings = new Map<string, SessionSettings>()
  let ids = 0

  const logOf = (key: string): StoredEntry[] => logs.get(key) ?? (logs.set(key, []), logs.get(key)!)
  function write(key: string, entry: NewEntry): SessionEntry {
    const log = logOf(key)
    const stored = { ...entry, id: `e${++ids}`, parentId: log.at(-1)?.id ?? null, timestamp: new Date(0).toISOString(), position: log.length }
    if (stored.type === 'message') stored.message = { timestamp: ids, ...stored.message } as NewMessage
    log.push(stored as StoredEntry)
    return stored as SessionEntry
  }
  const accepted = (runId: string, known: boolean): Accepted => ({ runId, sessionKey: runs.get(runId)!.key, known, state: runs.get(runId)!.state })
  const infoOf = (key: string): SessionInfo => ({ key, id: `id of ${key}`, agent: key.split(':')[1]!, log: key, createdAt: 0, updatedAt: 0, ...(settings.has(key) && { settings: settings.get(key)! }) })
  const changed = (before: SessionSettings, { extra = {}, ...rest }: SettingsPatch): SessionSettings => {
    const given = (one: object): object => Object.fromEntries(Object.entries(one).filter(([, value]) => value !== null && value !== undefined))
    return given({ ...before, ...rest, extra: given({ ...before.extra, ...extra }) })
  }

  const self: FakeSessions = {
    journal,
    gate: () => {},
    messages: (key) => logOf(key).flatMap((entry) => (entry.type === 'message' ? [entry.message] : [])),
    put(key, entries) { for (const entry of entries) write(key, entry) },
    entriesOf: (key) => logOf(normalizeKey(key)),
    normalize: normalizeKey,
    keyOf: sessionKeyOf,
    settings: async (key) => settings.get(normalizeKey(key)) ?? {},
    async patch(given, patch) {
      const key = normalizeKey(given)
      settings.set(key, changed(settings.get(key) ?? {}, patch))
      return infoOf(key)
    },
    async reset(key) {
      logs.delete(normalizeKey(key))
      return { session: infoOf(normalizeKey(key)) }
    },
    remove: async (key) => ({ removed: [settings.delete(normalizeKey(key)), logs.delete(normalizeKey(key))].includes(true) }),
    async compact(key, { sessionId: _, ...compaction }) {
      await self.gate('compact')
      journal.push('compact')
      return write(normalizeKey(key), { type: 'compaction', ...compaction }) as CompactionEntry
    },
    preview: async () => [],
    resolve: async ({ key, label }) => {
      const found = key ?? [...settings].find(([, { label: own }]) => label !== undefined && own === label)?.[0]
      return found === undefined ? undefined : self.find(found)
    },
    archives: async () => [],
    archived: async () => [],
    open: async (key) => {
      logOf(normalizeKey(key))
      return infoOf(normalizeKey(key))
    },
    find: async (key) => (logs.has(normalizeKey(key)) || settings.has(normalizeKey(key)) ? infoOf(normalizeKey(key)) : undefined),
    list: async ({ spawnedBy, search = '' } = {}) => {
      const found = [...new Set([...logs.keys(), ...settings.keys()])].map(infoOf)
        .filter(({ key, settings: { spawnedBy: own } = {} }) => key.includes(search) && (spawnedBy === undefined || own === spawnedBy))
      return { sessions: found, total: found.length }
    },
    async append(key, entries) {
      await self.gate('append')
      for (const entry of entries) journal.push(`append ${entry.type === 'message' ? entry.message.role : entry.type}`)
      return entries.map((entry) => write(normalizeKey(key), entry))
    },
    async history(key, { limit = 200, before = Infinity, queued } = {}) {
      const found = logOf(normalizeKey(key)).flatMap((entry): StoredMessage[] => (entry.type === 'message' ? [{ ...entry.message, id: entry.id, position: entry.position }] : []))
      const waiting = [...runs].filter(([, run]) => queued && run.key === normalizeKey(key) && run.state === 'queued')
        .map(([id, { request }]): StoredMessage => ({ timestamp: 0, ...request.message!, id, queued: true }))
      return [...found.filter(({ position = 0 }) => position < before).slice(-limit), ...waiting]
    },
    entries: async (key) => [...logOf(normalizeKey(key))],
    async accept(given, request) {
      const key = normalizeKey(given)
      const idempotent = `${key} ${request.idempotencyKey}`
      const before = request.idempotencyKey === undefined ? undefined : keys.get(idempotent)
      if (before !== undefined) return accepted(before, true)
      const runId = request.runId ?? `run-${++ids}`
      runs.set(runId, { state: 'queued', key, request })
      if (request.idempotencyKey !== undefined) keys.set(idempotent, runId)
      await self.gate('accept')
      journal.push(`accept ${runId}`)
      return accepted(runId, false)
    },
    async recall(given, idempotencyKey) {
      const runId = keys.get(`${normalizeKey(given)} ${idempotencyKey}`)
      return runId === undefined ? undefined : accepted(runId, true)
    },
    async startRun(runId) {
      await self.gate('start')
      const run = runs.get(runId)!
      run.state = 'running'
      journal.push(`start ${runId}`)
      return run.request.message && write(run.key, { type: 'message', message: run.request.message }) as MessageEntry
    },
    async endRun(runId, outcome, entries = []) {
      await self.gate('end')
      const run = runs.get(runId)!
      const unseen = run.state === 'queued' && run.request.message ? [{ type: 'message' as const, message: run.request.message }] : []
      run.state = 'ended'
      run.outcome = outcome
      journal.push(`end ${runId} ${outcome.status}`)
      return [...unseen, ...entries].map((entry) => write(run.key, entry))
    },
    interrupted: () => [],
    metrics: () => ({ openRuns: 0, maxOpenRuns: 0, keys: 0, maxKeys: 0, openSessions: 0, indexed: 0, damagedLines: 0 }),
  }
  return self
}

export type Script = (request: ModelRequest, emit: EmitPart) => Promise<ModelFinish> | ModelFinish

export const finished = (stopReason: ModelFinish['stopReason'] = 'stop'): ModelFinish => ({ stopReason, usage: usageOf({ input: 10, output: 2 }), provider: 'scripted', model: 'one' })
export const says = (text: string): Script => (_, emit) => {
  emit({ type: 'text', delta: text })
  return finished()
}
export const calls = (name: string, args: Record<string, unknown> = {}, id = 'c1'): Script => (_, emit) => {
  emit({ type: 'toolCall', id, name, arguments: args })
  return finished('toolUse')
}
/** Says `text` and then hangs until it is aborted. */
export const hangs = (text = ''): Script => (request, emit) => {
  if (text !== '') emit({ type: 'text', delta: text })
  return new Promise((resolve) => { request.signal.addEventListener('abort', () => resolve(finished('aborted'))) })
}
/** One script per request, the last one for all that follow. */
export const inTurn = (...scripts: Script[]): Script => {
  let at = 0
  return (request, emit) => scripts[Math.min(at++, scripts.length - 1)]!(request, emit)
}

export function provider(script: Script, spec: Partial<ModelSpec> = {}): Plugin {
  return definePlugin({
    id: 'scripted',
    setup(ctx) {
      const model: ModelSpec = { provider: 'scripted', id: 'one', name: 'One', ...spec }
      offerModels(ctx, { id: 'scripted', models: () => [model], stream: script })
    },
  })
}

export interface Bench { readonly k: TestKernel; readonly sessions: FakeSessions }

export async function agentKernel(script: Script, more: Partial<TestKernelOptions<[]>> & { readonly spec?: Partial<ModelSpec> } = {}): Promise<Bench> {
  const sessions = fakeSessions()
  const { spec, plugins = [], ...options } = more
  const k = await testKernel({ ...options, plugins: [modelsPlugin, toolsPlugin, agentPlugin, provider(script, spec), ...plugins], provide: [[Sessions, sessions]] } as TestKernelOptions<[SessionsApi]>)
  return { k, sessions }
}

export const codeOf = (error: unknown): string => (error instanceof NexusError ? error.code : `no NexusError: ${String(error)}`)

export const cause: Cause = { caller: { id: 'test', role: 'operator', scopes: new Set(['operator.write']), label: 'operator' }, trace: 't1', path: [] }
export const text = (value: string) => [{ type: 'text' as const, text: value }]
export const ask = (agent: AgentApi, runId: string, more: object = {}) => agent.run({ sessionKey: 'main', message: text(`question of ${runId}`), runId, cause, ...more })

/** Closing the kernel is part of every test: it fails on whatever is left behind. */
export async function withAgent(script: Script, use: (agent: AgentApi, bench: Bench) => Promise<void>, more: Parameters<typeof agentKernel>[1] = {}): Promise<void> {
  const bench = await agentKernel(script, more)
  try {
    await use(await bench.k.service(Agent), bench)
  } finally {
    await bench.k.close()
  }
}

export const toolbox = (tools: Parameters<typeof offerTools>[1]): Plugin => definePlugin({ id: 'toolbox', setup: (ctx) => offerTools(ctx, tools) })
