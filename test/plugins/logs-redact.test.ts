import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { LogRecord } from 'nexus-gateway/sdk'
import { createRedactor } from '../../plugins/logs/redact.ts'

const record = (message: string, fields?: Record<string, unknown>): LogRecord => ({ time: 1, level: 'info', plugin: 'x', message, ...(fields && { fields }) })
const written = (r: LogRecord, secrets: string[] = []): string => {
  const redactor = createRedactor()
  redactor.know(secrets)
  return JSON.stringify(redactor.record(r))
}

describe('a secret is not written', () => {
  test.each(['token', 'accessToken', 'access_token', 'PASSWORD', 'clientSecret', 'apiKey', 'api_key', 'x-api-key', 'Authorization', 'set-cookie', 'privateKey', 'credentials', 'passphrase'])('under the key %s, at any depth', (key) => {
    const out = written(record('m', { a: { b: [{ [key]: 'plain-value', kept: 'seen' }] }, [key]: { nested: 'plain-value' } }))
    expect(out).not.toContain('plain-value')
    expect(out).toContain('seen')
  })

  test.each([
    'Authorization: Bearer abcdef0123456789',
    'authorization: Basic dXNlcjpwYXNzd29yZA==',
    'GET /x?token=abcdef0123456789&y=1',
    '{"apiKey":"abcdef0123456789"}',
    'password = abcdef0123456789',
    'NEXUS_TOKEN=abcdef0123456789',
    'cookie: sid=abcdef0123456789; other=abcdef0123456789',
    'https://user:abcdef0123456789@example.com/x',
    'sk-abcdef0123456789abcdef0123456789',
    'ghp_abcdef0123456789abcdef0123456789',
    'github_pat_abcdef0123456789abcdef0123456789',
    'xoxb-123456789012-abcdef0123456789',
    'AKIAABCDEF0123456789',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.abcdef0123456789',
    '123456789:abcdef0123456789abcdef0123456789abc',
    '-----BEGIN RSA PRIVATE KEY-----\nabcdef0123456789\n-----END RSA PRIVATE KEY-----',
  ])('of a known form: %s', (text) => {
    for (const r of [record(`before ${text}`), record('m', { text: [text] }), record('m', { error: new Error(text, { cause: new Error(text) }) }), record('m', { map: new Map([['k', text]]), set: new Set([text]) })]) {
      expect(written(r)).not.toMatch(/abcdef0123456789|ABCDEF0123456789|dXNlcjpwYXNzd29yZA/)
    }
  })

  test('that a plugin has said it holds, in plain, base64 and percent-encoded', () => {
    const secret = 'p@ss w\u00f6rd+/%'
    const text = [secret, encodeURIComponent(secret), Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('base64url')].join(' and ')
    const out = written(record(text, { [`key ${secret}`]: secret, error: new Error(text) }), [secret, 'other-secret'])
    expect(out).not.toContain(secret)
    expect(out).not.toContain(Buffer.from(secret).toString('base64').slice(0, 10))
    expect(out).not.toContain(encodeURIComponent(secret).slice(0, 10))
  })

  test('and the longer of two that begin alike goes whole', () => {
    expect(written(record('xx common-prefix-and-more yy'), ['common-prefix', 'common-prefix-and-more'])).toContain('xx [redacted] yy')
  })

  test('across the place where a long text is cut', () => {
    for (let pad = 8_170; pad < 8_200; pad++) expect(written(record(`${'.'.repeat(pad)}the-known-secret-value`), ['the-known-secret-value'])).not.toContain('the-k')
  })

  test('that is forgotten again is written again', () => {
    const redactor = createRedactor()
    redactor.know(['first-secret'])
    redactor.know(['second-secret'])
    expect(redactor.text('first-secret second-secret')).toBe('first-secret [redacted]')
  })
})

describe('what is no secret stays', () => {
  test('counts, flags and plain words', () => {
    const fields = { inputTokens: 12, totalTokens: 0, hasToken: true, token: null, path: '/tmp/x', n: 1.5 }
    expect(createRedactor().record(record('the token count is fine', fields))).toMatchObject({ message: 'the token count is fine', fields })
  })

  test('too short a value is not taken for a secret', () => {
    expect(written(record('a list of a'), ['a', '', '1234567'])).toContain('a list of a')
  })
})

describe('a record comes out whatever is in it', () => {
  test('cycles, getters that throw, odd values', () => {
    const cyclic: Record<string, unknown> = { n: 10n, f: () => 1, s: Symbol('s'), d: new Date(Number.NaN), b: Buffer.from('secret'), u: new URL('https://a:bcdefghi@x.test') }
    cyclic.self = cyclic
    Object.defineProperty(cyclic, 'bad', { enumerable: true, get() { throw new Error('no') } })
    const fields = createRedactor().record(record('m', cyclic)).fields as Record<string, unknown>
    expect(fields).toMatchObject({ n: '10', f: '[function]', s: '[symbol]', d: '[no date]', b: '[6 bytes]', bad: '[unreadable]' })
    expect(() => JSON.stringify(fields)).not.toThrow()
  })

  test('and it stays small: 1e6 entries, 1e6 characters, 1e4 levels', () => {
    let deep: object = {}
    for (let i = 0; i < 10_000; i++) deep = { deep }
    const out = written(record('y'.repeat(1e6), { list: Array(1e6).fill(1), deep, text: 'x'.repeat(1e6) }))
    expect(out.length).toBeLessThan(40_000)
  })

  test('keys of the language pollute nothing', () => {
    const out = createRedactor().record(record('m', JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}') as Record<string, unknown>))
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(JSON.stringify(out.fields)).toContain('polluted')
  })

  test('anything at all', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withMap: true, withSet: true, withDate: true, withTypedArray: true })), (message, fields) => {
      const input = record(message, fields)
      expect(() => JSON.stringify(createRedactor().record(input))).not.toThrow()
    }), { numRuns: 40 })
  })
})

test('no text makes the search slow', () => {
  const starts = ['-', 'eyJ', 'eyJa.eyJa.', 'Bearer ', 'token', 'token = ', '://a:', '://', '1', '12345678:', '-----BEGIN A', 'sk-', 'a-', 'cookie: ', ' ', 'passwordpassword', 'xoxb-', '"']
  const redactor = createRedactor()
  redactor.know(['a'.repeat(64), 'ab'.repeat(32)])
  for (const start of starts) {
    const text = start.repeat(Math.ceil(16_384 / start.length))
    const before = performance.now()
    redactor.text(text)
    const ms = performance.now() - before
    expect(ms, start).toBeLessThan(200)
  }
})
