/**
 * The address that counts for a request that came through proxies: the right-most one that is not a trusted proxy's.
 * What stands left of it is the client's own writing. Whoever is no trusted proxy says nothing here, and neither does
 * `X-Real-IP`, which has no right-most. If both headers are there, `X-Forwarded-For` counts: a proxy that writes
 * `Forwarded` has to take the other one out.
 */
import * as v from 'valibot'
import { addressIn, isLoopback, type Networks } from './networks.ts'

type Headers = Readonly<Record<string, string | undefined>>

/** `auth.trustedProxies` */
export const TrustedProxies = v.optional(v.pipe(v.array(v.pipe(v.string(), v.maxLength(64))), v.maxLength(256), v.description('Addresses and networks of the proxies whose X-Forwarded-For is believed.')), [])

/** More than any real chain has, so that a header full of proxies is not walked. */
const maxHops = 32

/** For `connection.remote`. Garbage, nothing, and an address of the machine itself all lead to the peer's own address. */
export function createRemote(trusted: Networks): (peer: string, headers: Headers) => string {
  return (peer, headers) => {
    if (!trusted.has(peer)) return peer
    const listed = headers['x-forwarded-for']
    const forwarded = headers['forwarded']
    const hops = listed !== undefined ? listed.split(',').map(hopIn) : forwarded !== undefined ? forIn(forwarded) : []
    return client(hops, trusted) ?? peer
  }
}

function client(hops: readonly (string | undefined)[], trusted: Networks): string | undefined {
  const first = Math.max(0, hops.length - maxHops)
  for (let i = hops.length - 1; i >= first; i--) {
    const hop = hops[i]
    if (hop === undefined) return undefined
    if (!trusted.has(hop)) return isLoopback(hop) ? undefined : hop
  }
  return undefined
}

/** `192.0.2.1`, `192.0.2.1:4711`, `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`. */
function hopIn(text: string): string | undefined {
  const hop = text.trim()
  if (hop.startsWith('[')) {
    const end = hop.indexOf(']')
    return end > 0 && isPortPart(hop.slice(end + 1)) ? addressIn(hop.slice(1, end)) : undefined
  }
  const colon = hop.indexOf(':')
  if (colon < 0 || hop.includes(':', colon + 1)) return addressIn(hop)
  return isPortPart(hop.slice(colon)) ? addressIn(hop.slice(0, colon)) : undefined
}

const isPortPart = (text: string): boolean => text === '' || /^:\d{1,5}$/.test(text)

/** The `for` of each element of RFC 7239, in order; `undefined` where there is none, more than one, or one in hiding. */
function forIn(header: string): (string | undefined)[] {
  const elements = split(header, ',')
  if (!elements) return [undefined]
  return elements.map((element) => {
    const given = split(element, ';')?.map((pair) => pair.trim()).filter((pair) => pair.slice(0, 4).toLowerCase() === 'for=') ?? []
    return given.length === 1 ? hopIn(unquoted(given[0]?.slice(4) ?? '')) : undefined
  })
}

const unquoted = (text: string): string => (text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1) : text)

/** At `separator` outside of quotes; `undefined` if a quote is left open. */
function split(text: string, separator: string): string[] | undefined {
  const parts: string[] = []
  let [start, quoted] = [0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (quoted && char === '\\') i++
    else if (char === '"') quoted = !quoted
    else if (char === separator && !quoted) {
      parts.push(text.slice(start, i))
      start = i + 1
    }
  }
  return quoted ? undefined : [...parts, text.slice(start)]
}
