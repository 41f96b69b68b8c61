/** Plugins whose methods are limited, by every road there is to them. */
import * as v from 'valibot'
import { contract, controlWrites, definePlugin, failures, method, route } from 'nexus-gateway/sdk'
import type { Call, Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import type { LimitsStatus } from '../../plugins/limits/contract.ts'
import limits from '../../plugins/limits/index.ts'

const fail = failures({ NEXUS_DESK_CLOSED: { text: 'closed', fix: 'Come back tomorrow.' } })

export const desk = contract({
  id: 'desk',
  methods: {
    'desk.set': method({ scope: 'operator.admin', params: v.strictObject({ fails: v.optional(v.boolean()) }), limit: controlWrites }),
    'desk.reset': method({ scope: 'operator.admin', limit: controlWrites }),
    'desk.slow': method({ scope: 'operator.read', params: v.strictObject({ way: v.optional(v.picklist(['hang', 'deaf', 'throw', 'reject', 'value']), 'hang') }), limit: { concurrent: 2 } }),
    'desk.both': method({ scope: 'operator.read', limit: { calls: 3, windowMs: 10_000, concurrent: 1 } }),
    'desk.free': method({ scope: 'operator.read' }),
    'desk.open': method({ scope: 'public' }),
  },
  routes: { 'GET /page': route({ scope: 'operator.read' }) },
})

export interface Desk {
  readonly plugin: Plugin
  /** Lets everything end that hangs. */
  release(): void
  readonly ran: string[]
}
export function createDesk(): Desk {
  const waiting = new Set<() => void>()
  const ran: string[] = []
  const until = (call: Call, heedsAbort: boolean) => new Promise<string>((resolve, reject) => {
    waiting.add(() => resolve('done'))
    if (heedsAbort) call.signal.addEventListener('abort', () => reject(fail('NEXUS_DESK_CLOSED')))
  })
  const plugin = definePlugin({
    ...desk,
    setup: () => ({
      methods: {
        'desk.set': ({ fails }, call) => {
          ran.push(`${call.transport} ${call.caller.id}`)
          if (fails) throw fail('NEXUS_DESK_CLOSED')
          return {}
        },
        'desk.reset': () => ({}),
        'desk.slow': ({ way }, call) => {
          if (way === 'throw') throw fail('NEXUS_DESK_CLOSED')
          if (way === 'reject') return Promise.reject(fail('NEXUS_DESK_CLOSED'))
          return way === 'value' ? {} : until(call, way === 'hang')
        },
        'desk.both': (_, call) => until(call, true),
        'desk.free': () => ({}),
        'desk.open': () => ({}),
      },
      routes: { 'GET /page': (c) => c.text('page') },
    }),
  })
  const release = (): void => { for (const end of waiting) end() }
  return { plugin, release, ran }
}

/** Calls the desk for whoever calls it. */
export const relay = definePlugin({
  id: 'relay',
  methods: { 'relay.set': method({ scope: 'operator.admin' }), 'relay.slow': method({ scope: 'operator.admin' }) },
  setup: (ctx) => ({
    methods: {
      'relay.set': (_, call) => ctx.call(desk, 'desk.set', {}, { cause: call }),
      'relay.slow': (_, call) => ctx.call(desk, 'desk.slow', {}, { cause: call, signal: call.signal }),
    },
  }),
})

export const start = (desk: Desk, settings: Readonly<Record<string, unknown>> = {}): Promise<TestKernel> =>
  testKernel({ plugins: [limits, desk.plugin, relay], config: { limits: settings } })

export const rpc = (k: TestKernel, name: string, params: unknown = {}): Promise<Response> =>
  k.request('/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ method: name, params }) })

export const status = (k: TestKernel): Promise<LimitsStatus> => k.call('limits.status') as Promise<LimitsStatus>
export const tooMany = { code: 'NEXUS_LIMITS_CALLS' }
export const tooManyAtOnce = { code: 'NEXUS_LIMITS_CONCURRENT' }
export const as = (id: string) => ({ caller: { id } })
export const times = async (n: number, run: () => Promise<unknown>): Promise<void> => { for (let i = 0; i < n; i++) await run() }
