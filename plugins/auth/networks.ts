/** Addresses in the one spelling each has, and lists of addresses and networks. */
import { BlockList, isIPv4, isIPv6, SocketAddress } from 'node:net'
import { fail } from './errors.ts'

export interface Networks {
  readonly empty: boolean
  has(address: string): boolean
}

/** IPv4 also where it is mapped into IPv6; `undefined` for what is no address, or one of this link only. */
export function addressIn(text: string): string | undefined {
  if (isIPv4(text)) return text
  if (!isIPv6(text) || text.includes('%')) return undefined
  const { address } = new SocketAddress({ address: text, family: 'ipv6' })
  const mapped = address.startsWith('::ffff:') ? address.slice(7) : ''
  return isIPv4(mapped) ? mapped : address
}

/** Entries are as in `10.0.0.1`, `10.0.0.0/8`, `fd00::/8`. Throws NEXUS_AUTH_NETWORK, which says which one of `setting` is none. */
export function networks(entries: readonly string[], setting: string): Networks {
  const list = new BlockList()
  entries.forEach((entry, i) => {
    if (!added(list, entry)) throw fail('NEXUS_AUTH_NETWORK', { place: `${setting}[${i}]` })
  })
  return {
    empty: entries.length === 0,
    has(text) {
      const address = addressIn(text)
      return address !== undefined && list.check(address, familyOf(address))
    },
  }
}

function added(list: BlockList, entry: string): boolean {
  const [text = '', length, ...rest] = entry.split('/')
  const address = addressIn(text)
  if (address === undefined || rest.length > 0) return false
  const family = familyOf(address)
  if (length === undefined) {
    list.addAddress(address, family)
    return true
  }
  const bits = Number(length)
  // A mapped network would be one of IPv4 with a length of IPv6.
  if (!/^\d{1,3}$/.test(length) || bits > (family === 'ipv4' ? 32 : 128) || (family === 'ipv4' && text.includes(':'))) return false
  list.addSubnet(address, bits, family)
  return true
}

const familyOf = (address: string): 'ipv4' | 'ipv6' => (address.includes(':') ? 'ipv6' : 'ipv4')

const ownIPv6: ReadonlySet<string> = new Set(['::', '::1'])
/** Of this machine alone, or of none. */
export function isLoopback(text: string): boolean {
  const address = addressIn(text)
  return address !== undefined && (address.startsWith('127.') || address === '0.0.0.0' || ownIPv6.has(address))
}
