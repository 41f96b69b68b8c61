import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Access } from '../../../kernel/contract.ts'
import { Ring } from '../../../kernel/gateway/resume.ts'
import { admits } from '../../../kernel/provenance.ts'
import { guest, house } from './support.ts'
import { FakeListener, stage, turns } from './listeners.ts'

const read = ['operator.read']

describe('a client that comes back', () => {
  test('gets what it missed under the numbers it would have had, and then what is new', () => {
    const { emit, join, broadcast } = stage()
    const first = join(read).start()
    for (const n of [1, 2, 3]) emit('x', 'operator.read', n)
    broadcast.stop(first.cursor)
    emit('hidden', 'operator.admin', 0)
    emit('x', 'operator.read', 4)
    emit('mine', 'operator.read', 5, { to: [first.cursor.id] })
    const { listener, status, start } = join(read, { resume: { token: first.cursor.token, seq: 2 } })
    expect([status, listener.cursor.seq, listener.cursor.id, listener.cursor.token]).toEqual(['replayed', 2, first.cursor.id, first.cursor.token])
    start()
    emit('x', 'operator.read', 6)
    expect(listener.heard.map((h) => [h.payload, h.seq])).toEqual([[3, 3], [4, 4], [5, 5], [6, 6]])
  })

  test('over the wire finds its id, its events and the ones meant for it', async () => {
    await using at = await house()
    const client = await guest(at)
    at.desk.emit('news', 1)
    await client.find((f) => f.seq === 1)
    client.ws.terminate()
    await client.closed
    await turns(5)
    at.desk.emit('news', 2)
    at.desk.emit('news', 3, { to: [client.hello.server.connId] })
    const back = await guest(at, { resume: { token: client.hello.resume.token, seq: 1 } })
    expect(back.hello).toMatchObject({ server: { connId: client.hello.server.connId }, resume: { seq: 1, status: 'replayed', token: client.hello.resume.token } })
    at.desk.emit('news', 4)
    await back.find((f) => f.payload === 4)
    expect(back.events.map((f) => [f.payload, f.seq])).toEqual([[2, 2], [3, 3], [4, 4]])
  })

  test('before its old socket was seen to be dead takes its place, and the old one is closed', async () => {
    await using at = await house()
    const old = await guest(at)
    at.desk.emit('news', 1)
    const back = await guest(at, { resume: { token: old.hello.resume.token, seq: 0 } })
    expect(await old.closed).toEqual({ code: 1001, reason: 'resumed elsewhere' })
    await turns(5)
    at.desk.emit('news', 2)
    await back.find((f) => f.seq === 2)
    expect(back.events.map((f) => f.payload)).toEqual([1, 2])
    expect(at.gateway.connections()).toHaveLength(1)
  })

  test('between its place and its hello misses nothing', () => {
    const { emit, join } = stage()
    const { start } = join(read)
    emit('x', 'operator.read', 1)
    expect(start().heard.map((h) => [h.payload, h.seq])).toEqual([[1, 1]])
  })

  test('and leaves again before it has all of it, gets the rest the next time', async () => {
    const { emit, join, broadcast } = stage()
    const first = join(read).start()
    broadcast.stop(first.cursor)
    for (let n = 1; n <= 1000; n++) emit('x', 'operator.read', n)
    const second = join(read, { resume: { token: first.cursor.token, seq: 0 } }).start()
    broadcast.stop(second.cursor)
    const seen = second.heard.length
    expect(seen).toBeGreaterThan(0)
    expect(seen).toBeLessThan(1000)
    const third = join(read, { resume: { token: first.cursor.token, seq: seen } }).start()
    await turns(20)
    expect([...second.heard, ...third.heard].map((h) => h.payload)).toEqual(Array.from({ length: 1000 }, (_, i) => i + 1))
  })

  test('gets what it missed no faster than it reads', async () => {
    const { emit, join, broadcast } = stage({ ringBytes: 1e9 })
    const first = join(read).start()
    broadcast.stop(first.cursor)
    for (let n = 0; n < 100; n++) emit('x', 'operator.read', 'x'.repeat(100_000))
    const { listener, start } = join(read, { resume: { token: first.cursor.token, seq: 0 } })
    let wait = (): void => {}
    listener.whenRead = (run) => { wait = run }
    listener.write = (frame) => { listener.unread += frame.length; FakeListener.prototype.write.call(listener, frame) }
    start()
    await turns(50)
    const before = listener.texts.length
    expect(before).toBeGreaterThan(5)
    expect(before).toBeLessThan(30)
    while (listener.texts.length < 100) {
      listener.unread = 0
      wait()
      await turns(50)
    }
    expect(listener.closes).toEqual([])
  })

  test.each<[string, (token: string) => { scopes?: string[]; options: { protocol?: 3 | 4; id?: string; resume: { token: string; seq: number } } }]>([
    ['an unknown token', () => ({ options: { resume: { token: 'x', seq: 0 } } })],
    ['another credential', (token) => ({ options: { id: 'you', resume: { token, seq: 0 } } })],
    ['more scopes', (token) => ({ scopes: ['operator.read', 'operator.admin'], options: { resume: { token, seq: 0 } } })],
    ['fewer scopes', (token) => ({ scopes: [], options: { resume: { token, seq: 0 } } })],
    ['another protocol', (token) => ({ options: { protocol: 3, resume: { token, seq: 0 } } })],
    ['a number that was never given', (token) => ({ options: { resume: { token, seq: 2 } } })],
  ])('with %s must load again', (_, made) => {
    const { emit, join, broadcast } = stage()
    const first = join(read).start()
    emit('x', 'operator.read', 1)
    broadcast.stop(first.cursor)
    const { scopes, options } = made(first.cursor.token)
    const { listener, status } = join(scopes ?? read, options)
    expect(status).toBe('reset')
    expect([listener.cursor.seq, listener.cursor.id === first.cursor.id, listener.cursor.token === first.cursor.token]).toEqual([0, false, false])
  })

  test('after five minutes, or after too many others, must load again', () => {
    const { clock, join, broadcast } = stage({ rememberedConnections: 2 })
    const gone = Array.from({ length: 3 }, () => {
      const listener = join(read).start()
      broadcast.stop(listener.cursor)
      return listener.cursor.token
    })
    const again = (token: string | undefined) => join(read, { resume: { token: token ?? '', seq: 0 } }).status
    expect(again(gone[0])).toBe('reset')
    expect(again(gone[1])).toBe('replayed')
    clock.now = 5 * 60_000 - 1
    broadcast.expire()
    expect(again(gone[2])).toBe('replayed')
    const { listener, start } = join(read)
    start()
    broadcast.stop(listener.cursor)
    clock.now += 5 * 60_000
    broadcast.expire()
    expect(again(listener.cursor.token)).toBe('reset')
  })

  test('for events that are no longer there must load again', () => {
    const { emit, join, broadcast } = stage({ ringEvents: 10 })
    const first = join(read).start()
    broadcast.stop(first.cursor)
    for (let n = 0; n < 11; n++) emit('x', 'operator.read', n)
    expect(join(read, { resume: { token: first.cursor.token, seq: 0 } }).status).toBe('reset')
  })

  test('is not reset because others were sent much meanwhile', () => {
    const { emit, join, broadcast } = stage({ ringEvents: 10 })
    const quiet = join(read).start()
    const busy = join(read).start()
    for (let n = 0; n < 50; n++) emit('x', 'operator.read', n, { to: [busy.cursor.id] })
    broadcast.stop(quiet.cursor)
    expect(join(read, { resume: { token: quiet.cursor.token, seq: 0 } }).status).toBe('replayed')
  })

  test('tokens are not to be guessed', () => {
    const { join } = stage()
    const tokens = Array.from({ length: 100 }, () => join(read).listener.cursor.token)
    expect(new Set(tokens).size).toBe(100)
    expect(Buffer.from(tokens[0] ?? '', 'base64url')).toHaveLength(16)
  })
})

