/** What goes wrong with model servers, over real connections: each fault is known for what it is, found an answer for where that may be, and never made worse. */
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:https'
import { describe, expect, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { selfSigned } from '../../kernel/gateway/certificate.ts'
import { failureOf, Models } from '../../plugins/models/contract.ts'
import type { ModelPart, ModelRequest, ModelsApi } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import compatible from '../../plugins/provider-openai-compatible/index.ts'
import { faults, startFaultServer } from '../fixtures/fault-server.ts'
import { caller, provider } from './models-gateway.ts'

const apiKey = 'sk-test-0123456789abcdef'
const names = Object.keys(faults)
/** Only what says nothing has to be waited for. */
const waitFor = (name: string): number => (/slow|stall|comments/.test(name) ? 400 : 20_000)

async function gateway(baseUrl: string, settings: Record<string, unknown>, asked: string[] = [], waitMs = 20_000) {
  const k = await testKernel({
    plugins: [models, compatible, provider('b', asked, () => 'ok')], clock: 'real',
    config: { models: settings, 'provider-openai-compatible': { baseUrl, apiKey, timeoutMs: waitMs, stallMs: waitMs, models: [...names, 'fine'].map((id) => ({ id })) } },
  })
  return { k, api: await k.service(Models) }
}

async function ask(api: ModelsApi, model: string, more: Partial<ModelRequest> = {}) {
  const parts: ModelPart[] = []
  const request: ModelRequest = { provider: 'openai-compatible', model, messages: [{ role: 'user', content: 'hello' }], tools: [{ name: 'pay', description: 'Pays.', parameters: { type: 'object', properties: {} } }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] }, ...more }
  const answer = await api.stream(request, (part) => void parts.push(part)).then((finish) => ({ finish, kind: undefined, failure: undefined }), (error: unknown) => {
    const failure = failureOf(error)
    if (!failure) throw error
    return { finish: undefined, kind: failure.kind, failure }
  })
  return { ...answer, calls: parts.filter((part) => part.type === 'toolCall'), text: parts.map((part) => (part.type === 'text' ? part.delta : '')).join('') }
}

test('there are enough of them', () => expect(names.length + 4).toBeGreaterThanOrEqual(22))

describe('a fault', () => {
  test.each(names)('%s is known for what it is, asks once, calls no tool and tells no key', async (name) => {
    const { kind, said = '' } = faults[name]!
    await using server = await startFaultServer()
    const { k, api } = await gateway(server.url, { retry: { ratio: 0, spare: 0 } }, [], waitFor(name))
    const answer = await ask(api, name)
    expect([answer.kind, answer.text, answer.calls, server.asked]).toEqual([kind, said, [], [name]])
    expect(answer.failure?.retryAfterMs ?? 0).toBeLessThanOrEqual(24 * 3_600_000)
    expect(JSON.stringify([answer.failure, k.logs])).not.toContain(apiKey)
    await k.close()
  })

  test.each(names)('%s is answered by the fallback, unless it is an answer or somebody has heard a word', async (name) => {
    const { kind, said } = faults[name]!
    const asked: string[] = []
    await using server = await startFaultServer()
    const { k, api } = await gateway(server.url, { fallbacks: ['b/m'] }, asked, waitFor(name))
    const answer = await ask(api, name)
    const final = said !== undefined || kind === 'refusal' || kind === 'context_length'
    if (final) expect([answer.kind, answer.text, asked]).toEqual([kind, said ?? '', []])
    else expect([answer.finish?.provider, answer.text, asked]).toEqual(['b', 'b says hi', ['b/m']])
    expect(server.asked).toEqual([name])
    await k.close()
  })
})

describe('a server that is not there', () => {
  const closedPort = async (): Promise<string> => {
    const server = await startFaultServer()
    await server[Symbol.asyncDispose]()
    return server.url
  }
  // A label of more than 63 letters is no name that anybody is asked for.
  test.each([['because nobody listens', closedPort], ['because its name is none', async () => `http://${'x'.repeat(64)}.invalid/v1`]])('%s is a failure of the network', async (_, url) => {
    const asked: string[] = []
    const { k, api } = await gateway(await url(), { fallbacks: ['b/m'] }, asked)
    expect((await ask(api, 'fine', { fallbacks: [] })).kind).toBe('network')
    expect((await ask(api, 'fine')).finish?.provider).toBe('b')
    await k.close()
  })

  test('because it does not speak TLS, or has a certificate of its own making, is one too', async () => {
    await using plain = await startFaultServer()
    const { k, api } = await gateway(`https://127.0.0.1:${plain.port}/v1`, {})
    expect((await ask(api, 'fine')).kind).toBe('network')
    expect(plain.asked).toEqual([])
    await k.close()
    let heard = 0
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    const own = { cert: selfSigned({ key: privateKey, names: ['127.0.0.1'], from: Date.now() - 1_000, until: Date.now() + 3_600_000 }), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) }
    const server = createServer(own, (_, response) => {
      heard++
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const second = await gateway(`https://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/v1`, {})
    expect((await ask(second.api, 'fine')).kind).toBe('network')
    expect(heard).toBe(0)
    await second.k.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})

describe('a storm of all faults at once', () => {
  test.each([['one after the other', 1], ['side by side', 25]])('makes at most a tenth more attempts than requests, %s, and every request ends', async (_, together) => {
    const asked: string[] = []
    await using server = await startFaultServer()
    const { k, api } = await gateway(server.url, { fallbacks: ['openai-compatible/500', 'openai-compatible/429', 'b/m'], retry: { maxWaitMs: 300 } }, asked, 100)
    const wanted = Array.from({ length: together === 1 ? 120 : 400 }, (_, i) => (i % 5 === 4 ? 'fine' : names[(i * 7) % names.length]!))
    let ended = 0
    for (let i = 0; i < wanted.length; i += together) {
      const answers = await Promise.all(wanted.slice(i, i + together).map((name) => ask(api, name)))
      for (const { finish, kind } of answers) if (finish !== undefined || kind !== undefined) ended++
      // The bound holds at every moment, once there have been requests enough for a tenth to be more than the spare ones.
      if (i + together >= 30) expect(server.asked.length + asked.length).toBeLessThanOrEqual(1.1 * (i + together))
    }
    expect(ended).toBe(wanted.length)
    expect(asked.length).toBeGreaterThan(0)
    await k.close()
  })
})
