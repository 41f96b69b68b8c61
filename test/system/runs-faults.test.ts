/**
 * What goes wrong with model servers, seen from both ends of a built gateway: the client is told once, and rightly, how
 * its run ended; the session goes on; tools run once; the server is not asked more often than there was to ask; and no
 * header's secret gets out.
 */
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connect, type ChatSeen, type RunsClient } from '../fixtures/runs-client.ts'
import { runFaults } from '../fixtures/runs-faults.ts'
import { startRunsProvider, type RunsProvider } from '../fixtures/runs-provider.ts'
import { started, stateDir, type Started } from '../kernel/cli/spawn.ts'

const apiKey = 'sk-proj-0123456789abcdefSECRET'
const team = 'team-9876543210-SECRET'
const env = { FAULT_KEY: apiKey, FAULT_TEAM: team }
const names = Object.keys(runFaults)
/** A model of its own for each fault: what is learnt of one does not stand in the way of the next. */
const models = ['fine', ...names].map((id) => ({ id }))

/** `accounts`: each of them a key of its own, so that one that has to rest is not all there is. */
function settings(state: string, baseUrl: string, { more = {}, accounts = 0, waitMs = 1_500 }: { more?: object; accounts?: number; waitMs?: number } = {}): void {
  const keys = accounts === 0 ? { apiKey: { $secret: 'env:FAULT_KEY' } } : { accounts: Array.from({ length: accounts }, (_, n) => ({ id: `a${n}`, apiKey: `${apiKey}-${n}` })) }
  writeFileSync(join(state, 'nexus.json5'), JSON.stringify({
    plugins: [join(import.meta.dirname, '..', 'fixtures', 'runs-effects.ts')], pluginPolicy: { trusted: ['*'] }, effects: { file: join(state, 'effects.txt'), maxMs: 0 },
    'provider-openai-compatible': { baseUrl, ...keys, headers: { 'x-team': { $secret: 'env:FAULT_TEAM' } }, models, timeoutMs: waitMs, stallMs: waitMs },
    ...more,
  }), { mode: 0o600 })
  writeFileSync(join(state, 'effects.txt'), '', { flag: 'a' })
}

const tokenOf = (state: string): string => readFileSync(join(state, 'auth', 'token'), 'utf8').trim()
const effectsOf = (state: string): string[] => readFileSync(join(state, 'effects.txt'), 'utf8').split('\n').filter((line) => line.startsWith('began ')).map((line) => line.slice(6))
const textOf = ({ message }: ChatSeen): string => ((message as { content: { text: string }[] } | undefined)?.content ?? []).map(({ text }) => text).join('')
const misbehave = (response: Parameters<typeof runFaults[string]['serve']>[0], asked: Parameters<typeof runFaults[string]['serve']>[1]): boolean => {
  runFaults[asked.fault ?? '']?.serve(response, asked)
  return asked.fault !== undefined
}

async function ask(client: RunsClient, sessionKey: string, key: string, wish: string): Promise<ChatSeen> {
  const { ok, error } = await client.call('chat.send', { sessionKey, message: `k=${key} ${wish}`, idempotencyKey: key })
  if (!ok) throw new Error(JSON.stringify(error))
  return client.ended(key)
}
async function useModel(client: RunsClient, key: string, model: string): Promise<void> {
  const { ok, error } = await client.call('sessions.patch', { key, model: `openai-compatible/${model}` })
  if (!ok) throw new Error(JSON.stringify(error))
}
const endsOf = (client: RunsClient, runId: string): ChatSeen[] => client.chats.filter((event) => event.runId === runId && event.state !== 'delta')

