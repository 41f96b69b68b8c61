import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { NexusError } from 'nexus-gateway/sdk'
import type { Cause, Label } from 'nexus-gateway/sdk'
import { toolError, toolText } from '../../plugins/tools/contract.ts'
import type { ToolCall, ToolOutcome, ToolRequest, ToolResult, ToolSpec } from '../../plugins/tools/contract.ts'
import { checkArguments } from '../../plugins/tools/check.ts'
import { createExecutor } from '../../plugins/tools/executor.ts'
import type { Rules, ToolHooks } from '../../plugins/tools/executor.ts'
import { createRegistry } from '../../plugins/tools/registry.ts'
import { timeTool } from '../../plugins/tools/time.ts'
import { fakeClock } from '../../sdk/testing/clock.ts'

const params = v.strictObject({ text: v.optional(v.string(), 'default'), list: v.optional(v.array(v.string())) })
const spec = (name: string, more: Partial<ToolSpec> = {}): ToolSpec => ({ name, description: name, parameters: { type: 'object' }, plugin: 'p', ...more })

function causeOf(label: Label): Cause {
  return { caller: { id: 'test', role: 'operator', scopes: new Set(['operator.write']), label }, trace: 't', path: ['agent'] }
}

function bench(run: (call: ToolCall) => unknown, more: Partial<ToolHooks> = {}, specs: readonly ToolSpec[] = [spec('echo'), spec('slow', { timeoutMs: 500 })], rules: Rules = {}) {
  const clock = fakeClock()
  const after: [ToolCall, ToolOutcome][] = []
  const logged: unknown[] = []
  const log = (...line: unknown[]): void => void logged.push(line)
  const hooks: ToolHooks = {
    check: (_, args) => checkArguments(params, args),
    context: () => undefined,
    before: () => {},
    approval: () => undefined,
    run: (call) => run(call) as ToolResult,
    after: (...entry) => void after.push(entry),
    ...more,
  }
  const registry = createRegistry(() => [specs], rules, { debug: log, info: log, warn: log, error: log })
  const executor = createExecutor(hooks, registry, rules, { timeoutMs: 60_000, maxOutputChars: 100 }, clock)
  const execute = (request: Partial<ToolRequest> = {}): Promise<ToolResult> => executor.run({ name: 'echo', cause: causeOf('operator'), ...request })
  const codeOf = (request?: Partial<ToolRequest>): Promise<unknown> => execute(request).then(() => 'no error', (error: unknown) => (error as NexusError).code)
  return { clock, after, logged, registry, execute, codeOf }
}

