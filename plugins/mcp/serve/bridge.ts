/** Sessions of `nexus mcp serve`: messages come in by a method, one by one, and go out as events to the connection that began it. */
import type { JSONRPCMessage, Server, Transport } from '@modelcontextprotocol/server'
import type { Call } from 'nexus-gateway/sdk'
import { failMcp } from '../errors.ts'
import type { Desk } from './offered.ts'
import { makeServer } from './server.ts'
import type { Library } from './server.ts'
import type { Sessions } from './sessions.ts'

export interface BridgeSession {
  readonly transport: Transport
  readonly server: Server
  /** Requests that are not answered: by which call they came, and who waits for their end. */
  readonly open: Map<string | number, { readonly call: Call; done(): void }>
}
export interface BridgeParts {
  readonly desk: Desk
  readonly sessions: Sessions<BridgeSession>
  load(): Promise<Library>
  emit(connection: string, session: string, message: unknown): void
}

const mostOpen = 64

export function createBridge({ desk, sessions, load, emit }: BridgeParts) {
  async function connect(call: Call): Promise<{ session: string }> {
    const connection = connectionOf(call)
    const library = await load()
    const { id, it } = sessions.add(connection, (session) => {
      const open: BridgeSession['open'] = new Map()
      const transport = wire((message) => {
        emit(connection, session, message)
        if (!('method' in message) && message.id !== undefined) open.get(message.id)?.done()
      })
      const callOf = ({ mcpReq }: { mcpReq: { id: string | number } }): Call => open.get(mcpReq.id)!.call
      return { transport, open, server: makeServer(library, desk, callOf) }
    })
    await it.server.connect(it.transport)
    return { session: id }
  }

  /** Settles when a request is answered or given up, so that it counts as under way for as long as it is. */
  async function send(id: string, given: unknown, call: Call): Promise<void> {
    const session = sessions.get(connectionOf(call), id)
    const { id: request, method, params, message } = messageOf(given)
    const { transport, open } = session.it
    if (request === undefined || method === undefined) {
      transport.onmessage?.(message)
      if (method === 'notifications/cancelled') open.get(params['requestId'] as string | number)?.done()
      return
    }
    if (open.has(request)) throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'a request with this id is under way' })
    if (open.size >= mostOpen) throw failMcp('NEXUS_MCP_MESSAGE', { reason: `more than ${mostOpen} requests are under way` })
    const done = sessions.use(session)
    try {
      await new Promise<void>((resolve) => {
        open.set(request, { call, done: resolve })
        call.signal.addEventListener('abort', () => resolve(), { once: true })
        transport.onmessage?.(message)
      })
    } finally {
      open.delete(request)
      done()
    }
  }
  return { connect, send }
}

function connectionOf({ connection }: Call): string {
  if (!connection) throw failMcp('NEXUS_MCP_SESSION')
  return connection.id
}

function wire(out: (message: JSONRPCMessage) => void): Transport {
  const transport: Transport = {
    start: async () => undefined,
    send: async (message) => out(message),
    close: async () => transport.onclose?.(),
  }
  return transport
}

interface Incoming { readonly id: string | number | undefined; readonly method: string | undefined; readonly params: Readonly<Record<string, unknown>>; readonly message: JSONRPCMessage }

function messageOf(given: unknown): Incoming {
  const { jsonrpc, id, method, params = {} } = (typeof given === 'object' && given !== null ? given : {}) as Record<string, unknown>
  if (jsonrpc !== '2.0') throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'it is not JSON-RPC 2.0' })
  if (id !== undefined && typeof id !== 'string' && !Number.isSafeInteger(id)) throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'its id is neither a text nor a whole number' })
  if (method !== undefined && typeof method !== 'string') throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'its method is no text' })
  if (typeof params !== 'object' || params === null) throw failMcp('NEXUS_MCP_MESSAGE', { reason: 'its params are no object' })
  return { id: id as string | number | undefined, method, params: params as Record<string, unknown>, message: given as JSONRPCMessage }
}
