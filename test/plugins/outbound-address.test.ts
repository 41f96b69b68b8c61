import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contains, embedded, parseAddress, parseNetwork } from '../../plugins/outbound/address.ts'
import type { Address } from '../../plugins/outbound/address.ts'
import { isWebPort } from '../../plugins/outbound/ports.ts'
import { kindOf } from '../../plugins/outbound/ranges.ts'
import { publicAddresses, spellings } from '../fixtures/addresses.ts'
import { guard } from './outbound-harness.ts'

// ── The reference: addresses and prefixes as strings of 0 and 1 ──────────────────────────────────

interface Prefix { readonly width: 32 | 128; readonly bits: string }

function slowlyPublic(address: string): boolean {
  const { width, special: inside } = { width: address.length, special: reference().filter((prefix) => prefix.width === address.length) }
  if (inside.some((prefix) => address.startsWith(prefix.bits))) return false
  if (width === 32) return true
  return address.startsWith('001') && !/^.{64}000000[01]000000000101111011111110/.test(address)
}

function reference(): Prefix[] {
  const v4 = (a: number, b: number, c: number, d: number, size: number): Prefix => ({ width: 32, bits: [a, b, c, d].map((part) => part.toString(2).padStart(8, '0')).join('').slice(0, size) })
  const v6 = (hex: string, size: number): Prefix => ({ width: 128, bits: [...hex.padEnd(32, '0')].map((digit) => Number.parseInt(digit, 16).toString(2).padStart(4, '0')).join('').slice(0, size) })
  return [
    v4(0, 0, 0, 0, 8), v4(10, 0, 0, 0, 8), v4(100, 64, 0, 0, 10), v4(127, 0, 0, 0, 8), v4(169, 254, 0, 0, 16), v4(172, 16, 0, 0, 12), v4(192, 0, 0, 0, 24), v4(192, 0, 2, 0, 24),
    v4(192, 88, 99, 0, 24), v4(192, 168, 0, 0, 16), v4(198, 18, 0, 0, 15), v4(198, 51, 100, 0, 24), v4(203, 0, 113, 0, 24), v4(224, 0, 0, 0, 4), v4(240, 0, 0, 0, 4), v4(168, 63, 129, 16, 32),
    v6('2001', 23), v6('20010db8', 32), v6('2002', 16), v6('3fff', 20),
  ]
}

const special = reference()
/** The same prefix with its last bit the other way: what is just outside. */
function flipped({ width, bits }: Prefix): Prefix { return { width, bits: bits.slice(0, -1) + (bits.endsWith('1') ? '0' : '1') } }
const ofWidth = (width: number) => fc.array(fc.constantFrom('0', '1'), { minLength: width, maxLength: width }).map((all) => all.join(''))
const bits = fc.oneof(ofWidth(32), ofWidth(128))

const bitsOf = ({ family, value }: Address): string => value.toString(2).padStart(family === 4 ? 32 : 128, '0')

function textOf(address: string): string {
  const parts = address.match(address.length === 32 ? /.{8}/g : /.{16}/g)!.map((part) => Number.parseInt(part, 2))
  return address.length === 32 ? parts.join('.') : parts.map((part) => part.toString(16)).join(':')
}

/** One of the ways to write these groups: with `::` for a run of zeros from `at` on, and the end as IPv4. */
function spelled(groups: readonly number[], at: number, dotted: boolean): string {
  const end = groups.slice(6).flatMap((group) => [group >> 8, group & 255]).join('.')
  const words = [...groups.slice(0, 6).map((group) => group.toString(16)), ...(dotted ? [end] : groups.slice(6).map((group) => group.toString(16)))]
  const from = at % 6
  let to = from
  while (to < 6 && words[to] === '0') to++
  return to === from ? words.join(':') : `${words.slice(0, from).join(':')}::${words.slice(to).join(':')}`
}

