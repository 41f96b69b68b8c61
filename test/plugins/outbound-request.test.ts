import { describe, expect, test } from 'vitest'
import { at, guard, head, live, sending, world } from './outbound-harness.ts'

const code = (code: string) => ({ code })

describe('a request that is none', () => {
  const none: readonly [string, Parameters<ReturnType<typeof guard>['fetch']>[1]][] = [
    ['CONNECT', { method: 'CONNECT' }], ['TRACE', { method: 'TRACE' }], ['a method with more behind it', { method: 'GET / HTTP/1.1\r\nX: y' }], ['in lower case', { method: 'get' }],
    ['a host of its own', { headers: { Host: 'inside' } }], ['a length of its own', { headers: { 'Content-Length': '1' } }], ['chunks', { headers: { 'transfer-encoding': 'chunked' } }],
    ['an upgrade', { headers: { upgrade: 'h2c' } }], ['an encoding', { headers: { 'accept-encoding': 'zstd' } }], ['a line feed', { headers: { a: 's3cret\r\nb: c' } }], ['a name of two words', { headers: { 's3cret b': 'c' } }],
    ['a header twice', { headers: { a: '1', A: '2' } }], ['too many headers', { headers: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`x-${i}`, ''])) }], ['too long ones', { headers: { a: 'x'.repeat(20_000) } }],
    ['no text', { headers: { a: 1 as unknown as string } }], ['a GET with a body', { body: 'x' }], ['a body of another kind', { method: 'POST', body: {} as unknown as string }],
    ['no time', { timeoutMs: 0 }], ['no number', { maxBytes: Number.NaN }],
  ]
  test.each(none)('%s', async (_, options) => {
    const { fetch, resolved } = guard({ dns: { 'a.example': ['127.0.0.1'] } })
    await expect(fetch('http://a.example/', options)).rejects.toMatchObject({ ...code('NEXUS_OUTBOUND_REQUEST'), message: expect.not.stringContaining('s3cret') })
    expect(resolved).toEqual([])
  })

  test('and a body that is read twice is none either', async () => {
    const answer = await at(await sending('x')).get()
    await answer.text()
    await expect(answer.text()).rejects.toMatchObject(code('NEXUS_OUTBOUND_REQUEST'))
    expect(() => answer.body[Symbol.asyncIterator]()).toThrow(expect.objectContaining(code('NEXUS_OUTBOUND_REQUEST')))
    await expect((await at(await sending('x')).get()).text(-1)).rejects.toMatchObject(code('NEXUS_OUTBOUND_REQUEST'))
  })

  test.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('a body goes with %s, whole and with its length', async (method) => {
    const there = await sending('x')
    for (const body of ['grüße', new TextEncoder().encode('grüße')]) await (await at(there).get({ method, body })).text()
    expect(there.asked.map(({ body, headers }) => [body, headers['content-length']])).toEqual([['grüße', '7'], ['grüße', '7']])
  })

  test('part of an answer is asked for uncompressed', async () => {
    const there = await sending('x')
    await (await at(there).get({ headers: { Range: 'bytes=0-1' } })).text()
    expect(there.asked[0]!.headers).toMatchObject({ range: 'bytes=0-1', 'accept-encoding': 'identity' })
  })
})

test('no error tells the address, a header or a part of either', async () => {
  const there = await live((socket) => socket.end(`${head}Content-Encoding: s3cret\r\n\r\n`))
  const { fetch } = world(['a.example'], [there])
  const urls = [`http://a.example:${there.port}/s3cret?s3cret#s3cret`, 'http://s3cret:s3cret@a.example/', 'http://10.0.0.1/?s3cret', 's3cret', 'http://missing.example/s3cret', 'http://[s3cret]/', 'http://s3cret s3cret/', 's3cret://x', `http://a.example/${'s3cret'.repeat(2000)}`]
  for (const url of urls) {
    const error = await fetch(url, { headers: { authorization: 's3cret' } }).then(() => undefined, (thrown: unknown) => thrown)
    const { message, fix, data, cause: below } = error as { message: string; fix: string; data: unknown; cause?: unknown }
    expect({ url, told: JSON.stringify([message, fix, data, String(below), { ...(below as object) }]) }).toEqual({ url, told: expect.not.stringContaining('s3cret') as unknown })
  }
})
