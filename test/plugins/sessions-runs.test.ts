/** The durable inbox: nothing accepted is lost, nothing is done twice, and what was cut off says so. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { NewEntry, SessionEntry } from '../../plugins/sessions/contract.ts'
import { runMarker } from '../../plugins/sessions/contract.ts'
import { markerOf } from '../../plugins/sessions/entries.ts'
import { openSessions } from '../../plugins/sessions/sessions.ts'
import type { StoreApi } from '../../plugins/store/contract.ts'
import { faultyFs, silent, storeOn, temporaryDir } from './store-harness.ts'
import { assistant, cause, said, sessionsIn, start, textsOf, transcriptOf, user, type Started } from './sessions-harness.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const markers = (entries: readonly SessionEntry[]) => entries.flatMap((e) => markerOf(e) ?? [])
const calling = (id: string): NewEntry => ({ type: 'message', message: { ...assistant(''), content: [{ type: 'toolCall', id, name: 'time', arguments: {} }], stopReason: 'toolUse' } })
const result = (id: string): NewEntry => ({ type: 'message', message: { role: 'toolResult', toolCallId: id, toolName: 'time', content: [{ type: 'text', text: '12:00' }], isError: false } })

describe('a turn', () => {
  test('accepted, started, answered and ended, is in the transcript between its markers', async () => {
    const under = await start()
    const { sessions } = under
    expect(await sessions.accept('main', { runId: 'r1', message: user('hello'), idempotencyKey: 'k1', cause: cause('device') }))
      .toEqual({ runId: 'r1', sessionKey: 'agent:main:main', known: false, state: 'queued' })
    expect(textsOf(await sessions.history('main'))).toEqual([])
    const [waiting] = await sessions.history('main', { queued: true })
    expect(waiting).toMatchObject({ role: 'user', queued: true, timestamp: under.time })
    const message = await sessions.startRun('r1')
    expect(message).toMatchObject({ id: waiting?.id, message: { ...user('hello'), idempotencyKey: 'k1' } })
    expect(await sessions.history('main', { queued: true })).toEqual(await sessions.history('main'))
    await sessions.append('main', [calling('t1'), result('t1')])
    await sessions.endRun('r1', { status: 'ok' }, [said('hi')])
    const entries = await transcriptOf(under, 'main')
    expect(entries.map((e) => (e.type === 'message' ? e.message.role : e.type))).toEqual(['custom', 'user', 'assistant', 'toolResult', 'assistant', 'custom'])
    expect(entries[0]).toMatchObject({ customType: runMarker, data: { runId: 'r1', phase: 'start', trace: 'trace-1', label: 'device' } })
    expect(entries[5]).toMatchObject({ customType: runMarker, data: { runId: 'r1', phase: 'end', status: 'ok' } })
    await sessions.close()
    expect(sessions.metrics().openRuns).toBe(0)
  })

  test('messages accepted while another run goes on wait outside the transcript, in order', async () => {
    const { sessions } = await start()
    for (const n of [1, 2, 3]) await sessions.accept('main', { runId: `r${n}`, message: user(`q${n}`), cause: cause() })
    await sessions.startRun('r1')
    await sessions.append('main', [said('a1')])
    expect(textsOf(await sessions.history('main'))).toEqual(['q1', 'a1'])
    expect(textsOf(await sessions.history('main', { queued: true }))).toEqual(['q1', 'a1', 'q2', 'q3'])
    const { position } = (await sessions.history('main'))[1] as { position: number }
    expect(textsOf(await sessions.history('main', { queued: true, before: position }))).toEqual(['q1'])
    expect(await sessions.history('other', { queued: true })).toEqual([])
  })

  test('an accepted message is seen at every moment of its way into the transcript, once', async () => {
    const { sessions } = await start()
    for (let i = 0; i < 20; i++) {
      await sessions.accept('main', { runId: `r${i}`, message: user(`q${i}`), cause: cause() })
      let done = false
      const moving = sessions.startRun(`r${i}`).then(() => { done = true })
      do {
        const texts = textsOf(await sessions.history('main', { queued: true }))
        expect(texts).toEqual(Array.from({ length: i + 1 }, (_, n) => `q${n}`))
        await setImmediate()
      } while (!done)
      await moving
    }
  })

  test('a message that moves while the transcript is read is shown from one place only', async () => {
    const store = await storeOn(await temporaryDir())
    let reading = (): void => {}
    let moved: Promise<void> = Promise.resolve()
    const slow: StoreApi = { ...store, log: (name) => ({ ...store.log(name), lastLines: (...args) => store.log(name).lastLines(...args), async size() { reading(); await moved; return store.log(name).size() } }) }
    const sessions = await openSessions({ store: slow, now: () => 1, log: silent, cwd: '/work' })
    await sessions.accept('main', { runId: 'r', message: user('q'), cause: cause() })
    const started = new Promise<void>((resolve) => { reading = () => { reading = () => {}; void sessions.startRun('r').then(() => resolve()) } })
    const history = sessions.history('main', { queued: true })
    moved = Promise.race([started, new Promise<void>((resolve) => { setTimeout(resolve, 200) })])
    expect(textsOf(await history)).toEqual(['q'])
    await started
  })

  test('a start or an end that the disk refused can be tried again', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.accept('main', { runId: 'r', message: user('q'), idempotencyKey: 'k', cause: cause() })
    const refused = async (work: () => Promise<unknown>, state: string): Promise<void> => {
      fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
      await expect(work()).rejects.toEqual(code('NEXUS_STORE_WRITE'))
      fs.fault = () => undefined
      expect(await under.sessions.recall('main', 'k')).toMatchObject({ state })
    }
    await refused(() => under.sessions.startRun('r'), 'queued')
    expect(textsOf(await under.sessions.history('main', { queued: true }))).toEqual(['q'])
    await under.sessions.startRun('r')
    await refused(() => under.sessions.endRun('r', { status: 'ok' }), 'running')
    await under.sessions.endRun('r', { status: 'ok' })
    expect(markers(await transcriptOf(under, 'main')).map((m) => m.phase)).toEqual(['start', 'end'])
  })

  test('a run without a message, and one that never started, are marked too', async () => {
    const under = await start()
    const { runId } = await under.sessions.accept('main', { cause: cause('schedule') })
    expect(await under.sessions.startRun(runId)).toBeUndefined()
    await under.sessions.endRun(runId, { status: 'error', error: 'no model' })
    await under.sessions.accept('main', { runId: 'never', message: user('q'), cause: cause() })
    await under.sessions.endRun('never', { status: 'aborted' })
    expect(textsOf(await under.sessions.history('main'))).toEqual(['q'])
    expect(markers(await transcriptOf(under, 'main'))).toMatchObject([
      { runId, phase: 'start', label: 'schedule' }, { runId, phase: 'end', status: 'error', error: 'no model' },
      { runId: 'never', phase: 'start' }, { runId: 'never', phase: 'end', status: 'aborted' },
    ])
  })

  test('a run starts once and ends once, and its id is its own while it is open', async () => {
    const { sessions } = await start()
    await expect(sessions.startRun('r')).rejects.toEqual(code('NEXUS_SESSIONS_RUN_UNKNOWN'))
    await expect(sessions.endRun('r', { status: 'ok' })).rejects.toEqual(code('NEXUS_SESSIONS_RUN_UNKNOWN'))
    const both = await Promise.allSettled([sessions.accept('a', { runId: 'r', cause: cause() }), sessions.accept('b', { runId: 'r', cause: cause() })])
    expect(both.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((r) => r.status === 'rejected')?.reason).toEqual(code('NEXUS_SESSIONS_RUN_EXISTS'))
    const starts = await Promise.allSettled([sessions.startRun('r'), sessions.startRun('r')])
    expect(starts.map((r) => r.status)).toEqual(['fulfilled', 'rejected'])
    const ends = await Promise.allSettled([sessions.endRun('r', { status: 'ok' }), sessions.endRun('r', { status: 'ok' })])
    expect(ends.map((r) => r.status)).toEqual(['fulfilled', 'rejected'])
    await sessions.close()
    await sessions.accept('a', { runId: 'r', cause: cause() })
  })

  test('more open runs than the bound are refused, retryable', async () => {
    const { sessions } = await start({ limits: { maxOpenRuns: 2 } })
    const results = await Promise.allSettled([1, 2, 3].map((n) => sessions.accept('main', { runId: `r${n}`, cause: cause() })))
    expect(results.map((r) => r.status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect((results[2] as PromiseRejectedResult).reason).toMatchObject({ code: 'NEXUS_SESSIONS_BUSY', retryable: true })
    await sessions.endRun('r1', { status: 'ok' })
    await sessions.close()
    await sessions.accept('main', { runId: 'r3', cause: cause() })
  })

  test.each(['', 'x'.repeat(257)])('the id %j is refused', async (id) => {
    const { sessions } = await start()
    await expect(sessions.accept('main', { runId: id, cause: cause() })).rejects.toEqual(code('NEXUS_SESSIONS_RUN_ID'))
    await expect(sessions.accept('main', { idempotencyKey: id, cause: cause() })).rejects.toEqual(code('NEXUS_SESSIONS_RUN_ID'))
  })
})

describe('idempotency keys', () => {
  const send = (under: Started, key: string, session = 'main') => under.sessions.accept(session, { message: user(`text of ${key}`), idempotencyKey: key, cause: cause() })

  test('the same key in the same session is the same run: at once, while it runs, after it, and after restarts', async () => {
    const under = await start()
    const [first, second] = await Promise.all([send(under, 'k'), send(under, 'k')])
    expect(second).toEqual({ ...first, known: true })
    await under.sessions.startRun(first.runId)
    expect(await send(under, 'k')).toMatchObject({ runId: first.runId, known: true, state: 'running' })
    await under.sessions.endRun(first.runId, { status: 'ok' })
    expect(await send(under, 'k')).toMatchObject({ runId: first.runId, known: true, state: 'ended' })
    await under.restart()
    expect(await send(under, 'k')).toMatchObject({ runId: first.runId, known: true, state: 'ended' })
    await under.crash()
    expect(await under.sessions.recall('main', 'k')).toEqual({ runId: first.runId, sessionKey: 'agent:main:main', known: true, state: 'ended' })
    expect(textsOf(await under.sessions.history('main'))).toEqual(['text of k'])
  })

  test('other keys and other sessions are other runs', async () => {
    const under = await start()
    const ids = [await send(under, 'k'), await send(under, 'l'), await send(under, 'k', 'other')].map((a) => a.runId)
    expect(new Set(ids).size).toBe(3)
    expect(await under.sessions.recall('main', 'm')).toBeUndefined()
  })

  test('of two at once, both fail if the disk does, and a third may be accepted', async () => {
    const fs = faultyFs()
    const under = await start({ fs })
    await under.sessions.open('main')
    fs.fault = (call) => (call === 'write' ? 'ENOSPC' : undefined)
    const results = await Promise.allSettled([send(under, 'k'), send(under, 'k')])
    expect(results.map((r) => r.status)).toEqual(['rejected', 'rejected'])
    fs.fault = () => undefined
    expect(await send(under, 'k')).toMatchObject({ known: false })
    expect(await under.sessions.history('main', { queued: true })).toHaveLength(1)
  })

  test('a key is kept for 24 hours, by the clock and over restarts', async () => {
    const under = await start()
    const { runId } = await send(under, 'k')
    await under.sessions.endRun(runId, { status: 'ok' })
    under.time += 86_400_000 - 1
    await under.restart()
    expect(await send(under, 'k')).toMatchObject({ known: true })
    under.time += 1
    expect(await under.sessions.recall('main', 'k')).toBeUndefined()
    await under.restart()
    expect(await send(under, 'k')).toMatchObject({ known: false })
  })

  test('the last keys are kept up to the bound, in memory and on disk', async () => {
    const under = await start({ limits: { maxKeys: 100 } })
    const turn = async (n: number): Promise<void> => {
      const { runId } = await send(under, `k${n}`, `s${n % 5}`)
      await under.sessions.endRun(runId, { status: 'ok' })
    }
    for (let n = 0; n < 1500; n += 50) await Promise.all(Array.from({ length: 50 }, (_, i) => turn(n + i)))
    const known = async () => (await Promise.all(Array.from({ length: 1500 }, (_, n) => under.sessions.recall(`s${n % 5}`, `k${n}`)))).map((r) => r !== undefined)
    const before = await known()
    expect(before.filter(Boolean)).toHaveLength(100)
    expect(before.slice(1450).every(Boolean)).toBe(true)
    expect(under.sessions.metrics()).toMatchObject({ keys: 100, maxKeys: 100, openRuns: expect.any(Number) as number })
    await under.restart()
    expect(await known()).toEqual(before)
    for (const name of ['_keys', '_runs']) expect(await readdir(join(under.dir, 'sessions', name))).toHaveLength(1)
    const left: string[] = []
    for await (const { text } of under.store.log(`sessions/_keys/${(await under.store.documents<{ generation: number }>('sessions').get('keys'))?.value.generation}`).read()) left.push(text)
    expect(left.length).toBeLessThan(1400)
  }, 60_000)
})

describe('after a crash', () => {
  test('a queued run is marked and reported as one of which nothing was done', async () => {
    const under = await start()
    await under.sessions.accept('main', { runId: 'r1', message: user('hello'), idempotencyKey: 'k', cause: cause('channel', 't-9') })
    const acceptedAt = under.time
    under.time += 1000
    await under.crash()
    const { id } = await under.sessions.open('main')
    expect(under.sessions.interrupted()).toEqual([{ runId: 'r1', sessionKey: 'agent:main:main', sessionId: id, agent: 'main', label: 'channel', trace: 't-9', idempotencyKey: 'k', acceptedAt, started: false }])
    expect(await under.sessions.history('main')).toMatchObject([{ role: 'user', timestamp: acceptedAt }, { role: 'assistant', provider: 'nexus', stopReason: 'aborted', timestamp: under.time }])
    expect(markers(await transcriptOf(under, 'main'))).toMatchObject([{ phase: 'start' }, { phase: 'end', status: 'interrupted' }])
  })

  test('a running one is marked; what it said stays, and a tool call left open gets a result', async () => {
    const under = await start()
    await under.sessions.append('main', [said('before')])
    await under.sessions.accept('main', { runId: 'r1', message: user('what time is it'), cause: cause() })
    await under.sessions.startRun('r1')
    await under.sessions.append('main', [calling('t1'), result('t1'), calling('t2')])
    await under.crash()
    expect(under.sessions.interrupted()).toMatchObject([{ runId: 'r1', started: true }])
    const history = await under.sessions.history('main')
    expect(history.map((m) => m.role)).toEqual(['assistant', 'user', 'assistant', 'toolResult', 'assistant', 'toolResult', 'assistant'])
    expect(history[5]).toMatchObject({ toolCallId: 't2', toolName: 'time', isError: true })
    expect(history[6]).toMatchObject({ stopReason: 'aborted', errorMessage: 'interrupted by a restart of the gateway' })
  })

  test('each is reported once: the next start knows nothing of it, and a run that had ended is not reported', async () => {
    const under = await start()
    for (const n of [1, 2, 3]) await under.sessions.accept(`s${n}`, { runId: `r${n}`, message: user('q'), cause: cause() })
    await under.sessions.startRun('r2')
    await under.sessions.endRun('r2', { status: 'ok' })
    await under.crash()
    expect(under.sessions.interrupted().map((r) => r.runId)).toEqual(['r1', 'r3'])
    await under.restart()
    expect(under.sessions.interrupted()).toEqual([])
    expect(under.sessions.metrics().openRuns).toBe(0)
    for (const n of [1, 2, 3]) expect(markers(await transcriptOf(under, `s${n}`)).map((m) => m.phase)).toEqual(['start', 'end'])
  })

  test('the start reads what was written since the open runs were accepted, not the transcripts before', async () => {
    const under = await start()
    for (let i = 0; i < 10; i++) await under.sessions.append('main', Array.from({ length: 200 }, () => said('x'.repeat(5000))))
    await under.sessions.accept('main', { message: user('q'), cause: cause() })
    const fs = faultyFs()
    await under.crash({ fs })
    expect(fs.calls.filter((call) => call === 'read').length).toBeLessThan(12)
  })

  test('at whichever call the process dies: nothing acknowledged is lost, nothing stands twice, and everything can be sent again', async () => {
    let died = 0
    for (let n = 0; ; n += step) {
      const dir = await temporaryDir()
      const clock = { now: () => Date.parse('2026-03-01T12:00:00Z') + n }
      const fs = faultyFs()
      fs.fault = (_, index) => (index >= n ? 'EIO' : undefined)
      const acknowledged = new Map<string, string>()
      const before = await sessionsIn(dir, clock, { fs }).catch(() => undefined)
      if (before) await turns(before, acknowledged)
      const complete = fs.calls.length <= n
      fs.fault = () => 'EIO' // dead: nothing it does later reaches the disk
      if (!complete) died++

      const after = await sessionsIn(dir, clock)
      await sound(after, acknowledged)
      for (const key of sent) {
        const again = await after.sessions.accept(sessionOf(key), { message: user(key), idempotencyKey: key, cause: cause() })
        expect(again.known || !acknowledged.has(key)).toBe(true)
        if (acknowledged.has(key)) expect(again.runId).toBe(acknowledged.get(key))
        if (!again.known) await after.sessions.endRun(again.runId, { status: 'ok' })
      }
      const all = await Promise.all(['one', 'two'].map((s) => after.sessions.history(s)))
      expect(all.map((h) => h.filter((m) => m.role === 'user').map((m) => textsOf([m])[0]).sort())).toEqual(['one', 'two'].map((s) => sent.filter((k) => sessionOf(k) === s).sort()))
      await after.sessions.close()
      await sound(await sessionsIn(dir, clock), acknowledged)
      if (complete) break
    }
    expect(died * step).toBeGreaterThan(60)
  }, 180_000)
})

/** Every third call in the suite, every one with NEXUS_TEST_FULL=1. */
const step = process.env.NEXUS_TEST_FULL ? 1 : 3
const sent = ['one.a', 'two.a', 'one.b', 'two.b']
const sessionOf = (key: string): string => key.split('.')[0] as string

