/** A gateway whose `cost` and `usage` answer what they are told to, in the shapes of the wire. */
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { cost, type CostStatus } from '../../plugins/cost/contract.ts'
import { usage, type IndexReport, type SessionsUsage, type UsageCost } from '../../plugins/usage/contract.ts'
import { sessionsUsage, status, usageCost, usedSession } from './cost-screen-fixtures.ts'

export interface Answers {
  readonly status?: CostStatus
  readonly days?: (params: Asked) => UsageCost
  readonly sessions?: (params: Asked) => SessionsUsage
  readonly index?: () => IndexReport
  readonly charges?: (params: Asked) => unknown
}
export type Asked = Readonly<Record<string, unknown>>

const unused = (): never => { throw new NexusError('NEXUS_TEST_UNUSED', { text: 'not asked here', fix: '' }, {}) }

/** `asked` has what was asked for, in order. */
export async function gateway(answers: Answers = {}, { withUsage = true } = {}) {
  const asked: [string, Asked][] = []
  const noted = <T>(method: string, answer: (params: Asked) => T) => (params: unknown): T => {
    asked.push([method, params as Asked])
    return answer(params as Asked)
  }
  const fakeCost = definePlugin({
    id: 'cost', methods: cost.methods!,
    setup: () => ({
      methods: {
        ...Object.fromEntries(Object.keys(cost.methods!).map((name) => [name, unused])),
        'cost.status': noted('cost.status', () => answers.status ?? status()),
        'cost.stop': noted('cost.stop', () => ({ stopped: true, ended: 1 })),
        'cost.settle': noted('cost.settle', () => ({ id: 'o', at: 1, provider: 'a', model: 'm', usd: 0.042, tokens: 0, price: 'by hand' })),
        'cost.resume': noted('cost.resume', () => ({ stopped: false, ended: 0 })),
        'cost.charges': noted('cost.charges', answers.charges ?? (() => ({ charges: [], open: [] }))),
      } as never,
    }),
  })
  const fakeUsage = definePlugin({
    id: 'usage', methods: usage.methods!,
    setup: () => ({
      methods: {
        ...Object.fromEntries(Object.keys(usage.methods!).map((name) => [name, unused])),
        'usage.cost': noted('usage.cost', answers.days ?? (({ startDate, endDate }) => usageCost(String(startDate), String(endDate), {}))),
        'sessions.usage': noted('sessions.usage', answers.sessions ?? (() => sessionsUsage([usedSession('main', 3)]))),
        'usage.index': noted('usage.index', answers.index ?? unused),
      } as never,
    }),
  })
  const k = await testKernel({ plugins: withUsage ? [fakeCost, fakeUsage] : [fakeCost] })
  return { k, asked, [Symbol.asyncDispose]: () => k[Symbol.asyncDispose]() }
}
