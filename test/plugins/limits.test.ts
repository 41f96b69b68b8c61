/** The plugin `limits`: its settings, what it tells, and its life. The rest is in limits-calls and limits-attempts. */
import { describe, expect, test } from 'vitest'
import { noColour, nobody } from 'nexus-gateway/sdk'
import { healthChecked } from '../../plugins/health/contract.ts'
import cli from '../../plugins/limits/cli.ts'
import { Attempts, type LimitsStatus } from '../../plugins/limits/contract.ts'
import limits from '../../plugins/limits/index.ts'
import { limitsScreen } from '../../plugins/limits/screen.ts'
import { as, createDesk, relay, start, status, times, tooMany, tooManyAtOnce } from './limits-harness.ts'

describe('settings', () => {
  test('take the place of what a method says, field by field, and may name what does not exist', async () => {
    await using k = await start(createDesk(), { methods: { 'desk.set': { calls: 2 }, 'desk.free': { calls: 1, windowMs: 1_000 }, 'desk.slow': { concurrent: 1 }, 'desk.both': { calls: 1 }, 'GET /desk/page': { calls: 1 }, 'no.such': { calls: 1 } } })
    await times(2, () => k.call('desk.set'))
    await expect(k.call('desk.set')).rejects.toMatchObject({ ...tooMany, data: { details: { limit: '2 per 60s' } } })
    await k.call('desk.free')
    await expect(k.call('desk.free')).rejects.toMatchObject({ ...tooMany, data: { retryAfterMs: 1_000, details: { limit: '1 per 1s' } } })
    const running = k.call('desk.slow', {}, { signal: AbortSignal.timeout(50) }).catch(() => undefined)
    await expect(k.call('desk.slow')).rejects.toMatchObject(tooManyAtOnce)
    await running
    const both = k.call('desk.both', {}, { signal: AbortSignal.timeout(50) }).catch(() => undefined)
    expect((await status(k)).calls).toContainEqual({ caller: 'test', method: 'desk.both', used: 1, running: 1, limit: '1 per 10s, 1 at once', retryAfterMs: 10_000 })
    await both
    expect((await k.request('/desk/page')).status).toBe(200)
    const answer = await k.request('/desk/page')
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '60'])
    await times(30, () => k.call('desk.reset'))
    await expect(k.call('desk.reset')).rejects.toMatchObject(tooMany)
  })

  test('bound all methods of a caller together, if they say so, and nobody without a credential', async () => {
    await using k = await start(createDesk(), { callsPerMinute: 100 })
    await times(60, () => k.call('desk.free'))
    await times(20, () => k.call('relay.set'))
    await expect(k.call('desk.free')).rejects.toMatchObject({ ...tooMany, message: expect.stringContaining('all methods'), data: { retryAfterMs: 60_000, details: { method: 'desk.free', limit: '100 per 60s' } } })
    await k.call('desk.free', {}, as('other'))
    await times(200, () => k.call('desk.open', {}, { caller: nobody }))
    const { calls, bounds, tables } = await k.call('limits.status', {}, as('other')) as LimitsStatus
    expect(calls[0]).toEqual({ caller: 'test', method: '*', used: 100, running: 0, limit: '100 per 60s', retryAfterMs: 60_000 })
    expect([bounds.callsPerMinute, tables.callers.entries]).toEqual([100, 2])
    await k.clock.advance(60_000 + 60_000 / 32)
    await k.call('desk.free')
  })

  test('that are wrong are refused', async () => {
    for (const settings of [{ attempts: { perSource: 0 } }, { attempts: { global: 3_001 } }, { attempts: { windowMs: 10 } }, { callsPerMinute: 0.5 }, { methods: { 'desk.set': { calls: 0 } } }, { methods: { 'desk.set': { per: 1 } } }, { others: 1 }]) {
      await expect(start(createDesk(), settings)).rejects.toMatchObject({ code: 'NEXUS_PLUGIN_CONFIG' })
    }
  })

  test('make the tries at secrets fewer', async () => {
    await using k = await start(createDesk(), { attempts: { perSource: 3, windowMs: 5_000 } })
    const attempts = await k.service(Attempts)
    expect(Array.from({ length: 5 }, () => attempts.take('a').ok)).toEqual([true, true, true, false, false])
    await k.clock.advance(5_000)
    expect(attempts.take('a').ok).toBe(true)
  })
})

