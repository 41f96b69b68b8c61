/** One tool for whoever speaks HTTP: the same policy, and a few more that this way may not reach. */
import * as v from 'valibot'
import { describe, expect, it, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import type { TestKernel } from 'nexus-gateway/sdk/testing'
import { offerTools, tool, toolApproval, toolContext } from '../../plugins/tools/contract.ts'
import type { AnyTool, ToolCall } from '../../plugins/tools/contract.ts'
import commands from '../../plugins/tools/cli.ts'
import tools from '../../plugins/tools/index.ts'

const seen: ToolCall[] = []
const plain = (more: Partial<AnyTool> = {}): AnyTool => tool({ description: 'Says it again. At length.', params: v.strictObject({ text: v.optional(v.string(), ''), action: v.optional(v.string()) }), run: ({ text, action }, call) => (seen.push(call), `${text}${action ?? ''}`), ...more })
const box = (own: Record<string, AnyTool>) => definePlugin({ id: 'box', setup: (ctx) => offerTools(ctx, own) })
const usual = { echo: plain({ group: 'fs', effect: 'read', tier: 'fast' }), exec: plain(), cron: plain(), broken: plain({ run: () => { throw new Error('out of paper') } }), careful: plain({ approval: true }) }

async function withGateway(use: (post: (body: unknown, init?: Omit<RequestInit, 'signal'> & { path?: string }) => Promise<{ status: number; body: Record<string, unknown> }>, k: TestKernel) => Promise<void>, config: Record<string, unknown> = {}, more: Parameters<typeof testKernel>[0]['plugins'] = []): Promise<void> {
  await using k = await testKernel({ plugins: [tools, box(usual), ...more], config: { tools: config }, clock: 'real' })
  await use(async (body, { path = '/tools/invoke', ...init } = {}) => {
    const answer = await k.request(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: typeof body === 'string' ? body : JSON.stringify(body), ...init })
    return { status: answer.status, body: await answer.json() as Record<string, unknown> }
  }, k)
}

