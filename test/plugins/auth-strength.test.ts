import { randomBytes, randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { bitsOf, createDoors, isWeak } from '../../plugins/auth/strength.ts'

const strong = randomBytes(32).toString('base64url')

describe('weak is what people think up', () => {
  test.each([
    '', 'a', 'password', 'password123', 'a'.repeat(40), '1'.repeat(512), 'ab'.repeat(40), 'abc123'.repeat(20), '0123456789'.repeat(10), 'abcdefghijklmnopqrstuvwxyz0123456789',
    'aaaabbbbccccddddeeeeffffgggghhhhiiii', 'qwertyuiopasdfghjklzxcvbnm', 'my-very-long-secret-token-for-gateway', 'correct-horse-battery-staple-again', 'Summer2024!', 'nexus-gateway-token-password-secret',
    'changeme-changeme-changeme-changeme', randomBytes(15).toString('hex'), randomBytes(15).toString('base64url'), `${randomBytes(12).toString('hex')}`.repeat(2), `${randomBytes(8).toString('hex')}`.repeat(9), String(Date.UTC(2026, 0, 1)).repeat(4),
  ])('%s', (secret) => expect(bitsOf(secret)).toBeLessThan(128))
})

describe('strong is what comes from a random source', () => {
  const bytes = (n: number) => fc.uint8Array({ minLength: n, maxLength: n }).map((array) => Buffer.from(array))
  test('openssl rand -hex 16, 2,000 of them', () => {
    for (let i = 0; i < 2_000; i++) {
      const secret = randomBytes(16).toString('hex')
      expect(bitsOf(secret), secret).toBeGreaterThanOrEqual(128)
    }
  })
  test.each(['hex', 'base64', 'base64url'] as const)('32 bytes as %s, 2,000 of them', (encoding) => {
    for (let i = 0; i < 2_000; i++) {
      const secret = randomBytes(32).toString(encoding)
      expect(bitsOf(secret), secret).toBeGreaterThanOrEqual(128)
    }
  })
  test('16 bytes as base64, and in capital hex', () => {
    for (let i = 0; i < 500; i++) {
      for (const secret of [randomBytes(16).toString('base64'), randomBytes(16).toString('base64url'), randomBytes(16).toString('hex').toUpperCase()]) expect(isWeak(secret), secret).toBe(false)
    }
  })
  test('two UUIDs, and not one: it has 122 random bits', () => {
    expect(isWeak(`${randomUUID()}${randomUUID()}`)).toBe(false)
  })
  test('no estimate is more than the characters can hold, nor less than nothing', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', maxLength: 600 }), (secret) => {
      expect(bitsOf(secret)).toBeGreaterThanOrEqual(0)
      expect(bitsOf(secret)).toBeLessThanOrEqual(secret.length * Math.log2(94) + 1e-9)
    }))
    fc.assert(fc.property(bytes(16), fc.integer({ min: 2, max: 8 }), (seed, times) => {
      const once = seed.toString('hex')
      expect(bitsOf(once.repeat(times)), 'said again it is worth no more').toBeLessThanOrEqual(128)
    }))
  })
})

describe('a door that others can reach', () => {
  const door = (log: string[] = []) => createDoors({ warn: (message) => void log.push(message) })

  test.each(['0.0.0.0', '::', '192.168.1.5', '10.0.0.1', '100.64.0.1', 'gateway.example', '', 'fe80::1', '127.0.0.1.example', '::ffff:10.0.0.1'])('%s is not opened for a weak token', (host) => {
    const opening = () => door().opening({ host, secure: true }, 'password123')
    expect(opening).toThrow(expect.objectContaining({ code: 'NEXUS_AUTH_TOKEN_WEAK', exit: 78, fix: expect.stringMatching(/openssl rand -base64 32.*auth\.token/) }))
    expect(opening).not.toThrow(/password123/)
  })

  test.each(['127.0.0.1', '127.8.7.6', '::1', 'localhost', '::ffff:127.0.0.1', '0:0:0:0:0:0:0:1'])('%s is none', (host) => {
    const log: string[] = []
    expect(() => door(log).opening({ host, secure: false }, 'weak')).not.toThrow()
    expect(log).toEqual([])
  })

  test('is opened for a strong one; without TLS the log has a warning', () => {
    const log: string[] = []
    door(log).opening({ host: '0.0.0.0', secure: true }, strong)
    expect(log).toEqual([])
    door(log).opening({ host: '0.0.0.0', secure: false }, strong)
    expect(log).toEqual([expect.stringContaining('no TLS')])
  })

  test('takes no weak token later; one that only this machine can reach takes any', () => {
    const open = door()
    open.opening({ host: '127.0.0.1', secure: false }, 'weak')
    expect(open.accepts('weak')).toBe(true)
    open.opening({ host: '0.0.0.0', secure: true }, strong)
    expect(open.accepts('weak')).toBe(false)
    expect(open.accepts(strong)).toBe(true)
  })
})
