/** Opens the doors: one pair of handlers on every listener, and a way to close them that cuts nobody off. */
import { chmodSync } from 'node:fs'
import { lstat, rm } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { Server as SecureServer } from 'node:https'
import type { AddressInfo, ListenOptions, Socket } from 'node:net'
import type { Connection } from '../contract.ts'
import { fail } from '../errors.ts'
import type { Kernel } from '../kernel.ts'
import { gatewayListen, type Door } from '../points.ts'
import { within } from '../within.ts'
import { createAdmissions } from './admissions.ts'
import { createBroadcast } from './broadcast.ts'
import type { ListenerKind } from './credentials.ts'
import { createHttp, GuardedResponse } from './http.ts'
import { defaultLimits, type Limits } from './limits.ts'
import { createPeers } from './peers.ts'
import type { TlsMaterial } from './tls.ts'
import { createUpgrades } from './upgrade.ts'

/** At least one of `port` (0: any) and `socketPath`. */
export interface Listen { readonly host?: string; readonly port?: number; readonly socketPath?: string; readonly tls?: TlsMaterial | undefined }
export interface Listening { readonly url: string | undefined; readonly port: number | undefined }
export interface Farewell { readonly reason?: string; readonly restartExpectedMs?: number }

export interface Gateway {
  /** Throws NEXUS_START_PORT or NEXUS_START_BIND; then nothing is left open. */
  listen(where: Listen): Promise<Listening>
  /** Opens another TCP address; then either it or the one before is closed. Connections stay. Throws like `listen`. */
  move(where: { readonly host: string; readonly port: number; readonly tls?: TlsMaterial | undefined }): Promise<{ readonly url: string; readonly port: number; keep(): Promise<void>; undo(): Promise<void> }>
  /** Another certificate for those who connect from now on. */
  show(tls: TlsMaterial): void
  connections(): readonly Connection[]
  /** Lets nobody in any more and says so to those who are in; their calls go on. */
  drain(farewell?: Farewell): void
  /** Closes every connection, by force after `deadlineMs` (2 s). */
  close(options?: Farewell & { readonly deadlineMs?: number }): Promise<void>
}

interface Port extends Door { readonly server: Server; readonly tls: TlsMaterial | undefined }

/** What fits into the address of a unix socket. */
const longestPath = process.platform === 'linux' ? 107 : 103
const timeouts = { headersTimeout: 10_000, requestTimeout: 120_000, connectionsCheckingInterval: 5_000 }

