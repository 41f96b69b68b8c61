/**
 * WebSocket frames as bytes, made here so that one event is framed once for all who share its number.
 * Server to client: one unmasked text frame per message (RFC 6455, 5.2).
 */
const FIN_TEXT = 0x81

/** An unfilled frame for `length` bytes of text, and where the text starts. */
function blank(length: number, room = length): [frame: Buffer, start: number] {
  const start = length < 126 ? 2 : length < 65_536 ? 4 : 10
  const frame = Buffer.allocUnsafe(start + room)
  frame[0] = FIN_TEXT
  frame[1] = start === 2 ? length : start === 4 ? 126 : 127
  if (start === 4) frame.writeUInt16BE(length, 2)
  if (start === 10) frame.writeBigUInt64BE(BigInt(length), 2)
  return [frame, start]
}

export function textFrame(text: string): Buffer {
  const [frame, start] = blank(Buffer.byteLength(text))
  frame.write(text, start)
  return frame
}

/** The frame of `head`, then `seq`, then a closing brace. */
export function numberedFrame(head: Buffer, seq: number): Buffer {
  const tail = `${seq}}`
  const [frame, start] = blank(head.length + tail.length)
  head.copy(frame, start)
  frame.write(tail, start + head.length, 'latin1')
  return frame
}

/** The same in pieces, so that a large `head` is not copied for every client. */
export function numberedParts(head: Buffer, seq: number): readonly Buffer[] {
  const tail = Buffer.from(`${seq}}`, 'latin1')
  const [start] = blank(head.length + tail.length, 0)
  return [start, head, tail]
}
