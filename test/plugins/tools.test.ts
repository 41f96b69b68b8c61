import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import type { Cause } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { offerTools, tool, toolAfter, toolBefore, Tools, tools as contract } from '../../plugins/tools/contract.ts'
import type { AnyTool, ToolCall, ToolOutcome } from '../../plugins/tools/contract.ts'
import tools from '../../plugins/tools/index.ts'
import { createRegistry } from '../../plugins/tools/registry.ts'

const cause: Cause = { caller: { id: 'test', role: 'operator', scopes: new Set(['operator.write']), label: 'operator' }, trace: 't', path: [] }
const offering = (id: string, own: Record<string, AnyTool>) => definePlugin({ id, setup: (ctx) => offerTools(ctx, own) })

const echo = tool({
  description: 'Says it again.',
  params: v.strictObject({ text: v.pipe(v.string(), v.description('What to say.')), times: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1)), 1) }),
  run: ({ text, times }) => Array.from({ length: times }, () => text).join(' '),
})
const text = (result: { readonly content: readonly unknown[] }): string => (result.content[0] as { text: string }).text

describe('tools', () => {
  test('are described to models as JSON Schema', async () => {
    await using k = await testKernel({ plugins: [tools, offering('acme', { echo })] })
    const { tools: listed } = await k.use(contract).call['tools.list']()
    expect(listed.map((one) => one.name)).toEqual(['echo', 'time'])
    expect(listed[0]).toEqual({
      name: 'echo', description: 'Says it again.', plugin: 'acme',
      parameters: { type: 'object', required: ['text'], additionalProperties: false, properties: { text: { type: 'string', description: 'What to say.' }, times: { type: 'integer', minimum: 1, default: 1 } } },
    })
  })

  test('run by the service answer in words whatever happens', async () => {
    const broken = tool({ description: '', params: v.strictObject({}), run: () => { throw new Error('out of paper') } })
    await using k = await testKernel({ plugins: [tools, offering('acme', { echo, broken })] })
    const api = await k.service(Tools)
    expect(await api.execute({ name: 'echo', args: { text: 'a', times: 2 }, cause })).toEqual({ content: [{ type: 'text', text: 'a a' }], isError: false })
    expect(await api.execute({ name: 'ehco', cause })).toMatchObject({ isError: true })
    const bad = await api.execute({ name: 'echo', args: { txt: 'a' }, cause })
    expect(bad).toMatchObject({ isError: true })
    expect(text(bad)).toBe('invalid arguments for tool "echo": "text" is missing; "txt" is not an argument of this tool. Correct the named arguments and call it again.')
    expect(text(await api.execute({ name: 'broken', cause }))).toContain('tool "broken" failed: out of paper')
  })

  test('run by the method with arguments nested too deep are refused before anything looks into them', async () => {
    await using k = await testKernel({ plugins: [tools] })
    const nested = (depth: number): unknown => JSON.parse(`${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`)
    await expect(k.call('tools.execute', { name: 'time', args: nested(100_000) })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS', status: 400 })
    await expect(k.call('tools.execute', { name: 'time', args: nested(50) })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_ARGUMENTS' })
  })

  test('lists hold until something else is offered', async () => {
    const [one, two] = [{ name: 'one', description: '', parameters: {}, plugin: 'p' }, { name: 'two', description: '', parameters: {}, plugin: 'p' }]
    let offered = [one]
    let asked = 0
    const policy = { get deny() { asked++; return [] } }
    const registry = createRegistry(() => [offered], policy, { error() {} } as never)
    const context = { agentId: 'main' }
    expect([(await registry.list(context)) === (await registry.list({ ...context })), asked > 0]).toEqual([true, true])
    const before = asked
    await registry.list(context)
    expect(asked).toBe(before)
    expect((await registry.list({ ...context, policies: { agent: { deny: ['one'] } } })).length).toBe(0)
    offered = [one, two]
    expect((await registry.list(context)).map(({ name }) => name)).toEqual(['one', 'two'])
    await expect(registry.find('two')).resolves.toBe(two)
  })

  test('run by the method are refused as any call is', async () => {
    await using k = await testKernel({ plugins: [tools] })
    expect(await k.call('tools.execute', { name: 'time' })).toEqual({ content: [{ type: 'text', text: '2026-01-01T00:00:00+00:00 (Thursday, UTC)' }], isError: false })
    await expect(k.call('tools.execute', { name: 'time' }, { scopes: ['operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('tools.execute', { name: 'tme' })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_UNKNOWN', status: 404 })
    await expect(k.call('tools.execute', { name: 'time', args: { timezone: 'Mars' } })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_ARGUMENTS' })
  })

  test('pass through policy and the record of other plugins, under the label tool', async () => {
    const seen: [ToolCall, ToolOutcome][] = []
    const policy = definePlugin({
      id: 'policy',
      setup(ctx) {
        ctx.tap(toolBefore, (call) => { if (call.args.text === 'forbidden') throw new Error('no') })
        ctx.tap(toolAfter, (...entry) => void seen.push(entry))
      },
    })
    await using k = await testKernel({ plugins: [tools, offering('acme', { echo }), policy] })
    await k.call('tools.execute', { name: 'echo', args: { text: 'fine' }, sessionKey: 'agent:main:main' })
    await expect(k.call('tools.execute', { name: 'echo', args: { text: 'forbidden' } })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_REFUSED', wire: 'FORBIDDEN' })
    expect(seen).toMatchObject([
      [{ name: 'echo', sessionKey: 'agent:main:main', caller: { label: 'tool' }, path: ['tools', 'acme'] }, { ok: true }],
      [{ name: 'echo' }, { ok: false, code: 'NEXUS_TOOLS_REFUSED' }],
    ])
  })

  test('that another plugin also offers are left out, and come back when it goes', async () => {
    await using k = await testKernel({ plugins: [tools, offering('acme', { echo }), offering('mallory', { echo, time: echo })] })
    const api = await k.service(Tools)
    expect(await api.list()).toEqual([])
    expect(k.logs.filter((line) => line.level === 'error')).toHaveLength(4)
    await k.unload('mallory')
    expect((await api.list()).map((one) => one.name)).toEqual(['echo', 'time'])
  })

  test('end when their plugin is unloaded', async () => {
    let signal: AbortSignal | undefined
    const endless = tool({ description: '', params: v.strictObject({}), run: (_, call) => new Promise((_, reject) => {
      signal = call.signal
      call.signal.addEventListener('abort', () => reject(new Error('gone')))
    }) })
    await using k = await testKernel({ plugins: [tools, offering('acme', { endless })], deadlines: { drain: 20 } })
    const running = (await k.service(Tools)).execute({ name: 'endless', cause })
    await k.settled()
    await k.unload('acme')
    expect(signal?.aborted).toBe(true)
    expect(await running).toMatchObject({ isError: true })
  })

  test.each<[string, Record<string, AnyTool>, RegExp]>([
    ['a name no model accepts', { 'no spaces': echo }, /bad tool "no spaces": a name has 1 to 64/],
    ['params that JSON Schema cannot say', { when: tool({ description: '', params: v.strictObject({ at: v.date() }), run: () => '' }) }, /bad tool "when": params\.at is a v\.date/],
  ])('with %s are refused when they are offered', async (_, own, message) => {
    await using k = await testKernel({ plugins: [tools, offering('acme', own)], lenient: true })
    const [failed] = k.started.failed
    expect(failed).toMatchObject({ id: 'acme', error: { code: 'NEXUS_TOOLS_BAD_TOOL' } })
    expect(failed?.error.message).toMatch(message)
  })
})
