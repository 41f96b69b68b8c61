/** Settings of a session, and how it is found, previewed and listed by them. */
import { describe, expect, test } from 'vitest'
import { findSession } from '../../plugins/sessions/resolve.ts'
import { toWire } from '../../plugins/sessions/settings.ts'
import { faultyFs } from './store-harness.ts'
import { asked, calling, cause, result, said, start, user } from './sessions-harness.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

describe('settings', () => {
  test('are kept beside the id, over restarts and resets, and cleared by null', async () => {
    const under = await start()
    expect(await under.sessions.settings('main')).toEqual({})
    const first = await under.sessions.patch('main', { model: 'openai/gpt-x', thinking: 'high', label: 'home', extra: { 'agent.rights': { depth: 1 }, 'x.y': 1 } })
    expect(first).toMatchObject({ key: 'agent:main:main', settings: { model: 'openai/gpt-x', label: 'home' } })
    await under.sessions.append('main', [asked('hi')])
    const patched = await under.sessions.patch('main', { thinking: null, sendPolicy: 'deny', extra: { 'x.y': null } })
    expect(patched.id).toBe(first.id)
    const settings = { model: 'openai/gpt-x', label: 'home', sendPolicy: 'deny', extra: { 'agent.rights': { depth: 1 } } }
    expect(patched.settings).toEqual(settings)
    await under.sessions.reset('main', { reason: 'new' })
    await under.crash()
    expect(await under.sessions.settings('main')).toEqual(settings)
    expect((await under.sessions.list()).sessions[0]?.settings).toEqual(settings)
    expect(await under.sessions.patch('main', { model: null, label: null, sendPolicy: null, extra: { 'agent.rights': null } })).not.toHaveProperty('settings')
  })

  test('that make no sense are refused by name, and nothing is changed', async () => {
    const under = await start()
    const bad: object[] = [{ queueMode: 'x' }, { label: '' }, { label: 'x'.repeat(513) }, { model: 5 }, { spawnDepth: 1.5 }, { nope: 1 }, { constructor: 'x' }, { extra: { a: 'x'.repeat(70_000) } }]
    for (const patch of bad) {
      const error = await under.sessions.patch('main', { thinking: 'low', ...patch } as never).then(() => undefined, (e: unknown) => e as Error)
      expect(error).toEqual(code('NEXUS_SESSIONS_SETTING'))
      expect(error?.message).not.toContain('xxxx')
    }
    expect(await under.sessions.settings('main')).toEqual({})
  })

  test('patches at the same time all count, and one that expects another id is refused', async () => {
    const under = await start()
    const { id } = await under.sessions.open('main')
    await Promise.all([...Array(20).keys()].map((i) => under.sessions.patch('main', { extra: { [`p.${i}`]: i } }, { sessionId: id })))
    expect(Object.keys((await under.sessions.settings('main')).extra ?? {})).toHaveLength(20)
    await expect(under.sessions.patch('main', { model: 'x' }, { sessionId: 'other' })).rejects.toEqual(code('NEXUS_SESSIONS_CHANGED'))
  })

  test('a patch while messages are written loses none of them', async () => {
    const under = await start({ limits: { maxOpenSessions: 1 } })
    await Promise.all([...Array(30).keys()].map((i) => (i % 3 === 0 ? under.sessions.patch(`s${i % 2}`, { extra: { [`p.${i}`]: i } }) : under.sessions.append(`s${i % 2}`, [asked(`${i}`)]))))
    const all = await Promise.all(['s0', 's1'].map((key) => under.sessions.entries(key)))
    expect(all.flat()).toHaveLength(20)
    for (const entries of all) expect(entries.map((e) => e.parentId)).toEqual([null, ...entries.slice(0, -1).map((e) => e.id)])
  })

  test('one that could not be written is not there', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.patch('main', { model: 'a' })
    fs.fault = (call) => (call === 'rename' || call === 'open' ? 'ENOSPC' : undefined)
    await expect(under.sessions.patch('main', { model: 'b' })).rejects.toEqual(code('NEXUS_STORE_WRITE'))
    fs.fault = () => undefined
    expect(await under.sessions.settings('main')).toEqual({ model: 'a' })
    await under.sessions.patch('main', { thinking: 'low' })
    expect(await under.sessions.settings('main')).toEqual({ model: 'a', thinking: 'low' })
  })

  test('have the reference\'s names on the wire', () => {
    expect(toWire({ thinking: 'low', usage: 'full', verbose: 'on', model: 'm', spawnDepth: 0, extra: { a: 1 } })).toEqual({ thinkingLevel: 'low', responseUsage: 'full', verboseLevel: 'on', model: 'm', spawnDepth: 0 })
  })
})

describe('a label', () => {
  test('belongs to one session, also for two at the same instant, until it is given up', async () => {
    const under = await start()
    const both = await Promise.allSettled(['a', 'b'].map((key) => under.sessions.patch(key, { label: 'mine' })))
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'NEXUS_SESSIONS_LABEL' } })
    const owner = (await under.sessions.resolve({ label: 'mine' }))!.key
    const other = owner === 'agent:main:a' ? 'b' : 'a'
    await under.crash()
    await expect(under.sessions.patch(other, { label: 'mine' })).rejects.toEqual(code('NEXUS_SESSIONS_LABEL'))
    await under.sessions.patch(owner, { label: 'mine' }) // its own
    await under.sessions.patch(owner, { label: null })
    await under.sessions.patch(other, { label: 'mine' })
    expect((await under.sessions.list({ label: 'mine' })).sessions.map((s) => s.key)).toEqual([`agent:main:${other}`])
    expect((await under.sessions.list({ search: 'MIN' })).total).toBe(1)
  })
})

