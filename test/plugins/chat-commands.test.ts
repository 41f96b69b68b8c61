/** Messages that are answered by the gateway: words that stop, and commands. */
import { definePlugin } from 'nexus-gateway/sdk'
import type { Plugin } from 'nexus-gateway/sdk'
import { describe, expect, it } from 'vitest'
import { commandOf } from '../../plugins/chat/commands.ts'
import { levelOf } from '../../plugins/chat/thinking.ts'
import { sessions as sessionsContract, Sessions } from '../../plugins/sessions/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { calls, codeOf, hangs, inTurn, says } from './agent-fakes.ts'
import type { Bench } from './agent-fakes.ts'
import { callFrom, ended, events, key, send, withChat } from './chat-bench.ts'

/** The verbs that commands take, on the sessions in memory; the real ones are tested with `sessions`. */
const verbs: Plugin = definePlugin({
  id: 'sessions', methods: sessionsContract.methods!, requires: { sessions: Sessions },
  setup(ctx) {
    const { sessions } = ctx.deps
    const methods = {
      'sessions.reset': async ({ key: given, reason }: { key: string; reason: 'new' }) => {
        await new Promise((resolve) => { setImmediate(resolve) })
        await sessions.reset(given, { reason })
        return { ok: true, key: given, entry: { sessionId: 's', updatedAt: 1 }, archived: [] }
      },
      'sessions.patch': async ({ key: given, model, thinkingLevel: thinking }: { key: string; model?: string | null; thinkingLevel?: string | null }) => {
        await sessions.patch(given, { ...(model !== undefined && { model }), ...(thinking !== undefined && { thinking }) })
        return { ok: true, path: '', key: given, entry: { sessionId: 's', updatedAt: 1 } }
      },
      'sessions.compact': ({ key: given }: { key: string }) => ({ ok: true, key: given, compacted: false, reason: 'it is short' }),
      'sessions.get': async ({ key: given }: { key: string }) => {
        const { model, thinking } = await sessions.settings(given)
        return { ts: 1, key: given, session: { key: given, kind: 'direct', agentId: 'main', sessionId: 's1', createdAt: 1, updatedAt: 1, ...(model !== undefined && { model }), ...(thinking !== undefined && { thinkingLevel: thinking }) }, messages: [], archives: [] }
      },
    }
    const missing = () => { throw new Error('not here') }
    return { methods: Object.fromEntries(Object.keys(sessionsContract.methods!).map((name) => [name, methods[name as keyof typeof methods] ?? missing])) as never }
  },
})
const withVerbs = (script: Parameters<typeof withChat>[0], use: (bench: Bench) => Promise<void>) => withChat(script, use, { plugins: [verbs] })
const told = async (bench: Bench, id: string, message: string, more: object = {}): Promise<string> => {
  expect(await send(bench, id, { message, ...more })).toEqual({ runId: id, status: 'started' })
  const end = await ended(bench, id) as { state: string; message?: { content: { text: string }[] }; errorMessage?: string }
  return `${end.state}: ${end.message?.content[0]?.text ?? end.errorMessage ?? ''}`
}
const asks = (bench: Bench, message: string, scopes: string[]) => bench.k.call('chat.send', { sessionKey: 'main', message, idempotencyKey: `as ${message} ${scopes.length}` }, { scopes }).catch(codeOf)

describe('a word that stops', () => {
  it('stops what runs and waits, is answered as chat.abort is, and begins nothing', () => withChat(inTurn(hangs('half')), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    await send(bench, 'k2')
    expect(await send(bench, 'k3', { message: ' Stop! ' })).toEqual({ ok: true, aborted: true, runIds: ['k1', 'k2'] })
    expect(await ended(bench, 'k1')).toMatchObject({ state: 'aborted', message: { content: [{ text: 'half' }] } })
    expect(await send(bench, 'k4', { message: '/stop' })).toEqual({ ok: true, aborted: false, runIds: [] })
    expect(bench.sessions.messages(key).filter(({ role }) => role === 'user')).toHaveLength(2)
  }))

  it('is a message where the client says so, or within a sentence', () => withChat(says('ok'), async (bench) => {
    await send(bench, 'k1', { message: 'stop', suppressCommandInterpretation: true })
    await ended(bench, 'k1')
    await send(bench, 'k2', { message: 'stop the music' })
    await ended(bench, 'k2')
    expect(bench.sessions.messages(key).filter(({ role }) => role === 'user')).toHaveLength(2)
  }))
})

