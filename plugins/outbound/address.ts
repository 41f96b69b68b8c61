/** IP addresses as numbers. Pure. */
import { isIPv4, isIPv6 } from 'node:net'
import { once } from './once.ts'

export interface Address { readonly family: 4 | 6; readonly value: bigint }

export interface Network extends Address { readonly bits: number }

export const widthOf = (family: 4 | 6): number => (family === 4 ? 32 : 128)
const joined = (parts: readonly number[], width: number): bigint => parts.reduce((sum, part) => (sum << BigInt(width)) | BigInt(part), 0n)
export const low = (value: bigint, bits: number): bigint => BigInt.asUintN(bits, value)

/** Of the plain forms only: four decimal numbers, or IPv6 without a zone. */
export function parseAddress(text: string): Address | undefined {
  if (isIPv4(text)) return { family: 4, value: joined(text.split('.').map(Number), 8) }
  if (isIPv6(text) && !text.includes('%')) return { family: 6, value: joined(groupsOf(text), 16) }
  return undefined
}

/** `10.0.0.0/8`, or an address for itself alone. Bits beyond the prefix are a mistake, never ignored. */
export function parseNetwork(text: string): Network | undefined {
  const [head = '', prefix, ...rest] = text.split('/')
  const address = parseAddress(head)
  if (!address || rest.length > 0) return undefined
  const width = widthOf(address.family)
  if (prefix === undefined) return { ...address, bits: width }
  if (!/^(0|[1-9]\d{0,2})$/.test(prefix) || Number(prefix) > width) return undefined
  return low(address.value, width - Number(prefix)) === 0n ? { ...address, bits: Number(prefix) } : undefined
}

export function contains({ family, value, bits }: Network, address: Address): boolean {
  const rest = BigInt(widthOf(family) - bits)
  return family === address.family && value >> rest === address.value >> rest
}

/** The IPv4 addresses that an IPv6 address stands for or is routed by. `::` and `::1` are themselves alone (RFC 4291). */
export function embedded({ family, value }: Address): Address[] {
  if (family === 4 || value <= 1n) return []
  return carriers().filter(({ network }) => contains(network, { family, value })).flatMap(({ shifts, flip }) =>
    shifts.map((shift) => ({ family: 4 as const, value: low((flip === shift ? ~value : value) >> BigInt(shift), 32) })))
    .concat(isIsatap(value) ? [{ family: 4, value: low(value, 32) }] : [])
}

/** RFC 5214: the interface identifier is 0:5efe or 200:5efe and the IPv4 address, below any prefix. */
export const isIsatap = (value: bigint): boolean => (low(value, 64) >> 32n & ~0x0200_0000n) === 0x5efen

/** `shifts`: where in the address the IPv4 address begins, counted from the right. `flip`: this one is stored inverted. */
interface Carrier { readonly network: Network; readonly shifts: readonly number[]; readonly flip?: number }

const carrier = (cidr: string, shifts: readonly number[], flip?: number): Carrier => ({ network: parseNetwork(cidr)!, shifts, ...(flip === undefined ? {} : { flip }) })

const carriers = once(() => [
  carrier('::/96', [0]),
  carrier('::ffff:0:0/96', [0]),
  carrier('::ffff:0:0:0/96', [0]),
  carrier('64:ff9b::/96', [0]),
  carrier('2002::/16', [80]),
  carrier('2001::/32', [64, 0], 0),
])

function groupsOf(text: string): number[] {
  const [head = [], tail] = text.split('::').map(groupsIn)
  if (tail === undefined) return head
  return [...head, ...Array<number>(8 - head.length - tail.length).fill(0), ...tail]
}

function groupsIn(text: string): number[] {
  if (text === '') return []
  return text.split(':').flatMap((group) => {
    if (!group.includes('.')) return [Number.parseInt(group, 16)]
    const [a = 0, b = 0, c = 0, d = 0] = group.split('.').map(Number)
    return [a * 256 + b, c * 256 + d]
  })
}