export function createGateway(kernel: Kernel, options: { readonly limits?: Partial<Limits> } = {}): Gateway {
  const limits = { ...defaultLimits, ...options.limits }
  const broadcast = createBroadcast(limits, () => kernel.clock.now(), kernel.log)
  const peers = createPeers(kernel, limits, broadcast)
  const admissions = createAdmissions()
  const upgrades = createUpgrades({ kernel, limits, admissions, broadcast, admit: peers.admit, depart: peers.depart })
  const http = createHttp({ kernel, limits, admissions })
  const servers = new Set<Server>()
  const sockets = new Set<Socket>()
  const unsubscribe = kernel.subscribe(broadcast.publish)
  let closing: Promise<unknown> | undefined
  let tcp: Port | undefined
  kernel.connectionsFrom({ list: peers.list, end: admissions.end, doors: () => (tcp ? [{ host: tcp.host, port: tcp.port, secure: tcp.secure }] : []) })

  function forget(this: Socket): void {
    sockets.delete(this)
  }

  /** Resolves to the system's error code if the address cannot be had. */
  async function open(kind: ListenerKind, where: ListenOptions, tls?: TlsMaterial): Promise<string | Server> {
    const how = { ServerResponse: GuardedResponse, maxHeaderSize: 16 * 1024, ...timeouts }
    const server = tls ? (await import('node:https')).createServer({ ...how, ...tls, handshakeTimeout: limits.handshakeMs }) : createServer(how)
    servers.add(server)
    server.maxHeadersCount = 100
    server.maxConnections = limits.sockets
    server.on('connection', (socket) => void sockets.add(socket.once('close', forget)))
    server.on('request', (req, res) => http(req, res, kind))
    server.on('upgrade', (req, socket, head) => upgrades.handle(req, socket, head, kind))
    return new Promise((resolve) => {
      server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'))
      server.listen(where, () => {
        server.removeAllListeners('error').on('error', (error) => kernel.log.error('a listener failed', { error }))
        resolve(server)
      })
    })
  }

  async function openPort(host: string, port: number, tls: TlsMaterial | undefined): Promise<Port> {
    const secure = tls !== undefined
    await kernel.invoke(gatewayListen, { host, port, secure })
    const server = await open('tcp', { host, port }, tls)
    if (server === 'EADDRINUSE') throw fail('NEXUS_START_PORT', { port, host })
    if (typeof server === 'string') throw fail('NEXUS_START_BIND', { host, port, reason: server })
    return { host, port: (server.address() as AddressInfo).port, secure, tls, server }
  }

  /** No new connections there; those it has are kept. */
  async function shut(port: Port | undefined): Promise<void> {
    if (!port || !servers.delete(port.server)) return
    port.server.close()
    port.server.closeIdleConnections()
  }

  /** Whoever calls this holds the lock of the state directory, so a socket that is there is a dead one. */
  async function openSocket(path: string): Promise<void> {
    const refuse = (reason: string) => fail('NEXUS_START_BIND', { host: 'unix', port: path, reason })
    // The system would cut it short without a word, and bind that.
    if (Buffer.byteLength(path) > longestPath) throw refuse(`the path of a socket may have ${longestPath} bytes`)
    const old = await lstat(path).catch(() => undefined)
    if (old?.isSocket()) await rm(path, { force: true })
    const server = await open('unix', { path })
    if (typeof server === 'string') throw refuse(server)
    chmodSync(path, 0o600)
  }

  function drain({ reason = 'gateway stopping', restartExpectedMs }: Farewell = {}): void {
    if (closing) return
    closing = Promise.all([...servers].map((server) => new Promise((resolve) => server.close(resolve))))
    upgrades.close()
    kernel.emit('shutdown', { reason, restartExpectedMs: restartExpectedMs ?? null })
  }

  async function close({ deadlineMs = 2_000, ...farewell }: Farewell & { readonly deadlineMs?: number } = {}): Promise<void> {
    drain(farewell)
    unsubscribe()
    broadcast.flush()
    upgrades.dismiss()
    // A kept-alive connection is closed as soon as its last response has been sent.
    const sweep = setInterval(() => { for (const server of servers) server.closeIdleConnections() }, 20)
    await within(Promise.all([peers.dismiss(1012, 'service restart'), closing]), deadlineMs, () => undefined)
    clearInterval(sweep)
    peers.end()
    for (const socket of sockets) socket.destroy()
  }

  return {
    connections: peers.list,
    drain,
    close,
    show(tls) {
      if (!tcp?.secure) return
      const { server } = tcp
      tcp = { ...tcp, tls }
      if ('setSecureContext' in server) (server as SecureServer).setSecureContext(tls)
    },
    async move({ host, port, tls }) {
      const before = tcp
      // One port on two addresses may overlap: then the one before has to make room first.
      const early = port !== 0 && before?.port === port
      if (early) await shut(before)
      const back = async (): Promise<void> => { tcp = early && before ? await openPort(before.host, before.port, before.tls) : before }
      const next = await openPort(host, port, tls).catch(async (error: unknown) => {
        await back()
        throw error
      })
      tcp = next
      return {
        ...listeningOn(next),
        keep: () => shut(before),
        async undo() {
          await shut(next)
          await back()
        },
      }
    },
    async listen({ host = '127.0.0.1', port, socketPath, tls }) {
      try {
        if (socketPath !== undefined) await openSocket(socketPath)
        if (port === undefined) return { url: undefined, port: undefined }
        tcp = await openPort(host, port, tls)
        return listeningOn(tcp)
      } catch (error) {
        await close({ deadlineMs: 0 })
        throw error
      }
    },
  }
}

function listeningOn({ host, port, secure }: Door): { url: string; port: number } {
  return { url: `${secure ? 'https' : 'http'}://${placeOf(host, port)}`, port }
}

/** An address that a client on this machine can use. */
function placeOf(name: string, port: number): string {
  const host = name === '0.0.0.0' ? '127.0.0.1' : name === '::' ? '::1' : name
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}
