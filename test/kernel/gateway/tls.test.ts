import { execFileSync } from 'node:child_process'
import { createPrivateKey, generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, request } from 'node:https'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:tls'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { pinOf, selfSigned } from '../../../kernel/gateway/certificate.ts'
import { tlsMaterial, type TlsMaterial, type TlsSettings } from '../../../kernel/gateway/tls.ts'
import { stateDir } from '../cli/spawn.ts'

const day = 86_400_000
const start = Date.UTC(2026, 0, 1)

let state: string
let dir: string
let now: number
let logs: [level: string, message: string][]
beforeEach(() => {
  state = stateDir()
  dir = join(state, 'tls')
  now = start
  logs = []
})
afterEach(() => {
  chmodSync(state, 0o700)
  rmSync(state, { recursive: true, force: true })
})
const material = (settings: TlsSettings): Promise<TlsMaterial> =>
  tlsMaterial(settings, { dir, now: () => now, log: { info: (message) => logs.push(['info', message]), warn: (message) => logs.push(['warn', message]) } })
const refused = (reason: string, file?: string) => ({ code: 'NEXUS_START_TLS', exit: 78, message: expect.stringMatching(new RegExp(`${file ?? ''}.*${reason}`)) as string, fix: expect.stringContaining('gateway.tls') as string })

function pair(over: { until?: number; type?: 'rsa512' } = {}) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return { cert: selfSigned({ key: privateKey, names: ['localhost'], from: start - 90 * day, until: over.until ?? start + day }), key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string }
}
function put(cert: string, key: string, mode = 0o600): Required<Pick<TlsSettings, 'cert' | 'key'>> {
  const files = { cert: join(state, 'my.pem'), key: join(state, 'my.key') }
  writeFileSync(files.cert, cert)
  writeFileSync(files.key, key)
  chmodSync(files.key, mode)
  return files
}

