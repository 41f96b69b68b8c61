/** Every shape of transcript that the reference has written in its two generations: it opens, is listed, previewed and continued, word for word. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { testKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/sessions/cli.ts'
import { Sessions, type SessionsApi } from '../../plugins/sessions/contract.ts'
import sessions from '../../plugins/sessions/index.ts'
import store from '../../plugins/store/index.ts'
import { temporaryDir } from './store-harness.ts'
import { asked, said, start, textsOf } from './sessions-harness.ts'

const folder = join(import.meta.dirname, '..', 'fixtures', 'sessions', 'shapes')
const names = ['branched', 'worked', 'oldest', 'injected', 'later'] as const
interface Lists { readonly sessions: { key: string; derivedTitle?: string; lastMessagePreview?: string }[] }

async function taken() {
  const dir = await temporaryDir()
  const k = await testKernel({ plugins: [store, sessions], stateDir: dir })
  onTestFinished(() => k.close())
  const { code } = await k.cli(cli, `sessions import ${folder}`)
  expect(code).toBe(0)
  return { k, dir, service: await k.service(Sessions) }
}
/** Whatever the pages, together they are the whole. */
async function paged(service: SessionsApi, key: string, limit: number): Promise<string[]> {
  const ids: string[] = []
  for (let before: number | undefined; before !== 0;) {
    const page = await service.entries(key, { limit, ...(before !== undefined && { before }) })
    ids.unshift(...page.map((entry) => entry.id))
    before = page[0]?.position ?? 0
  }
  return ids
}

describe('transcripts of the reference', () => {
  test('are listed and previewed', async () => {
    const { k, service } = await taken()
    const { sessions: rows } = await k.call('sessions.list', { includeDerivedTitles: true, includeLastMessage: true }) as Lists
    expect(rows.map(({ key, derivedTitle, lastMessagePreview }) => [key, derivedTitle, lastMessagePreview])).toEqual([
      ['agent:main:later', 'hello', 'tok0 tok1'], ['agent:main:injected', 'hi', 'that is all'], ['agent:main:oldest', 'first', 'two'],
      ['agent:main:worked', 'long ago', undefined], ['agent:main:branched', 'Which way?', 'There.'],
    ])
    const previews = await service.preview([...names], { limit: 4 })
    expect(previews.map(({ status, items }) => [status, items.length])).toEqual(names.map((name) => ['ok', name === 'later' ? 2 : name === 'worked' ? 3 : 4]))
    expect(service.metrics().damagedLines).toBe(0)
  })

  test('of which somebody went back and on from there are read along the branch that goes on', async () => {
    const { service } = await taken()
    expect(textsOf(await service.history('branched'))).toEqual(['Which way?', 'Left.', 'right it is', 'There.'])
    expect((await service.entries('branched')).map(({ id }) => id.slice(-1))).toEqual(['1', '2', '3', '7', '8', '9'])
  })

  test('with compactions, changes of model, pictures and failed tools keep all of that', async () => {
    const { service } = await taken()
    const entries = await service.entries('worked')
    expect(entries.map(({ type }) => type)).toEqual([...Array<string>(4).fill('message'), 'compaction', 'model_change', 'thinking_level_change', ...Array<string>(4).fill('message'), 'custom', 'custom_message', 'message', 'message'])
    expect(entries[4]).toMatchObject({ firstKeptEntryId: 'b0000003', tokensBefore: 50000, details: { modifiedFiles: ['b.md'] } })
    expect(entries[5]).toMatchObject({ provider: 'openai', modelId: 'gpt-5.2' })
    const history = await service.history('worked')
    expect(history[4]!.content).toMatchObject([{ type: 'text' }, { type: 'image', mimeType: 'image/png' }])
    expect(history[5]!.content).toMatchObject([{ type: 'thinking', signature: expect.stringContaining('rs_1') as string }, { type: 'text', textSignature: 'msg_1' }, { type: 'toolCall', id: 'call_1|fc_1' }, { type: 'toolCall', id: 'call_2|fc_2', arguments: { command: 'ls' } }])
    expect(history[6]).toMatchObject({ role: 'toolResult', isError: false, content: [{ type: 'text' }, { type: 'image' }] })
    expect(history[7]).toMatchObject({ role: 'toolResult', isError: true, details: { exitCode: 2 } })
    expect(history.at(-1)).toMatchObject({ content: [], stopReason: 'error', errorMessage: '429 rate limit' })
  })

  test('of the oldest form, which names no entry, are read in their order and paged through', async () => {
    const { service } = await taken()
    expect(textsOf(await service.history('oldest'))).toEqual(['first', 'one', 'second', 'two'])
    expect((await service.entries('oldest'))[2]).toMatchObject({ type: 'compaction', summary: 'They said hello.', firstKeptEntryId: '' })
    const [next] = await service.append('oldest', [asked('third')])
    expect(next!.parentId).toBe((await service.entries('oldest')).at(-2)!.id)
    expect(textsOf(await service.history('oldest'))).toEqual(['first', 'one', 'second', 'two', 'third'])
  })

  test('that several hands have written, or a crash cut off, lose nothing that is whole', async () => {
    const { service } = await taken()
    expect(textsOf(await service.history('injected'))).toEqual(['hi', 'hello', 'A note that was put in.', 'and?', 'that is all'])
    expect((await service.history('later'))[0]).toMatchObject({ role: 'user', idempotencyKey: 'idem-1:user', content: [{ type: 'text', text: 'hello' }], __openclaw: { seq: 1 } })
  })

  test.each(names)('go on word for word, by whatever pages they are read: %s', async (name) => {
    const { service, dir } = await taken()
    const [last] = (await service.entries(name)).slice(-1)
    const [mine] = await service.append(name, [asked('and now?'), said('this')])
    expect(mine!.parentId).toBe(last!.id)
    const given = await readFile(join(folder, `${name}.jsonl`), 'utf8')
    const whole = given.slice(0, given.lastIndexOf('\n') + 1)
    const now = await readFile(join(dir, 'sessions/main', `${name}.jsonl`), 'utf8')
    expect(now.startsWith(whole)).toBe(true)
    expect(now.slice(whole.length).trimEnd().split('\n')).toHaveLength(2)
    expect(textsOf(await service.history(name)).slice(-2)).toEqual(['and now?', 'this'])
    const ids = (await service.entries(name)).map(({ id }) => id)
    for (const limit of [1, 2, 3, 7]) expect(await paged(service, name, limit)).toEqual(ids)
  })
})

