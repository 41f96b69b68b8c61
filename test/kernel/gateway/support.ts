/** A real kernel of small plugins behind a real gateway, and a client that speaks the wire by hand. */
import { mkdtemp, rm } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { definePlugin, event, method, route, type Plugin } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { WebSocket, type ClientOptions } from 'ws'
import type { Call } from '../../../kernel/contract.ts'
import { createGateway, type Gateway } from '../../../kernel/gateway/gateway.ts'
import type { Limits } from '../../../kernel/gateway/limits.ts'
import type { Kernel } from '../../../kernel/kernel.ts'
import { connectionAuthenticate, type AuthAnswer, type AuthRequest } from '../../../kernel/points.ts'
import type { Caller } from '../../../kernel/provenance.ts'
import { guard, kernelOf } from '../harness.ts'

const caller = (id: string, ...scopes: string[]): Caller => ({ id, role: 'operator', scopes: new Set(scopes), label: 'operator' })
export const tokens: Readonly<Record<string, Caller>> = {
  admin: caller('admin', 'operator.admin'),
  reader: caller('reader', 'operator.read'),
  writer: caller('writer', 'operator.write'),
}

/** Lets in who has one of `tokens`; a slow one takes its time, and the unix socket needs none. */
export const doorman = (authenticate?: (request: AuthRequest) => AuthAnswer | undefined | Promise<AuthAnswer | undefined>) => definePlugin({
  id: 'doorman',
  capabilities: ['tap:connection.authenticate'],
  setup(ctx) {
    ctx.tap(connectionAuthenticate, authenticate ?? ((request): AuthAnswer => {
      const known = request.token === undefined ? undefined : tokens[request.token]
      if (known) return { ok: true, caller: known }
      if (request.token === undefined && request.listener === 'unix') return { ok: true, caller: caller('local', 'operator.admin') }
      return request.token === undefined
        ? { ok: false, code: 'AUTH_TOKEN_MISSING', message: 'unauthorized: gateway token missing (provide gateway auth token)' }
        : { ok: false, code: 'AUTH_TOKEN_MISMATCH', message: 'unauthorized: gateway token mismatch (provide gateway auth token)' }
    }))
  },
})

/** Methods and events of every kind the gateway has to carry. `calls` are those that wait for their signal. */
export function desk() {
  const calls: Call[] = []
  const routed: { signal?: AbortSignal; ended: boolean }[] = []
  let emit: (name: 'news' | 'secret' | 'open', payload: unknown, options?: object) => void = () => { throw new Error('not set up') }
  const plugin = definePlugin({
    id: 'desk',
    paths: ['/desk', '/open', '/desk/deep'],
    methods: {
      'desk.echo': method({ scope: 'operator.read', params: v.strictObject({ data: v.optional(v.unknown()) }) }),
      'desk.later': method({ scope: 'operator.read', params: v.strictObject({ ms: v.number() }) }),
      'desk.wait': method({ scope: 'operator.read' }),
      'desk.manage': method({ scope: 'operator.admin' }),
      'desk.public': method({ scope: 'public' }),
      'desk.circle': method({ scope: 'operator.read' }),
      'desk.nothing': method({ scope: 'operator.read' }),
      'desk.break': method({ scope: 'operator.read' }),
      'desk.trace': method({ scope: 'operator.read' }),
      'desk.shout': method({ scope: 'operator.read', params: v.strictObject({ text: v.string() }) }),
    },
    events: {
      news: event({ scope: 'operator.read', payload: v.unknown() }),
      secret: event({ scope: 'operator.admin', payload: v.unknown() }),
      open: event({ scope: 'public', payload: v.unknown() }),
    },
    routes: {
      'GET /open': route({ scope: 'public' }),
      'GET /desk/item/:id': route({ scope: 'operator.read' }),
      'POST /desk/item/:id': route({ scope: 'operator.read' }),
      'GET /desk/stream': route({ scope: 'operator.read' }),
      'GET /desk/break': route({ scope: 'operator.read' }),
      'GET /desk/deep/:id': route({ scope: 'operator.read' }),
      'DELETE /desk/item/:id': route({ scope: 'operator.admin' }),
    },
    setup(ctx) {
      emit = (name, payload, options) => ctx.emit(name, payload, options)
      const circle: Record<string, unknown> = {}
      circle['self'] = circle
      return {
        methods: {
          'desk.echo': ({ data }) => data,
          'desk.later': async ({ ms }) => { await new Promise((resolve) => setTimeout(resolve, ms)); return ms },
          'desk.wait': (_, call) => new Promise((_resolve, reject) => {
            calls.push(call)
            call.signal.addEventListener('abort', () => reject(new Error('gone')))
          }),
          'desk.manage': () => 'done',
          'desk.public': (_, call) => call.caller.id,
          'desk.circle': () => circle,
          'desk.nothing': () => undefined,
          'desk.break': () => { throw new Error('a secret of the inside') },
          'desk.trace': (_, call) => call.trace,
          'desk.shout': ({ text }) => { ctx.emit('news', text); return 'shouted' },
        },
        routes: {
          'GET /open': (c, call) => c.json({ caller: call.caller.id }),
          'GET /desk/item/:id': (c) => c.json({ id: c.req.param('id') }),
          'POST /desk/item/:id': async (c) => c.json({ size: (await c.req.arrayBuffer()).byteLength }),
          'GET /desk/deep/:id': (c) => c.text(`deep ${c.req.param('id')}`),
          'DELETE /desk/item/:id': (c) => c.body(null, 204),
          'GET /desk/break': () => { throw new Error('a secret of the inside') },
          'GET /desk/stream': (_, call) => {
            const seen = { signal: call.signal, ended: false }
            routed.push(seen)
            let n = 0
            let timer: NodeJS.Timeout
            return new Response(new ReadableStream({
              start(out) {
                timer = setInterval(() => {
                  out.enqueue(new TextEncoder().encode(`data: ${n++}\n\n`))
                  if (n < 5 || call.verb === '') return
                  clearInterval(timer)
                  out.close()
                  seen.ended = true
                }, 20)
              },
              cancel() { clearInterval(timer) },
            }), { headers: { 'content-type': 'text/event-stream' } })
          },
        },
      }
    },
  })
  return { plugin, calls, routed, emit: ((name, payload, options) => emit(name, payload, options)) as typeof emit }
}

