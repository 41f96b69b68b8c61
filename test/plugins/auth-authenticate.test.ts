import { describe, expect, test, vi } from 'vitest'
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { authenticate, type Layer, type Way } from '../../plugins/auth/authenticate.ts'
import { matches, digestOf } from '../../plugins/auth/secret.ts'
import type { AttemptsApi } from '../../plugins/limits/contract.ts'

const compared = vi.hoisted(() => [] as [number, number][])
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: (a: Buffer, b: Buffer) => { compared.push([a.length, b.length]); return crypto.timingSafeEqual(a, b) } }
})

const letIn = (id: string): AuthAnswer => ({ ok: true, caller: { id, role: 'operator', scopes: new Set(), label: 'operator' } })
const no: AuthAnswer = { ok: false, code: 'NO', message: 'no' }
const request = (over: Partial<AuthRequest> = {}): AuthRequest => ({ transport: 'http', listener: 'tcp', secure: false, peer: '192.0.2.1', remote: '192.0.2.1', headers: {}, role: 'operator', ...over })
const way = (admit: Layer, guesses?: boolean): Way => ({ name: 'a', admit, ...(guesses !== undefined && { guesses: () => guesses }) })
const codeOf = (answer: AuthAnswer): string => (answer.ok ? 'let in' : answer.code)

describe('the secret is compared in constant time', () => {
  const token = 'a-token-of-the-owner-0123456789'
  test('always two digests of 64 hex digits, by timingSafeEqual, whatever was sent', () => {
    compared.length = 0
    for (const guess of ['', 'x', token, 'y'.repeat(100_000), '\u{1F511}']) matches(guess, digestOf(token))
    expect(compared).toEqual(Array.from({ length: 5 }, () => [64, 64]))
  })

  test.each([`${token}x`, token.slice(0, -1), ` ${token}`, token.toUpperCase(), token.replace('a', '\u0430'), ''])('what is nearly right is wrong', (near) => {
    expect(matches(near, digestOf(token))).toBe(false)
    expect(matches(token, digestOf(token))).toBe(true)
  })
})

describe('the order of ways', () => {
  const note = (name: string, answer: AuthAnswer | undefined, asked: string[], later = false): Way => way(() => {
    asked.push(name)
    return later ? Promise.resolve(answer) : answer
  })
  const [yes, second] = [letIn('first'), letIn('second')]
  const ask = (ways: readonly Way[], conditions: readonly Way[]) => authenticate(request(), { ways, conditions, attempts: undefined })

  test.each([false, true])('is fixed; the first admission counts, the first refusal ends it (slow ways: %s)', async (slow) => {
    const asked: string[] = []
    const admitted = await ask([note('a', undefined, asked, slow), note('b', yes, asked), note('c', second, asked, slow)], [note('d', undefined, asked, slow)])
    expect(admitted).toMatchObject({ ok: true, caller: { id: 'first' } })
    expect(asked).toEqual(['a', 'b', 'c', 'd'])

    asked.length = 0
    expect(await ask([note('a', yes, asked, slow), note('b', no, asked, slow), note('c', yes, asked)], [note('d', undefined, asked)])).toBe(no)
    expect(asked).toEqual(['a', 'b'])

    expect(await ask([note('a', yes, asked)], [note('d', no, asked, slow)])).toBe(no)
  })

  test('stays synchronous as long as every way is', () => {
    expect(ask([note('a', yes, [])], [])).not.toBeInstanceOf(Promise)
  })

  test('a condition cannot let anybody in, and nobody at all is refused as one without a credential', async () => {
    expect(await ask([], [note('d', yes, [])])).toMatchObject({ ok: false, code: 'AUTH_TOKEN_MISSING' })
  })
})

