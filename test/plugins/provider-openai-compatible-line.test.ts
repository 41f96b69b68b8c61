import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { createLine } from '../../plugins/provider-openai-compatible/line.ts'
import type { Way } from '../../plugins/models/contract.ts'

afterEach(() => { vi.unstubAllEnvs() })

/** What the server got of one question. */
async function posted(baseUrl: (port: number) => string, headers: Way['headers'] = {}): Promise<IncomingMessage> {
  let got: IncomingMessage | undefined
  const server = createServer((request, response) => {
    got = request
    request.resume().on('end', () => response.end('{}'))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const line = createLine(baseUrl((server.address() as AddressInfo).port))
  const answer = await line.post('/chat/completions', headers, 'é', () => () => {})
  answer.resume()
  line.close()
  server.close()
  return got!
}

test('sends each header once, the settings\' in place of the usual ones', async () => {
  const { url, rawHeaders } = await posted((port) => `http://127.0.0.1:${port}/v1/`, { 'user-agent': 'mine', accept: undefined, authorization: 'Bearer k', 'content-length': '99' })
  expect(url).toBe('/v1/chat/completions')
  expect(Object.fromEntries(rawHeaders.flatMap((name, i) => (i % 2 === 0 ? [[name.toLowerCase(), rawHeaders[i + 1]]] : [])))).toEqual({
    host: expect.stringMatching(/^127\.0\.0\.1:\d+$/), 'content-type': 'application/json', 'user-agent': 'mine', authorization: 'Bearer k', 'content-length': '2', connection: 'keep-alive',
  })
  expect(rawHeaders).toHaveLength(12)
})

test('names the host that the settings name', async () => {
  expect((await posted((port) => `http://127.0.0.1:${port}`, { host: 'model.test' })).rawHeaders.filter((one) => one === 'model.test' || one.startsWith('127'))).toEqual(['model.test'])
})

test('a header with a line break is refused before anything is sent', async () => {
  await expect(createLine('http://127.0.0.1:9').post('/x', { 'x-team': 'a\r\nb: c' }, '', () => () => {})).rejects.toMatchObject({ code: 'ERR_INVALID_CHAR' })
})

test('shows a proxy of the environment who it is, where Node heeds one', async () => {
  vi.stubEnv('NODE_USE_ENV_PROXY', '1')
  const heeds = Number(process.versions.node.split('.')[0]) >= 24
  const { url, headers } = await posted((port) => {
    vi.stubEnv('HTTP_PROXY', `http://who:what@127.0.0.1:${port}`)
    vi.stubEnv('http_proxy', `http://who:what@127.0.0.1:${port}`)
    return heeds ? 'http://model.test:8080/v1' : `http://127.0.0.1:${port}/v1`
  })
  expect(url).toBe(heeds ? 'http://model.test:8080/v1/chat/completions' : '/v1/chat/completions')
  expect(headers['proxy-authorization']).toBe(heeds ? `Basic ${Buffer.from('who:what').toString('base64')}` : undefined)
  expect(headers['content-type']).toBe('application/json')
})
