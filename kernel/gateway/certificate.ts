/** A certificate that signs itself, in as much of DER as it takes, and the pin of any. RFC 5280. */
import { createHash, createPublicKey, randomBytes, sign, type KeyObject, type X509Certificate } from 'node:crypto'
import { isIPv4 } from 'node:net'

/** SHA-256 of the key in it: a certificate renewed for the same key has the same pin. */
export const pinOf = ({ publicKey }: Pick<X509Certificate, 'publicKey'>): string => `sha256/${createHash('sha256').update(publicKey.export({ type: 'spki', format: 'der' })).digest('base64')}`

export interface CertificateRequest {
  /** Private, on the curve P-256. */
  readonly key: KeyObject
  /** DNS names, 127.0.0.1 or ::1. */
  readonly names: readonly string[]
  /** Milliseconds since the epoch. */
  readonly from: number
  readonly until: number
}

const oids = {
  ecdsaWithSha256: '2a8648ce3d040302', commonName: '550403', serverAuth: '2b06010505070301',
  keyUsage: '551d0f', subjectAltName: '551d11', basicConstraints: '551d13', extendedKeyUsage: '551d25',
}

/** For a server, and for nothing else: it cannot sign another. PEM. */
export function selfSigned({ key, names, from, until }: CertificateRequest): string {
  const algorithm = sequence(oid(oids.ecdsaWithSha256))
  const name = sequence(tlv(0x31, sequence(oid(oids.commonName), tlv(0x0c, Buffer.from('NEXUS gateway')))))
  const serial = randomBytes(16)
  serial[0] = (serial[0]! & 0x3f) | 0x40 // positive, and no byte too many
  const body = sequence(
    tlv(0xa0, tlv(0x02, Buffer.of(2))), tlv(0x02, serial), algorithm, name, sequence(time(from), time(until)), name,
    createPublicKey(key).export({ type: 'spki', format: 'der' }),
    tlv(0xa3, sequence(
      extension(oids.basicConstraints, true, sequence()),
      extension(oids.keyUsage, true, bits(Buffer.of(0x80), 7)), // digitalSignature
      extension(oids.extendedKeyUsage, false, sequence(oid(oids.serverAuth))),
      extension(oids.subjectAltName, false, sequence(...names.map(altName))),
    )),
  )
  const der = sequence(body, algorithm, bits(sign('sha256', body, key)))
  return `-----BEGIN CERTIFICATE-----\n${der.toString('base64').replace(/.{1,64}/g, '$&\n')}-----END CERTIFICATE-----\n`
}

function tlv(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(parts)
  const length = body.length < 0x80 ? [body.length] : body.length < 0x100 ? [0x81, body.length] : [0x82, body.length >> 8, body.length & 0xff]
  return Buffer.concat([Buffer.of(tag, ...length), body])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => tlv(0x30, ...parts)
const oid = (hex: string): Buffer => tlv(0x06, Buffer.from(hex, 'hex'))
const bits = (bytes: Uint8Array, unused = 0): Buffer => tlv(0x03, Buffer.of(unused), bytes)
const extension = (id: string, critical: boolean, value: Uint8Array): Buffer => sequence(oid(id), ...(critical ? [tlv(0x01, Buffer.of(0xff))] : []), tlv(0x04, value))

/** Two digits of the year up to 2049, four from then on: DER has it so. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/\.\d+|[-:T]/g, '')
  return text < '2050' ? tlv(0x17, Buffer.from(text.slice(2))) : tlv(0x18, Buffer.from(text))
}

function altName(name: string): Buffer {
  if (isIPv4(name)) return tlv(0x87, Buffer.from(name.split('.').map(Number)))
  return name === '::1' ? tlv(0x87, Buffer.alloc(15), Buffer.of(1)) : tlv(0x82, Buffer.from(name))
}
