/** What becomes of runs when the gateway or a plugin stops: waited for as long as there is time, then cut off, marked and told of. */
import { describe, expect, it } from 'vitest'
import { Agent } from '../../plugins/agent/contract.ts'
import type { AgentApi } from '../../plugins/agent/contract.ts'
import { agentKernel, ask, codeOf, hangs, says, withAgent } from './agent-fakes.ts'
import type { Bench } from './agent-fakes.ts'

/** Longer than the short drains here, and than anything that only waits for its turn. */
const aWhile = () => new Promise((resolve) => { setTimeout(resolve, 60) })

describe('a drain waits for a run that no call holds', () => {
  /** A place where nobody but the run itself is busy: its question, its message or its end is on the way to the disk. */
  const places = ['accept', 'start', 'end'] as const
  const slow = async (place: string): Promise<Bench & { agent: AgentApi; write(): void }> => {
    const bench = await agentKernel(says('hello'), { deadlines: { drain: 5_000 } })
    let write = (): void => {}
    bench.sessions.gate = (what) => (what === place ? new Promise((resolve) => { write = resolve }) : undefined)
    const agent = await bench.k.service(Agent)
    return { ...bench, agent, write: () => write() }
  }

  it.each(places)('when the gateway stops (%s)', async (place) => {
    const { k, sessions, agent, write } = await slow(place)
    const asked = ask(agent, 'r1')
    await k.settled()
    const closing = k.kernel.close({ deadlineMs: 8_000 })
    await aWhile()
    expect(sessions.journal).not.toContain('end r1 interrupted')
    write()
    expect(await closing).toEqual({ drained: true, errors: [] })
    expect((await (await asked).done).status).toBe('ok')
    expect(sessions.journal).toEqual(['accept r1', 'start r1', 'end r1 ok'])
    await k.close()
  })

  it.each(places)('when the agent is unloaded (%s)', async (place) => {
    const { k, sessions, agent, write } = await slow(place)
    await Promise.all([ask(agent, 'r1').then(({ done }) => done), (async () => {
      await k.settled()
      const unloading = k.unload('agent')
      await aWhile()
      write()
      await unloading
      expect(sessions.journal).toEqual(['accept r1', 'start r1', 'end r1 ok'])
    })()])
    await k.close()
  })

  it('and for those that wait for it in their lane', async () => {
    const { k, sessions, agent, write } = await slow('start')
    const runs = [await ask(agent, 'r1'), await ask(agent, 'r2')]
    await k.settled()
    const closing = k.kernel.close({ deadlineMs: 8_000 })
    await aWhile()
    write()
    await runs[0]!.done
    await k.settled()
    write()
    expect((await closing).drained).toBe(true)
    expect(sessions.journal.slice(-4)).toEqual(['start r1', 'end r1 ok', 'start r2', 'end r2 ok'])
    await k.close()
  })

  it('unless whoever asked for it takes that upon itself', async () => {
    const { k, sessions, agent, write } = await slow('start')
    const held: Promise<unknown>[] = []
    const waitUntil = (work: Promise<unknown>): void => void held.push(work)
    await ask(agent, 'r1', { waitUntil })
    await k.settled()
    const closing = k.kernel.close({ deadlineMs: 2_000 })
    await aWhile()
    expect(await ask(agent, 'r2', { waitUntil }).catch(codeOf)).toBe('NEXUS_AGENT_CLOSING')
    write()
    await closing
    expect(await Promise.all(held)).toMatchObject([{ runId: 'r1', status: 'interrupted' }, undefined])
    expect(sessions.journal.at(-1)).toBe('end r1 interrupted')
    await k.close()
  })
})

