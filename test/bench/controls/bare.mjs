// The control: node:http and ws, unbundled, with nothing in between. It speaks just enough to be compared.
import { createServer } from 'node:http'
import { WebSocketServer } from 'ws'

const server = createServer((_, res) => res.end('ok'))
const wss = new WebSocketServer({ server, perMessageDeflate: false, maxPayload: 26214400 })
wss.on('connection', (socket) => {
  socket.send(JSON.stringify({ type: 'event', event: 'connect.challenge', payload: { nonce: 'n', ts: Date.now() } }))
  socket.on('message', (data) => {
    const { id, method, params } = JSON.parse(data)
    if (method === 'fan') {
      const ready = JSON.stringify({ type: 'event', event: 'bench.tick', payload: { pad: 'x'.repeat(params.bytes), marker: params.marker } })
      for (const client of wss.clients) client.send(ready)
    }
    socket.send(JSON.stringify({ type: 'res', id, ok: true, payload: method === 'connect' ? { type: 'hello-ok', protocol: 4 } : params }))
  })
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
