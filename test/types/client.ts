/** The typed client, checked by the compiler. Never run. */
import { createClient, type GatewayError } from 'nexus-gateway/sdk/client'
import { cost } from './contract.ts'

type Eq<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false
const ok = <T extends true>(): T | void => {}

const client = createClient({ url: 'ws://127.0.0.1:19789', token: async () => 'secret', WebSocket: globalThis.WebSocket })
const typed = client.use(cost)

const summary = typed.call['cost.summary']({ session: 's' })
ok<Eq<typeof summary, Promise<{ total: number }>>>()
void typed.call['cost.reset']()
typed.on('cost.charged', ({ usd }) => { ok<Eq<typeof usd, number>>() })()
void client.call('anything', { at: 'all' }, { timeoutMs: 5, idempotent: true }).catch((e: GatewayError) => [e.code, e.retryable])

// @ts-expect-error no such method
void typed.call['cost.sum']({ session: 's' })
// @ts-expect-error params that the method does not take
void typed.call['cost.summary']({ sesion: 's' })
// @ts-expect-error params are missing
void typed.call['cost.summary']()
// @ts-expect-error a method without params
void typed.call['cost.reset']({ force: true })
// @ts-expect-error no such event
typed.on('cost.nope', () => {})
// @ts-expect-error the payload of another event
typed.on('cost.charged', (p: { at: string }) => p)
// @ts-expect-error no address
createClient({ token: 't' })
// @ts-expect-error there is no such protocol
createClient({ url: '', protocol: 5 })
// @ts-expect-error what the untyped call gives has to be looked at first
void client.call('anything').then((answer) => answer.total)
