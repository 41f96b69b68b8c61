/** What the compiler must refuse, beyond the basics in `inference.ts`. Never run. */
import * as v from 'valibot'
import { command, contract, definePlugin, event, hook, method, optional, route, service, upgrade, type HookToken, type Plugin } from 'nexus-gateway/sdk'
import { cost, Ledger } from './contract.ts'

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const ok = <T extends true>(): T | void => {}

// ── Declarations ────────────────────────────────────────────────────────────────────────────────

// @ts-expect-error a scope is `public` or has a dot
method({ scope: 'read' })
// @ts-expect-error an event without a payload schema
event({ scope: 'operator.read' })
// @ts-expect-error an event without a scope
event({ payload: v.number() })
// @ts-expect-error a route without a scope
route({})
// @ts-expect-error an unknown verb of HTTP
contract({ id: 'x', routes: { 'FETCH /x': route({ scope: 'public' }) } })
// @ts-expect-error an upgrade without a scope
upgrade({})
// @ts-expect-error an upgrade is a path
contract({ id: 'x', upgrades: { 'GET /ws': upgrade({ scope: 'public' }) } })
// @ts-expect-error also inline
definePlugin({ id: 'x', upgrades: { ws: upgrade({ scope: 'public' }) }, setup: () => ({ upgrades: { ws: () => {} } }) })
// @ts-expect-error a scope is `public` or has a dot
definePlugin({ id: 'x', upgrades: { '/ws': { scope: 'read' } }, setup: () => ({ upgrades: { '/ws': () => {} } }) })
// @ts-expect-error a command without a summary
command({ run: () => 0 })
// @ts-expect-error a command's result is an exit code or nothing
command({ summary: 's', run: () => 'done' })
// @ts-expect-error an inline method without a scope
definePlugin({ id: 'x', methods: { 'x.y': {} }, setup: () => ({ methods: { 'x.y': () => 1 } }) })
// @ts-expect-error flags are flags
definePlugin({ id: 'x', exclusive: 'yes', setup: () => {} })
// @ts-expect-error no id
definePlugin({ setup: () => {} })
// @ts-expect-error no setup
definePlugin({ id: 'x' })

// ── What setup gets ─────────────────────────────────────────────────────────────────────────────

const asked = hook.bail<[question: string], { answer: number }>('x.asked')
const changed = hook.waterfall<[number, string]>('x.changed')
const listed = hook.collect<[], string>('x.listed')

definePlugin({
  id: 'x',
  config: v.strictObject({ n: v.number() }),
  requires: { ledger: Ledger, maybe: optional(Ledger) },
  setup(ctx) {
    ok<Eq<typeof ctx.deps.ledger, { total(): number }>>()
    // @ts-expect-error an optional service may not be there
    ctx.deps.maybe.total()
    // @ts-expect-error a service that was not asked for
    void ctx.deps.other
    // @ts-expect-error settings that do not exist
    void ctx.config.m
    // @ts-expect-error settings are read-only
    ctx.config = { n: 1 }
    // @ts-expect-error a plugin without events emits none
    ctx.emit('x.y', 1)
    // @ts-expect-error the answer of a bail hook has a shape
    ctx.tap(asked, () => ({ answer: 'no' }))
    // @ts-expect-error a tap takes what the hook gives
    ctx.tap(asked, (question: number) => ({ answer: question }))
    // @ts-expect-error a waterfall's tap answers with its first argument's type
    ctx.tap(changed, (n, s) => s)
    ctx.tap(changed, (n) => n + 1)
    ctx.tap(listed, async () => undefined)
    // @ts-expect-error order is by id
    ctx.tap(listed, () => 'a', { before: 3 })
    // @ts-expect-error an argument is missing
    void ctx.invoke(asked)
    const answers = ctx.invoke(listed)
    ok<Eq<typeof answers, string[] | Promise<string[]>>>()
    // @ts-expect-error not a hook
    ctx.tap(Ledger, () => {})
    // @ts-expect-error an interval has a length
    ctx.scope.interval(() => {})
    // @ts-expect-error only what can be disposed of
    ctx.scope.use({})
    // @ts-expect-error a call's params
    void ctx.call(cost, 'cost.summary', { session: 1 }, { cause: ctx.cause })
    // @ts-expect-error a call's params are required where they have a required field
    void ctx.call(cost, 'cost.summary', undefined, { cause: ctx.cause })
  },
})

// ── What setup gives back ───────────────────────────────────────────────────────────────────────

// @ts-expect-error nothing returned though a method is declared
definePlugin({ id: 'x', methods: { 'x.y': method({ scope: 'public' }) }, setup: () => {} })
// @ts-expect-error nothing returned, asynchronously
definePlugin({ id: 'x', methods: { 'x.y': method({ scope: 'public' }) }, setup: async () => {} })
// @ts-expect-error a handler that takes other params than the schema gives
definePlugin({ id: 'x', methods: { 'x.y': method({ scope: 'public', params: v.strictObject({ n: v.number() }) }) }, setup: () => ({ methods: { 'x.y': (p: { n: string }) => p.n } }) })
// @ts-expect-error a route that does not answer with a Response
definePlugin({ id: 'x', routes: { 'GET /': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /': () => 'text' } }) })
// @ts-expect-error an upgrade's handler gives nothing
definePlugin({ id: 'x', upgrades: { '/ws': upgrade({ scope: 'public' }) }, setup: () => ({ upgrades: { '/ws': () => 'text' } }) })
// @ts-expect-error a handler that takes another socket
definePlugin({ id: 'x', upgrades: { '/ws': upgrade({ scope: 'public' }) }, setup: () => ({ upgrades: { '/ws': (socket: WebSocket) => socket.close() } }) })
// @ts-expect-error an upgrade has no parameters
definePlugin({ id: 'x', upgrades: { '/ws': upgrade({ scope: 'public' }) }, setup: () => ({ upgrades: { '/ws': (socket: { param(name: string): string }) => void socket.param('a') } }) })
// @ts-expect-error a parameter that the path does not have
definePlugin({ id: 'x', routes: { 'GET /:a': route({ scope: 'public' }) }, setup: () => ({ routes: { 'GET /:a': (c) => c.text(c.req.param('b').trim()) } }) })

// ── In company ──────────────────────────────────────────────────────────────────────────────────

// A list of plugins must not decide what `definePlugin` infers.
const list: readonly Plugin[] = [definePlugin({ id: 'x', setup() {} }), definePlugin({ id: 'y', provides: { ledger: Ledger }, setup: () => ({ provides: { ledger: { total: () => 1 } } }) })]
void list
// @ts-expect-error tokens of different services
const other: typeof Ledger = service<{ total(): string }>('ledger/1')
void other
// @ts-expect-error hooks of different shapes
const hooks: HookToken<[string], void, void> = hook.series<[number]>('x.y')
void hooks
