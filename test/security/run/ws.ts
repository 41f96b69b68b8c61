/** WebSocket by hand, for the same reason as HTTP. It answers pings and closes as a good client does. */
import { randomBytes } from 'node:crypto'
import type { Frame } from './schema.ts'
import { until, type Line } from './line.ts'

export interface Ws {
  readonly line: Line
  /** Parsed, in order of arrival. */
  readonly frames: Record<string, unknown>[]
  close: { readonly code: number; readonly reason: string; readonly at: number } | undefined
  /** Rises with every request that this side sends. */
  ids: number
}

export const upgradeHeaders = (): Record<string, string> =>
  ({ Connection: 'Upgrade', Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': randomBytes(16).toString('base64') })

/** Of a line on which 101 was read. */
export function openWs(line: Line): Ws {
  const ws: Ws = { line, frames: [], close: undefined, ids: 0 }
  const look = (): void => {
    for (let more = true; more;) more = takeFrame(ws)
    if (line.closedAt !== undefined) ws.close ??= { code: 1006, reason: '', at: line.closedAt }
  }
  line.watchers.add(look)
  look()
  return ws
}

/** Frames of a server are not masked, and this one never splits a message. */
function takeFrame(ws: Ws): boolean {
  const { line } = ws
  const bytes = line.pending
  if (bytes.length < 2) return false
  const short = bytes[1]! & 127
  const start = short === 126 ? 4 : short === 127 ? 10 : 2
  if (bytes.length < start) return false
  const length = short === 126 ? bytes.readUInt16BE(2) : short === 127 ? Number(bytes.readBigUInt64BE(2)) : short
  if (bytes.length < start + length) return false
  const body = bytes.subarray(start, start + length)
  line.pending = bytes.subarray(start + length)
  take(ws, bytes[0]! & 15, body)
  return true
}

function take(ws: Ws, opcode: number, body: Buffer): void {
  if (opcode === 1) {
    const said: unknown = JSON.parse(body.toString())
    if (typeof said === 'object' && said !== null) ws.frames.push(said as Record<string, unknown>)
  } else if (opcode === 8) {
    ws.close ??= { code: body.length >= 2 ? body.readUInt16BE(0) : 1005, reason: body.subarray(2).toString(), at: performance.now() }
    if (ws.line.socket.writable) ws.line.socket.write(frameBytes(8, body))
  } else if (opcode === 9 && ws.line.socket.writable) ws.line.socket.write(frameBytes(10, body))
}

interface Odd { readonly fin?: boolean; readonly rsv?: number; readonly masked?: boolean; /** The length it claims. */ readonly length?: number }

export function frameBytes(opcode: number, body: Buffer, { fin = true, rsv = 0, masked = true, length = body.length }: Odd = {}): Buffer {
  const size = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const head = Buffer.alloc(size)
  head[0] = (fin ? 0x80 : 0) | rsv << 4 | opcode
  head[1] = (masked ? 0x80 : 0) | (size === 2 ? length : size === 4 ? 126 : 127)
  if (size === 4) head.writeUInt16BE(length, 2)
  if (size === 10) head.writeBigUInt64BE(BigInt(length), 2)
  if (!masked) return Buffer.concat([head, body])
  const mask = randomBytes(4)
  return Buffer.concat([head, mask, body.map((byte, i) => byte ^ mask[i & 3]!)])
}

/** A frame as a case writes it. */
export function bytesOf(frame: Frame): Buffer {
  if ('hex' in frame) return Buffer.from(frame.hex, 'hex')
  if ('json' in frame) return frameBytes(1, Buffer.from(JSON.stringify(frame.json)))
  if ('text' in frame) return frameBytes(1, Buffer.from(frame.text))
  const { opcode = 1, text, hex, fin, rsv, masked, length } = frame.frame
  const body = hex === undefined ? Buffer.from(text ?? '') : Buffer.from(hex, 'hex')
  return frameBytes(opcode, body, { ...(fin !== undefined && { fin }), ...(rsv !== undefined && { rsv }), ...(masked !== undefined && { masked }), ...(length !== undefined && { length }) })
}

export const waitForFrame = async (ws: Ws, ms: number, test: (frame: Record<string, unknown>) => boolean): Promise<Record<string, unknown> | undefined> => {
  await until(ws.line, ms, () => ws.frames.some(test) || ws.close !== undefined)
  return ws.frames.find(test)
}

/** Sends a request and gives its answer; nothing if none came. */
export function ask(ws: Ws, ms: number, method: string, params: unknown): Promise<Record<string, unknown> | undefined> {
  const id = `r${++ws.ids}`
  if (ws.line.socket.writable) ws.line.socket.write(frameBytes(1, Buffer.from(JSON.stringify({ type: 'req', id, method, params }))))
  return waitForFrame(ws, ms, (frame) => frame['type'] === 'res' && frame['id'] === id)
}
