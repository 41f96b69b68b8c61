/**
 * A provider that keeps its own books, in a process of its own: what it has served, it has served, whatever became of who
 * asked. It fails before it serves, answers late, and serves without an answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { seeded, worst } from './cost-kill-child.ts'

/** What was served, in nano-dollars, and for which budget. */
export interface Served { readonly id: string; readonly period: string; readonly cost: number }

export async function provide(seed: number): Promise<void> {
  const random = seeded(seed)
  const books = new Map<string, Served[]>()
  const askers = new Set<Socket>()
  let busy = 0

  async function serve(id: string, period: string, response: ServerResponse): Promise<void> {
    const [fate, late] = [random(), random()]
    if (late < 0.4) await sleep(late * 25)
    if (fate < 0.15) {
      response.writeHead(500).end()
      return
    }
    const run = period.split('|')[1]!
    // Every other budget is worth exactly ten calls; in the others calls cost less than they may.
    const cost = Number(run) % 2 === 0 ? worst : Math.ceil(worst * (0.2 + 0.8 * random()))
    const list = books.get(run) ?? []
    books.set(run, list)
    list.push({ id, period, cost })
    if (fate < 0.25) response.destroy()
    else response.end(JSON.stringify({ cost }))
  }

  /** What was served of a run, once nobody asks any more: what a killed process had sent is served first. */
  async function quiet(run: string, response: ServerResponse): Promise<void> {
    askers.delete(response.socket as Socket)
    while (busy > 0 || askers.size > 0) await sleep(1)
    response.end(JSON.stringify(books.get(run) ?? []))
  }

  const server = createServer((request: IncomingMessage, response) => {
    const url = new URL(request.url ?? '/', 'http://provider')
    if (url.pathname === '/quiet') return void quiet(url.searchParams.get('run')!, response)
    if (url.pathname === '/books') return void response.end(JSON.stringify(books.get(url.searchParams.get('run')!) ?? []))
    busy++
    void serve(url.searchParams.get('id')!, url.searchParams.get('period')!, response).finally(() => { busy-- })
  })
  server.on('connection', (socket: Socket) => {
    askers.add(socket)
    socket.on('error', () => {}).on('close', () => askers.delete(socket))
  })
  server.keepAliveTimeout = 600_000
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
  console.log((server.address() as AddressInfo).port)
}