describe('a call', () => {
  test('is checked, run and recorded, in this order', async () => {
    const steps: string[] = []
    const { execute, after } = bench(
      (call) => { steps.push(`run ${JSON.stringify(call.args)}`); return toolText('done') },
      { before: (call) => { steps.push(`before ${JSON.stringify(call.args)}`) } },
    )
    expect(await execute({ args: {}, id: 'c1', sessionKey: 's', runId: 'r' })).toEqual({ content: [{ type: 'text', text: 'done' }], isError: false })
    expect(steps).toEqual(['before {"text":"default"}', 'run {"text":"default"}'])
    expect(after).toMatchObject([[{ id: 'c1', name: 'echo', plugin: 'p', sessionKey: 's', runId: 'r', trace: 't', path: ['agent', 'tools', 'p'] }, { ok: true }]])
  })

  test.each([['operator', 'tool'], ['plugin', 'tool'], ['channel', 'channel'], ['webhook', 'webhook']] as const)('made for %s is made under the label %s', async (from, to) => {
    let label: Label | undefined
    await bench((call) => { label = call.caller.label; return toolText('') }).execute({ cause: causeOf(from) })
    expect(label).toBe(to)
  })

  test('cannot change its arguments after policy has seen them', async () => {
    const { execute } = bench((call) => {
      expect(Object.isFrozen(call.args)).toBe(true)
      expect(Object.isFrozen(call.args.list)).toBe(true)
      return toolText('')
    })
    await execute({ args: { list: ['a'] } })
  })

  test('with bad arguments reaches neither policy nor tool', async () => {
    const { codeOf, after } = bench(() => { throw new Error('it ran') }, { before: () => { throw new Error('it was asked') } })
    expect(await codeOf({ args: { text: 5 } })).toBe('NEXUS_TOOLS_ARGUMENTS')
    expect(after).toMatchObject([[{ name: 'echo', args: {} }, { ok: false, code: 'NEXUS_TOOLS_ARGUMENTS' }]])
  })

  test('with arguments that nest without end is refused, and breaks nothing', async () => {
    let deep: unknown = 1
    for (let depth = 0; depth < 50_000; depth++) deep = depth % 2 === 0 ? [deep] : { deep }
    const { execute } = bench(() => toolText('ran'), { check: (_, args) => ({ args: args as Record<string, unknown> }) })
    await expect(execute({ args: { deep } })).rejects.toMatchObject({ code: 'NEXUS_TOOLS_ARGUMENTS', message: expect.stringContaining('nested more than 100 deep') as string })
  })

  test('of a run that is over already begins nothing', async () => {
    const begun: string[] = []
    const { codeOf } = bench(() => (begun.push('run'), toolText('')), { before: () => void begun.push('before'), approval: () => (begun.push('approval'), undefined) })
    expect(await codeOf({ signal: AbortSignal.abort() })).toBe('NEXUS_TOOLS_ABORTED')
    expect(begun).toEqual([])
  })

  test('that no plugin checks is not run', async () => {
    expect(await bench(() => toolText('ran'), { check: () => undefined }).codeOf()).toBe('NEXUS_TOOLS_UNKNOWN')
  })

  test('of an unknown tool names the nearest', async () => {
    await expect(bench(() => toolText('')).execute({ name: 'ecko' })).rejects.toThrow('there is no tool of that name (did you mean echo?)')
  })
})

describe('policy', () => {
  test('refuses by throwing, and the tool does not run', async () => {
    let ran = false
    const { execute, after } = bench(() => { ran = true; return toolText('') }, { before: () => { throw new NexusError('ACME_NO', { text: 'not on Sundays', fix: '' }) } })
    await expect(execute()).rejects.toMatchObject({ code: 'NEXUS_TOOLS_REFUSED', message: 'tool "echo" was refused: not on Sundays', wire: 'FORBIDDEN' })
    expect(ran).toBe(false)
    expect(after).toMatchObject([[{ name: 'echo' }, { ok: false, code: 'NEXUS_TOOLS_REFUSED' }]])
  })

  test('that breaks down refuses too, without saying how', async () => {
    const { execute } = bench(() => toolText(''), { before: () => { throw new Error('secret detail') } })
    await expect(execute()).rejects.toThrow('tool "echo" was refused: what decides about it failed')
  })

  test('may take its time, which is not the tool\'s', async () => {
    const { execute, clock } = bench(() => toolText('done'), { before: () => new Promise((resolve) => clock.setTimeout(resolve, 120_000)) })
    const result = execute({ name: 'slow' })
    await clock.advance(120_000)
    expect((await result).content).toEqual([{ type: 'text', text: 'done' }])
  })
})

