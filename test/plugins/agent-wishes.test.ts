/** What a caller may ask of a run: its own tools, the form of the answer, who sees its tools, and what ends it. */
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it, vi } from 'vitest'
import { isStopWord, runProgress, silentTokens } from '../../plugins/agent/contract.ts'
import type { RunEvent, RunPiece } from '../../plugins/agent/contract.ts'
import { createSilence } from '../../plugins/agent/silent.ts'
import { createWatching } from '../../plugins/agent/watching.ts'
import type { ModelMessage, ModelRequest, RouteRequest } from '../../plugins/models/contract.ts'
import { modelRoute } from '../../plugins/models/contract.ts'
import { connectionClosed, connectionOpened, definePlugin } from 'nexus-gateway/sdk'
import { tool } from '../../plugins/tools/contract.ts'
import { ask, calls, cause, finished, hangs, inTurn, says, text, toolbox, withAgent } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'

const lookup = { name: 'lookup', description: 'Looks up.', parameters: { type: 'object', properties: { q: { type: 'string' } } } }
const asking = (asked: ModelRequest[], script: Script): Script => (request, emit) => {
  asked.push(request)
  return script(request, emit)
}

describe('tools of the caller', () => {
  it('are all that is offered, are not run, and end the run with the calls; the results come with the next request', async () => {
    const asked: ModelRequest[] = []
    let ran = 0
    const box = toolbox({ lookup: tool({ description: 'The gateway\'s.', params: v.strictObject({ q: v.string() }), run: () => String(++ran) }) })
    const both: Script = (_, emit) => {
      emit({ type: 'text', delta: 'Let me see.' })
      emit({ type: 'toolCall', id: 'c1', name: 'lookup', arguments: { q: 'a' } })
      emit({ type: 'toolCall', id: 'c2', name: 'lookup', arguments: { q: 'b' } })
      return finished('toolUse')
    }
    await withAgent(asking(asked, inTurn(both, says('It is a and b.'))), async (agent) => {
      const request = { agentId: 'main', cause, clientTools: [lookup], toolChoice: 'required' as const, responseFormat: { type: 'json' as const } }
      const first = await agent.answer({ ...request, messages: [{ role: 'user', content: 'What?' }] }).done
      expect(first).toMatchObject({ status: 'ok', stopReason: 'toolUse', text: 'Let me see.', steps: 1, error: undefined, toolCalls: [{ id: 'c1', arguments: { q: 'a' } }, { id: 'c2', arguments: { q: 'b' } }] })
      expect(asked[0]).toMatchObject({ tools: [lookup], toolChoice: 'required', responseFormat: { type: 'json' } })
      const results: ModelMessage[] = first.toolCalls!.map(({ id }) => ({ role: 'toolResult', toolCallId: id, toolName: 'lookup', content: `result of ${id}` }))
      const second = await agent.answer({ ...request, messages: [{ role: 'user', content: 'What?' }, { role: 'assistant', content: [...first.toolCalls!] }, ...results] }).done
      expect(second).toMatchObject({ status: 'ok', stopReason: 'stop', text: 'It is a and b.' })
      expect(second.toolCalls).toBeUndefined()
      expect(asked[1]!.messages.slice(-2)).toEqual(results)
      expect(ran).toBe(0)
    }, { plugins: [box] })
  })

  it('are asked for in the first step alone where a call has to be made, and in no step where none may be', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, inTurn(calls('time', { timezone: 'UTC' }), says('done'), calls('time', { timezone: 'UTC' }), says('done'))), async (agent) => {
      await (await ask(agent, 'r1', { toolChoice: 'required' })).done
      await (await ask(agent, 'r2', { toolChoice: 'none' })).done
      expect(asked.map(({ toolChoice }) => toolChoice)).toEqual(['required', undefined, 'none', 'none'])
    })
  })
})

describe('tools about sessions', () => {
  it('are not offered where there is no session, nor the one that begins sub-agents where there may be none', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, says('x')), async (agent) => {
      await agent.answer({ agentId: 'main', cause, messages: [{ role: 'user', content: 'x' }] }).done
      await (await ask(agent, 'r1')).done
      await (await ask(agent, 'r2', { sessionKey: 'agent:alone:main' })).done
      expect(asked.map(({ tools }) => tools!.map(({ name }) => name).toSorted())).toEqual([['time'], ['sessions_send', 'sessions_spawn', 'time'], ['sessions_send', 'time']])
    }, { config: { agent: { agents: [{ id: 'alone', subagents: { maxChildren: 0 } }] } } })
  })
})

