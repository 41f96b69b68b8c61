/** The verbs that talk to the gateway over a connection of their own or a kept one. */
import { readAnswer, headersOver, requestBytes, type Answer } from './http.ts'
import { openLine, until, type Line } from './line.ts'
import { jsonIn } from './lookup.ts'
import type { Input } from './schema.ts'
import type { Credential, Run, Seen } from './seen.ts'
import { ask, bytesOf, openWs, upgradeHeaders, waitForFrame, type Ws } from './ws.ts'
import { connectParams } from './connect.ts'

export const answerMs = 10_000

export interface Way { readonly run: Run; readonly credential: Credential; readonly from: string | undefined }

export async function lineTo({ run, from }: Way, unix = false): Promise<Line> {
  const { target, evidence, open } = run
  const own = unix ? target.own : undefined
  if (unix && !own) throw new Error('only a gateway of our own has a socket that we know')
  const line = await openLine({ ...target.address(), ...(from !== undefined && { from }), ...(own && { path: `${own.state}/gateway.sock` }) }, evidence.add)
  open.add(line)
  return line
}

function usualHeaders({ run, credential }: Way): Record<string, string> {
  const { host, port } = run.target.address()
  const bearer = credential.token ?? credential.device?.token
  return { Host: `${host.includes(':') ? `[${host}]` : host}:${port}`, ...(bearer !== undefined && { Authorization: `Bearer ${bearer}` }) }
}

const done = (verb: string, line: Line, answer: Answer | undefined): Seen => ({
  verb, at: performance.now(), line,
  ...(answer ? { status: answer.status, headers: answer.headers, body: answer.body } : { fault: line.fault ?? (line.closedAt === undefined ? 'no answer' : 'closed without an answer') }),
})

/** Members of an answer that is one of `/rpc`, too. */
function withRpc(seen: Seen): Seen {
  const said = jsonIn(seen.body)
  if (typeof said !== 'object' || said === null) return seen
  const { ok, payload, error } = said as Record<string, unknown>
  return { ...seen, ...(typeof ok === 'boolean' && { ok }), ...(payload !== undefined && { payload }), ...(error !== undefined && { error }) }
}

export async function http(way: Way, { method = 'GET', path = '/', headers, body, json, on, stream, unix }: Input<'http'>): Promise<Seen> {
  const kept = on === undefined ? undefined : way.run.lines.get(on)
  const line = kept && kept.closedAt === undefined ? kept : await lineTo(way, unix)
  if (on !== undefined) way.run.lines.set(on, line)
  const bytes = json === undefined ? (body === undefined ? undefined : Buffer.from(body)) : Buffer.from(JSON.stringify(json))
  const usual = {
    ...usualHeaders(way), ...(json !== undefined && { 'Content-Type': 'application/json' }),
    ...(bytes && { 'Content-Length': String(bytes.length) }), Connection: on === undefined && !stream ? 'close' : 'keep-alive',
  }
  line.socket.write(requestBytes({ method, path, headers: headersOver(usual, headers), body: bytes }))
  const seen = withRpc(done('http', line, await readAnswer(line, answerMs, method, stream)))
  if (on === undefined && !stream) line.socket.destroy()
  return seen
}

export const rpc = (way: Way, { method, params, unix }: Input<'rpc'>): Promise<Seen> =>
  http(way, { method: 'POST', path: '/rpc', json: { method, ...(params !== undefined && { params }) }, ...(unix && { unix }) })

async function handshake(way: Way, { path = '/', headers }: Input<'upgrade'>, verb: string, usual: Record<string, string>, unix = false): Promise<Seen & { readonly line: Line }> {
  const line = await lineTo(way, unix)
  line.socket.write(requestBytes({ method: 'GET', path, headers: headersOver({ ...usual, ...upgradeHeaders() }, headers), body: undefined }))
  return { ...withRpc(done(verb, line, await readAnswer(line, answerMs, 'GET'))), line }
}

