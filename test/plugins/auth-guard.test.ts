import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test } from 'vitest'
import type { HttpRequestInfo, NexusError } from 'nexus-gateway/sdk'
import { createGuard, Hosts, Origins } from '../../plugins/auth/guard.ts'

const own = 19_789
type Sent = Partial<HttpRequestInfo> & { readonly host?: string; readonly origin?: string; readonly site?: string; readonly mode?: string }

function guard(options: { hosts?: string[]; origins?: string[] } = {}) {
  const lines: { message: string; fields: Record<string, unknown> }[] = []
  const clock = { now: 1_000 }
  const check = createGuard({ hosts: [], origins: [], ...options, log: { info: (message, fields = {}) => void lines.push({ message, fields }) }, clock: { now: () => clock.now } })
  const ask = ({ host = `127.0.0.1:${own}`, origin, site, mode, headers, ...over }: Sent): string => {
    const sent = { host, ...(origin !== undefined && { origin }), ...(site !== undefined && { 'sec-fetch-site': site }), ...(mode !== undefined && { 'sec-fetch-mode': mode }), ...headers }
    try {
      check({ method: 'POST', path: '/rpc', remote: '127.0.0.1', listener: 'tcp', secure: false, localPort: own, upgrade: false, ...over, headers: sent })
      return 'fine'
    } catch (error) {
      return (error as NexusError).code
    }
  }
  return { check, ask, lines, clock }
}
const named = guard({ hosts: ['gateway.example', 'panel.example:8443', '[2001:db8::1]:8080'], origins: ['https://panel.example', 'app://nexus', 'http://localhost:3000'] })

describe('Host', () => {
  test.each<[string, Sent?]>([
    [`localhost:${own}`], [`127.0.0.1:${own}`], [`[::1]:${own}`], ['localhost', { localPort: 80 }], ['localhost', { localPort: 443, secure: true }], ['[::1]', { localPort: 443, secure: true }], ['localhost:80', { localPort: 80 }],
    [`192.168.1.5:${own}`], ['192.168.1.5'], [`[2001:db8::5]:${own}`], ['[2001:db8::5]'], [`[::ffff:127.0.0.1]:${own}`], ['[2001:db8::1]:8080'],
    ['gateway.example'], ['gateway.example:1'], ['gateway.example:65535'], ['panel.example:8443'],
  ])('%s is the gateway\'s own', (host, over = {}) => expect(named.ask({ host, ...over })).toBe('fine'))

  test.each<[string, Sent?]>([
    [''], [' '], ['evil.test'], [`evil.test:${own}`], [`localhost.evil.test:${own}`], [`127.0.0.1.evil.test:${own}`], [`localhost.:${own}`], ['localhost.'], [`127.0.0.1.:${own}`], ['gateway.example.'], ['gateway.example.:80'],
    ['localhost'], ['localhost:80'], ['localhost:19788'], ['127.0.0.1:80'], ['127.0.0.1:19788'], ['[::1]:19788'], ['localhost:443', { localPort: 80 }],
    [`LOCALHOST:${own}`], ['Gateway.Example'], ['GATEWAY.EXAMPLE:80'], [`user@localhost:${own}`], [`localhost:${own}@evil.test`], [`evil.test#@localhost:${own}`], [`localhost:${own},evil.test`], [`localhost:${own}/`], [`localhost:${own} `], [` localhost:${own}`], [`localhost\t:${own}`],
    ['localhost:'], ['gateway.example:'], ['gateway.example:x'], ['gateway.example:0'], ['gateway.example:080'], ['gateway.example:123456'], ['gateway.example:80:80'], ['gateway.example:+80'], ['gateway.example: 80'], ['gateway.example:٨٠'],
    ['panel.example'], ['panel.example:443'], ['sub.gateway.example'], ['gateway.example.evil.test'], ['xgateway.example'],
    ['::1'], [`::1:${own}`], ['[::1'], ['::1]'], ['[]'], [`[]:${own}`], [`[127.0.0.1]:${own}`], [`[localhost]:${own}`], [`[::1]x:${own}`], [`[fe80::1%eth0]:${own}`], [`[fe80::1%25eth0]:${own}`], [`[[::1]]:${own}`],
    [`127.1:${own}`], [`0x7f.0.0.1:${own}`], [`2130706433:${own}`], [`0177.0.0.1:${own}`], [`127.0.0.01:${own}`], [`１２７.0.0.1:${own}`], [`localhost%00:${own}`], [`http://localhost:${own}`], [`ⅼocalhost:${own}`], ['[2001:db8::1]:8081'],
  ])('%s is not', (host, over = {}) => expect(named.ask({ host, ...over })).toBe('NEXUS_AUTH_HOST'))

  test('missing is refused', () => {
    expect(() => guard().check({ method: 'GET', path: '/', remote: '127.0.0.1', listener: 'tcp', secure: false, localPort: own, upgrade: false, headers: {} })).toThrow(expect.objectContaining({ code: 'NEXUS_AUTH_HOST', status: 403, wire: 'FORBIDDEN', fix: expect.stringContaining('auth.hosts') }))
  })

  test('one that was right for one port is not for another', () => {
    const { ask } = guard()
    expect([ask({ host: `localhost:${own}` }), ask({ host: `localhost:${own}`, localPort: 1 }), ask({ host: `localhost:${own}` }), ask({ host: 'localhost:1', localPort: 1 }), ask({ host: `localhost:${own}`, localPort: undefined })])
      .toEqual(['fine', 'NEXUS_AUTH_HOST', 'fine', 'fine', 'NEXUS_AUTH_HOST'])
  })

  test('of the unix socket is any', () => {
    expect(guard().ask({ host: 'evil.test', origin: 'https://evil.test', listener: 'unix', localPort: undefined })).toBe('fine')
  })
})