describe('a command', () => {
  it('is known by its name alone', () => {
    expect(commandOf('/new')).toEqual({ name: 'new', rest: '' })
    expect(commandOf(' /NEW  hello\nthere ')).toEqual({ name: 'new', rest: 'hello\nthere' })
    expect(commandOf('/think: high')).toEqual({ name: 'think', rest: 'high' })
    expect(commandOf('/t high')).toEqual({ name: 'think', rest: 'high' })
    for (const text of ['/newer', '/usr/bin', 'say /new', '/', '/unknown', '/constructor', '//new', '/new-thing']) expect([text, commandOf(text)]).toEqual([text, undefined])
    expect([levelOf('HIGH'), levelOf('xhigh'), levelOf('constructor'), levelOf('')]).toEqual(['high', 'max', undefined, undefined])
  })

  it('/new and /reset begin anew; what follows them is the first message', () => withVerbs(says('hello'), async (bench) => {
    await send(bench, 'k1')
    await ended(bench, 'k1')
    expect(await told(bench, 'k2', '/new')).toBe('final: The conversation begins anew.')
    expect(bench.sessions.messages(key)).toEqual([])
    expect(await told(bench, 'k3', '/reset are you there?')).toBe('final: hello')
    expect(bench.sessions.messages(key).map(({ content }) => (content[0] as { text: string }).text)).toEqual(['are you there?', 'hello'])
  }))

  it('sent again does nothing again', () => withVerbs(says('hello'), async (bench) => {
    await told(bench, 'k1', '/new')
    await send(bench, 'k2')
    await ended(bench, 'k2')
    expect(await send(bench, 'k1', { message: '/new' })).toEqual({ runId: 'k1', status: 'ok' })
    expect(bench.sessions.messages(key)).toHaveLength(2)
    expect(events(bench).filter(({ payload }) => (payload as { runId: string }).runId === 'k1')).toHaveLength(1)
  }))

  it('sent twice at once is done once, as far as anybody can see', () => withVerbs(says('hello'), async (bench) => {
    for (const [id, message] of [['k1', '/new'], ['k2', '/help'], ['k3', '/compact']] as const) {
      const both = await Promise.all([send(bench, id, { message }), send(bench, id, { message })]) as { runId: string; status: string }[]
      expect(both.filter(({ status }) => status === 'started')).toHaveLength(1)
      expect(both.every(({ runId }) => runId === id)).toBe(true)
      await ended(bench, id)
    }
    expect(events(bench)).toHaveLength(3)
  }))

  it('/model and /think tell and choose, and the next run goes by them', async () => {
    const asked: ModelRequest[] = []
    await withChat((request, emit) => {
      asked.push(request)
      return says('hello')(request, emit)
    }, async (bench) => {
      expect(await told(bench, 'k1', '/model')).toBe('final: Model: scripted/one.')
      expect(await told(bench, 'k2', '/model one')).toBe('final: Model: scripted/one.')
      expect(await bench.sessions.settings(key)).toMatchObject({ model: 'scripted/one' })
      expect(await told(bench, 'k3', '/think')).toBe('final: Thinking: the model\'s own.')
      expect(await told(bench, 'k4', '/think high')).toBe('final: Thinking: high.')
      await told(bench, 'k5', 'go')
      await told(bench, 'k6', 'go', { thinking: 'low' })
      expect(asked.map(({ thinking }) => thinking)).toEqual(['high', 'low'])
      expect(await told(bench, 'k7', '/think default')).toBe('final: Thinking: the default.')
      expect(await bench.sessions.settings(key)).not.toHaveProperty('thinking')
      await expect(send(bench, 'k8', { message: '/think enormous' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_LEVEL')
      await expect(send(bench, 'k9', { message: '/model nowhere/none' }).catch(codeOf)).resolves.toBe('NEXUS_MODELS_UNKNOWN')
    }, { plugins: [verbs], spec: { reasoning: true, thinking: ['low', 'high'] } })
  })

  it('/status, /help and /compact tell', () => withVerbs(says('hello'), async (bench) => {
    expect(await told(bench, 'k1', '/status')).toMatch(/^final: Session agent:main:main \(s1\)\.\nModel: scripted\/one\.\n/)
    expect(await told(bench, 'k2', '/help')).toMatch(/\/new .*\n[\s\S]*\/stop/)
    expect(await told(bench, 'k3', '/compact')).toBe('final: Nothing was summed up: it is short.')
    expect(bench.sessions.messages(key)).toEqual([])
    expect(events(bench).at(-1)!.options.v3!()).toEqual({ runId: 'k3', sessionKey: key, seq: 1, state: 'final', message: expect.any(Object), usage: expect.any(Object), stopReason: 'stop' })
  }))

  it('takes the rights of its verb, and what is refused takes no key', () => withVerbs(says('hello'), async (bench) => {
    for (const message of ['/new', '/reset hi', '/model one', '/think low']) expect([message, await asks(bench, message, ['operator.write'])]).toEqual([message, 'NEXUS_CALL_DENIED'])
    expect(bench.sessions.journal).toEqual([])
    for (const message of ['/status', '/model', '/think']) expect(await asks(bench, message, ['operator.write'])).toMatchObject({ status: 'started' })
    expect(await asks(bench, '/help', ['operator.write'])).toMatchObject({ status: 'started' })
    // Summing up may take long: it is answered before, and the refusal comes as the end.
    expect(await asks(bench, '/compact', ['operator.write'])).toMatchObject({ status: 'started' })
    expect(await ended(bench, 'as /compact 1')).toMatchObject({ state: 'error', errorMessage: expect.stringContaining('operator.admin') })
    expect(bench.sessions.journal.at(-1)).toBe('end as /compact 1 error')
  }))

  it('is a message where the client says so', () => withVerbs(says('hello'), async (bench) => {
    expect(await told(bench, 'k1', '/new', { suppressCommandInterpretation: true })).toBe('final: hello')
    expect(bench.sessions.messages(key)).toHaveLength(2)
  }))
})

describe('chat.inject', () => {
  const inject = (bench: Bench, more: object, scopes?: string[]) => bench.k.call('chat.inject', { sessionKey: 'main', message: 'a note', ...more }, scopes ? { scopes } : {})

  it('appends a message of the assistant with its label, and tells of it', () => withChat(says('hello'), async (bench) => {
    await send(bench, 'k1')
    await ended(bench, 'k1')
    const { messageId } = await inject(bench, { label: 'watch' }) as { messageId: string }
    const stored = bench.sessions.entriesOf(key).at(-1)!
    expect([stored.id, stored.type === 'message' && stored.message]).toEqual([messageId, expect.objectContaining({ role: 'assistant', content: [{ type: 'text', text: '[watch]\n\na note' }], stopReason: 'stop' })])
    expect(events(bench).at(-1)!.payload).toMatchObject({ runId: `inject-${messageId}`, sessionKey: key, seq: 1, state: 'final', message: { role: 'assistant', content: [{ text: '[watch]\n\na note' }] } })
    await inject(bench, {})
    expect(events(bench).at(-1)!.payload).toMatchObject({ message: { content: [{ text: 'a note' }] } })
  }))

  it('needs operator.admin, a session and something to say', () => withChat(says('hello'), async (bench) => {
    await expect(inject(bench, {}, ['operator.write', 'operator.read']).catch(codeOf)).resolves.toBe('NEXUS_CALL_DENIED')
    await expect(inject(bench, { sessionKey: 'agent:main:none' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_NO_SESSION')
    await expect(inject(bench, { message: ' ' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_EMPTY')
    for (const wrong of [{ message: '' }, { label: 'x'.repeat(101) }, { other: 1 }]) await expect(inject(bench, wrong).catch(codeOf)).resolves.toBe('NEXUS_CALL_INVALID_PARAMS')
    expect(bench.sessions.journal).toEqual([])
  }))
})

describe('what a run is asked for', () => {
  it('queueMode collect puts messages together, and those that went along end without text', () => withChat(inTurn(hangs('half'), says('both')), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    for (const id of ['k2', 'k3']) await send(bench, id, { queueMode: 'collect' })
    await bench.k.call('chat.abort', { sessionKey: 'main', runId: 'k1' })
    expect(await ended(bench, 'k2')).toMatchObject({ state: 'final', message: { content: [{ text: 'both' }] } })
    const joined = await ended(bench, 'k3')
    expect(joined).toMatchObject({ state: 'final', joined: 'k2', seq: 1 })
    expect(joined).not.toHaveProperty('message')
    expect(events(bench).at(-1)!.options.v3!()).not.toHaveProperty('joined')
  }))

  it('an answer that says nothing is a final without a message, and no word of it is told', () => withChat(inTurn(says('NO_REPLY'), says('NO_REPLY is what I say')), async (bench) => {
    await send(bench, 'k1')
    const end = await ended(bench, 'k1')
    expect(end).toMatchObject({ state: 'final', seq: 1 })
    expect(end).not.toHaveProperty('message')
    expect(JSON.stringify(events(bench))).not.toContain('NO_REPLY')
    await send(bench, 'k2')
    expect(await ended(bench, 'k2')).toMatchObject({ message: { content: [{ text: 'NO_REPLY is what I say' }] } })
  }))

  it('interrupt with a key that is known stops nothing', () => withChat(inTurn(hangs('half')), async (bench) => {
    await send(bench, 'k1', { queueMode: 'interrupt' })
    await bench.k.settled()
    expect(await send(bench, 'k1', { queueMode: 'interrupt' })).toEqual({ runId: 'k1', status: 'in_flight' })
    expect(bench.sessions.journal.join()).not.toContain('end k1')
    await bench.k.call('chat.abort', { sessionKey: 'main' })
    await ended(bench, 'k1')
  }))

  it('tools are told of only to connections with tool-events that began the run or asked for it', () => withChat(inTurn(calls('nothing'), hangs('half')), async (bench) => {
    const as = (id: string, caps: string[], run: string) => callFrom(bench, id, caps)('chat.send', { sessionKey: 'main', message: 'x', idempotencyKey: run })
    await as('with', ['tool-events'], 'k1')
    await as('without', [], 'k1')
    await bench.k.settled()
    await as('late', ['tool-events'], 'k1')
    const tools = bench.k.events.filter(({ name, payload }) => name === 'agent' && (payload as { stream: string }).stream === 'tool')
    expect(tools.length).toBeGreaterThan(0)
    for (const { options } of tools) expect([...options.to ?? ['everybody']]).toEqual(expect.not.arrayContaining(['without', 'everybody']))
    expect([...tools[0]!.options.to ?? []]).toEqual(['with'])
    await bench.k.call('chat.abort', { sessionKey: 'main' })
    await ended(bench, 'k1')
  }))
})