/** No frame is sent, and 300 ms show whether one comes. */
export async function upgrade(way: Way, input: Input<'upgrade'>): Promise<Seen> {
  const seen = await handshake(way, input, 'upgrade', usualHeaders(way))
  if (seen.status !== 101) return seen
  const ws = openWs(seen.line)
  await waitForFrame(ws, 300, () => true)
  return { ...seen, ws }
}

export async function ws(way: Way, { path, headers, connect = {}, unix }: Input<'ws'>): Promise<Seen> {
  // A client shows its credential in `connect` and nowhere else.
  const { Host } = usualHeaders(way)
  const seen = await handshake(way, { path, headers }, 'ws', { Host: String(Host) }, unix)
  if (seen.status !== 101) return seen
  const socket = openWs(seen.line)
  const challenge = await waitForFrame(socket, answerMs, (frame) => frame['event'] === 'connect.challenge')
  if (!challenge) return { ...seen, at: performance.now(), ws: socket, fault: 'no challenge' }
  const { nonce, ts } = challenge['payload'] as { nonce: string; ts: number }
  return answered('ws', seen, socket, await ask(socket, answerMs, 'connect', connectParams(way.credential, connect, nonce, ts)))
}

function answered(verb: string, seen: Partial<Seen>, socket: Ws, frame: Record<string, unknown> | undefined): Seen {
  return {
    ...seen, verb, at: performance.now(), ws: socket, line: socket.line,
    ...(frame ? { ok: frame['ok'] === true, payload: frame['payload'], error: frame['error'] } : { fault: 'no answer' }),
  }
}

function socketOf({ named }: Run, name: string): Ws {
  const found = named.get(name)?.ws
  if (!found) throw new Error(`there is no socket called ${name}`)
  return found
}

export async function call({ run }: Way, { on, method, params }: Input<'call'>): Promise<Seen> {
  const socket = socketOf(run, on)
  return answered('call', {}, socket, await ask(socket, answerMs, method, params))
}

export async function send({ run }: Way, { on, frames, times = 1, full }: Input<'send'>): Promise<Seen> {
  const socket = socketOf(run, on)
  const bytes = Buffer.concat(frames.map(bytesOf))
  await poured(socket.line, bytes, (run.full ? full : undefined) ?? times)
  return { verb: 'send', at: performance.now(), ws: socket, line: socket.line }
}

export async function raw(way: Way, { text, hex, fill, hold, end, waitMs }: Input<'raw'>): Promise<Seen> {
  const line = await lineTo(way)
  line.socket.write(hex === undefined ? Buffer.from(text ?? '', 'latin1') : Buffer.from(hex, 'hex'))
  if (fill) {
    const pouring = poured(line, Buffer.from(fill.text, 'latin1'), (way.run.full ? fill.full : undefined) ?? fill.times, fill.everyMs)
    if (!hold) await Promise.race([pouring, until(line, answerMs, () => line.pending.length > 0)])
  }
  if (hold) return { verb: 'raw', at: performance.now(), line }
  const answer = await readAnswer(line, waitMs ?? answerMs, 'GET')
  if (end) line.socket.destroy()
  return withRpc(done('raw', line, answer))
}

/** As fast as the other side takes it, or at its own pace; ends early with the line. */
async function poured(line: Line, bytes: Buffer, times: number, everyMs = 0): Promise<void> {
  for (let i = 0; i < times && line.closedAt === undefined && line.socket.writable; i++) {
    const room = line.socket.write(bytes)
    if (everyMs > 0) await new Promise((resolve) => { setTimeout(resolve, everyMs) })
    else if (!room) await drained(line)
  }
}

/** Or five seconds without: then it reads no more. */
const drained = (line: Line): Promise<void> => new Promise((resolve) => {
  const timer = setTimeout(over, 5_000)
  function over(): void {
    clearTimeout(timer)
    line.socket.off('drain', over).off('close', over)
    resolve()
  }
  line.socket.on('drain', over).on('close', over)
})
