/** The gateway as an MCP server over HTTP, asked by real clients of both makes. */
import { Client as OldClient } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport as OldTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { describe, expect, it } from 'vitest'
import { until } from './mcp-harness.ts'
import { client, reader, serving, textIn, writer } from './mcp-serve-harness.ts'

const methods = ['nexus_agents', 'nexus_chat_history', 'nexus_models', 'nexus_sessions', 'nexus_status']
const namesOf = ({ tools }: { tools: { name: string }[] }) => tools.map(({ name }) => name).sort()
const begin = { jsonrpc: '2.0', id: 1, method: 'initialize', params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'x', version: '1' } } }
const headers = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' }

describe('what is offered', () => {
  it('is what the caller may: a reader reads, a writer has tools too', async () => {
    await using s = await serving()
    await using readers = await client(s.k, reader)
    await using writers = await client(s.k, writer)
    await using nobodys = await client(s.k, { scopes: ['operator.read'], caller: { id: 'another' } })
    expect(namesOf(await readers.listTools())).toEqual(methods)
    expect(namesOf(await nobodys.listTools())).toEqual(methods)
    expect(namesOf(await writers.listTools())).toEqual([...methods, 'careful', 'echo', 'nexus_chat', 'picture', 'time', 'wait'].sort())
    expect(textIn(await readers.callTool({ name: 'echo', arguments: { text: 'x' } }))).toContain('no tool of that name')
    expect(textIn(await readers.callTool({ name: 'nexus_chat', arguments: { message: 'x' } }))).toContain('no tool of that name')
    expect(s.calls).toEqual([])
  })

  it('keeps to the policy of tools, the usual list of this way, and the settings', async () => {
    await using s = await serving({ serve: { allow: ['exec'], deny: ['echo'], methods: false } }, { tools: { deny: ['picture'] } })
    await using one = await client(s.k)
    expect(namesOf(await one.listTools())).toEqual(['careful', 'exec', 'nexus_status', 'time', 'wait'])
    expect(textIn(await one.callTool({ name: 'exec' }))).toBe('ran')
    expect(textIn(await one.callTool({ name: 'echo', arguments: { text: 'x' } }))).toContain('no tool of that name')
  })

  it('is what the gateway is, and not what a tool of that name pretends', async () => {
    await using s = await serving()
    await using one = await client(s.k)
    const answer = await one.callTool({ name: 'nexus_status' })
    expect(textIn(answer)).not.toContain('posing')
    expect(JSON.parse(textIn(answer))).toMatchObject({ mode: 'normal' })
  })
})

describe('a call', () => {
  it('takes the road of every call, under its caller and the label tool', async () => {
    await using s = await serving()
    await using one = await client(s.k, { ...writer, caller: { id: 'ada' } })
    expect(await one.callTool({ name: 'echo', arguments: { text: 'hello' } })).toMatchObject({ isError: false, content: [{ type: 'text', text: 'hello' }] })
    expect(s.calls[0]!.caller).toMatchObject({ id: 'ada', label: 'tool' })
    expect(s.calls[0]!.path).toEqual(expect.arrayContaining(['mcp', 'tools', 'box']))
    expect(await one.callTool({ name: 'picture' })).toMatchObject({ content: [{ type: 'image', mimeType: 'image/png' }] })
    expect(await one.callTool({ name: 'echo', arguments: { txt: 'sk-secret' } })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('"text" is missing') }] })
    expect(await one.callTool({ name: 'careful' })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('nobody here can give it') }] })
    expect(await one.callTool({ name: 'nexus_sessions', arguments: { limit: 'many' } })).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('"limit" must be integer') }] })
  })

  it('talks to an agent and waits for its answer', async () => {
    await using s = await serving()
    await using one = await client(s.k)
    const { answer, status } = JSON.parse(textIn(await one.callTool({ name: 'nexus_chat', arguments: { message: 'What time is it?', sessionKey: 'from-mcp' } }))) as { answer: string; status: string }
    expect(status).toBe('ok')
    expect(answer).toContain('The tool time says')
    expect(textIn(await one.callTool({ name: 'nexus_chat_history', arguments: { sessionKey: 'from-mcp' } }))).toContain('What time is it?')
    expect(textIn(await one.callTool({ name: 'nexus_sessions' }))).toContain('from-mcp')
    expect(textIn(await one.callTool({ name: 'nexus_agents' }))).toContain('main')
    expect(textIn(await one.callTool({ name: 'nexus_models' }))).toContain('demo')
  }, 20_000)

  it('ends when the client cancels it, and when it goes away', async () => {
    await using s = await serving()
    const one = await client(s.k)
    const abort = new AbortController()
    const call = one.callTool({ name: 'wait' }, { signal: abort.signal })
    await until(() => s.calls.length === 1, 'it runs')
    abort.abort()
    await expect(call).rejects.toThrow()
    await until(() => s.calls[0]!.signal.aborted, 'it is told')
    const other = one.callTool({ name: 'wait' }).catch(() => undefined)
    await until(() => s.calls.length === 2, 'it runs')
    await one.close()
    await other
    await until(() => s.calls[1]!.signal.aborted, 'it is told')
  })
})