export interface House extends AsyncDisposable {
  readonly kernel: Kernel
  readonly gateway: Gateway
  readonly port: number
  readonly url: string
  readonly socketPath: string
  readonly desk: ReturnType<typeof desk>
}

export async function house(options: { limits?: Partial<Limits>; plugins?: readonly Plugin[]; authenticate?: Parameters<typeof doorman>[0] } = {}): Promise<House> {
  const parts = desk()
  const kernel = kernelOf([guard, doorman(options.authenticate), parts.plugin, ...(options.plugins ?? [])])
  await kernel.start()
  const dir = await mkdtemp(join(tmpdir(), 'nexus-gateway-'))
  const socketPath = join(dir, 'gateway.sock')
  const gateway = createGateway(kernel, { limits: options.limits ?? {} })
  const { port, url } = await gateway.listen({ port: 0, socketPath })
  return {
    kernel, gateway, socketPath, port: port as number, url: url as string, desk: parts,
    async [Symbol.asyncDispose]() {
      await gateway.close({ deadlineMs: 500 })
      await kernel.close({ deadlineMs: 300 })
      await rm(dir, { recursive: true, force: true })
    },
  }
}

export interface Frame {
  readonly type: string
  readonly id: string
  readonly ok: boolean
  readonly event: string
  readonly seq: number
  // What is in a payload differs from test to test.
  // oxlint-disable-next-line no-explicit-any
  readonly payload: any
  // oxlint-disable-next-line no-explicit-any
  readonly error: any
}

/** Collects frames as they came. */
export class Client {
  readonly ws: WebSocket
  readonly frames: Frame[] = []
  /** The texts as they came over the wire. */
  readonly texts: string[] = []
  readonly closed: Promise<{ code: number; reason: string }>
  readonly #waiters: (() => void)[] = []
  #ids = 0

  constructor(url: string, options: ClientOptions = {}) {
    this.ws = new WebSocket(url, { perMessageDeflate: false, ...options })
    this.ws.on('message', (data) => {
      this.texts.push(String(data))
      this.frames.push(JSON.parse(String(data)) as Frame)
      this.#wake()
    })
    this.ws.on('error', () => {})
    this.closed = new Promise((resolve) => this.ws.on('close', (code, reason) => resolve({ code, reason: String(reason) })))
  }

  /** The socket below, to send bytes that `ws` would not. */
  get raw(): Socket {
    // oxlint-disable-next-line no-underscore-dangle
    return (this.ws as unknown as { _socket: Socket })._socket
  }

  #wake(): void {
    for (const waiter of this.#waiters.splice(0)) waiter()
  }

  /** The first frame that fits, once it is there. */
  async find(fits: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const found = this.frames.find(fits)
      if (found) return found
      const gone = await Promise.race([new Promise<void>((resolve) => this.#waiters.push(resolve)), this.closed])
      if (gone && !this.frames.some(fits)) throw new Error(`closed: ${gone.code} ${gone.reason}`)
    }
  }

  send(frame: unknown): void { this.ws.send(typeof frame === 'string' || Buffer.isBuffer(frame) ? frame : JSON.stringify(frame)) }

  challenge(): Promise<Frame> { return this.find((frame) => frame.event === 'connect.challenge') }

  async call(method: string, params?: unknown): Promise<Frame> {
    const id = `c${this.#ids++}`
    this.send({ type: 'req', id, method, ...(params === undefined ? {} : { params }) })
    return this.find((frame) => frame.type === 'res' && frame.id === id)
  }

  async connect(params: Record<string, unknown> = {}): Promise<Frame> {
    await this.challenge()
    this.send({ type: 'req', id: 'connect', method: 'connect', params: connectParams(params) })
    return this.find((frame) => frame.type === 'res' && frame.id === 'connect')
  }

  get events(): Frame[] { return this.frames.filter((frame) => frame.type === 'event' && frame.event !== 'connect.challenge') }
}

export function connectParams(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    minProtocol: 3, maxProtocol: 4,
    client: { id: 'test', version: '1', platform: 'linux', mode: 'test' },
    role: 'operator', scopes: ['operator.admin'], auth: { token: 'admin' },
    ...over,
  }
}

export async function guest(at: House | string, params?: Record<string, unknown>): Promise<Client & { hello: Frame['payload'] }> {
  const client = new Client(typeof at === 'string' ? at : at.url)
  const answer = await client.connect(params)
  if (!answer.ok) throw new Error(JSON.stringify(answer.error))
  return Object.assign(client, { hello: answer.payload })
}
