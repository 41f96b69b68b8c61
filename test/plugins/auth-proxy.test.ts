import { createHmac, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import * as v from 'valibot'
import { describe, expect, test, vi } from 'vitest'
import { Secret } from 'nexus-gateway/sdk'
import type { AuthRequest } from 'nexus-gateway/sdk'
import { networks } from '../../plugins/auth/networks.ts'
import { createProxy, ProxySettings, type ProxyWay } from '../../plugins/auth/ways/proxy.ts'
import { Store } from '../../plugins/store/contract.ts'
import { codeOf, elapse, partBench, requestOf, temporaryDir, type PartBench } from './auth-shared-harness.ts'

const secret = randomBytes(32).toString('base64url')
const trusted = networks(['10.0.0.0/8', '127.0.0.1'], 'auth.trustedProxies')
const start = Date.UTC(2026, 0, 1)
const client = '203.0.113.7'

/** A proxy, written from the description. */
const proofOf = (user: string, { at = start, key = secret, xff = client } = {}): string => {
  const seconds = Math.floor(at / 1000)
  return `${seconds}.${createHmac('sha256', key).update(`${seconds}|${user}|${xff}`).digest('hex')}`
}
const sent = (user: string, over: Record<string, string | undefined> = {}): AuthRequest =>
  requestOf({ peer: '10.0.0.9', remote: client, headers: { 'x-forwarded-user': user, 'x-forwarded-for': client, 'x-nexus-proxy-proof': proofOf(user), ...over } })

interface Bench extends PartBench { readonly proxy: ProxyWay; try(request: AuthRequest): Promise<string> }
async function bench(over: Partial<ProxySettings> = {}, options: { dir?: string; trusts?: readonly string[] } = {}): Promise<Bench> {
  let proxy: ProxyWay | undefined
  const settings = { ...v.parse(ProxySettings, { secret, users: { ada: ['operator.read'], bob: ['operator.admin'] } }), ...over }
  const b = await partBench((host) => proxy = createProxy(host, settings, options.trusts ? networks(options.trusts, 'x') : trusted), options.dir === undefined ? {} : { dir: options.dir })
  return Object.assign(b, { proxy: proxy!, try: async (request: AuthRequest) => codeOf(await proxy!.way.admit(request)) })
}

describe('the proxy vouches for', () => {
  test('people of the list, each with the scopes the settings give', async () => {
    await using b = await bench()
    expect(await b.proxy.way.admit(sent('ada'))).toEqual({ ok: true, caller: { id: 'proxy:ada', role: 'operator', label: 'operator', scopes: new Set(['operator.read']) } })
    expect(await b.try(sent('bob'))).toBe('proxy:bob')
  })

  test.each(['eve', 'Ada', 'ada ', '', 'constructor', '__proto__', 'toString'])('nobody else: %j', async (user) => {
    await using b = await bench()
    expect(await b.try(sent(user))).toMatch(/^AUTH_PROXY_(USER_UNKNOWN|MISMATCH)$/)
  })

  test('without an address of the client, and by a header of its own name', async () => {
    await using b = await bench({ userHeader: 'x-person' })
    expect(await b.try(requestOf({ peer: '10.0.0.9', headers: { 'x-person': 'ada', 'x-nexus-proxy-proof': proofOf('ada', { xff: '' }) } }))).toBe('proxy:ada')
    expect(await b.try(sent('ada'))).toBe('nothing')
  })
})

describe('refused, and counted, is from the proxy\'s address', () => {
  const proof = 'x-nexus-proxy-proof'
  test.each<[string, Record<string, string | undefined>]>([
    ['no proof', { [proof]: undefined }],
    ['an empty proof', { [proof]: '' }],
    ['a proof for somebody else', { [proof]: proofOf('bob') }],
    ['a proof for another address', { 'x-forwarded-for': '198.51.100.1' }],
    ['a proof for no address', { 'x-forwarded-for': undefined }],
    ['a proof by another secret', { [proof]: proofOf('ada', { key: 'other' }) }],
    ['an old proof', { [proof]: proofOf('ada', { at: start - 61_000 }) }],
    ['a proof of the future', { [proof]: proofOf('ada', { at: start + 61_000 }) }],
    ['a proof in capitals', { [proof]: proofOf('ada').toUpperCase() }],
    ['half a proof', { [proof]: proofOf('ada').slice(0, -2) }],
    ['two proofs', { [proof]: `${proofOf('ada')}, ${proofOf('ada')}` }],
    ['a proof with another time', { [proof]: proofOf('ada').replace(/^\d+/, String(start / 1000 + 1)) }],
    ['a time that is none', { [proof]: proofOf('ada').replace(/^\d+/, '9'.repeat(13)) }],
    ['hex that is none', { [proof]: `${start / 1000}.${'g'.repeat(64)}` }],
    ['a user that could be read in two ways', { 'x-forwarded-user': 'ada|x', [proof]: proofOf('ada|x') }],
    ['a user with a line feed', { 'x-forwarded-user': 'ada\nbob', [proof]: proofOf('ada\nbob') }],
    ['two users', { 'x-forwarded-user': 'ada, bob' }],
  ])('%s', async (_, over) => {
    await using b = await bench()
    expect(await b.try(sent('ada', over))).toBe('AUTH_PROXY_MISMATCH')
    await b.enter(sent('ada', over))
    expect(b.attempts).toEqual(['take'])
  })

  test('also beside a token: nothing makes a bad proof good', async () => {
    await using b = await bench()
    expect(await b.try({ ...sent('ada', { [proof]: 'x' }), token: 'any' })).toBe('AUTH_PROXY_MISMATCH')
  })

  test('everybody while the secret cannot be had', async () => {
    await using b = await bench({ secret: new Secret('file:x', () => Promise.reject(new Error('gone'))) })
    expect(await b.try(sent('ada'))).toBe('AUTH_PROXY_MISMATCH')
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
  })

  test('but a proof holds for a minute, either way', async () => {
    await using b = await bench()
    for (const at of [start - 60_000, start + 60_000]) expect(await b.try(sent('ada', { [proof]: proofOf('ada', { at }) }))).toBe('proxy:ada')
  })
})

describe('the header of anybody else is nothing', () => {
  test.each(['192.0.2.1', '::1', '127.0.0.2', '', '11.0.0.1'])('from %s, with a right proof', async (peer) => {
    await using b = await bench()
    expect(await b.try({ ...sent('ada'), peer })).toBe('nothing')
    await b.enter({ ...sent('ada'), peer })
    expect(b.attempts).toEqual([])
  })

  test('by the unix socket, and where no proxy is trusted, of which the log has a warning', async () => {
    await using b = await bench({}, { trusts: [] })
    expect(await b.try(sent('ada'))).toBe('nothing')
    expect(b.k.logs.filter(({ level }) => level === 'warn')).toHaveLength(1)
    await using c = await bench()
    expect(await c.try({ ...sent('ada'), listener: 'unix' })).toBe('nothing')
  })

  test('and without it a request through the proxy is nobody\'s', async () => {
    await using b = await bench()
    expect(await b.try(sent('ada', { 'x-forwarded-user': undefined }))).toBe('nothing')
  })
})

test('no two texts that a proxy signs say the same of other people and addresses', async () => {
  await using b = await bench({ users: { a: [], 'a.b': [], b: [] } })
  const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '|', ',', ' ', '1'), maxLength: 6 })
  await fc.assert(fc.asyncProperty(text, text, text, text, async (user, xff, user2, xff2) => {
    fc.pre(user !== user2 || xff !== xff2)
    const request = sent(user2, { 'x-forwarded-for': xff2, 'x-nexus-proxy-proof': proofOf(user, { xff }) })
    expect(await b.try(request)).not.toMatch(/^proxy:/)
  }), { numRuns: 500 })
})

