/** A bare child under Node's permission model: may it reach the local socket, and may it read the secret that this takes? */
import { readFileSync } from 'node:fs'
import { request } from 'node:http'

const [socketPath, secretFile] = process.argv.slice(2)
const told = { secret: 'read', connected: false, status: 0 }
try {
  readFileSync(secretFile)
} catch (error) {
  told.secret = error.code
}
const body = JSON.stringify({ method: 'health' })
const req = request({ socketPath, path: '/rpc', method: 'POST', headers: { 'content-length': body.length } }, (res) => {
  Object.assign(told, { connected: true, status: res.statusCode })
  res.resume().on('end', () => console.log(JSON.stringify(told)))
})
req.on('error', (error) => console.log(JSON.stringify({ ...told, error: error.code })))
req.end(body)