describe('no spelling leads inside', () => {
  test('there are enough of them', () => {
    expect(new Set(spellings.map(({ url }) => url)).size).toBe(spellings.length)
    expect(spellings.length).toBeGreaterThan(100)
  })

  test.each(spellings)('$url ($why)', async ({ url, malformed }) => {
    // DNS has every name lead to this machine, so that nothing is refused only because it is not found.
    const always = new Proxy({}, { get: () => ['127.0.0.1'] })
    const { fetch, hops } = guard({ dns: always })
    await expect(fetch(url)).rejects.toMatchObject({ code: malformed ? 'NEXUS_OUTBOUND_URL' : 'NEXUS_OUTBOUND_BLOCKED' })
    expect(hops).toEqual([])
  })

  test.each(spellings.filter(({ malformed, url }) => !malformed && /\/\/[\d[]/.test(url)))('nor does DNS by the answer $url', async ({ url }) => {
    const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
    const { fetch, hops } = guard({ dns: { 'a.example': ['8.8.8.8', host] } })
    await expect(fetch('http://a.example/')).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_BLOCKED' })
    expect(hops).toEqual([])
  })

  test.each(['fe80::1%eth0', '127.1', '0x8.8.8.8', '08.8.8.8', '', 'localhost'])('nor does an answer that cannot be checked: %s', async (answer) => {
    await expect(guard({ dns: { 'a.example': [answer] } }).fetch('http://a.example/')).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_BLOCKED' })
  })

  test('nor does no answer at all', async () => {
    await expect(guard({ dns: { 'a.example': [] } }).fetch('http://a.example/')).rejects.toMatchObject({ code: 'NEXUS_OUTBOUND_BLOCKED' })
  })
})

test.each(publicAddresses)('%s is public', (text) => expect(kindOf(parseAddress(text)!)).toBe('public'))

describe('addresses are read as a slow reader of bits reads them', () => {
  test('whatever the spelling of IPv6', () => {
    fc.assert(fc.property(fc.array(fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff })), { minLength: 8, maxLength: 8 }), fc.nat(), fc.boolean(), fc.boolean(), (groups, at, dotted, loud) => {
      const text = spelled(groups, at, dotted)
      expect(bitsOf(parseAddress(loud ? text.toUpperCase() : text)!)).toBe(groups.map((group) => group.toString(2).padStart(16, '0')).join(''))
    }), { numRuns: 2_000 })
  })

  test('and only plain spellings of IPv4', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 5 }), (parts) => {
      const plain = parts.length === 4 && parts.every((part) => part < 256)
      expect(parseAddress(parts.join('.')) !== undefined).toBe(plain)
    }))
  })

  test('in networks and out of them', () => {
    fc.assert(fc.property(bits, fc.nat(128), bits, (base, prefix, other) => {
      const width = base.length
      const size = Math.min(prefix, width)
      const network = parseNetwork(`${textOf(base.slice(0, size).padEnd(width, '0'))}/${size}`)!
      const near = base.slice(0, size) + other.padEnd(width, '0').slice(size, width)
      for (const one of [near, other]) expect(contains(network, parseAddress(textOf(one))!)).toBe(one.length === width && one.startsWith(base.slice(0, size)))
    }), { numRuns: 2_000 })
  })

  test.each(['10.0.0.1/8', '10.0.0.0/33', '10.0.0.0/08', '10.0.0.0/', '10.0.0.0/8/8', '::1/64', '10/8', '10.0.0.0/-1', '10.0.0.0/+8', 'fe80::1%lo/128'])('%s is no network', (text) => expect(parseNetwork(text)).toBeUndefined())
})

describe('what is public', () => {
  const edges = fc.constantFrom(...special.flatMap((prefix) => [prefix, flipped(prefix)]))
  const nearEdges = fc.tuple(edges, bits, fc.constantFrom('0', '1', 'random')).map(([prefix, tail, fill]) => {
    const width = prefix.width
    return (prefix.bits + (fill === 'random' ? tail : fill.repeat(width))).slice(0, width).padEnd(width, '0')
  })

  test('is what a table of prefixes as text says, at the edges of every range and anywhere else', () => {
    fc.assert(fc.property(fc.oneof(nearEdges, bits), (address) => {
      expect({ text: textOf(address), public: kindOf(parseAddress(textOf(address))!) === 'public' }).toEqual({ text: textOf(address), public: slowlyPublic(address) })
    }), { numRuns: 5_000 })
  })

  test('the IPv4 address inside an IPv6 address is found', () => {
    const forms: Readonly<Record<string, (hex: string) => string>> = {
      mapped: (hex) => `::ffff:${hex}`, compatible: (hex) => `::${hex}`, translated: (hex) => `::ffff:0:${hex}`, nat64: (hex) => `64:ff9b::${hex}`,
      '6to4': (hex) => `2002:${hex}::1`, teredoServer: (hex) => `2001:0:${hex}::`, isatap: (hex) => `2a00::5efe:${hex}`, isatapGlobal: (hex) => `2a00::200:5efe:${hex}`,
    }
    fc.assert(fc.property(fc.integer({ min: 1, max: 0xffff }), fc.integer({ min: 0, max: 0xffff }), fc.constantFrom(...Object.keys(forms)), (a, b, form) => {
      const address = parseAddress(forms[form]!(`${a.toString(16)}:${b.toString(16)}`))!
      expect(embedded(address)).toContainEqual({ family: 4, value: BigInt(a) * 65_536n + BigInt(b) })
      expect(kindOf(address)).not.toBe('public')
    }))
    expect([embedded(parseAddress('::')!), embedded(parseAddress('::1')!)]).toEqual([[], []])
    expect(embedded(parseAddress('2001:0:808:808::80ff:fffe')!)).toContainEqual(parseAddress('127.0.0.1'))
  })
})

test('the ports of the web are two and the high ones that nothing else is known for', () => {
  expect([0, 1, 21, 22, 23, 25, 53, 79, 81, 110, 143, 389, 445, 465, 587, 1023, 2375, 3306, 5432, 6379, 6667, 9200, 10_250, 11_211, 27_017].filter(isWebPort)).toEqual([])
  expect([80, 443, 1024, 3000, 8000, 8080, 8443, 65_535].filter((port) => !isWebPort(port))).toEqual([])
})
