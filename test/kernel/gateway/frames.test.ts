import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { fail, failures, kernelErrors } from '../../../kernel/errors.ts'
import { answerId, errorFrame, isRequest, okFrame, requestFaults, traceOf, wireError } from '../../../kernel/gateway/frames.ts'
import { numberedFrame, numberedParts, textFrame } from '../../../kernel/gateway/ws-frame.ts'

describe('a request frame', () => {
  test.each([
    [{ type: 'req', id: '1', method: 'ping' }],
    [{ type: 'req', id: '1', method: 'ping', params: null }],
    [{ type: 'req', id: '1', method: 'ping', params: [1], traceparent: '00-1', expectedProfileId: 'p' }],
  ])('%j is one', (frame) => {
    expect(isRequest(frame)).toBe(true)
    expect(requestFaults(frame)).toBe('')
  })

  test.each([
    [null, 'at root: must be Object'],
    [[], "at root: must have required property 'type'"],
    [{ type: 'req', id: 1 }, "must have required property 'method'"],
    [{ type: 'req', id: 1, method: 'a' }, 'at /id: must be string'],
    [{ type: 'req', id: '', method: 'a' }, 'at /id: must be >=1'],
    [{ type: 'req', id: 'x'.repeat(257), method: 'a' }, 'at /id: must be <=256'],
    [{ type: 'res', id: '1', method: 'a' }, 'at /type: must be "req"'],
    [{ type: 'req', id: '1', method: 'a', foo: 1 }, "at root: unexpected property 'foo'"],
    [JSON.parse('{"type":"req","id":"1","method":"a","__proto__":{}}') as unknown, "at root: unexpected property '__proto__'"],
    [{ type: 'req', id: '1', method: 'a', traceparent: 'x'.repeat(129) }, 'at /traceparent: must be <=128'],
    [{ type: 'req', id: '1', method: 'a', expectedProfileId: '' }, 'at /expectedProfileId: must be >=1'],
  ])('%j is none', (frame, text) => {
    expect(isRequest(frame)).toBe(false)
    expect(requestFaults(frame)).toContain(text)
  })

  test('the quick check and the one that finds faults agree on everything, and neither throws', () => {
    const key = fc.constantFrom('type', 'id', 'method', 'params', 'traceparent', 'expectedProfileId', 'foo', '__proto__', 'constructor')
    const value = fc.oneof(fc.constant('req'), fc.string({ maxLength: 300 }), fc.jsonValue())
    const near = fc.array(fc.tuple(key, value), { maxLength: 8 }).map((entries) => {
      const members = entries.map(([name, v]) => `${JSON.stringify(name)}:${JSON.stringify(v)}`)
      return JSON.parse(`{"type":"req","id":"1","method":"m"${members.map((m) => `,${m}`).join('')}}`) as unknown
    })
    fc.assert(fc.property(fc.oneof(near, fc.jsonValue()), (frame) => {
      expect(isRequest(frame)).toBe(requestFaults(frame) === '')
      expect(['string', 'number']).toContain(typeof answerId(frame))
    }), { numRuns: 500 })
  })

  test('a bad frame is answered under its own id if that can be', () => {
    expect([{ id: 'a' }, { id: 7 }, { id: null }, { id: 'x'.repeat(300) }, { id: {} }, 3, null].map(answerId)).toEqual(['a', 7, 'invalid', 'invalid', 'invalid', 'invalid', 'invalid'])
  })

  test('a traceparent gives its trace id, anything else none', () => {
    expect(traceOf('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')).toBe('0af7651916cd43dd8448eb211c80319c')
    for (const bad of [undefined, '', 'x', '00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01']) expect(traceOf(bad)).toBeUndefined()
  })
})

describe('a response frame', () => {
  test('has exactly type, id, ok and payload or error', () => {
    expect(JSON.parse(okFrame('a"b', { x: 1 }))).toEqual({ type: 'res', id: 'a"b', ok: true, payload: { x: 1 } })
    expect(JSON.parse(okFrame('1', undefined))).toEqual({ type: 'res', id: '1', ok: true })
    expect(Object.keys(JSON.parse(errorFrame('1', fail('NEXUS_CONNECT_TWICE'), 4)) as object)).toEqual(['type', 'id', 'ok', 'error'])
  })

  test('a missing scope is told in the words of each generation', () => {
    const error = fail('NEXUS_CALL_DENIED', { missing: 'operator.admin', have: ['operator.read'] })
    expect(wireError(error, 3)).toMatchObject({ code: 'INVALID_REQUEST', message: 'missing scope: operator.admin' })
    expect(wireError(error, 4)).toEqual({
      code: 'FORBIDDEN', message: 'missing scope: operator.admin',
      details: { code: 'MISSING_SCOPE', missingScope: 'operator.admin', requiredScopes: ['operator.admin'], have: ['operator.read'], nexus: 'NEXUS_CALL_DENIED', fix: error.fix },
    })
  })

  test('of every error only its own texts leave the process: no stack, no cause, no other data', () => {
    for (const code of Object.keys(kernelErrors)) {
      const error = fail(code as keyof typeof kernelErrors, { secret: 'hunter2', file: 'f' }, new Error('hunter2'))
      for (const protocol of [3, 4] as const) {
        const text = errorFrame('1', error, protocol)
        expect(text).not.toMatch(/hunter2|\.ts:\d|stack/)
        expect(['INVALID_REQUEST', 'UNAVAILABLE', 'NOT_PAIRED', 'AGENT_TIMEOUT', ...(protocol === 4 ? ['FORBIDDEN', 'APPROVAL_NOT_FOUND'] : [])]).toContain(wireError(error, protocol).code)
      }
    }
  })

  test('a time to wait and details of a plugin are passed on; details that are no JSON are left out', () => {
    const busy = failures({ X_BUSY: { text: 'busy', fix: 'wait', wire: 'UNAVAILABLE', retryable: true } })
    expect(wireError(busy('X_BUSY', { retryAfterMs: 900, details: { limit: '3 per 60s' } }), 3)).toEqual({
      code: 'UNAVAILABLE', message: 'busy', retryable: true, retryAfterMs: 900, details: { limit: '3 per 60s', nexus: 'X_BUSY', fix: 'wait' },
    })
    expect(JSON.parse(errorFrame('1', busy('X_BUSY', { details: { big: 1n } }), 4))).toMatchObject({ error: { code: 'UNAVAILABLE', details: { nexus: 'X_BUSY' } } })
  })
})

test('frames made here are read by others as what they say, whatever their length', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await new Promise((resolve) => server.once('listening', resolve))
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as { port: number }).port}`)
  const raw = await new Promise<import('node:net').Socket>((resolve) => server.on('connection', (_, req) => resolve(req.socket)))
  const seen: string[] = []
  client.on('message', (data) => seen.push(String(data)))
  const texts = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000].flatMap((n) => ['x'.repeat(n), 'ü€😀'.repeat(n >> 2)])
  for (const text of texts) raw.write(textFrame(text))
  const heads = [100, 130, 65_530, 66_000].map((n) => Buffer.from('€'.repeat(n)))
  for (const head of heads) {
    raw.write(numberedFrame(head, 7))
    for (const part of numberedParts(head, 1234)) raw.write(part)
  }
  const expected = [...texts, ...heads.flatMap((head) => [`${String(head)}7}`, `${String(head)}1234}`])]
  await new Promise<void>((resolve) => client.on('message', () => { if (seen.length === expected.length) resolve() }))
  expect(seen).toEqual(expected)
  client.terminate()
  server.close()
})