describe('a transcript with branches', () => {
  const line = (id: string, parentId: string | null | undefined) => JSON.stringify({ type: 'custom', customType: 'x', id, parentId, timestamp: '2026-02-20T10:00:00.000Z' })
  async function having(lines: readonly string[]): Promise<SessionsApi> {
    const under = await start()
    const { log } = await under.sessions.open('main')
    await under.store.log(log).append(['{"type":"session","version":3,"id":"s","timestamp":"2026-02-20T10:00:00.000Z","cwd":"/"}', ...lines])
    return under.sessions
  }

  test('whatever it looks like, is read from its last line back to where it began', async () => {
    const parents = fc.array(fc.nat(), { minLength: 1, maxLength: 40 })
    await fc.assert(fc.asyncProperty(parents, fc.integer({ min: 1, max: 5 }), async (picks, limit) => {
      const parentAt = picks.map((pick, i) => (i === 0 ? -1 : pick % (i + 1) - 1)) // of an earlier line, or none
      const expected: string[] = []
      for (let at = picks.length - 1; at >= 0; at = parentAt[at]!) expected.unshift(`e${at}`)
      const service = await having(parentAt.map((parent, i) => line(`e${i}`, parent < 0 ? null : `e${parent}`)))
      expect((await service.entries('main')).map(({ id }) => id)).toEqual(expected)
      expect(await paged(service, 'main', limit)).toEqual(expected)
    }), { numRuns: 25 })
  }, 60_000)

  test('that broke off, or has a line that cannot be read, shows rather too much than nothing', async () => {
    const gap = await having([line('a', null), line('b', 'a'), line('d', 'c'), line('e', 'd')])
    expect((await gap.entries('main')).map(({ id }) => id)).toEqual(['a', 'b', 'd', 'e'])
    expect(await paged(gap, 'main', 2)).toEqual(['a', 'b', 'd', 'e'])
    const damaged = await having([line('a', null), line('b', 'a'), '{"type":"custom","id":"c', line('d', 'c')])
    expect((await damaged.entries('main')).map(({ id }) => id)).toEqual(['a', 'b', 'd'])
    const circle = await having([line('a', 'c'), line('b', 'a'), line('c', 'b')])
    expect((await circle.entries('main')).map(({ id }) => id)).toEqual(['a', 'b', 'c'])
  })
})

test('a page takes no more of a transcript than it may, one entry at least, and the next goes on behind it', async () => {
  const { sessions: service } = await start()
  for (let i = 0; i < 10; i++) await service.append('main', [asked(`${i}${'x'.repeat(10_000)}`)])
  const page = await service.history('main', { maxBytes: 25_000 })
  expect(textsOf(page).map((text) => text[0])).toEqual(['7', '8', '9'])
  expect(await service.history('main', { maxBytes: 1 })).toHaveLength(1)
  expect(textsOf(await service.history('main', { maxBytes: 25_000, before: page[0]!.position! })).map((text) => text[0])).toEqual(['4', '5', '6'])
})
