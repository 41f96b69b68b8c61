/**
 * Who caused it reaches the last child call: the same caller by every way in, through every hook, and never under a
 * label that is trusted more than that of any call above it.
 */
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, it } from 'vitest'
import { callAfter, callAuthorize, callBefore, contract, definePlugin, labels, least, lowered, method, route } from 'nexus-gateway/sdk'
import type { Call, Caller, Cause, Label, Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'

const rank = (label: Label): number => labels.indexOf(label)
const LabelSchema = v.picklist(labels)

// ── A chain of three ────────────────────────────────────────────────────────────────────────────

const seen = v.any()
const last = contract({ id: 'last', methods: { 'last.say': method({ scope: 'operator.write', result: seen }) } })
const middle = contract({ id: 'middle', methods: { 'middle.say': method({ scope: 'operator.read', result: seen }) } })
const first = contract({ id: 'first', methods: { 'first.say': method({ scope: 'operator.read', result: seen }) }, routes: { 'GET /say': route({ scope: 'operator.read' }) } })

const shown = ({ caller, path, trace }: Cause) => ({ id: caller.id, role: caller.role, label: caller.label, scopes: [...caller.scopes].sort(), bounds: caller.bounds ?? null, path: [...path], trace })
const chain: readonly Plugin[] = [
  definePlugin({ ...last, setup: () => ({ methods: { 'last.say': (_, call) => shown(call) } }) }),
  definePlugin({
    ...middle,
    setup: (ctx) => ({
      methods: {
        async 'middle.say'(_, call) {
          // A turn of the event loop in between: nothing here hangs on what runs just now.
          await new Promise((resolve) => { setImmediate(resolve) })
          return ctx.call(last, 'last.say', undefined, { cause: call })
        },
      },
    }),
  }),
  definePlugin({
    ...first,
    setup: (ctx) => ({
      methods: { 'first.say': (_, call) => ctx.call(middle, 'middle.say', undefined, { cause: call }) },
      routes: { 'GET /say': async (c, call) => c.json(await ctx.call(middle, 'middle.say', undefined, { cause: call })) },
    }),
  }),
]

interface Heard { readonly hook: string; readonly verb: string; readonly caller: Caller; readonly trace: string }
/** What the three hooks of a call are shown. */
const listening = (heard: Heard[]): Plugin => definePlugin({
  id: 'listener',
  capabilities: ['tap:call.authorize', 'tap:call.before', 'tap:call.after'],
  setup(ctx) {
    const note = (hook: string, { verb, caller, trace }: Call): undefined => void heard.push({ hook, verb, caller, trace })
    ctx.tap(callAuthorize, (call) => { note('authorize', call); return true })
    ctx.tap(callBefore, (call) => note('before', call))
    ctx.tap(callAfter, (call) => note('after', call))
  },
})

const held = ['operator.read', 'operator.write']
const callerOf = (label: Label): Caller => ({ id: `who-${label}`, role: 'operator', label, scopes: new Set(held), bounds: { agent: 'main' } })

const ways: Readonly<Record<string, (k: TestKernel, caller: Caller) => Promise<unknown>>> = {
  kernel: (k, caller) => k.call('first.say', undefined, { caller }),
  http: async (k, caller) => {
    const answer = await k.request('/rpc', { method: 'POST', caller, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method: 'first.say' }) })
    return ((await answer.json()) as { payload: unknown }).payload
  },
  route: async (k, caller) => (await k.request('/first/say', { caller })).json(),
  async ws(k, caller) {
    const client = await k.connect({ caller, scopes: held })
    return client.call('first.say')
  },
}

