import { describe, expect, test, vi } from 'vitest'
import { definePlugin, event } from 'nexus-gateway/sdk'
import * as v from 'valibot'
import { guest, house } from './support.ts'
import { FakeListener, stage, turns } from './listeners.ts'

const read = ['operator.read']

describe('an event', () => {
  test('is exactly type, event, payload, seq and, where it has one, stateVersion', () => {
    const { emit, join } = stage()
    const listener = join(read).start()
    emit('presence', 'operator.read', { presence: [] }, { stateVersion: { presence: 2, health: 3 } })
    emit('news', 'operator.read', 'ü')
    emit('bare', 'public', undefined)
    expect(listener.texts).toEqual([
      '{"type":"event","event":"presence","payload":{"presence":[]},"stateVersion":{"presence":2,"health":3},"seq":1}',
      '{"type":"event","event":"news","payload":"ü","seq":2}',
      '{"type":"event","event":"bare","seq":3}',
    ])
  })

  test('reaches only those whose scopes admit it, and each counts for itself', () => {
    const { emit, join } = stage()
    const [none, reader, writer, admin] = [[], read, ['operator.write'], ['operator.admin']].map((scopes) => join(scopes).start()) as [FakeListener, FakeListener, FakeListener, FakeListener]
    emit('a', 'public', 1)
    emit('b', 'operator.read', 2)
    emit('c', 'operator.admin', 3)
    emit('d', 'cost.manage', 4)
    emit('e', 'public', 5)
    const seen = (listener: FakeListener): string => listener.heard.map(({ event: name, seq }) => `${name}${seq}`).join(' ')
    expect([none, reader, writer, admin].map(seen)).toEqual(['a1 e2', 'a1 b2 e3', 'a1 b2 e3', 'a1 b2 c3 d4 e5'])
  })

  test('meant for some reaches no other, and them only if their scopes admit it', () => {
    const { emit, join } = stage()
    const [a, b, c] = [join(read).start(), join(read).start(), join([]).start()]
    emit('x', 'operator.read', 1, { to: [a.cursor.id, c.cursor.id, 'nobody'] })
    emit('y', 'operator.read', 2)
    expect([a, b, c].map((l) => l.heard.map(({ event: name, seq }) => `${name}${seq}`))).toEqual([['x1', 'y2'], ['y1'], []])
  })

  test('is written as JSON once, and once more in the shape of protocol 3 only if someone speaks it', () => {
    const { emit, join } = stage()
    const toJSON = vi.fn(() => 'new')
    const older = vi.fn(() => 'old')
    const four = Array.from({ length: 10 }, () => join(read).start())
    emit('x', 'operator.read', { toJSON }, { v3: older })
    expect([toJSON.mock.calls.length, older.mock.calls.length]).toEqual([1, 0])
    const three = join(read, { protocol: 3 }).start()
    emit('x', 'operator.read', { toJSON }, { v3: older })
    emit('y', 'operator.read', { toJSON })
    expect([toJSON.mock.calls.length, older.mock.calls.length]).toEqual([3, 1])
    expect(three.heard.map((h) => h.payload)).toEqual(['old', 'new'])
    expect(four[0]?.heard.map((h) => h.payload)).toEqual(['new', 'new', 'new'])
  })

  test('is not written at all when there is nobody to come back for it', () => {
    const { emit } = stage()
    const toJSON = vi.fn()
    emit('x', 'public', { toJSON })
    expect(toJSON).not.toHaveBeenCalled()
  })

  test('that is no JSON is logged under its name and harms nobody', () => {
    const { emit, join, log } = stage()
    const lines: unknown[] = []
    log.addSink((record) => void lines.push([record.level, record.fields?.['event']]))
    const listener = join(read).start()
    emit('bad', 'public', 1n)
    emit('worse', 'public', 1, { v3: () => { throw new Error('no') } })
    emit('good', 'public', 1)
    expect(lines).toEqual([['error', 'bad']])
    expect(listener.heard.map((h) => [h.event, h.seq])).toEqual([['worse', 1], ['good', 2]])
  })

  test('shares its frame among those with the same number, and its text among all when it is large', () => {
    const { emit, join } = stage()
    const frames = new Set<Buffer>()
    class Spy extends FakeListener { override write(frame: Buffer): void { frames.add(frame); super.write(frame) } }
    const { broadcast } = stage()
    for (let i = 0; i < 5; i++) {
      const { cursor } = broadcast.place({ supersede() {} }, { id: 'me', role: 'operator', scopes: new Set(read), label: 'operator' }, 4, undefined)
      broadcast.start(new Spy(cursor))
    }
    broadcast.publish({ name: 'x', access: 'public', payload: 'small', options: {} })
    expect(frames.size).toBe(1)
    broadcast.publish({ name: 'x', access: 'public', payload: 'x'.repeat(20_000), options: {} })
    expect([...frames].filter((frame) => frame.length > 20_000)).toHaveLength(1)
    const listener = join(read).start()
    emit('x', 'public', 'ü'.repeat(40_000))
    expect(listener.heard).toEqual([{ type: 'event', event: 'x', payload: 'ü'.repeat(40_000), seq: 1 }])
    expect(listener.writes).toHaveLength(1)
  })
})

