// Many raw sockets. Frames are not parsed: a client has seen an event when the marker's bytes have come by.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [port, token, count] = [Number(process.argv[2]), process.argv[3], Number(process.argv[4])]
let marker
let missing = 0
let seenAll = () => {}

function frame(text) {
  const body = Buffer.from(text)
  const head = body.length < 126 ? Buffer.from([0x81, 0x80 | body.length]) : Buffer.from([0x81, 0x80 | 126, body.length >> 8, body.length & 255])
  return Buffer.concat([head, Buffer.alloc(4), body]) // a mask of zeros leaves the body as it is
}

function client() {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let tail = ''
    let joined = false
    let seen
    socket.on('error', reject)
    socket.on('connect', () => socket.write(`GET / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`))
    socket.on('data', (chunk) => {
      const text = tail + chunk.toString('latin1')
      tail = text.slice(-64)
      if (!joined) {
        if (text.includes('connect.challenge')) socket.write(frame(JSON.stringify({ type: 'req', id: 'hello', method: 'connect', params: { minProtocol: 4, maxProtocol: 4, client: { id: 'crowd', version: '1', platform: 'linux', mode: 'backend' }, caps: [], role: 'operator', scopes: ['operator.read'], auth: { token } } })))
        if (text.includes('hello-ok')) {
          joined = true
          resolve()
        }
      }
      if (marker && seen !== marker && text.includes(marker)) {
        seen = marker
        if (--missing === 0) seenAll()
      }
    })
  })
}

for (let i = 0; i < count; i += 20) await Promise.all(Array.from({ length: Math.min(20, count - i) }, client))
console.log('joined')
for await (const line of createInterface({ input: process.stdin })) {
  missing = count
  const done = new Promise((resolve) => { seenAll = resolve })
  marker = line
  console.log('armed')
  await done
  console.log('seen')
}