describe('clients', () => {
  it('of the older library work as they are', async () => {
    await using s = await serving()
    const old = new OldClient({ name: 'old', version: '1' })
    await old.connect(new OldTransport(new URL('/mcp', await s.k.url()), { requestInit: { headers: { authorization: `Bearer ${s.k.token(writer)}` } } }) as never)
    expect(namesOf(await old.listTools())).toContain('echo')
    expect(await old.callTool({ name: 'echo', arguments: { text: 'hi' } })).toMatchObject({ content: [{ text: 'hi' }] })
    await old.close()
  })

  it('of the newest protocol are spoken to in it', async () => {
    await using s = await serving()
    await using one = await client(s.k, writer, { versionNegotiation: { mode: 'auto' } })
    expect(one.getNegotiatedProtocolVersion()).toBe('2026-07-28')
    expect(namesOf(await one.listTools())).toContain('echo')
    expect(await one.callTool({ name: 'echo', arguments: { text: 'hi' } })).toMatchObject({ content: [{ text: 'hi' }] })
    await using few = await client(s.k, reader, { versionNegotiation: { mode: 'auto' } })
    expect(namesOf(await few.listTools())).toEqual(methods)
  })
})

describe('the door', () => {
  it('is shut without a token, to one that is unknown, and where the settings shut it: NEXUS_MCP_OFF', async () => {
    await using s = await serving({ serve: { enabled: false } })
    const post = (init: Record<string, string>) => fetch(new URL('/mcp', url), { method: 'POST', headers: { ...headers, ...init }, body: JSON.stringify(begin) })
    const url = await s.k.url()
    expect((await post({})).status).toBe(401)
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(401)
    expect((await post({ authorization: `Bearer ${s.k.token({ scopes: [] })}` })).status).toBe(403)
    const shut = await post({ authorization: `Bearer ${s.k.token(writer)}` })
    expect(shut.status).toBe(403)
    expect(await shut.text()).toContain('NEXUS_MCP_OFF')
    await expect(s.k.call('mcp.connect', {})).rejects.toMatchObject({ code: 'NEXUS_MCP_OFF' })
  })

  it('knows a session of its own caller only, until it ends', async () => {
    await using s = await serving()
    const ask = (id: string | undefined, who: string, message: unknown, method = 'POST') => s.k.request('/mcp', { method, headers: { ...headers, ...(id !== undefined && { 'mcp-session-id': id }) }, scopes: ['operator.write'], caller: { id: who }, ...(method === 'POST' && { body: typeof message === 'string' ? message : JSON.stringify(message) }) })
    const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} }
    const first = await ask(undefined, 'ada', begin)
    const id = first.headers.get('mcp-session-id')!
    expect(first.status).toBe(200)
    await first.text()
    expect((await ask(id, 'ada', list)).status).toBe(200)
    const others = await ask(id, 'eve', list)
    expect([others.status, await others.json()]).toEqual([404, expect.objectContaining({ error: { code: -32001, message: expect.stringContaining('no such MCP session') } })])
    expect((await ask(id, 'eve', undefined, 'DELETE')).status).toBe(404)
    expect((await ask('none', 'ada', list)).status).toBe(404)
    expect((await ask(undefined, 'ada', list)).status).toBe(404)
    expect((await ask(id, 'ada', undefined, 'GET')).status).toBe(405)
    expect((await ask(id, 'ada', undefined, 'DELETE')).status).toBe(200)
    expect((await ask(id, 'ada', list)).status).toBe(404)
    for (const bad of ['{', '[]', 'null', '5', JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: { x: 'y'.repeat(4 * 1024 * 1024) } })]) expect((await ask(id, 'ada', bad)).status, bad.slice(0, 20)).toBe(400)
  })

  it('holds so many sessions and no more: NEXUS_MCP_SESSIONS', async () => {
    await using s = await serving({ serve: { maxSessions: 2 } })
    const open = async (who: string) => {
      const answer = await s.k.request('/mcp', { method: 'POST', headers, scopes: ['operator.write'], caller: { id: who }, body: JSON.stringify(begin) })
      await answer.text()
      return answer.status
    }
    expect([await open('ada'), await open('ada'), await open('eve'), await open('ada')]).toEqual([200, 200, 503, 200])
    expect(await s.k.call('mcp.status', {})).toMatchObject({ sessions: 2 })
  })

  it('lets an unload end within its bounds while a call is under way', async () => {
    await using s = await serving()
    const one = await client(s.k)
    const call = one.callTool({ name: 'wait' }).catch(() => undefined)
    await until(() => s.calls.length === 1, 'it runs')
    const began = Date.now()
    await s.k.unload('mcp')
    expect(Date.now() - began).toBeLessThan(4_000)
    await until(() => s.calls[0]!.signal.aborted, 'it is told')
    await one.close()
    await call
  })
})
