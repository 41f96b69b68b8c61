import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { addressIn, networks } from '../../plugins/auth/networks.ts'
import { createRemote } from '../../plugins/auth/remote.ts'

const trusted = networks(['10.0.0.0/8', '127.0.0.1', '2001:db8:1::/48', 'fd00::5'], 'auth.trustedProxies')
const remote = createRemote(trusted)
const proxy = '10.0.0.9'

describe('from a trusted proxy, the right-most address that is no proxy counts', () => {
  test.each([
    ['203.0.113.7', '203.0.113.7'],
    ['1.1.1.1, 203.0.113.7', '203.0.113.7'],
    ['127.0.0.1, 203.0.113.7', '203.0.113.7'],
    ['203.0.113.7, 10.1.1.1', '203.0.113.7'],
    ['203.0.113.7,10.1.1.1 ,\t10.2.2.2', '203.0.113.7'],
    ['203.0.113.7, 127.0.0.1', '203.0.113.7'],
    ['203.0.113.7:4711', '203.0.113.7'],
    ['2001:DB8:0:0::7', '2001:db8::7'],
    ['[2001:db8::7]:443, 2001:db8:1::9', '2001:db8::7'],
    ['[2001:db8::7]', '2001:db8::7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['203.0.113.7, ::ffff:10.0.0.1', '203.0.113.7'],
    ['garbage, 203.0.113.7', '203.0.113.7'],
  ])('%s → %s', (header, address) => expect(remote(proxy, { 'x-forwarded-for': header })).toBe(address))

  test.each([
    'for=203.0.113.7', 'For="203.0.113.7"', 'for="203.0.113.7:80"', 'by=10.0.0.1;for=203.0.113.7;proto=https', 'for=127.0.0.1, for=203.0.113.7',
    'for=203.0.113.7, for="10.0.0.1";by="a,b;for=9.9.9.9"', 'for=unknown, for=203.0.113.7', 'proto=https ; for=203.0.113.7',
  ])('Forwarded: %s', (forwarded) => expect(remote(proxy, { forwarded })).toBe('203.0.113.7'))

  test('of both headers X-Forwarded-For counts, and X-Real-IP never', () => {
    expect(remote(proxy, { 'x-forwarded-for': '203.0.113.7', forwarded: 'for=198.51.100.1' })).toBe('203.0.113.7')
    expect(remote(proxy, { 'x-real-ip': '198.51.100.1' })).toBe(proxy)
    expect(remote(proxy, { 'x-forwarded-for': 'garbage', forwarded: 'for=198.51.100.1' })).toBe(proxy)
  })
})

describe('garbage, nothing and the machine itself lead to the proxy\'s own address', () => {
  test.each([
    '', ' ', ',', '203.0.113.7,', '203.0.113.7, garbage', 'garbage, 10.0.0.1', '127.0.0.1', '127.9.9.9', '::1', '[::1]:80', '203.0.113.7, 127.9.9.9', '0.0.0.0', '::', 'localhost',
    '203.0.113', '203.0.113.7.8', '0203.0.113.7', '203.0.113.7:port', '203.0.113.7:123456', '[2001:db8::7', '[2001:db8::7]x', 'fe80::1%eth0', '0x7f.1', '2130706433', '10.0.0.1, 10.0.0.2', '::ffff:127.0.0.1', 'unknown', '203.0.113.7/32', '٢٠٣.0.113.7',
  ])('X-Forwarded-For: %s', (header) => expect(remote(proxy, { 'x-forwarded-for': header })).toBe(proxy))

  test.each(['', 'for=', 'for="203.0.113.7', 'proto=https', 'for=_hidden', 'for=unknown', 'for="[::1]"', 'for=203.0.113.7;for=203.0.113.8', 'for=203.0.113.7, proto=http', 'for=\\"203.0.113.7\\"'])('Forwarded: %s', (forwarded) =>
    expect(remote(proxy, { forwarded })).toBe(proxy))

  test('a header with nothing but proxies in it is not walked to its end', () => {
    expect(remote(proxy, { 'x-forwarded-for': `203.0.113.7${', 10.0.0.1'.repeat(40)}` })).toBe(proxy)
    expect(remote(proxy, { 'x-forwarded-for': `203.0.113.7${', 10.0.0.1'.repeat(20)}` })).toBe('203.0.113.7')
  })
})

describe('for any headers', () => {
  const piece = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('127.0.0.1', '::1', '10.0.0.1', 'unknown', '', '"', 'for=', ';', '[', ']'), fc.string({ maxLength: 8 }))
  const header = fc.oneof(fc.array(piece, { maxLength: 6 }).map((all) => all.join(', ')), fc.array(piece.map((p) => `for="${p}"`), { maxLength: 4 }).map((all) => all.join(',')))
  const headers = fc.record({ 'x-forwarded-for': header, forwarded: header, 'x-real-ip': header, 'cf-connecting-ip': header }, { requiredKeys: [] })
  const stranger = fc.oneof(fc.ipV4(), fc.ipV6(), fc.constantFrom('', '127.0.0.2', '::1', 'fe80::1%eth0')).filter((address) => !trusted.has(address))

  test('a stranger has his own address', () => {
    fc.assert(fc.property(stranger, headers, (peer, sent) => { expect(remote(peer, sent)).toBe(peer) }), { numRuns: 2_000 })
  })

  test('a proxy gives its own address or one that stands in the header, is no proxy and not of the machine', () => {
    fc.assert(fc.property(headers, (sent) => {
      const address = remote(proxy, sent)
      if (address === proxy) return
      expect(addressIn(address)).toBe(address)
      expect(trusted.has(address)).toBe(false)
      expect(address).not.toMatch(/^(127\.|0\.0\.0\.0$|::1?$)/)
    }), { numRuns: 2_000 })
  })

  test('what the client wrote left of what the proxy added changes nothing', () => {
    fc.assert(fc.property(header, fc.ipV4().filter((a) => !trusted.has(a) && !a.startsWith('127.') && a !== '0.0.0.0'), (written, client) => {
      expect(remote(proxy, { 'x-forwarded-for': `${written}, ${client}` })).toBe(client)
    }), { numRuns: 1_000 })
  })
})

describe('the list of proxies', () => {
  test.each(['nonsense', '', '10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', 'fd00::/129', '10.0.0.0/-1', 'localhost', '::ffff:10.0.0.0/104', 'fe80::1%eth0'])('%s is refused by its place, and not repeated', (entry) => {
    const make = () => networks(['10.0.0.1', entry], 'auth.trustedProxies')
    expect(make).toThrow(expect.objectContaining({ code: 'NEXUS_AUTH_NETWORK', message: 'auth.trustedProxies[1] in the settings is neither an address nor a network' }))
  })

  test('knows an address in each of its spellings', () => {
    for (const address of ['10.1.2.3', '::ffff:10.1.2.3', '::FFFF:0a01:0203', '2001:0DB8:0001::1', 'FD00::5']) expect(trusted.has(address)).toBe(true)
    for (const address of ['11.0.0.1', '2001:db8:2::1', 'fd00::6', '', 'x', '::1']) expect(trusted.has(address)).toBe(false)
    expect(networks(['::ffff:192.0.2.1'], 'x').has('192.0.2.1')).toBe(true)
  })

  test('empty is nobody', () => {
    expect(networks([], 'x').empty).toBe(true)
    expect(createRemote(networks([], 'x'))('192.0.2.1', { 'x-forwarded-for': '203.0.113.7' })).toBe('192.0.2.1')
  })
})
