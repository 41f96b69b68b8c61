/** A start after a crash or a stop: what was cut off says so, nothing accepted is lost, nothing is done twice. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { faultyFs, temporaryDir } from './store-harness.ts'
import { calling, cause, markers, result, said, sessionsIn, start, textsOf, transcriptOf, user, type Started } from './sessions-harness.ts'

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

  test('a damaged session keeps nobody else from starting, and its runs wait until it is mended', async () => {
    const under = await start()
    for (const key of ['good', 'bad']) await under.sessions.accept(key, { runId: key, message: user('q'), cause: cause() })
    const file = join(under.dir, 'documents/sessions/main/agent%3Amain%3Abad.json')
    const whole = await readFile(file)
    await writeFile(file, '')
    await under.crash()
    expect(under.sessions.interrupted().map((r) => r.runId)).toEqual(['good'])
    expect((await under.sessions.list()).sessions.map((s) => s.key)).toEqual(['agent:main:good'])
    await expect(under.sessions.open('bad')).rejects.toMatchObject({ code: 'NEXUS_STORE_DAMAGED' })
    await writeFile(file, whole)
    await under.crash()
    expect(under.sessions.interrupted().map((r) => r.runId)).toEqual(['bad'])
    expect(textsOf(await under.sessions.history('bad'))[0]).toBe('q')
  })

  test('when the order of activity is lost, the list begins anew and all else goes on', async () => {
    const under = await start()
    await under.sessions.append('a', [said('hi')])
    await under.store.documents('sessions').put('activity', { generation: 0 })
    await writeFile(join(under.dir, 'documents/sessions/activity.json'), '{')
    await under.crash()
    await under.sessions.append('b', [said('hi')])
    expect((await under.sessions.list()).sessions.map((s) => s.key)).toEqual(['agent:main:b'])
    expect(textsOf(await under.sessions.history('a'))).toEqual(['hi'])
  })

  test('when the keys of former starts cannot be read, a message that brings one is refused, not taken twice', async () => {
    const under = await start()
    await under.store.documents('sessions').put('keys', { generation: 0 })
    await writeFile(join(under.dir, 'documents/sessions/keys.json'), '{')
    await under.crash()
    await expect(under.sessions.accept('main', { idempotencyKey: 'k', cause: cause() })).rejects.toMatchObject({ code: 'NEXUS_STORE_DAMAGED' })
    await under.sessions.accept('main', { cause: cause() })
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

describe('after a stop that cut runs off', () => {
  test('they are reported once, as after a crash, and not marked again', async () => {
    const under = await start()
    for (const runId of ['said', 'silent', 'queued']) {
      await under.sessions.accept(runId, { runId, message: user('q'), idempotencyKey: runId, cause: cause('channel', 't-9') })
      if (runId !== 'queued') await under.sessions.startRun(runId)
    }
    const acceptedAt = under.time
    await under.sessions.endRun('said', { status: 'interrupted', error: 'cut off' }, [said('half')])
    await under.sessions.append('silent', [calling('t1'), result('t1')])
    await under.sessions.endRun('silent', { status: 'interrupted' })
    await under.sessions.endRun('queued', { status: 'interrupted' })
    const now = async () => Promise.all(['said', 'silent', 'queued'].map(async (key) => ({ history: await under.sessions.history(key, { queued: true }), markers: markers(await transcriptOf(under, key)) })))
    const before = await now()
    expect(before.map(({ history }) => textsOf(history))).toEqual([['q', 'half'], ['q', 'toolCall', '12:00', expect.stringContaining('cut off')], ['q', expect.stringContaining('before this message was answered')]])
    expect(before.map(({ markers: [, end] }) => end)).toMatchObject([{ phase: 'end', status: 'interrupted', error: 'cut off' }, { status: 'interrupted' }, { status: 'interrupted', started: false }])
    expect(under.sessions.interrupted()).toEqual([])

    await under.restart()
    const { id } = await under.sessions.open('said')
    expect(under.sessions.interrupted()[0]).toEqual({ runId: 'said', sessionKey: 'agent:main:said', sessionId: id, agent: 'main', label: 'channel', trace: 't-9', idempotencyKey: 'said', acceptedAt, started: true })
    expect(under.sessions.interrupted().map(({ runId, started }) => [runId, started])).toEqual([['said', true], ['silent', true], ['queued', false]])
    expect(await now()).toEqual(before)
    expect(await under.sessions.accept('said', { message: user('q'), idempotencyKey: 'said', cause: cause() })).toMatchObject({ runId: 'said', known: true, state: 'ended' })

    await under.restart()
    expect(under.sessions.interrupted()).toEqual([])
    expect(under.sessions.metrics().openRuns).toBe(0)
    expect(await now()).toEqual(before)
  })

  test('the start reads them to their end, not what their sessions have written since', async () => {
    const under = await start()
    await under.sessions.accept('main', { runId: 'r', message: user('q'), cause: cause() })
    await under.sessions.endRun('r', { status: 'interrupted' })
    for (let i = 0; i < 10; i++) await under.sessions.append('main', Array.from({ length: 200 }, () => said('x'.repeat(5000))))
    const fs = faultyFs()
    await under.restart({ fs })
    expect(under.sessions.interrupted()).toMatchObject([{ runId: 'r', started: false }])
    expect(fs.calls.filter((call) => call === 'read').length).toBeLessThan(12)
  })

  test('at most 1,000 of them are kept to be reported, the newest', async () => {
    const under = await start()
    const ids = Array.from({ length: 1_005 }, (_, n) => `r${n}`)
    await Promise.all(ids.map((runId) => under.sessions.accept(`s${Number(runId.slice(1)) % 50}`, { runId, cause: cause() })))
    for (const runId of ids.slice(0, 5)) await under.sessions.endRun(runId, { status: 'interrupted' })
    await Promise.all(ids.slice(5).map((runId) => under.sessions.endRun(runId, { status: 'interrupted' })))
    await under.restart()
    expect(new Set(under.sessions.interrupted().map(({ runId }) => runId))).toEqual(new Set(ids.slice(5)))
  })
})

/** Every third call in the suite, every one with NEXUS_TEST_FULL=1. */
const step = process.env.NEXUS_TEST_FULL ? 1 : 3
const sent = ['one.a', 'two.a', 'one.b', 'two.b']
const sessionOf = (key: string): string => key.split('.')[0] as string

/** Two sessions with two turns each, one of them cut off and one left open. A key is noted once it is acknowledged. */
async function turns({ sessions }: Started, acknowledged: Map<string, string>): Promise<void> {
  const turn = async (key: string, ends?: 'ok' | 'interrupted'): Promise<void> => {
    const { runId } = await sessions.accept(sessionOf(key), { message: user(key), idempotencyKey: key, cause: cause() })
    acknowledged.set(key, runId)
    await sessions.startRun(runId)
    await sessions.append(sessionOf(key), [calling(key)])
    if (ends) await sessions.endRun(runId, { status: ends }, [result(key), ...(ends === 'ok' ? [said('done')] : [])])
  }
  await Promise.allSettled([turn('one.a', 'ok'), turn('two.a', 'interrupted')])
  await Promise.allSettled([turn('one.b', 'ok'), turn('two.b')])
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