describe('a route', () => {
  it('is chosen knowing the conversation and the tools, and stands in the record with its tier and reasons', async () => {
    const requests: RouteRequest[] = []
    const router = definePlugin({ id: 'router', setup: (ctx) => ctx.tap(modelRoute, (route, request) => { requests.push(request); return { ...route, tier: 'capable' as const, reasons: [...route.reasons, 'it is a hard one'] } }) })
    const box = toolbox({ look: tool({ description: 'Looks.', params: v.strictObject({}), run: () => 'seen' }) })
    await withAgent(says('hello'), async (agent, { k, sessions }) => {
      await (await ask(agent, 'r1')).done
      await (await ask(agent, 'r2')).done
      expect(requests[1]!.messages).toMatchObject([{ role: 'user', content: text('question of r1') }, { role: 'assistant' }, { role: 'user', content: text('question of r2') }])
      expect(requests[1]!.tools?.map(({ name }) => name).toSorted()).toEqual(['look', 'sessions_send', 'sessions_spawn', 'time'])
      expect(await k.call('runs.get', { runId: 'r2' })).toMatchObject({ run: { tier: 'capable', reasons: expect.arrayContaining(['it is a hard one']) } })
      // The transcript is read once before a model is asked.
      const reads: string[] = []
      const { entries } = sessions
      Object.assign(sessions, { entries: (key: string) => { reads.push(key); return entries(key) } })
      await (await ask(agent, 'r3')).done
      expect(reads).toHaveLength(1)
    }, { plugins: [router, box] })
  })
})

describe('tool events', () => {
  it('go to those who watch the run, and to nobody else', async () => {
    const script = inTurn(async (request, emit) => {
      await gate
      return calls('time', { timezone: 'UTC' })(request, emit)
    }, says('done'))
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => { open = resolve })
    await withAgent(script, async (agent, { k }) => {
      const { done } = await ask(agent, 'r1', { toolEventsTo: ['a'] })
      expect([agent.watch('r1', 'b'), agent.watch('nobody', 'b')]).toEqual([true, false])
      open()
      await done
      expect(agent.watch('r1', 'c')).toBe(false)
      const toolEvents = () => k.events.filter(({ name, payload }) => name === 'agent' && (payload as { stream: string }).stream === 'tool')
      expect(toolEvents().map(({ options }) => [...options.to!])).toEqual([['a', 'b'], ['a', 'b']])
    })
  })

  it('are not sent at all where nobody watches', () => withAgent(inTurn(calls('time', { timezone: 'UTC' }), says('done')), async (agent, { k }) => {
    await (await ask(agent, 'r1')).done
    expect(k.events.map(({ payload }) => (payload as { stream?: string }).stream)).not.toContain('tool')
    expect(k.events.length).toBeGreaterThan(1)
  }))

  it('are watched by 64 connections of a run at most', () => {
    const watching = createWatching()
    watching.begin('r', [], { connectionId: undefined, policy: 'continue' })
    expect(Array.from({ length: 65 }, (_, at) => watching.add('r', `c${at}`)).filter(Boolean)).toHaveLength(64)
    expect(watching.add('r', 'c0')).toBe(true)
  })
})

describe('a connection that closes', () => {
  it.each([
    ['goes on by itself', {}, undefined, 'ok'],
    ['is stopped where the settings say so', { onDisconnect: 'abort' }, undefined, 'aborted'],
    ['is stopped where the request says so', {}, 'abort', 'aborted'],
    ['goes on where the request says so', { onDisconnect: 'abort' }, 'continue', 'ok'],
  ] as const)('%s', async (_, config, onDisconnect, status) => {
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => { open = resolve })
    const script: Script = async (request, emit) => {
      await Promise.race([gate, new Promise((resolve) => { request.signal.addEventListener('abort', resolve) })])
      return request.signal.aborted ? finished('aborted') : says('done')(request, emit)
    }
    const ids: string[] = []
    const closed: string[] = []
    const doorkeeper = definePlugin({
      id: 'doorkeeper', capabilities: ['tap:connection.opened', 'tap:connection.closed'],
      setup(ctx) {
        ctx.tap(connectionOpened, ({ id }) => { ids.push(id) })
        ctx.tap(connectionClosed, ({ id }) => { closed.push(id) }, { after: 'agent' })
      },
    })
    await withAgent(script, async (agent, { k }) => {
      const [mine, another] = [await k.connect(), await k.connect()]
      const { done } = await ask(agent, 'r1', { connectionId: ids[0], ...(onDisconnect && { onDisconnect }) })
      const theirs = await ask(agent, 'r2', { sessionKey: 'other', connectionId: ids[1] })
      await mine.close()
      await vi.waitFor(() => expect(closed).toEqual([ids[0]]))
      open()
      expect([(await done).status, (await theirs.done).status]).toEqual([status, 'ok'])
      await another.close()
    }, { config: { agent: config }, plugins: [doorkeeper] })
  })
})

