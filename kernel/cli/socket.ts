/** A WebSocket to the gateway for commands that follow events. Only they load `ws`. */
import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import type { TLSSocket } from 'node:tls'
import type { CommandSocket } from '../command.ts'
import { packageJson } from './catalog.ts'
import { fail } from './errors.ts'
import { newProof } from './local-proof.ts'
import type { Trust } from './pin.ts'
import { impostor, remoteError, unreachable, type Gateway } from './rpc.ts'

export interface GatewaySocket extends CommandSocket {
  /** The methods this connection may call. */
  readonly methods: readonly string[]
}

interface Frame { readonly type?: string; readonly id?: string; readonly ok?: boolean; readonly payload?: unknown; readonly error?: unknown; readonly event?: string }
interface Waiting { resolve(payload: unknown): void; reject(error: unknown): void }

const MAX_PAYLOAD = 64 * 1024 * 1024
const scopes = ['operator.admin', 'operator.read', 'operator.write', 'operator.approvals', 'operator.pairing']

/** Connects and shakes hands as an operator. Throws what `callGateway` throws. */
export async function openSocket(gateway: Gateway, timeoutMs: number): Promise<GatewaySocket> {
  const { WebSocket } = await import('ws')
  const address = gateway.url ? gateway.url.href.replace(/^http/, 'ws') : 'ws://localhost/'
  const trusted = gateway.url && gateway.trust && await checked(gateway, gateway.url, gateway.trust, timeoutMs)
  const createConnection = trusted ? () => trusted : gateway.url ? undefined : () => connect(gateway.socket)
  const proof = newProof(gateway)
  const ws = new WebSocket(address, {
    perMessageDeflate: false, maxPayload: MAX_PAYLOAD, handshakeTimeout: timeoutMs, minVersion: 'TLSv1.2',
    ...(createConnection && { createConnection }), ...(proof && { headers: { 'x-nexus-local': proof.header } }),
  })
  const waiting = new Map<string, Waiting>()
  const listeners = new Map<string, Set<(payload: never) => void>>()
  let reason: unknown = new Error('the connection is closed')
  let proven = proof === undefined

  const call = (method: string, params?: unknown): Promise<unknown> => new Promise((resolve, reject) => {
    if (ws.readyState !== WebSocket.OPEN) return reject(unreachable(reason, gateway))
    const id = randomUUID()
    waiting.set(id, { resolve, reject })
    ws.send(JSON.stringify({ type: 'req', id, method, ...(params !== undefined && { params }) }))
  })
  const on: CommandSocket['on'] = (event, fn) => {
    const set = listeners.get(event) ?? new Set()
    listeners.set(event, set.add(fn))
    return () => void set.delete(fn)
  }
  const closed = new Promise<void>((resolve) => {
    ws.on('close', (code, text) => {
      if (code !== 1000 && text.length > 0) reason = new Error(`it closed the connection (${code} ${text})`)
      for (const { reject } of waiting.values()) reject(unreachable(reason, gateway))
      waiting.clear()
      resolve()
    })
  })
  ws.on('error', (error) => { reason = error })
  ws.on('message', (data) => {
    const frame = parse(String(data))
    if (!frame) {
      reason = new Error('it sent what is no frame')
      return ws.terminate()
    }
    if (frame.type === 'event') for (const fn of listeners.get(frame.event ?? '') ?? []) fn(frame.payload as never)
    const asked = frame.type === 'res' ? waiting.get(frame.id ?? '') : undefined
    if (!asked) return
    waiting.delete(frame.id!)
    if (frame.ok) asked.resolve(frame.payload)
    else asked.reject(proven ? remoteError(frame.error, gateway.place) : impostor(gateway, frame.error))
  })

  const slow = setTimeout(() => {
    reason = fail('NEXUS_CLI_TIMEOUT', { method: 'connect', ms: timeoutMs })
    ws.terminate()
  }, timeoutMs)
  try {
    const hello = await new Promise<unknown>((resolve, reject) => {
      on('connect.challenge', () => void call('connect', introduction(gateway)).then(resolve, reject))
      void closed.then(() => reject(unreachable(reason, gateway)))
    }) as { features?: { methods?: string[] }; auth?: { proof?: string } } | undefined
    if (proof && hello?.auth?.proof !== proof.answer) throw impostor(gateway, undefined)
    proven = true
    return {
      call, on, closed, methods: hello?.features?.methods ?? [],
      async [Symbol.asyncDispose]() {
        ws.close(1000)
        await closed
      },
    }
  } catch (error) {
    ws.terminate()
    throw error
  } finally {
    clearTimeout(slow)
  }
}

/** To a certificate that is known by its key. */
async function checked(gateway: Gateway, url: URL, trust: Trust, timeoutMs: number): Promise<TLSSocket> {
  const { trustedSocket } = await import('./pin.ts')
  const signal = AbortSignal.timeout(timeoutMs)
  return trustedSocket(url, trust, signal).catch((error: unknown) => { throw signal.aborted ? fail('NEXUS_CLI_TIMEOUT', { method: 'connect', ms: timeoutMs }) : unreachable(error, gateway) })
}

const introduction = ({ token }: Gateway): unknown => ({
  minProtocol: 3, maxProtocol: 4, role: 'operator', scopes, caps: ['tool-events'],
  client: { id: 'cli', version: packageJson().version, platform: process.platform, mode: 'cli', instanceId: randomUUID() },
  ...(token && { auth: { token } }),
})

function parse(text: string): Frame | undefined {
  try {
    return JSON.parse(text) as Frame
  } catch {
    return undefined // the caller says what is wrong
  }
}