describe('a run that is cut off', () => {
  it('is interrupted when the plugin is unloaded, marked, and followed by no other', async () => {
    const bench = await agentKernel(hangs('half'), { deadlines: { drain: 20 } })
    const agent = await bench.k.service(Agent)
    const first = await ask(agent, 'r1')
    const second = await ask(agent, 'r2')
    await bench.k.settled()
    const unloading = bench.k.unload('agent')
    expect((await first.done)).toMatchObject({ status: 'interrupted', text: 'half', error: { code: 'NEXUS_AGENT_INTERRUPTED' } })
    expect((await second.done).status).toBe('interrupted')
    await unloading
    expect(bench.sessions.journal.slice(-2)).toEqual(expect.arrayContaining(['end r1 interrupted', 'end r2 interrupted']))
    await expect(ask(agent, 'r3').catch(codeOf)).resolves.toBe('NEXUS_AGENT_CLOSING')
    await bench.k.close()
  })

  it('is interrupted too if it is accepted while the plugin closes', async () => {
    const bench = await agentKernel(hangs(), { deadlines: { drain: 20 } })
    const agent = await bench.k.service(Agent)
    let write = (): void => {}
    bench.sessions.gate = (what) => (what === 'accept' ? new Promise((resolve) => { write = resolve }) : undefined)
    const late = ask(agent, 'r1', { waitUntil: () => {} })
    await bench.k.settled()
    let unloaded = false
    const unloading = bench.k.unload('agent').then(() => { unloaded = true })
    await aWhile()
    expect(unloaded).toBe(false)
    write()
    expect((await (await late).done).status).toBe('interrupted')
    await unloading
    expect(bench.sessions.journal).toEqual(['accept r1', 'end r1 interrupted'])
    await bench.k.close()
  })

  it('is written down before the plugin is gone', async () => {
    const bench = await agentKernel(hangs(), { deadlines: { drain: 20 } })
    bench.sessions.gate = (what) => (what === 'end' ? new Promise((resolve) => { setTimeout(resolve, 50) }) : undefined)
    await ask(await bench.k.service(Agent), 'r1')
    await bench.k.settled()
    await bench.k.unload('agent')
    expect(bench.sessions.journal.at(-1)).toBe('end r1 interrupted')
    await bench.k.close()
  })

  it('is interrupted when its provider stops, not taken for an answer', async () => {
    const bench = await agentKernel(hangs('half'), { deadlines: { drain: 20 } })
    const run = await ask(await bench.k.service(Agent), 'r1')
    await bench.k.settled()
    await bench.k.unload('scripted')
    expect(await run.done).toMatchObject({ status: 'interrupted', stopReason: 'aborted', text: 'half', error: { code: 'NEXUS_AGENT_INTERRUPTED' } })
    expect(bench.sessions.messages('agent:main:main').at(-1)).toMatchObject({ stopReason: 'aborted', errorMessage: expect.stringContaining('cut off') })
    expect(bench.sessions.journal.at(-1)).toBe('end r1 interrupted')
    await bench.k.close()
  })

  it('tells who waits for it that it was cut off, and so do its events', async () => {
    const bench = await agentKernel(hangs('half'), { deadlines: { drain: 20 } })
    await ask(await bench.k.service(Agent), 'r1')
    await bench.k.settled()
    const waiting = bench.k.call('agent.wait', { runId: 'r1' })
    await bench.k.unload('agent')
    expect(await waiting).toMatchObject({ runId: 'r1', status: 'error', error: expect.stringContaining('cut off') })
    expect(bench.k.events.filter(({ name }) => name === 'agent').at(-1)?.payload).toMatchObject({ stream: 'lifecycle', data: { phase: 'error', error: expect.stringContaining('cut off') } })
    await bench.k.close()
  })

  it('counts as interrupted if whoever asked for it closes, as stopped if they have only gone', async () => {
    await withAgent(hangs(), async (agent, { k }) => {
      const [gone, closing] = [new AbortController(), new AbortController()]
      const wish = { signal: gone.signal, closing: closing.signal }
      const [first, second] = [await ask(agent, 'r1', { ...wish, sessionKey: 'a' }), await ask(agent, 'r2', { ...wish, sessionKey: 'b', signal: closing.signal })]
      await k.settled()
      gone.abort()
      expect((await first.done).status).toBe('aborted')
      closing.abort()
      expect((await second.done).status).toBe('interrupted')
    })
  })
})