describe('words that stop', () => {
  it('are such words alone, however they are written', () => {
    for (const word of ['stop', ' STOP ', 'esc', 'Abort!', 'wait', 'exit', 'interrupt', '/stop', 'Stop.']) expect(isStopWord(word), word).toBe(true)
    for (const word of ['', 'stop it', 'do not stop', 'waiting', '/abort', 'stop\nnow', 'x'.repeat(1_000)]) expect(isStopWord(word), word).toBe(false)
  })
})

describe('an answer that says nothing', () => {
  it('is told to nobody, and stands in the transcript', async () => {
    const [events, pieces]: [RunEvent[], RunPiece[]] = [[], []]
    const watcher = definePlugin({ id: 'watcher', setup: (ctx) => ctx.tap(runProgress, (piece) => { pieces.push(piece) }) })
    const script: Script = (_, emit) => {
      for (const delta of ['NO', '_RE', 'PLY', '\n']) emit({ type: 'text', delta })
      return finished()
    }
    await withAgent(script, async (agent, { k, sessions }) => {
      const outcome = await (await ask(agent, 'r1', { onEvent: (event: RunEvent) => events.push(event) })).done
      expect(outcome).toMatchObject({ status: 'ok', silent: true, text: '', pieces: 0 })
      expect([pieces, events.map(({ type }) => type)]).toEqual([[], ['start']])
      expect(JSON.stringify(k.events)).not.toContain('NO_RE')
      expect(sessions.messages('agent:main:main').at(-1)).toMatchObject({ role: 'assistant', content: [{ type: 'text', text: 'NO_REPLY\n' }] })
      expect(await k.call('runs.get', { runId: 'r1' })).toMatchObject({ run: { silent: true } })
    }, { plugins: [watcher] })
  })

  it('is one only where that token was asked for', () => withAgent(says('HEARTBEAT_OK'), async (agent) => {
    expect((await (await ask(agent, 'r1')).done)).toMatchObject({ text: 'HEARTBEAT_OK' })
    expect((await (await ask(agent, 'r2', { silent: [silentTokens.heartbeat] })).done)).toMatchObject({ text: '', silent: true })
    const outcome = await agent.answer({ agentId: 'main', cause, messages: [{ role: 'user', content: 'x' }] }).done
    expect([outcome.text, outcome.silent]).toEqual(['HEARTBEAT_OK', undefined])
  }))

  it('cut off before it was whole is told', () => withAgent(hangs('NO_RE'), async (agent, { k }) => {
    const { done } = await ask(agent, 'r1')
    await k.settled()
    agent.abort('main')
    const outcome = await done
    expect([outcome.status, outcome.text, outcome.silent]).toEqual(['aborted', 'NO_RE', undefined])
  }))

  it('after a tool takes nothing from what was said before it', () => withAgent(inTurn((request, emit) => {
    emit({ type: 'text', delta: 'One moment.' })
    return calls('time', { timezone: 'UTC' })(request, emit)
  }, says('NO_REPLY')), async (agent) => {
    const outcome = await (await ask(agent, 'r1')).done
    expect([outcome.text, outcome.silent]).toEqual(['One moment.', undefined])
  }))

  it('is the only one that is changed: whatever else is said comes out whole and in order, and no token early', () => fc.assert(fc.property(
    fc.array(fc.array(fc.oneof(fc.constantFrom('NO', '_', 'REPLY', 'NO_REPLY', ' ', '\n', 'N'), fc.string({ maxLength: 4 })), { maxLength: 6 }), { maxLength: 4 }),
    (steps) => {
      const silence = createSilence([silentTokens.reply])
      for (const deltas of steps) {
        const before = silence.dropped
        let out = ''
        let all = ''
        for (const delta of deltas) {
          out += silence.take(delta)
          all += delta
          expect(all.startsWith(out)).toBe(true)
          if ('NO_REPLY'.startsWith(all.trimStart())) expect(out).toBe('')
        }
        out += silence.end()
        const isToken = all.trim() === 'NO_REPLY'
        expect(out).toBe(isToken ? '' : all)
        expect(silence.dropped - before).toBe(isToken ? 1 : 0)
      }
    })))
})
