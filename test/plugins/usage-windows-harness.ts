/** `usage.status` with providers that ask servers on loopback through the guarded fetch. */
import type { RequestListener } from 'node:http'
import { definePlugin, method } from 'nexus-gateway/sdk'
import type { Plugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import models from '../../plugins/models/index.ts'
import outbound from '../../plugins/outbound/index.ts'
import { UsageStatus, usageSources } from '../../plugins/usage/windows/contract.ts'
import type { UsageSource } from '../../plugins/usage/windows/contract.ts'
import { createUsageStatus } from '../../plugins/usage/windows/status.ts'
import { StatusParams } from '../../plugins/usage/windows/wire.ts'
import { site } from './outbound-harness.ts'

/** The method as the plugin has it, without its index. */
export const usage = definePlugin({
  id: 'usage',
  methods: { 'usage.status': method({ scope: 'operator.read', params: StatusParams, result: UsageStatus }) },
  setup(ctx) {
    const status = createUsageStatus({ sources: async () => ctx.invoke(usageSources), clock: ctx.clock, log: ctx.log, signal: ctx.scope.signal })
    return { methods: { 'usage.status': (_, call) => status(call) } }
  },
})

export const offering = (id: string, ...sources: readonly UsageSource[]): Plugin => definePlugin({ id, setup: (ctx) => void ctx.tap(usageSources, () => sources) })

export async function gateway(plugins: readonly Plugin[], config: Record<string, unknown> = {}, clock: 'fake' | 'real' = 'fake') {
  const k = await testKernel({ plugins: [outbound, models, usage, ...plugins], config: { outbound: { allow: ['127.0.0.1'] }, ...config }, clock })
  const status = async (): Promise<UsageStatus> => await k.call('usage.status') as UsageStatus
  return { k, status, rows: async () => (await status()).providers, [Symbol.asyncDispose]: () => k.close() }
}

/** Answers JSON to those who have the credential, 401 to others, and nothing of it in words. */
export const telling = (credential: string, body: unknown): RequestListener => (request, response) => {
  const good = request.headers.authorization === `Bearer ${credential}`
  response.writeHead(good ? 200 : 401, { 'content-type': 'application/json' }).end(JSON.stringify(good ? body : { error: `no such key: ${request.headers.authorization ?? ''}` }))
}

/** Everything that a server of a vendor does on a bad day; `secret` is repeated by some. */
export const misbehaviour: Readonly<Record<string, (secret: string) => RequestListener>> = {
  'a failure with a page of HTML': (secret) => (_, response) => void response.writeHead(500, { 'content-type': 'text/html' }).end(`<h1>${secret}</h1>`),
  'HTML with 200': (secret) => (_, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${secret}</html>`),
  'wrong types': () => (_, response) => void response.writeHead(200).end('{"five_hour":"lots","seven_day":[],"rate_limit":{"primary_window":"full"},"data":{"limit":"1","limit_remaining":{}}}'),
  'null': () => (_, response) => void response.writeHead(200).end('null'),
  'a list': () => (_, response) => void response.writeHead(200).end('[[[1]]]'),
  'half an answer': () => (_, response) => void response.writeHead(200, { 'content-length': '900' }).end('{"five_hour":').destroy(),
  'an answer without end': () => (_, response) => {
    response.writeHead(200)
    const more = (): void => { while (!response.destroyed && response.write(`"${'x'.repeat(16_384)}",`)); }
    response.on('drain', more)
    more()
  },
  'a redirect': () => (_, response) => void response.writeHead(302, { location: 'http://127.0.0.1:9/elsewhere' }).end(),
  'too many requests': () => (_, response) => void response.writeHead(429, { 'retry-after': '60' }).end('{}'),
  'a broken connection': () => (request) => void request.socket.destroy(),
}

export { site }
