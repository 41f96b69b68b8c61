/** TLS to a gateway that nobody vouches for: instead of the chain, the key in its certificate is what counts. */
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import { pinOf } from '../gateway/certificate.ts'
import { fail, misused } from './errors.ts'

export interface Trust {
  readonly pin: string
  /** A certificate that Node trusts, for this name, does as well. */
  readonly orChain: boolean
}

/** What was given, else the certificate that the gateway of this state directory has made for itself. */
export async function trustIn(given: string | undefined, state: string | undefined): Promise<Trust | undefined> {
  if (given) {
    if (!/^sha256\/[A-Za-z0-9+/]{43}=$/.test(given)) throw misused('a pin looks like sha256/ and 44 characters of base64', 'The gateway shows its pin when it starts; give it in NEXUS_TLS_PIN.')
    return { pin: given, orChain: false }
  }
  const pem = state === undefined ? undefined : await readFile(join(state, 'tls', 'cert.pem')).catch(() => undefined)
  // It stays there when the gateway is given another certificate.
  return pem && { pin: pinOf(new X509Certificate(pem)), orChain: true }
}

/** Connected and found to be the one that is meant; nothing has been said to it. Throws NEXUS_CLI_PIN. */
export async function trustedSocket({ hostname, port, host: place }: URL, { pin, orChain }: Trust, signal: AbortSignal): Promise<TLSSocket> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const socket = connect({ host, port: Number(port || 443), rejectUnauthorized: false, minVersion: 'TLSv1.2', ...(isIP(host) === 0 && { servername: host }) })
  try {
    await once(socket, 'secureConnect', { signal })
    const shown = socket.getPeerX509Certificate()
    const found = shown ? pinOf(shown) : 'of none'
    if (found !== pin && !(orChain && socket.authorized)) throw fail('NEXUS_CLI_PIN', { place, found, wanted: pin })
    return socket
  } catch (error) {
    socket.on('error', () => {}).destroy() // what went wrong first is thrown
    throw error
  }
}