describe('a fan-out', () => {
  test('looks at 200 connections in a turn and leaves the loop free in between', async () => {
    const { emit, join } = stage()
    const listeners = Array.from({ length: 1000 }, () => join(read).start())
    emit('x', 'operator.read', 1)
    const reached = (): number => listeners.filter((l) => l.texts.length > 0).length
    const steps = [reached()]
    for (let i = 0; i < 5; i++) {
      await turns()
      steps.push(reached())
    }
    expect(steps.slice(0, 5)).toEqual([200, 400, 600, 800, 1000])
  })

  test('of something large takes more turns', async () => {
    const { emit, join } = stage()
    const listeners = Array.from({ length: 100 }, () => join(read).start())
    emit('x', 'operator.read', 'x'.repeat(400_000))
    expect(listeners.filter((l) => l.texts.length > 0).length).toBeLessThan(5)
    await turns(60)
    expect(listeners.every((l) => l.texts.length === 1)).toBe(true)
  })

  test('brings everybody everything in order, in few writes, whoever comes and goes meanwhile', async () => {
    const { emit, join, broadcast } = stage()
    const early = Array.from({ length: 700 }, () => join(read).start())
    for (let i = 0; i < 20; i++) emit('x', 'operator.read', i)
    await turns()
    const late = join(read).start()
    broadcast.stop(early[650]!.cursor)
    emit('x', 'operator.read', 20)
    await turns(20)
    const all = Array.from({ length: 21 }, (_, i) => i)
    for (const [i, listener] of early.entries()) if (i !== 650) expect(listener.heard.map((h) => h.payload)).toEqual(all)
    expect(late.heard.map((h) => [h.payload, h.seq])).toEqual([[20, 1]])
    expect(early.at(-1)?.writes.length).toBeLessThan(4)
  })

  test('that falls behind is finished at once before memory runs out', () => {
    const { emit, join } = stage({ ringEvents: 50 })
    const listeners = Array.from({ length: 300 }, () => join(read).start())
    for (let i = 0; i < 200; i++) emit('x', 'operator.read', i)
    expect(listeners.every((l) => l.texts.length >= 150)).toBe(true)
  })

  test('emitted by one that is being closed does not confuse it', async () => {
    const { emit, join, broadcast } = stage({ maxBufferedBytes: 10 })
    const slow = join(read).start()
    slow.unread = 11
    slow.close = (code) => { slow.closes.push([code, '']); slow.open = false; emit('closing', 'public', 1); broadcast.flush() }
    const others = Array.from({ length: 300 }, () => join(read).start())
    emit('x', 'public', 1)
    await turns(5)
    for (const other of others) expect(other.heard.map((h) => [h.event, h.seq])).toEqual([['x', 1], ['closing', 2]])
  })
})

describe('a slow consumer', () => {
  test('misses what may be missed, and sees by the number that it did', () => {
    const { emit, join } = stage({ maxBufferedBytes: 1000 })
    const listener = join(read).start()
    emit('delta', 'public', 1, { lossy: true })
    listener.unread = 1001
    emit('delta', 'public', 2, { lossy: true })
    emit('delta', 'public', 3, { lossy: true })
    listener.unread = 0
    emit('final', 'public', 4)
    expect(listener.heard.map((h) => [h.payload, h.seq])).toEqual([[1, 1], [4, 4]])
    expect(listener.closes).toEqual([])
  })

  test('is closed with 1008 for anything else, and the others are not held up', () => {
    const { emit, join } = stage({ maxBufferedBytes: 1000 })
    const [slow, other] = [join(read).start(), join(read).start()]
    slow.unread = 1001
    emit('final', 'public', 1)
    expect(slow.closes).toEqual([[1008, 'slow consumer']])
    expect(other.heard).toHaveLength(1)
  })

  test('on a real socket is closed at the limit, and gets what it missed when it comes back', async () => {
    await using at = await house({ limits: { maxBufferedBytes: 2_000_000, ringBytes: 100_000_000 } })
    const client = await guest(at)
    client.ws.pause()
    for (let i = 0; i < 400; i++) {
      at.desk.emit('news', { i, pad: 'x'.repeat(100_000) })
      await turns()
    }
    client.ws.resume()
    expect(await client.closed).toEqual({ code: 1008, reason: 'slow consumer' })
    const last = client.events.at(-1)?.seq ?? 0
    expect(last).toBeLessThan(400)
    const back = await guest(at, { resume: { token: client.hello.resume.token, seq: last } })
    expect(back.hello.resume).toMatchObject({ seq: last, status: 'replayed' })
    await back.find((f) => f.seq === 400)
    expect([...client.events, ...back.events].map((f) => f.payload.i)).toEqual(Array.from({ length: 400 }, (_, i) => i))
  })
})

test('over the wire events keep to the generation and the scopes of each client', async () => {
  const older = definePlugin({
    id: 'older', events: { 'older.said': event({ scope: 'operator.read', payload: v.unknown() }) },
    setup(ctx) { at3 = () => ctx.emit('older.said', 'new', { v3: () => 'old' }) },
  })
  let at3 = (): void => {}
  await using at = await house({ plugins: [older] })
  const [three, four, nobody] = [await guest(at, { maxProtocol: 3 }), await guest(at), await guest(at, { scopes: [] })]
  at.desk.emit('secret', 1)
  at3()
  at.desk.emit('open', 2, { to: [four.hello.server.connId] })
  at.desk.emit('open', 3)
  await Promise.all([three, four, nobody].map((client) => client.find((f) => f.event === 'open' && f.payload === 3)))
  expect([three, four, nobody].map((client) => client.events.map((f) => `${f.event} ${f.payload} ${f.seq}`))).toEqual([
    ['secret 1 1', 'older.said old 2', 'open 3 3'],
    ['secret 1 1', 'older.said new 2', 'open 2 3', 'open 3 4'],
    ['open 3 1'],
  ])
  expect(nobody.hello.features.events).toEqual(expect.not.arrayContaining(['secret', 'news', 'older.said']))
})
