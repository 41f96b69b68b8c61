import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { agentOf, kindOf, normalizeKey } from '../../plugins/sessions/keys.ts'
import { faultyFs } from './store-harness.ts'
import { asked, assistant, said, start, textsOf, transcriptOf, user } from './sessions-harness.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('keys', () => {
  test.each([
    ['main', 'agent:main:main'],
    ['MAIN', 'agent:main:main'],
    [' main ', 'agent:main:main'],
    ['agent:main:main', 'agent:main:main'],
    ['Agent:Main:MAIN', 'agent:main:main'],
    ['agent:work:main', 'agent:work:main'],
    ['agent:work:telegram:direct:42', 'agent:work:telegram:direct:42'],
    ['agent:work:matrix:group:!Ab:server', 'agent:work:matrix:group:!Ab:server'],
    ['cron:nightly', 'agent:main:cron:nightly'],
    ['hook:1b4e28ba', 'agent:main:hook:1b4e28ba'],
    ['subagent:x', 'agent:main:subagent:x'],
    ['Peer', 'agent:main:Peer'],
  ])('%s is %s', (given, key) => { expect(normalizeKey(given)).toBe(key) })

  test.each(['', ' ', 'agent:', 'agent::x', 'agent:main:', 'agent:main', 'agent:a/b:x', 'agent:../x:y', 'agent:-a:x', 'agent:_runs:x', 'agent:main:agent:other:main', 'a\nb', 'a\0', '\ud800', 'x'.repeat(513)])('%j is no key', (given) => {
    expect(() => normalizeKey(given)).toThrow(code('NEXUS_SESSIONS_KEY'))
  })

  test('a normalized key stays as it is, and names its agent', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (given) => {
      let key: string
      try { key = normalizeKey(given) } catch { return }
      expect(normalizeKey(key)).toBe(key)
      expect(key.startsWith(`agent:${agentOf(key)}:`)).toBe(true)
    }))
  })

  test.each([['agent:main:main', 'direct'], ['agent:main:telegram:group:1', 'group'], ['agent:main:discord:channel:1:thread:2', 'group'], ['agent:main:telegram:direct:1', 'direct']])('%s is %s', (key, kind) => {
    expect(kindOf(key)).toBe(kind)
  })
})