/** Two sessions with two turns each, one of them left open. A key is noted once it is acknowledged. */
async function turns({ sessions }: Started, acknowledged: Map<string, string>): Promise<void> {
  const turn = async (key: string, ends: boolean): Promise<void> => {
    const { runId } = await sessions.accept(sessionOf(key), { message: user(key), idempotencyKey: key, cause: cause() })
    acknowledged.set(key, runId)
    await sessions.startRun(runId)
    await sessions.append(sessionOf(key), [calling(key)])
    if (ends) await sessions.endRun(runId, { status: 'ok' }, [result(key), said('done')])
  }
  await Promise.allSettled([turn('one.a', true), turn('two.a', true)])
  await Promise.allSettled([turn('one.b', true), turn('two.b', false)])
  await sessions.close().catch(() => {}) // a dead disk
}

/** What must hold of any state that a start finds or leaves. */
async function sound(under: Started, acknowledged: ReadonlyMap<string, string>): Promise<void> {
  const listed = (await under.sessions.list()).sessions.map((s) => s.key)
  for (const session of ['one', 'two']) {
    const entries = await transcriptOf(under, session)
    expect(entries.map((e) => e.parentId)).toEqual(entries.map((_, i) => entries[i - 1]?.id ?? null))
    expect(new Set(entries.map((e) => e.id)).size).toBe(entries.length)
    const questions = entries.flatMap((e) => (e.type === 'message' && e.message.role === 'user' ? textsOf([{ ...e.message, id: e.id }]) : []))
    expect(new Set(questions).size).toBe(questions.length)
    const open = new Set<string>()
    for (const m of markers(entries)) {
      expect(open.has(m.runId)).toBe(m.phase === 'end')
      if (m.phase === 'start') open.add(m.runId)
      else open.delete(m.runId)
    }
    expect(open.size).toBe(0)
    const calls = entries.flatMap((e) => (e.type === 'message' && e.message.role === 'assistant' ? e.message.content.flatMap((p) => (p.type === 'toolCall' ? [p.id] : [])) : []))
    const results = entries.flatMap((e) => (e.type === 'message' && e.message.role === 'toolResult' ? [e.message.toolCallId] : []))
    expect(results.sort()).toEqual(calls.sort())
    for (const key of acknowledged.keys()) if (sessionOf(key) === session) expect(questions).toContain(key)
    if (entries.length > 0) expect(listed).toContain(`agent:main:${session}`)
  }
}
