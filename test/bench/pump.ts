/**
 * One frame, sent again and again over a connection that is in. Frames are made once and answers are only counted, since
 * a client that parses takes as long for a call as the server does, and hides what the server takes.
 */
import { randomBytes } from 'node:crypto'
import { connect, type Socket } from 'node:net'

export interface Pump {
  /** Calls per second with so many in flight. Throws as soon as one is refused. */
  perSecond(method: string, params: object, inFlight: number, ms: number): Promise<number>
  close(): void
}

const hello = (token: string) => ({ minProtocol: 4, maxProtocol: 4, client: { id: 'pump', version: '1', platform: 'linux', mode: 'backend' }, caps: [], role: 'operator', scopes: ['operator.admin'], auth: { token } })

export async function openPump(port: number, token: string): Promise<Pump> {
  const socket = connect(port, '127.0.0.1')
  await new Promise<void>((resolve, reject) => socket.once('error', reject).once('connect', resolve))
  let onFrame = (_frame: Buffer): void => {}
  let onRead = (): void => {}
  let onClose = (_error: Error): void => {}
  socket.on('error', () => {})
  socket.on('close', () => onClose(new Error('the connection was closed')))

  const rest = await upgraded(socket, port)
  const take = reader((frame) => onFrame(frame))
  await new Promise<void>((resolve, reject) => {
    onClose = reject
    onFrame = (frame) => {
      if (frame.includes('"connect.challenge"')) socket.write(request('connect', hello(token)))
      else if (isAnswer(frame) && isOk(frame)) resolve()
      else if (isAnswer(frame)) reject(new Error(frame.toString()))
    }
    socket.on('data', (chunk: Buffer) => {
      take(chunk)
      onRead()
    })
    take(rest)
  })

  function perSecond(method: string, params: object, inFlight: number, ms: number): Promise<number> {
    const frame = request(method, params)
    /** By how many. */
    const frames = Array.from({ length: inFlight + 1 }, (_, count) => Buffer.concat(Array.from({ length: count }, () => frame)))
    const started = performance.now()
    let [done, open, answered] = [0, inFlight, 0]
    return new Promise((resolve, reject) => {
      onClose = reject
      onFrame = (answer) => {
        if (!isAnswer(answer)) return
        answered++
        if (!isOk(answer)) reject(new Error(`${method} was refused: ${answer.toString('utf8', 0, 300)}`))
      }
      onRead = () => {
        done += answered
        const over = performance.now() - started >= ms
        if (over) open -= answered
        else if (answered > 0) socket.write(frames[answered]!)
        answered = 0
        if (over && open === 0) resolve(done / ((performance.now() - started) / 1000))
      }
      socket.write(frames[inFlight]!)
    })
  }
  return { perSecond, close: () => socket.destroy() }
}

/** Resolves to what came behind the answer to the upgrade. */
function upgraded(socket: Socket, port: number): Promise<Buffer> {
  socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${randomBytes(16).toString('base64')}\r\n\r\n`)
  return new Promise((resolve, reject) => {
    let read: Buffer = Buffer.alloc(0)
    socket.on('data', function gather(chunk: Buffer) {
      read = Buffer.concat([read, chunk])
      const end = read.indexOf('\r\n\r\n')
      if (end < 0) return
      socket.off('data', gather)
      if (read.toString('latin1', 9, 12) === '101') resolve(read.subarray(end + 4))
      else reject(new Error(read.toString('latin1', 0, 200)))
    })
  })
}

const isAnswer = (frame: Buffer): boolean => frame.toString('latin1', 0, 13) === '{"type":"res"'
const isOk = (frame: Buffer): boolean => frame.subarray(0, 80).includes('"ok":true')

/** Every text frame of what is read, in whatever pieces it comes. Servers neither mask nor divide theirs here. */
function reader(each: (frame: Buffer) => void): (chunk: Buffer) => void {
  let kept: Buffer = Buffer.alloc(0)
  return (chunk) => {
    const data = kept.length === 0 ? chunk : Buffer.concat([kept, chunk])
    let at = 0
    for (;;) {
      const short = (data[at + 1] ?? 0) & 127
      const head = short < 126 ? 2 : short === 126 ? 4 : 10
      if (data.length - at < head) break
      const length = head === 2 ? short : head === 4 ? data.readUInt16BE(at + 2) : Number(data.readBigUInt64BE(at + 2))
      if (data.length - at < head + length) break
      if (data[at] === 0x81) each(data.subarray(at + head, at + head + length))
      at += head + length
    }
    kept = data.subarray(at)
  }
}

function request(method: string, params: object): Buffer {
  const body = Buffer.from(JSON.stringify({ type: 'req', id: '1', method, params }))
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255])
  // A mask of zeros leaves the body as it is.
  return Buffer.concat([head, Buffer.alloc(4), body])
}
