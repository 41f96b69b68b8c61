import { networkInterfaces } from 'node:os'
import { describe, expect, test } from 'vitest'
import { spellings } from '../fixtures/addresses.ts'
import { cause, guard, redirectTo, site, world } from './outbound-harness.ts'
import type { Asked } from './outbound-harness.ts'

const ok = (text = 'here') => site((_, response) => void response.end(text))
const secrets = { authorization: 'Bearer s3cret', cookie: 'id=s3cret', 'x-api-key': 's3cret', 'proxy-authorization': 'Basic s3cret', 'x-custom': 's3cret', 'accept-language': 'de', 'user-agent': 'mine' }
const code = (code: string) => ({ code })

describe('a connection goes to an address that was checked', () => {
  test('one that DNS gave first, whatever it says afterwards', async () => {
    const outside = await site((_, response) => void response.end('outside'), { host: '127.0.0.2' })
    const inside = await site((_, response) => void response.end('inside'), { port: outside.port })
    const answers = [['127.0.0.2'], ['127.0.0.1'], ['127.0.0.2', '127.0.0.1']]
    const { fetch, resolved } = guard({ allow: [`127.0.0.2:${outside.port}`], dns: { 'rebind.example': () => answers.shift()! } })
    const url = `http://rebind.example:${outside.port}/`
    expect(await (await fetch(url)).text()).toBe('outside')
    expect(resolved).toEqual(['rebind.example'])
    await expect(fetch(url)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    await expect(fetch(url)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(inside.connections()).toBe(0)
  })

  test('at every hop anew', async () => {
    const outside = await site(redirectTo('/again'), { host: '127.0.0.2' })
    const inside = await site((_, response) => void response.end('inside'), { port: outside.port })
    const answers = [['127.0.0.2'], ['127.0.0.1']]
    const { fetch, resolved } = guard({ allow: [`127.0.0.2:${outside.port}`], dns: { 'rebind.example': () => answers.shift()! } })
    await expect(fetch(`http://rebind.example:${outside.port}/`)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(resolved).toHaveLength(2)
    expect(inside.connections()).toBe(0)
  })

  test('under the name that was asked for', async () => {
    const there = await ok()
    const { fetch } = world(['a.example'], [there])
    await (await fetch(`http://A.example.:${there.port}/x?y#z`)).text()
    expect(there.asked).toMatchObject([{ method: 'GET', url: '/x?y', headers: { host: `a.example:${there.port}`, accept: '*/*', 'accept-encoding': 'gzip, br', 'user-agent': 'nexus-gateway' } }])
  })

  const loopback6 = Object.values(networkInterfaces()).flat().some((one) => one?.address === '::1')
  test.skipIf(!loopback6)('over IPv6, by name and by address', async () => {
    const there = await site((_, response) => void response.end('six'), { host: '::1' })
    const { fetch } = guard({ allow: [`[::1]:${there.port}`], dns: { 'a.example': ['::1'] } })
    for (const host of ['a.example', '[::1]', '[0:0::0:1]']) expect(await (await fetch(`http://${host}:${there.port}/`)).text()).toBe('six')
    expect(there.asked.map(({ headers }) => headers.host)).toEqual([`a.example:${there.port}`, `[::1]:${there.port}`, `[::1]:${there.port}`])
  })

  test('and through no proxy', async () => {
    const [there, proxy] = [await ok(), await ok('proxy')]
    const { fetch } = world(['a.example'], [there])
    const names = ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'NODE_USE_ENV_PROXY']
    for (const name of names) process.env[name] = name === 'NODE_USE_ENV_PROXY' ? '1' : `http://127.0.0.1:${proxy.port}`
    try {
      expect(await (await fetch(`http://a.example:${there.port}/`)).text()).toBe('here')
    } finally {
      for (const name of names) delete process.env[name]
    }
    expect(proxy.connections()).toBe(0)
  })
})

describe('a redirect', () => {
  // As a header has them: others would not arrive.
  const locations = spellings.map(({ url }) => url).filter((url) => url !== '' && !/[^\u0020-\u007e]|^ /.test(url))
  test.each(locations)('to %s is refused', async (location) => {
    const there = await site(redirectTo(location))
    const { fetch, hops } = world(['b.example'], [there], { dns: { 'a.example': ['10.0.0.1'] } })
    await expect(fetch(`http://b.example:${there.port}/`)).rejects.toMatchObject({ code: expect.stringMatching(/^NEXUS_OUTBOUND_(URL|BLOCKED)$/) })
    expect(hops).toHaveLength(1)
  })

  test('to another port of an allowed name is refused', async () => {
    const inside = await ok()
    const there = await site(redirectTo(`http://a.example:${inside.port}/`))
    const { fetch } = world(['a.example'], [there])
    await expect(fetch(`http://a.example:${there.port}/`)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(inside.connections()).toBe(0)
  })

  test('is followed five times and no more', async () => {
    const there = await site((request, response) => {
      const left = Number(request.url!.slice(1))
      if (left === 0) response.end('done')
      else redirectTo(`/${left - 1}`)(request, response)
    })
    const { fetch, outcomes } = world(['a.example'], [there])
    const answer = await fetch(`http://a.example:${there.port}/5`)
    expect({ url: answer.url, redirects: answer.redirects, text: await answer.text() }).toEqual({ url: `http://a.example:${there.port}/0`, redirects: 5, text: 'done' })
    await expect(fetch(`http://a.example:${there.port}/6`)).rejects.toMatchObject(code('NEXUS_OUTBOUND_REDIRECT'))
    expect(there.asked).toHaveLength(12)
    expect(outcomes).toMatchObject([{ ok: true, status: 200, redirects: 5, bytes: 4 }, { ok: false, code: 'NEXUS_OUTBOUND_REDIRECT', redirects: 5, bytes: 0 }])
  })

  test('is the answer or a failure if the caller wants that, and an answer without a location is one', async () => {
    const there = await site(redirectTo('http://127.0.0.1/'))
    const { fetch } = world(['a.example'], [there])
    const answer = await fetch(`http://a.example:${there.port}/`, { redirect: 'manual' })
    expect({ status: answer.status, location: answer.headers.get('location'), text: await answer.text() }).toEqual({ status: 302, location: 'http://127.0.0.1/', text: 'moved' })
    await expect(fetch(`http://a.example:${there.port}/`, { redirect: 'error' })).rejects.toMatchObject(code('NEXUS_OUTBOUND_REDIRECT'))
    const nowhere = await site((_, response) => void response.writeHead(302).end())
    expect(await world(['a.example'], [nowhere]).fetch(`http://a.example:${nowhere.port}/`)).toMatchObject({ status: 302 })
  })

  test('keeps secrets and body within the origin', async () => {
    const there = await site((request, response) => (request.url === '/' ? redirectTo('/next', 307)(request, response) : void response.end()))
    const { fetch } = world(['a.example'], [there])
    await (await fetch(`http://a.example:${there.port}/`, { method: 'POST', headers: secrets, body: 'payload' })).text()
    expect(there.asked.map(({ method, body }) => ({ method, body }))).toEqual([{ method: 'POST', body: 'payload' }, { method: 'POST', body: 'payload' }])
    expect(there.asked[1]!.headers).toMatchObject(secrets)
  })

  const leaked = ({ headers, body }: Asked) => JSON.stringify({ headers, body }).includes('s3cret')
  test('takes no secret to another origin, and none back', async () => {
    const second = await site((request, response) => redirectTo(`http://a.example:${first.port}/home`)(request, response))
    const first = await site((request, response) => (request.url === '/' ? redirectTo(`http://b.example:${second.port}/`)(request, response) : void response.end('home')))
    const { fetch } = world(['a.example', 'b.example'], [first, second])
    expect(await (await fetch(`http://a.example:${first.port}/`, { headers: secrets })).text()).toBe('home')
    expect([leaked(first.asked[0]!), leaked(second.asked[0]!), leaked(first.asked[1]!)]).toEqual([true, false, false])
    expect(second.asked[0]!.headers).toMatchObject({ 'accept-language': 'de', 'user-agent': 'mine' })
    expect(second.asked[0]!.headers).not.toHaveProperty('referer')
  })

  test.each(['port', 'name', 'scheme'])('to another %s is to another origin', async (what) => {
    const second = await site((_, response) => void response.end(), { tls: what === 'scheme' })
    const first = await site(redirectTo(`${what === 'scheme' ? 'https' : 'http'}://${what === 'name' ? 'b' : 'a'}.example:${second.port}/`))
    const { fetch } = world(['a.example', 'b.example'], [first, second])
    await (await fetch(`http://a.example:${first.port}/`, { headers: secrets })).text()
    expect(second.asked.map(leaked)).toEqual([false])
  })

  test('takes no header that the caller calls secret', async () => {
    const second = await ok()
    const first = await site(redirectTo(`http://b.example:${second.port}/`))
    const { fetch } = world(['a.example', 'b.example'], [first, second])
    await (await fetch(`http://a.example:${first.port}/`, { headers: { 'User-Agent': 's3cret' }, secretHeaders: ['USER-AGENT'] })).text()
    expect(leaked(second.asked[0]!)).toBe(false)
  })

  test.each([307, 308])('%i takes no body to another origin', async (status) => {
    const second = await ok()
    const first = await site(redirectTo(`http://b.example:${second.port}/`, status))
    const { fetch } = world(['a.example', 'b.example'], [first, second])
    await expect(fetch(`http://a.example:${first.port}/`, { method: 'POST', body: 's3cret' })).rejects.toMatchObject(code('NEXUS_OUTBOUND_REDIRECT'))
    expect(second.connections()).toBe(0)
  })

  test.each([[301, 'POST', 'GET'], [302, 'POST', 'GET'], [303, 'PUT', 'GET'], [303, 'HEAD', 'HEAD'], [302, 'PUT', 'PUT'], [308, 'DELETE', 'DELETE']])('%i makes of %s a %s', async (status, method, then) => {
    const there = await site((request, response) => (request.url === '/' ? redirectTo('/next', status)(request, response) : void response.end()))
    const { fetch } = world(['a.example'], [there])
    const body = method === 'HEAD' ? {} : { body: 'payload', headers: { 'content-type': 'text/plain' } }
    await (await fetch(`http://a.example:${there.port}/`, { method, ...body })).text()
    expect(there.asked[1]).toMatchObject({ method: then, body: then === method && method !== 'HEAD' ? 'payload' : '' })
    expect('content-type' in there.asked[1]!.headers).toBe(then === method && method !== 'HEAD')
  })

  test('from https to http is refused unless the settings allow it', async () => {
    const plain = await ok()
    const secure = await site(redirectTo(`http://a.example:${plain.port}/`), { tls: true })
    const url = `https://a.example:${secure.port}/`
    await expect(world(['a.example'], [plain, secure]).fetch(url)).rejects.toMatchObject(code('NEXUS_OUTBOUND_REDIRECT'))
    expect(plain.connections()).toBe(0)
    expect(await (await world(['a.example'], [plain, secure], { downgrade: true }).fetch(url)).text()).toBe('here')
  })
})

describe('certificates', () => {
  test('count for the name that was asked for', async () => {
    const secure = await site((_, response) => void response.end('safe'), { tls: true })
    const { fetch } = world(['a.example', 'c.example'], [secure])
    expect(await (await fetch(`https://a.example.:${secure.port}/`)).text()).toBe('safe')
    await expect(fetch(`https://c.example:${secure.port}/`)).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_CONNECT', message: expect.stringContaining('ERR_TLS_CERT_ALTNAME_INVALID') })
    expect(secure.asked).toHaveLength(1)
  })

  test('count whatever the environment says', async () => {
    const secure = await site((_, response) => void response.end('safe'), { tls: true })
    process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0'
    try {
      await expect(world(['c.example'], [secure]).fetch(`https://c.example:${secure.port}/`)).rejects.toMatchObject(code('NEXUS_OUTBOUND_CONNECT'))
    } finally {
      delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']
    }
  })
})

describe('rules', () => {
  test('of the caller narrow, compare whole names, and hold at every hop', async () => {
    const second = await ok()
    const first = await site(redirectTo(`http://b.example:${second.port}/`))
    const { fetch } = world(['a.example', 'b.example', 'a.example.evil.example', 'x.a.example'], [first, second], { dns: { 'c.example': ['8.8.8.8'] } })
    const url = `http://a.example:${first.port}/`
    await expect(fetch(url, { allow: ['a.example'] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(second.connections()).toBe(0)
    await expect(fetch(`http://a.example.evil.example:${second.port}/`, { allow: ['a.example'] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    await expect(fetch(`http://x.a.example:${second.port}/`, { allow: ['a.example'] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    await expect(fetch(url, { allow: [] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    await expect(fetch('http://c.example/', { allow: ['9.0.0.0/8'] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    for (const allow of [['a.example', 'b.example'], ['127.0.0.0/8'], ['*.example']]) expect(await (await fetch(url, { allow })).text()).toBe('here')
  })

  test('of the caller never open what the settings close', async () => {
    const there = await ok()
    await expect(guard().fetch(`http://127.0.0.1:${there.port}/`, { allow: [`127.0.0.1:${there.port}`] })).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(there.connections()).toBe(0)
  })

  test('that deny win, for names and for addresses', async () => {
    const there = await ok()
    const url = `http://a.example:${there.port}/`
    for (const deny of [['a.example'], ['*.example'], ['127.0.0.0/8'], [`a.example:${there.port}`]]) await expect(world(['a.example'], [there], { deny }).fetch(url)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED'))
    expect(there.connections()).toBe(0)
    for (const deny of [['b.example'], ['*.a.example'], ['a.example:1'], ['10.0.0.0/8']]) expect(await (await world(['a.example'], [there], { deny }).fetch(url)).text()).toBe('here')
  })

  const refusal = (url: string, allow: readonly string[], address: string) => guard({ allow, dns: { 'a.example': [address], 'git.internal': [address] }, before: () => { throw new Error('reached') } }).fetch(url)
  test.each([
    ['a name does not open what is not its own to give', 'http://a.example/', ['a.example'], '169.254.169.254'],
    ['a name does not open link-local', 'http://a.example/', ['a.example'], '169.254.1.1'],
    ['a name does not open IPv4 inside IPv6', 'http://a.example/', ['a.example'], '::ffff:10.0.0.1'],
    ['a wide network does not open metadata in it', 'http://169.254.169.254/', ['169.254.0.0/16'], ''],
    ['nor another', 'http://a.example/', ['100.64.0.0/10'], '100.100.100.200'],
    ['NAT64 does not open what its IPv4 address does not', 'http://a.example/', ['64:ff9b::/96'], '64:ff9b::a00:1'],
    ['a rule without a port opens no port', 'http://a.example:25/', ['a.example', '10.0.0.0/8'], '10.0.0.1'],
    ['a rule with a port opens it for itself alone', 'http://a.example:25/', ['b.example:25', '10.0.0.0/9:25', '10.0.0.0/8'], '10.200.0.1'],
    ['a rule with a port opens no other', 'http://a.example/', ['a.example:8080'], '10.0.0.1'],
    ['a network does not open local names', 'http://git.internal/', ['10.0.0.0/8'], '10.0.0.1'],
    ['a name is not the names below it', 'http://a.example/', ['example'], '10.0.0.1'],
  ])('%s', (_, url, allow, address) => expect(refusal(url, allow, address)).rejects.toMatchObject(code('NEXUS_OUTBOUND_BLOCKED')))

  test.each([
    ['a name opens private addresses', 'http://a.example/', ['A.Example.'], '10.0.0.1'],
    ['a local name too', 'http://git.internal/', ['git.internal'], '10.0.0.1'],
    ['the names below one', 'http://a.example/', ['*.example'], '127.0.0.1'],
    ['a network opens its addresses', 'http://a.example/', ['10.0.0.0/8'], '10.0.0.1'],
    ['its own address opens metadata', 'http://169.254.169.254/', ['169.254.169.254'], ''],
    ['NAT64 may be opened for public addresses', 'http://a.example/', ['64:ff9b::/96'], '64:ff9b::808:808'],
    ['a rule with a port opens it', 'http://a.example:25/', ['a.example:25'], '8.8.8.8'],
    ['IPv6 has brackets before a port', 'http://a.example:25/', ['[fd00::/8]:25'], 'fd00::1'],
  ])('%s', (_, url, allow, address) => expect(refusal(url, allow, address)).rejects.toMatchObject(code('NEXUS_OUTBOUND_REFUSED')))

  test.each(['', '*', '*.', 'a b', 'http://a.example', 'a.example/x', 'a.example:', 'a.example:0', 'a.example:65536', '10.0.0.1/8', '10.0.0', '0x7f.1', '2130706433', '::1:80:', '[::1', '[a.example]', '*.10.0.0.1/8', 'a..b', 'münchen.de', 'a'.repeat(600), '-*'])('"%s" is none', async (rule) => {
    await expect(guard().fetch('http://a.example/', { allow: ['b.example', rule] })).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_RULE', data: { entry: 2 } })
  })
})

test('policy is asked before each connection and may refuse; the record has one entry', async () => {
  const there = await ok()
  const asked: unknown[] = []
  const { fetch, outcomes } = world(['a.example'], [there], { before: (hop) => { asked.push(hop); throw new Error('s3cret reason') } })
  await expect(fetch(`http://a.example:${there.port}/path?query`)).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_REFUSED', message: expect.not.stringContaining('s3cret') })
  expect(asked).toEqual([{ origin: `http://a.example:${there.port}`, host: 'a.example', port: there.port, addresses: ['127.0.0.1'], method: 'GET', hop: 0, cause }])
  expect(outcomes).toMatchObject([{ ok: false, code: 'NEXUS_OUTBOUND_REFUSED', cause }])
  expect(there.connections()).toBe(0)
})
