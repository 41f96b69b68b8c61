/** Sessions begin anew by rule and by word; what they said before is archived, and a crash at any instant loses none of it. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import * as v from 'valibot'
import { sessionPartsOf } from '../../plugins/sessions/contract.ts'
import { dailyBoundary, localTime, ResetConfig, resetDue, ruleOf } from '../../plugins/sessions/reset-rules.ts'
import { faultyFs, temporaryDir } from './store-harness.ts'
import { asked, cause, markers, said, sessionsIn, start, textsOf, transcriptOf, user } from './sessions-harness.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const rules = (settings: v.InferInput<typeof ResetConfig> = {}) => v.parse(ResetConfig, settings)
const at = (iso: string): number => Date.parse(iso)
const hour = 3_600_000

describe('the daily hour', () => {
  test.each([
    ['2026-03-01T12:00:00Z', 4, 'UTC', '2026-03-01T04:00:00Z'],
    ['2026-03-01T03:59:59Z', 4, 'UTC', '2026-02-28T04:00:00Z'],
    ['2026-03-01T04:00:00Z', 4, 'UTC', '2026-03-01T04:00:00Z'],
    ['2026-03-01T02:30:00Z', 4, 'Europe/Berlin', '2026-02-28T03:00:00Z'],
    ['2026-07-01T02:30:00Z', 4, 'Europe/Berlin', '2026-07-01T02:00:00Z'],
    ['2026-07-01T02:30:00Z', 0, 'Asia/Kolkata', '2026-06-30T18:30:00Z'],
    ['2026-03-29T03:30:00Z', 4, 'Europe/Berlin', '2026-03-29T02:00:00Z'], // the clocks went forward that night
    ['2026-10-25T12:00:00Z', 4, 'Europe/Berlin', '2026-10-25T03:00:00Z'], // and back
  ])('at %s, %i o\'clock in %s was last at %s', (now, hours, zone, expected) => {
    expect(new Date(dailyBoundary(at(now), hours, localTime(zone))).toISOString()).toBe(new Date(expected).toISOString())
  })

  test('is never ahead, at most a day and an hour back, and never goes back', () => {
    fc.assert(fc.property(fc.integer({ min: at('2020-01-01T00:00:00Z'), max: at('2030-01-01T00:00:00Z') }), fc.integer({ min: 0, max: 23 }), fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata', 'Pacific/Apia'), fc.integer({ min: 0, max: 30 * hour }), (now, hours, zone, step) => {
      const local = localTime(zone)
      const boundary = dailyBoundary(now, hours, local)
      expect(boundary).toBeLessThanOrEqual(now)
      expect(now - boundary).toBeLessThanOrEqual(25 * hour)
      expect(dailyBoundary(boundary, hours, local)).toBe(boundary)
      expect(dailyBoundary(now + step, hours, local)).toBeGreaterThanOrEqual(boundary)
      const shown = Math.floor(local(boundary) / hour) % 24
      expect([hours, (hours + 1) % 24, (hours + 23) % 24]).toContain(shown)
    }), { numRuns: 500 })
  })

  test('a time zone that does not exist is told', () => { expect(() => resetDue(rules({ timeZone: 'Mars/Olympus' }))).toThrow(RangeError) })
})

describe('the rule of a session', () => {
  const all = rules({ daily: 5, byType: { group: { idleMinutes: 30 }, thread: { daily: false } }, byChannel: { discord: { idleMinutes: 10, daily: 6 } } })
  test.each([
    ['agent:main:main', { daily: 5, idleMinutes: false }],
    ['agent:main:named', { daily: 5, idleMinutes: false }],
    ['agent:main:telegram:direct:1', { daily: 5, idleMinutes: false }],
    ['agent:main:telegram:group:1', { daily: 5, idleMinutes: 30 }],
    ['agent:main:telegram:group:1:topic:2', { daily: false, idleMinutes: false }],
    ['agent:main:discord:channel:1', { daily: 6, idleMinutes: 10 }],
    ['agent:main:cron:x', undefined],
    ['agent:main:hook:x', undefined],
    ['agent:main:subagent:x', undefined],
  ])('%s: %j', (key, rule) => { expect(ruleOf(sessionPartsOf(key), all)).toEqual(rule) })

  test('is four in the morning where nothing is said', () => { expect(ruleOf(sessionPartsOf('agent:main:main'), rules())).toEqual({ daily: 4, idleMinutes: false }) })
})

describe('a message', () => {
  const due = resetDue(rules({ timeZone: 'UTC', byType: { group: { daily: false, idleMinutes: 60 } } }))

  async function turn(under: Awaited<ReturnType<typeof start>>, key: string, text: string, idempotencyKey?: string): Promise<string> {
    const { runId } = await under.sessions.accept(key, { message: user(text), cause: cause(), ...(idempotencyKey !== undefined && { idempotencyKey }) })
    await under.sessions.startRun(runId)
    await under.sessions.endRun(runId, { status: 'ok' }, [said(`re ${text}`)])
    return runId
  }

  test('after the daily hour begins a new session; what was said stays in the archive', async () => {
    const changes: string[] = []
    const under = await start({ due, changed: ({ reason }) => changes.push(reason) })
    await turn(under, 'main', 'one')
    const before = (await under.sessions.find('main'))!
    under.time += 15 * hour
    await turn(under, 'main', 'two')
    under.time += 2 * hour // past four
    await turn(under, 'main', 'three')
    const after = (await under.sessions.find('main'))!
    expect(after.id).not.toBe(before.id)
    expect(textsOf(await under.sessions.history('main'))).toEqual(['three', 're three'])
    expect(await under.sessions.archives('main')).toEqual([{ sessionId: before.id, key: 'agent:main:main', log: before.log, archivedAt: under.time, reason: 'daily', bytes: expect.any(Number) as number }])
    expect((await under.sessions.archived('main', before.id)).filter((e) => e.type === 'message')).toHaveLength(4)
    expect(await under.sessions.archived('other', before.id)).toEqual([])
    expect(changes).toEqual(['create', 'daily'])
    await turn(under, 'main', 'four')
    expect((await under.sessions.find('main'))!.id).toBe(after.id)
  })

  test('after an idle time does so by the type of the session, also when nothing of it is in memory', async () => {
    const under = await start({ due, limits: { maxIndexed: 1 } })
    await turn(under, 'telegram:group:1', 'one')
    const { id } = (await under.sessions.find('telegram:group:1'))!
    await under.sessions.open('filler')
    under.time += hour
    await turn(under, 'telegram:group:1', 'two')
    expect((await under.sessions.find('telegram:group:1'))!.id).toBe(id)
    await under.sessions.open('filler')
    under.time += hour + 1
    await under.crash()
    await turn(under, 'telegram:group:1', 'three')
    expect(textsOf(await under.sessions.history('telegram:group:1'))).toEqual(['three', 're three'])
  })

  test('that was sent before, or comes while a run is open, or finds nothing said, begins none', async () => {
    const under = await start({ due })
    const first = await turn(under, 'main', 'one', 'k')
    const { id } = (await under.sessions.find('main'))!
    const empty = await under.sessions.open('empty')
    await under.sessions.append('open', [said('before')])
    const { runId } = await under.sessions.accept('open', { message: user('q'), cause: cause() })
    const opened = (await under.sessions.find('open'))!.id
    under.time += 20 * hour
    expect(await under.sessions.accept('main', { message: user('one'), idempotencyKey: 'k', cause: cause() })).toMatchObject({ known: true, runId: first })
    expect((await under.sessions.find('main'))!.id).toBe(id)
    await under.sessions.accept('open', { message: user('q2'), cause: cause() })
    expect((await under.sessions.find('open'))!.id).toBe(opened)
    await under.sessions.endRun(runId, { status: 'ok' })
    await turn(under, 'empty', 'hi')
    expect((await under.sessions.find('empty'))!.id).toBe(empty.id)
  })

  test('of several at the same instant begins one', async () => {
    const under = await start({ due })
    await turn(under, 'main', 'old')
    under.time += 20 * hour
    await Promise.all([...Array(10).keys()].map((i) => turn(under, 'main', `${i}`)))
    expect(await under.sessions.archives('main')).toHaveLength(1)
    expect(await under.sessions.history('main')).toHaveLength(20)
  })
})

describe('reset', () => {
  test('gives another id and an empty transcript under the same key; the archive is word for word what was there', async () => {
    const under = await start()
    await under.sessions.append('main', [asked('one')])
    const before = (await under.sessions.find('main'))!
    const bytes = await readFile(join(under.dir, `${before.log}.jsonl`))
    const { session, archived } = await under.sessions.reset('main', { reason: 'new' })
    expect(session.id).not.toBe(before.id)
    expect(archived).toMatchObject({ sessionId: before.id, reason: 'new', bytes: bytes.length })
    expect(await under.sessions.history('main')).toEqual([])
    await under.sessions.append('main', [asked('two')])
    await under.crash()
    expect((await under.sessions.find('main'))!.id).toBe(session.id)
    expect(textsOf(await under.sessions.history('main'))).toEqual(['two'])
    expect(await readFile(join(under.dir, `${archived!.log}.jsonl`))).toEqual(bytes)
    expect((await under.sessions.list()).total).toBe(1)
    const again = await under.sessions.reset('fresh', { reason: 'reset' })
    expect(again).not.toHaveProperty('archived')
    await expect(under.sessions.reset('main', { reason: 'reset', sessionId: before.id })).rejects.toEqual(code('NEXUS_SESSIONS_CHANGED'))
  })

  test('waits for what is being written, and is refused while a run is under way', async () => {
    const under = await start()
    const { runId } = await under.sessions.accept('main', { message: user('q'), cause: cause() })
    await under.sessions.startRun(runId)
    await expect(under.sessions.reset('main', { reason: 'new' })).rejects.toEqual(code('NEXUS_SESSIONS_ACTIVE'))
    await under.sessions.endRun(runId, { status: 'ok' })
    const [, { archived }] = await Promise.all([under.sessions.append('main', [said('late')]), under.sessions.reset('main', { reason: 'new' })])
    expect((await under.sessions.archived('main', archived!.sessionId)).filter((e) => e.type === 'message')).toHaveLength(2)
    expect(archived!.bytes).toBe((await readFile(join(under.dir, `${archived!.log}.jsonl`))).length)
    expect(await under.sessions.history('main')).toEqual([])
  })

  test('does not come between a run and its end', async () => {
    const under = await start()
    for (const change of [() => under.sessions.reset('x', { reason: 'new' }), () => under.sessions.remove('x')]) {
      const { runId } = await under.sessions.accept('x', { message: user('q'), cause: cause() })
      await under.sessions.startRun(runId)
      const [ended, changed] = await Promise.allSettled([under.sessions.endRun(runId, { status: 'ok' }, [said('done')]), change()])
      expect([ended.status, changed]).toEqual(['fulfilled', expect.objectContaining({ reason: code('NEXUS_SESSIONS_ACTIVE') })])
      expect(markers(await transcriptOf(under, 'x')).slice(-2).map((m) => m.phase)).toEqual(['start', 'end'])
    }
  })

  test('a run that began in the new transcript and was cut off there is known to have begun', async () => {
    const under = await start()
    await under.sessions.append('main', Array.from({ length: 20 }, () => said('old')))
    await under.sessions.accept('main', { runId: 'r', message: user('q'), cause: cause() })
    await under.sessions.reset('main', { reason: 'new' })
    await under.sessions.startRun('r')
    await under.crash()
    expect(under.sessions.interrupted()).toMatchObject([{ runId: 'r', started: true }])
    const entries = await transcriptOf(under, 'main')
    expect(markers(entries).map((m) => m.phase)).toEqual(['start', 'end'])
    expect(entries.filter((e) => e.type === 'message' && e.message.role === 'user')).toHaveLength(1)
  })

  test('a run that waits goes on in the new transcript, also over a crash', async () => {
    const under = await start()
    await under.sessions.append('main', Array.from({ length: 20 }, () => said('old')))
    for (const runId of ['r1', 'r2']) await under.sessions.accept('main', { runId, message: user(runId), cause: cause() })
    await under.sessions.reset('main', { reason: 'new' })
    await under.sessions.startRun('r1')
    await under.sessions.endRun('r1', { status: 'ok' }, [said('done')])
    await under.crash()
    expect(under.sessions.interrupted().map((r) => r.runId)).toEqual(['r2'])
    const entries = await transcriptOf(under, 'main')
    expect(markers(entries).map((m) => [m.runId, m.phase, m.status])).toEqual([['r1', 'start', undefined], ['r1', 'end', 'ok'], ['r2', 'start', undefined], ['r2', 'end', 'interrupted']])
    await under.restart()
    expect(under.sessions.interrupted()).toEqual([])
    expect(await transcriptOf(under, 'main')).toEqual(entries)
  })

  test('a run that was cut off is reported after its session was reset or removed, and marked nowhere else', async () => {
    const under = await start()
    for (const key of ['a', 'b']) {
      await under.sessions.accept(key, { runId: key, message: user('q'), cause: cause() })
      await under.sessions.startRun(key)
      await under.sessions.endRun(key, { status: 'interrupted' })
    }
    await under.sessions.reset('a', { reason: 'new' })
    await under.sessions.remove('b')
    await under.restart()
    expect(under.sessions.interrupted()).toMatchObject([{ runId: 'a', started: true }, { runId: 'b', started: true }])
    expect(await under.sessions.history('a')).toEqual([])
    expect(await under.sessions.find('b')).toBeUndefined()
  })
})

describe('remove', () => {
  test('takes the session away and archives its transcript; the key begins anew', async () => {
    const under = await start()
    await under.sessions.patch('x', { label: 'mine' })
    await under.sessions.append('x', [asked('one')])
    const { id } = (await under.sessions.find('x'))!
    expect(await under.sessions.remove('x', { sessionId: id })).toMatchObject({ removed: true, archived: { sessionId: id, reason: 'deleted' } })
    expect(await under.sessions.remove('x')).toEqual({ removed: false })
    await under.crash()
    expect([await under.sessions.find('x'), (await under.sessions.list()).total, await under.sessions.resolve({ label: 'mine' })]).toEqual([undefined, 0, undefined])
    expect((await under.sessions.archived('x', id)).map((e) => e.type)).toEqual(['message'])
    expect((await under.sessions.open('x')).id).not.toBe(id)
    expect(await under.sessions.settings('x')).toEqual({})
  })

  test('is refused for a main session, for another id, and while a run waits or is under way', async () => {
    const under = await start()
    await under.sessions.open('main')
    await expect(under.sessions.remove('main')).rejects.toEqual(code('NEXUS_SESSIONS_MAIN'))
    const { runId } = await under.sessions.accept('x', { message: user('q'), cause: cause() })
    await expect(under.sessions.remove('x')).rejects.toEqual(code('NEXUS_SESSIONS_ACTIVE'))
    await under.sessions.endRun(runId, { status: 'aborted' })
    await expect(under.sessions.remove('x', { sessionId: 'other' })).rejects.toEqual(code('NEXUS_SESSIONS_CHANGED'))
    expect((await under.sessions.remove('x')).removed).toBe(true)
  })
})

describe('a crash at any call', () => {
  test.each(['reset', 'remove', 'patch'] as const)('of a %s leaves the session before it or the one after it, and every word', async (what) => {
    let complete = false
    for (let n = 0; !complete; n++) {
      const dir = await temporaryDir()
      const clock = { now: () => Date.parse('2026-03-01T12:00:00Z') }
      const setUp = await sessionsIn(dir, clock)
      await setUp.sessions.append('x', [asked('one')])
      const before = (await setUp.sessions.find('x'))!
      await setUp.sessions.close()
      await setUp.store.close()

      const fs = faultyFs()
      const dying = await sessionsIn(dir, clock, { fs })
      const from = fs.calls.length
      fs.fault = (_, index) => (index >= from + n ? 'EIO' : undefined)
      const change = what === 'patch' ? dying.sessions.patch('x', { label: 'l' }) : what === 'reset' ? dying.sessions.reset('x', { reason: 'new' }) : dying.sessions.remove('x')
      const done = await change.then(() => true, () => false)
      complete = fs.calls.length <= from + n
      fs.fault = () => 'EIO'

      const { sessions } = await sessionsIn(dir, clock)
      const after = await sessions.find('x')
      const archives = await sessions.archives('x')
      if (after?.id === before.id) expect(textsOf(await sessions.history('x'))).toEqual(['one'])
      else expect((await sessions.archived('x', before.id)).map((e) => e.type)).toEqual(['message'])
      if (done) expect(what === 'patch' ? after?.settings?.label : after?.id === before.id).toBe(what === 'patch' ? 'l' : false)
      expect(archives.every(({ sessionId }) => sessionId === before.id)).toBe(true)
      expect((await sessions.list()).sessions.map((s) => s.id)).toEqual(after ? [after.id] : [])
      await sessions.append('x', [said('two')])
      expect(await sessions.history('x')).toHaveLength(after?.id === before.id ? 2 : 1)
      await sessions.patch('other', { label: 'l2' })
    }
  }, 120_000)
})
