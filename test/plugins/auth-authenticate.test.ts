import { describe, expect, test, vi } from 'vitest'
import type { AuthAnswer, AuthRequest } from 'nexus-gateway/sdk'
import { authenticate, type Layer } from '../../plugins/auth/authenticate.ts'
import { localSocket } from '../../plugins/auth/local.ts'
import { noNodes } from '../../plugins/auth/pairing.ts'
import { noPassword } from '../../plugins/auth/password.ts'
import { matches, digestOf } from '../../plugins/auth/secret.ts'
import { sharedToken } from '../../plugins/auth/token.ts'

const compared = vi.hoisted(() => [] as [number, number][])
vi.mock('node:crypto', async (original) => {
  const crypto = await original<typeof import('node:crypto')>()
  return { ...crypto, timingSafeEqual: (a: Buffer, b: Buffer) => { compared.push([a.length, b.length]); return crypto.timingSafeEqual(a, b) } }
})

const token = 'a-token-of-the-owner-0123456789'
const ways = [sharedToken(() => token), noPassword, localSocket]
const ask = (request: Partial<AuthRequest>): AuthAnswer =>
  authenticate({ transport: 'http', listener: 'tcp', remote: '127.0.0.1', headers: {}, role: 'operator', ...request }, ways, [noNodes]) as AuthAnswer
const codeOf = (answer: AuthAnswer): string => (answer.ok ? 'let in' : answer.code)

describe('who gets in', () => {
  test('the right token, as operator with every operator scope', () => {
    const answer = ask({ token })
    expect(answer).toMatchObject({ ok: true, caller: { id: 'token', role: 'operator', label: 'operator' } })
    expect(answer.ok && [...answer.caller.scopes].sort()).toEqual(['operator.admin', 'operator.approvals', 'operator.pairing', 'operator.read', 'operator.write'])
  })

  test('the unix socket, without a token', () => {
    expect(ask({ listener: 'unix' })).toMatchObject({ ok: true, caller: { id: 'local', role: 'operator', label: 'operator' } })
  })

  test('loopback is nobody: no address and no header lets anyone in', () => {
    for (const remote of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '']) {
      expect(codeOf(ask({ remote, headers: { 'x-forwarded-for': '127.0.0.1', 'x-real-ip': '::1', forwarded: 'for="[::1]"', 'tailscale-user-login': 'owner@example.com' } }))).toBe('AUTH_TOKEN_MISSING')
    }
  })

  test('what a client says of itself lets nobody in', () => {
    const connect = { client: { id: 'openclaw-control-ui', mode: 'cli', version: '1', platform: 'linux' }, role: 'operator', scopes: ['operator.admin'], permissions: { admin: true } }
    expect(codeOf(ask({ transport: 'ws', connect }))).toBe('AUTH_TOKEN_MISSING')
  })
})

describe('who is refused, with the code and text clients of the protocol match on', () => {
  test.each([
    ['nothing', {}, 'AUTH_TOKEN_MISSING', 'unauthorized: gateway token missing (provide gateway auth token)'],
    ['an empty token', { token: '' }, 'AUTH_TOKEN_MISSING', 'unauthorized: gateway token missing (provide gateway auth token)'],
    ['a wrong token', { token: 'wrong' }, 'AUTH_TOKEN_MISMATCH', 'unauthorized: gateway token mismatch (provide gateway auth token)'],
    ['a password', { password: token }, 'AUTH_PASSWORD_NOT_CONFIGURED', 'unauthorized: gateway password not configured on gateway'],
  ])('%s', (_, request, code, message) => {
    expect(ask(request)).toEqual({ ok: false, code, message })
  })

  test.each([`${token}x`, token.slice(0, -1), ` ${token}`, token.toUpperCase(), token.replace('a', '\u0430')])('a token that is nearly right', (near) => {
    expect(codeOf(ask({ token: near }))).toBe('AUTH_TOKEN_MISMATCH')
  })

  test('a bad credential ends it, whatever good one stands beside it', () => {
    expect(codeOf(ask({ listener: 'unix', token: 'wrong' }))).toBe('AUTH_TOKEN_MISMATCH')
    expect(codeOf(ask({ listener: 'unix', token: '' }))).toBe('AUTH_TOKEN_MISSING')
    expect(codeOf(ask({ listener: 'unix', password: 'any' }))).toBe('AUTH_PASSWORD_NOT_CONFIGURED')
    expect(codeOf(ask({ token, password: 'any' }))).toBe('AUTH_PASSWORD_NOT_CONFIGURED')
  })

  test('a node, with any credential, until there is pairing', () => {
    const refused = { ok: false, code: 'PAIRING_REQUIRED', message: 'pairing required', wire: 'NOT_PAIRED' }
    expect(ask({ role: 'node', token })).toEqual(refused)
    expect(ask({ role: 'node', listener: 'unix' })).toEqual(refused)
    expect(codeOf(ask({ role: 'node' }))).toBe('AUTH_TOKEN_MISSING')
  })
})

describe('the secret is compared in constant time', () => {
  test('always two digests of 64 hex digits, by timingSafeEqual, whatever was sent', () => {
    compared.length = 0
    for (const guess of ['', 'x', token, 'y'.repeat(100_000), '\u{1F511}']) matches(guess, digestOf(token))
    expect(compared).toEqual(Array.from({ length: 5 }, () => [64, 64]))
  })
})

describe('the order of layers', () => {
  const note = (name: string, answer: AuthAnswer | undefined, asked: string[], later = false): Layer => () => {
    asked.push(name)
    return later ? Promise.resolve(answer) : answer
  }
  const yes: AuthAnswer = { ok: true, caller: { id: 'first', role: 'operator', scopes: new Set(), label: 'operator' } }
  const second: AuthAnswer = { ok: true, caller: { id: 'second', role: 'operator', scopes: new Set(), label: 'operator' } }
  const no: AuthAnswer = { ok: false, code: 'NO', message: 'no' }
  const request: AuthRequest = { transport: 'http', listener: 'tcp', remote: '', headers: {}, role: 'operator' }

  test.each([false, true])('is fixed; the first admission counts, the first refusal ends it (slow layers: %s)', async (slow) => {
    const asked: string[] = []
    const admitted = await authenticate(request, [note('a', undefined, asked, slow), note('b', yes, asked), note('c', second, asked, slow)], [note('d', undefined, asked, slow)])
    expect(admitted).toMatchObject({ ok: true, caller: { id: 'first' } })
    expect(asked).toEqual(['a', 'b', 'c', 'd'])

    asked.length = 0
    expect(await authenticate(request, [note('a', yes, asked, slow), note('b', no, asked, slow), note('c', yes, asked)], [note('d', undefined, asked)])).toBe(no)
    expect(asked).toEqual(['a', 'b'])

    expect(await authenticate(request, [note('a', yes, asked)], [note('d', no, asked, slow)])).toBe(no)
  })

  test('stays synchronous as long as every layer is', () => {
    expect(authenticate(request, [note('a', yes, [])], [])).not.toBeInstanceOf(Promise)
  })

  test('a condition cannot let anybody in', async () => {
    expect(await authenticate(request, [], [note('d', yes, [])])).toMatchObject({ ok: false, code: 'AUTH_TOKEN_MISSING' })
  })
})
