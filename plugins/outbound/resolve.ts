/** From a host to the addresses it will be connected by: asked for once, then pinned. */
import { lookup as systemLookup } from 'node:dns/promises'
import type { LookupFunction } from 'node:net'
import { parseAddress } from './address.ts'
import type { Address } from './address.ts'
import { codeOf, fail } from './errors.ts'
import type { Target } from './target.ts'

/** All addresses of a name, as text. */
export type Lookup = (host: string) => Promise<readonly string[]>

export interface Pin extends Address { readonly text: string }

/** The system's own, with its hosts file and its order. */
export const lookupHost: Lookup = async (host) => (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address)

/** @throws NEXUS_OUTBOUND_DNS, and NEXUS_OUTBOUND_BLOCKED for an answer that cannot be checked, such as one with a zone */
export async function resolve({ host, address }: Target, lookup: Lookup): Promise<Pin[]> {
  if (address) return [{ ...address, text: host }]
  const texts = await lookup(host).catch((error: unknown) => { throw fail('NEXUS_OUTBOUND_DNS', { reason: codeOf(error) }, error) })
  return texts.map((text) => {
    const parsed = parseAddress(text)
    if (!parsed) throw fail('NEXUS_OUTBOUND_BLOCKED', { reason: 'its address has a form that cannot be checked' })
    return { ...parsed, text }
  })
}

/** What the socket asks instead of DNS. */
export function pinned(pins: readonly Pin[]): LookupFunction {
  const all = pins.map(({ text, family }) => ({ address: text, family }))
  return (_, options, done) => {
    if (options.all) done(null, all)
    else done(null, all[0]!.address, all[0]!.family)
  }
}
