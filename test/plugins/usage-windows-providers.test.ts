/** What each provider tells of its limits, asked of servers that speak the vendor's wire format and misbehave. */
import { describe, expect, test } from 'vitest'
import type { Plugin } from 'nexus-gateway/sdk'
import { Models } from '../../plugins/models/contract.ts'
import anthropic from '../../plugins/provider-anthropic/index.ts'
import google from '../../plugins/provider-google/index.ts'
import openai from '../../plugins/provider-openai/index.ts'
import compatible from '../../plugins/provider-openai-compatible/index.ts'
import { startVendor } from '../fixtures/vendor-server.ts'
import { anthropicWire, goodKey, openAiWire } from '../fixtures/vendor-wires.ts'
import { gateway, misbehaviour, site, telling } from './usage-windows-harness.ts'

const token = 'tok-oauth-0123456789abcdef'
const at = Date.parse('2026-01-01T05:00:00Z')
const week = Date.parse('2026-01-04T00:00:00Z')
const claude = { five_hour: { utilization: 12.5, resets_at: '2026-01-01T05:00:00.000Z' }, seven_day: { utilization: 40, resets_at: '2026-01-04T00:00:00Z' }, seven_day_opus: null, seven_day_sonnet: { utilization: 3, resets_at: null }, extra_usage: { is_enabled: false } }
const chatGpt = { plan_type: 'plus', rate_limit: { primary_window: { used_percent: 6, reset_at: at / 1_000, limit_window_seconds: 18_000 }, secondary_window: { used_percent: 24, reset_after_seconds: 60, limit_window_seconds: 604_800 } }, credits: { balance: 5 } }
const key = { data: { label: 'sk-or-v1-a...b', limit: 100, limit_remaining: 74.5, limit_reset: 'weekly', usage: 25.5, is_free_tier: false } }

interface Case { readonly id: string; readonly plugin: Plugin; readonly path: string; readonly body: unknown; readonly rows: readonly unknown[]; settings(port: number): Record<string, unknown> }
const oauth = { accounts: [{ id: 'me', kind: 'oauth', apiKey: token }] }
const cases: readonly Case[] = [
  {
    id: 'provider-anthropic', plugin: anthropic, path: '/api/oauth/usage', body: claude, settings: (port) => ({ baseUrl: `http://127.0.0.1:${port}/v1`, ...oauth }),
    rows: [{ provider: 'anthropic', displayName: 'Anthropic', windows: [{ label: '5h', usedPercent: 12.5, resetAt: at }, { label: 'Week', usedPercent: 40, resetAt: week }, { label: 'Week (Sonnet)', usedPercent: 3 }] }],
  },
  {
    id: 'provider-openai', plugin: openai, path: '/backend-api/wham/usage', body: chatGpt, settings: (port) => ({ baseUrl: `http://127.0.0.1:${port}/backend-api/codex`, ...oauth }),
    rows: [{ provider: 'openai', displayName: 'OpenAI', plan: 'plus', windows: [{ label: '5h', usedPercent: 6, resetAt: at }, { label: 'Week', usedPercent: 24, resetAt: Date.parse('2026-01-01T00:01:00Z') }] }],
  },
  {
    id: 'provider-openai-compatible', plugin: compatible, path: '/api/v1/key', body: key, settings: (port) => ({ preset: 'openrouter', baseUrl: `http://127.0.0.1:${port}/api/v1`, apiKey: token }),
    rows: [{ provider: 'openrouter', displayName: 'OpenRouter', plan: 'paid', windows: [{ label: 'credits weekly', usedPercent: 25.5, resetAt: Date.parse('2026-01-05T00:00:00Z') }] }],
  },
]