describe('Origin', () => {
  const host = `127.0.0.1:${own}`
  test.each<[string, Sent?]>([
    [`http://${host}`], [`https://${host}`], [`https://${host}`, { secure: true }], ['http://gateway.example', { host: 'gateway.example' }], ['https://gateway.example', { host: 'gateway.example' }], ['https://gateway.example', { host: 'gateway.example:443' }], ['http://gateway.example', { host: 'gateway.example:80' }],
    ['http://[::1]:19789', { host: '[::1]:19789' }], ['https://panel.example'], ['app://nexus'], ['http://localhost:3000'], ['https://panel.example', { site: 'cross-site' }], ['https://panel.example', { upgrade: true, method: 'GET', site: 'cross-site' }],
  ])('%s may come in', (origin, over = {}) => expect(named.ask({ host, origin, ...over })).toBe('fine'))

  test.each<[string, Sent?]>([
    ['null'], [''], [' '], ['http://evil.test'], ['https://evil.test'], ['http://127.0.0.1.evil.test'], [`http://127.0.0.1.evil.test:${own}`], ['http://127.0.0.1'], ['http://127.0.0.1:80'], ['http://127.0.0.1:19788'], [`http://localhost:${own}`], [`http://[::1]:${own}`],
    [`HTTP://${host}`], [`http://${host}/`], [`http://${host}.`], [`http://user@${host}`], [`http://${host}@evil.test`], [`http://${host}, http://evil.test`], [`http://evil.test, http://${host}`], [`ws://${host}`], [`ftp://${host}`], [`//${host}`], [host], [` http://${host}`], [`http://${host} `], [`http:${host}`], [`http:///${host}`],
    ['https://panel.example.evil.test'], ['https://PANEL.example'], ['https://panel.example:443'], ['https://panel.example/'], ['http://panel.example'], ['app://nexus2'], ['app://NEXUS'], ['https://sub.panel.example'],
    [`http://${host}`, { secure: true }], ['http://gateway.example:80', { host: 'gateway.example' }], ['http://gateway.example', { host: 'gateway.example:443' }], ['https://gateway.example', { host: 'gateway.example:80' }], ['https://gateway.example', { host: 'gateway.example:8443' }], ['http://gateway.example:8443', { host: 'gateway.example' }],
    ['file://'], ['chrome-extension://abc'], ['null', { site: 'same-origin' }], ['https://evil.test', { site: 'none' }], ['https://evil.test', { method: 'GET', mode: 'navigate' }], ['https://evil.test', { upgrade: true, method: 'GET' }],
  ])('%s may not', (origin, over = {}) => expect(named.ask({ host, origin, ...over })).toBe('NEXUS_AUTH_ORIGIN'))

  test.each<[Sent, string]>([
    [{}, 'fine'], [{ upgrade: true, method: 'GET' }, 'fine'], [{ site: 'same-origin' }, 'fine'], [{ site: 'none' }, 'fine'], [{ site: 'same-origin', upgrade: true, method: 'GET' }, 'fine'],
    [{ site: 'cross-site', method: 'GET', mode: 'navigate' }, 'fine'], [{ site: 'same-site', method: 'HEAD', mode: 'navigate' }, 'fine'],
    [{ site: 'cross-site' }, 'refused'], [{ site: 'same-site' }, 'refused'], [{ site: 'cross-site', mode: 'navigate' }, 'refused'], [{ site: 'cross-site', method: 'GET' }, 'refused'], [{ site: 'cross-site', method: 'GET', mode: 'no-cors' }, 'refused'],
    [{ site: 'cross-site', method: 'GET', mode: 'websocket', upgrade: true }, 'refused'], [{ site: 'cross-site', method: 'GET', mode: 'navigate', upgrade: true }, 'refused'], [{ site: 'same-site', method: 'GET', mode: 'navigate', upgrade: true }, 'refused'],
    [{ site: 'Cross-Site' }, 'refused'], [{ site: 'anything' }, 'refused'], [{ site: '' }, 'refused'], [{ site: 'same-origin, cross-site' }, 'refused'], [{ site: 'cross-site', method: 'PUT', mode: 'navigate' }, 'refused'], [{ site: 'cross-site', method: 'get', mode: 'navigate' }, 'refused'], [{ site: 'cross-site', method: 'GET', mode: 'Navigate' }, 'refused'],
  ])('none, with %j: %s', (sent, expected) => expect(named.ask(sent) === 'fine' ? 'fine' : 'refused').toBe(expected))
})

