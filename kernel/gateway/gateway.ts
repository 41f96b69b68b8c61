/** Opens the doors: one pair of handlers on every listener, and a way to close them without cutting anybody off. */
import { chmodSync } from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, ListenOptions, Socket } from 'node:net'
import type { Connection } from '../contract.ts'
import { fail } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { within } from '../within.ts'
import { createBroadcast } from './broadcast.ts'
import type { ListenerKind } from './credentials.ts'
import { createHttp, GuardedResponse } from './http.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createPeers } from './peers.ts'
import { createUpgrades } from './upgrade.ts'

/** At least one of `port` (0: any) and `socketPath`. */
export interface Listen {
  readonly host?: string
  readonly port?: number
  readonly socketPath?: string
}
export interface Listening { readonly url: string | undefined; readonly port: number | undefined }
export interface Farewell { readonly reason?: string; readonly restartExpectedMs?: number }

export interface Gateway {
  /** Throws NEXUS_START_PORT or NEXUS_START_BIND; then nothing is left open. */
  listen(where: Listen): Promise<Listening>
  connections(): readonly Connection[]
  /** Lets nobody in any more and says so to those who are; calls go on. */
  drain(farewell?: Farewell): void
  /** Closes every connection, by force at the deadline. */
  close(options?: { readonly deadlineMs?: number } & Farewell): Promise<void>
}

export function createGateway(kernel: Kernel, options: { readonly limits?: Partial<Limits> } = {}): Gateway {
  const limits = { ...defaultLimits, ...options.limits }
  const broadcast = createBroadcast(limits, () => kernel.clock.now(), kernel.log)
  const peers = createPeers(kernel, limits, broadcast)
  const upgrades = createUpgrades({ kernel, limits, broadcast, admit: peers.admit, depart: peers.depart })
  const http = createHttp(kernel, limits)
  const servers = new Set<Server>()
  const sockets = new Set<Socket>()
  const unsubscribe = kernel.subscribe(broadcast.publish)
  kernel.connectionsFrom(peers.list)
  let draining = false

  function forget(this: Socket): void {
    sockets.delete(this)
  }

  function serverFor(kind: ListenerKind): Server {
    const server = createServer({ ServerResponse: GuardedResponse, headersTimeout: 15_000, requestTimeout: 120_000, connectionsCheckingInterval: 5_000, maxHeaderSize: 16 * 1024 })
    server.maxHeadersCount = 100
    server.maxConnections = limits.httpConnections
    server.on('connection', (socket) => {
      sockets.add(socket)
      socket.once('close', forget)
    })
    server.on('request', (req, res) => http(req, res, kind))
    server.on('upgrade', (req, socket, head) => upgrades.handle(req, socket, head, kind))
    servers.add(server)
    return server
  }

  async function openPort(name: string, port: number): Promise<number> {
    const server = serverFor('tcp')
    const code = await listening(server, { host: name, port })
    if (code === 'EADDRINUSE') throw fail('NEXUS_START_PORT', { port, host: name })
    if (code) throw fail('NEXUS_START_BIND', { host: name, port, reason: code })
    server.on('error', (error) => kernel.log.error('a listener failed', { error }))
    return (server.address() as AddressInfo).port
  }

  /** Whoever calls this holds the lock of the state directory, so a socket that is there is a dead one. */
  async function openSocket(path: string): Promise<void> {
    const old = await lstat(path).catch(() => undefined)
    if (old?.isSocket()) await rm(path, { force: true })
    const server = serverFor('unix')
    const code = await listening(server, { path })
    if (code) throw fail('NEXUS_START_BIND', { host: 'unix', port: path, reason: code })
    chmodSync(path, 0o600)
    server.on('error', (error) => kernel.log.error('a listener failed', { error }))
  }

  function drain({ reason = 'gateway stopping', restartExpectedMs }: Farewell = {}): void {
    if (draining) return
    draining = true
    for (const server of servers) if (server.listening) server.close()
    upgrades.close()
    kernel.emit('shutdown', { reason, restartExpectedMs: restartExpectedMs ?? null })
  }

  async function close({ deadlineMs = 2_000, ...farewell }: { readonly deadlineMs?: number } & Farewell = {}): Promise<void> {
    drain(farewell)
    unsubscribe()
    broadcast.flush()
    for (const server of servers) server.closeIdleConnections()
    await within(Promise.all([peers.dismiss(1012, 'service restart'), ...[...servers].map(closed)]), deadlineMs, () => undefined)
    peers.end()
    for (const server of servers) server.closeAllConnections()
    for (const socket of sockets) socket.destroy()
  }

  return {
    connections: peers.list,
    drain,
    close,
    async listen({ host: name = '127.0.0.1', port, socketPath }) {
      try {
        if (socketPath !== undefined) await openSocket(socketPath)
        if (port === undefined) return { url: undefined, port: undefined }
        const bound = await openPort(name, port)
        return { url: urlOf(name, bound), port: bound }
      } catch (error) {
        await close({ deadlineMs: 0 })
        throw error
      }
    },
  }
}

/** Resolves to the system's error code if the address cannot be had. */
function listening(server: Server, where: ListenOptions): Promise<string | undefined> {
  return new Promise((resolve) => {
    const failed = (error: NodeJS.ErrnoException): void => resolve(error.code ?? 'unknown')
    server.once('error', failed)
    server.listen(where, () => {
      server.off('error', failed)
      resolve(undefined)
    })
  })
}

const closed = (server: Server): Promise<void> =>
  server.listening || server.connections > 0 ? new Promise((resolve) => server.once('close', resolve)) : Promise.resolve()

/** An address that a client on this machine can use. */
function urlOf(name: string, port: number): string {
  const host = name === '0.0.0.0' ? '127.0.0.1' : name === '::' ? '::1' : name
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
