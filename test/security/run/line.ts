/** One TCP (or unix) connection, with everything that came over it. */
import { connect, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'

export interface Address { readonly host: string; readonly port: number; readonly secure: boolean; /** Instead of both. */ readonly path?: string; /** To come from. */ readonly from?: string }

export interface Line {
  readonly socket: Socket
  /** What has come and was not taken yet. */
  pending: Buffer
  /** Bytes in all. */
  received: number
  closedAt: number | undefined
  /** Why it could not be opened, or was cut. */
  fault: string | undefined
  /** Run at each arrival and at the close. */
  readonly watchers: Set<() => void>
}

/** What is kept of one connection's bytes; the rest is counted. */
const most = 4 * 1024 * 1024

export function openLine({ host, port, secure, path, from }: Address, record: (bytes: Buffer) => void): Promise<Line> {
  const where = path === undefined ? { host, port, ...(from !== undefined && { localAddress: from }) } : { path }
  const socket: Socket = secure && path === undefined ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where)
  const line: Line = { socket, pending: Buffer.alloc(0), received: 0, closedAt: undefined, fault: undefined, watchers: new Set() }
  const changed = (): void => { for (const watch of line.watchers) watch() }
  socket.setNoDelay(true)
  socket.on('data', (bytes: Buffer) => {
    line.received += bytes.length
    if (line.received <= most) record(bytes)
    if (line.pending.length <= most) line.pending = Buffer.concat([line.pending, bytes])
    changed()
  })
  socket.on('error', (error: NodeJS.ErrnoException) => { line.fault = error.code ?? error.message })
  return new Promise((resolve) => {
    socket.once(secure ? 'secureConnect' : 'connect', () => resolve(line))
    // The other side is done, and so are we: what it shut is closed for a client.
    const over = (): void => {
      line.closedAt ??= performance.now()
      changed()
      resolve(line)
    }
    socket.once('end', over)
    socket.once('close', over)
  })
}

/** Resolves with true as soon as `test` holds, with false after `ms` or once the line is closed and it never will. */
export function until(line: Line, ms: number, test: () => boolean): Promise<boolean> {
  if (test()) return Promise.resolve(true)
  if (line.closedAt !== undefined) return Promise.resolve(false)
  return new Promise((resolve) => {
    const done = (held: boolean): void => {
      clearTimeout(timer)
      line.watchers.delete(look)
      resolve(held)
    }
    const look = (): void => {
      if (test()) done(true)
      else if (line.closedAt !== undefined) done(false)
    }
    // Where this process was busy for as long, what came meanwhile is read first.
    const timer = setTimeout(() => setImmediate(() => setImmediate(() => done(test()))), ms)
    line.watchers.add(look)
  })
}
