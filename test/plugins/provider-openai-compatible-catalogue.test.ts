import { describe, expect, test, vi } from 'vitest'
import * as v from 'valibot'
import { createCatalogue } from '../../plugins/provider-openai-compatible/catalogue.ts'
import { config } from '../../plugins/provider-openai-compatible/config.ts'
import type { Credentials } from '../../plugins/provider-openai-compatible/credentials.ts'
import { startOpenAiServer } from '../fixtures/openai-server.ts'

function catalogue(baseUrl: string, credentials: Credentials = { headers: async () => ({}), known: () => [] }) {
  const logged: unknown[] = []
  const log = (...line: unknown[]): void => void logged.push(line)
  const time = { now: 0 }
  const clock = { now: () => time.now, setTimeout: () => undefined, clearTimeout: () => {} }
  const list = createCatalogue(v.parse(config, { baseUrl }), credentials, clock, { debug: log, info: log, warn: log, error: log }, new AbortController().signal)
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
})