/** Every file of the state directory, and what the process said. */
function leaks(gateway: Started, client: RunsClient): string[] {
  const files = readdirSync(gateway.state, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const texts: [string, string][] = [...files.map((file): [string, string] => [file.slice(gateway.state.length), readFileSync(file, 'latin1')]), ['output', gateway.said.out + gateway.said.err], ['events', client.texts.join('\n')]]
  return texts.filter(([where, text]) => where !== '/nexus.json5' && !where.startsWith('/config/') && (text.includes(apiKey) || text.includes(team))).map(([where]) => where)
}

test('there are enough of them', () => expect(names.length + 3).toBeGreaterThanOrEqual(22))

describe('one after the other', () => {
  let state: string
  let provider: RunsProvider
  let gateway: Started
  let client: RunsClient
  beforeAll(async () => {
    state = stateDir()
    provider = await startRunsProvider({ misbehave })
    settings(state, provider.url)
    gateway = await started([], { state, env })
    client = await connect(gateway.ready.url, tokenOf(state))
    // Until the library is there.
    for (let n = 0; (await ask(client, 'warm', `warm-${n}`, 'tools=0')).state !== 'final';) n++
  })
  afterAll(async () => {
    client.close()
    await gateway[Symbol.asyncDispose]()
    await provider[Symbol.asyncDispose]()
    rmSync(state, { recursive: true, force: true })
  })

  test.each(names)('%s ends the run once and rightly, and the session goes on', async (name) => {
    const { ends, effects = 0 } = runFaults[name]!
    const session = `fault-${name}`
    await useModel(client, session, name)
    const end = await ask(client, session, `f-${name}`, `tools=1 fault=${name}`)
    if ('error' in ends) {
      expect(end).toMatchObject({ state: 'error', errorKind: ends.error, errorMessage: expect.any(String) as string })
      expect(textOf(end)).toContain(`working on f-${name}.0`)
      if (ends.said !== undefined) expect(textOf(end)).toMatch(new RegExp(`${ends.said}$`))
    } else {
      expect(end.state).toBe('final')
      expect(textOf(end).split('\n\n').at(-1)).toMatch(ends.text === '' ? /^working on/ : ends.text)
    }
    await useModel(client, session, 'fine')
    const next = await ask(client, session, `n-${name}`, 'tools=1')
    expect([next.state, textOf(next)]).toEqual(['final', `working on n-${name}.0\n\nanswer n-${name}`])
    expect(endsOf(client, `f-${name}`)).toHaveLength(1)
    expect(effectsOf(state).filter((id) => id.startsWith(`f-${name}.`)).length).toBe(1 + effects)
    expect(effectsOf(state).filter((id) => id.startsWith(`n-${name}.`))).toEqual([`n-${name}.0`])
    const all = client.chats.filter(({ runId }) => runId === `f-${name}`).map(({ seq }) => seq)
    expect(all).toEqual(all.map((_, i) => i + 1))
  })

  test('what the server was sent holds together, no effect was done twice, and no secret is anywhere', () => {
    expect(provider.violations).toEqual([])
    const effects = effectsOf(state)
    expect(new Set(effects).size).toBe(effects.length)
    expect(provider.ledger.every(({ headers }) => headers.authorization === `Bearer ${apiKey}` && headers['x-team'] === team)).toBe(true)
    expect(leaks(gateway, client)).toEqual([])
  })
})

describe('a server that is not there', () => {
  const closed = async (): Promise<number> => {
    const one = await startRunsProvider()
    await one[Symbol.asyncDispose]()
    return one.port
  }
  // A label of more than 63 letters is no name that anybody is asked for.
  test.each([
    ['because nobody listens', async () => `http://127.0.0.1:${await closed()}/v1`],
    ['because its name is none', async () => `http://${'x'.repeat(64)}.invalid/v1`],
    ['because it does not speak TLS', async (provider: RunsProvider) => provider.url.replace('http', 'https')],
  ])('%s is an error, and the session goes on when the settings are mended', async (_, urlOf) => {
    const state = stateDir()
    await using provider = await startRunsProvider()
    // The library is loaded with the first question, and a busy machine takes its time for that.
    settings(state, await urlOf(provider), { waitMs: 30_000 })
    try {
      await using gateway = await started([], { state, env })
      const client = await connect(gateway.ready.url, tokenOf(state))
      expect(await ask(client, 'main', 'gone', 'tools=1')).toMatchObject({ state: 'error', errorKind: 'unknown' })
      settings(state, provider.url, { waitMs: 30_000 })
      for (let n = 0; ; n++) {
        const end = await ask(client, 'main', `back-${n}`, 'tools=1')
        if (end.state === 'final') {
          expect(textOf(end)).toMatch(/answer back-\d+$/)
          break
        }
        await new Promise((resolve) => { setTimeout(resolve, 200) })
      }
      expect(endsOf(client, 'gone')).toHaveLength(1)
      expect(effectsOf(state)).toHaveLength(1)
      expect(leaks(gateway, client)).toEqual([])
      client.close()
    } finally {
      rmSync(state, { recursive: true, force: true })
    }
  })
})

describe('a redirect', () => {
  test('to somebody else gets neither the key nor the headers', async () => {
    const state = stateDir()
    await using other = await startRunsProvider()
    await using provider = await startRunsProvider({ misbehave: (response) => Boolean(response.writeHead(307, { location: `${other.url.replace('127.0.0.1', 'localhost')}/chat/completions` }).end()) })
    settings(state, provider.url)
    try {
      await using gateway = await started([], { state, env })
      const client = await connect(gateway.ready.url, tokenOf(state))
      const end = await ask(client, 'main', 'moved', 'tools=0 fault=moved')
      expect(['final', 'error']).toContain(end.state)
      for (const { headers } of other.ledger) expect([headers.authorization, headers['x-team']]).toEqual([undefined, undefined])
      client.close()
    } finally {
      rmSync(state, { recursive: true, force: true })
    }
  })
})

describe('a storm of all of them', () => {
  test('asks the server at most a tenth more often than there was to ask; every run ends once, every effect is done once', async () => {
    const sessions = 12
    const state = stateDir()
    await using provider = await startRunsProvider({ misbehave, delay: () => Math.random() * 3 })
    settings(state, provider.url, { more: { models: { default: 'openai-compatible/fine' } }, accounts: sessions })
    try {
      await using gateway = await started([], { state, env })
      const client = await connect(gateway.ready.url, tokenOf(state))
      const each = 18
      const quick = names.filter((name) => name !== 'huge-line')
      const ends = (await Promise.all(Array.from({ length: sessions }, async (_, s) => {
        const session = `storm-${s}`
        const own: ChatSeen[] = []
        for (let n = 0; n < each; n++) {
          const i = s * each + n
          // Most are in order: a server that only fails is shut off, and then nothing is asked at all.
          own.push(await ask(client, session, `s${i}`, `tools=${i % 3}${i % 6 === 5 ? ` fault=${quick[((i - 5) / 6) % quick.length]!}` : ''}`))
        }
        return own
      }))).flat()
      expect(ends).toHaveLength(sessions * each)
      for (const { runId } of ends) expect(endsOf(client, runId)).toHaveLength(1)
      const offered = new Set(provider.ledger.map(({ tag }) => tag)).size
      expect(offered).toBeGreaterThan(60)
      // Three may be tried again in any minute, however few there were.
      expect(provider.ledger.length).toBeLessThanOrEqual(Math.max(1.1 * offered, offered + 3))
      const effects = effectsOf(state)
      expect(new Set(effects).size).toBe(effects.length)
      for (const [i, { state: how }] of ends.entries()) if (how === 'final') expect(effects.filter((id) => new RegExp(`^s${i}\\.\\d`).test(id)), `effects of s${i}`).toEqual(Array.from({ length: i % 3 }, (_, n) => `s${i}.${n}`))
      expect(provider.violations).toEqual([])
      expect(leaks(gateway, client)).toEqual([])
      client.close()
    } finally {
      rmSync(state, { recursive: true, force: true })
    }
  }, 240_000)
})
