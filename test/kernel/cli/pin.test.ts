/** What a command line dares to talk to over a network: nothing plain, and no certificate that is not the one meant. */
import { execFile } from 'node:child_process'
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createPlain } from 'node:http'
import { createServer, type Server } from 'node:https'
import { createServer as createTcp, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { callGateway, findGateway, type Gateway } from '../../../kernel/cli/rpc.ts'
import { openSocket } from '../../../kernel/cli/socket.ts'
import { pinOf, selfSigned } from '../../../kernel/gateway/certificate.ts'
import { acquireLock } from '../../../kernel/cli/lock.ts'
import { statePaths } from '../../../kernel/paths.ts'
import { root } from '../../fixtures/built.ts'
import { stateDir } from './spawn.ts'

const day = 86_400_000
function pair(names = ['localhost', '127.0.0.1'], until = Date.now() + 30 * day) {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const cert = selfSigned({ key: privateKey, names, from: Date.now() - 60 * day, until })
  return { cert, key: privateKey.export({ type: 'pkcs8', format: 'pem' }) as string, pin: pinOf(new X509Certificate(cert)) }
}
const [own, other] = [pair(), pair()]

let state: string
let server: Server
let url: string
let heard: string[]

beforeEach(async () => {
  state = stateDir()
  heard = []
  server = createServer({ cert: own.cert, key: own.key }, (req, res) => {
    heard.push(String(req.headers.authorization))
    req.resume().on('end', () => res.end('{"ok":true,"payload":"pong"}'))
  })
  new WebSocketServer({ server }).on('connection', (peer) => {
    peer.send('{"type":"event","event":"connect.challenge","payload":{}}')
    peer.on('message', (data) => {
      heard.push(String(data))
      peer.send(JSON.stringify({ type: 'res', id: (JSON.parse(String(data)) as { id: string }).id, ok: true, payload: {} }))
    })
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
  rmSync(state, { recursive: true, force: true })
})

const find = (at: string, env: NodeJS.ProcessEnv = {}, tlsPin?: string): Promise<Gateway> =>
  findGateway({ url: at, tokenFile: undefined, tlsPin }, { NEXUS_TOKEN: 'tok', ...env }, statePaths({ NEXUS_STATE_DIR: state }))
const ping = (gateway: Gateway): Promise<unknown> => callGateway(gateway, 'ping', undefined, { timeoutMs: 5_000 })
const follow = async (gateway: Gateway): Promise<unknown> => { await using socket = await openSocket(gateway, 5_000); return socket.methods }

describe('plain HTTP and WebSocket', () => {
  test.each(['http://gateway.example', 'ws://gateway.example:19789', 'http://10.0.0.1:1', 'http://0.0.0.0:1', 'http://[::]:1', 'http://[fe80::1]:1', 'http://[::ffff:127.0.0.1]:1', 'http://127.0.0.1.example:1', 'http://localhost.example:1', 'http://128.0.0.1:1'])('to %s is refused', async (at) => {
    await expect(find(at)).rejects.toMatchObject({ code: 'NEXUS_CLI_PLAIN', exit: 2, fix: expect.stringContaining('NEXUS_INSECURE=1') as string })
    await expect(find(at, { NEXUS_INSECURE: 'true' })).rejects.toMatchObject({ code: 'NEXUS_CLI_PLAIN' })
    await expect(find(at, { NEXUS_INSECURE: '1' })).resolves.toMatchObject({ token: 'tok', trust: undefined })
    await expect(find(at.replace(/^http/, 'https').replace(/^ws/, 'wss'))).resolves.toMatchObject({ token: 'tok' })
  })

  test.each(['http://127.0.0.1:1', 'ws://127.8.9.10:1', 'http://localhost:1', 'http://LOCALHOST:1', 'http://[::1]:1', 'http://127.1:1', 'http://2130706433:1'])('to %s stays on this machine', async (at) => {
    expect(await find(at)).toMatchObject({ token: 'tok' })
  })

  test('no packet goes out before the refusal', async () => {
    const touched: unknown[] = []
    const trap = createPlain((req, res) => { touched.push(req.url); res.end() }).on('connection', (socket) => touched.push(socket))
    await once(trap.listen(0, '0.0.0.0'), 'listening')
    await expect(find(`http://0.0.0.0:${(trap.address() as AddressInfo).port}`)).rejects.toMatchObject({ code: 'NEXUS_CLI_PLAIN' })
    expect(touched).toEqual([])
    trap.close()
  })
})

describe.each([['a call', ping], ['a WebSocket', follow]] as const)('%s over TLS', (_, come) => {
  test('to a certificate that signs itself says nothing, and says what is missing', async () => {
    await expect(come(await find(url))).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE', message: expect.stringContaining('NEXUS_TLS_PIN') as string })
    expect(heard).toEqual([])
  })

  test('trusts the pin of the environment, and before that the pin of the line', async () => {
    await come(await find(url, { NEXUS_TLS_PIN: own.pin }))
    await come(await find(url, { NEXUS_TLS_PIN: other.pin }, own.pin))
    expect(heard.join()).toContain('tok')
  })

  test('to a key of another pin says nothing, and names both', async () => {
    await expect(come(await find(url, { NEXUS_TLS_PIN: other.pin }))).rejects.toMatchObject({ code: 'NEXUS_CLI_PIN', exit: 77, message: expect.stringMatching(new RegExp(`${own.pin.replace(/[+/]/g, '\\$&')}.*${other.pin.replace(/[+/]/g, '\\$&')}`)) as string })
    expect(heard).toEqual([])
  })

  test('trusts a pin whatever name and dates are in the certificate: the key is what counts', async () => {
    const old = pair(['elsewhere.example'], Date.now() - day)
    server.setSecureContext({ cert: old.cert, key: old.key })
    await come(await find(url, { NEXUS_TLS_PIN: old.pin }))
    expect(heard).toHaveLength(1)
  })

  test('trusts exactly the certificate that this state directory\'s gateway has made', async () => {
    mkdirSync(join(state, 'tls'))
    writeFileSync(join(state, 'tls', 'cert.pem'), own.cert)
    const paths = statePaths({ NEXUS_STATE_DIR: state })
    const lock = await acquireLock(paths)
    try {
      // Not before it is this gateway's port.
      await expect(come(await find(url))).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE' })
      lock.publish({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
      await come(await find(url))
      expect((await find(url)).trust).toEqual({ pin: own.pin, orChain: true })
      expect((await find(url, { NEXUS_TLS_PIN: other.pin })).trust).toEqual({ pin: other.pin, orChain: false })
      writeFileSync(join(state, 'tls', 'cert.pem'), other.cert)
      heard = []
      await expect(come(await find(url))).rejects.toMatchObject({ code: 'NEXUS_CLI_PIN' })
      expect(heard).toEqual([])
    } finally {
      lock.release()
    }
  })

  test('gives up in time on what never shakes hands', async () => {
    const silent = createTcp().listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const gateway = await find(`https://127.0.0.1:${(silent.address() as AddressInfo).port}`, { NEXUS_TLS_PIN: own.pin })
    await expect(come === ping ? callGateway(gateway, 'ping', undefined, { timeoutMs: 200 }) : openSocket(gateway, 200)).rejects.toMatchObject({ code: 'NEXUS_CLI_TIMEOUT' })
    silent.close()
  })
})

test('a certificate made by us is left behind when the gateway is given one that Node trusts, and then that one does', async () => {
  const ca = join(state, 'ca.pem')
  writeFileSync(ca, own.cert)
  const script = `
    import { trustedSocket } from ${JSON.stringify(join(root, 'kernel/cli/pin.ts'))}
    for (const orChain of [true, false]) {
      const said = await trustedSocket(new URL(${JSON.stringify(url)}), { pin: ${JSON.stringify(other.pin)}, orChain }, AbortSignal.timeout(5_000)).then((socket) => { socket.destroy(); return 'trusted' }, (error) => error.code)
      console.log(said)
    }`
  const file = join(state, 'trust.mts')
  writeFileSync(file, script)
  const run = (env: NodeJS.ProcessEnv) => promisify(execFile)(process.execPath, ['--import', 'jiti/register', file], { cwd: root, env })
  expect((await run({ NODE_EXTRA_CA_CERTS: ca })).stdout).toBe('trusted\nNEXUS_CLI_PIN\n')
  expect((await run({})).stdout).toBe('NEXUS_CLI_PIN\nNEXUS_CLI_PIN\n')
})

test('a pin takes no part where the protocol is too old to be safe', async () => {
  const old = createServer({ cert: own.cert, key: own.key, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' }, (_, res) => res.end('{"ok":true}'))
  await once(old.listen(0, '127.0.0.1'), 'listening')
  await expect(ping(await find(`https://127.0.0.1:${(old.address() as AddressInfo).port}`, { NEXUS_TLS_PIN: own.pin }))).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE' })
  old.close()
})

test.each(['sha256/short=', own.pin.slice(7), own.pin.toLowerCase().replace('=', ''), `sha1/${'A'.repeat(43)}=`])('what is no pin is refused: %s', async (pin) => {
  await expect(find(url, { NEXUS_TLS_PIN: pin })).rejects.toMatchObject({ code: 'NEXUS_CLI_USAGE' })
})

test('a connection that is cut off before its key is known is no gateway\'s', async () => {
  const cut = createTcp((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(cut, 'listening')
  const { port } = cut.address() as AddressInfo
  await expect(ping(await find(`https://127.0.0.1:${port}`, { NEXUS_TLS_PIN: own.pin }))).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE' })
  cut.close()
  await once(cut, 'close')
  await expect(ping(await find(`https://127.0.0.1:${port}`, { NEXUS_TLS_PIN: own.pin }))).rejects.toMatchObject({ code: 'NEXUS_CLI_NO_GATEWAY' })
})