describe('a tool', () => {
  test('that throws fails with the first line of its message', async () => {
    const { execute, after } = bench(() => { throw new Error('disk full\n    at secret.ts:1') })
    await expect(execute()).rejects.toMatchObject({ code: 'NEXUS_TOOLS_FAILED', message: 'tool "echo" failed: disk full' })
    expect(after).toMatchObject([[{}, { ok: false, code: 'NEXUS_TOOLS_FAILED' }]])
  })

  test('that answers with an error is recorded as not ok, without a code', async () => {
    const { execute, after } = bench(() => toolError('no such file'))
    expect((await execute()).isError).toBe(true)
    expect(after[0]![1]).toEqual({ ok: false, ms: 0 })
  })

  test.each([undefined, null, 'text', { content: 'text', isError: false }, { content: [{ type: 'sound' }], isError: false }])('that answers with %j gave no result', async (answer) => {
    expect(await bench(() => answer).codeOf()).toBe('NEXUS_TOOLS_FAILED')
  })

  test('that does not end is given up after its time, and its signal aborts', async () => {
    let signal: AbortSignal | undefined
    const { execute, clock } = bench((call) => { signal = call.signal; return new Promise(() => {}) })
    const result = execute({ name: 'slow' })
    const expected = expect(result).rejects.toThrow('tool "slow" did not end within 0.5 s')
    await clock.advance(499)
    expect(signal?.aborted).toBe(false)
    await clock.advance(1)
    await expected
    expect(signal?.aborted).toBe(true)
    expect(clock.pending()).toEqual([])
  })

  test('that names more time than a timer can wait has the most there is', async () => {
    const { execute, clock } = bench((call) => new Promise((resolve) => { clock.setTimeout(() => resolve(toolText(String(call.signal.aborted))), 1000) }), {}, [spec('echo', { timeoutMs: 1e12 })])
    const result = execute()
    await clock.advance(500)
    expect(clock.pending()).toHaveLength(2)
    await clock.advance(500)
    expect((await result).content).toEqual([{ type: 'text', text: 'false' }])
    const late = bench(() => new Promise(() => {}), {}, [spec('echo', { timeoutMs: 1e12 })])
    const code = late.codeOf()
    await late.clock.advance(2 ** 31)
    expect(await code).toBe('NEXUS_TOOLS_TIMEOUT')
  })

  test('that names no time of its own has the usual one', async () => {
    const { codeOf, clock } = bench(() => new Promise(() => {}))
    const code = codeOf()
    await clock.advance(60_000)
    expect(await code).toBe('NEXUS_TOOLS_TIMEOUT')
  })

  test('is cut off when the run is aborted, running or waiting for approval', async () => {
    for (const more of [{}, { before: () => new Promise<void>(() => {}) }]) {
      const abort = new AbortController()
      const { codeOf } = bench(() => new Promise(() => {}), more)
      const code = codeOf({ signal: abort.signal })
      abort.abort()
      expect(await code).toBe('NEXUS_TOOLS_ABORTED')
    }
  })
})

describe('policy', () => {
  const context = { agentId: 'a', policies: { agent: { deny: ['echo'] } } }

  test('tells nothing of the arguments of a tool that may not be used', async () => {
    const { codeOf, after } = bench(() => toolText(''))
    expect(await codeOf({ context, args: { text: 5 } })).toBe('NEXUS_TOOLS_DENIED')
    expect(after).toMatchObject([[{ args: {} }, { code: 'NEXUS_TOOLS_DENIED' }]])
  })

  test('refuses before anybody else is asked, and the record knows', async () => {
    let asked = 0
    const { codeOf, execute, after } = bench(() => { asked++; return toolText('') }, { before: () => { asked++ }, approval: () => { asked++; return { approved: true } } })
    expect(await codeOf({ context })).toBe('NEXUS_TOOLS_DENIED')
    await expect(execute({ context })).rejects.toThrow('tool "echo" is not allowed here: step agent, rule echo')
    expect([asked, after[0]![1].code]).toEqual([0, 'NEXUS_TOOLS_DENIED'])
  })

  test('of a call without a context is that of whoever knows the runs', async () => {
    const asked: unknown[] = []
    const { codeOf, after } = bench(() => toolText(''), { context: (whose) => { asked.push(whose); return context } })
    expect(await codeOf({ sessionKey: 'agent:a:main' })).toBe('NEXUS_TOOLS_DENIED')
    expect([asked, after[0]![0].context]).toEqual([[{ sessionKey: 'agent:a:main' }], context])
    expect(Object.isFrozen(after[0]![0].context!.policies)).toBe(true)
  })

  test('that cannot be found out refuses', async () => {
    expect(await bench(() => toolText(''), { context: () => { throw new Error('broken') } }).codeOf()).toBe('NEXUS_TOOLS_REFUSED')
  })

  test.each([[undefined, 'main'], ['main', 'main'], ['agent:Ops:irc:group:x', 'ops'], ['cron:daily', 'main']])('of a call that nobody knows anything about is that of the session\'s agent: %s', async (sessionKey, agentId) => {
    const { execute, after } = bench(() => toolText(''))
    await execute(sessionKey === undefined ? {} : { sessionKey })
    expect(after[0]![0].context).toEqual({ agentId })
  })
})