// Decides by taking the texts apart as addresses, where the guard compares them.
function oracle({ host, origin, secure, localPort }: { host: string; origin: string | undefined; secure: boolean; localPort: number }, hosts: readonly string[], origins: readonly string[]): boolean {
  const form = /^(?<name>\[[0-9a-fA-F:.]+\]|[^:[\]]+)(?::(?<port>[1-9][0-9]{0,4}))?$/.exec(host)?.groups
  if (!form) return false
  const { name = '', port } = form
  const literal = name.startsWith('[') ? URL.canParse(`http://${name}/`) : /^(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])(\.(0|[1-9]\d?|1\d\d|2[0-4]\d|25[0-5])){3}$/.test(name)
  const onOwnPort = port === undefined ? literal || [80, 443].includes(localPort) : Number(port) === localPort
  if (!((name === 'localhost' || literal) && onOwnPort) && !hosts.includes(name) && !hosts.includes(host)) return false
  if (origin === undefined || origins.includes(origin)) return true
  const allowed = (secure ? ['https:'] : ['http:', 'https:']).flatMap((scheme) => {
    const standard = scheme === 'https:' ? '443' : '80'
    return [`${scheme}//${host}`, ...(port === standard ? [`${scheme}//${name}`] : [])]
  })
  return allowed.includes(origin)
}

