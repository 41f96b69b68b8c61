/** Tickets: what is staged and not agreed to is thrown away in time, and whoever waits for it is woken. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createTickets, type Outcome, type Tickets } from '../../plugins/plugins/install/tickets.ts'
import { fakeClock, type TestClock } from '../../sdk/testing/clock.ts'

let dir: string
let clock: TestClock
let tickets: Tickets
const phases: string[] = []
let own: Set<string>
const never = new AbortController().signal
const ready = { ready: { consent: { digest: 'this' } }, enable: true } as unknown as Outcome
const stagings = async (): Promise<string[]> => (await readdir(dir)).filter((name) => name.startsWith('.staging-'))

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nexus-tickets-'))
  clock = fakeClock()
  own = new Set()
  tickets = createTickets({
    dir, own, now: clock.now, unforeseen() {}, changed: ({ phase }) => void phases.push(phase),
    after(ms, run) {
      const timer = clock.setTimeout(run, ms)
      return () => clock.clearTimeout(timer)
    },
  })
})
afterEach(async () => {
  await tickets.close()
  expect(await stagings()).toEqual([])
  expect(clock.pending()).toEqual([])
  await rm(dir, { recursive: true, force: true })
})

test('a ticket that nobody takes is thrown away after 15 minutes, with its folder', async () => {
  const id = await tickets.open(async () => ready)
  await vi.waitFor(() => expect(tickets.get(id).state).toBe('ready'))
  await clock.advance(15 * 60_000 - 1)
  expect(await stagings()).toHaveLength(1)
  await clock.advance(1)
  expect(() => tickets.get(id)).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGINS_TICKET' }))
  await vi.waitFor(async () => expect(await stagings()).toEqual([]))
})

test('a folder is known as in use before it is there, and those that failed take nobody\'s place', async () => {
  for (let i = 0; i < 50; i++) {
    const id = await tickets.open(async () => { throw new Error('no plugin') })
    for (const name of await stagings()) expect(own.has(join(dir, name))).toBe(true)
    await vi.waitFor(() => expect(tickets.get(id).state).toBe('failed'))
  }
  expect(own.size).toBeLessThanOrEqual(33)
  for (let i = 0; i < 8; i++) await tickets.open(async () => ready)
  await expect(tickets.open(async () => ready)).rejects.toMatchObject({ code: 'NEXUS_PLUGINS_TOO_MANY' })
})

test('whoever waits is told of the next phase, or that there is none yet; work that is called off is told so', async () => {
  let go = (): void => {}
  let signal: AbortSignal | undefined
  const id = await tickets.open(async (ticket) => {
    signal = ticket.signal
    await new Promise<void>((resolve) => { go = resolve })
    ticket.phase('unpacking')
    await new Promise<void>((resolve) => { ticket.signal.addEventListener('abort', () => resolve()) })
    throw new Error('called off')
  })
  const first = tickets.wait(id, 'waiting', never)
  go()
  expect(await first).toMatchObject({ state: 'working', phase: 'unpacking' })
  const second = tickets.wait(id, 'unpacking', never)
  await clock.advance(5_000)
  expect(await second).toMatchObject({ phase: 'unpacking' })
  const gone = new AbortController()
  const third = tickets.wait(id, 'unpacking', gone.signal)
  gone.abort()
  expect(await third).toMatchObject({ phase: 'unpacking' })
  await tickets.discard(id)
  expect(signal?.aborted).toBe(true)
})

test('a ticket is taken once, by whoever agreed to what it says', async () => {
  const id = await tickets.open(async () => ready)
  await vi.waitFor(() => expect(tickets.get(id).state).toBe('ready'))
  expect(() => tickets.take(id, 'that')).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGINS_ACCEPT' }))
  expect(tickets.take(id, 'this')).toBe(ready)
  expect(() => tickets.take(id, 'this')).toThrow(expect.objectContaining({ code: 'NEXUS_PLUGINS_TICKET_BUSY' }))
})