describe('through three plugins', () => {
  it.each(Object.entries(ways))('the last one is called by whoever came first: %s', async (_, ask) => {
    const heard: Heard[] = []
    await using k = await testKernel({ plugins: [...chain, listening(heard)], clock: 'real' })
    for (const label of labels) {
      heard.length = 0
      const caller = callerOf(label)
      const said = await ask(k, caller) as ReturnType<typeof shown>
      expect(said).toEqual({ id: caller.id, role: 'operator', label, scopes: held, bounds: { agent: 'main' }, path: ['first', 'middle', 'last'], trace: said.trace })
      expect(heard.map(({ hook, verb }) => `${hook} ${verb.split(/[ .]/)[0]}`).filter((line) => !line.includes('GET'))).toEqual(expect.arrayContaining(['authorize middle', 'before middle', 'authorize last', 'before last', 'after last', 'after middle']))
      for (const at of heard) expect(at).toMatchObject({ caller: { id: caller.id, label, role: 'operator' }, trace: said.trace })
      for (const at of heard) expect([...at.caller.scopes].sort()).toEqual(held)
    }
  })

  it('what the caller may not do, no plugin in between does for it', async () => {
    await using k = await testKernel({ plugins: chain })
    // `first` and `middle` ask for read, `last` for write.
    await expect(k.call('first.say', undefined, { scopes: ['operator.read'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED', data: { missing: 'operator.write', have: ['operator.read'] } })
    await expect(k.call('first.say', undefined, { scopes: ['operator.write'] })).resolves.toMatchObject({ label: 'operator' })
  })

  it('a client cannot say whom it acts for', async () => {
    await using k = await testKernel({ plugins: chain, clock: 'real' })
    const forged = { caller: { id: 'token', role: 'operator', label: 'operator', scopes: ['operator.admin'] }, cause: { label: 'operator' }, label: 'operator', trace: 'mine' }
    const caller = callerOf('webhook')
    for (const body of Object.entries(forged).map(([key, value]) => ({ method: 'first.say', [key]: value }))) {
      const answer = await k.request('/rpc', { method: 'POST', caller, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
      expect(answer.status).toBe(400)
    }
    const inParams = await k.request('/rpc', { method: 'POST', caller, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method: 'first.say', params: forged }) })
    expect(inParams.status).toBe(400)
    const headers = { 'x-nexus-label': 'operator', 'x-nexus-caller': 'token', 'x-nexus-scopes': 'operator.admin', 'x-nexus-cause': JSON.stringify(forged) }
    expect(await (await k.request('/first/say', { caller, headers })).json()).toMatchObject({ id: 'who-webhook', label: 'webhook', scopes: held })
  })

  it('what a plugin does of its own accord is the plugin\'s, with the scopes that it declares', async () => {
    let own: (() => Promise<unknown>) | undefined
    const alone = (capabilities: readonly string[]): Plugin => definePlugin({ id: 'alone', capabilities, setup(ctx) { own = () => ctx.call(last, 'last.say', undefined, { cause: ctx.cause }) } })
    await using k = await testKernel({ plugins: [...chain, alone([])] })
    await expect(own?.()).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await k.unload('alone')
    await k.load(alone(['scope:operator.write']))
    expect(await own?.()).toMatchObject({ id: 'plugin:alone', label: 'plugin', scopes: ['operator.write'], path: ['alone', 'last'] })
  })
})

// ── Random trees ────────────────────────────────────────────────────────────────────────────────

/** One call: who runs it, which labels are put on it (a batch has that of each of its parts), and what it calls in turn. */
interface Tree { readonly at: number; readonly under: readonly Label[]; readonly later: boolean; readonly children: readonly Tree[] }

const tree = fc.memo((depth): fc.Arbitrary<Tree> => fc.record({
  at: fc.nat(2),
  under: fc.array(fc.constantFrom(...labels), { maxLength: 2 }),
  later: fc.boolean(),
  children: depth <= 1 ? fc.constant<Tree[]>([]) : fc.array(tree(), { maxLength: 3 }),
}))

interface Ran { readonly call: Pick<Caller, 'id' | 'label'>; readonly above: readonly Label[]; readonly wanted: Label; readonly trace: string }

/** Three plugins that call each other as the tree says, and keep what they ran as. */
function treePlugins(ran: Ran[]): readonly Plugin[] {
  const runs = [0, 1, 2].map((n) => contract({ id: `tree${n}`, methods: { [`tree${n}.run`]: method({ scope: 'operator.read', params: v.strictObject({ tree: v.any(), above: v.array(LabelSchema), wanted: LabelSchema }) }) } }))
  return runs.map((own, n) => definePlugin({
    ...own,
    setup: (ctx) => ({
      methods: {
        async [`tree${n}.run`](params: unknown, call: Call) {
          const { tree, above, wanted } = params as { tree: Tree; above: Label[]; wanted: Label }
          ran.push({ call: { id: call.caller.id, label: call.caller.label }, above, wanted, trace: call.trace })
          await Promise.all(tree.children.map(async (child) => {
            const cause = child.under.reduce<Cause>(lowered, call)
            if (child.later) await new Promise((resolve) => { setImmediate(resolve) })
            await ctx.call(runs[child.at]!, `tree${child.at}.run`, { tree: child, above: [...above, call.caller.label], wanted: cause.caller.label }, { cause })
          }))
        },
      },
    }),
  }))
}

describe('in any tree of calls', () => {
  it('nothing runs under a label that is trusted more than one above it, nor as somebody else', async () => {
    const ran: Ran[] = []
    const heard: Heard[] = []
    await using k = await testKernel({ plugins: [...treePlugins(ran), listening(heard)] })
    await fc.assert(fc.asyncProperty(tree(5), fc.constantFrom(...labels), async (whole, label) => {
      ran.length = heard.length = 0
      const caller = callerOf(label)
      await k.call(`tree${whole.at}.run`, { tree: whole, above: [], wanted: label }, { caller })
      for (const { call, above, wanted, trace } of ran) {
        expect(call.id).toBe(caller.id)
        expect(call.label).toBe(wanted)
        expect(trace).toBe(ran[0]?.trace)
        for (const ancestor of [label, ...above]) expect(rank(call.label)).toBeGreaterThanOrEqual(rank(ancestor))
      }
      // Each hook was shown each call, under the label that it ran under.
      for (const hook of ['authorize', 'before', 'after']) {
        const inHook = heard.filter((at) => at.hook === hook).map((at) => at.caller.label)
        expect(inHook.sort()).toEqual(ran.map(({ call }) => call.label).sort())
      }
    }), { seed: 4, numRuns: 300 })
  })

  it('lowering keeps everything but the label, and never gives one back', () => {
    const arbitrary = fc.constantFrom(...labels)
    fc.assert(fc.property(arbitrary, fc.array(arbitrary, { maxLength: 6 }), (from, steps) => {
      const start: Cause = { caller: callerOf(from), trace: 't', path: ['a'] }
      const end = steps.reduce<Cause>(lowered, start)
      expect(end.caller.label).toBe(steps.reduce(least, from))
      expect({ ...end.caller, label: from }).toEqual(start.caller)
      expect({ trace: end.trace, path: end.path }).toEqual({ trace: 't', path: ['a'] })
      expect(start.caller.label).toBe(from)
    }))
  })

  it('the least of several does not depend on their order or grouping', () => {
    const three = fc.tuple(fc.constantFrom(...labels), fc.constantFrom(...labels), fc.constantFrom(...labels))
    fc.assert(fc.property(three, ([a, b, c]) => {
      expect(least(a, b)).toBe(least(b, a))
      expect(least(a, least(b, c))).toBe(least(least(a, b), c))
      expect(least(a, a)).toBe(a)
      expect(rank(least(a, b))).toBe(Math.max(rank(a), rank(b)))
    }))
  })

  it('a label that nobody knows is not taken for a better one', () => {
    for (const label of labels) expect(rank(least(label, 'root' as Label))).toBeGreaterThanOrEqual(rank(label))
  })
})

// ── What a plugin makes up ──────────────────────────────────────────────────────────────────────

const bank = contract({ id: 'bank', methods: { 'bank.pay': method({ scope: 'operator.admin', result: seen }), 'bank.look': method({ scope: 'operator.read', result: seen }) } })

describe('a plugin that holds a call of a stranger', () => {
  const everything = { id: 'token', role: 'operator', label: 'operator', scopes: new Set(['operator.admin']) } as const
  const forgeries: Readonly<Record<string, (call: Call) => Cause>> = {
    'makes up a caller': () => ({ caller: everything, trace: 't', path: [] }),
    'copies the caller with more scopes and a better label': ({ caller, trace, path }) => ({ caller: { ...caller, label: 'operator', scopes: new Set([...caller.scopes, 'operator.admin']) }, trace, path }),
    'gives the call another caller': (call) => Object.assign(call, { caller: everything }),
    'adds to the scopes of the caller': (call) => { (call.caller.scopes as Set<string>).add('operator.admin'); return call },
    'changes the label of the caller': (call) => Object.assign(call, { caller: Object.assign(call.caller, { label: 'operator' }) }),
    'lowers one that it made up': () => lowered({ caller: everything, trace: 't', path: [] }, 'plugin'),
  }

  it.each(Object.entries(forgeries))('%s: nobody is paid', async (_, forge) => {
    const paid: string[] = []
    const forger = definePlugin({
      id: 'forger', methods: { 'forger.go': method({ scope: 'operator.read', result: seen }) },
      setup: (ctx) => ({ methods: { 'forger.go': (_params, call) => ctx.call(bank, 'bank.pay', undefined, { cause: forge(call) }) } }),
    })
    const owner = definePlugin({ ...bank, setup: () => ({ methods: { 'bank.pay': (_params, call) => { paid.push(call.caller.id) }, 'bank.look': () => 'looked' } }) })
    await using k = await testKernel({ plugins: [owner, forger] })
    const stranger: Caller = { id: 'hook', role: 'operator', label: 'webhook', scopes: new Set(['operator.read']) }
    await expect(k.call('forger.go', undefined, { caller: stranger })).rejects.toThrow()
    expect(paid).toEqual([])
    // Nor has the stranger more from now on.
    await expect(k.call('bank.pay', undefined, { caller: stranger })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  it('may pass it on as it is, make it less, and act for itself', async () => {
    const passer = definePlugin({
      id: 'passer', capabilities: ['scope:operator.read'], methods: { 'passer.go': method({ scope: 'operator.read', result: seen }) },
      setup: (ctx) => ({ methods: { 'passer.go': (_params, call) => Promise.all([call, { caller: call.caller, trace: 't', path: [] }, lowered(call, 'webhook'), lowered(lowered(call, 'tool'), 'webhook'), ctx.cause].map((cause) => ctx.call(bank, 'bank.look', undefined, { cause }))) } }),
    })
    const owner = definePlugin({ ...bank, setup: () => ({ methods: { 'bank.pay': () => {}, 'bank.look': () => 'looked' } }) })
    await using k = await testKernel({ plugins: [owner, passer] })
    expect(await k.call('passer.go', undefined, { scopes: ['operator.read'] })).toEqual(Array.from({ length: 5 }, () => 'looked'))
    await expect(k.call('passer.go', undefined, { caller: { scopes: new Set(['operator.read']) } })).resolves.toBeDefined()
  })

  it('is told what it did', async () => {
    const forger = definePlugin({ id: 'forger', methods: { 'forger.go': method({ scope: 'operator.read', result: seen }) }, setup: (ctx) => ({ methods: { 'forger.go': () => ctx.call(bank, 'bank.look', undefined, { cause: { caller: everything, trace: 't', path: [] } }) } }) })
    const owner = definePlugin({ ...bank, setup: () => ({ methods: { 'bank.pay': () => {}, 'bank.look': () => 'looked' } }) })
    await using k = await testKernel({ plugins: [owner, forger] })
    await expect(k.call('forger.go')).rejects.toMatchObject({ code: 'NEXUS_CALL_MADE_UP' })
  })
})