describe('POST /tools/invoke', () => {
  it('runs a tool and gives what it says, at either address', () => withGateway(async (post) => {
    for (const path of ['/tools/invoke', '/api/tools/invoke']) expect(await post({ tool: 'echo', args: { text: 'hi' }, sessionKey: 'agent:ops:main' }, { path })).toEqual({ status: 200, body: { ok: true, result: { content: [{ type: 'text', text: 'hi' }], isError: false } } })
    expect(seen.at(-1)).toMatchObject({ sessionKey: 'agent:ops:main', caller: { label: 'tool' }, context: { agentId: 'ops' } })
    expect(await post({ name: 'echo', action: 'go' })).toMatchObject({ status: 200, body: { result: { content: [{ text: 'go' }] } } })
    expect(await post({ tool: 'time', action: 'go' })).toMatchObject({ status: 200 })
    expect(await post({ tool: 'echo', action: 'go', args: { action: 'stay' } })).toMatchObject({ body: { result: { content: [{ text: 'stay' }] } } })
  }))

  it('only tells what would happen, if that is wanted', () => withGateway(async (post) => {
    const before = seen.length
    expect(await post({ tool: 'echo', dryRun: true })).toEqual({ status: 200, body: { ok: true, dryRun: true, result: { tool: 'echo' } } })
    expect(await post({ tool: 'exec', dryRun: true })).toMatchObject({ status: 404 })
    expect(await post({ tool: 'echo', args: { text: 1 }, dryRun: true })).toMatchObject({ status: 400 })
    expect(seen.length).toBe(before)
  }))

  test.each<[unknown, string]>([
    ['{', 'NEXUS_TOOLS_BODY'], ['[]', 'NEXUS_TOOLS_BODY'], ['', 'NEXUS_TOOLS_BODY'], ['null', 'NEXUS_TOOLS_BODY'], [{}, 'NEXUS_TOOLS_BODY'], [{ tool: '' }, 'NEXUS_TOOLS_BODY'], [{ tool: 5 }, 'NEXUS_TOOLS_BODY'],
    [{ tool: 'echo', args: [] }, 'NEXUS_TOOLS_ARGUMENTS'], [{ tool: 'echo', args: 'sk-secret', action: 'x' }, 'NEXUS_TOOLS_ARGUMENTS'], [{ tool: 'echo', args: { txt: 'sk-secret' } }, 'NEXUS_TOOLS_ARGUMENTS'], [{ tool: 'x'.repeat(65) }, 'NEXUS_TOOLS_BODY'],
    ['{"tool":"echo","args":{"__proto__":{"text":"x"}}}', 'NEXUS_TOOLS_ARGUMENTS'],
  ])('refuses %j', (body, code) => withGateway(async (post) => {
    const answer = await post(body)
    expect(answer).toMatchObject({ status: 400, body: { ok: false, error: { type: 'invalid_request_error', code } } })
    expect(JSON.stringify(answer.body)).not.toContain('sk-secret')
    expect(({} as Record<string, unknown>)['text']).toBeUndefined()
  }))

  it('takes no more than two MiB in, announced or not', () => withGateway(async (post) => {
    expect(await post({ tool: 'echo', args: { text: 'x'.repeat(2 * 1024 * 1024) } })).toMatchObject({ status: 413, body: { error: { code: 'NEXUS_TOOLS_BODY_TOO_LARGE' } } })
    const chunks = new ReadableStream({ pull: (controller) => controller.enqueue(new Uint8Array(65_536).fill(32)) })
    const endless = await post('', { body: chunks, duplex: 'half' } as RequestInit).catch(() => ({ status: 413 }))
    expect(endless.status).toBe(413)
  }))

  it('does not know a tool that is not there, that policy denies, or that this way may not reach, and tells them not apart', () => withGateway(async (post) => {
    const answers = await Promise.all(['nothing', 'exec', 'cron', 'echo'].flatMap((name) => [{}, { text: 5 }, { secret: 1 }, 'no object'].flatMap((args) => [post({ tool: name, args }), post({ tool: name, args, dryRun: true })])))
    for (const answer of answers) expect(answer).toEqual({ status: 404, body: { ok: false, error: { type: 'not_found', message: 'Tool not available', code: 'NEXUS_TOOLS_UNKNOWN' } } })
  }, { deny: ['echo'] }))

  it('reaches what the operator lets it, and never what policy denies', () => withGateway(async (post) => {
    expect((await post({ tool: 'exec' })).status).toBe(200)
    expect((await post({ tool: 'cron' })).status).toBe(404)
    expect((await post({ tool: 'echo' })).status).toBe(404)
  }, { http: { allow: ['exec', 'cron'], deny: ['group:fs'] }, deny: ['CRON'] }))

  test.each(['tier:fast', 'effect:read', 'plugin:other', 'EXEC'])('does not reach by %s what that does not mean', (pattern) => withGateway(async (post) => {
    expect((await post({ tool: 'exec' })).status).toBe(404)
  }, { http: { allow: [pattern] } }))

  it('says when a tool fails, is refused, or needs consent that nobody can give', () => withGateway(async (post) => {
    expect(await post({ tool: 'broken' })).toMatchObject({ status: 500, body: { ok: false, error: { type: 'tool_error', code: 'NEXUS_TOOLS_FAILED' } } })
    expect(await post({ tool: 'careful' })).toMatchObject({ status: 403, body: { error: { type: 'forbidden', code: 'NEXUS_TOOLS_NO_APPROVER' } } })
  }))

  it('runs one that needs consent when somebody consents', () => withGateway(async (post) => {
    expect(await post({ tool: 'careful' })).toMatchObject({ status: 200, body: { ok: true } })
  }, {}, [definePlugin({ id: 'approver', setup: (ctx) => ctx.tap(toolApproval, () => ({ approved: true as const, by: 'ada' })) })]))

  it('is for who may write, and by POST', () => withGateway(async (post, k) => {
    expect((await k.request('/tools/invoke', { method: 'POST', body: '{"tool":"time"}', scopes: ['operator.read'] })).status).toBe(403)
    expect((await k.request('/tools/invoke')).status).not.toBe(200)
    expect((await post({ tool: 'time' }, { path: '/tools/invoke/../invoke' })).status).toBe(200)
  }))

  it('keeps what whoever knows the runs says about them', () => withGateway(async (post) => {
    expect((await post({ tool: 'echo', sessionKey: 'agent:ops:main' })).status).toBe(404)
    expect((await post({ tool: 'echo' })).status).toBe(200)
  }, {}, [definePlugin({ id: 'runs', setup: (ctx) => ctx.tap(toolContext, ({ sessionKey }) => (sessionKey ? { agentId: 'ops', policies: { agent: { deny: ['echo'] } } } : undefined)) })]))
})

