/** What chat promises its clients, with sessions in memory and a scripted provider. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { chat } from '../../plugins/chat/contract.ts'
import { Agent } from '../../plugins/agent/contract.ts'
import { providerFailure } from '../../plugins/models/contract.ts'
import type { FailureKind } from '../../plugins/models/contract.ts'
import { codeOf, finished, hangs, inTurn, says } from './agent-fakes.ts'
import type { Bench, Script } from './agent-fakes.ts'
import { ended, events, key, send, withChat } from './chat-bench.ts'

describe('chat.send', () => {
  it('answers when the message is on disk, under the client\'s own key', () => withChat(says('hello'), async (bench) => {
    let write = (): void => {}
    bench.sessions.gate = (what) => (what === 'accept' ? new Promise((resolve) => { write = resolve }) : undefined)
    let answered = false
    const sent = send(bench, 'k1').then((payload) => {
      answered = true
      return payload
    })
    await bench.k.settled()
    expect(answered).toBe(false)
    write()
    expect(await sent).toEqual({ runId: 'k1', status: 'started' })
    await ended(bench, 'k1')
  }))

  it('sent again begins nothing: in_flight while the run goes on, ok when it is over', () => withChat(inTurn(hangs(), says('second')), async (bench) => {
    expect(await send(bench, 'k1')).toEqual({ runId: 'k1', status: 'started' })
    await bench.k.settled()
    expect(await send(bench, 'k1')).toEqual({ runId: 'k1', status: 'in_flight' })
    await bench.k.call('chat.abort', { sessionKey: 'main' })
    await ended(bench, 'k1')
    expect(await send(bench, 'k1', { message: 'something else' })).toEqual({ runId: 'k1', status: 'ok' })
    expect(bench.sessions.messages(key).filter(({ role }) => role === 'user')).toHaveLength(1)
  }))

  it('answers two messages of a session in their order', () => withChat(async (request, emit) => {
    await new Promise((resolve) => { setTimeout(resolve, 2) })
    return says(`to ${request.runId}`)(request, emit)
  }, async (bench) => {
    await Promise.all([send(bench, 'k1'), send(bench, 'k2')])
    await ended(bench, 'k2')
    expect(bench.sessions.messages(key).map(({ role, content }) => [role, (content[0] as { text: string }).text]))
      .toEqual([['user', 'question of k1'], ['assistant', 'to k1'], ['user', 'question of k2'], ['assistant', 'to k2']])
  }))

  it('refuses by name what it would have to ignore', () => withChat(says('hello'), async (bench) => {
    const refused: Record<string, unknown> = {
      thinking: 'enormous', deliver: true, originatingChannel: 'irc', originatingTo: 'x', originatingAccountId: 'x', originatingThreadId: 'x',
      replyToId: 'm1', intent: { kind: 'session-goal-start', version: 1, issuedAtMs: 1 }, toolBindings: { a: 1 }, systemInputProvenance: { kind: 'external_user' },
      systemProvenanceReceipt: 'x', expectedLeafEntryId: null, expectedSessionRoutingContract: 'x', expectedPermissionMode: 'full', expectedToolOverrides: { webSearch: true },
    }
    for (const [field, value] of Object.entries(refused)) {
      const error = await send(bench, 'never', { [field]: value }).catch((thrown: Error) => thrown) as Error
      expect([field, codeOf(error), error.message.includes(`"${field}"`)]).toEqual([field, 'NEXUS_CHAT_UNSUPPORTED', true])
    }
    await expect(send(bench, 'never', { unknownField: 1 }).catch(codeOf)).resolves.toBe('NEXUS_CALL_INVALID_PARAMS')
    expect(bench.sessions.journal).toEqual([])
  }))

  it('takes what asks for nothing, and advice that it may ignore', () => withChat(says('hello'), async (bench) => {
    const harmless = {
      attachments: [], deliver: false, toolBindings: {}, expectedPermissionMode: null, expectedToolOverrides: null, originatingTo: '',
      thinking: 'high', fastMode: 'auto', fastAutoOnSeconds: 5, mentions: [{ profileId: 'p', start: 0, end: 1 }], workContext: { page: 'chat' },
      suppressCommandInterpretation: true, queueMode: 'followup',
    }
    expect(await send(bench, 'k1', harmless)).toEqual({ runId: 'k1', status: 'started' })
    await ended(bench, 'k1')
  }))

  it('refuses an empty message, another agent\'s session and a session that has changed', () => withChat(says('hello'), async (bench) => {
    await expect(send(bench, 'k', { message: ' \n' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_EMPTY')
    await expect(send(bench, 'k', { agentId: 'coder', sessionKey: key }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_OTHER_AGENT')
    await expect(send(bench, 'k', { sessionId: 'another' }).catch(codeOf)).resolves.toBe('NEXUS_CHAT_SESSION_CHANGED')
    expect(await send(bench, 'k', { agentId: 'coder' })).toMatchObject({ status: 'started' })
    expect(await ended(bench, 'k')).toMatchObject({ sessionKey: 'agent:coder:main', agentId: 'coder' })
    expect(await send(bench, 'k2', { agentId: 'coder', sessionId: 'id of agent:coder:main' })).toMatchObject({ status: 'started' })
    await ended(bench, 'k2')
  }, { config: { agent: { agents: [{ id: 'coder' }] } } }))

  it('with queueMode interrupt stops what the session is doing', () => withChat(inTurn(hangs(), says('second')), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    await send(bench, 'k2', { queueMode: 'interrupt' })
    expect(await ended(bench, 'k1')).toMatchObject({ state: 'aborted' })
    expect(await ended(bench, 'k2')).toMatchObject({ state: 'final' })
  }))

  it('ends a run at the client\'s timeout; 0 is a day', () => withChat(hangs('half'), async (bench) => {
    await send(bench, 'k1', { timeoutMs: 2_000 })
    await bench.k.clock.advance(2_000)
    expect(await ended(bench, 'k1')).toMatchObject({ state: 'error', errorKind: 'timeout', stopReason: 'timeout', message: { content: [{ text: 'half' }] } })
    await send(bench, 'k2', { timeoutMs: 0 })
    await bench.k.clock.advance(86_399_999)
    expect(bench.sessions.journal).not.toContain('end k2 timeout')
    await bench.k.clock.advance(1)
    await ended(bench, 'k2')
  }))

  it('needs operator.write; reading needs operator.read', () => withChat(says('hello'), async ({ k }) => {
    await expect(k.call('chat.send', { sessionKey: 'main', message: 'x', idempotencyKey: 'k' }, { scopes: ['operator.read'] }).catch(codeOf)).resolves.toBe('NEXUS_CALL_DENIED')
    await expect(k.call('chat.abort', { sessionKey: 'main' }, { scopes: ['operator.read'] }).catch(codeOf)).resolves.toBe('NEXUS_CALL_DENIED')
    await expect(k.call('chat.history', { sessionKey: 'main' }, { scopes: [] }).catch(codeOf)).resolves.toBe('NEXUS_CALL_DENIED')
    expect(await k.call('chat.history', { sessionKey: 'main' }, { scopes: ['operator.read'] })).toEqual({ sessionKey: key, messages: [] })
  }))
})

describe('chat events', () => {
  const slowly = (clock: () => Bench['k']['clock'], ...words: string[]): Script => async (_, emit) => {
    for (const delta of words) {
      emit({ type: 'text', delta })
      await new Promise<void>((resolve) => { clock().setTimeout(resolve, 100) })
    }
    return finished()
  }

  it('give protocol 4 what is new, protocol 3 all so far, and both everything at the end', async () => {
    let k: Bench['k'] | undefined
    await withChat(slowly(() => k!.clock, 'a', 'b', 'c', 'd'), async (bench) => {
      k = bench.k
      await send(bench, 'k1')
      await k.clock.advance(1_000)
      const all = events(bench)
      const named = { runId: 'k1', sessionKey: key }
      const message = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }], timestamp: expect.any(Number) })
      const usage = { input: 10, output: 2, cacheRead: 0, cacheWrite: 0, totalTokens: 12 }
      expect(all.map(({ payload }) => payload)).toEqual([
        { ...named, agentId: 'main', seq: 1, state: 'delta', deltaText: 'a' },
        { ...named, agentId: 'main', seq: 2, state: 'delta', deltaText: 'b' },
        { ...named, agentId: 'main', seq: 3, state: 'delta', deltaText: 'c' },
        { ...named, agentId: 'main', seq: 4, state: 'delta', deltaText: 'd' },
        { ...named, agentId: 'main', seq: 5, state: 'final', message: message('abcd'), stopReason: 'stop', usage },
      ])
      expect(all.map(({ options }) => options.v3!())).toEqual([
        { ...named, seq: 1, state: 'delta', message: message('a') },
        { ...named, seq: 2, state: 'delta', message: message('ab') },
        { ...named, seq: 3, state: 'delta', message: message('abc') },
        { ...named, seq: 4, state: 'delta', message: message('abcd') },
        { ...named, seq: 5, state: 'final', message: message('abcd'), stopReason: 'stop', usage },
      ])
      expect(all.map(({ options }) => options.lossy ?? false)).toEqual([true, true, true, true, false])
      for (const { payload } of all) expect(v.safeParse(chat.events!.chat.payload, payload).success).toBe(true)
    })
  })

  it('come at once, then no closer than 150 ms', async () => {
    let k: Bench['k'] | undefined
    await withChat(async (_, emit) => {
      for (let n = 0; n < 50; n++) {
        emit({ type: 'text', delta: `${n} ` })
        await new Promise<void>((resolve) => { k!.clock.setTimeout(resolve, 20) })
      }
      return finished()
    }, async (bench) => {
      k = bench.k
      await send(bench, 'k1')
      const at: number[] = []
      bench.k.kernel.subscribe(({ name, payload }) => { if (name === 'chat' && (payload as { state: string }).state === 'delta') at.push(bench.k.clock.now()) })
      await k.clock.advance(1_010)
      expect(at.length).toBeLessThanOrEqual(8)
      // The last one is what was left at the end.
      for (const [n, time] of at.slice(0, -1).entries()) if (n > 0) expect(time - at[n - 1]!).toBeGreaterThanOrEqual(150)
    })
  })

  it('tell what went wrong, by kind, with what was said until then', async () => {
    const kinds: [FailureKind, string][] = [['rate_limit', 'rate_limit'], ['context_length', 'context_length'], ['refusal', 'refusal'], ['timeout', 'timeout'], ['auth', 'unknown']]
    for (const [kind, told] of kinds) {
      await withChat((_, emit) => {
        emit({ type: 'text', delta: 'half' })
        throw providerFailure('scripted', kind)
      }, async (bench) => {
        await send(bench, 'k1')
        const end = await ended(bench, 'k1')
        expect(end).toMatchObject({ state: 'error', errorKind: told, errorMessage: expect.stringContaining('scripted'), message: { content: [{ text: 'half' }] } })
        const v3 = events(bench).at(-1)!.options.v3!() as object
        expect(Object.keys(v3)).toEqual(expect.not.arrayContaining(['errorKind', 'agentId']))
      })
    }
  })

  it('say aborted with the partial text, and without one if nothing was said', () => withChat(inTurn(hangs('half'), hangs()), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    expect(await bench.k.call('chat.abort', { sessionKey: 'main', runId: 'k1' })).toEqual({ ok: true, aborted: true, runIds: ['k1'] })
    expect(await ended(bench, 'k1')).toEqual({ runId: 'k1', sessionKey: key, agentId: 'main', seq: 2, state: 'aborted', stopReason: 'aborted', message: expect.objectContaining({ content: [{ type: 'text', text: 'half' }] }) })
    await send(bench, 'k2')
    await bench.k.settled()
    await bench.k.call('chat.abort', { sessionKey: 'main' })
    expect(await ended(bench, 'k2')).toEqual({ runId: 'k2', sessionKey: key, agentId: 'main', seq: 1, state: 'aborted', stopReason: 'aborted' })
    expect(await bench.k.call('chat.abort', { sessionKey: 'main' })).toEqual({ ok: true, aborted: false, runIds: [] })
  }))

  it('tell of every run of a session, whoever began it, and of none that has no session', () => withChat(says('hello'), async (bench) => {
    const agent = await bench.k.service(Agent)
    const cause = { caller: { id: 'x', role: 'operator', scopes: new Set<string>(), label: 'schedule' }, trace: 't', path: [] } as const
    await (await agent.run({ sessionKey: 'agent:main:cron', message: [{ type: 'text', text: 'tick' }], runId: 'c1', cause })).done
    await agent.answer({ agentId: 'main', messages: [{ role: 'user', content: 'hi' }], cause }).done
    expect(events(bench).map(({ payload }) => payload)).toMatchObject([{ runId: 'c1', state: 'delta' }, { runId: 'c1', state: 'final', sessionKey: 'agent:main:cron' }])
  }))
})

describe('a drain', () => {
  it('waits for the runs that chat has begun, and its clients see how they end', () => withChat(says('hello'), async (bench) => {
    let write = (): void => {}
    bench.sessions.gate = (what) => (what === 'end' ? new Promise((resolve) => { write = resolve }) : undefined)
    await send(bench, 'k1')
    await bench.k.settled()
    const closing = bench.k.kernel.close({ deadlineMs: 5_000 })
    await bench.k.settled()
    write()
    await closing
    expect(events(bench).at(-1)?.payload).toMatchObject({ runId: 'k1', state: 'final' })
    expect(bench.sessions.journal.at(-1)).toBe('end k1 ok')
  }))

  it('does not wait for ever: the run is then marked as cut off', () => withChat(hangs('half'), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    const report = await bench.k.kernel.close({ deadlineMs: 1_200 })
    expect(report.errors).toEqual([])
    expect(bench.sessions.journal.at(-1)).toBe('end k1 interrupted')
    expect(bench.sessions.messages(key).at(-1)).toMatchObject({ role: 'assistant', content: [{ text: 'half' }], errorMessage: expect.stringContaining('cut off') })
    const end = events(bench).at(-1)!
    const told = { runId: 'k1', state: 'aborted', stopReason: 'interrupted', errorMessage: expect.stringContaining('cut off'), message: { content: [{ text: 'half' }] } }
    expect([end.payload, end.options.v3?.()]).toMatchObject([told, told])
    expect(v.is(chat.events!.chat.payload, end.payload)).toBe(true)
  }))
})

describe('a reload', () => {
  it('of chat goes on telling of the runs that chat had begun, and can stop them', () => withChat(hangs('half'), async (bench) => {
    await send(bench, 'k1')
    await bench.k.settled()
    const before = bench.k.inspect('chat')!.generation
    await bench.k.reload('chat')
    expect(bench.k.inspect('chat')!.generation).toBeGreaterThan(before)
    expect(await bench.k.call('chat.abort', { sessionKey: 'main' })).toEqual({ ok: true, aborted: true, runIds: ['k1'] })
    await ended(bench, 'k1')
    expect(events(bench).map(({ payload }) => (payload as { state: string }).state)).toEqual(['delta', 'aborted'])
  }))

  it('of the agent waits for the run under way, and then answers what came meanwhile', () => withChat(inTurn(hangs('half'), says('second')), async (bench) => {
    const agent = await bench.k.service(Agent)
    await send(bench, 'k1')
    await bench.k.settled()
    const reloading = bench.k.reload('agent')
    await bench.k.settled()
    expect(bench.sessions.journal).not.toContain('end k1 aborted')
    const meanwhile = send(bench, 'k2')
    agent.abort('main')
    await reloading
    expect(await meanwhile).toMatchObject({ status: 'started' })
    expect(await ended(bench, 'k2')).toMatchObject({ state: 'final' })
    expect(bench.sessions.journal).toEqual(['accept k1', 'start k1', 'end k1 aborted', 'accept k2', 'start k2', 'end k2 ok'])
  }))
})
