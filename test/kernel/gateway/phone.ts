/** A plugin with WebSockets of its own, and those who call it. */
import { request } from 'node:http'
import { definePlugin, upgrade, type Call, type PluginSocket } from 'nexus-gateway/sdk'
import { expect, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { House } from './support.ts'

export interface Line { readonly socket: PluginSocket; readonly call: Call; readonly heard: (string | Buffer)[]; ended?: [code: number, reason: string] }

/** Echoes, and keeps what it was given. */
export function phone(say = 'echo') {
  const lines: Line[] = []
  const plugin = definePlugin({
    id: 'phone',
    upgrades: { '/ws': upgrade({ scope: 'operator.read' }), '/open': upgrade({ scope: 'public' }), '/admin': upgrade({ scope: 'operator.admin' }), '/slow': upgrade({ scope: 'operator.read' }), '/broken': upgrade({ scope: 'operator.read' }), '/long': upgrade({ scope: 'operator.read' }) },
    setup() {
      const answer = (socket: PluginSocket, call: Call): void => {
        const line: Line = { socket, call, heard: [] }
        lines.push(line)
        socket.onMessage((data) => {
          line.heard.push(data)
          if (data === 'throw') throw new Error('a secret of the inside')
          socket.send(typeof data === 'string' ? `${say} ${data}` : data)
        })
        socket.onClose((code, reason) => { line.ended = [code, reason] })
      }
      return {
        upgrades: {
          '/ws': answer, '/open': answer, '/admin': answer,
          '/slow': (socket) => {
            socket.onMessage(async (data) => {
              await new Promise((resolve) => setTimeout(resolve, data === 'first' ? 60 : 0))
              socket.send(`done ${String(data)}`)
            })
          },
          '/long': (socket) => new Promise((resolve) => socket.onClose(() => resolve())),
          '/broken': async () => { throw new Error('a secret of the inside') },
        },
      }
    },
  })
  return { plugin, lines }
}

export interface Talk { readonly ws: WebSocket; readonly heard: (string | Buffer)[]; readonly closed: Promise<[code: number, reason: string]>; said(n: number): Promise<void> }

export function talk(url: string, options: ConstructorParameters<typeof WebSocket>[2] = {}): Talk {
  const ws = new WebSocket(url.replace(/^http/, 'ws'), options)
  const heard: (string | Buffer)[] = []
  ws.on('message', (data, binary) => heard.push(binary ? data as Buffer : String(data)))
  ws.on('error', () => {})
  const closed = new Promise<[number, string]>((resolve) => ws.on('close', (code, reason) => resolve([code, String(reason)])))
  return { ws, heard, closed, said: (n) => vi.waitFor(() => expect(heard.length).toBeGreaterThanOrEqual(n)) }
}

export const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
export async function call(at: House, path = '/phone/ws', token = 'reader'): Promise<Talk> {
  const line = talk(at.url + path, bearer(token))
  await new Promise((resolve, reject) => line.ws.on('open', resolve).on('error', reject))
  return line
}

/** The answer over HTTP to somebody who is not let in. */
export function refused(at: House, path: string, headers: Record<string, string> = {}): Promise<{ status: number; body: string; auth: string | undefined }> {
  return new Promise((resolve, reject) => {
    const upgrading = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13', 'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==', ...headers }
    const req = request({ host: '127.0.0.1', port: at.port, path, headers: upgrading }, (res) => {
      let body = ''
      res.on('data', (chunk) => { body += String(chunk) })
      res.on('end', () => resolve({ status: res.statusCode ?? 0, body, auth: res.headers['www-authenticate'] }))
    })
    req.on('upgrade', (_, socket) => { socket.destroy(); reject(new Error('it was let in')) })
    req.on('error', reject)
    req.end()
  })
}
