/** Turns and idempotency keys while the disk may fail; what a crash leaves is tested in sessions-crash. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { runMarker } from '../../plugins/sessions/contract.ts'
import { openSessions } from '../../plugins/sessions/sessions.ts'
import type { StoreApi } from '../../plugins/store/contract.ts'
import { faultyFs, silent, storeOn, temporaryDir } from './store-harness.ts'
import { calling, cause, markers, result, said, start, textsOf, transcriptOf, user, type Started } from './sessions-harness.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })

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

  test('that is ended while it starts is in the transcript once', async () => {
    const under = await start()
    const { sessions } = under
    await sessions.accept('main', { runId: 'r1', message: user('hello'), cause: cause() })
    await Promise.all([sessions.startRun('r1'), sessions.endRun('r1', { status: 'aborted' })])
    expect(textsOf(await sessions.history('main'))).toEqual(['hello'])
    expect(markers(await transcriptOf(under, 'main')).map(({ phase }) => phase)).toEqual(['start', 'end'])
    await expect(sessions.endRun('r1', { status: 'ok' })).rejects.toEqual(code('NEXUS_SESSIONS_RUN_UNKNOWN'))
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
    let meanwhile: (() => Promise<unknown>) | undefined
    const slow: StoreApi = { ...store, log: (name) => ({ ...store.log(name), async size() {
      const work = meanwhile
      meanwhile = undefined
      await work?.()
      return store.log(name).size()
    } }) }
    const sessions = await openSessions({ store: slow, now: () => 1, log: silent, cwd: '/work' })
    await sessions.accept('main', { runId: 'r', message: user('q'), cause: cause() })
    meanwhile = () => sessions.startRun('r')
    expect(textsOf(await sessions.history('main', { queued: true }))).toEqual(['q'])
    expect(meanwhile).toBeUndefined()
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

test('ended runs leave the inbox together: behind the answers, with the next flush, and before a transcript goes elsewhere', async () => {
  const fs = faultyFs()
  const under = await start({ fs })
  const run = async (n: number): Promise<void> => {
    await under.sessions.accept('main', { runId: `r${n}`, idempotencyKey: `k${n}`, message: user('hello'), cause: cause() })
    await under.sessions.startRun(`r${n}`)
    await under.sessions.endRun(`r${n}`, { status: 'ok' }, [said('hi')])
  }
  await run(0)
  await under.sessions.flush()
  fs.calls.length = 0
  for (let n = 1; n < 31; n++) await run(n)
  // Accepted, begun, ended, and nothing else.
  expect(fs.calls.filter((call) => call === 'write').length).toBe(3 * 30)
  expect(under.sessions.metrics().openRuns).toBe(0)
  await run(31)
  await run(32)
  await under.sessions.flush()
  expect(fs.calls.filter((call) => call === 'write').length).toBeLessThan(3 * 32 + 8)
  await run(33)
  // A crash finds the end in the transcript, and the key in the inbox.
  await under.crash()
  expect(under.sessions.interrupted()).toEqual([])
  expect(await under.sessions.recall('main', 'k33')).toMatchObject({ runId: 'r33', known: true, state: 'ended' })
  await run(34)
  await under.sessions.reset('main', { reason: 'reset' })
  await under.crash()
  expect(under.sessions.interrupted()).toEqual([])
  expect(await under.sessions.recall('main', 'k34')).toMatchObject({ known: true, state: 'ended' })
})
