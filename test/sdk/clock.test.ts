import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fakeClock } from '../../sdk/testing/clock.ts'

test('timers fire in the order of their times, ties in the order of setting, and see their own time', async () => {
  await fc.assert(fc.asyncProperty(fc.array(fc.nat(20), { maxLength: 30 }), fc.array(fc.nat(10), { maxLength: 10 }), async (delays, steps) => {
    const clock = fakeClock(0)
    const fired: [delay: number, index: number, now: number][] = []
    delays.forEach((delay, i) => clock.setTimeout(() => fired.push([delay, i, clock.now()]), delay))
    for (const step of steps) await clock.advance(step)
    const until = steps.reduce((a, b) => a + b, 0)
    expect(clock.now()).toBe(until)
    const expected = delays.map((d, i): [number, number, number] => [d, i, d]).filter(([d]) => steps.length > 0 && d <= until).sort((a, b) => a[0] - b[0] || a[1] - b[1])
    expect(fired).toEqual(expected)
    expect(clock.pending()).toHaveLength(delays.length - fired.length)
  }), { numRuns: 50, seed: 2 })
})

test('promises settle between two timers', async () => {
  const clock = fakeClock(0)
  const seen: string[] = []
  const say = async (word: string) => { await null; await null; seen.push(word) }
  clock.setTimeout(() => void say('first'), 1)
  clock.setTimeout(() => seen.push('second'), 2)
  await clock.advance(5)
  expect(seen).toEqual(['first', 'second'])
})

test('a timer set by a timer or by a promise fires in the same advance', async () => {
  const clock = fakeClock(0)
  const seen: number[] = []
  const tick = async () => { seen.push(clock.now()); await null; clock.setTimeout(() => void tick(), 10) }
  void tick()
  await clock.advance(35)
  expect(seen).toEqual([0, 10, 20, 30])
})

test('a cleared timer does not fire; what is left names where it was set', async () => {
  const clock = fakeClock()
  clock.clearTimeout(clock.setTimeout(() => { throw new Error('cleared') }, 1))
  clock.setTimeout(() => {}, 50)
  await clock.advance(10)
  expect(clock.pending()).toMatchObject([{ from: expect.stringContaining('clock.test.ts') }])
})

test('a timer that sets itself without delay is stopped with a word on where', async () => {
  const clock = fakeClock()
  const again = (): void => { clock.setTimeout(again, 0) }
  again()
  await expect(clock.advance(1)).rejects.toThrow(/clock\.test\.ts/)
})
