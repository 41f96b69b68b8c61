import { describe, expect, test } from 'vitest'
import type { AuthRequest } from 'nexus-gateway/sdk'
import { createLoopback } from '../../plugins/auth/ways/loopback.ts'
import { codeOf, requestOf } from './auth-shared-harness.ts'
import type { AuthAnswer } from 'nexus-gateway/sdk'

const warned: string[] = []
const way = createLoopback(true, { warn: (message) => void warned.push(message) })!
const from = (over: Partial<AuthRequest> = {}, headers: Record<string, string | undefined> = {}): string =>
  codeOf(way.admit(requestOf({ remote: '127.0.0.1', headers: { host: '127.0.0.1:19789', ...headers }, ...over })) as AuthAnswer | undefined)

test('loopback is off, and where it is on the log has a warning', () => {
  const quiet: string[] = []
  expect(createLoopback(false, { warn: (message) => void quiet.push(message) })).toBeUndefined()
  expect(quiet).toEqual([])
  expect(warned).toEqual([expect.stringContaining('auth.trustLoopback')])
})

test('where it is on, a plain program of this machine is the operator', () => {
  expect(way.admit(requestOf({ remote: '127.0.0.1', headers: { host: 'localhost:19789' } }))).toMatchObject({ ok: true, caller: { id: 'loopback', role: 'operator', label: 'operator', scopes: new Set(['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']) } })
  for (const peer of ['127.0.0.1', '127.9.8.7', '::1', '::ffff:127.0.0.1']) expect(from({ peer, remote: peer })).toBe('loopback')
  for (const host of ['localhost', '127.0.0.1', '[::1]', 'localhost:1', '[::1]:19789']) expect(from({}, { host })).toBe('loopback')
})

describe('nothing is', () => {
  test.each(['192.0.2.1', '128.0.0.1', '::2', '', '10.0.0.1', 'localhost'])('another address: %s', (peer) => expect(from({ peer, remote: peer })).toBe('nothing'))
  test('the unix socket', () => expect(from({ listener: 'unix' })).toBe('nothing'))
  test('who came through a proxy here', () => {
    expect(from({ peer: '127.0.0.1', remote: '203.0.113.7' })).toBe('nothing')
    expect(from({ peer: '203.0.113.7', remote: '127.0.0.1' })).toBe('nothing')
  })
  test.each(['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-user', 'forwarded', 'x-real-ip', 'via', 'cf-connecting-ip', 'cf-ray', 'tailscale-user-login', 'true-client-ip', 'x-nexus-proxy-proof', 'origin', 'sec-fetch-site', 'sec-fetch-mode', 'sec-fetch-dest'])('a request with %s, empty or not', (name) => {
    for (const value of ['', '127.0.0.1', 'http://127.0.0.1:19789', 'same-origin', 'none']) expect(from({}, { [name]: value })).toBe('nothing')
  })
  test.each([undefined, '', 'evil.test', 'localhost.', 'LOCALHOST', 'localhost.evil.test', '127.0.0.1.evil.test', 'user@localhost', '127.0.0.2', '[::1', '::1', 'localhost:', 'localhost:abc', 'localhost:19789:1', ' localhost'])('the Host %s', (host) => expect(from({}, { host })).toBe('nothing'))
  test.each([{ token: '' }, { token: 'wrong' }, { password: 'x' }, { connect: { auth: { deviceToken: 'x' } } }, { connect: { auth: { bootstrapToken: '' } } }])('with a credential beside it: %j', (over) => expect(from(over)).toBe('nothing'))
  test('a connect without one is no credential', () => expect(from({ transport: 'ws', connect: { client: {}, auth: {} } })).toBe('loopback'))
})
