/** Listeners of the test's own: what the gateway must not reach, or what it is told when it does. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { once } from 'node:events'
import type { Served } from './schema.ts'

export interface Listener {
  readonly url: string
  readonly port: number
  /** Connections, and what came over them. */
  hits: number
  said: Buffer[]
  end(): void
}

/** What is kept of what one listener is told. */
const most = 1024 * 1024

export async function listen(routes: Readonly<Record<string, Served>>): Promise<Listener> {
  const server: Server = createServer((req, res) => answer(res, routes[(req.url ?? '/').split('?')[0]!] ?? routes['*'] ?? { status: 200, body: 'canary' }))
  const sockets = new Set<Socket>()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const listener: Listener = {
    url: `http://127.0.0.1:${port}`, port, hits: 0, said: [],
    end() {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
  server.on('connection', (socket) => {
    listener.hits++
    sockets.add(socket)
    let size = 0
    socket.on('data', (bytes: Buffer) => { if ((size += bytes.length) <= most) listener.said.push(bytes) })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => sockets.delete(socket))
  })
  server.on('upgrade', (_, socket) => socket.destroy())
  return listener
}

function answer(res: ServerResponse, { status = 200, headers = {}, body = '', fill, hang }: Served): void {
  if (hang) return
  res.writeHead(status, headers as Record<string, string | string[]>)
  if (!fill) return void res.end(body)
  const { text, times, everyMs = 0 } = fill
  res.write(body)
  let left = times
  const more = (): void => {
    if (res.destroyed) return
    if (left-- <= 0) return void res.end()
    if (everyMs > 0) {
      res.write(text)
      setTimeout(more, everyMs)
    } else if (res.write(text)) setImmediate(more)
    else res.once('drain', more)
  }
  more()
}
