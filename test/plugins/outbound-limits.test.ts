import { getEventListeners } from 'node:events'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { at, guard, head, live, sending, site, world } from './outbound-harness.ts'
import type { Site } from './outbound-harness.ts'

const code = (code: string) => ({ code })
const ended = (there: Site) => expect.poll(() => there.connections()).toBe(0)

describe('size', () => {
  test('what fits is given whole, compressed or not', async () => {
    const text = 'grüße '.repeat(1000)
    for (const [body, encoding] of [[Buffer.from(text), 'identity'], [gzipSync(text), 'gzip'], [gzipSync(text), 'X-GZIP'], [brotliCompressSync(text), 'br']] as const) {
      const { get, outcomes } = at(await sending(body, { 'content-encoding': encoding }))
      const answer = await get({ maxBytes: Buffer.byteLength(text) })
      expect(answer).toMatchObject({ status: 200, redirects: 0 })
      expect(await answer.text()).toBe(text)
      expect(outcomes).toMatchObject([{ ok: true, bytes: Buffer.byteLength(text) }])
    }
  })

  test.each([['gzip', (plain: Buffer) => gzipSync(plain)], ['br', (plain: Buffer) => brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } })]] as const)('a bomb of %s bursts at the limit and not in memory', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(256 * 1024 * 1024))
    const { get } = at(await sending(bomb, { 'content-encoding': encoding }))
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    await expect((await get()).bytes()).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024)
  })

  test('counts before decompression too', async () => {
    // Members without content: any number of bytes becomes none.
    const { get } = at(await sending(Buffer.concat(Array.from({ length: 200 }, () => gzipSync(''))), { 'content-encoding': 'gzip' }))
    await expect((await get({ maxBytes: 2000 })).bytes()).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
  })

  test('that is announced is refused at once; that is not, on the way', async () => {
    const announced = await live((socket) => socket.write(`${head}Content-Length: 10000000000\r\n\r\nx`))
    await expect(at(announced).get()).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    await ended(announced)
    const endless = await live((socket) => {
      socket.write(`${head}\r\n`)
      const more = (): void => { while (socket.writable && socket.write('x'.repeat(65_536))); }
      socket.on('drain', more).on('error', () => {})
      more()
    })
    const answer = await at(endless).get()
    await expect(answer.text()).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    await ended(endless)
  })

  test('has a limit of its own for each way to read, never above the other', async () => {
    const there = await sending('x'.repeat(1000))
    await expect((await at(there).get()).text(999)).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    await expect((await at(there).get({ maxBytes: 999 })).text(5000)).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    await expect(at(there, { limits: { maxBytes: 999 } }).get({ maxBytes: 5000 }).then((answer) => answer.text())).rejects.toMatchObject(code('NEXUS_OUTBOUND_TOO_LARGE'))
    expect(await (await at(there).get()).text(1000)).toHaveLength(1000)
  })

  test('of headers', async () => {
    const there = await live((socket) => socket.write(`${head}X-Long: ${'x'.repeat(20_000)}\r\n\r\n`))
    await expect(at(there).get()).rejects.toMatchObject(code('NEXUS_OUTBOUND_RESPONSE'))
    const drip = await live((socket) => {
      socket.write(head)
      const timer = setInterval(() => socket.write('X-More: yes\r\n'), 1)
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await expect(at(drip, { limits: { maxHeaderBytes: 1024 } }).get()).rejects.toMatchObject(code('NEXUS_OUTBOUND_RESPONSE'))
  })

  test('is read as fast as it is taken', async () => {
    let sent = 0
    const there = await live((socket) => {
      socket.write(`${head}\r\n`)
      const more = (): void => { do sent += 65_536; while (socket.writable && socket.write('x'.repeat(65_536))) }
      socket.on('drain', more).on('error', () => {})
      more()
    })
    const answer = await at(there, { limits: { maxBytes: 1e9 } }).get()
    for await (const chunk of answer.body) {
      expect(chunk.length).toBeGreaterThan(0)
      await new Promise((done) => setTimeout(done, 300))
      break
    }
    // What the two sockets of the system hold, and no more.
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    await ended(there)
  })
})