describe('the ring', () => {
  const entry = (bytes: number, at = 0) => ({ access: 'public' as const, to: undefined, lossy: false, v3: undefined, v4: undefined, bytes, at })

  test('keeps to its bounds, gives back what it holds and nothing else', () => {
    fc.assert(fc.property(fc.array(fc.integer({ min: 1, max: 60 }), { maxLength: 60 }), fc.integer({ min: 1, max: 9 }), (sizes, ringEvents) => {
      const ring = new Ring({ ringEvents, ringBytes: 100 })
      sizes.forEach((bytes, i) => {
        const first = ring.firstAfter(bytes)
        ring.push(entry(bytes, i))
        expect(ring.first).toBe(first)
        const kept = sizes.slice(ring.first, ring.next)
        expect(kept.length).toBeLessThanOrEqual(ringEvents)
        expect(kept.length === 1 || kept.reduce((a, b) => a + b, 0) <= 100).toBe(true)
        expect(Array.from({ length: ring.next + 2 }, (_, at) => ring.at(at - 1)?.at)).toEqual([undefined, ...sizes.slice(0, ring.next).map((_, at) => (at < ring.first ? undefined : at)), undefined])
      })
    }))
  })

  test('lets go of what is old', () => {
    const ring = new Ring({ ringEvents: 9, ringBytes: 100 })
    for (const at of [1, 2, 3]) ring.push(entry(10, at))
    ring.dropOlderThan(3)
    expect([ring.first, ring.next]).toEqual([2, 3])
    ring.dropOlderThan(9)
    expect([ring.first, ring.next]).toEqual([3, 3])
  })
})

