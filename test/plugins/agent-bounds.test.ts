/** A credential that is bound to an agent is good for talking to that agent and for nothing else. */
import { definePlugin, method } from 'nexus-gateway/sdk'
import type { TestCallOptions } from 'nexus-gateway/sdk/testing'
import { describe, expect, it } from 'vitest'
import { Agent, runStarted } from '../../plugins/agent/contract.ts'
import chatPlugin from '../../plugins/chat/index.ts'
import openaiPlugin from '../../plugins/openai/index.ts'
import { agentKernel, codeOf, says } from './agent-fakes.ts'

const other = definePlugin({ id: 'other', methods: { 'other.read': method({ scope: 'operator.read' }), ping: method({ scope: 'public' }) }, setup: () => ({ methods: { 'other.read': () => 'read', ping: () => 'pong' } }) })
const bound: TestCallOptions = { caller: { id: 'token:app', bounds: { agent: 'helper' } } }
const free: TestCallOptions = { caller: { id: 'token:app' } }

async function world() {
  const answered: string[] = []
  const watcher = definePlugin({ id: 'watcher', setup: (ctx) => ctx.tap(runStarted, ({ agentId }) => void answered.push(agentId)) })
  const bench = await agentKernel(says('hello'), { plugins: [chatPlugin, openaiPlugin, other, watcher], config: { agent: { agents: [{ id: 'helper' }] } }, clock: 'real' })
  const tried = (name: string, params?: unknown, as = bound) => bench.k.call(name, params, as).then(() => 'ok', codeOf)
  const completed = (model: string, as = bound) => bench.k.request('/v1/chat/completions', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ model, messages: [{ role: 'user', content: 'hi' }] }), ...as }).then(({ status }) => status)
  return { ...bench, tried, completed, answered, async [Symbol.asyncDispose]() { await bench.k.close() } }
}

describe('a credential bound to an agent', () => {
  it('talks to that one by chat and by /v1', async () => {
    await using at = await world()
    expect(await at.tried('chat.send', { sessionKey: 'agent:helper:main', message: 'hi', idempotencyKey: 'k1' })).toBe('ok')
    expect(await at.tried('chat.history', { sessionKey: 'main', agentId: 'helper' })).toBe('ok')
    expect(await at.tried('chat.abort', { sessionKey: 'agent:helper:main' })).toBe('ok')
    expect(await at.tried('ping')).toBe('ok')
    expect(await at.completed('nexus:helper')).toBe(200)
  })

  it('neither reads nor writes nor stops what is another agent\'s, however it is named', async () => {
    await using at = await world()
    for (const wanted of [{ sessionKey: 'main' }, { sessionKey: 'agent:main:main' }, { sessionKey: 'AGENT:Main:x' }, { sessionKey: 'main', agentId: 'main' }]) {
      expect([wanted, await at.tried('chat.send', { ...wanted, message: 'hi', idempotencyKey: 'k2' })]).toEqual([wanted, 'NEXUS_AGENT_BOUND'])
      expect([wanted, await at.tried('chat.history', wanted)]).toEqual([wanted, 'NEXUS_AGENT_BOUND'])
      expect([wanted, await at.tried('chat.abort', wanted)]).toEqual([wanted, 'NEXUS_AGENT_BOUND'])
    }
    expect(await at.completed('nexus:main')).toBe(403)
    // Without a name it is its own that is meant, and the usual one for everybody else.
    expect(await at.completed('nexus')).toBe(200)
    expect(await at.completed('nexus', free)).toBe(200)
    expect(at.answered).toEqual(['helper', 'main'])
  })

  it('may call nothing of other plugins', async () => {
    await using at = await world()
    expect(await at.tried('other.read')).toBe('NEXUS_AGENT_BOUND')
    expect(await at.tried('agents.list')).toBe('NEXUS_AGENT_BOUND')
    expect(await at.tried('other.read', undefined, free)).toBe('ok')
  })

  it('starts no other agent in a plugin\'s name either', async () => {
    await using at = await world()
    const agent = await at.k.service(Agent)
    const cause = { caller: { id: 'token:app', role: 'operator' as const, scopes: new Set(['operator.admin']), label: 'operator' as const, bounds: { agent: 'helper' } }, trace: 't', path: [] }
    await expect(agent.run({ sessionKey: 'main', message: [{ type: 'text', text: 'hi' }], cause })).rejects.toMatchObject({ code: 'NEXUS_AGENT_BOUND' })
    expect(() => agent.answer({ agentId: 'main', messages: [], cause })).toThrow('bound to an agent')
  })
})
