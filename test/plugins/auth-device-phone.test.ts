/** A phone on a real WebSocket: it pairs, is limited, is revoked, and is out within a second. */
import { expect, onTestFinished, test } from 'vitest'
import { WebSocket } from 'ws'
import { bench, phone, type Ask, type Bench, type Phone } from './auth-device-harness.ts'

interface Frame { readonly type: string; readonly ok?: boolean; readonly event?: string; readonly payload?: Record<string, unknown>; readonly error?: { readonly code: string; readonly details?: Record<string, unknown> } }
interface Line { readonly hello: Frame; call(method: string, params?: object): Promise<Frame>; readonly closed: Promise<number> }

async function dial(b: Bench, who: Phone, ask: Ask = {}): Promise<Line> {
  const ws = new WebSocket((await b.k.url()).replace(/^http/, 'ws'))
  onTestFinished(() => ws.terminate())
  const waiting: ((frame: Frame) => void)[] = []
  const early: Frame[] = []
  ws.on('message', (data) => {
    const frame = JSON.parse(String(data)) as Frame
    if (frame.type === 'event' && frame.event !== 'connect.challenge') return
    const next = waiting.shift()
    if (next) next(frame)
    else early.push(frame)
  })
  const closed = new Promise<number>((resolve) => { ws.on('close', resolve) })
  const next = (): Promise<Frame> => new Promise((resolve) => { const one = early.shift(); if (one) resolve(one); else waiting.push(resolve) })
  const { nonce } = (await next()).payload as { nonce: string }
  const send = (method: string, params: unknown): Promise<Frame> => {
    ws.send(JSON.stringify({ type: 'req', id: method, method, params }))
    return next()
  }
  return { hello: await send('connect', who.connect(ask, nonce, Date.now())), call: (method, params = {}) => send(method, params), closed }
}

const tokenIn = ({ hello }: Line): unknown => (hello.payload?.['auth'] as Record<string, unknown> | undefined)?.['deviceToken']

test('pairs, may read and not write, and is out within a second of its revocation', async () => {
  await using b = await bench({ clock: 'real' })
  const one = phone()
  const ask = { scopes: ['operator.read', 'operator.write'] }
  const refused = await dial(b, one, ask)
  expect(refused.hello).toMatchObject({ ok: false, error: { code: 'NOT_PAIRED', details: { code: 'PAIRING_REQUIRED', reason: 'not-paired' } } })
  expect(await refused.closed).toBe(1008)
  await b.call('device.pair.approve', { requestId: refused.hello.error?.details?.['requestId'], scopes: ['operator.read'] })

  const first = await dial(b, one, ask)
  expect(first.hello).toMatchObject({ ok: true, payload: { auth: { role: 'operator', scopes: ['operator.read'] } } })
  const deviceToken = tokenIn(first) as string
  const second = await dial(b, one, { ...ask, auth: { deviceToken } })
  expect(tokenIn(second)).toBeUndefined()
  expect(await second.call('test.read')).toMatchObject({ ok: true, payload: 'read' })
  expect(await second.call('test.write')).toMatchObject({ ok: false, error: { code: 'FORBIDDEN' } })

  const since = Date.now()
  await b.call('device.token.revoke', { deviceId: one.id })
  expect(await Promise.all([first.closed, second.closed])).toEqual([4401, 4401])
  expect(Date.now() - since).toBeLessThan(1_000)
  expect((await dial(b, one, { ...ask, auth: { deviceToken } })).hello).toMatchObject({ ok: false, error: { details: { code: 'AUTH_DEVICE_TOKEN_MISMATCH' } } })
})

test('that rotates its own token gets the answer, and then is out', async () => {
  await using b = await bench({ clock: 'real' })
  const one = phone()
  const ask = { scopes: ['operator.pairing'] }
  const { hello } = await dial(b, one, ask)
  await b.call('device.pair.approve', { requestId: hello.error?.details?.['requestId'] })
  const line = await dial(b, one, ask)
  const answer = await line.call('device.token.rotate', { deviceId: one.id })
  expect(answer).toMatchObject({ ok: true, payload: { deviceId: one.id } })
  expect(await line.closed).toBe(4401)
  expect((await dial(b, one, { ...ask, auth: { deviceToken: String(answer.payload?.['token']) } })).hello.ok).toBe(true)
})
