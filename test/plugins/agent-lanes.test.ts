/** One lane per session: order, bounds, and messages that come twice. */
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../plugins/agent/contract.ts'
import { ask, cause, codeOf, finished, hangs, says, text, withAgent } from './agent-fakes.ts'

describe('one lane per session', () => {
  it('answers messages in the order they came, one at a time', () => withAgent(async (request, emit) => {
    emit({ type: 'text', delta: `to ${request.runId}` })
    await new Promise((resolve) => { setTimeout(resolve, 1) })
    return finished()
  }, async (agent, { sessions }) => {
    const order: string[] = []
    const runs = await Promise.all(['r1', 'r2', 'r3', 'r4'].map((id) => ask(agent, id, { onEvent: (event: RunEvent) => { if (event.type === 'start') order.push(id) } })))
    await Promise.all(runs.map(({ done }) => done))
    expect(order).toEqual(['r1', 'r2', 'r3', 'r4'])
    expect(sessions.journal.filter((line) => !line.startsWith('accept'))).toEqual(['r1', 'r2', 'r3', 'r4'].flatMap((id) => [`start ${id}`, `end ${id} ok`]))
    expect(sessions.messages('agent:main:main').map((message) => JSON.stringify(message.content))).toEqual(
      ['r1', 'r2', 'r3', 'r4'].flatMap((id) => [JSON.stringify(text(`question of ${id}`)), JSON.stringify(text(`to ${id}`))]))
  }))

  it('lets 20 sessions answer beside each other', async () => {
    let together = 0
    let most = 0
    await withAgent(async (request, emit) => {
      most = Math.max(most, ++together)
      await new Promise((resolve) => { setTimeout(resolve, 20) })
      together--
      return says(`to ${request.sessionKey}`)(request, emit)
    }, async (agent) => {
      const keys = Array.from({ length: 20 }, (_, n) => `agent:main:s${n}`)
      const outcomes = await Promise.all(keys.map(async (sessionKey, n) => (await ask(agent, `r${n}`, { sessionKey })).done))
      expect(outcomes.map(({ text: said }) => said)).toEqual(keys.map((key) => `to ${key}`))
      expect(most).toBe(20)
    })
  })

  it('takes 32 waiting messages and refuses the next one; a message known by its key is not refused', () => withAgent(hangs(), async (agent, { k }) => {
    const runs = [await ask(agent, 'r0')]
    await k.settled()
    for (let n = 1; n <= 32; n++) runs.push(await ask(agent, `r${n}`, { idempotencyKey: `k${n}` }))
    expect(agent.metrics()).toMatchObject({ running: 1, waiting: 32, maxWaitingPerSession: 32 })
    await expect(ask(agent, 'r33').catch(codeOf)).resolves.toBe('NEXUS_AGENT_BUSY')
    await expect(ask(agent, 'r34', { idempotencyKey: 'new' }).catch(codeOf)).resolves.toBe('NEXUS_AGENT_BUSY')
    expect(await ask(agent, 'r35', { idempotencyKey: 'k7' })).toMatchObject({ runId: 'r7', state: 'in_flight' })
    expect(agent.abort('main')).toHaveLength(33)
    const outcomes = await Promise.all(runs.map(({ done }) => done))
    expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['aborted']))
    expect(agent.metrics()).toMatchObject({ running: 0, waiting: 0 })
  }))

  it('skips a waiting run that is aborted, without disturbing the one under way', () => withAgent(hangs(), async (agent, { k, sessions }) => {
    const [first, second, third] = [await ask(agent, 'r1'), await ask(agent, 'r2'), await ask(agent, 'r3')]
    await k.settled()
    agent.abort('main', 'r2')
    expect((await second.done).status).toBe('aborted')
    expect(sessions.journal).not.toContain('start r2')
    agent.abort('main', 'r1')
    await first.done
    await k.settled()
    expect(sessions.journal).toContain('start r3')
    agent.abort('main')
    await third.done
  }))

  it('takes no more than a thousand runs in all', () => withAgent(hangs(), async (agent) => {
    const runs = await Promise.all(Array.from({ length: 1000 }, (_, n) => ask(agent, `r${n}`, { sessionKey: `agent:main:s${n}` })))
    await expect(ask(agent, 'one more', { sessionKey: 'agent:main:x' }).catch(codeOf)).resolves.toBe('NEXUS_AGENT_BUSY')
    for (let n = 0; n < 1000; n++) agent.abort(`agent:main:s${n}`)
    await Promise.all(runs.map(({ done }) => done))
  }))
})

describe('an idempotency key', () => {
  it('begins one run, however often it is sent', () => withAgent(says('hello'), async (agent, { sessions }) => {
    const runs = await Promise.all([1, 2, 3].map(() => agent.run({ sessionKey: 'main', message: text('hi'), runId: 'k', idempotencyKey: 'k', cause })))
    expect(runs.map(({ state }) => state)).toEqual(['started', 'in_flight', 'in_flight'])
    await (runs[0] as { done: Promise<unknown> }).done
    expect(await agent.run({ sessionKey: 'main', message: text('hi'), idempotencyKey: 'k', cause })).toEqual({ runId: 'k', agentId: 'main', sessionKey: 'agent:main:main', state: 'ended' })
    expect(sessions.messages('agent:main:main').map(({ role }) => role)).toEqual(['user', 'assistant'])
  }))
})
