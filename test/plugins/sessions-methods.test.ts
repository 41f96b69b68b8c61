/** The verbs as clients of both generations send them, the hook that makes summaries, and the commands. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { definePlugin, type Plugin } from 'nexus-gateway/sdk'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import cli from '../../plugins/sessions/cli.ts'
import { Sessions, sessionSummarized, type SessionsApi, type Summary, type SummaryRequest } from '../../plugins/sessions/contract.ts'
import sessions from '../../plugins/sessions/index.ts'
import { Store } from '../../plugins/store/contract.ts'
import { storeOn, temporaryDir } from './store-harness.ts'
import { asked, cause, said, user } from './sessions-harness.ts'

interface Bench { readonly k: TestKernel; readonly service: SessionsApi; readonly call: (method: string, params?: object) => Promise<Record<string, unknown>>; readonly changes: () => unknown[] }

async function bench(plugins: Plugin[] = [], config: object = {}): Promise<Bench> {
  const store = await storeOn(await temporaryDir())
  const k = await testKernel({ plugins: [sessions, ...plugins], provide: [[Store, store]], config: { sessions: config } } as never)
  onTestFinished(() => k.close())
  return {
    k, service: await k.service(Sessions),
    call: (method, params) => k.call(method, params) as Promise<Record<string, unknown>>,
    changes: () => k.events.filter(({ name }) => name === 'sessions.changed').map(({ payload }) => payload),
  }
}
const summarizer = (answer: (request: SummaryRequest) => Summary | undefined): Plugin => definePlugin({
  id: 'summarizer', capabilities: ['tap:sessions.summarized'], requires: { sessions: Sessions },
  setup(ctx) { ctx.tap(sessionSummarized, (request) => answer(request)) },
})
const unsupported = expect.objectContaining({ code: 'NEXUS_SESSIONS_UNSUPPORTED' }) as unknown

describe('sessions.patch', () => {
  test('takes what both generations send, clears by null, and says what is set', async () => {
    const { call, service, changes } = await bench()
    const older = { label: 'x', thinkingLevel: 'high', verboseLevel: 'full', reasoningLevel: 'on', responseUsage: 'tokens', elevatedLevel: 'off', execHost: 'gateway', execSecurity: 'allowlist', execAsk: 'always', execNode: 'n', model: 'openai/x', spawnedBy: 'agent:main:main', spawnDepth: 1, sendPolicy: 'deny', groupActivation: 'mention' }
    const done = await call('sessions.patch', { key: 'main', ...older, queueMode: 'steer', fastMode: null, archived: false })
    expect(done).toMatchObject({ ok: true, key: 'agent:main:main', entry: { ...older, queueMode: 'steer', sessionId: (await service.find('main'))!.id } })
    expect(await call('sessions.patch', { key: 'main', ...Object.fromEntries(Object.keys(older).map((name) => [name, null])), queueMode: null })).not.toHaveProperty('entry.label')
    expect(await service.settings('main')).toEqual({})
    expect(changes()).toMatchObject([{ reason: 'create' }, { reason: 'patch', sessionKey: 'agent:main:main', agentId: 'main', label: 'x' }, { reason: 'patch', label: null }])
  })

  test('refuses by name what nothing here would act on, and changes nothing', async () => {
    const { call, service } = await bench()
    for (const later of [{ permissionMode: 'read-only' }, { pinned: true }, { toolOverrides: { webSearch: false } }, { fastMode: 'auto' }, { inheritedToolDeny: ['exec'] }, { expectedLifecycleRevision: 'r' }, { statusNote: '' }]) {
      await expect(call('sessions.patch', { key: 'main', model: 'x', ...later })).rejects.toEqual(unsupported)
    }
    await expect(call('sessions.patch', { key: 'main', nope: 1 })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    await expect(call('sessions.patch', { key: 'main', expectedSessionId: 'other' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_CHANGED' })
    expect(await service.settings('main')).toEqual({})
  })
})

describe('sessions.reset and sessions.delete', () => {
  test('answer in the shape of the reference, and tell everybody', async () => {
    const { call, service, changes } = await bench()
    await service.append('x', [asked('hi')])
    const { id } = (await service.find('x'))!
    const reset = await call('sessions.reset', { key: 'x', agentId: 'main', reason: 'new', expectedSessionId: id })
    expect(reset).toMatchObject({ ok: true, key: 'agent:main:x', entry: { sessionId: (await service.find('x'))!.id }, archived: [`/nowhere/sessions/main/${id}.jsonl`] })
    await service.append('x', [asked('again')])
    const { updatedAt } = (await service.find('x'))!
    await expect(call('sessions.delete', { key: 'x', expectedSessionUpdatedAt: updatedAt - 1 })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_CHANGED' })
    await expect(call('sessions.delete', { key: 'x', archivedOnly: true })).rejects.toEqual(unsupported)
    expect(await call('sessions.delete', { key: 'x', expectedSessionUpdatedAt: updatedAt, emitLifecycleHooks: false, deleteTranscript: true })).toMatchObject({ ok: true, deleted: true, archived: [expect.stringContaining('.jsonl')] })
    expect(await call('sessions.delete', { key: 'x' })).toEqual({ ok: true, key: 'agent:main:x', deleted: false, archived: [] })
    await expect(call('sessions.reset', { key: 'agent:work:x', agentId: 'main' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_OTHER_AGENT' })
    expect(changes()).toMatchObject([{ reason: 'create' }, { reason: 'new' }, { reason: 'delete', sessionKey: 'agent:main:x' }])
  })

  test('need an administrator; reading needs a reader', async () => {
    const { k } = await bench()
    for (const method of ['sessions.patch', 'sessions.reset', 'sessions.delete', 'sessions.compact']) {
      await expect(k.call(method, { key: 'x' }, { scopes: ['operator.read', 'operator.write'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    }
    for (const [method, params] of [['sessions.get', { key: 'x' }], ['sessions.preview', { keys: ['x'] }], ['sessions.resolve', { key: 'x', allowMissing: true }]] as const) await k.call(method, params, { scopes: ['operator.read'] })
  })
})

describe('sessions.get', () => {
  test('gives settings, a page, what stands before it, and archives', async () => {
    const { call, service } = await bench()
    await service.append('main', [asked('1'), said('2'), asked('3')])
    await service.patch('main', { model: 'm' })
    const page = await call('sessions.get', { sessionKey: 'main', limit: 2 })
    expect(page).toMatchObject({ key: 'agent:main:main', session: { kind: 'direct', model: 'm' }, messages: [{ role: 'assistant' }, { role: 'user' }], archives: [] })
    expect(await call('sessions.get', { key: 'main', limit: 2, cursor: page['nextCursor'] })).toMatchObject({ messages: [{ role: 'user', content: [{ text: '1' }] }] })
    const { archived } = await service.reset('main', { reason: 'new' })
    expect(await call('sessions.get', { key: 'main' })).toMatchObject({ messages: [], archives: [{ sessionId: archived!.sessionId }] })
    expect((await call('sessions.get', { key: 'main', sessionId: archived!.sessionId }))['messages']).toHaveLength(3)
    expect(await call('sessions.get', { key: 'none' })).toMatchObject({ session: null, messages: [], archives: [] })
    await expect(call('sessions.get', {})).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_WHICH' })
    await expect(call('sessions.get', { key: 'a', sessionKey: 'b' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_WHICH' })
  })

  test('keeps an answer within 6 MiB, and one message in it', async () => {
    const { call, service } = await bench()
    await service.append('main', [asked('a'.repeat(4e6)), asked('b'.repeat(4e6)), asked('c'.repeat(7e6))])
    const sizes: number[] = []
    for (let cursor: unknown; ;) {
      const page = await call('sessions.get', { key: 'main', ...(cursor !== undefined && { cursor }) })
      sizes.push((page['messages'] as unknown[]).length)
      cursor = page['nextCursor']
      if (cursor === undefined || sizes.length > 5) break
    }
    expect(sizes.filter((n) => n > 0)).toEqual([1, 1, 1])
  })
})

describe('sessions.resolve', () => {
  test('takes what both generations send', async () => {
    const { call, service } = await bench()
    const { id } = await service.patch('agent:work:x', { label: 'L' })
    const found = { ok: true, key: 'agent:work:x', sessionId: id, agentId: 'work' }
    for (const params of [{ sessionId: id, includeGlobal: true, includeUnknown: true }, { label: 'L', agentId: 'work' }, { reference: { key: 'agent:work:x', slug: 's' } }, { shortId: id.slice(0, 8), slugHint: 's' }, { key: 'x', agentId: 'work' }]) expect(await call('sessions.resolve', params)).toEqual(found)
    expect(await call('sessions.resolve', { label: 'none', allowMissing: true })).toEqual({ ok: false })
    await expect(call('sessions.resolve', { label: 'none' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_UNKNOWN' })
    await expect(call('sessions.resolve', { agentId: 'work' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_WHICH' })
  })
})

describe('sessions.compact', () => {
  test('asks for a summary and appends it; nothing is deleted', async () => {
    const asked2: SummaryRequest[] = []
    let first = ''
    const { call, service, changes } = await bench([summarizer((request) => { asked2.push(request); return { summary: 'they met', firstKeptEntryId: first, tokensBefore: 99, details: { by: 'test' } } })])
    const written = await service.append('main', [asked('1'), said('2'), asked('3')])
    first = written[2]!.id
    const done = await call('sessions.compact', { key: 'main', maxLines: 5 })
    expect(done).toMatchObject({ ok: true, compacted: true, firstKeptEntryId: first, tokensBefore: 99 })
    expect(asked2).toMatchObject([{ key: 'agent:main:main', agent: 'main', keepEntries: 5, sessionId: (await service.find('main'))!.id, cause: { caller: { label: 'operator' } } }])
    expect(await service.entries('main')).toMatchObject([...written, { type: 'compaction', id: done['entryId'], parentId: first, summary: 'they met', tokensBefore: 99, details: { by: 'test' } }])
    expect(changes().at(-1)).toMatchObject({ reason: 'compact' })
    first = 'nobody'
    await expect(call('sessions.compact', { key: 'main' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_ENTRY' })
    await expect(call('sessions.compact', { key: 'none' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_UNKNOWN' })
  })

  test('finds the first entry to keep far back, says when there is nothing, and is refused with nobody to ask', async () => {
    const { call, service } = await bench([summarizer(({ keepEntries }) => (keepEntries === undefined ? undefined : { nothing: 'it is short' }))])
    const [first] = await service.append('main', [asked('1')])
    for (let i = 0; i < 4; i++) await service.append('main', Array.from({ length: 600 }, (_, n) => said(`${n}`)))
    expect(await call('sessions.compact', { key: 'main', maxLines: 1 })).toEqual({ ok: true, key: 'agent:main:main', compacted: false, reason: 'it is short' })
    await expect(call('sessions.compact', { key: 'main' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_NO_SUMMARY' })
    expect((await service.compact('main', { summary: 's', firstKeptEntryId: first!.id, tokensBefore: 1 })).parentId).toMatch(/./)
    await expect(service.compact('main', { summary: 's', firstKeptEntryId: first!.id, tokensBefore: 1, sessionId: 'other' })).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_CHANGED' })
  })
})

describe('settings of the plugin', () => {
  test('give keys their scope, and sessions their hour', async () => {
    const { k, service } = await bench([], { dmScope: 'per-peer', identityLinks: { anna: ['telegram:42'] }, reset: { daily: 6, timeZone: 'UTC', byType: { thread: { daily: false } } } })
    const place = { agent: 'main', kind: 'direct', channel: 'telegram', peer: '42' } as const
    expect([service.keyOf(place), service.keyOf(place, {})]).toEqual(['agent:main:direct:~anna', 'agent:main:main'])
    const turn = async (key: string): Promise<string> => {
      const { runId } = await service.accept(key, { message: user('q'), cause: cause() })
      await service.endRun(runId, { status: 'ok' })
      return (await service.find(key))!.id
    }
    const [main, thread] = [await turn('main'), await turn('main:thread:1')]
    await k.clock.advance(7 * 3_600_000) // the clock of tests begins at midnight
    expect(await turn('main')).not.toBe(main)
    expect(await turn('main:thread:1')).toBe(thread)
  })

  test('a time zone that does not exist stops the plugin and says where it stands', async () => {
    await expect(bench([], { reset: { timeZone: 'Mars/Olympus' } })).rejects.toThrow(/NEXUS_SESSIONS_TIME_ZONE|sessions.reset.timeZone/)
  })

  test('retention runs by itself', async () => {
    const { k, service } = await bench([], { retention: { archiveDays: 1 } })
    await service.append('main', [asked('x')])
    const { archived } = await service.reset('main', { reason: 'new' })
    await k.clock.advance(2 * 86_400_000)
    await expect.poll(() => service.archived('main', archived!.sessionId)).toEqual([])
  })
})

describe('nexus sessions', () => {
  const run = ({ k }: Bench, line: string) => k.cli(cli, line)

  test('list, show, preview and resolve', async () => {
    const b = await bench()
    expect((await run(b, 'sessions list')).stdout).toContain('nexus chat')
    await b.service.append('main', [asked('what time'), said('noon\u001b[2J')])
    await b.service.patch('agent:work:x', { label: 'Weekly', model: 'openai/x' })
    expect((await run(b, 'sessions list')).stdout).toMatch(/^agent:work:x +0 s {2}Weekly {2}openai\/x\nagent:main:main +0 s\n$/)
    expect((await run(b, 'sessions list --agent work --limit 1 --active 5 --search WEEK --json')).json).toMatchObject([{ count: 1, sessions: [{ key: 'agent:work:x' }] }])
    const shown = (await run(b, 'sessions show main')).stdout
    expect(shown).toContain('  you  what time\nagent  noon [2J')
    expect(shown).not.toContain('\u001b')
    const { archived } = await b.service.reset('main', { reason: 'new' })
    expect((await run(b, `sessions show main --archive ${archived!.sessionId}`)).stdout).toMatch(/noon.*\n\n1 archived.*\n {2}[0-9a-f-]{36} {2}.*new/s)
    await expect(run(b, 'sessions show none')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_UNKNOWN' })
    await expect(run(b, 'sessions list --limit 0')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_NUMBER', exit: 64 })
    expect(await run(b, 'sessions preview agent:work:x none')).toMatchObject({ code: 1, stdout: 'agent:work:x  empty\n\nagent:main:none  missing\n' })
    const { id } = (await b.service.find('agent:work:x'))!
    for (const text of [id, id.slice(0, 8), 'Weekly', 'agent:work:x']) expect((await run(b, `sessions resolve ${text}`)).stdout).toBe('agent:work:x\n')
    await expect(run(b, 'sessions resolve main --by label')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_UNKNOWN' })
    await expect(run(b, 'sessions resolve main --by nose')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_WHICH' })
  })

  test('reset, delete and compact', async () => {
    const b = await bench([summarizer(() => ({ nothing: 'it is short' }))])
    await b.service.append('x', [asked('hi')])
    const { id } = (await b.service.find('x'))!
    await expect(run(b, 'sessions reset x --id other')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_CHANGED' })
    expect((await run(b, `sessions reset x --id ${id}`)).stdout).toBe(`agent:main:x begins anew; its transcript stays in /nowhere/sessions/main/${id}.jsonl\n`)
    expect((await run(b, 'sessions compact x --keep 3')).stdout).toBe('agent:main:x was left as it is: it is short\n')
    expect((await run(b, 'sessions delete x --keep --json')).json).toMatchObject([{ deleted: true }])
    await expect(run(b, 'sessions delete x')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_UNKNOWN' })
    await b.service.open('main')
    await expect(run(b, 'sessions delete main')).rejects.toMatchObject({ code: 'NEXUS_SESSIONS_MAIN' })
  })
})
