import { connect, type Socket } from 'node:net'
import { startControl, startNexus, withBenchPlugin, type Running } from './processes.ts'
import type { Scenario } from './row.ts'
import { interleave, median, pairRatio } from './stats.ts'

const connections = 16

/** Requests per second over keep-alive connections, one request at a time on each. */
async function load({ port, token }: Running, ms: number): Promise<number> {
  const request = `GET /bench/json HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nAuthorization: Bearer ${token}\r\n\r\n`
  let done = 0
  const started = performance.now()
  await Promise.all(Array.from({ length: connections }, () => new Promise<void>((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.on('error', reject)
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk) => {
      if (!chunk.toString('latin1').startsWith('HTTP/1.1 200')) return reject(new Error(chunk.toString('latin1', 0, 80)))
      done++
      if (performance.now() - started < ms) socket.write(request)
      else {
        socket.destroy()
        resolve()
      }
    })
  })))
  return done / ((performance.now() - started) / 1000)
}

export const http: Scenario = async () => {
  await using nexus = await startNexus({ args: withBenchPlugin })
  await using bare = await startControl('hono.mjs')
  const taken = await interleave(9, () => load(nexus, 700), () => load(bare, 700))
  return [{ id: 'http', what: 'HTTP route with auth, 16 connections', value: pairRatio(taken), unit: '×', target: 0.88, better: 'more', control: 'bare Hono on @hono/node-server', figures: { nexusPerSecond: median(taken.a), controlPerSecond: median(taken.b) } }]
}