describe.each(cases)('$id', ({ id, plugin, path, body, rows, settings }) => {
  test('tells what is used when its server does, and sends the credential there alone', async () => {
    const there = await site(telling(token, body))
    await using g = await gateway([plugin], { [id]: settings(there.port) })
    expect(await g.rows()).toEqual(rows)
    expect(there.asked.map(({ method, url }) => [method, url])).toEqual([['GET', path]])
  })

  test.each(Object.entries(misbehaviour))('says that there was %s, and repeats nothing of it', async (_, answer) => {
    const there = await site(answer(token))
    await using g = await gateway([plugin], { [id]: settings(there.port) }, 'real')
    const [row] = await g.rows()
    expect(row).toMatchObject({ windows: [], error: expect.stringMatching(/^(?:its|it|no) [\w ()]+$/) as string })
    expect(JSON.stringify([row, g.k.logs])).not.toContain(token)
  })

  test('gives up a server that is slow after five seconds', async () => {
    const there = await site(() => {})
    await using g = await gateway([plugin], { [id]: settings(there.port) })
    const answer = g.rows()
    while (there.asked.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await g.k.clock.advance(5_000)
    expect(await answer).toMatchObject([{ windows: [], error: 'no answer within 5 s' }])
  })

  test('says what is missing where the guarded fetch may not go there, and when the credential is not good', async () => {
    const there = await site(telling('another', body))
    await using refused = await gateway([plugin], { [id]: settings(there.port) })
    expect(await refused.rows()).toMatchObject([{ error: 'it refused the credential (HTTP 401)' }])
    await using shut = await gateway([plugin], { [id]: settings(there.port), outbound: {} })
    expect(await shut.rows()).toMatchObject([{ error: 'its address is none of the public web: see `outbound.allow`' }])
    expect(there.asked).toHaveLength(1)
  })
})

describe('a key', () => {
  const future = new Date(Date.now() + 3_600_000).toISOString().replace(/\.\d+Z$/, 'Z')
  const limits = {
    anthropic: { 'anthropic-ratelimit-requests-limit': '50', 'anthropic-ratelimit-requests-remaining': '49', 'anthropic-ratelimit-requests-reset': future, 'anthropic-ratelimit-input-tokens-limit': '1000', 'anthropic-ratelimit-input-tokens-remaining': '250', 'anthropic-ratelimit-input-tokens-reset': '2020-01-01T00:00:00Z', 'anthropic-ratelimit-tokens-limit': 'many' },
    openai: { 'x-ratelimit-limit-requests': '60', 'x-ratelimit-remaining-requests': '45', 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-limit-tokens': '150000', 'x-ratelimit-remaining-tokens': '149984', 'x-ratelimit-reset-tokens': '1h2.5s', 'x-request-id': 'r' },
  } as const
  const vendors = [
    { id: 'anthropic', plugin: anthropic, wire: anthropicWire, model: 'claude-sonnet-4-5', windows: [{ label: 'requests', usedPercent: 2, resetAt: Date.parse(future) }, { label: 'input tokens', usedPercent: 0 }] },
    { id: 'openai', plugin: openai, wire: openAiWire, model: 'gpt-5.2', windows: [{ label: 'requests', usedPercent: 25, resetAt: expect.any(Number) as number }, { label: 'tokens', usedPercent: 0, resetAt: expect.any(Number) as number }] },
  ] as const

  test.each(vendors)('of $id has the limits that its answers told, a refusal too, and nobody is asked for them', async ({ id, plugin, wire, model, windows }) => {
    await using mock = await startVendor(wire)
    await using g = await gateway([plugin], { models: { retry: { spare: 0, ratio: 0 } }, [`provider-${id}`]: { baseUrl: `${mock.url}/v1`, apiKey: goodKey, accounts: [{ id: 'other', apiKey: 'sk-other-0123456789' }] } }, 'real')
    const api = await g.k.service(Models)
    const ask = () => api.stream({ provider: id, model, account: 'default', messages: [{ role: 'user', content: 'hello' }], signal: new AbortController().signal, cause: { caller: { id: 't', role: 'operator', scopes: new Set<string>(), label: 'operator' }, trace: 't', path: [] } }, () => {})
    mock.script({ status: 429, headers: limits[id] })
    await expect(ask()).rejects.toMatchObject({ code: 'NEXUS_MODELS_PROVIDER' })
    expect(await g.rows(), 'nothing of the one that was never asked').toEqual([{ provider: id, displayName: expect.any(String) as string, account: 'default', windows: windows.map((window) => ({ ...window, usedPercent: expect.closeTo(window.usedPercent, 1) as number })) }])
    expect(mock.knocks, 'the one that was refused').toBe(1)
  })

  test('of Google tells nothing, because Google publishes nothing', async () => {
    await using g = await gateway([google], { 'provider-google': { apiKey: goodKey } })
    expect(await g.rows()).toEqual([])
  })

  test('without a limit is told without a window', async () => {
    const there = await site(telling(token, { data: { ...key.data, limit: null, limit_remaining: null, limit_reset: null, is_free_tier: true } }))
    await using g = await gateway([compatible], { 'provider-openai-compatible': { preset: 'openrouter', baseUrl: `http://127.0.0.1:${there.port}/api/v1`, apiKey: token } })
    expect(await g.rows()).toEqual([{ provider: 'openrouter', displayName: 'OpenRouter', windows: [], plan: 'free' }])
  })
})

test('a token of a subscription goes to nobody but whom it is for', async () => {
  const proxy = await site(telling(token, chatGpt))
  await using g = await gateway([openai], { 'provider-openai': { baseUrl: `http://127.0.0.1:${proxy.port}/v1`, ...oauth } })
  expect(await g.rows()).toEqual([])
  expect(proxy.asked).toEqual([])
})