describe('transcripts', () => {
  test('a session begins with the reference\'s header and every entry names the one before', async () => {
    const under = await start()
    const info = await under.sessions.open('main')
    expect(info).toEqual({ key: 'agent:main:main', id: info.id, agent: 'main', log: `sessions/main/${info.id}`, createdAt: under.time, updatedAt: under.time })
    under.time += 5000
    const [first, second] = await under.sessions.append('main', [asked('hello'), said('hi')])
    const third = (await under.sessions.append('agent:main:main', [{ type: 'model_change', provider: 'openai', modelId: 'gpt-x' }]))[0]
    const lines = (await readFile(join(under.dir, `${info.log}.jsonl`), 'utf8')).trimEnd().split('\n').map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toEqual([
      { type: 'session', version: 3, id: info.id, timestamp: '2026-03-01T12:00:00.000Z', cwd: '/work' },
      { type: 'message', id: first?.id, parentId: null, timestamp: '2026-03-01T12:00:05.000Z', message: { role: 'user', content: [{ type: 'text', text: 'hello' }], timestamp: under.time } },
      { type: 'message', id: second?.id, parentId: first?.id, timestamp: '2026-03-01T12:00:05.000Z', message: { ...assistant('hi'), timestamp: under.time } },
      { type: 'model_change', id: third?.id, parentId: second?.id, timestamp: '2026-03-01T12:00:05.000Z', provider: 'openai', modelId: 'gpt-x' },
    ])
    expect((await under.sessions.find('main'))?.updatedAt).toBe(under.time)
  })

  test('the chain goes on after a restart, and the session keeps its id', async () => {
    const under = await start()
    const { id } = await under.sessions.open('main')
    await under.sessions.append('main', [asked('one')])
    await under.restart()
    await under.sessions.append('main', [asked('two')])
    await under.crash()
    await under.sessions.append('main', [asked('three')])
    expect((await under.sessions.open('main')).id).toBe(id)
    const entries = await transcriptOf(under, 'main')
    expect(entries.map((e) => e.parentId)).toEqual([null, entries[0]?.id, entries[1]?.id])
    expect(textsOf(await under.sessions.history('main'))).toEqual(['one', 'two', 'three'])
  })

  test('concurrent appends of one session make one chain, in the order of the calls', async () => {
    const under = await start()
    await Promise.all(Array.from({ length: 50 }, (_, i) => under.sessions.append('main', [asked(`a${i}`), said(`b${i}`)])))
    const entries = await transcriptOf(under, 'main')
    expect(entries.map((e) => e.parentId)).toEqual([null, ...entries.slice(0, -1).map((e) => e.id)])
    expect(new Set(entries.map((e) => e.id)).size).toBe(100)
    expect(textsOf(await under.sessions.history('main'))).toEqual(Array.from({ length: 50 }, (_, i) => [`a${i}`, `b${i}`]).flat())
  })

  test('sessions that were opened together with a first append are one session', async () => {
    const under = await start()
    const [a, b] = await Promise.all([under.sessions.open('x'), under.sessions.open('x'), under.sessions.append('x', [asked('hi')]), under.sessions.find('x')])
    expect(a.id).toBe(b.id)
    expect(textsOf(await under.sessions.history('x'))).toEqual(['hi'])
  })

  test('no session is let go while it is written to, however few are held', async () => {
    const under = await start({ limits: { maxOpenSessions: 1 } })
    await Promise.all(Array.from({ length: 18 }, async (_, i) => {
      for (let n = 0; n < 10; n++) await under.sessions.append(`s${i % 6}`, [asked(`${i}.${n}`)])
    }))
    for (let s = 0; s < 6; s++) {
      const entries = await transcriptOf(under, `s${s}`)
      expect(entries.map((e) => e.parentId)).toEqual([null, ...entries.slice(0, -1).map((e) => e.id)])
      expect(entries).toHaveLength(30)
    }
  })

  test('a session that could not be listed is not made', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
    await expect(under.sessions.open('main')).rejects.toEqual(code('NEXUS_STORE_WRITE'))
    fs.fault = () => undefined
    expect(await under.sessions.find('main')).toBeUndefined()
  })

  test('reading makes no session', async () => {
    const { sessions } = await start()
    expect([await sessions.find('none'), await sessions.history('none'), await sessions.entries('none'), (await sessions.list()).total]).toEqual([undefined, [], [], 0])
  })

  test('a message keeps the time it was given, any other gets the present', async () => {
    const under = await start()
    await under.sessions.append('main', [{ type: 'message', message: { ...user('old'), timestamp: 5 } }, asked('new')])
    expect((await under.sessions.history('main')).map((m) => m.timestamp)).toEqual([5, under.time])
  })

  test('pages, newest last, give every message once, whatever stands between them', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.oneof(fc.constant('message'), fc.constant('custom'), fc.constant('long')), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), async (kinds, limit) => {
      const { sessions } = await start()
      await sessions.append('main', kinds.map((kind, i) => (kind === 'custom' ? { type: 'custom', customType: 'x.y', data: i } : asked(kind === 'long' ? `${i} ${'z'.repeat(90_000)}` : `${i}`))))
      const seen: string[] = []
      for (let before: number | undefined; ;) {
        const page = await sessions.history('main', before === undefined ? { limit } : { limit, before })
        expect(page.length).toBeLessThanOrEqual(limit)
        if (page.length === 0) break
        seen.unshift(...page.map((m) => textsOf([m])[0]?.split(' ')[0] ?? ''))
        before = page[0]?.position as number
      }
      expect(seen).toEqual(kinds.flatMap((kind, i) => (kind === 'custom' ? [] : [`${i}`])))
      expect((await sessions.entries('main', { limit: 1000 })).length).toBe(kinds.length)
    }), { numRuns: 25 })
  }, 30_000)

  test('a page is read from the end: a long transcript costs no more than a short one', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    const some = Array.from({ length: 1000 }, (_, i) => asked(`${i} ${'x'.repeat(2000)}`))
    for (let i = 0; i < 10; i++) await under.sessions.append('main', some)
    await under.restart()
    fs.calls.length = 0
    expect(await under.sessions.history('main', { limit: 10 })).toHaveLength(10)
    const reads = fs.calls.filter((call) => call === 'read').length
    expect(reads).toBeGreaterThan(0)
    expect(reads).toBeLessThan(8) // 64 KiB, then twice as much each: far from the 20 MB of the file
    expect(await under.sessions.history('main', { limit: 0 })).toHaveLength(1)
    expect(await under.sessions.history('main', { limit: 5000 })).toHaveLength(1000)
    expect(await under.sessions.history('main')).toHaveLength(200)
  })

  test('a failed append leaves the chain whole', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.append('main', [asked('one')])
    fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
    const results = await Promise.allSettled([under.sessions.append('main', [asked('lost')]), under.sessions.append('main', [asked('lost too')])])
    expect(results.map((r) => (r.status === 'rejected' ? (r.reason as { code: string }).code : 'ok'))).toEqual(['NEXUS_STORE_WRITE', 'NEXUS_STORE_WRITE'])
    fs.fault = () => undefined
    await under.sessions.append('main', [asked('two')])
    const entries = await transcriptOf(under, 'main')
    expect(entries.map((e) => e.parentId)).toEqual([null, entries[0]?.id])
    expect(textsOf(await under.sessions.history('main'))).toEqual(['one', 'two'])
  })
})