describe('a certificate that is generated', () => {
  test('is one that Node reads, for this machine, with the key that signed it', async () => {
    const { cert, key, pin, fingerprint256, minVersion } = await material({ generate: true })
    const read = new X509Certificate(cert)
    expect(read.checkPrivateKey(createPrivateKey(key))).toBe(true)
    expect(read.verify(read.publicKey)).toBe(true)
    for (const name of ['localhost', hostname()]) expect(read.checkHost(name)).toBeDefined()
    for (const address of ['127.0.0.1', '::1']) expect(read.checkIP(address)).toBe(address)
    for (const name of ['example.com', 'NEXUS gateway']) expect(read.checkHost(name)).toBeUndefined()
    expect(read.checkIP('127.0.0.2')).toBeUndefined()
    expect(read.ca).toBe(false)
    expect(Date.parse(read.validFrom)).toBe(start - 3_600_000)
    expect(Date.parse(read.validTo) - Date.parse(read.validFrom)).toBe(825 * day)
    expect({ fingerprint256, minVersion, pin }).toEqual({ fingerprint256: read.fingerprint256, minVersion: 'TLSv1.2', pin: pinOf(read) })
    expect(pin).toMatch(/^sha256\/[A-Za-z0-9+/]{43}=$/)
  })

  test.each([0o000, 0o022, 0o777])('is kept for its owner only, whatever the umask (%o)', async (mask) => {
    const before = process.umask(mask)
    try {
      await material({ generate: true })
    } finally {
      process.umask(before)
    }
    expect(readdirSync(dir).sort()).toEqual(['cert.pem', 'key.pem'])
    for (const name of ['cert.pem', 'key.pem']) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  test('stays until 30 days before its end; then it is a new one for the same key, so the pin stays', async () => {
    const first = await material({ generate: true })
    now = start - 3_600_000 + 795 * day - 1
    expect(await material({ generate: true })).toEqual(first)
    now++
    const second = await material({ generate: true })
    expect(second.cert).not.toBe(first.cert)
    expect(second.pin).toBe(first.pin)
    expect(await material({ generate: true })).toEqual(second)
    expect(logs.map(([, message]) => message)).toEqual(['made a key and a certificate for TLS', 'renewed the certificate for TLS; its pin stays'])
  })

  test.each([
    ['the certificate is gone', () => rmSync(join(dir, 'cert.pem')), true],
    ['the certificate is damaged', () => writeFileSync(join(dir, 'cert.pem'), '-----BEGIN CERTIFICATE-----\nAAAA'), true],
    ['the certificate is another key\'s', () => writeFileSync(join(dir, 'cert.pem'), pair().cert), true],
    ['the key is gone', () => rmSync(join(dir, 'key.pem')), false],
    ['the key is damaged', () => writeFileSync(join(dir, 'key.pem'), 'no key'), false],
    ['the key is of another kind', () => writeFileSync(join(dir, 'key.pem'), generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' })), false],
  ])('is whole again when %s', async (_, harm, samePin) => {
    const { pin } = await material({ generate: true })
    harm()
    const next = await material({ generate: true })
    expect(new X509Certificate(next.cert).checkPrivateKey(createPrivateKey(next.key))).toBe(true)
    expect(next.pin === pin).toBe(samePin)
  })

  test('stops the start where it cannot be kept', async () => {
    writeFileSync(dir, 'a file in its place')
    await expect(material({ generate: true })).rejects.toMatchObject(refused('cannot be read|can be kept', dir))
  })
})

describe('a certificate of the operator\'s', () => {
  test('is taken as it stands, with the chain behind it', async () => {
    const { cert, key } = pair()
    const chain = `${cert}${pair().cert}`
    expect(await material(put(chain, key))).toMatchObject({ cert: chain, key, pin: pinOf(new X509Certificate(cert)) })
    expect(logs).toEqual([])
  })

  test.each([0o640, 0o604, 0o666])('whose key others can read is taken with a warning (%o)', async (mode) => {
    const { cert, key } = pair()
    await material(put(cert, key, mode))
    expect(logs).toEqual([['warn', 'others than its owner can read the key for TLS']])
  })

  test.each<[string, () => TlsSettings, string]>([
    ['there is no certificate', () => ({ ...put('', ''), cert: '/nowhere/cert.pem' }), '/nowhere/cert.pem: it cannot be read \\(ENOENT\\)'],
    ['there is no key', () => ({ ...put(pair().cert, ''), key: '/nowhere/key.pem' }), '/nowhere/key.pem: it cannot be read \\(ENOENT\\)'],
    ['the certificate is none', () => put('hunter2', pair().key), 'my.pem: it holds no certificate'],
    ['the key is none', () => put(pair().cert, 'hunter2'), 'my.key: it holds no private key'],
    ['the key has a passphrase', () => put(pair().cert, generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'hunter2' }) as string), 'my.key: it holds no private key in PEM, or one with a passphrase'],
    ['the key is another certificate\'s', () => put(pair().cert, pair().key), 'my.key: it is not the key of the certificate in .*my.pem'],
    ['it has ended', () => { const { cert, key } = pair({ until: start - day }); return put(cert, key) }, 'my.pem: the certificate ended on 2025-12-31'],
    ['what follows it is none', () => { const { cert, key } = pair(); return put(`${cert}-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n`, key) }, 'my.pem: it is too weak for TLS, or what follows'],
    ['only one file is named', () => ({ cert: put('', '').cert }), 'gateway.tls: it names neither'],
    ['files are named and one is to be generated', () => ({ ...put('', ''), generate: true }), 'gateway.tls: it names neither'],
    ['nothing is named', () => ({}), 'gateway.tls: it names neither'],
  ])('stops the start when %s, and repeats nothing of it', async (_, settings, reason) => {
    const error = await material(settings()).then(() => undefined, (thrown: unknown) => thrown as Error)
    expect(error).toMatchObject(refused(reason))
    expect(error!.message).not.toMatch(/hunter2|BEGIN PRIVATE/)
  })

  test('stops the start when this user may not read it', async () => {
    if (process.getuid?.() === 0) return
    const { cert, key } = pair()
    const files = put(cert, key, 0o000)
    await expect(material(files)).rejects.toMatchObject(refused('it cannot be read \\(EACCES\\)', files.key))
  })
})

describe('a server with it', () => {
  async function serving(made: TlsMaterial) {
    const server = createServer(made, (_, res) => res.end('hello'))
    await once(server.listen(0, '127.0.0.1'), 'listening')
    const { port } = server.address() as AddressInfo
    const get = (options: object): Promise<number | undefined> => new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, agent: false, ...options }, (res) => { res.resume(); resolve(res.statusCode) }).on('error', reject).end()
    })
    return { server, port, get }
  }

  test('is trusted by whoever holds the certificate, under its names, and by nobody else', async () => {
    const made = await tlsMaterial({ generate: true }, { dir, now: Date.now, log: { info: () => {}, warn: () => {} } })
    const { server, get } = await serving(made)
    expect(await get({ ca: made.cert })).toBe(200)
    expect(await get({ ca: made.cert, servername: 'localhost' })).toBe(200)
    await expect(get({})).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    await expect(get({ ca: made.cert, servername: 'example.com' })).rejects.toMatchObject({ code: 'ERR_TLS_CERT_ALTNAME_INVALID' })
    await expect(get({ ca: pair().cert })).rejects.toThrow()
    server.close()
  })

  test('speaks TLS 1.2 and newer', async () => {
    const { server, port } = await serving(await material({ generate: true }))
    const speak = async (version: 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): Promise<string | null> => {
      const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' })
      await once(socket, 'secureConnect')
      const spoken = socket.getProtocol()
      socket.destroy()
      return spoken
    }
    expect(await speak('TLSv1.2')).toBe('TLSv1.2')
    expect(await speak('TLSv1.3')).toBe('TLSv1.3')
    await expect(speak('TLSv1.1')).rejects.toThrow()
    server.close()
  })
})

