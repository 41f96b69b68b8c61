/** The SDK's inference, checked by the compiler: this file is right when it type-checks. It is never run. */
import * as v from 'valibot'
import { contract, definePlugin, method, optional, service, upgrade, type ClientOf, type Call, type PluginSocket } from 'nexus-gateway/sdk'
import { charged, cost, Ledger, priced, type LedgerApi } from './contract.ts'

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const ok = <T extends true>(): T | void => {}

interface ClockApi { now(): number }
const Clock = service<ClockApi>('clock/1')
const Store = service<{ get(k: string): Promise<string | undefined> }>('store/1')

// The whole surface, without one annotation in `setup`.
export default definePlugin({
  ...cost,
  config: v.strictObject({ currency: v.optional(v.picklist(['USD', 'EUR']), 'USD') }),
  requires: { store: Store, clock: optional(Clock) },
  setup(ctx) {
    ok<Eq<typeof ctx.config, { currency: 'USD' | 'EUR' }>>()
    ok<Eq<typeof ctx.deps.clock, ClockApi | undefined>>()
    ctx.emit('cost.charged', { usd: 1 })
    // @ts-expect-error the payload of another event
    ctx.emit('cost.reset', { usd: 1 })
    // @ts-expect-error an undeclared event
    ctx.emit('cost.nope', {})
    ctx.tap(charged, (c) => { ok<Eq<typeof c, { usd: number }>>() })
    // @ts-expect-error a tap's answer of the wrong type
    ctx.tap(priced, () => 'much')
    return {
      provides: { ledger: { total: () => 1 } },
      methods: {
        'cost.summary': async (p, call) => {
          ok<Eq<typeof p, { session: string; limit: number }>>()
          ok<Eq<typeof call, Call>>()
          return { total: p.limit }
        },
        'cost.reset': () => {},
      },
      routes: {
        'GET /report/:month': (c) => {
          const month = c.req.param('month')
          ok<Eq<typeof month, string>>()
          return c.json({ month })
        },
        'POST /hook': () => new Response(),
      },
    }
  },
})

type C = ClientOf<typeof cost>
ok<Eq<Parameters<C['call']['cost.summary']>[0], { session: string; limit?: number | undefined }>>()
ok<Eq<Awaited<ReturnType<C['call']['cost.summary']>>, { total: number }>>()
declare const client: C
client.on('cost.charged', (p) => { ok<Eq<typeof p, { usd: number }>>() })

// Inline form.
definePlugin({
  id: 'hello',
  methods: { 'hello.say': method({ scope: 'operator.read', params: v.strictObject({ name: v.string() }), result: v.strictObject({ text: v.string() }) }) },
  setup: () => ({ methods: { 'hello.say': ({ name }) => ({ text: `hi ${name}` }) } }),
})
definePlugin({ id: 'tiny', setup(ctx) { ctx.scope.interval(() => {}, 1000) } })

// @ts-expect-error a declared method without a handler
definePlugin({ ...cost, setup: () => ({ provides: { ledger: { total: () => 1 } }, methods: { 'cost.summary': () => ({ total: 1 }) }, routes: { 'GET /report/:month': () => new Response(), 'POST /hook': () => new Response() } }) })
// @ts-expect-error a method without a scope
method({ params: v.strictObject({}) })
// @ts-expect-error a wrong result
definePlugin({ id: 'x', methods: { 'x.y': method({ scope: 'operator.read', result: v.strictObject({ n: v.number() }) }) }, setup: () => ({ methods: { 'x.y': () => ({ n: 'no' }) } }) })
// @ts-expect-error a route key without a verb
contract({ id: 'x', routes: { '/x': { scope: 'public' } } })
// @ts-expect-error a service of the wrong shape
definePlugin({ id: 'x', provides: { ledger: Ledger }, setup: () => ({ provides: { ledger: { total: () => 'x' } } }) })
// @ts-expect-error a declared service that is not provided
definePlugin({ id: 'x', provides: { ledger: Ledger }, setup: () => {} })

// WebSockets of a plugin's own, by a contract and inline.
const media = contract({ id: 'media', upgrades: { '/stream': upgrade({ scope: 'operator.read' }) } })
definePlugin({
  ...media,
  setup: () => ({
    upgrades: {
      '/stream': (socket, call) => {
        ok<Eq<typeof socket, PluginSocket>>()
        ok<Eq<typeof call, Call>>()
        socket.onMessage((data) => { ok<Eq<typeof data, string | Buffer>>() })
        socket.onClose(async (code, reason) => { ok<Eq<[typeof code, typeof reason], [number, string]>>() })
        socket.send(new Uint8Array(1))
        // @ts-expect-error neither text nor bytes
        socket.send({ a: 1 })
      },
    },
  }),
})
definePlugin({ id: 'x', upgrades: { '/a': upgrade({ scope: 'public' }), '/b': { scope: 'operator.write' } }, setup: () => ({ upgrades: { '/a': () => {}, '/b': async (socket) => socket.close(1000) } }) })
// @ts-expect-error a declared upgrade without a handler
definePlugin({ ...media, setup: () => ({ upgrades: {} }) })
// @ts-expect-error nothing returned though an upgrade is declared
definePlugin({ ...media, setup: () => {} })

// A typed call between plugins, which must name its cause.
definePlugin({
  id: 'caller',
  async setup(ctx) {
    const summary = await ctx.call(cost, 'cost.summary', { session: 's' }, { cause: ctx.cause })
    ok<Eq<typeof summary, { total: number }>>()
    // @ts-expect-error no cause
    await ctx.call(cost, 'cost.reset', undefined)
    // @ts-expect-error no such method
    await ctx.call(cost, 'cost.nope', {}, { cause: ctx.cause })
  },
})

export type { LedgerApi }
