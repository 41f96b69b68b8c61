/** Keys of places, jobs and people: who shares a session, and that nobody else does, whatever ids look like. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { normalizeKey, sessionKeyOf, sessionPartsOf } from '../../plugins/sessions/contract.ts'
import type { DmScope, KeyParts, PlaceParts } from '../../plugins/sessions/contract.ts'

const code = (expected: string) => expect.objectContaining({ code: expected })
const direct: PlaceParts = { agent: 'main', kind: 'direct', channel: 'telegram', account: 'work', peer: '42' }
const scopes: DmScope[] = ['main', 'per-peer', 'per-channel-peer', 'per-account-channel-peer']

describe('a key of a place', () => {
  test.each<[DmScope, string]>([
    ['main', 'agent:main:main'],
    ['per-peer', 'agent:main:direct:42'],
    ['per-channel-peer', 'agent:main:telegram:direct:42'],
    ['per-account-channel-peer', 'agent:main:telegram:work:direct:42'],
  ])('direct messages under %s are %s', (dmScope, key) => {
    expect(sessionKeyOf(direct, { dmScope })).toBe(key)
    expect(sessionKeyOf({ ...direct, thread: 't1' }, { dmScope })).toBe(`${key}:thread:t1`)
  })

  test.each<[KeyParts, string]>([
    [{ agent: 'Work', kind: 'main' }, 'agent:work:main'],
    [{ agent: 'work', kind: 'group', channel: 'Telegram', peer: '-100123' }, 'agent:work:telegram:group:-100123'],
    [{ agent: 'work', kind: 'group', channel: 'telegram', peer: '-100123', thread: '7' }, 'agent:work:telegram:group:-100123:thread:7'],
    [{ agent: 'work', kind: 'channel', channel: 'discord', peer: '99', thread: '100' }, 'agent:work:discord:channel:99:thread:100'],
    [{ agent: 'work', kind: 'group', channel: 'matrix', peer: '!Ab:server' }, 'agent:work:matrix:group:!Ab:server'],
    [{ agent: 'main', kind: 'cron', id: 'nightly' }, 'agent:main:cron:nightly'],
    [{ agent: 'main', kind: 'hook', id: '1b4e28ba' }, 'agent:main:hook:1b4e28ba'],
    [{ agent: 'main', kind: 'subagent', id: 'x' }, 'agent:main:subagent:x'],
  ])('%j is %s', (parts, key) => { expect(sessionKeyOf(parts)).toBe(key) })

  test('a group belongs to an account only where direct messages do, and the first account needs no name', () => {
    const group = { ...direct, kind: 'group' as const }
    expect(scopes.map((dmScope) => sessionKeyOf(group, { dmScope }))).toEqual([...Array<string>(3).fill('agent:main:telegram:group:42'), 'agent:main:telegram:work:group:42'])
    const { account: _, ...unnamed } = direct
    expect(sessionKeyOf(unnamed, { dmScope: 'per-account-channel-peer' })).toBe('agent:main:telegram:default:direct:42')
    expect(sessionKeyOf({ ...unnamed, kind: 'group' }, { dmScope: 'per-account-channel-peer' })).toBe('agent:main:telegram:group:42')
  })

  test('a linked person is one in all channels, and nobody becomes that person by taking the name', () => {
    const identityLinks = { anna: ['telegram:42', 'ANNA@x.org'] }
    const key = (parts: Partial<PlaceParts>, dmScope: DmScope) => sessionKeyOf({ ...direct, ...parts }, { dmScope, identityLinks })
    expect(key({}, 'per-peer')).toBe(key({ channel: 'email', peer: 'anna@X.org' }, 'per-peer'))
    expect(key({}, 'per-channel-peer')).toBe('agent:main:telegram:direct:~anna')
    for (const peer of ['anna', '~anna', '%7Eanna', 'telegram:42x', '42 ']) expect(key({ peer }, 'per-peer')).not.toBe(key({}, 'per-peer'))
    expect(key({ channel: 'discord' }, 'per-peer')).not.toBe(key({}, 'per-peer'))
    expect(key({}, 'main')).toBe('agent:main:main')
    expect(sessionKeyOf({ ...direct, kind: 'group' }, { dmScope: 'per-peer', identityLinks })).toBe('agent:main:telegram:group:42')
  })

  test.each<Partial<PlaceParts>>([{ agent: '' }, { agent: 'a:b' }, { agent: '../x' }, { channel: ' ' }, { peer: '' }, { thread: '' }, { peer: '\ud800' }, { peer: 'x'.repeat(600) }])('%j gives none', (part) => {
    expect(() => sessionKeyOf({ ...direct, ...part }, { dmScope: 'per-account-channel-peer' })).toThrow(code('NEXUS_SESSIONS_KEY'))
  })
})

/** Parts of which those that make trouble are likely. */
const nasty = fc.oneof(
  fc.constantFrom('thread', 'topic', 'direct', 'dm', 'group', 'channel', 'main', 'agent', 'cron', 'default', '~anna', '%3A', '%', ' ', ':', 'Thread', 'a', 'b'),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 4 }),
)
const joined = fc.array(nasty, { minLength: 1, maxLength: 4 }).map((all) => all.join(':'))
const plain = fc.constantFrom('telegram', 'discord', 'direct', 'group', 'thread', 'cron', 'agent', 'main', 'a:b', 'a%3ab', 'x y')
const place: fc.Arbitrary<PlaceParts> = fc.record({
  agent: fc.constantFrom('main', 'work'), kind: fc.constantFrom('direct', 'group', 'channel'), channel: plain, account: plain, peer: joined, thread: joined,
}, { requiredKeys: ['agent', 'kind', 'channel', 'account', 'peer'] })
const job: fc.Arbitrary<KeyParts> = fc.record({ agent: fc.constantFrom('main', 'work'), kind: fc.constantFrom('cron', 'hook', 'subagent'), id: joined, thread: joined }, { requiredKeys: ['agent', 'kind', 'id'] })
const made = (parts: KeyParts, dmScope: DmScope): string | undefined => {
  try { return sessionKeyOf(parts, { dmScope }) } catch { return undefined }
}

