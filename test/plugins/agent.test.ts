/** What a run promises, with sessions in memory and a scripted provider. */
import { getEventListeners } from 'node:events'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { providerFailure } from '../../plugins/models/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { tool } from '../../plugins/tools/contract.ts'
import { ask, calls, cause, codeOf, finished, hangs, inTurn, says, text, toolbox, withAgent } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'

describe('a run', () => {
  it('is acknowledged only when its message is on disk', () => withAgent(says('hello'), async (agent, { k, sessions }) => {
    let write = (): void => {}
    sessions.gate = (what) => (what === 'accept' ? new Promise((resolve) => { write = resolve }) : undefined)
    let acknowledged = false
    const run = ask(agent, 'r1').then((started) => {
      acknowledged = true
      return started
    })
    await k.settled()
    expect(acknowledged).toBe(false)
    write()
    expect(await run).toMatchObject({ runId: 'r1', state: 'started', sessionKey: 'agent:main:main', agentId: 'main' })
    expect((await (await run).done).status).toBe('ok')
  }))

  it('leaves question, answer and usage in the transcript, the answer in one write with the end', () => withAgent(says('hello'), async (agent, { sessions }) => {
    const { done } = await ask(agent, 'r1')
    expect(await done).toMatchObject({ status: 'ok', text: 'hello', stopReason: 'stop', steps: 1, provider: 'scripted', model: 'one', usage: { input: 10, output: 2, totalTokens: 12 }, error: undefined })
    expect(sessions.journal).toEqual(['accept r1', 'start r1', 'end r1 ok'])
    expect(sessions.messages('agent:main:main')).toMatchObject([
      { role: 'user', content: text('question of r1') },
      { role: 'assistant', content: text('hello'), provider: 'scripted', model: 'one', stopReason: 'stop', usage: { totalTokens: 12 } },
    ])
  }))

  it('shows the model the transcript, the system prompt and the tools, and who asks', async () => {
    const asked: ModelRequest[] = []
    await withAgent((request, emit) => {
      asked.push(request)
      return says(`answer ${asked.length}`)(request, emit)
    }, async (agent) => {
      await (await ask(agent, 'r1')).done
      await (await ask(agent, 'r2', { instructions: 'Be brief.', sampling: { temperature: 0.5, stop: ['X'] } })).done
      expect(asked[1]).toMatchObject({
        provider: 'scripted', model: 'one', sessionKey: 'agent:main:main', runId: 'r2', temperature: 0.5, stop: ['X'],
        cause: { caller: cause.caller, trace: 't1' },
        messages: [
          { role: 'system', content: expect.stringMatching(/^You are Test\.\n\nBe brief\.\n\nText between <<<EXTERNAL/) },
          { role: 'user', content: text('question of r1') },
          { role: 'assistant', content: text('answer 1') },
          { role: 'user', content: text('question of r2') },
        ],
      })
      expect(asked[1]!.tools?.map(({ name }) => name).toSorted()).toEqual(['sessions_send', 'sessions_spawn', 'time'])
    }, { config: { agent: { defaults: { system: 'You are Test.' } } } })
  })

  it('asks the model that the request names, and fails plainly when there is none such', () => withAgent(says('hello'), async (agent, { sessions }) => {
    expect(await (await ask(agent, 'r1', { model: 'scripted/one' })).done).toMatchObject({ status: 'ok' })
    const failed = await (await ask(agent, 'r2', { model: 'nobody/knows' })).done
    expect([failed.status, codeOf(failed.error)]).toEqual(['error', 'NEXUS_MODELS_UNKNOWN'])
    expect(sessions.journal.at(-1)).toBe('end r2 error')
  }))

  it('gives models without tools none', async () => {
    let offered: ModelRequest['tools']
    await withAgent((request, emit) => {
      offered = request.tools
      return says('hello')(request, emit)
    }, async (agent) => { await (await ask(agent, 'r1')).done }, { spec: { tools: false } })
    expect(offered).toEqual([])
  })

  it('belongs to the agent of its session, and an unknown agent is refused', () => withAgent(says('hello'), async (agent) => {
    expect(await ask(agent, 'r1', { sessionKey: 'agent:coder:main' }).then(({ done }) => done)).toMatchObject({ agentId: 'coder', status: 'ok' })
    await expect(ask(agent, 'r2', { sessionKey: 'agent:nobody:main' }).catch(codeOf)).resolves.toBe('NEXUS_AGENT_UNKNOWN')
  }, { config: { agent: { agents: [{ id: 'coder' }] } } }))
})

