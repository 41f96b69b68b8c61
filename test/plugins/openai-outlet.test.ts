/** The way out of a streamed answer, on Node's own response: what arrives is what was written, whoever reads and however slowly. */
import { createServer, request } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { onNode } from '../../kernel/contract.ts'
import { createOutlet } from '../../plugins/openai/outlet.ts'
import type { Outlet } from '../../plugins/openai/outlet.ts'

type Direct = (response: ServerResponse) => void
const headers = { 'Content-Type': 'text/event-stream' }
let answer: (response: ServerResponse) => void = () => {}
const server = createServer((_, response) => answer(response))
const port = (): number => (server.address() as AddressInfo).port
beforeAll(() => new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) }))
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

/** What the plugin writes to, once the gateway has given it Node's response. */
function open(): { outlet: Outlet; told: string[]; taken: Promise<ServerResponse> } {
  const told: string[] = []
  const outlet = createOutlet({ drained: () => void told.push('drained'), gone: () => void told.push('gone') })
  const way = (outlet.response(headers) as unknown as Record<symbol, Direct>)[onNode]!
  const taken = new Promise<ServerResponse>((resolve) => {
    answer = (response) => {
      way(response)
      resolve(response)
    }
  })
  return { outlet, told, taken }
}
const ask = (): Promise<IncomingMessage> => new Promise((resolve, reject) => { request({ port: port(), host: '127.0.0.1' }, resolve).on('error', reject).end() })
async function textOf(answered: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answered) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}
async function raw(head: string): Promise<string> {
  const socket = connect(port(), '127.0.0.1')
  socket.write(head)
  let text = ''
  for await (const chunk of socket) text += String(chunk)
  return text
}

describe('an outlet on a response of Node', () => {
  it('gives what was written before it was taken, and after, in order', async () => {
    const { outlet, taken } = open()
    outlet.write('früh ')
    const asked = ask()
    await taken
    outlet.write('später ')
    outlet.write('😀')
    const answered = await asked
    outlet.end()
    expect([answered.statusCode, answered.headers['content-type'], await textOf(answered)]).toEqual([200, 'text/event-stream', 'früh später 😀'])
  })

  it('sends what was written before it was taken at once: the first word waits for nothing else of that turn', async () => {
    const { outlet, taken } = open()
    outlet.write('first')
    const sent = taken.then(({ socket }) => socket?.bytesWritten)
    const asked = ask()
    expect(await sent).toBeGreaterThan(0)
    outlet.end()
    expect(await textOf(await asked)).toBe('first')
  })

  it('frames what one turn has written as one chunk, and leaves the connection fit for another request', async () => {
    const { outlet, taken } = open()
    const socket = connect(port(), '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n')
    let text = ''
    socket.on('data', (chunk) => { text += String(chunk) })
    await taken
    for (const word of ['a', 'ü', 'c']) outlet.write(word)
    while (!text.includes('c')) await sleep(5)
    outlet.end()
    while (!text.endsWith('0\r\n\r\n')) await sleep(5)
    expect(text.slice(text.indexOf('\r\n\r\n') + 4)).toBe('4\r\naüc\r\n0\r\n\r\n')
    answer = (response) => response.end('again')
    socket.end('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    while (!text.endsWith('again')) await sleep(5)
  })

  it('is not framed for a client of HTTP/1.0, which is told the end by the connection', async () => {
    const { outlet, taken } = open()
    const all = raw('GET / HTTP/1.0\r\n\r\n')
    await taken
    outlet.write('plain')
    outlet.end()
    expect((await all).split('\r\n\r\n')[1]).toBe('plain')
  })

  it('tells once that the client has left, and never after the end', async () => {
    const { outlet, told, taken } = open()
    const leaving = request({ port: port(), host: '127.0.0.1' }).on('error', () => {})
    leaving.end()
    await taken
    outlet.write('x')
    leaving.destroy()
    while (!told.includes('gone')) await sleep(5)
    outlet.write('nobody reads this')
    outlet.end()
    const whole = open()
    const asked = ask()
    await whole.taken
    whole.outlet.end()
    await textOf(await asked)
    await sleep(20)
    expect([told.filter((one) => one === 'gone'), whole.told.includes('gone')]).toEqual([['gone'], false])
  })

  it('has no room while the client does not read, keeps a bounded amount, and says when there is room again', async () => {
    const { outlet, told, taken } = open()
    const asked = ask()
    const response = await taken
    outlet.write('x')
    const answered = await asked
    let written = 1
    while (outlet.room && written < 50_000_000) {
      outlet.write('x'.repeat(10_000))
      written += 10_000
      await new Promise(setImmediate)
    }
    expect([outlet.room, response.writableLength < 1_000_000]).toEqual([false, true])
    told.length = 0
    const all = textOf(answered)
    while (!told.includes('drained')) await sleep(5)
    expect(outlet.room).toBe(true)
    outlet.end()
    expect((await all).length).toBe(written)
  })

  it('is what was written, whatever it was and however it came', () => fc.assert(fc.asyncProperty(fc.array(fc.tuple(fc.string({ maxLength: 3_000, unit: 'grapheme' }), fc.boolean()), { maxLength: 12 }), async (said) => {
    const { outlet, taken } = open()
    const asked = ask()
    await taken
    for (const [text, pauses] of said) {
      outlet.write(text)
      if (pauses) await new Promise(setImmediate)
    }
    outlet.end()
    expect(await textOf(await asked)).toBe(said.map(([text]) => text).join(''))
  }), { numRuns: 60 }))
})