describe('a tool that needs consent', () => {
  const wanting = [spec('echo', { approval: true }), spec('time')]
  const asking = (approval: ToolHooks['approval'], rules: Rules = {}) => bench(() => toolText('ran'), { approval }, wanting, rules)

  test('is refused while nobody can give it', async () => {
    expect(await asking(() => undefined).codeOf()).toBe('NEXUS_TOOLS_NO_APPROVER')
    expect(await asking(() => undefined, { approval: ['t*'] }).codeOf({ name: 'time' })).toBe('NEXUS_TOOLS_NO_APPROVER')
    expect(await asking(() => undefined, { approval: ['group:fs'] }).codeOf({ name: 'time' })).toBe('no error')
  })

  test('runs with it, and the record says whose it was', async () => {
    const { execute, after } = asking((call) => ({ approved: true, by: `ada for ${JSON.stringify(call.args)}` }))
    expect((await execute()).isError).toBe(false)
    expect(after[0]![1]).toEqual({ ok: true, ms: 0, approvedBy: 'ada for {"text":"default"}' })
  })

  test.each<[unknown, RegExp]>([
    [{ approved: false, reason: 'not at night' }, /refused: not at night/], [{ approved: 'yes' }, /nobody consented/], [{}, /nobody consented/], [{ approved: 1, reason: '' }, /nobody consented/],
  ])('is refused by %j', async (answer, message) => {
    await expect(asking(() => answer as never).execute()).rejects.toThrow(message)
  })

  test('is refused when whoever decides breaks', async () => {
    expect(await asking(() => { throw new Error('offline') }).codeOf()).toBe('NEXUS_TOOLS_REFUSED')
  })

  test('may wait for it longer than it may run', async () => {
    let consent: (approval: { approved: true }) => void = () => {}
    const { execute, clock } = asking(() => new Promise((resolve) => { consent = resolve }))
    const result = execute()
    await clock.advance(3_600_000)
    consent({ approved: true })
    expect((await result).isError).toBe(false)
  })
})

test('a name that is offered twice is nobody\'s', async () => {
  const { registry, codeOf, logged } = bench(() => toolText('ran'), {}, [spec('echo'), spec('read'), spec('echo', { plugin: 'evil' })])
  expect((await registry.all()).map((one) => one.name)).toEqual(['read'])
  expect(await codeOf()).toBe('NEXUS_TOOLS_UNKNOWN')
  expect(logged).toHaveLength(2)
})

test('what is no tool is left out, and takes no other with it', async () => {
  const bad = [null, 5, [], {}, { ...spec('a b') }, { ...spec('x'), name: 7 }, { ...spec('y'), timeoutMs: -1 }, { ...spec('z'), approval: 'no' }, { ...spec('w'), parameters: null }] as unknown as ToolSpec[]
  const { registry, logged } = bench(() => toolText('ran'), {}, [...bad, spec('echo')])
  expect((await registry.all()).map((one) => one.name)).toEqual(['echo'])
  await registry.all()
  expect(logged).toEqual([['what a plugin offers is no tool, so it is left out', { left: bad.length }]])
})

describe('the time tool', () => {
  const clock = { ...fakeClock(), now: () => Date.UTC(2026, 10, 22, 11, 0, 5) }
  const tool = timeTool(clock)

  test.each([
    [undefined, '2026-11-22T11:00:05+00:00 (Sunday, UTC)'], ['Europe/Berlin', '2026-11-22T12:00:05+01:00 (Sunday, Europe/Berlin)'], ['Asia/Kolkata', '2026-11-22T16:30:05+05:30 (Sunday, Asia/Kolkata)'],
  ])('in %s', (timezone, text) => {
    expect(tool.run(timezone === undefined ? {} : { timezone }, {} as ToolCall)).toBe(text)
  })

  test('takes no zone that does not exist', () => {
    expect(checkArguments(tool.params, { timezone: 'Mars/Olympus' })).toEqual({ faults: '"timezone" must be an IANA time zone such as Europe/Berlin' })
  })
})