describe('a run that does not end well', () => {
  it('keeps what was said before the provider failed', () => withAgent((_, emit) => {
    emit({ type: 'text', delta: 'half an ans' })
    throw providerFailure('scripted', 'server', { status: 500 })
  }, async (agent, { sessions }) => {
    const outcome = await (await ask(agent, 'r1')).done
    expect([outcome.status, codeOf(outcome.error), outcome.text, outcome.stopReason]).toEqual(['error', 'NEXUS_MODELS_PROVIDER', 'half an ans', 'error'])
    expect(sessions.messages('agent:main:main').at(-1)).toMatchObject({ role: 'assistant', content: text('half an ans'), stopReason: 'error', errorMessage: expect.stringContaining('failed') })
    expect(sessions.journal.at(-1)).toBe('end r1 error')
  }))

  it('stops when it is aborted, and keeps what was said until then', () => withAgent(hangs('half an ans'), async (agent, { k, sessions }) => {
    const { done } = await ask(agent, 'r1')
    await k.settled()
    expect(agent.abort('main', 'other')).toEqual([])
    expect(agent.abort('agent:main:other')).toEqual([])
    expect(agent.abort('main')).toEqual(['r1'])
    const outcome = await done
    expect([outcome.status, codeOf(outcome.error), outcome.text, outcome.stopReason]).toEqual(['aborted', 'NEXUS_AGENT_ABORTED', 'half an ans', 'aborted'])
    expect(sessions.messages('agent:main:main').at(-1)).toMatchObject({ role: 'assistant', content: text('half an ans'), stopReason: 'aborted' })
    expect(sessions.journal.at(-1)).toBe('end r1 aborted')
    expect(agent.abort('main')).toEqual([])
  }))

  it('stops when whoever asked has gone', () => withAgent(hangs(), async (agent, { k }) => {
    const gone = new AbortController()
    const { done } = await ask(agent, 'r1', { signal: gone.signal })
    await k.settled()
    gone.abort()
    expect((await done).status).toBe('aborted')
    expect((await (await ask(agent, 'r2', { signal: gone.signal })).done).status).toBe('aborted')
    const stays = new AbortController()
    const third = await ask(agent, 'r3', { signal: stays.signal })
    await k.settled()
    agent.abort('main')
    await third.done
    expect(getEventListeners(stays.signal, 'abort')).toEqual([])
  }))

  it('stops while a tool runs, whether the tool heeds it or not', async () => {
    let signal: AbortSignal | undefined
    let end = (_: string): void => {}
    const box = toolbox({
      slow: tool({
        description: 'Ends when the test says so.', params: v.strictObject({}),
        run: (_, call) => {
          signal = call.signal
          return new Promise<string>((resolve) => { end = resolve })
        },
      }),
    })
    const twice: Script = (request, emit) => {
      calls('slow', {}, 'c1')(request, emit)
      return calls('slow', {}, 'c2')(request, emit)
    }
    await withAgent(inTurn(twice, says('never said')), async (agent, { k, sessions }) => {
      const { done } = await ask(agent, 'r1')
      await k.settled()
      expect(agent.abort('main', 'r1')).toEqual(['r1'])
      expect((await done).status).toBe('aborted')
      expect(signal?.aborted).toBe(true)
      end('too late')
      expect(sessions.messages('agent:main:main').map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult'])
    }, { plugins: [box] })
  })

  it('ends at its timeout', () => withAgent(hangs('half'), async (agent, { k, sessions }) => {
    const { done } = await ask(agent, 'r1', { timeoutMs: 5_000 })
    await k.clock.advance(4_999)
    expect(sessions.journal).not.toContain('end r1 timeout')
    await k.clock.advance(1)
    const outcome = await done
    expect([outcome.status, codeOf(outcome.error), outcome.text]).toEqual(['timeout', 'NEXUS_AGENT_TIMEOUT', 'half'])
    expect(sessions.journal.at(-1)).toBe('end r1 timeout')
  }))

  it('has a timeout of ten minutes if nobody sets one', () => withAgent(hangs(), async (agent, { k }) => {
    const { done } = await ask(agent, 'r1')
    await k.clock.advance(600_000)
    expect((await done).status).toBe('timeout')
  }))

  it('does not wait for ever for a provider that heeds no abort', async () => {
    let end = (): void => {}
    await withAgent(() => new Promise((resolve) => { end = () => resolve(finished()) }), async (agent, { k }) => {
      const { done } = await ask(agent, 'r1')
      await k.settled()
      agent.abort('main')
      await k.clock.advance(1_000)
      expect((await done).status).toBe('aborted')
      end()
    })
  })

  it('says that it failed when its answer cannot be written, and lets the next one run', () => withAgent(says('hello'), async (agent, { k, sessions }) => {
    sessions.gate = (what) => { if (what === 'end') throw new Error('disk full') }
    const outcome = await (await ask(agent, 'r1')).done
    expect([outcome.status, codeOf(outcome.error)]).toEqual(['error', 'NEXUS_AGENT_FAILED'])
    expect(k.logs.some(({ plugin, level }) => plugin === 'agent' && level === 'error')).toBe(true)
    sessions.gate = () => {}
    expect((await (await ask(agent, 'r2')).done).status).toBe('ok')
  }))
})

describe('a conversation that the caller keeps', () => {
  it('is answered without a session, and nothing of it is written', async () => {
    const asked: ModelRequest[] = []
    await withAgent((request, emit) => {
      asked.push(request)
      return says('hello')(request, emit)
    }, async (agent, { sessions, k }) => {
      const run = agent.answer({ agentId: 'main', messages: [{ role: 'user', content: 'hi' }], cause })
      expect(await run.done).toMatchObject({ status: 'ok', text: 'hello', sessionKey: undefined })
      expect(asked[0]!.messages.slice(1)).toEqual([{ role: 'user', content: 'hi' }])
      expect(sessions.journal).toEqual([])
      expect(k.events.filter(({ name }) => name === 'agent').every(({ payload }) => !('sessionKey' in (payload as object)))).toBe(true)
      expect(() => agent.answer({ agentId: 'nobody', messages: [], cause })).toThrow(expect.objectContaining({ code: 'NEXUS_AGENT_UNKNOWN' }))
    })
  })
})
