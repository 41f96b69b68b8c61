// The control: what a bare proxy in Node does that streams an answer through, with nothing in between.
import { Agent, createServer, request } from 'node:http'

const port = Number(process.argv[2])
const agent = new Agent({ keepAlive: true, maxSockets: 1000 })
const server = createServer((from, to) => {
  const up = request({ port, host: '127.0.0.1', agent, path: from.url, method: from.method, headers: { ...from.headers, host: `127.0.0.1:${port}` } }, (answer) => {
    to.writeHead(answer.statusCode, answer.headers)
    answer.pipe(to)
  })
  up.on('error', () => to.destroy())
  from.pipe(up)
})
server.listen(0, '127.0.0.1', () => console.log(JSON.stringify({ port: server.address().port })))