describe('the methods and commands', () => {
  it('list what a context is allowed, and explain why', () => withGateway(async (_, k) => {
    const names = async (params: object) => ((await k.call('tools.list', params)) as { tools: { name: string }[] }).tools.map(({ name }) => name)
    expect(await names({})).toEqual(['echo', 'exec', 'cron', 'broken', 'careful', 'time'])
    expect(await names({ tier: 'fast' })).toEqual(['echo'])
    expect(await names({ tier: 'balanced' })).toEqual(['echo', 'time'])
    expect(await k.call('tools.explain', { name: 'exec', tier: 'fast' })).toMatchObject({ name: 'exec', exists: true, allowed: false, decided: { step: 'tier', verdict: 'not allowed', rule: 'allow' } })
    expect(await k.call('tools.explain', { name: 'careful' })).toMatchObject({ allowed: true, approval: 'the tool asks for it' })
    expect(await k.call('tools.explain', { name: 'nothing' })).toMatchObject({ exists: false })
    expect((await k.cli(commands, 'tools explain exec --tier fast')).stdout).toMatch(/^exec may not be used: tier, allow\n/)
    expect((await k.cli(commands, 'tools list --tier fast')).stdout).toMatch(/^tool +group +effect +tier +plugin\necho +fs +read +fast +box +Says it again\n/)
    expect(JSON.parse((await k.cli(commands, 'tools explain time --json')).stdout)).toMatchObject({ name: 'time', allowed: true })
    await expect(k.cli(commands, 'tools list --agent nobody --tier best')).rejects.toThrow('must be ("fast" | "balanced" | "capable")')
  }))

  it('execute under the policy of the agent that is named', () => withGateway(async (_, k) => {
    await expect(k.call('tools.execute', { name: 'echo', agentId: 'ops' })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_DENIED', wire: 'FORBIDDEN' })
    expect(await k.call('tools.execute', { name: 'exec' })).toMatchObject({ isError: false })
  }, {}, [definePlugin({ id: 'runs', setup: (ctx) => ctx.tap(toolContext, ({ agentId }) => (agentId ? { agentId, policies: { agent: { allow: ['time'] } } } : undefined)) })]))

  it('work in no session of one agent under the policy of another', () => withGateway(async (_, k) => {
    for (const [method, params] of [['tools.execute', { name: 'echo' }], ['tools.list', {}], ['tools.explain', { name: 'echo' }]] as const) {
      await expect(k.call(method, { ...params, agentId: 'lax', sessionKey: 'agent:strict:main' })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_OTHER_AGENT' })
      await k.call(method, { ...params, agentId: 'Strict', sessionKey: 'agent:STRICT:main' })
    }
    await k.call('tools.execute', { name: 'echo', agentId: 'ops', sessionKey: 'main' })
    expect(seen.at(-1)).toMatchObject({ sessionKey: 'agent:ops:main', context: { agentId: 'ops' } })
  }))

  it('are not offered with settings that mean nothing', async () => {
    for (const bad of [{ deny: ['grp:fs'] }, { profile: 'all' }, { byProvider: { openai: { alow: [] } } }]) await expect(testKernel({ plugins: [tools], config: { tools: bad } })).rejects.toMatchObject({ code: expect.stringContaining('CONFIG') })
  })
})
