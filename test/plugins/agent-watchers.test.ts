/** Those who watch runs: hooks, events and methods. */
import { describe, expect, it } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { runEnded, runProgress, runPrompt, runStarted } from '../../plugins/agent/contract.ts'
import type { RunPiece } from '../../plugins/agent/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { ask, calls, codeOf, finished, hangs, inTurn, says, withAgent } from './agent-fakes.ts'
import type { Bench, Script } from './agent-fakes.ts'

describe('those who watch', () => {
  it('are told of start, pieces and end; the pieces put together are the text', async () => {
    const told: unknown[] = []
    const pieces: RunPiece[] = []
    const watcher = definePlugin({
      id: 'watcher',
      setup(ctx) {
        ctx.tap(runStarted, ({ runId, cause: { caller, trace } }) => { told.push(['started', runId, caller.label, trace]) })
        ctx.tap(runProgress, (piece) => { pieces.push(piece) })
        ctx.tap(runEnded, ({ runId, status, usage }) => { told.push(['ended', runId, status, usage.totalTokens]) })
      },
    })
    const script: Script = async (_, emit) => {
      for (const delta of 'abcdefgh') {
        emit({ type: 'text', delta })
        await wait(50)
      }
      return finished()
    }
    const wait = (ms: number): Promise<void> => new Promise((resolve) => { clock.setTimeout(resolve, ms) })
    let clock: Bench['k']['clock']
    await withAgent(script, async (agent, { k }) => {
      clock = k.clock
      const { done } = await ask(agent, 'r1')
      await k.clock.advance(400)
      const outcome = await done
      expect(told).toEqual([['started', 'r1', 'operator', 't1'], ['ended', 'r1', 'ok', 12]])
      // First at once, then no sooner than 150 ms later, the rest at the end.
      expect(pieces.map(({ seq, delta, text: all }) => [seq, delta, all])).toEqual([[1, 'a', 'a'], [2, 'bc', 'abc'], [3, 'def', 'abcdef'], [4, 'gh', 'abcdefgh']])
      expect(pieces[1]!.at - pieces[0]!.at).toBe(150)
      expect(outcome.pieces).toBe(4)
    }, { plugins: [watcher] })
  })

  it('see the protocol\'s agent events, numbered within the run', async () => {
    const script = inTurn((request, emit) => {
      for (const delta of ['Let', ' me', ' see.']) emit({ type: 'text', delta })
      return calls('time', { timezone: 'UTC' })(request, emit)
    }, says('done'))
    await withAgent(script, async (agent, { k }) => {
      await (await ask(agent, 'r1', { toolEventsTo: ['conn-1'] })).done
      const events = k.events.filter(({ name }) => name === 'agent')
      expect(events.map(({ payload }) => payload)).toMatchObject([
        { runId: 'r1', sessionKey: 'agent:main:main', agentId: 'main', seq: 1, stream: 'lifecycle', data: { phase: 'start' } },
        { seq: 2, stream: 'assistant', data: { text: 'Let', delta: 'Let' } },
        { seq: 3, stream: 'assistant', data: { text: 'Let me see.', delta: ' me see.' } },
        { seq: 4, stream: 'tool', data: { phase: 'start', name: 'time', toolCallId: 'c1', args: { timezone: 'UTC' } } },
        { seq: 5, stream: 'tool', data: { phase: 'result', name: 'time', toolCallId: 'c1', isError: false } },
        { seq: 6, stream: 'assistant', data: { text: 'Let me see.\n\ndone', delta: '\n\ndone' } },
        { seq: 7, stream: 'lifecycle', data: { phase: 'end', stopReason: 'stop', aborted: false } },
      ])
      expect(events.map(({ options }) => options.lossy)).toEqual([false, true, true, false, false, true, false])
      expect(events.map(({ options }) => options.to && [...options.to])).toEqual([undefined, undefined, undefined, ['conn-1'], ['conn-1'], undefined, undefined])
    })
  })

  it('cannot harm a run by throwing', async () => {
    const rude = definePlugin({
      id: 'rude',
      setup(ctx) {
        for (const token of [runStarted, runProgress, runEnded] as const) ctx.tap(token as typeof runEnded, () => { throw new Error('rude') })
      },
    })
    await withAgent(says('hello'), async (agent, { k }) => {
      const outcome = await (await ask(agent, 'r1', { onEvent: () => { throw new Error('ruder') } })).done
      expect(outcome).toMatchObject({ status: 'ok', text: 'hello' })
      expect(k.logs.filter(({ plugin, message }) => plugin === 'agent' && message === 'an observer of the run failed')).toHaveLength(1)
    }, { plugins: [rude] })
  })

  it('may change the prompt, and fail the run if they cannot', async () => {
    const asked: ModelRequest[] = []
    const changer = definePlugin({
      id: 'changer',
      setup(ctx) {
        ctx.tap(runPrompt, (prompt, run) => {
          if (run.runId === 'r2') throw new Error('no')
          return { ...prompt, system: 'Changed.', tools: [] }
        })
      },
    })
    await withAgent((request, emit) => {
      asked.push(request)
      return says('hello')(request, emit)
    }, async (agent) => {
      await (await ask(agent, 'r1')).done
      expect(asked[0]).toMatchObject({ tools: [], messages: [{ role: 'system', content: 'Changed.' }, { role: 'user' }] })
      const failed = await (await ask(agent, 'r2')).done
      expect([failed.status, codeOf(failed.error), asked.length]).toEqual(['error', 'NEXUS_HOOK_FAILED', 1])
    }, { plugins: [changer] })
  })
})

describe('the methods', () => {
  it('list the agents, main first', () => withAgent(says('hello'), async (_, { k }) => {
    expect(await k.call('agents.list')).toEqual({ defaultId: 'main', mainKey: 'main', scope: 'per-sender', agents: [{ id: 'main' }, { id: 'coder', name: 'The Coder' }] })
  }, { config: { agent: { agents: [{ id: 'coder', name: 'The Coder' }] } } }))

  it('wait for a run that goes on, is over, or takes too long', () => withAgent(inTurn(hangs(), says('hello')), async (agent, { k }) => {
    const { done } = await ask(agent, 'r1')
    await k.settled()
    const late = k.call('agent.wait', { runId: 'r1', timeoutMs: 50 })
    await k.clock.advance(50)
    expect(await late).toEqual({ runId: 'r1', status: 'timeout' })
    const waiting = k.call('agent.wait', { runId: 'r1' })
    agent.abort('main')
    await done
    expect(await waiting).toMatchObject({ runId: 'r1', status: 'error', error: 'the run was stopped' })
    await (await ask(agent, 'r2')).done
    expect(await k.call('agent.wait', { runId: 'r2' })).toMatchObject({ runId: 'r2', status: 'ok', endedAt: expect.any(Number) })
    await expect(k.call('agent.wait', { runId: 'nobody' }).catch(codeOf)).resolves.toBe('NEXUS_AGENT_RUN_UNKNOWN')
  }))
})
