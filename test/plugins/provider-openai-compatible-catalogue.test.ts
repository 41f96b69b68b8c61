import { describe, expect, test, vi } from 'vitest'
import { listedBy } from '../../plugins/models/language-model/remote.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'

function catalogue(baseUrl: string) {
  const logged: unknown[] = []
  const log = (...line: unknown[]): void => void logged.push(line)
  const time = { now: 0 }
  const clock = { now: () => time.now, setTimeout: () => undefined, clearTimeout: () => {} }
  const list = listedBy({ provider: 'p', baseUrl, credentials: { headers: async () => ({}) }, clock, log: { debug: log, info: log, warn: log, error: log }, signal: new AbortController().signal })
  return { list, time, logged, ids: async () => (await list()).map((model) => model.id) }
}

describe('the list of models', () => {
  test('is asked for once by all who want it, and kept for 10 minutes', async () => {
    const models = ['m1']
    await using mock = await startOpenAiServer({ models })
    const { ids, time } = catalogue(mock.url)
    expect(await Promise.all([ids(), ids()])).toEqual([['m1'], ['m1']])
    models.push('m2')
    time.now = 10 * 60_000 - 1
    expect(await ids()).toEqual(['m1'])
    time.now += 1
    expect(await ids()).toEqual(['m1'])
    await vi.waitFor(async () => expect(await ids()).toEqual(['m1', 'm2']))
  })

  test('outlives a server that does not give it any more', async () => {
    const mock = await startOpenAiServer()
    const { ids, time, logged } = catalogue(mock.url)
    expect(await ids()).toEqual(['m1'])
    await mock.close()
    time.now = 10 * 60_000
    await ids()
    await vi.waitFor(() => expect(logged).toHaveLength(1))
    expect(await ids()).toEqual(['m1'])
  })

  test('is asked for again after 30 seconds without one', async () => {
    await using mock = await startOpenAiServer()
    let up = false
    const real = globalThis.fetch
    vi.stubGlobal('fetch', (...args: Parameters<typeof fetch>) => (up ? real(...args) : Promise.reject(new Error('down'))))
    try {
      const { ids, time, logged } = catalogue(mock.url)
      expect(await ids()).toEqual([])
      up = true
      time.now = 29_999
      expect(await ids()).toEqual([])
      time.now = 30_000
      await ids()
      await vi.waitFor(async () => expect(await ids()).toEqual(['m1']))
      expect(logged).toHaveLength(1)
    } finally {
      vi.unstubAllGlobals()
    }
  })

  test('that has no end is not read to its end', async () => {
    await using mock = await startOpenAiServer({ list: { body: { data: [{ id: 'x'.repeat(256) }], filler: 'x'.repeat(5 * 1024 * 1024) } } })
    const { ids, logged } = catalogue(mock.url)
    expect(await ids()).toEqual([])
    expect(JSON.stringify(logged)).toContain('no list of models')
  })

  test('loses none for one that nobody could name, and knows which make vectors', async () => {
    await using mock = await startOpenAiServer({ list: { body: { data: [{ id: 'a' }, { id: '' }, { id: 7 }, null, { id: 'x'.repeat(300) }, { id: 'nomic-embed-text' }, { id: 'bge-m3:latest' }, { id: 'gemma' }] } } })
    expect((await catalogue(mock.url).list()).map(({ id, kind }) => [id, kind])).toEqual([['a', undefined], ['nomic-embed-text', 'embedding'], ['bge-m3:latest', 'embedding'], ['gemma', undefined]])
  })

  test('takes over what a server says of sizes and prices, and leaves out what it does not know', async () => {
    const data = [
      { id: 'a', name: 'Model A', context_length: 8_000, pricing: { prompt: '0.0000025', completion: '1e-5', input_cache_read: '0.00000025' } },
      { id: 'b', max_model_len: 4_096, pricing: { prompt: '-1', completion: '-1' } },
      { id: 'c', context_length: 'long', pricing: 7, name: 3 },
    ]
    await using mock = await startOpenAiServer({ list: { body: { data } } })
    expect(await catalogue(mock.url).list()).toEqual([
      { provider: 'p', id: 'a', name: 'Model A', contextWindow: 8_000, price: { input: 2.5, output: 10, cacheRead: 0.25 } },
      { provider: 'p', id: 'b', name: 'b', contextWindow: 4_096 },
      { provider: 'p', id: 'c', name: 'c' },
    ])
  })
})
