/** What a built gateway streams, to clients of both generations, fast and slow. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type ChatSeen, type RunsClient } from '../fixtures/runs-client.ts'
import { startOpenAiServer, type MockReply, type MockServer } from '../fixtures/openai-server.ts'
import { started, stateDir, type Started } from '../kernel/cli/spawn.ts'

let state: string
let provider: MockServer
let gateway: Started
const open: RunsClient[] = []
const long: MockReply = { text: Array.from({ length: 400 }, (_, i) => `${i} ${'x'.repeat(2_000)} `), delayMs: 2 }
const whole = long.text!.join('')

beforeAll(async () => {
  state = stateDir()
  provider = await startOpenAiServer()
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({
    plugins: [join(import.meta.dirname, '..', 'fixtures', 'runs-effects.ts')], pluginPolicy: { trusted: ['*'] }, effects: { file: join(state, 'effects.txt'), maxMs: 0 },
    'provider-openai-compatible': { baseUrl: provider.url, models: [{ id: 'm1', input: ['text', 'image'] }] }, chat: { attachments: { maxBytes: 1_000, maxImageBytes: 2_000 } },
  }), { mode: 0o600 })
  gateway = await started([], { state })
})
afterAll(async () => {
  for (const client of open) client.close()
  await gateway[Symbol.asyncDispose]()
  await provider.close()
  rmSync(state, { recursive: true, force: true })
})

async function client(options: Parameters<typeof connect>[2] = {}): Promise<RunsClient> {
  const one = await connect(gateway.ready.url, readFileSync(join(state, 'auth', 'token'), 'utf8').trim(), options)
  open.push(one)
  return one
}
const send = (one: RunsClient, key: string, message: string, more: object = {}) => one.call('chat.send', { sessionKey: `s-${key}`, message, idempotencyKey: key, ...more })
const textOf = ({ message }: ChatSeen): string => ((message as { content: { text: string }[] } | undefined)?.content ?? []).map(({ text }) => text).join('')
/** The first word of a run has come. */
async function begun(one: RunsClient, runId: string): Promise<void> {
  while (of(one, runId).length === 0) await new Promise((resolve) => { setTimeout(resolve, 5) })
}
const of = (one: RunsClient, runId: string): ChatSeen[] => one.chats.filter((event) => event.runId === runId)

describe('one answer to clients of both generations', () => {
  test('has one encoding for each: what is new for 4, all so far for 3, and all of it at the end for both', async () => {
    provider.script(long)
    const [four, three] = [await client(), await client({ protocol: 3 })]
    await send(four, 'both', 'hello')
    await Promise.all([four.ended('both'), three.ended('both')])
    const [new4, all3] = [of(four, 'both'), of(three, 'both')]
    expect(new4.map(({ seq }) => seq)).toEqual(new4.map((_, i) => i + 1))
    expect(all3.map(({ seq }) => seq)).toEqual(new4.map((_, i) => i + 1))
    expect(new4.length).toBeGreaterThan(3)
    expect(new4.slice(0, -1).map(({ deltaText }) => deltaText).join('')).toBe(whole)
    for (const event of new4.slice(0, -1)) expect(event).not.toHaveProperty('message')
    for (const event of all3) for (const field of ['deltaText', 'agentId', 'joined', 'errorKind', 'replace']) expect(event).not.toHaveProperty(field)
    for (const [i, event] of all3.slice(0, -1).entries()) expect(textOf(event)).toBe(new4.slice(0, i + 1).map(({ deltaText }) => deltaText).join(''))
    expect([textOf(new4.at(-1)!), textOf(all3.at(-1)!)]).toEqual([whole, whole])
  })
})

describe('a client that does not read', () => {
  test('while a run goes on gets its end, with the whole text', async () => {
    provider.script(long)
    const [slow, quick] = [await client(), await client()]
    await send(slow, 'slow', 'hello')
    slow.socket.pause()
    const end = await quick.ended('slow')
    expect(of(slow, 'slow').some(({ state: now }) => now !== 'delta')).toBe(false)
    slow.socket.resume()
    expect(await slow.ended('slow')).toEqual(end)
    expect(textOf(end)).toBe(whole)
  })
})

describe('tools', () => {
  test('are told of to the connection that began the run and says that it can deal with it, and to one that asks for it', async () => {
    provider.script({ tools: [{ name: 'effect', args: { key: 'x' }, id: 'tool-1' }], delayMs: 30 }, { text: ['done'] })
    const [mine, plain, other, late] = [await client({ caps: ['tool-events'] }), await client(), await client({ caps: ['tool-events'] }), await client({ caps: ['tool-events'] })]
    await send(mine, 'tools', 'hello')
    expect((await send(late, 'tools', 'hello')).payload).toEqual({ runId: 'tools', status: 'in_flight' })
    await Promise.all([mine, plain, other, late].map((one) => one.ended('tools')))
    const told = (one: RunsClient): number => one.texts.filter((text) => text.includes('"stream":"tool"')).length
    expect([mine, late, plain, other].map(told)).toEqual([2, 2, 0, 0])
    expect(mine.texts.find((text) => text.includes('"stream":"tool"'))).toContain('tool-1')
  })
})