describe('what is told', () => {
  test('is who has to wait, the worst first, and only to admins', async () => {
    await using k = await start(createDesk())
    const attempts = await k.service(Attempts)
    for (let i = 0; i < 200; i++) attempts.take(`192.0.2.${i}`)
    await k.clock.advance(1_000)
    for (let i = 0; i < 12; i++) attempts.take('unix')
    for (let i = 0; i < 5; i++) attempts.take('198.51.100.1')
    await times(2, () => k.call('desk.set', {}, as('quiet')))
    await times(30, () => k.call('desk.set', {}, as('loud')))
    const { sources, calls, everybody, bounds, tables } = await status(k)
    expect(sources.length).toBe(100)
    expect(sources.slice(0, 3)).toEqual([{ source: 'unix', used: 10, retryAfterMs: 60_000 }, { source: '198.51.100.1', used: 5, retryAfterMs: 0 }, { source: '192.0.2.0', used: 1, retryAfterMs: 0 }])
    expect(calls).toEqual([{ caller: 'loud', method: 'desk.set', used: 30, running: 0, limit: '30 per 60s', retryAfterMs: 60_000 }, { caller: 'quiet', method: 'desk.set', used: 2, running: 0, limit: '30 per 60s', retryAfterMs: 0 }])
    expect({ everybody, bounds, tables }).toEqual({
      everybody: { used: 205, retryAfterMs: 0 },
      bounds: { perSource: 10, global: 1_000, windowMs: 60_000, callsPerMinute: null },
      tables: { sources: { entries: 202, most: 10_000 }, calls: { entries: 2, most: 10_000 }, callers: { entries: 0, most: 10_000 } },
    })
    await expect(k.call('limits.status', {}, { scopes: ['operator.read', 'operator.write', 'operator.approvals', 'operator.pairing'] })).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    await expect(k.call('limits.status', { all: true })).rejects.toMatchObject({ code: 'NEXUS_CALL_INVALID_PARAMS' })
  })

  test('by `nexus limits` is the same, for people and as JSON', async () => {
    await using k = await start(createDesk())
    const attempts = await k.service(Attempts)
    const none = await k.cli(cli, 'limits')
    expect([none.code, none.stdout.match(/none/g)?.length]).toEqual([0, 2])
    for (let i = 0; i < 11; i++) attempts.take('192.0.2.7')
    attempts.take('\u001b[2Jevil')
    await times(30, () => k.call('desk.set'))
    const { stdout } = await k.cli(cli, 'limits')
    expect(stdout).toMatch(/192\.0\.2\.7 +10 +60 s/)
    expect(stdout).toMatch(/test +desk\.set +30 +0 +30 per 60s +60 s/)
    expect(stdout).not.toContain('\u001b')
    expect((await k.cli(cli, 'limits --json')).json).toEqual([await status(k)])
  })

  test('on a screen says what does not fit on it, and that nobody from the network may try', () => {
    const fill = { entries: 150, most: 10_000 }
    const text = limitsScreen({
      sources: [{ source: 'a', used: 1, retryAfterMs: 0 }], calls: [], everybody: { used: 1_000, retryAfterMs: 12_345 },
      bounds: { perSource: 10, global: 1_000, windowMs: 60_000, callsPerMinute: 600 }, tables: { sources: fill, calls: fill, callers: fill },
    }, noColour)
    expect(text).toContain('and 149 more')
    expect(text).toContain('nobody from the network may try for 13 s')
    expect(text).toContain('600 per minute and caller')
  })

  test('to health is that the network has no tries left, for as long as that lasts', async () => {
    await using k = await start(createDesk(), { attempts: { global: 20 } })
    const attempts = await k.service(Attempts)
    expect(await k.invoke(healthChecked)).toEqual([])
    for (let i = 0; i < 30; i++) attempts.take(`192.0.2.${i}`)
    expect(await k.invoke(healthChecked)).toEqual([{ degraded: [expect.stringContaining('20 wrong tries at secrets within 60 s')] }])
    expect(k.logs.filter(({ plugin, level }) => plugin === 'limits' && level === 'warn').map(({ fields }) => fields)).toEqual([{ source: '192.0.2.20', refused: 1 }])
    await k.clock.advance(60_000)
    expect(await k.invoke(healthChecked)).toEqual([])
  })
})

describe('the plugin', () => {
  test('stops the start when it does not work, and is part of safe mode', () => {
    expect(limits).toMatchObject({ required: true, safe: true })
  })

  test('keeps nobody waiting longer when the clock is set back', async () => {
    await using k = await start(createDesk())
    const attempts = await k.service(Attempts)
    for (let i = 0; i < 10; i++) attempts.take('a')
    await times(30, () => k.call('desk.set'))
    await k.clock.advance(-365 * 86_400_000)
    expect(attempts.take('a')).toEqual({ ok: false, retryAfterMs: 60_000 })
    await expect(k.call('desk.set')).rejects.toMatchObject({ ...tooMany, data: { retryAfterMs: 60_000 } })
    await k.clock.advance(60_000)
    expect(attempts.take('a').ok).toBe(true)
    await k.call('desk.set')
  })

  test('forgets what it has counted when it is reloaded, and lets go of nothing that it does not hold', async () => {
    const desk = createDesk()
    await using k = await start(desk)
    const former = [k.call('desk.slow'), k.call('desk.slow')]
    await times(30, () => k.call('desk.set'))
    await k.reload('limits')
    await k.call('desk.set')
    const next = k.call('desk.slow')
    await k.settled()
    desk.release()
    await Promise.all([...former, next])
    expect((await status(k)).calls).toEqual([{ caller: 'test', method: 'desk.set', used: 1, running: 0, limit: '30 per 60s', retryAfterMs: 0 }])
    expect(k.inspect(relay.id)?.state).toBe('active')
  })
})
