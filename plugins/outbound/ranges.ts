/**
 * What an address is for, after the IANA registries of special-purpose addresses and what clouds publish of their
 * metadata services. Of IPv6 only the global unicast block is public: what nobody has assigned yet is not.
 */
import { contains, isIsatap, parseNetwork } from './address.ts'
import type { Address } from './address.ts'
import { once } from './once.ts'

export type Kind = 'public' | 'unspecified' | 'loopback' | 'private' | 'link-local' | 'metadata' | 'multicast' | 'documentation' | 'benchmark' | 'embedded' | 'reserved'

/** The first row that has an address decides. */
const rows: readonly (readonly [Kind, readonly string[]])[] = [
  ['metadata', ['169.254.169.254', '169.254.170.2', '169.254.170.23', '100.100.100.200', '168.63.129.16', '192.0.0.192', 'fd00:ec2::/32', 'fd20:ce::254', 'fd00:42::42', 'fe80::a9fe:a9fe']],
  ['unspecified', ['0.0.0.0/8', '::']],
  ['loopback', ['127.0.0.0/8', '::1']],
  ['private', ['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7', 'fec0::/10']],
  ['link-local', ['169.254.0.0/16', 'fe80::/10']],
  ['multicast', ['224.0.0.0/4', 'ff00::/8']],
  ['documentation', ['192.0.2.0/24', '198.51.100.0/24', '203.0.113.0/24', '2001:db8::/32', '3fff::/20']],
  ['benchmark', ['198.18.0.0/15', '2001:2::/48']],
  ['embedded', ['::/96', '::ffff:0:0/96', '::ffff:0:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2001::/32', '2002::/16']],
  ['reserved', ['192.0.0.0/24', '192.88.99.0/24', '240.0.0.0/4', '2001::/23']],
]

const ranges = once(() => rows.flatMap(([kind, cidrs]) => cidrs.map((cidr) => ({ kind, network: parseNetwork(cidr)! }))))
const globalUnicast = once(() => parseNetwork('2000::/3')!)

export function kindOf(address: Address): Kind {
  const found = ranges().find(({ network }) => contains(network, address))
  if (found) return found.kind
  if (address.family === 4) return 'public'
  if (isIsatap(address.value)) return 'embedded'
  return contains(globalUnicast(), address) ? 'public' : 'reserved'
}