/**
 * A client: what its user has seen since the last load, what it should have seen by then, and what was written to a
 * socket but is still on its way. Cutting the socket loses the latter.
 */
interface Model { readonly scopes: readonly string[]; listener: FakeListener | undefined; token: string; id: string; seq: number; taken: number; seen: unknown[]; due: unknown[]; resets: number }

type Step =
  | { do: 'emit'; access: Access; to: readonly number[] | undefined; lossy: boolean }
  | { do: 'come' | 'shut' | 'cut' | 'leave' | 'take'; who: number }
  | { do: 'turn' }

const steps = (weightOfTurns: number): fc.Arbitrary<Step[]> => {
  const who = fc.integer({ min: 0, max: 3 })
  return fc.array(fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('emit' as const), access: fc.constantFrom<Access>('public', 'operator.read', 'operator.admin'), to: fc.option(fc.array(who, { maxLength: 3 }), { nil: undefined }), lossy: fc.boolean() }) },
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('come' as const, 'come' as const, 'shut' as const, 'cut' as const, 'leave' as const, 'take' as const), who }) },
    { weight: weightOfTurns, arbitrary: fc.constant({ do: 'turn' as const }) },
  ), { minLength: 20, maxLength: 100 })
}

async function play(script: readonly Step[], limits: Parameters<typeof stage>[0], crowd: number): Promise<Model[]> {
  const { emit, join, broadcast } = stage(limits)
  // With many others around, a fan-out takes several turns.
  for (let i = 0; i < crowd; i++) join(['operator.read']).start()
  const models = [[], ['operator.read'], ['operator.read'], ['operator.admin']].map((scopes): Model => ({ scopes, listener: undefined, token: '', id: '', seq: 0, taken: 0, seen: [], due: [], resets: 0 }))
  let payloads = 0

  const take = (model: Model, most: number): void => {
    for (const { payload, seq } of model.listener?.heard.slice(model.taken, model.taken + most) ?? []) {
      expect(seq).toBe(model.seq + 1)
      model.seq = seq
      model.taken++
      model.seen.push(payload)
    }
  }
  const come = (model: Model): void => {
    const { listener, status, start } = join(model.scopes, model.token ? { resume: { token: model.token, seq: model.seq } } : {})
    if (status === 'reset') model.resets++
    if (status !== 'replayed') Object.assign(model, { seen: [], due: [], seq: 0 })
    expect(listener.cursor.seq).toBe(model.seq)
    Object.assign(model, { listener: start(), taken: 0, token: listener.cursor.token, id: listener.cursor.id })
  }
  const cut = (model: Model): void => {
    if (!model.listener) return
    broadcast.stop(model.listener.cursor)
    model.listener = undefined
  }

  for (const step of script) {
    const model = 'who' in step ? models[step.who] as Model : undefined
    if (step.do === 'turn') await turns()
    else if (step.do === 'emit') {
      const to = step.to?.map((i) => models[i]?.id ?? '')
      const payload = payloads++
      for (const one of models) if (one.id && admits(new Set(one.scopes), step.access) && (!to || to.includes(one.id))) one.due.push(payload)
      emit('x', step.access, payload, { ...(to && { to }), lossy: step.lossy })
    } else if (step.do === 'come') come(model as Model)
    else if (step.do === 'take') take(model as Model, 2)
    // The socket is closing, and the gateway has not heard yet that it has closed.
    else if (step.do === 'shut') Object.assign(model?.listener ?? {}, { open: false })
    else {
      if (step.do === 'leave') take(model as Model, Infinity)
      cut(model as Model)
    }
  }
  for (const model of models) if (model.id && !model.listener?.open) come(model)
  await turns(12)
  for (const model of models) take(model, Infinity)
  return models
}

describe('whatever the order of events, breaks and returns', () => {
  test('each client sees every event that is for it exactly once and in order', async () => {
    await fc.assert(fc.asyncProperty(steps(2), fc.constantFrom(0, 0, 0, 450), async (script, crowd) => {
      for (const { seen, due, resets } of await play(script, {}, crowd)) {
        expect(seen).toEqual(due)
        expect(resets).toBe(0)
      }
    }), { numRuns: 200 })
  })

  test('or is told to load again when the ring is too small, and then again sees everything', async () => {
    let resets = 0
    await fc.assert(fc.asyncProperty(steps(2), fc.integer({ min: 1, max: 4 }), async (script, ringEvents) => {
      for (const model of await play(script, { ringEvents }, 0)) {
        expect(model.seen).toEqual(model.due)
        resets += model.resets
      }
    }), { numRuns: 200 })
    expect(resets).toBeGreaterThan(0)
  })
})
