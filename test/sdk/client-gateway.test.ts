/** The client against the real gateway, with a wire in between that can be cut. */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import * as v from 'valibot'
import { expect, test } from 'vitest'
import { contract, definePlugin, event, method } from 'nexus-gateway/sdk'
import { createClient, type ClientOptions } from 'nexus-gateway/sdk/client'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'

const news = contract({
  id: 'news',
  methods: {
    'news.print': method({ scope: 'operator.read', params: v.strictObject({ n: v.number() }) }),
    'news.slow': method({ scope: 'operator.read' }),
  },
  events: {
    'news.printed': event({ scope: 'operator.read', payload: v.number() }),
    'news.leaked': event({ scope: 'operator.admin', payload: v.number() }),
  },
})
const plugin = definePlugin({
  ...news,
  setup: (ctx) => ({
    methods: {
      'news.print': ({ n }) => { ctx.emit('news.leaked', n); ctx.emit('news.printed', n) },
      'news.slow': () => new Promise((resolve) => { setTimeout(() => resolve('done'), 50) }),
    },
  }),
})
const newsKernel = (): Promise<TestKernel> => testKernel({ plugins: [plugin] })
const port = async (k: TestKernel): Promise<number> => Number(new URL(await k.url()).port)

/** A wire that can be cut, to wherever `target` says. */
async function wireTo(target: () => Promise<number>) {
  const open = new Set<Socket>()
  const cut = (): void => { for (const socket of open) socket.destroy() }
  const server = createServer(async (near) => {
    const far = connect(await target(), '127.0.0.1')
    for (const [one, other] of [[near, far], [far, near]] as const) {
      open.add(one)
      one.on('error', () => {}).on('close', () => { open.delete(one); other.destroy() })
      one.pipe(other)
    }
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  return {
    url: `ws://127.0.0.1:${(server.address() as AddressInfo).port}`, cut,
    async [Symbol.asyncDispose]() {
      cut()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

function follow(o: ClientOptions) {
  const seen: unknown[] = []
  const resets: string[] = []
  const client = createClient({ reconnect: { minMs: 5, maxMs: 50 }, onReset: ({ reason }) => resets.push(reason), ...o })
  client.on('news.printed', (n) => seen.push(n))
  client.on('news.leaked', (n) => seen.push(`leaked ${String(n)}`))
  return { client, seen, resets }
}

test.each([3, 4] as const)('protocol %i: events missed during a break come after it, in order, once, and only those it may see', async (protocol) => {
  await using k = await newsKernel()
  await using wire = await wireTo(() => port(k))
  const { client, seen, resets } = follow({ url: wire.url, token: k.token(), scopes: ['operator.read'], protocol })
  await using _ = client
  expect((await client.ready()).protocol).toBe(protocol)
  for (let n = 0; n < 30; n++) {
    if (n % 4 === 0) wire.cut()
    await k.call('news.print', { n })
    if (n % 3 === 0) await new Promise((resolve) => { setTimeout(resolve, 10) })
  }
  await expect.poll(() => seen.at(-1)).toBe(29)
  expect(seen).toEqual(Array.from({ length: 30 }, (_unused, n) => n))
  expect(resets).toEqual([])
})

test('a gateway that was started anew knows nothing of the past: the application is told, calls go on', async () => {
  let k = await newsKernel()
  const tokens = new Map<TestKernel, string>()
  await using wire = await wireTo(() => port(k))
  const { client, seen, resets } = follow({ url: wire.url, token: () => tokens.get(k) ?? tokens.set(k, k.token()).get(k) })
  await using _ = client
  await client.call('news.print', { n: 1 })
  const old = k
  k = await newsKernel()
  await old.close()
  await client.call('news.print', { n: 2 }, { idempotent: true })
  await expect.poll(() => seen).toEqual(['leaked 1', 1, 'leaked 2', 2])
  expect(resets).toEqual(['resume'])
  await client.close()
  await k.close()
})

test('a cut in the middle of a call', async () => {
  await using k = await newsKernel()
  await using wire = await wireTo(() => port(k))
  const { client } = follow({ url: wire.url, token: k.token() })
  await using _ = client
  await client.ready()
  const lost = client.call('news.slow')
  const again = client.call('news.slow', undefined, { idempotent: true })
  wire.cut()
  await expect(lost).rejects.toMatchObject({ code: 'UNAVAILABLE', details: { nexus: 'NEXUS_CLIENT_LOST' } })
  expect(await again).toBe('done')
})

test('a credential that is no good ends the client', async () => {
  await using k = await newsKernel()
  const { client } = follow({ url: await k.url(), token: 'guessed' })
  await expect(client.ready()).rejects.toMatchObject({ code: 'INVALID_REQUEST', details: { code: 'AUTH_TOKEN_MISMATCH' } })
  expect(client.state).toBe('closed')
})

test('errors keep the gateway\'s own code beside the protocol\'s', async () => {
  await using k = await newsKernel()
  const client = await k.connect()
  await expect(client.call('news.gone')).rejects.toMatchObject({ code: 'INVALID_REQUEST', message: 'unknown method: news.gone', details: { nexus: 'NEXUS_CALL_UNKNOWN_METHOD' } })
  await expect(client.call('news.print', { m: 1 })).rejects.toMatchObject({ details: { nexus: 'NEXUS_CALL_INVALID_PARAMS' } })
})
