/** An address that somebody gave, made plain. */
import { parseAddress } from './address.ts'
import type { Address } from './address.ts'
import { fail } from './errors.ts'
import { isName } from './name.ts'

export interface Target {
  readonly url: URL
  /** Without brackets and without the last dot. */
  readonly host: string
  readonly port: number
  /** Where the host is an address itself. */
  readonly address: Address | undefined
}

const mostChars = 8192

/**
 * Reads what is given as browsers do, and then refuses what two programs may read differently: whoever wrote
 * `0x7f.1` or `http:\\host` wanted one of them to be wrong.
 * @throws NEXUS_OUTBOUND_URL
 */
export function targetOf(given: string | URL, base?: URL): Target {
  const text = typeof given === 'string' ? given : given.href
  if (text.length > mostChars) throw refused(`it has more than ${mostChars} characters`)
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]|^ | $/.test(text)) throw refused('it has characters that addresses do not have')
  const url = URL.canParse(text, base) ? new URL(text, base) : undefined
  if (!url) throw refused('it is none')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refused('it is neither http nor https')
  if (url.username !== '' || url.password !== '') throw refused('it has a user name or a password')
  checkSpelling(text, url, base)
  url.hash = ''
  return { url, ...hostOf(url), port: Number(url.port) || (url.protocol === 'https:' ? 443 : 80) }
}

export const sameOrigin = (a: Target, b: Target): boolean => a.url.origin === b.url.origin

/** For the part between the slashes: what is read is what is written. */
function checkSpelling(text: string, url: URL, base: URL | undefined): void {
  const authority = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(text)?.[1]
  if (authority === undefined) {
    if (base?.origin === url.origin && !/^[a-z][a-z0-9+.-]*:/i.test(text)) return
    throw refused('its host does not stand between // and /')
  }
  if (authority === '' || /[@\\%]/.test(authority)) throw refused('between // and / stands more or less than a host and a port')
  const isIPv4 = parseAddress(url.hostname)?.family === 4
  if (isIPv4 && authority.replace(/:\d*$/, '') !== url.hostname) throw refused('its host is an address in another form than four decimal numbers')
}

function hostOf(url: URL): Pick<Target, 'host' | 'address'> {
  const written = url.hostname.replace(/^\[|\]$/g, '')
  const address = parseAddress(written)
  if (address) return { host: written, address }
  const host = written.replace(/\.$/, '')
  if (!isName(host)) throw refused('its host is no name')
  url.hostname = host
  // A setter of URL refuses in silence.
  if (url.hostname !== host) throw refused('its host is no name')
  return { host, address: undefined }
}

const refused = (reason: string) => fail('NEXUS_OUTBOUND_URL', { reason })
