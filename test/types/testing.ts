/** The test kernel's types, checked by the compiler. Never run. */
import { definePlugin, service } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { charged, cost, Ledger, priced } from './contract.ts'

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const ok = <T extends true>(): T | void => {}
const Clock = service<{ now(): number }>('clock/1')

export async function checked(): Promise<void> {
  await using k = await testKernel({
    plugins: [definePlugin({ id: 'x', setup() {} })],
    provide: [[Ledger, { total: () => 1 }], [Clock, { now: () => 0 }]],
  })
  const summary = await k.use(cost).call['cost.summary']({ session: 's' })
  ok<Eq<typeof summary, { total: number }>>()
  const ledger = await k.service(Ledger)
  ok<Eq<typeof ledger, { total(): number }>>()
  const price = await k.invoke(priced, 'gpt')
  ok<Eq<typeof price, number | undefined>>()

  // @ts-expect-error a fake that does not fit its token
  await testKernel({ plugins: [], provide: [[Ledger, { total: () => 'much' }]] })
  // @ts-expect-error a fake of the wrong service, second in the list
  await testKernel({ plugins: [], provide: [[Ledger, { total: () => 1 }], [Clock, { total: () => 1 }]] })
  // @ts-expect-error no plugins
  await testKernel({})
  // @ts-expect-error there are two clocks
  await testKernel({ plugins: [], clock: 'slow' })
  // @ts-expect-error an argument of the wrong type
  await k.invoke(charged, { usd: 'one' })
  // @ts-expect-error params that the method does not take
  await k.use(cost).call['cost.summary']({ session: 1 })
}
