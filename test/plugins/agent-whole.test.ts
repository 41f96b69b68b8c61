/** Agent, chat and `/v1` over the real store, sessions, models, tools and the demonstration provider. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OpenAI from 'openai'
import { expect, it, onTestFinished, vi } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import { createGateway } from '../../kernel/gateway/gateway.ts'
import { Agent } from '../../plugins/agent/contract.ts'
import agentPlugin from '../../plugins/agent/index.ts'
import chatPlugin from '../../plugins/chat/index.ts'
import modelsPlugin from '../../plugins/models/index.ts'
import openaiPlugin from '../../plugins/openai/index.ts'
import demoPlugin from '../../plugins/provider-demo/index.ts'
import { Sessions } from '../../plugins/sessions/contract.ts'
import sessionsPlugin from '../../plugins/sessions/index.ts'
import { Store } from '../../plugins/store/contract.ts'
import storePlugin from '../../plugins/store/index.ts'
import { openStore } from '../../plugins/store/store.ts'
import { Tools } from '../../plugins/tools/contract.ts'
import toolsPlugin from '../../plugins/tools/index.ts'
import { cause } from './agent-fakes.ts'
import { doorman } from './openai-gateway.ts'
import { silent } from './store-harness.ts'

interface Answer { messages: { role: string; content: { type: string; text?: string }[]; stopReason?: string; errorMessage?: string; usage?: { totalTokens: number } }[] }
const texts = ({ messages }: Answer): string[] => messages.map(({ role, content }) => `${role}: ${content.map((part) => part.text ?? part.type).join('|')}`)

async function stateDir(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nexus-agent-'))
  onTestFinished(() => rm(dir, { recursive: true, force: true }))
  return dir
}

/** A gateway without listeners on `dir`. One that is not stopped is as good as crashed to the next. */
async function boot(dir: string): Promise<{ k: TestKernel; stop(): Promise<void> }> {
  const store = await openStore({ dir, clock: { now: () => Date.now() }, log: silent })
  const k = await testKernel({
    plugins: [sessionsPlugin, modelsPlugin, toolsPlugin, demoPlugin, agentPlugin, chatPlugin, openaiPlugin, doorman],
    provide: [[Store, store]], clock: 'real', config: { 'provider-demo': { delayMs: 1 }, agent: { defaults: { subagents: { maxChildren: 1 } } } },
  })
  return {
    k,
    async stop() {
      await k.close()
      await store.close()
    },
  }
}

async function ended(k: TestKernel, runId: string): Promise<{ state: string; message?: Answer['messages'][0] }> {
  for (;;) {
    const found = k.events.find(({ name, payload }) => name === 'chat' && (payload as { runId: string }).runId === runId && (payload as { state: string }).state !== 'delta')
    if (found) return found.payload as { state: string }
    await k.nextEvent('chat')
  }
}
const send = (k: TestKernel, idempotencyKey: string, message: string, sessionKey = 'main') => k.call('chat.send', { sessionKey, message, idempotencyKey })
const history = async (k: TestKernel, sessionKey = 'main') => await k.call('chat.history', { sessionKey }) as Answer

it('a conversation with a tool outlives a restart, and a message sent again after it begins nothing', async () => {
  const dir = await stateDir()
  const first = await boot(dir)
  expect(await send(first.k, 'k1', 'What time is it?')).toEqual({ runId: 'k1', status: 'started' })
  expect(await ended(first.k, 'k1')).toMatchObject({ state: 'final', message: { content: [{ text: expect.stringMatching(/I call the tool time\.\n\nThe tool time says: /) }] } })
  await first.stop()

  const second = await boot(dir)
  expect(await send(second.k, 'k1', 'What time is it?')).toEqual({ runId: 'k1', status: 'ok' })
  await send(second.k, 'k2', 'hello')
  await ended(second.k, 'k2')
  const { messages } = await history(second.k)
  expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult', 'assistant', 'user', 'assistant'])
  expect(messages[1]).toMatchObject({ stopReason: 'toolUse', usage: { totalTokens: expect.any(Number) } })
  await second.stop()
})

it('a crash in mid-run loses nothing that was acknowledged, and says that the run was cut off', async () => {
  const dir = await stateDir()
  const crashed = await boot(dir)
  onTestFinished(() => crashed.stop())
  await send(crashed.k, 'k1', '/slow 50 these words come slowly, far more slowly than the crash')
  await crashed.k.nextEvent('chat')
  await send(crashed.k, 'k2', 'I wait behind it')

  const after = await boot(dir)
  expect(texts(await history(after.k)).filter((line) => line.startsWith('user'))).toEqual(['user: /slow 50 these words come slowly, far more slowly than the crash', 'user: I wait behind it'])
  const { runs } = await after.k.call('sessions.interrupted') as { runs: { runId: string }[] }
  expect(runs.map(({ runId }) => runId)).toEqual(['k1', 'k2'])
  expect(await send(after.k, 'k1', 'again')).toEqual({ runId: 'k1', status: 'ok' })
  await send(after.k, 'k3', 'and now')
  expect(await ended(after.k, 'k3')).toMatchObject({ state: 'final' })
  await after.stop()
})

