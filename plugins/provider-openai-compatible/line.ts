/** The connections to one server, kept while they are used. A redirect is an answer like any other and is not followed: it would take the key along. */
import { Agent as PlainAgent, request as plainRequest } from 'node:http'
import type { IncomingMessage, RequestOptions } from 'node:http'
import { Agent as SecureAgent, request as secureRequest } from 'node:https'
import type { Way } from '../models/contract.ts'

export interface Line {
  /** Resolves with the head of the answer, whatever its status; its body has not been read. `onEnd` tells when nobody wants it any more: that closes the connection. Rejects with what the network says. */
  post(path: string, headers: Way['headers'], body: string, onEnd: Way['onEnd']): Promise<IncomingMessage>
  close(): void
}

/** Servers close idle connections after five seconds and more: one that is sent to as it closes is a request lost. */
const idleMs = 4_000
const mostIdle = 256

/** `baseUrl` with http or https, up to and with the version. */
export function createLine(baseUrl: string): Line {
  const { protocol, hostname, port, pathname } = new URL(baseUrl)
  const secure = protocol === 'https:'
  // Where Node itself is told to heed the proxies of the environment (24 and later), so are these connections.
  const proxied = process.env['NODE_USE_ENV_PROXY'] === '1'
  const settings = { keepAlive: true, timeout: idleMs, maxFreeSockets: mostIdle, ...(proxied && { proxyEnv: process.env }) }
  const agent = secure ? new SecureAgent(settings) : new PlainAgent(settings)
  const send = secure ? secureRequest : plainRequest
  const base = pathname.replace(/\/+$/, '')
  const host = hostname.replace(/^\[|\]$/g, '')
  const named = port === '' ? hostname : `${hostname}:${port}`

  return {
    post: (path, headers, body, onEnd) => new Promise((resolve, reject) => {
      // As bytes: a text would be measured, joined with the head and written anew.
      const bytes = Buffer.from(body)
      const sent = headersOf(named, headers, bytes.length)
      const options: RequestOptions = { method: 'POST', host, agent, path: base + path, headers: proxied ? tableOf(sent) : sent, ...(port !== '' && { port }) }
      const asked = send(options)
      asked.on('response', resolve)
      asked.on('error', reject)
      asked.end(bytes)
      asked.on('close', onEnd(() => void asked.destroy()))
    }),
    close: () => agent.destroy(),
  }
}

const usual: Readonly<Record<string, string>> = { accept: '*/*', 'user-agent': 'nexus-gateway', 'content-type': 'application/json' }

/** Names and values in turn, which Node writes as they are; from an object it would make a table first. */
function headersOf(host: string, own: Way['headers'], length: number): string[] {
  const headers: string[] = own['host'] === undefined ? ['host', host] : []
  for (const name in usual) if (!(name in own)) headers.push(name, usual[name]!)
  for (const name in own) if (own[name] !== undefined && name !== 'content-length') headers.push(name, own[name])
  headers.push('content-length', String(length))
  return headers
}

/** To headers in turn Node adds no credentials of a proxy. */
function tableOf(headers: readonly string[]): Record<string, string> {
  const table: Record<string, string> = {}
  for (let i = 0; i < headers.length; i += 2) table[headers[i]!] = headers[i + 1]!
  return table
}

export interface Reading {
  /** Gets every piece. True: nothing more is waited for, and the end comes at once or a little later. What it throws closes the connection. */
  take(bytes: Buffer): boolean
  /** Calls `give` in a moment; what is given back calls that off. */
  soon(give: () => void): () => void
  /** The error for a body that was cut off. */
  broken(): Error
}

/** Resolves at the end of a body. */
export function readEach(response: IncomingMessage, { take, soon, broken }: Reading): Promise<void> {
  return new Promise((resolve, reject) => {
    let cancel: (() => void) | undefined
    const cut = (): void => {
      if (cancel) return end()
      reject(broken())
    }
    const end = (): void => {
      cancel?.()
      resolve()
    }
    response.on('data', (bytes: Buffer) => {
      if (cancel) return
      try {
        if (take(bytes)) cancel = soon(() => response.destroy())
      } catch (error) {
        reject(error as Error)
        response.destroy()
      }
    })
    response.on('end', end)
    response.on('error', cut)
    response.on('close', cut)
  })
}

/** The body as text, or as much of it as fits into `most` bytes. */
export async function readText(response: IncomingMessage, most: number): Promise<{ readonly text: string; readonly whole: boolean }> {
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of response as AsyncIterable<Buffer>) {
    pieces.push(piece)
    size += piece.length
    if (size > most) break
  }
  return { text: Buffer.concat(pieces).toString('utf8'), whole: size <= most }
}
