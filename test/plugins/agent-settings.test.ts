/** What the settings of an agent and of a session change in a run: the model asked, its thinking, the tools, the prompt. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { providerFailure } from '../../plugins/models/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { tool, Tools } from '../../plugins/tools/contract.ts'
import type { ToolCall } from '../../plugins/tools/contract.ts'
import { ask, calls, cause, codeOf, finished, hangs, inTurn, says, text, toolbox, withAgent } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'

const asking = (asked: ModelRequest[], script: Script = says('hello')): Script => (request, emit) => {
  asked.push(request)
  return script(request, emit)
}
const boxOf = (seen: ToolCall[]) => toolbox({
  look: tool({ description: 'Looks.', params: v.strictObject({}), run: (_, call) => { seen.push(call); return 'seen' } }),
  touch: tool({ description: 'Touches.', params: v.strictObject({}), run: () => 'touched' }),
})

describe('settings', () => {
  it('of a session go before the agent\'s, and those of the request before both', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked), async (agent, { sessions }) => {
      await (await ask(agent, 'r1')).done
      await sessions.patch('main', { thinking: 'high' })
      await (await ask(agent, 'r2')).done
      await (await ask(agent, 'r3', { thinking: 'max' })).done
      expect(asked.map(({ thinking, agentId }) => [thinking, agentId])).toEqual([['low', 'main'], ['high', 'main'], ['max', 'main']])
      await sessions.patch('main', { model: 'nobody/knows' })
      expect(codeOf((await (await ask(agent, 'r4')).done).error)).toBe('NEXUS_MODELS_UNKNOWN')
      expect((await (await ask(agent, 'r5', { model: 'scripted/one' })).done).status).toBe('ok')
    }, { config: { agent: { defaults: { thinking: 'low', model: { primary: 'scripted/one', fallbacks: [] } } } } })
  })

  it('about tools decide what is offered and what is run, and the tool is told for whom', async () => {
    const [asked, seen]: [ModelRequest[], ToolCall[]] = [[], []]
    const script = inTurn((request, emit) => {
      calls('touch', {}, 'c1')(request, emit)
      return calls('look', {}, 'c2')(request, emit)
    }, says('done'))
    await withAgent(asking(asked, script), async (agent, { k, sessions }) => {
      await (await ask(agent, 'r1', { sessionKey: 'agent:main:telegram:group:42' })).done
      expect(asked[0]!.tools?.map(({ name }) => name).toSorted()).toEqual(['look', 'sessions_send', 'sessions_spawn', 'time'])
      const results = sessions.messages('agent:main:telegram:group:42').filter((message) => message.role === 'toolResult')
      expect(results.map(({ isError }) => isError)).toEqual([true, false])
      expect(seen[0]!.context).toMatchObject({ agentId: 'main', provider: 'scripted', model: 'one', channel: 'telegram', group: '42' })
      // A call from elsewhere, which knows no more than the session, is bound by the same.
      const tools = await k.service(Tools)
      expect(await tools.execute({ name: 'touch', cause, sessionKey: 'main' })).toMatchObject({ isError: true })
      expect(await tools.execute({ name: 'look', cause, sessionKey: 'main' })).toMatchObject({ isError: false })
    }, { plugins: [boxOf(seen)], config: { agent: { defaults: { tools: { deny: ['touch'] } } } } })
  })

  it('of a session that a run began, without the rights of that run, leave it none', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked), async (agent, { sessions }) => {
      await sessions.patch('agent:main:subagent:x', { spawnedBy: 'agent:main:main', spawnDepth: 1 })
      await (await ask(agent, 'r1', { sessionKey: 'agent:main:subagent:x' })).done
      expect(asked[0]!.tools).toEqual([])
    }, { plugins: [boxOf([])] })
  })

  it('refuse pictures that are too large before they are decoded', () => withAgent(says('hello'), async (agent, { sessions }) => {
    const image = (data: string, mimeType = 'image/png') => ask(agent, 'r1', { message: [{ type: 'image', data, mimeType }] }).then(() => 'taken', codeOf)
    expect([await image('A'.repeat(8 * 1024 * 1024)), await image('AAAA', 'image/svg+xml')]).toEqual(['NEXUS_AGENT_CONTENT', 'NEXUS_AGENT_CONTENT'])
    expect(sessions.journal).toEqual([])
    expect(await image('AAAA')).toBe('taken')
  }))
})

describe('what a tool said', () => {
  it('stands in the same wrapper in every later prompt', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, inTurn(calls('look'), says('a'), says('b'))), async (agent) => {
      await (await ask(agent, 'r1')).done
      await (await ask(agent, 'r2')).done
      const [first, second] = asked.slice(1).map(({ messages }) => JSON.stringify(messages.find(({ role }) => role === 'toolResult')?.content))
      expect(first).toContain('EXTERNAL_UNTRUSTED_CONTENT')
      expect(second).toBe(first)
    }, { plugins: [boxOf([])] })
  })
})

describe('a conversation that is too long', () => {
  const long = (n: number) => Array.from({ length: n }, (_, at) => [
    { type: 'message' as const, message: { role: 'user' as const, content: text(`q${at} ${'x'.repeat(600)}`) } },
    { type: 'message' as const, message: { role: 'assistant' as const, content: text(`a${at}`), provider: 'p', model: 'm', stopReason: 'stop' as const, usage: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 } } },
  ]).flat()
  const isSummary = ({ messages }: ModelRequest): boolean => JSON.stringify(messages[0]).includes('sum up the older part')

  it('is summed up before the model is asked, and nothing is deleted', async () => {
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, (request, emit) => says(isSummary(request) ? 'THE SUMMARY' : 'hello')(request, emit)), async (agent, { sessions }) => {
      sessions.put('agent:main:main', long(30))
      expect((await (await ask(agent, 'r1')).done).text).toBe('hello')
      expect(asked.map(isSummary)).toEqual([true, false])
      expect(JSON.stringify(asked[1]!.messages[1])).toContain('THE SUMMARY')
      expect(JSON.stringify(asked[1]!.messages)).not.toContain('q0 ')
      expect(JSON.stringify(asked[1]!.messages.at(-1))).toContain('question of r1')
      expect(sessions.messages('agent:main:main')).toHaveLength(62)
    }, { spec: { contextWindow: 6_000 } })
  })

  it('is summed up once when the provider says so, and otherwise fails as it did', async () => {
    let refused = 0
    const script = (times: number): Script => (request, emit) => {
      if (isSummary(request)) return says('THE SUMMARY')(request, emit)
      if (refused++ < times) throw providerFailure('scripted', 'context_length')
      return says('hello')(request, emit)
    }
    const run = (times: number, status: string) => withAgent(script(times), async (agent, { sessions }) => {
      refused = 0
      sessions.put('agent:main:main', long(20))
      expect((await (await ask(agent, 'r1')).done).status).toBe(status)
      expect(sessions.journal.filter((line) => line === 'compact')).toHaveLength(1)
    }, { config: { agent: { defaults: { compaction: { keepRecentTokens: 1_000 } } } } })
    await run(1, 'ok')
    await run(9, 'error')
  })
})

describe('messages that come while a session is busy', () => {
  const held = () => {
    let go = (): void => {}
    const gate = new Promise<void>((resolve) => { go = resolve })
    const box = toolbox({ slow: tool({ description: 'Waits.', params: v.strictObject({}), run: async () => { await gate; return 'ready' } }) })
    return { box, go: () => go() }
  }
  const busy = (mode: string) => ({ config: { agent: { queue: { mode } } } })
  const keyed = (id: string) => ({ idempotencyKey: id })

  it('steer it after the present tool call, and end with it', async () => {
    const { box, go } = held()
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, inTurn(calls('slow'), says('both'))), async (agent, { k, sessions }) => {
      const first = await ask(agent, 'r1', keyed('k1'))
      await k.settled()
      const second = await ask(agent, 'r2', keyed('k2'))
      go()
      expect([await first.done, await second.done]).toMatchObject([{ status: 'ok', text: 'both' }, { status: 'ok', text: '', joined: 'r1' }])
      expect(asked).toHaveLength(2)
      expect(asked[1]!.messages.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'toolResult', 'user'])
      expect(sessions.journal).toContain('end r2 ok')
    }, { plugins: [box], ...busy('steer') })
  })

  it('are collected for the next turn, but not those of somebody else', async () => {
    const { box, go } = held()
    const asked: ModelRequest[] = []
    await withAgent(asking(asked, inTurn(calls('slow'), says('one'), says('two'), says('three'))), async (agent, { k }) => {
      const other = { ...cause, caller: { ...cause.caller, id: 'other' } }
      const runs = [await ask(agent, 'r1', keyed('k1'))]
      await k.settled()
      for (const id of ['r2', 'r3']) runs.push(await ask(agent, id, keyed(id)))
      runs.push(await ask(agent, 'r4', { ...keyed('r4'), cause: other }))
      go()
      const ended = await Promise.all(runs.map(({ done }) => done))
      expect(ended.map(({ text: said, joined }) => [said, joined])).toEqual([['one', undefined], ['two', undefined], ['', 'r2'], ['three', undefined]])
    }, { plugins: [box], ...busy('collect') })
  })

  it('interrupt it', () => withAgent(inTurn(hangs('half'), says('new')), async (agent, { k }) => {
    const first = await ask(agent, 'r1', keyed('k1'))
    await k.settled()
    const second = await ask(agent, 'r2', keyed('k2'))
    expect([await first.done, await second.done]).toMatchObject([{ status: 'aborted', text: 'half' }, { status: 'ok', text: 'new' }])
  }, busy('interrupt')))

  it('wait when as many runs as may are under way in other sessions', async () => {
    let [together, most] = [0, 0]
    await withAgent(async (_, emit) => {
      most = Math.max(most, ++together)
      await new Promise((resolve) => { setTimeout(resolve, 5) })
      together--
      emit({ type: 'text', delta: 'x' })
      return finished()
    }, async (agent) => {
      const done = await Promise.all(['a', 'b', 'c', 'd', 'e'].map(async (name) => (await ask(agent, name, { sessionKey: `agent:main:${name}` })).done))
      expect(done.map(({ status }) => status)).toEqual(Array.from({ length: 5 }, () => 'ok'))
      expect(most).toBe(2)
    }, { config: { agent: { maxConcurrent: 2 } } })
  })
})

it('a run leaves a record that tells route, requests, tools and outcome, and nothing that was said', () => withAgent(inTurn(calls('time', {}), says('secret words')), async (agent, { k }) => {
  await (await ask(agent, 'r1')).done
  const { run } = await k.call('runs.get', { runId: 'r1' }) as { run: { timeline: { what: string }[]; status: string; steps: number } }
  expect(run.timeline.map(({ what }) => what)).toEqual(['route', 'ask', 'answer', 'tool', 'result', 'ask', 'answer', 'end'])
  expect(run).toMatchObject({ status: 'ok', steps: 2, chars: 12, label: 'operator' })
  expect(JSON.stringify(run)).not.toContain('secret')
  expect(await k.call('runs.list', {})).toMatchObject({ runs: [{ runId: 'r1', status: 'ok' }] })
  expect(await k.call('runs.get', { runId: 'none' }).catch(codeOf)).toBe('NEXUS_AGENT_RUN_UNKNOWN')
}))