describe('who was let in stays', () => {
  test('while the settings still give as much, and no longer', async () => {
    await using b = await bench()
    const caller = (id: string, scopes: string[]) => b.proxy.holds({ id, role: 'operator', label: 'operator', scopes: new Set(scopes) })
    expect(caller('proxy:ada', ['operator.read'])).toBe(true)
    expect(caller('proxy:ada', [])).toBe(true)
    expect(caller('proxy:ada', ['operator.write'])).toBe(false)
    expect(caller('proxy:bob', ['operator.write', 'cost.manage'])).toBe(true)
    expect(caller('proxy:eve', [])).toBe(false)
    expect(caller('token', ['operator.admin'])).toBeUndefined()
  })

  test('until the secret changes at its source: a second for a file', async () => {
    let held = secret
    await using b = await bench({ secret: new Secret('file:x', async () => held) })
    await elapse(b.k, 2_000)
    expect(b.ended).toEqual([])
    held = 'another secret of the proxy'
    const at = b.k.clock.now()
    await elapse(b.k, 1_000)
    expect(b.ended).toMatchObject([{ ids: ['proxy:ada', 'proxy:bob'] }])
    expect(b.ended[0]!.at - at).toBeLessThanOrEqual(1_000)
    expect(await b.try(sent('ada', { 'x-nexus-proxy-proof': proofOf('ada', { at: b.k.clock.now() }) }))).toBe('AUTH_PROXY_MISMATCH')
  })

  test('or until the settings name another one', async () => {
    const dir = await temporaryDir()
    for (const [key, ended] of [['first', 0], ['first', 0], ['second', 1], ['second', 0]] as const) {
      await using b = await bench({ secret: Secret.literal(key) }, { dir })
      await elapse(b.k, 1_000)
      // What it takes down of the secret goes through a real disk.
      const store = await b.k.service(Store)
      if (ended > 0) await vi.waitUntil(() => b.ended.length >= ended, 20_000)
      await vi.waitUntil(() => store.metrics().pending === 0, 20_000)
      expect(b.ended).toHaveLength(ended)
    }
  })
})

test('the settings take no scope of nodes and no header in capitals', () => {
  const settings = (over: object) => v.safeParse(ProxySettings, { secret: 'x', users: {}, ...over }).success
  expect(settings({})).toBe(true)
  expect(settings({ users: { a: ['operator.read', 'cost.manage'] } })).toBe(true)
  expect(settings({ users: { a: ['node.invoke'] } })).toBe(false)
  expect(settings({ users: { a: 'operator.read' } })).toBe(false)
  expect(settings({ userHeader: 'X-User' })).toBe(false)
  expect(settings({ other: 1 })).toBe(false)
})
