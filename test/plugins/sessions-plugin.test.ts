/** Sessions as clients and other plugins meet them: methods, event, service, reload. */
import { describe, expect, onTestFinished, test } from 'vitest'
import { testKernel, type TestKernel } from 'nexus-gateway/sdk/testing'
import { Sessions, sessions as contract } from '../../plugins/sessions/contract.ts'
import sessions from '../../plugins/sessions/index.ts'
import { Store } from '../../plugins/store/contract.ts'
import { storeOn, temporaryDir } from './store-harness.ts'
import { asked, cause, said, user } from './sessions-harness.ts'

async function kernelOn(dir: string): Promise<TestKernel> {
  const store = await storeOn(dir)
  const k = await testKernel({ plugins: [sessions], provide: [[Store, store]] })
  onTestFinished(() => k.close())
  return k
}

describe('sessions.list', () => {
  test('answers in the shape of the reference', async () => {
    const k = await kernelOn(await temporaryDir())
    const list = k.use(contract).call['sessions.list']
    expect(await list()).toEqual({
      ts: k.clock.now(), path: '/nowhere/sessions', count: 0, totalCount: 0, limitApplied: 100, nextOffset: null, hasMore: false,
      defaults: { modelProvider: null, model: null, contextTokens: null }, sessions: [],
    })
    const service = await k.service(Sessions)
    const { id } = await service.open('main')
    await k.clock.advance(1000)
    await service.append('main', [said('welcome'), asked('  What\n is the time?  '), said('Noon.')])
    const long = await service.open('telegram:group:7')
    await service.append('telegram:group:7', [asked(`${'word '.repeat(100)}`)])
    const result = await list({ includeDerivedTitles: true, includeLastMessage: true })
    expect(result).toMatchObject({ count: 2, totalCount: 2, hasMore: false })
    expect(result.sessions).toEqual([
      { key: 'agent:main:telegram:group:7', kind: 'group', channel: 'telegram', agentId: 'main', sessionId: long.id, createdAt: k.clock.now(), updatedAt: k.clock.now(), derivedTitle: expect.stringMatching(/^(word )+word…$/) as string, lastMessagePreview: expect.stringMatching(/^.{1,240}$/) as string },
      { key: 'agent:main:main', kind: 'direct', agentId: 'main', sessionId: id, createdAt: k.clock.now() - 1000, updatedAt: k.clock.now(), derivedTitle: 'What is the time?', lastMessagePreview: 'Noon.' },
    ])
    expect((await list({ limit: 1 }))).toMatchObject({ count: 1, totalCount: 2, hasMore: true, nextOffset: 1, limitApplied: 1 })
    expect((await list({ limit: 1, offset: 1 }))).toMatchObject({ count: 1, hasMore: false, nextOffset: null })
    expect((await list())?.sessions[0]).not.toHaveProperty('derivedTitle')
  })

  test('a message that waits for its run is the last one', async () => {
    const k = await kernelOn(await temporaryDir())
    const service = await k.service(Sessions)
    await service.accept('main', { message: user('are you there'), cause: cause() })
    expect((await k.use(contract).call['sessions.list']({ includeLastMessage: true })).sessions[0]?.lastMessagePreview).toBe('are you there')
  })

  test('filters by agent, name and time; by what sessions do not have, it gives none', async () => {
    const k = await kernelOn(await temporaryDir())
    const service = await k.service(Sessions)
    await service.open('old')
    await k.clock.advance(10 * 60_000)
    await service.open('agent:work:new')
    const keys = async (params: object) => (await k.call('sessions.list', params) as { sessions: { key: string }[] }).sessions.map((s) => s.key)
    expect(await keys({ activeMinutes: 5 })).toEqual(['agent:work:new'])
    expect(await keys({ agentId: 'MAIN' })).toEqual(['agent:main:old'])
    expect(await keys({ search: 'OLD' })).toEqual(['agent:main:old'])
    expect(await keys({ includeGlobal: true, includeUnknown: false, excludeCron: true, sortBy: 'updatedAt', archived: false, pinned: false })).toHaveLength(2)
    for (const foreign of [{ label: 'x' }, { spawnedBy: 'x' }, { group: 'x' }, { pinned: true }, { hasBoard: true }, { archived: true }, { boardFace: 'chat' }]) expect(await keys(foreign)).toEqual([])
  })

  test('takes the params of both generations and no others, from who may read', async () => {
    const k = await kernelOn(await temporaryDir())
    const older = { limit: 5, activeMinutes: 60, includeGlobal: true, includeUnknown: true, includeDerivedTitles: true, includeLastMessage: true, label: 'x', spawnedBy: 'x', agentId: 'main', search: 'x' }
    await k.call('sessions.list', older)
    await k.call('sessions.list', { ...older, offset: 0, configuredAgentsOnly: true, profileRelation: { profileId: 'p', relationship: 'owned' }, involvingMe: true })
    for (const bad of [{ limit: 0 }, { limit: '5' }, { nope: true }, { sortBy: 'size' }]) await expect(k.call('sessions.list', bad)).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
    await k.call('sessions.list', {}, { scopes: ['operator.read'] })
    await expect(k.call('sessions.list', {}, { scopes: ['operator.approvals'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })
})

describe('interrupted runs', () => {
  test('are told to clients once the gateway is ready, and on request', async () => {
    const dir = await temporaryDir()
    const first = await kernelOn(dir)
    const service = await first.service(Sessions)
    await service.accept('main', { runId: 'r1', message: user('hello'), cause: cause('channel') })
    await service.startRun('r1')
    const k = await kernelOn(dir)
    const run = { runId: 'r1', sessionKey: 'agent:main:main', sessionId: (await service.open('main')).id, agent: 'main', label: 'channel', trace: 'trace-1', acceptedAt: first.clock.now(), started: true }
    expect(k.events.filter((e) => e.name === 'sessions.interrupted')).toMatchObject([{ access: 'operator.read', payload: run }])
    expect(await k.call('sessions.interrupted')).toEqual({ runs: [run] })
    await k.clock.advance(5000)
    expect(k.events.filter((e) => e.name === 'sessions.interrupted')).toHaveLength(1)
  })

  test('are told after a reload too', async () => {
    const k = await kernelOn(await temporaryDir())
    await (await k.service(Sessions)).accept('main', { runId: 'r1', cause: cause() })
    await k.reload('sessions')
    expect(k.events.filter((e) => e.name === 'sessions.interrupted')).toEqual([])
    await k.clock.advance(1000)
    expect(k.events.filter((e) => e.name === 'sessions.interrupted')).toMatchObject([{ payload: { runId: 'r1', started: false } }])
  })
})

test('activity is written every few seconds and when the plugin stops', async () => {
  const dir = await temporaryDir()
  const order = async (k: TestKernel) => (await (await k.service(Sessions)).list()).sessions.map((s) => s.key)
  const first = await kernelOn(dir)
  const service = await first.service(Sessions)
  await service.open('a')
  await service.open('b')
  await service.append('a', [asked('hi')])
  await first.clock.advance(5000)
  await expect.poll(async () => (await storeOn(dir)).log('sessions/_activity/0').lastLines(1)).toMatchObject([{ text: expect.stringContaining('agent:main:a') as string }])
  await service.append('b', [asked('hi')])
  await first.close()
  expect(await order(await kernelOn(dir))).toEqual(['agent:main:b', 'agent:main:a'])
})
