/** A server that cannot be reached has got nothing: whoever counts is told so, and only then. */
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { createServer, type AddressInfo } from 'node:net'
import { describe, expect, test } from 'vitest'
import { definePlugin } from 'nexus-gateway/sdk'
import { testKernel } from 'nexus-gateway/sdk/testing'
import { failureOf, isUnconnected, modelAfter, Models } from '../../plugins/models/contract.ts'
import type { AttemptOutcome, ModelRequest } from '../../plugins/models/contract.ts'
import models from '../../plugins/models/index.ts'
import { createHalts } from '../../plugins/models/language-model/halt.ts'
import { answerFrom } from '../../plugins/models/language-model/stream.ts'
import { streamFrom } from '../../plugins/models/language-model/way.ts'
import provider from '../../plugins/provider-openai-compatible/index.ts'

const caller = { id: 'test', role: 'operator', scopes: new Set<string>(), label: 'operator' } as const
const request = (model: string): ModelRequest => ({ provider: 'openai-compatible', model, messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller, trace: 't', path: [] } })

/** A port that answers by `each` connection, or that nobody listens on. */
async function port(each?: (end: () => void) => void) {
  const server = createServer((socket) => each?.(() => socket.on('error', () => {}).once('data', () => socket.destroy())))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port: number } = server.address() as AddressInfo
  if (!each) await new Promise((resolve) => server.close(resolve))
  return { url: `http://127.0.0.1:${number}/v1`, [Symbol.asyncDispose]: async () => void server.close() }
}

async function outcomesOf(url: string): Promise<AttemptOutcome[]> {
  const seen: AttemptOutcome[] = []
  const watcher = definePlugin({ id: 'watcher', setup(ctx) { ctx.tap(modelAfter, (_, outcome) => void seen.push(outcome)) } })
  await using k = await testKernel({ plugins: [models, provider, watcher], config: { 'provider-openai-compatible': { baseUrl: url, models: [{ id: 'm1' }] }, models: { retry: { ratio: 0, spare: 0 } } }, clock: 'real' })
  await expect((await k.service(Models)).stream(request('m1'), () => {})).rejects.toMatchObject({ code: 'NEXUS_MODELS_PROVIDER' })
  return seen
}

describe('an attempt', () => {
  test('without a connection says that nothing was sent', async () => {
    await using closed = await port()
    expect(await outcomesOf(closed.url)).toEqual([expect.objectContaining({ status: 'failed', kind: 'network', characters: 0, unsent: true })])
  })

  test('whose connection breaks before an answer does not: the server may have begun', async () => {
    await using rude = await port((end) => end())
    const [outcome, ...more] = await outcomesOf(rude.url)
    expect(more).toEqual([])
    expect(outcome).toMatchObject({ status: 'failed', kind: 'network' })
    expect(outcome).not.toHaveProperty('unsent')
  })

  test('says the same through the AI SDK', async () => {
    await using closed = await port()
    const log = (): void => {}
    const clock = { now: Date.now, setTimeout: (run: () => void, ms: number) => setTimeout(run, ms), clearTimeout: (timer: unknown) => clearTimeout(timer as NodeJS.Timeout) }
    const model = async (id: string) => createOpenAICompatible({ name: 'mock', baseURL: closed.url }).chatModel(id)
    const failed: unknown = await streamFrom({
      provider: 'mock', timeoutMs: 5_000, stallMs: 5_000, halts: createHalts(), clock, credentials: { headers: async () => ({}), known: () => [] }, log: { debug: log, info: log, warn: log, error: log },
      stream: (asked, way, emit) => answerFrom({ provider: 'mock', model }, asked, way, emit),
    }, request('m1'), () => {}).catch((error: unknown) => error)
    expect(failureOf(failed)).toMatchObject({ kind: 'network', unsent: true })
  })
})

test.each([
  [{ syscall: 'connect', code: 'ECONNREFUSED' }, true],
  [{ syscall: 'getaddrinfo', code: 'ENOTFOUND' }, true],
  [{ code: 'UND_ERR_CONNECT_TIMEOUT' }, true],
  [{ message: 'fetch failed', cause: { errors: [{ syscall: 'connect' }, { syscall: 'connect' }] } }, true],
  [{ errors: [{ syscall: 'connect' }, { syscall: 'read' }] }, false],
  [{ errors: [] }, false],
  [{ syscall: 'read', code: 'ECONNRESET' }, false],
  [{ cause: { cause: { cause: { cause: { cause: { cause: { syscall: 'connect' } } } } } } }, false],
  ['connect', false],
  [undefined, false],
])('%j means that there was no connection: %s', (error, expected) => {
  expect(isUnconnected(error)).toBe(expected)
})
