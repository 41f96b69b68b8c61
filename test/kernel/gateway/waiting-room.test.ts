import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWaitingRoom, type Visitor } from '../../../kernel/gateway/waiting-room.ts'

const bounds = { handshakes: 4, handshakesPerAddress: 2, handshakeMs: 10_000, waiting: 5 }

function scene() {
  const timers = new Map<object, () => void>()
  const clock = { now: () => 0, setTimeout: (run: () => void) => { const timer = {}; timers.set(timer, run); return timer }, clearTimeout: (timer: unknown) => void timers.delete(timer as object) }
  const room = createWaitingRoom(bounds, clock)
  const inside = new Map<Visitor, () => void>()
  const refused = new Set<Visitor>()
  const arrive = (address: string, mayWait = true): Visitor => {
    const visitor: Visitor = { address, mayWait, enter: (leave) => void inside.set(visitor, () => { inside.delete(visitor); leave() }), refuse: () => void refused.add(visitor) }
    room.arrive(visitor)
    return visitor
  }
  return { room, inside, refused, arrive, timers }
}

test('lets in as many as there is room, the next in order when one leaves, and refuses the rest', () => {
  const { arrive, inside, refused, timers } = scene()
  const [a1, a2, a3, b1] = [arrive('a'), arrive('a'), arrive('a'), arrive('b')]
  expect([a1, a2, a3, b1].map((visitor) => inside.has(visitor))).toEqual([true, true, false, true])
  inside.get(a1)?.()
  expect(inside.has(a3)).toBe(true)
  const rest = Array.from({ length: 7 }, (_, i) => arrive(`c${i}`))
  expect(inside.size).toBe(4)
  expect(rest.map((visitor) => refused.has(visitor))).toEqual([false, false, false, false, false, false, true])
  for (const run of [...timers.values()]) run()
  expect(refused.size).toBe(6)
  expect(arrive('a', false)).toSatisfy((visitor: Visitor) => refused.has(visitor))
})

test('keeps its bounds and forgets nobody, whatever comes and goes', () => {
  const step = fc.oneof(fc.record({ come: fc.constantFrom('a', 'b', 'c') }), fc.record({ go: fc.nat(10) }), fc.constant('late' as const))
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (script) => {
    const { arrive, inside, refused, timers, room } = scene()
    const all: Visitor[] = []
    for (const s of script) {
      if (s === 'late') [...timers.values()][0]?.()
      else if ('come' in s) all.push(arrive(s.come))
      else [...inside.values()][s.go]?.()
      const at = (address: string): number => [...inside.keys()].filter((visitor) => visitor.address === address).length
      expect(inside.size).toBeLessThanOrEqual(4)
      for (const address of ['a', 'b', 'c']) expect(at(address)).toBeLessThanOrEqual(2)
      const waiting = timers.size
      expect(waiting).toBeLessThanOrEqual(5)
      // Nobody waits who could be in.
      if (inside.size < 4 && waiting > 0) expect(['a', 'b', 'c'].some((address) => at(address) === 2)).toBe(true)
    }
    room.close()
    expect(timers.size).toBe(0)
    const before = refused.size
    arrive('z')
    expect(refused.size).toBe(before + 1)
  }))
})

test('leaving twice frees one place', () => {
  const { room } = scene()
  const leaves: (() => void)[] = []
  const visitor = (): Visitor => ({ address: 'a', mayWait: true, enter: (leave) => void leaves.push(leave), refuse() {} })
  for (let i = 0; i < 4; i++) room.arrive(visitor())
  expect(leaves).toHaveLength(2)
  leaves[0]?.()
  leaves[0]?.()
  expect(leaves).toHaveLength(3)
})
