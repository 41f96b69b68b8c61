/** Tools in a run: one executor, one label, and an end to models that do not stop. */
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import type { RunEvent } from '../../plugins/agent/contract.ts'
import type { ModelRequest } from '../../plugins/models/contract.ts'
import { tool, toolBefore } from '../../plugins/tools/contract.ts'
import type { ToolCall } from '../../plugins/tools/contract.ts'
import { ask, calls, codeOf, finished, inTurn, says, text, toolbox, withAgent } from './agent-fakes.ts'
import type { Script } from './agent-fakes.ts'

describe('tools', () => {
  it('are run by the one executor under the label tool, and the model sees what they said', async () => {
    const seen: ToolCall[] = []
    const asked: ModelRequest[] = []
    const box = toolbox({
      add: tool({
        description: 'Adds.', params: v.strictObject({ a: v.number(), b: v.number() }),
        run: ({ a, b }, call) => {
          seen.push(call)
          return String(a + b)
        },
      }),
    })
    const script = inTurn((request, emit) => {
      emit({ type: 'text', delta: 'Let me see.' })
      return calls('add', { a: 1, b: 2 })(request, emit)
    }, (request, emit) => {
      asked.push(request)
      return says('It is 3.')(request, emit)
    })
    await withAgent(script, async (agent, { sessions }) => {
      const events: RunEvent[] = []
      const outcome = await (await ask(agent, 'r1', { onEvent: (event: RunEvent) => events.push(event) })).done
      expect(outcome).toMatchObject({ status: 'ok', text: 'Let me see.\n\nIt is 3.', steps: 2, usage: { totalTokens: 24 } })
      expect(events.map(({ type }) => type)).toEqual(['start', 'text', 'toolStart', 'toolEnd', 'text'])
      expect(events.flatMap((event) => (event.type === 'text' ? [event.delta] : [])).join('')).toBe(outcome.text)
      expect(seen[0]).toMatchObject({ name: 'add', id: 'c1', runId: 'r1', sessionKey: 'agent:main:main', caller: { id: 'test', label: 'tool' } })
      expect(asked[0]!.messages.slice(-2)).toMatchObject([{ role: 'assistant' }, { role: 'toolResult', toolCallId: 'c1', toolName: 'add', content: text(expect.stringMatching(/^<<<EXTERNAL_UNTRUSTED_CONTENT id="[0-9a-f]{32}">>>\nSource: tool · add\n---\n3\n<<<END_/)), isError: false }])
      expect(sessions.messages('agent:main:main').map(({ role }) => role)).toEqual(['user', 'assistant', 'toolResult', 'assistant'])
    }, { plugins: [box] })
  })

  it('that throw, are unknown or are refused tell the model so, and the run goes on', async () => {
    const box = toolbox({
      broken: tool({ description: 'Throws.', params: v.strictObject({}), run: () => { throw new Error('no luck') } }),
      secret: tool({ description: 'Refused.', params: v.strictObject({}), run: () => 'never' }),
    })
    const policy = definePlugin({ id: 'policy', setup: (ctx) => ctx.tap(toolBefore, (call) => { if (call.name === 'secret') throw new Error('not for you') }) })
    const script = inTurn((request, emit) => {
      calls('broken', {}, 'c1')(request, emit)
      calls('unknown', {}, 'c2')(request, emit)
      return calls('secret', {}, 'c3')(request, emit)
    }, says('well'))
    await withAgent(script, async (agent, { sessions }) => {
      expect(await (await ask(agent, 'r1')).done).toMatchObject({ status: 'ok', text: 'well' })
      const results = sessions.messages('agent:main:main').filter((message) => message.role === 'toolResult')
      expect(results.map(({ toolCallId, isError }) => [toolCallId, isError])).toEqual([['c1', true], ['c2', true], ['c3', true]])
      expect(JSON.stringify(results[0])).toContain('no luck')
    }, { plugins: [box, policy] })
  })

  it('end the run after the steps it may take', () => withAgent((request, emit) => calls('time', { timezone: `Etc/GMT+${request.messages.length}` })(request, emit), async (agent, { sessions }) => {
    const outcome = await (await ask(agent, 'r1')).done
    expect([outcome.status, codeOf(outcome.error), outcome.steps]).toEqual(['error', 'NEXUS_AGENT_STEPS', 3])
    expect(sessions.journal.at(-1)).toBe('end r1 error')
  }, { config: { agent: { defaults: { maxSteps: 3 } } } }))

  it('called again and again with the same answer are not run a fourth time, and a model that insists is stopped', async () => {
    let ran = 0
    const box = toolbox({ same: tool({ description: 'Always the same.', params: v.strictObject({}), run: () => `${Math.min(++ran, 1)}` }) })
    await withAgent(calls('same'), async (agent) => {
      const outcome = await (await ask(agent, 'r1')).done
      expect([outcome.status, codeOf(outcome.error), ran, outcome.steps]).toEqual(['error', 'NEXUS_AGENT_LOOP', 3, 6])
    }, { plugins: [box] })
  })

  it('that answer differently may be called as often as there are steps', async () => {
    let ran = 0
    const box = toolbox({ poll: tool({ description: 'Counts.', params: v.strictObject({}), run: () => String(++ran) }) })
    await withAgent(inTurn(...Array.from({ length: 8 }, () => calls('poll')), says('done')), async (agent) => {
      expect(await (await ask(agent, 'r1')).done).toMatchObject({ status: 'ok', text: 'done' })
      expect(ran).toBe(8)
    }, { plugins: [box] })
  })

  it('beyond 32 in one answer are not run', async () => {
    let ran = 0
    const box = toolbox({ poll: tool({ description: 'Counts.', params: v.strictObject({ n: v.number() }), run: () => String(++ran) }) })
    const many: Script = (_, emit) => {
      for (let n = 0; n < 40; n++) emit({ type: 'toolCall', id: `c${n}`, name: 'poll', arguments: { n } })
      return finished('toolUse')
    }
    await withAgent(inTurn(many, says('done')), async (agent, { sessions }) => {
      await (await ask(agent, 'r1')).done
      expect(ran).toBe(32)
      expect(sessions.messages('agent:main:main').filter(({ role }) => role === 'toolResult')).toHaveLength(40)
    }, { plugins: [box] })
  })
})