it('a stop that will not wait cuts runs off: their sessions say so, and the next start reports them, once', async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'nexus-agent-'))
  onTestFinished(() => rm(stateDir, { recursive: true, force: true }))
  const open = () => testKernel({
    plugins: [storePlugin, sessionsPlugin, modelsPlugin, toolsPlugin, demoPlugin, agentPlugin, chatPlugin],
    stateDir, clock: 'real', config: { 'provider-demo': { delayMs: 1 } },
  })
  const first = await open()
  await send(first, 'k1', '/slow 500 these words come slowly, far more slowly than the stop')
  await first.nextEvent('chat')
  await send(first, 'k2', 'I wait behind it')
  expect(await first.kernel.close({ deadlineMs: 800 })).toEqual({ drained: false, errors: [] })
  expect([await ended(first, 'k1'), await ended(first, 'k2')]).toMatchObject([{ state: 'aborted', stopReason: 'interrupted' }, { state: 'aborted', stopReason: 'interrupted' }])

  const second = await open()
  const { runs } = await second.call('sessions.interrupted') as { runs: { runId: string; started: boolean }[] }
  expect(runs.map(({ runId, started }) => [runId, started])).toEqual([['k1', true], ['k2', false]])
  expect(second.events.filter(({ name }) => name === 'sessions.interrupted').map(({ payload }) => (payload as { runId: string }).runId)).toEqual(['k1', 'k2'])
  const { messages } = await history(second)
  expect(messages.map(({ role, stopReason, errorMessage }) => [role, stopReason, errorMessage])).toEqual([
    ['user', undefined, undefined], ['assistant', 'aborted', expect.stringContaining('cut off')], ['user', undefined, undefined], ['assistant', 'aborted', expect.any(String)],
  ])
  expect(messages[1]!.content[0]!.text).not.toBe('')
  expect(await send(second, 'k1', 'again')).toEqual({ runId: 'k1', status: 'ok' })
  await second.close()

  const third = await open()
  expect(await third.call('sessions.interrupted')).toEqual({ runs: [] })
  await third.close()
})

it('a sub-agent that a crash has cut off is marked by the next start, its session hears of it once, and makes room', async () => {
  const dir = await stateDir()
  const spawn = async (k: TestKernel) => (await k.service(Tools)).execute({ name: 'sessions_spawn', args: { task: '/slow 500 far more slowly than the crash comes' }, cause, sessionKey: 'main' })
  const stateOf = async (k: TestKernel) => (await (await k.service(Sessions)).list({ spawnedBy: 'agent:main:main' })).sessions.map(({ settings }) => (settings!.extra!['agent.child'] as { state: string }).state)
  const first = await boot(dir)
  expect(await spawn(first.k)).toMatchObject({ isError: false })
  expect(await spawn(first.k)).toMatchObject({ isError: true })
  expect(await stateOf(first.k)).toEqual(['open'])

  const after = await boot(dir)
  await vi.waitFor(async () => expect(await stateOf(after.k)).toEqual(['interrupted']), { timeout: 10_000 })
  const notes = async (k: TestKernel) => (await (await k.service(Sessions)).entries('main')).filter((entry) => entry.type === 'custom_message')
  await vi.waitFor(async () => expect(await notes(after.k)).toHaveLength(1), { timeout: 10_000 })
  expect(await spawn(after.k)).toMatchObject({ isError: false })
  const agent = await after.k.service(Agent)
  expect(agent.abort('main')).toHaveLength(1)
  await vi.waitFor(async () => expect((await stateOf(after.k)).toSorted()).toEqual(['ended', 'interrupted']), { timeout: 10_000 })
  await after.stop()
  await first.stop()
})

it('20 sessions with 3 messages each are answered in order, each in its own transcript', async () => {
  const { k, stop } = await boot(await stateDir())
  const keys = Array.from({ length: 20 }, (_, n) => `agent:main:s${n}`)
  await Promise.all(keys.flatMap((key, n) => [1, 2, 3].map((m) => send(k, `k${n}-${m}`, `message ${m} of ${n}`, key))))
  await Promise.all(keys.flatMap((_, n) => [1, 2, 3].map((m) => ended(k, `k${n}-${m}`))))
  for (const [n, key] of keys.entries()) {
    const said = texts(await history(k, key))
    expect(said.map((line) => line.split('\n', 1)[0])).toEqual([1, 2, 3].flatMap((m) => [`user: message ${m} of ${n}`, `assistant: This is a demonstration, not a real model. You said: message ${m} of ${n}`]))
  }
  await stop()
})

it('the official client gets a plain and a streamed answer with usage', async () => {
  const { k, stop } = await boot(await stateDir())
  const gateway = createGateway(k.kernel)
  const { url } = await gateway.listen({ port: 0 })
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'good' })
  const messages = [{ role: 'user' as const, content: 'hello' }]
  const whole = await client.chat.completions.create({ model: 'nexus', messages })
  expect([whole.choices[0]!.message.content, whole.usage!.total_tokens > 0]).toEqual([expect.stringContaining('You said: hello'), true])
  const stream = await client.chat.completions.create({ model: 'nexus:main', messages, stream: true, stream_options: { include_usage: true } })
  let said = ''
  let usage: OpenAI.CompletionUsage | null | undefined
  for await (const chunk of stream) {
    said += chunk.choices[0]?.delta.content ?? ''
    usage = chunk.usage
  }
  expect([said, usage]).toEqual([whole.choices[0]!.message.content, whole.usage])
  await gateway.close()
  await stop()
})
