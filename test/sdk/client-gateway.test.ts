/** The client against the real gateway, with a wire in between that can be cut. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { contract, definePlugin, event, method } from 'nexus-gateway/sdk'
import { createClient, type GatewayError } from 'nexus-gateway/sdk/client'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'

const news = contract({
  id: 'news',
  methods: { 'news.echo': method({ scope: 'operator.read', params: v.looseObject({}) }), 'news.slow': method({ scope: 'operator.read' }), 'news.secret': method({ scope: 'operator.admin' }) },
  events: {
    'news.printed': event({ scope: 'operator.read', payload: v.number() }),
    'news.leaked': event({ scope: 'operator.admin', payload: v.number() }),
  },
})
const plugin = definePlugin({
  ...news,
  setup: () => ({ methods: { 'news.echo': (p) => p, 'news.slow': () => new Promise((resolve) => { setTimeout(() => resolve('done'), 50) }), 'news.secret': () => 'secret' } }),
})
const print = (k: TestKernel, name: 'news.printed' | 'news.leaked', n: number): void => {
  k.kernel.emit(name as 'tick', n)
}

/** A wire to the gateway of the moment. */
async function wire(target: { k: TestKernel }) {
  const open = new Set<Socket>()
  const server = createServer((near) => {
    void target.k.request('/').then(({ url }) => {
      const far = connect(Number(new URL(url).port), '127.0.0.1')
      for (const [one, other] of [[near, far], [far, near]] as const) {
        open.add(one)
        one.on('error', () => {}).on('close', () => { open.delete(one); other.destroy() })
        one.pipe(other)
      }
    })
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => { for (const socket of open) socket.destroy() },
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function tokenOf(k: TestKernel, scopes: string[]): Promise<string> {
  // The harness hands out a token with each client it connects.
  let token = ''
  const client = await k.connect({ scopes, WebSocket: undefined as never })
  token = (client as unknown as { token?: string }).token ?? ''
  await client.close()
  return token
}
void tokenOf; void createClient; void print; void wire
export type Unused = GatewayError