describe('whatever ids look like', () => {
  test('a key is normalized, and says what it was made of', () => {
    fc.assert(fc.property(fc.oneof(place, job), (parts) => {
      const key = made(parts, 'per-account-channel-peer')
      if (key === undefined) return
      expect(normalizeKey(key)).toBe(key)
      expect(sessionPartsOf(key)).toEqual(parts)
    }), { numRuns: 2000 })
  })

  test('two keys are the same only for the same place', () => {
    fc.assert(fc.property(fc.oneof(place, job), fc.oneof(place, job), (a, b) => {
      const [one, other] = [made(a, 'per-account-channel-peer'), made(b, 'per-account-channel-peer')]
      if (one !== undefined && one === other) expect(b).toEqual(a)
    }), { numRuns: 5000 })
  })

  test('a scope leaves out what it says and nothing else', () => {
    fc.assert(fc.property(place, fc.constantFrom(...scopes), (parts, dmScope) => {
      const key = made(parts, dmScope)
      if (key === undefined) return
      const { agent, kind, channel, peer, thread } = parts
      const grouped = kind !== 'direct'
      const same = made({ agent, kind, channel: dmScope === 'per-peer' && !grouped ? 'other' : channel, peer, ...(thread !== undefined && { thread }), account: dmScope === 'per-account-channel-peer' ? parts.account! : 'other' }, dmScope)
      expect(same).toBe(key)
      const others = [{ ...parts, agent: 'third' }, { ...parts, thread: `${thread}x` }, ...(dmScope === 'main' && !grouped ? [] : [{ ...parts, peer: `${peer}x` }])]
      for (const other of others) expect(made(other, dmScope)).not.toBe(key)
    }), { numRuns: 1000 })
  })
})

test.each([
  ['agent:main:telegram:dm:5', { kind: 'direct', channel: 'telegram', peer: '5' }],
  ['agent:main:telegram:group:-1:topic:7', { kind: 'group', channel: 'telegram', peer: '-1', thread: '7' }],
  ['agent:main:main:thread:7', { kind: 'main', thread: '7' }],
  ['agent:main:Project', { kind: 'named' }],
  ['agent:main:subagent:a:subagent:b', { kind: 'subagent', id: 'a:subagent:b' }],
  ['agent:main:telegram:direct:100%', { kind: 'direct', channel: 'telegram', peer: '100%' }],
])('%s is read as %j', (key, parts) => { expect(sessionPartsOf(key)).toEqual({ agent: 'main', ...parts }) })
