import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { proofFor } from '../../kernel/cli/local-proof.ts'
import { localSocket } from '../../plugins/auth/ways/local.ts'

const secret = randomBytes(32).toString('base64url')
const nonce = (): string => randomBytes(16).toString('base64url')
const start = Date.UTC(2026, 0, 1)
const minute = 60_000

function door(of = secret) {
  const clock = { now: start }
  const way = localSocket(of, () => clock.now)
  const knock = (header: string | undefined, over: Partial<AuthRequest> = {}): AuthAnswer | undefined =>
    way.admit({ transport: 'http', listener: 'unix', secure: false, peer: '', remote: '', role: 'operator', headers: header === undefined ? {} : { 'x-nexus-local': header }, ...over }) as AuthAnswer | undefined
  return { clock, way, knock, prove: (at = clock.now, text = nonce()) => knock(proofFor(of, at, text).header) }
}
const refused = { ok: false, code: 'AUTH_LOCAL_PROOF' }

test('who proves the secret is the operator of this machine, and is told a proof in return', () => {
  const { knock } = door()
  const proof = proofFor(secret, start, nonce())
  expect(knock(proof.header)).toEqual({ ok: true, caller: { id: 'local', role: 'operator', label: 'operator', scopes: new Set(['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']) }, tell: { proof: proof.answer } })
  expect(door().knock(proofFor(secret, start, nonce()).header, { transport: 'ws', nonce: 'challenge', connect: {} })).toMatchObject({ ok: true })
})

test('the two proofs are what is written down, so that other programs can make them', () => {
  const [at, text] = [1_767_225_600_000, 'AAAAAAAAAAAAAAAAAAAAAA']
  const mac = (what: string) => createHmac('sha256', Buffer.from('the secret, as text')).update(what).digest('base64url')
  expect(proofFor('the secret, as text', at, text)).toEqual({ header: `${at}.${text}.${mac(`nexus-local-client|${at}|${text}`)}`, answer: mac(`nexus-local-server|${text}`) })
})

test('the socket without a proof, and a proof without the socket, are nothing', () => {
  const { knock } = door()
  expect(knock(undefined)).toBeUndefined()
  expect(knock(proofFor(secret, start, nonce()).header, { listener: 'tcp', remote: '127.0.0.1' })).toBeUndefined()
})

test('it is no guess: 256 bits are not found by trying', () => {
  expect(door().way.guesses).toBeUndefined()
})

describe('refused is', () => {
  test.each([0, 1, 59_000, minute])('a proof used again %d ms later, and no other', (later) => {
    const { clock, knock, prove } = door()
    const { header } = proofFor(secret, start, nonce())
    expect(knock(header)).toMatchObject({ ok: true })
    clock.now += later
    expect(knock(header)).toMatchObject(refused)
    expect(prove()).toMatchObject({ ok: true })
  })

  test('a nonce used again under another time', () => {
    const { clock, prove } = door()
    const text = nonce()
    expect(prove(start + minute, text)).toMatchObject({ ok: true })
    for (let i = 0; i < 6; i++) {
      clock.now += 20_000
      expect(prove(clock.now, text)).toMatchObject(refused)
    }
  })

  test.each([[-minute - 1, false], [-minute, true], [0, true], [minute, true], [minute + 1, false]])('one from a clock that is off by more than a minute: %d ms', (off, ok) => {
    const { clock, prove } = door()
    clock.now += 10 * minute
    expect(prove(clock.now + off)).toMatchObject({ ok })
  })

  test('one of another secret, or of the gateway\'s own answer', () => {
    const text = nonce()
    expect(door().knock(proofFor(randomBytes(32).toString('base64url'), start, text).header)).toMatchObject(refused)
    expect(door().knock(`${start}.${text}.${proofFor(secret, start, text).answer}`)).toMatchObject(refused)
  })

  test('one with any one character changed', () => {
    fc.assert(fc.property(fc.nat(), fc.constantFrom(...'AZaz09-_.|'), (place, letter) => {
      const { header } = proofFor(secret, start, nonce())
      const i = place % header.length
      const changed = header.slice(0, i) + letter + header.slice(i + 1)
      expect(door().knock(changed)).toMatchObject(changed === header ? { ok: true } : refused)
    }), { numRuns: 500 })
  })

  test('whatever else stands there; nothing throws, and nothing of it is repeated', () => {
    const { header } = proofFor(secret, start, nonce())
    fc.assert(fc.property(fc.oneof(fc.string(), fc.constantFrom('', '..', `${header} `, `${header}, ${header}`, `-${header}`, `+${header}`, header.replace(String(start), `0${start}`), header.replace(String(start), String(start / 1000)), `NaN.${header.split('.').slice(1).join('.')}`)), (text) => {
      const answer = door().knock(text)
      expect(answer).toMatchObject(refused)
      if (text.length > 20) expect(JSON.stringify(answer)).not.toContain(text)
    }))
  })

  test('what was proved to the generation before, which remembers it: a reload is no second chance', () => {
    const before = door()
    before.clock.now += 5
    const { header } = proofFor(secret, before.clock.now, nonce())
    expect(before.knock(header)).toMatchObject({ ok: true })
    const clock = { now: before.clock.now + 10 }
    const after = localSocket(secret, () => clock.now)
    const ask = (text: string) => after.admit({ transport: 'http', listener: 'unix', secure: false, peer: '', remote: '', role: 'operator', headers: { 'x-nexus-local': text } })
    expect(ask(header)).toMatchObject(refused)
    expect(ask(proofFor(secret, clock.now, nonce()).header)).toMatchObject({ ok: true })
    // A clock put back by an hour shuts nobody out.
    clock.now -= 60 * minute
    expect(ask(proofFor(secret, clock.now, nonce()).header)).toMatchObject({ ok: true })
  })
})

test('no order of proofs, replays and time lets one in twice, and fresh ones always get in', () => {
  const step = fc.record({ wait: fc.nat({ max: 70_000 }), off: fc.integer({ min: -minute, max: minute }), again: fc.option(fc.nat()) })
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const { clock, knock } = door()
    clock.now += 10 * minute
    const sent: string[] = []
    for (const { wait, off, again } of steps) {
      clock.now += wait
      if (again !== null && sent.length > 0) expect(knock(sent[again % sent.length])).toMatchObject(refused)
      const { header } = proofFor(secret, clock.now + off, nonce())
      expect(knock(header)).toMatchObject({ ok: true })
      sent.push(header)
    }
  }), { numRuns: 200 })
})

test('what is remembered is bounded: a full table refuses for as long as it is full', () => {
  const { clock, prove } = door()
  let admitted = 0
  for (let i = 0; i < 40_000; i++) if (prove()?.ok) admitted++
  expect(admitted).toBe(32_768)
  expect(prove()).toMatchObject({ ok: false, code: 'AUTH_RATE_LIMITED', retryAfterMs: minute })
  clock.now += minute + 1
  expect(prove()).toMatchObject({ ok: true })
})

test('wrong proofs take no place in it', () => {
  const { knock, prove } = door()
  for (let i = 0; i < 40_000; i++) knock(`${start}.${String(i).padStart(22, 'A')}.${'A'.repeat(43)}`)
  expect(prove()).toMatchObject({ ok: true })
})
