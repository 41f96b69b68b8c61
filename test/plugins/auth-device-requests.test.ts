/** Requests are bounded, by source and in all, and nobody can shut out anybody else (C07). */
import { describe, expect, test } from 'vitest'
import type { AuthRequest } from 'nexus-gateway/sdk'
import { createRequests, type Asked, type Requests, type Wish } from '../../plugins/auth/devices/requests.ts'
import { sourceOf } from '../../plugins/auth/source.ts'
import { Store } from '../../plugins/store/contract.ts'
import { bench, pair, phone, requestIn, stateDir, verdict } from './auth-device-harness.ts'

const minute = 60_000

function table() {
  let time = 0
  const told: string[] = []
  const clock = { now: () => time, setTimeout: () => undefined, clearTimeout() {} }
  const requests: Requests = createRequests(clock, ({ deviceId }) => told.push(`asked ${deviceId}`), ({ deviceId, decision }) => told.push(`${decision} ${deviceId}`))
  const ask = (deviceId: string, source: string, over: Partial<Wish> = {}): Asked =>
    requests.ask({ deviceId, publicKey: '', role: 'operator', scopes: [], reason: 'not-paired', said: {}, isRepair: false, remote: source, source, ...over })
  return { requests, ask, told, pass: (ms: number) => { time += ms } }
}

describe('pairing requests', () => {
  test('10,000 from one account leave it three, and another account still pairs', async () => {
    await using b = await bench()
    for (let i = 0; i < 3; i++) expect(verdict(await phone().enter(b))).toBe('PAIRING_REQUIRED not-paired')
    const more = Array.from({ length: 100 }, () => phone().request(b))
    for (let i = 0; i < 10_000; i++) {
      const answer = await b.enter(more[i % more.length] as Partial<AuthRequest>)
      if (answer.ok || answer.wire !== 'NOT_PAIRED' || answer.details?.['reason'] !== 'too-many-pending' || !((answer.retryAfterMs ?? 0) > 0)) throw new Error(`request ${i}: ${verdict(answer)}`)
    }
    expect((await b.list()).pending).toHaveLength(3)
    expect(b.k.events).toHaveLength(3)
    const other = phone()
    const answer = await other.enter(b, { remote: '198.51.100.7' })
    expect(requestIn(answer)).not.toBe('undefined')
    await b.approve(answer)
    expect(verdict(await other.enter(b, { remote: '198.51.100.7' }))).toBe('in')
  })

  test('are at most 50, and whoever has the most gives way to whoever has none', () => {
    const at = table()
    for (let i = 0; i < 10_000; i++) at.ask(`d${i}`, `source ${i % 17}`)
    expect(at.requests.list()).toHaveLength(50)
    for (let i = 0; i < 17; i++) expect(at.ask(`n${i}`, `new ${i}`).ok).toBe(true)
    expect(at.requests.list()).toHaveLength(50)
    expect(at.requests.list().filter(({ deviceId }) => deviceId.startsWith('n'))).toHaveLength(17)
  })

  test('of 50 sources with one each hold: none gives way to another one with one', () => {
    const at = table()
    for (let i = 0; i < 50; i++) at.ask(`d${i}`, `s${i}`)
    at.pass(minute)
    expect(at.ask('late', 'late')).toEqual({ ok: false, retryAfterMs: 9 * minute })
    at.pass(9 * minute)
    expect(at.ask('late', 'late').ok).toBe(true)
  })

  test('replaced by others of the same device use up its room: changing one\'s mind is no way to flood operators', () => {
    const at = table()
    for (let i = 0; i < 1_000; i++) at.ask('d', 's', { scopes: [`a.b${i}`] })
    expect(at.told).toEqual(['asked d', 'replaced d', 'asked d', 'replaced d', 'asked d'])
    expect(at.requests.list()).toHaveLength(1)
    at.pass(10 * minute)
    expect(at.ask('d', 's', { scopes: ['a.c'] }).ok).toBe(true)
  })

  test('make room when they are decided on', () => {
    const at = table()
    const asked = [1, 2, 3].map((i) => at.ask(`d${i}`, 's'))
    expect(at.ask('d4', 's').ok).toBe(false)
    at.requests.close(asked[0]?.ok ? asked[0].request.requestId : '', 'rejected')
    expect(at.ask('d4', 's').ok).toBe(true)
  })

  test('of a paired device are counted by device: strangers at its address do not stop it', async () => {
    await using b = await bench()
    const one = phone()
    await pair(b, one)
    for (let i = 0; i < 5; i++) await phone().enter(b)
    expect(verdict(await one.enter(b, { scopes: ['operator.write'] }))).toBe('PAIRING_REQUIRED scope-upgrade')
  })

  test('are no guesses: asking takes no attempt, a wrong code and a wrong device token do', async () => {
    let taken = 0
    await using b = await bench({ attempts: { take: () => (++taken, { ok: true, refund: () => { taken-- } }) } })
    const one = phone()
    for (let i = 0; i < 5; i++) await one.enter(b)
    expect(taken).toBe(0)
    await one.enter(b, { auth: { bootstrapToken: 'AAAA-AAAA-AAAA-AAAA' } })
    expect(taken).toBe(1)
    await one.enter(b, { auth: { deviceToken: 'x' } })
    expect(taken).toBe(2)
    const { code }: { code: string } = await b.call('device.pair.invite', { scopes: [] })
    await one.enter(b, { auth: { bootstrapToken: code } })
    expect(taken).toBe(2)
  })

  test('without an attempt left no code is looked at', async () => {
    await using b = await bench({ attempts: { take: () => ({ ok: false, retryAfterMs: 5 }) } })
    const { code }: { code: string } = await b.call('device.pair.invite', { scopes: [] })
    expect(verdict(await phone().enter(b, { auth: { bootstrapToken: code } }))).toBe('AUTH_RATE_LIMITED')
    expect((await b.list()).paired).toEqual([])
  })
})

test.each([
  ['192.0.2.1', '192.0.2.1'], ['', ''],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'], ['2001:db8:1:2::', '2001:db8:1:2::/64'], ['2001:0db8:1:2::9', '2001:db8:1:2::/64'], ['2001:db8::9', '2001:db8:0:0::/64'], ['::1', '0:0:0:0::/64'], ['fe80::1%eth0', 'fe80:0:0:0::/64'],
])('%s counts as %s', (remote, source) => expect(sourceOf(remote)).toBe(source))

test('a thousand devices and no more', async () => {
  const dir = await stateDir()
  {
    await using b = await bench({ dir })
    const one = phone()
    await b.approve(await one.enter(b, { scopes: ['operator.read'] }))
    const devices = (await b.k.service(Store)).documents<{ deviceId: string }>('auth/devices')
    const { value } = (await devices.get(one.id))!
    for (let from = 1; from < 1_000; from += 111) {
      await Promise.all(Array.from({ length: 111 }, (_, i) => (from + i).toString(16).padStart(64, '0')).map((deviceId) => devices.put(deviceId, { ...value, deviceId })))
    }
  }
  await using b = await bench({ dir })
  expect((await b.list()).paired).toHaveLength(1_000)
  await expect(b.approve(await phone().enter(b, { scopes: ['operator.read'] }))).rejects.toMatchObject({ code: 'NEXUS_AUTH_DEVICES_FULL' })
})