test('for any Host and Origin: allowed as an independent reading of the rules says', () => {
  const name = fc.constantFrom('localhost', 'LOCALHOST', 'localhost.', '127.0.0.1', '[::1]', '::1', '[::1', '192.168.1.5', '127.1', '256.1.1.1', 'gateway.example', 'panel.example', 'evil.test', 'sub.gateway.example', 'gateway.example.evil.test', 'user@localhost', '', '[2001:db8::5]', '[zz]', '[1.2.3.4]')
  const port = fc.constantFrom('', ':19789', ':80', ':443', ':8443', ':', ':0', ':x', ':019789', ':19789:1')
  const host = fc.oneof({ weight: 8, arbitrary: fc.tuple(name, port).map((parts) => parts.join('')) }, { weight: 1, arbitrary: fc.string({ maxLength: 12 }) })
  const origin = fc.oneof(fc.constant(undefined), fc.constantFrom('null', 'https://panel.example', 'app://nexus', 'http://evil.test', ''), fc.tuple(fc.constantFrom('http://', 'https://', 'HTTP://', 'ws://', ''), host, fc.constantFrom('', '/', '.')).map((parts) => parts.join('')))
  const sameOrigin = fc.tuple(fc.constantFrom('http://', 'https://'), fc.constantFrom('keep', 'bare')).map(([scheme, how]) => (of: string) => scheme + (how === 'bare' ? of.replace(/:(80|443)$/, '') : of))
  const hosts = ['gateway.example', 'panel.example:8443']
  const origins = ['https://panel.example', 'app://nexus']
  const { ask } = guard({ hosts, origins })
  let allowed = 0
  fc.assert(fc.property(host, fc.oneof(origin, sameOrigin), fc.boolean(), fc.constantFrom(own, 80, 443), (of, from, secure, localPort) => {
    const sent = { host: of, origin: typeof from === 'function' ? from(of) : from, secure, localPort }
    const expected = oracle(sent, hosts, origins)
    if (expected) allowed++
    expect(ask({ host: of, secure, localPort, ...(sent.origin !== undefined && { origin: sent.origin }) }) === 'fine', JSON.stringify(sent)).toBe(expected)
  }), { numRuns: 20_000 })
  expect(allowed).toBeGreaterThan(500)
})

test('a refusal says where to allow it and not what was sent; a flood is a line in ten seconds', () => {
  const { ask, check, lines, clock } = guard()
  for (let i = 0; i < 1_000; i++) ask({ host: 'evil.test' })
  ask({ origin: 'https://evil.test' })
  expect(lines).toEqual([{ message: expect.any(String), fields: { remote: '127.0.0.1', upgrade: false, code: 'NEXUS_AUTH_HOST' } }])
  clock.now += 10_000
  ask({ origin: 'https://evil.test', upgrade: true })
  expect(lines[1]?.fields).toEqual({ remote: '127.0.0.1', upgrade: true, code: 'NEXUS_AUTH_ORIGIN', untold: 1_000 })
  expect(JSON.stringify(lines)).not.toContain('evil.test')
  expect(() => check({ method: 'GET', path: '/', remote: '', listener: 'tcp', secure: false, localPort: own, upgrade: false, headers: { host: `127.0.0.1:${own}`, origin: 'https://evil.test' } }))
    .toThrow(expect.objectContaining({ code: 'NEXUS_AUTH_ORIGIN', status: 403, wire: 'FORBIDDEN', message: expect.not.stringContaining('evil'), fix: expect.stringMatching(/^[^e]*.*auth\.origins/) }))
})

test('settings that could match nothing, or more than was meant, are refused', () => {
  for (const host of ['a', 'gateway.example', 'gateway.example:8443', '[2001:db8::1]', '[2001:db8::1]:80', '10.0.0.1:80', 'my_host', 'xn--bcher-kva.example', 'Gateway.Example']) expect(v.safeParse(Hosts, [host]).success, host).toBe(true)
  for (const host of ['', '*', '*.example', 'https://a', 'a/', 'a:0', 'a:x', 'a:', 'a b', 'a,b', 'user@a', '.example', 'a.', ':80', '[::1', 'bücher.example']) expect(v.safeParse(Hosts, [host]).success, host).toBe(false)
  for (const origin of ['https://a.example', 'http://localhost:3000', 'app://nexus', 'chrome-extension://abcdef']) expect(v.safeParse(Origins, [origin]).success, origin).toBe(true)
  for (const origin of ['', '*', 'null', 'https://', 'https://a/', 'https://a/b', 'https://u@a', 'HTTPS://a', 'a.example', 'https://a b', 'https://a?x', 'https://a#x']) expect(v.safeParse(Origins, [origin]).success, origin).toBe(false)
  expect(guard({ hosts: ['Gateway.Example'] }).ask({ host: 'gateway.example' })).toBe('fine')
})
