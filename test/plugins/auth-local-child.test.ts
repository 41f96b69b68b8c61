/** The unix socket as programs meet it: a client that can read the secret, one that cannot, and a child that may open no file. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { connectionAuthenticate, definePlugin, method } from 'nexus-gateway/sdk'
import { proofFor } from '../../kernel/cli/local-proof.ts'
import { callGateway, type Gateway as Place } from '../../kernel/cli/rpc.ts'
import { openSocket } from '../../kernel/cli/socket.ts'
import { createGateway, type Gateway } from '../../kernel/gateway/gateway.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import { authenticate } from '../../plugins/auth/authenticate.ts'
import { createLocalSecret } from '../../plugins/auth/ways/local-secret.ts'
import { localSocket } from '../../plugins/auth/ways/local.ts'
import { guard, kernelOf } from '../kernel/harness.ts'

let state: string
let place: Place
let kernel: Kernel
let gateway: Gateway

const desk = definePlugin({ id: 'desk', methods: { 'desk.who': method({ scope: 'operator.admin' }) }, setup: () => ({ methods: { 'desk.who': (_, call) => call.caller.id } }) })

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'nexus-local-'))
  place = { place: state, url: undefined, socket: join(state, 'gateway.sock'), local: join(state, 'auth', 'local'), token: undefined, trust: undefined }
  const secret = await createLocalSecret(place.local)
  const door = definePlugin({
    id: 'door', capabilities: ['tap:connection.authenticate'],
    setup(ctx) {
      const road = { ways: [localSocket(secret, () => ctx.clock.now())], conditions: [], attempts: undefined }
      ctx.tap(connectionAuthenticate, (asked) => authenticate(asked, road))
    },
  })
  kernel = kernelOf([guard, door, desk])
  await kernel.start()
  gateway = createGateway(kernel)
  await gateway.listen({ socketPath: place.socket })
})
afterEach(async () => {
  await gateway.close({ deadlineMs: 500 })
  await kernel.close({ deadlineMs: 300 })
  await rm(state, { recursive: true, force: true })
})

const options = { timeoutMs: 5_000 }
const post = (headers: Record<string, string>): Promise<{ status: number | undefined; proof: unknown; code: unknown }> => new Promise((resolve, reject) => {
  const req = request({ socketPath: place.socket, path: '/rpc', method: 'POST', headers }, (res) => {
    let text = ''
    res.on('data', (part: Buffer) => { text += String(part) }).on('end', () => resolve({ status: res.statusCode, proof: res.headers['x-nexus-proof'], code: (JSON.parse(text) as { error?: { details?: { code?: string } } }).error?.details?.code }))
  })
  req.on('error', reject).end('{"method":"desk.who"}')
})

test('the command line gets in by the file alone, over HTTP and over a WebSocket, as often as it likes', async () => {
  expect(await callGateway(place, 'desk.who', undefined, options)).toBe('local')
  expect(await callGateway(place, 'desk.who', undefined, options)).toBe('local')
  await using socket = await openSocket(place, 5_000)
  expect(socket.methods).toContain('desk.who')
  expect(await socket.call('desk.who')).toBe('local')
})

test('the socket without the file is the way in of nobody', async () => {
  expect(await post({})).toEqual({ status: 401, proof: undefined, code: 'AUTH_TOKEN_MISSING' })
  await rm(place.local)
  await expect(callGateway(place, 'desk.who', undefined, options)).rejects.toMatchObject({ code: 'NEXUS_CALL_UNAUTHENTICATED' })
  await expect(openSocket(place, 5_000)).rejects.toMatchObject({ code: 'NEXUS_CALL_UNAUTHENTICATED' })
})

test('a proof is good for one request, on either transport', async () => {
  const { header, answer } = proofFor((await readFile(place.local, 'utf8')).split('\n', 1)[0]!, Date.now(), randomBytes(16).toString('base64url'))
  expect(await post({ 'x-nexus-local': header })).toEqual({ status: 200, proof: answer, code: undefined })
  expect(await post({ 'x-nexus-local': header })).toMatchObject({ status: 401, proof: undefined, code: 'AUTH_LOCAL_PROOF' })
})

test('another gateway\'s secret lets nobody in, and the client says that they do not know each other', async () => {
  await writeFile(place.local, `${randomBytes(32).toString('base64url')}\n`)
  await expect(callGateway(place, 'desk.who', undefined, options)).rejects.toMatchObject({ code: 'NEXUS_CLI_IMPOSTOR', message: expect.stringContaining('AUTH_LOCAL_PROOF') as string })
  await expect(openSocket(place, 5_000)).rejects.toMatchObject({ code: 'NEXUS_CLI_IMPOSTOR' })
})

// Node's permission model stops files and not unix sockets; from the version on that gates the network, the child is given it.
const known = process.allowedNodeEnvironmentFlags
const flag = ['--permission', '--experimental-permission'].find((name) => known.has(name))

const child = `
const { readFileSync } = require('node:fs')
const { request } = require('node:http')
const [, socketPath, secret] = process.argv
const said = {}
try { said.file = readFileSync(secret, 'utf8') } catch (error) { said.file = error.code }
const req = request({ socketPath, path: '/rpc', method: 'POST' }, (res) => {
  said.status = res.statusCode
  let text = ''
  res.on('data', (part) => { text += part }).on('end', () => { said.code = JSON.parse(text).error?.details?.code; console.log(JSON.stringify(said)) })
})
req.on('error', (error) => { said.socket = error.code; console.log(JSON.stringify(said)) }).end('{"method":"desk.who"}')
`

test.skipIf(flag === undefined)('a child that may open no file can reach the socket, and is refused: it cannot read the secret', async () => {
  const home = await mkdtemp(join(tmpdir(), 'nexus-child-'))
  try {
    const run = (args: readonly string[]) => promisify(execFile)(process.execPath, [...args, '-e', child, place.socket, place.local], { cwd: home, env: {} })
    const free = JSON.parse((await run([])).stdout) as { file: string }
    expect(free.file).toBe(await readFile(place.local, 'utf8'))
    const { stdout } = await run([flag!, `--allow-fs-read=${home}`, ...(known.has('--allow-net') ? ['--allow-net'] : [])])
    expect(JSON.parse(stdout)).toEqual({ file: 'ERR_ACCESS_DENIED', status: 401, code: 'AUTH_TOKEN_MISSING' })
  } finally {
    await rm(home, { recursive: true, force: true })
  }
})

test('who may not read the file is asked for another credential, and demands no proof', async () => {
  if (process.getuid?.() === 0) await rm(place.local)
  else await chmod(place.local, 0o000)
  await expect(callGateway(place, 'desk.who', undefined, options)).rejects.toMatchObject({ code: 'NEXUS_CALL_UNAUTHENTICATED' })
})