test('only whom nobody lets in is a stranger', async () => {
  const ask = (ways: readonly Way[]) => authenticate(request(), { ways, conditions: [], strangers: [way(() => ({ ok: false, code: 'ASKED', message: 'asked' }))], attempts: undefined })
  expect(codeOf(await ask([way(() => undefined)]))).toBe('ASKED')
  expect(codeOf(await ask([way(async () => letIn('x'))]))).toBe('let in')
  expect(codeOf(await ask([way(() => no)]))).toBe('NO')
})

/** So many attempts and no more; `sources` are those who took one. */
function purse(left: number) {
  const sources: string[] = []
  const attempts: AttemptsApi = {
    take(source) {
      sources.push(source)
      return left-- > 0 ? { ok: true, refund: () => { left++ } } : { ok: false, retryAfterMs: 7_000 }
    },
  }
  return { attempts, sources, left: () => left }
}

describe('attempts', () => {
  test('a guess is paid for before it is looked at, and only a right one is given back', async () => {
    const at = purse(2)
    let looks = 0
    let right = false
    const road = { ways: [way(async () => { looks++; return right ? letIn('x') : no }, true)], conditions: [], attempts: at.attempts }
    const answers = await Promise.all(Array.from({ length: 200 }, () => authenticate(request(), road)))
    expect([looks, answers.filter((answer) => codeOf(answer) === 'AUTH_RATE_LIMITED').length]).toEqual([2, 198])
    expect(answers.at(-1)).toMatchObject({ retryAfterMs: 7_000 })

    const more = purse(1)
    right = true
    for (let i = 0; i < 50; i++) expect(codeOf(await authenticate(request(), { ...road, attempts: more.attempts }))).toBe('let in')
    expect(more.left()).toBe(1)
  })

  test('what cannot be guessed is looked at always, and costs one when it is wrong: others\' guesses shut nobody out', () => {
    const at = purse(1)
    const road = { ways: [way(({ token }) => (token === 'right' ? letIn('x') : token === undefined ? undefined : no))], conditions: [], attempts: at.attempts }
    expect(codeOf(authenticate(request({ token: 'wrong' }), road) as AuthAnswer)).toBe('NO')
    for (let i = 0; i < 20; i++) expect(codeOf(authenticate(request({ token: 'wrong' }), road) as AuthAnswer)).toBe('AUTH_RATE_LIMITED')
    expect(codeOf(authenticate(request({ token: 'right' }), road) as AuthAnswer)).toBe('let in')
  })

  test('a condition that refuses costs one; what is missing, or has to be agreed to, does not', () => {
    const at = purse(5)
    const answer = (ways: readonly Way[], conditions: readonly Way[]): AuthAnswer => authenticate(request(), { ways, conditions, attempts: at.attempts }) as AuthAnswer
    answer([way(() => letIn('x'))], [way(() => no)])
    expect(at.left()).toBe(4)
    answer([], [])
    answer([way(() => ({ ok: false, code: 'PAIRING_REQUIRED', message: 'pairing required', wire: 'NOT_PAIRED' }))], [])
    answer([way(() => ({ ok: false, code: 'AUTH_TOKEN_MISSING', message: 'missing' }))], [])
    expect(at.left()).toBe(4)
  })

  test('are counted by address, of IPv6 by network, and on the unix socket for themselves', () => {
    const at = purse(100)
    const refuse = (over: Partial<AuthRequest>) => authenticate(request(over), { ways: [way(() => no)], conditions: [], attempts: at.attempts })
    for (const remote of ['192.0.2.9', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2:ffff::1', '2001:db8:1:2::', '2001:db8::1', '::1', '::', 'fe80::1%eth0', '1:2:3:4:5:6:7::']) refuse({ remote })
    refuse({ listener: 'unix', remote: '' })
    expect(at.sources).toEqual(['192.0.2.9', ...Array.from({ length: 3 }, () => '2001:db8:1:2::/64'), '2001:db8:0:0::/64', '0:0:0:0::/64', '0:0:0:0::/64', 'fe80:0:0:0::/64', '1:2:3:4::/64', 'unix'])
  })
})