describe('transcripts of another program', () => {
  const foreign = [
    '{"type":"session","version":3,"id":"5f","timestamp":"2026-02-20T10:00:00.000Z","cwd":"/home/x"}',
    '{"type":"model_change","id":"a1","parentId":null,"timestamp":"2026-02-20T10:00:00.000Z","provider":"anthropic","modelId":"m"}',
    '{"type":"message","id":"a2","parentId":"a1","timestamp":"2026-02-20T10:00:01.000Z","message":{"role":"user","content":"plain"}}',
    '{"type":"message","id":"a3","parentId":"a2","timestamp":"2026-02-20T10:00:02.000Z","message":{"role":"bashExecution","command":"ls","output":""}}',
    '{"type":"label","id":"a4","parentId":"a3","timestamp":"2026-02-20T10:00:02.000Z","targetId":"a2","label":"x"}',
    'not json',
    '[]',
    '{"type":"message","id":7}',
    '{"type":"message","id":"a5","message":null}',
    '{"type":"message","id":"a6","message":{"role":"user","content":5}}',
    '{"type":"message","id":"a7","parentId":"a3","timestamp":"never","message":{"role":"assistant","content":[{"type":"text","text":"hi"}]}}',
    '{"type":"compaction","id":"a8","parentId":"a7","timestamp":"2026-02-20T10:00:03.000Z","summary":"s","firstKeptEntryId":"a7","tokensBefore":9}',
  ]

  test('open, list and continue; lines that make no sense are passed over and counted', async () => {
    const under = await start()
    const { log } = await under.sessions.open('main')
    const path = join(under.dir, `${log}.jsonl`)
    await mkdir(join(path, '..'), { recursive: true })
    await writeFile(path, `${foreign.join('\n')}\n`)
    expect(await under.sessions.history('main')).toMatchObject([
      { id: 'a2', role: 'user', content: [{ type: 'text', text: 'plain' }], timestamp: Date.parse('2026-02-20T10:00:01.000Z') },
      { id: 'a7', role: 'assistant', content: [{ type: 'text', text: 'hi' }], timestamp: 0 },
    ])
    expect(under.sessions.metrics().damagedLines).toBe(5)
    expect((await under.sessions.entries('main')).map((e) => e.id)).toEqual(['a1', 'a2', 'a7', 'a8'])
    const [next] = await under.sessions.append('main', [asked('go on')])
    expect(next?.parentId).toBe('a8')
  })

  test('a tail of nothing but damage does not stop the next append', async () => {
    const under = await start()
    const { log } = await under.sessions.open('main')
    const [first] = await under.sessions.append('main', [asked('one')])
    await appendFile(join(under.dir, `${log}.jsonl`), 'x\n'.repeat(100))
    await under.crash()
    const [next] = await under.sessions.append('main', [asked('two')])
    expect(next?.parentId).toBe(first?.id)
    expect(textsOf(await under.sessions.history('main'))).toEqual(['one', 'two'])
  })
})