describe('time', () => {
  const short = { connectMs: 150, headersMs: 150, idleMs: 150, totalMs: 5_000 }
  const phase = (phase: string) => ({ code: 'NEXUS_OUTBOUND_TIMEOUT', data: { phase: expect.stringContaining(phase) as unknown } })

  test('DNS that does not answer', async () => {
    const { fetch } = guard({ dns: { 'a.example': () => new Promise(() => {}) }, limits: short })
    await expect(fetch('http://a.example/')).rejects.toMatchObject(phase('connection'))
  })

  test('TLS that is not answered', async () => {
    const there = await live(() => {})
    await expect(world(['a.example'], [there], { limits: short }).fetch(`https://a.example:${there.port}/`)).rejects.toMatchObject(phase('connection'))
    await ended(there)
  })

  test('a head that does not come, or comes in drops', async () => {
    const silent = await live(() => {})
    await expect(at(silent, { limits: short }).get()).rejects.toMatchObject(phase('head'))
    await ended(silent)
    const drip = await live((socket) => {
      const timer = setInterval(() => socket.write('H'), 20)
      socket.write('HTTP/1.1 200 OK\r\nX-Long: ')
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await expect(at(drip, { limits: short }).get()).rejects.toMatchObject(phase('head'))
    await ended(drip)
  })

  test('a head put off by interim answers', async () => {
    const there = await live((socket) => {
      const timer = setInterval(() => socket.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 20)
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await expect(at(there, { limits: short }).get()).rejects.toMatchObject(phase('head'))
  })

  test('a body that stops', async () => {
    const there = await live((socket) => socket.write(`${head}\r\nx`))
    const { get, outcomes } = at(there, { limits: short })
    await expect((await get()).text()).rejects.toMatchObject(phase('piece'))
    expect(outcomes).toMatchObject([{ ok: false, code: 'NEXUS_OUTBOUND_TIMEOUT', bytes: 1 }])
    await ended(there)
  })

  test('of a body that may be silent for longer, or less long, than the settings say', async () => {
    const late = await live((socket) => {
      socket.write(`${head}\r\nx`)
      const timer = setTimeout(() => socket.end('y'), 400)
      socket.on('close', () => clearTimeout(timer)).on('error', () => {})
    })
    expect(await (await at(late, { limits: short }).get({ idleMs: 4_000 })).text()).toBe('xy')
    await expect((await at(late, { limits: { ...short, idleMs: 4_000 } }).get({ idleMs: 150 })).text()).rejects.toMatchObject(phase('piece'))
    await expect((await at(late, { limits: { ...short, totalMs: 200 } }).get({ idleMs: 4_000 })).text()).rejects.toMatchObject(phase('whole'))
    await expect(at(late).get({ idleMs: 0 })).rejects.toMatchObject(code('NEXUS_OUTBOUND_REQUEST'))
    await ended(late)
  })

  test('a body in drops, which is never idle', async () => {
    const there = await live((socket) => {
      const timer = setInterval(() => socket.write('x'), 20)
      socket.write(`${head}\r\n`)
      socket.on('close', () => clearInterval(timer)).on('error', () => {})
    })
    await expect((await at(there, { limits: short }).get({ timeoutMs: 400 })).text()).rejects.toMatchObject(phase('whole'))
    await ended(there)
  })

  test('of a reader does not count as the other side\'s, except in the whole', async () => {
    const { get } = at(await sending('x'.repeat(200_000)), { limits: short })
    let size = 0
    for await (const chunk of (await get()).body) {
      if (size === 0) await new Promise((done) => setTimeout(done, 400))
      size += chunk.length
    }
    expect(size).toBe(200_000)
  })

  test('a body that nobody reads, or reads on, is closed at the end of it', async () => {
    const there = await live((socket) => socket.write(`${head}\r\nx`))
    const { get, outcomes } = at(there, { limits: { ...short, totalMs: 300, concurrency: 2 } })
    await get()
    const iterator = (await get()).body[Symbol.asyncIterator]()
    await iterator.next()
    await expect(get()).rejects.toMatchObject(code('NEXUS_OUTBOUND_BUSY'))
    await ended(there)
    expect(outcomes).toMatchObject([code('NEXUS_OUTBOUND_TIMEOUT'), code('NEXUS_OUTBOUND_TIMEOUT')])
    ;(await get()).cancel()
  })

  test('is not above what the settings give', async () => {
    const there = await live(() => {})
    await expect(at(there, { limits: { totalMs: 100 } }).get({ timeoutMs: 60_000 })).rejects.toMatchObject({ data: { ms: 100 } })
  })
})

describe('an end from this side', () => {
  test('before, while the head is awaited, and while the body is', async () => {
    await expect(guard().fetch('http://8.8.8.8/', { signal: AbortSignal.abort('s3cret') })).rejects.toMatchObject(code('NEXUS_OUTBOUND_ABORTED'))
    for (const said of ['', `${head}\r\nx`]) {
      const there = await live((socket) => socket.write(said))
      const controller = new AbortController()
      const { get } = at(there)
      setTimeout(() => controller.abort(), 100)
      await expect(get({ signal: controller.signal }).then((answer) => answer.text())).rejects.toMatchObject(code('NEXUS_OUTBOUND_ABORTED'))
      await ended(there)
    }
  })

  test('of the plugin, too', async () => {
    const there = await live((socket) => socket.write(`${head}\r\nx`))
    const { get, stop } = at(there)
    const answer = await get()
    const text = answer.text()
    stop()
    await expect(text).rejects.toMatchObject(code('NEXUS_OUTBOUND_ABORTED'))
    await expect(get()).rejects.toMatchObject(code('NEXUS_OUTBOUND_ABORTED'))
    await ended(there)
  })

  test('by leaving the loop, or by cancelling', async () => {
    const there = await live((socket) => socket.write(`${head}\r\nx`))
    const { get, outcomes } = at(there, { limits: { concurrency: 1 } })
    for await (const chunk of (await get()).body) if (chunk.length > 0) break
    ;(await get()).cancel()
    await ended(there)
    expect(outcomes).toMatchObject([{ ok: true, bytes: 1 }, { ok: true, bytes: 0 }])
  })

  test('leaves nothing on a signal that lives on', async () => {
    const controller = new AbortController()
    const { get } = at(await sending('x'))
    for (let i = 0; i < 3; i++) await (await get({ signal: controller.signal })).text()
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

describe('an answer that is none', () => {
  test.each([
    ['no HTTP', 'SSH-2.0-OpenSSH\r\n', 'NEXUS_OUTBOUND_RESPONSE'],
    ['another protocol', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n', 'NEXUS_OUTBOUND_RESPONSE'],
    ['two lengths', `${head}Content-Length: 1\r\nContent-Length: 2\r\n\r\nxx`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['a length and chunks', `${head}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['an encoding that was not asked for', `${head}Content-Encoding: zstd\r\nContent-Length: 1\r\n\r\nx`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['one encoding on another', `${head}Content-Encoding: gzip, gzip\r\nContent-Length: 1\r\n\r\nx`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['no gzip', `${head}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\nabcd`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['half of gzip', Buffer.concat([Buffer.from(`${head}Content-Encoding: gzip\r\n\r\n`), gzipSync('x'.repeat(100)).subarray(0, 20)]), 'NEXUS_OUTBOUND_RESPONSE'],
    ['no brotli', `${head}Content-Encoding: br\r\nContent-Length: 10\r\n\r\nzzzzzzzzzz`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['bad chunks', `${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 'NEXUS_OUTBOUND_RESPONSE'],
    ['less than was announced', `${head}Content-Length: 100\r\n\r\nx`, 'NEXUS_OUTBOUND_CONNECT'],
    ['nothing', '', 'NEXUS_OUTBOUND_CONNECT'],
  ])('%s', async (_, said, expected) => {
    const { get, outcomes } = at(await live((socket) => socket.end(said)))
    await expect(get().then((answer) => answer.text())).rejects.toMatchObject(code(expected))
    expect(outcomes).toMatchObject([{ ok: false, ...code(expected) }])
  })

  test.each([['HEAD', 200], ['GET', 204], ['GET', 304]])('nothing is one for %s with %i, whatever its headers say', async (method, status) => {
    const there = await site((_, response) => void response.writeHead(status, { 'content-encoding': 'gzip', ...(method === 'HEAD' ? { 'content-length': '99999999' } : {}) }).end())
    expect(await (await at(there).get({ method })).text()).toBe('')
  })

  test('nobody is there', async () => {
    const { port } = await site(() => {})
    const gone = world(['a.example'], [{ port, asked: [], connections: () => 0 }], { dns: { 'b.example': ['127.0.0.1'] }, limits: { connectMs: 1000 } })
    await expect(gone.fetch('http://missing.example/')).rejects.toMatchObject({ ...code('NEXUS_OUTBOUND_DNS'), message: expect.stringContaining('ENOTFOUND') })
    const closed = world(['a.example'], [{ port: 1, asked: [], connections: () => 0 }])
    await expect(closed.fetch('http://a.example:1/')).rejects.toMatchObject({ ...code('NEXUS_OUTBOUND_CONNECT'), message: expect.stringContaining('ECONNREFUSED') })
  })
})