describe('resolve', () => {
  test('finds by key, id, beginning of an id, and label, within an agent or a parent', async () => {
    const under = await start()
    const { id } = await under.sessions.open('agent:work:cron:nightly')
    await under.sessions.patch('agent:work:cron:nightly', { label: 'Nightly', spawnedBy: 'agent:main:main' })
    await under.sessions.open('main')
    const key = async (query: object) => (await under.sessions.resolve(query))?.key
    const found = 'agent:work:cron:nightly'
    for (const query of [{ key: found }, { sessionId: id }, { shortId: id.slice(0, 8) }, { label: 'Nightly' }, { label: 'Nightly', agent: 'WORK' }, { sessionId: id, spawnedBy: 'agent:main:main' }]) expect(await key(query)).toBe(found)
    for (const query of [{ key: 'none' }, { sessionId: 'x' }, { shortId: id.slice(0, 3) }, { label: 'nightly' }, { label: 'Nightly', agent: 'main' }, { sessionId: id, spawnedBy: 'x' }]) expect(await key(query)).toBeUndefined()
    await under.sessions.reset(found, { reason: 'new' })
    expect(await key({ sessionId: id })).toBeUndefined()
    await under.crash()
    expect(await key({ sessionId: (await under.sessions.find(found))!.id })).toBe(found)
  })

  test('asks for one thing, and says when several are meant', async () => {
    const under = await start()
    for (const query of [{}, { key: 'main', label: 'x' }]) await expect(under.sessions.resolve(query)).rejects.toEqual(code('NEXUS_SESSIONS_WHICH'))
    const ids = ['abcd1111-x', 'abcd2222-x']
    const recent = async () => ids.map((id) => ({ key: `agent:main:${id}`, id, at: 1 }))
    const info = async (key: string) => ({ key, id: key.slice('agent:main:'.length), agent: 'main', log: 'l', createdAt: 1, updatedAt: 1 })
    await expect(findSession({ shortId: 'abcd' }, { recent, info })).rejects.toEqual(code('NEXUS_SESSIONS_AMBIGUOUS'))
    expect(await findSession({ shortId: 'ABCD1' }, { recent, info })).toMatchObject({ id: 'abcd1111-x' })
    expect(await findSession({ shortId: 'abc' }, { recent, info })).toBeUndefined() // too short to mean anything
  })

  test('what the index says wrongly after a crash is no hit', async () => {
    const recent = async () => [{ key: 'agent:main:a', id: 'old-id', label: 'old', at: 1 }]
    const info = async (key: string) => ({ key, id: 'new-id', agent: 'main', log: 'l', createdAt: 1, updatedAt: 1 })
    for (const query of [{ sessionId: 'old-id' }, { label: 'old' }, { shortId: 'old-' }]) expect(await findSession(query, { recent, info })).toBeUndefined()
    expect(await findSession({ sessionId: 'old-id' }, { recent, info: async () => undefined })).toBeUndefined()
  })
})

describe('preview', () => {
  test('gives the last texts, oldest first, cut, with what a tool was asked', async () => {
    const under = await start()
    await under.sessions.append('main', [asked('what  time\nis it'), calling('c'), result('c'), said(`noon ${'x'.repeat(500)}`)])
    await under.sessions.open('empty')
    await under.sessions.accept('main', { message: user('queued'), cause: cause() })
    const [main, empty, missing] = await under.sessions.preview(['main', 'empty', 'none'])
    expect(main).toMatchObject({ key: 'agent:main:main', status: 'ok', items: [{ role: 'user', text: 'what time is it' }, { role: 'assistant', text: '→ time' }, { role: 'tool', text: '12:00' }, { role: 'assistant' }, { role: 'user', text: 'queued' }] })
    expect(main!.items[3]!.text).toHaveLength(240)
    expect([empty, missing]).toEqual([{ key: 'agent:main:empty', status: 'empty', items: [] }, { key: 'agent:main:none', status: 'missing', items: [] }])
    expect((await under.sessions.preview(['main'], { limit: 2, maxChars: 20 }))[0]!.items.map((i) => i.text.length)).toEqual([20, 6])
    expect(await under.sessions.find('none')).toBeUndefined()
  })

  test('never cuts a character in two, and one session that cannot be read is said so', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.append('main', [asked(`${'x'.repeat(18)}😀😀`)])
    expect((await under.sessions.preview(['main'], { maxChars: 20 }))[0]!.items[0]!.text).toBe(`${'x'.repeat(18)}…`)
    await under.crash({ fs })
    fs.fault = (call) => (call === 'read' || call === 'readFile' ? 'EIO' : undefined)
    expect((await under.sessions.preview(['main']))[0]).toMatchObject({ status: 'error', items: [] })
    fs.fault = () => undefined
  })
})
