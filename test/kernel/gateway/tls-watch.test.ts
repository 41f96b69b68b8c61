/** Certificates that change while the gateway serves. */
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { connect } from 'node:tls'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { pinOf, selfSigned } from '../../../kernel/gateway/certificate.ts'
import { tlsMaterial, watchTls, type TlsMaterial, type TlsSettings } from '../../../kernel/gateway/tls.ts'
import { stateDir } from '../cli/spawn.ts'

const day = 86_400_000
const everyMs = 10

let state: string
let now: number
let asked: number
let warned: string[]
let changes: TlsMaterial[]
let watch: { close(): void } | undefined
beforeEach(() => {
  state = stateDir()
  now = Date.now()
  asked = 0
  warned = []
  changes = []
})
afterEach(() => {
  watch?.close()
  watch = undefined
  rmSync(state, { recursive: true, force: true })
})

function pair() {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = selfSigned({ key: privateKey, names: ['localhost'], from: now - day, until: now + 90 * day })
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, pin: pinOf(new X509Certificate(cert)) }
}
const files = () => ({ cert: join(state, 'my.pem'), key: join(state, 'my.key') })
const place = () => ({ dir: join(state, 'tls'), now: () => { asked++; return now }, log: { info: () => {}, warn: (message: string, fields?: object) => warned.push(`${message} ${String((fields as { error?: Error } | undefined)?.error?.message ?? '')}`) } })
/** Whole or not at all: half a file would be a fault of its own. */
function put(name: 'cert' | 'key', text: string): void {
  writeFileSync(join(state, 'draft'), text, { mode: 0o600 })
  renameSync(join(state, 'draft'), files()[name])
}

async function watching(settings: TlsSettings, onChange: (material: TlsMaterial) => void = () => {}): Promise<TlsMaterial> {
  const first = await tlsMaterial(settings, place())
  watch = watchTls(settings, place(), first, (material) => { onChange(material); changes.push(material) }, everyMs)
  return first
}
async function watchingFiles(onChange?: (material: TlsMaterial) => void) {
  const first = pair()
  put('cert', first.cert)
  put('key', first.key)
  await watching(files(), onChange)
  // The first look reads the files, and asks for the time then.
  await expect.poll(() => asked).toBeGreaterThanOrEqual(2)
  return first
}
const looks = (n: number): Promise<void> => sleep(n * everyMs * 2)

test('a whole new pair is handed on once, also when the two files come one after the other', async () => {
  await watchingFiles()
  const next = pair()
  put('cert', next.cert)
  await expect.poll(() => warned.length).toBe(1)
  expect(changes).toEqual([])
  expect(warned[0]).toContain('it is not the key of the certificate')
  put('key', next.key)
  await expect.poll(() => changes.length).toBe(1)
  await looks(5)
  expect(changes).toMatchObject([{ cert: next.cert, key: next.key, pin: next.pin, minVersion: 'TLSv1.2' }])
})

test.each([
  ['damaged', () => put('cert', 'none')],
  ['gone', () => rmSync(files().key)],
  ['of another pair', () => put('key', pair().key)],
])('one that is %s changes nothing and is said once; the next good one is taken', async (_, harm) => {
  await watchingFiles()
  harm()
  await expect.poll(() => warned.length).toBe(1)
  await looks(5)
  expect(warned).toHaveLength(1)
  expect(changes).toEqual([])
  const next = pair()
  put('key', next.key)
  put('cert', next.cert)
  await expect.poll(() => changes.at(-1)?.pin).toBe(next.pin)
})

test('what was only touched is no change', async () => {
  const first = await watchingFiles()
  utimesSync(files().cert, 1, 1)
  put('key', first.key)
  await looks(5)
  expect(changes).toEqual([])
  expect(warned).toEqual([])
})

test('links that are turned to other files are followed', async () => {
  const [first, next] = [pair(), pair()]
  for (const [name, { cert, key }] of [['1', first], ['2', next]] as const) {
    writeFileSync(join(state, `cert${name}`), cert)
    writeFileSync(join(state, `key${name}`), key, { mode: 0o600 })
  }
  for (const name of ['cert', 'key'] as const) symlinkSync(join(state, `${name}1`), files()[name])
  await watching(files())
  for (const name of ['cert', 'key'] as const) {
    symlinkSync(join(state, `${name}2`), join(state, 'turned'))
    renameSync(join(state, 'turned'), files()[name])
  }
  await expect.poll(() => changes.at(-1)?.pin).toBe(next.pin)
})

test('a change between the start and the first look is seen', async () => {
  const first = pair()
  put('cert', first.cert)
  put('key', first.key)
  await watching(files())
  const next = pair()
  put('key', next.key)
  put('cert', next.cert)
  await expect.poll(() => changes.at(-1)?.pin).toBe(next.pin)
})

test('one that the server will not have is not taken for the one that holds', async () => {
  let willing = false
  await watchingFiles(() => { if (!willing) throw new Error('no') })
  const next = pair()
  put('key', next.key)
  put('cert', next.cert)
  await expect.poll(() => warned.some((line) => line.endsWith(' no'))).toBe(true)
  willing = true
  utimesSync(files().cert, 1, 1)
  await expect.poll(() => changes.at(-1)?.pin).toBe(next.pin)
})

test('a generated one is renewed 30 days before its end, with the same pin', async () => {
  const first = await watching({ generate: true })
  await looks(3)
  expect(changes).toEqual([])
  now += 796 * day
  await expect.poll(() => changes.length).toBe(1)
  expect(changes[0]).toMatchObject({ pin: first.pin })
  expect(changes[0]!.cert).not.toBe(first.cert)
  await looks(3)
  expect(changes).toHaveLength(1)
})

test('a renewal that fails is said once an hour, and the old one stays', async () => {
  await watching({ generate: true })
  rmSync(join(state, 'tls'), { recursive: true })
  writeFileSync(join(state, 'tls'), 'a file in its place')
  now += 796 * day
  await expect.poll(() => warned.length).toBe(1)
  await looks(5)
  expect(warned).toHaveLength(1)
  now += 3_600_000
  await expect.poll(() => warned.length).toBe(2)
  expect(changes).toEqual([])
})

test('after the end of the watch nothing is looked at', async () => {
  await watchingFiles()
  watch!.close()
  const next = pair()
  put('key', next.key)
  put('cert', next.cert)
  await looks(5)
  expect(changes).toEqual([])
})

test('a server shows the new one to whoever comes next, and those who are there stay', async () => {
  const first = pair()
  put('cert', first.cert)
  put('key', first.key)
  const server = createServer(await tlsMaterial(files(), place()))
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const come = async () => {
    const socket = connect({ host: '127.0.0.1', port, rejectUnauthorized: false })
    await once(socket, 'secureConnect')
    return { socket, pin: pinOf(socket.getPeerX509Certificate()!) }
  }
  await watching(files(), (material) => server.setSecureContext(material))
  const before = await come()
  expect(before.pin).toBe(first.pin)
  const next = pair()
  put('key', next.key)
  put('cert', next.cert)
  await expect.poll(async () => { const { socket, pin } = await come(); socket.destroy(); return pin }).toBe(next.pin)
  expect(before.socket.destroyed).toBe(false)
  before.socket.destroy()
  server.close()
})