describe('what is encoded', () => {
  const key = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey
  const label = fc.stringMatching(/^[a-z]([a-z0-9-]{0,20}[a-z0-9])?$/)

  test('is read back the same, whatever names and dates, before 2050 and after', () => {
    const second = fc.integer({ min: 0, max: 7_000_000_000 }).map((s) => s * 1000)
    fc.assert(fc.property(fc.uniqueArray(fc.array(label, { minLength: 1, maxLength: 8 }).map((parts) => parts.join('.')), { minLength: 1, maxLength: 40 }), fc.array(fc.ipV4(), { maxLength: 3 }), second, second, (names, addresses, from, until) => {
      const read = new X509Certificate(selfSigned({ key, names: [...names, ...addresses, '::1'], from, until }))
      expect(read.subjectAltName).toBe([...names.map((name) => `DNS:${name}`), ...[...addresses, '0:0:0:0:0:0:0:1'].map((address) => `IP Address:${address}`)].join(', '))
      expect([Date.parse(read.validFrom), Date.parse(read.validTo)]).toEqual([from, until])
      expect(read.verify(read.publicKey)).toBe(true)
      expect(read.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/)
    }), { numRuns: 300 })
  })

  test('has a number of its own each time', () => {
    const numbers = Array.from({ length: 200 }, () => new X509Certificate(selfSigned({ key, names: ['localhost'], from: 0, until: day })).serialNumber)
    expect(new Set(numbers).size).toBe(200)
  })

  const openssl = (() => {
    try { return execFileSync('openssl', ['version'], { encoding: 'utf8' }) } catch { return undefined }
  })()
  test.skipIf(openssl === undefined)('is what OpenSSL reads and verifies, strictly', async () => {
    const made = await tlsMaterial({ generate: true }, { dir, now: Date.now, log: { info: () => {}, warn: () => {} } })
    const file = join(dir, 'cert.pem')
    const text = execFileSync('openssl', ['x509', '-in', file, '-text', '-noout'], { encoding: 'utf8' })
    for (const part of ['Version: 3', 'ecdsa-with-SHA256', 'ASN1 OID: prime256v1', 'CA:FALSE', 'Digital Signature', 'TLS Web Server Authentication', 'DNS:localhost, IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1']) expect(text).toContain(part)
    expect(execFileSync('openssl', ['verify', '-x509_strict', '-purpose', 'sslserver', '-CAfile', file, file], { encoding: 'utf8' })).toContain('OK')
    const spki = execFileSync('sh', ['-c', `openssl x509 -in "${file}" -pubkey -noout | openssl pkey -pubin -outform der | openssl dgst -sha256 -binary | openssl base64`], { encoding: 'utf8' }).trim()
    expect(made.pin).toBe(`sha256/${spki}`)
  })
})

test('the folder is made with what is missing above it', async () => {
  dir = join(state, 'deep', 'er', 'tls')
  mkdirSync(join(state, 'deep'))
  const { cert } = await material({ generate: true })
  expect(readFileSync(join(dir, 'cert.pem'), 'utf8')).toBe(cert)
})