describe('the list of sessions', () => {
  test('is in order of activity, pages, and filters', async () => {
    const under = await start()
    for (const key of ['a', 'b', 'agent:work:c', 'd']) {
      under.time += 60_000
      await under.sessions.open(key)
    }
    under.time += 60_000
    await under.sessions.append('b', [asked('hi')])
    const keys = async (options: Parameters<typeof under.sessions.list>[0]) => (await under.sessions.list(options)).sessions.map((s) => s.key)
    expect(await keys({})).toEqual(['agent:main:b', 'agent:main:d', 'agent:work:c', 'agent:main:a'])
    expect(await keys({ limit: 2, offset: 1 })).toEqual(['agent:main:d', 'agent:work:c'])
    expect(await keys({ agent: 'work' })).toEqual(['agent:work:c'])
    expect(await keys({ search: 'IN:D' })).toEqual(['agent:main:d'])
    expect(await keys({ since: under.time - 60_000 })).toEqual(['agent:main:b', 'agent:main:d'])
    expect((await under.sessions.list({ limit: 1 })).total).toBe(4)
    await under.restart()
    expect(await keys({})).toEqual(['agent:main:b', 'agent:main:d', 'agent:work:c', 'agent:main:a'])
  })

  test('has every session that was opened before a crash', async () => {
    const under = await start()
    await under.sessions.open('a')
    await under.sessions.append('b', [asked('hi')])
    await under.crash()
    expect((await under.sessions.list()).sessions.map((s) => s.key).sort()).toEqual(['agent:main:a', 'agent:main:b'])
  })

  test('keeps the most recent ones when there are more than it holds, and reads a page of documents only', async () => {
    const fs = faultyFs()
    const under = await start({ limits: { maxIndexed: 20, maxOpenSessions: 1 }, fs })
    for (let i = 0; i < 50; i++) {
      under.time++
      await under.sessions.open(`s${i}`)
    }
    fs.calls.length = 0
    const { sessions, total } = await under.sessions.list({ limit: 5 })
    expect([total, sessions.map((s) => s.key)]).toEqual([20, ['s49', 's48', 's47', 's46', 's45'].map((s) => `agent:main:${s}`)])
    expect(fs.calls.filter((call) => call === 'readFile').length).toBeLessThanOrEqual(5)
    expect(under.sessions.metrics()).toMatchObject({ openSessions: 1, indexed: 20 })
    expect((await under.sessions.open('s3')).id).toBe((await under.sessions.find('s3'))?.id)
  })

  test('what was put off is written by flush, and a flush that fails is made up for', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.open('a')
    await under.sessions.open('b')
    under.time += 1000
    await under.sessions.append('a', [asked('hi')])
    fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
    await expect(under.sessions.flush()).rejects.toEqual(code('NEXUS_STORE_WRITE'))
    fs.fault = () => undefined
    await under.sessions.flush()
    await under.crash()
    expect((await under.sessions.list()).sessions.map((s) => [s.key, s.updatedAt])).toEqual([['agent:main:a', under.time], ['agent:main:b', under.time - 1000]])
  })
})