describe('attachments', () => {
  test('are bounded as the hello says, and reach the model', async () => {
    const one = await client()
    expect(one.hello.payload!['policy']).toMatchObject({ attachments: { maxBytes: 1_000, maxImageBytes: 2_000 }, maxPayload: 26_214_400 })
    expect(one.hello.payload!['snapshot']).not.toHaveProperty('policy')
    const picture = (bytes: number): string => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(bytes - 8)]).toString('base64')
    expect(await send(one, 'big', 'look', { attachments: [{ type: 'image', mimeType: 'image/png', content: picture(2_001) }] })).toMatchObject({ ok: false, error: { code: 'INVALID_REQUEST', details: { nexus: 'NEXUS_CHAT_ATTACHMENT' } } })
    await send(one, 'small', 'look', { attachments: [{ type: 'image', mimeType: 'image/png', content: picture(2_000) }] })
    expect((await one.ended('small')).state).toBe('final')
    expect(JSON.stringify(provider.requests.at(-1)!.body.messages)).toContain(`data:image/png;base64,${picture(2_000)}`)
    expect(provider.violations).toEqual([])
  })
})

describe('commands', () => {
  test('change the session by its own verbs: /new archives, /model and /think are settings, and each takes the rights of its verb', async () => {
    const one = await client()
    const told = async (key: string, message: string): Promise<string> => {
      expect(await one.call('chat.send', { sessionKey: 'commands', message, idempotencyKey: key })).toMatchObject({ ok: true, payload: { runId: key, status: 'started' } })
      return textOf(await one.ended(key))
    }
    await told('c1', 'hello')
    expect(await told('c2', '/model m1')).toBe('Model: openai-compatible/m1.')
    expect(await told('c3', '/think low')).toBe('Thinking: low.')
    expect(await told('c4', '/status')).toMatch(/Session agent:main:commands \(.*\nModel: openai-compatible\/m1\.\nThinking: low\./)
    const before = (await one.call('sessions.get', { key: 'commands' })).payload!
    expect(await told('c5', '/new')).toBe('The conversation begins anew.')
    const after = (await one.call('sessions.get', { key: 'commands' })).payload!
    expect(after['messages']).toEqual([])
    expect(after['archives']).toMatchObject([{ sessionId: (before['session'] as { sessionId: string }).sessionId, reason: 'new' }])
    expect((await one.call('chat.send', { sessionKey: 'commands', message: '/new', idempotencyKey: 'c5' })).payload).toEqual({ runId: 'c5', status: 'ok' })
    expect(await told('c6', '/compact')).toMatch(/^Nothing was summed up: /)
    provider.script({ ...long, delayMs: 50 })
    await one.call('chat.send', { sessionKey: 'commands', message: 'a long one', idempotencyKey: 'c7' })
    await begun(one, 'c7')
    const weak = await client({ scopes: ['operator.read', 'operator.write'] })
    expect(await weak.call('chat.send', { sessionKey: 'commands', message: '/reset', idempotencyKey: 'w1' })).toMatchObject({ ok: false, error: { details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin' } } })
    expect(of(one, 'c7').some(({ state: now }) => now !== 'delta')).toBe(false)
    // What is under way goes with the conversation it belongs to.
    expect(await told('c8', '/new')).toBe('The conversation begins anew.')
    expect((await one.ended('c7')).state).toBe('aborted')
    provider.script({ ...long, delayMs: 50 })
    await one.call('chat.send', { sessionKey: 'commands', message: 'another', idempotencyKey: 'c9' })
    await begun(one, 'c9')
    expect(await weak.call('chat.send', { sessionKey: 'commands', message: 'abort', idempotencyKey: 'w2' })).toMatchObject({ ok: true, payload: { ok: true, aborted: true, runIds: ['c9'] } })
    expect((await one.ended('c9')).state).toBe('aborted')
  })

  test('an injected message stands in the history, and every client hears it', async () => {
    const [one, three] = [await client(), await client({ protocol: 3 })]
    await send(one, 'inject', 'hello')
    await one.ended('inject')
    const { payload } = await one.call('chat.inject', { sessionKey: 's-inject', message: 'the disk is full', label: 'watch' })
    const runId = `inject-${String(payload!['messageId'])}`
    expect([textOf(await one.ended(runId)), textOf(await three.ended(runId))]).toEqual(['[watch]\n\nthe disk is full', '[watch]\n\nthe disk is full'])
    const history = (await one.call('chat.history', { sessionKey: 's-inject' })).payload!['messages'] as { id: string; role: string }[]
    expect(history.at(-1)).toMatchObject({ id: payload!['messageId'], role: 'assistant' })
  })
})
