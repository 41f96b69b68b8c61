/** A daily budget of 0.01 in the built gateway: the run that does not fit never reaches the server, and everybody is told why. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import OpenAI from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect } from '../fixtures/runs-client.ts'
import type { RunsClient } from '../fixtures/runs-client.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'
import type { MockServer } from '../fixtures/openai-server.ts'
import { nexus, started, stateDir } from '../kernel/cli/spawn.ts'
import type { Started } from '../kernel/cli/spawn.ts'

let state: string
let provider: MockServer
let gateway: Started
let client: RunsClient
const key = (): string => readFileSync(join(state, 'auth', 'token'), 'utf8').trim()
/** Which budget, what is left of it, and when it resets, with its zone. */
const why = /the budget "global\/day" does not allow it: \$0\.00\d+ left of \$0\.01, and it may come to \$0\.0\d+; it resets at \d{4}-\d\d-\d\dT00:00:00\+\d\d:\d\d \(Europe\/Berlin\)/
const cli = (...args: string[]) => nexus(args, { env: { NEXUS_STATE_DIR: state } })

beforeAll(async () => {
  state = stateDir()
  // 1,000 tokens of input and 700 of answer: 0.0071 a request.
  provider = await startOpenAiServer({ reply: () => ({ text: ['Hello.'], usage: { prompt: 1_000, completion: 700 } }) })
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({
    plugins: ['cost'],
    cost: { budgets: [{ per: 'day', usd: 0.01 }], timeZone: 'Europe/Berlin' },
    models: { catalogue: { 'openai-compatible/m1': { price: { input: 0.1, output: 10 }, maxOutput: 700 } } },
    'provider-openai-compatible': { baseUrl: provider.url, models: [{ id: 'm1' }] },
    agent: { defaults: { system: 'Be brief.', bootstrap: { files: [] } } },
  }), { mode: 0o600 })
  gateway = await started([], { state })
  client = await connect(gateway.ready.url, key())
  await client.call('chat.send', { sessionKey: 'first', message: 'hello', idempotencyKey: 'first' })
  const { state: ended, errorMessage } = await client.ended('first')
  expect([ended, errorMessage]).toEqual(['final', undefined])
  expect(provider.requests).toHaveLength(1)
})
afterAll(async () => {
  client?.close()
  await gateway?.[Symbol.asyncDispose]()
  await provider?.close()
  rmSync(state, { recursive: true, force: true })
})

describe('the run that does not fit is stopped before it is dispatched, and says which budget, what is left and when it resets', () => {
  test('over WebSocket: in the chat, and to whoever waits for the run', async () => {
    await client.call('chat.send', { sessionKey: 'second', message: 'hello', idempotencyKey: 'second' })
    expect(await client.ended('second')).toMatchObject({ state: 'error', errorMessage: expect.stringMatching(why) as string })
    expect((await client.call('agent.wait', { runId: 'second' })).payload).toMatchObject({ status: 'error', error: expect.stringMatching(why) as string })
    expect(provider.requests).toHaveLength(1)
  })

  test('over /v1, as a quota that is used up, which no client sends again by itself', async () => {
    const openai = new OpenAI({ baseURL: `${gateway.ready.url}/v1`, apiKey: key(), maxRetries: 2 })
    for (const stream of [false, true]) {
      const error = await openai.chat.completions.create({ model: 'nexus', messages: [{ role: 'user', content: 'hi' }], stream }).then(async (answer) => {
        if (Symbol.asyncIterator in answer) for await (const chunk of answer) expect(chunk).toBeDefined()
      }).catch((thrown: unknown) => thrown) as InstanceType<typeof OpenAI.APIError>
      expect(error, String(stream)).toMatchObject({ code: 'insufficient_quota', type: 'insufficient_quota', message: expect.stringMatching(why) as string })
      if (!stream) expect(error.status).toBe(429)
    }
    expect(provider.requests).toHaveLength(1)
  })

  test('on the command line, with an exit code that says so', async () => {
    const { status, out, err } = await cli('chat', 'hello', '--session', 'third')
    expect([status, `${out}${err}`]).toEqual([1, expect.stringMatching(why)])
    expect(provider.requests).toHaveLength(1)
  })

  test('in status', async () => {
    const { out } = await cli('status')
    expect(out).toMatch(/budgets\s+global\/day: \$0\.00\d+ left of \$0\.01, resets \d{4}-\d\d-\d\d 00:00 (GMT|UTC|CE)/)
    const { budgets, mode } = JSON.parse((await cli('status', '--json')).out) as { budgets: object[]; mode: string }
    expect(mode).toBe('normal')
    expect(budgets).toEqual([expect.objectContaining({ id: 'global/day', limit: { usd: 0.01 }, timeZone: 'Europe/Berlin', resetsAt: expect.any(Number) as number })])
    const { payload } = await client.call('cost.status', {})
    expect(payload).toMatchObject({ today: { calls: 1, usd: 0.0071, tokens: 1_700 }, open: { count: 0 } })
  })
})

test('a restart forgets nothing of it, and a switch that was thrown stays so', async () => {
  await client.call('cost.stop', { reason: 'a test' })
  client.close()
  gateway.child.kill('SIGTERM')
  await gateway.ended()
  gateway = await started([], { state })
  client = await connect(gateway.ready.url, key())
  expect((await cli('status')).out).toMatch(/degraded[^]*everything that costs is stopped since/)
  await client.call('cost.resume', {})
  await client.call('chat.send', { sessionKey: 'fourth', message: 'hello', idempotencyKey: 'fourth' })
  expect(await client.ended('fourth')).toMatchObject({ state: 'error', errorMessage: expect.stringMatching(why) as string })
  expect(provider.requests).toHaveLength(1)
})
