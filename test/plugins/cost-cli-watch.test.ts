/** `nexus cost watch` against a gateway that tells things twice, goes away in the middle of an answer, and refuses to come back at once. */
import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { NexusError, type CommandIo, type CommandSocket } from 'nexus-gateway/sdk'
import { viewOf } from '../../plugins/cost/screen/views.ts'
import { watch } from '../../plugins/cost/screen/watch.ts'
import type { CostStatus, Settled } from '../../plugins/cost/wire.ts'
import { budget, now, settled, status } from './cost-screen-fixtures.ts'

const gone = (code = 'NEXUS_CLI_NO_GATEWAY'): NexusError => new NexusError(code, { text: 'gone', fix: '' }, {})
const until = async (is: () => boolean): Promise<void> => { while (!is()) await new Promise((resolve) => { setTimeout(resolve, 5) }) }

function terminal(isTTY: boolean, { columns = 80, rows = 24, json = false } = {}) {
  const stop = new AbortController()
  const parts: string[] = []
  const stdout = Object.assign(new PassThrough(), { isTTY, columns, rows })
  stdout.on('data', (part: Buffer) => parts.push(String(part)))
  const sockets: FakeSocket[] = []
  let refusals: NexusError[] = []
  let answers: { status: CostStatus; charges: readonly Settled[] } = { status: status(), charges: [] }
  const io = {
    args: {}, options: {}, json, env: {}, signal: stop.signal, stdout, stderr: new PassThrough(), stdin: new PassThrough(), paths: {},
    call: () => Promise.reject(gone()), print: () => undefined,
    connect: async () => {
      const refusal = refusals.shift()
      if (refusal) throw refusal
      const socket = createSocket(() => answers)
      sockets.push(socket)
      return socket
    },
  } as unknown as CommandIo
  return {
    io, sockets, stop: () => stop.abort(), stdout, text: () => parts.join(''), lines: () => parts.join('').split('\n').filter(Boolean),
    refuse: (...some: NexusError[]) => { refusals = some }, answer: (next: Partial<typeof answers>) => { answers = { ...answers, ...next } },
    last: () => sockets.at(-1)!,
  }
}

interface FakeSocket extends CommandSocket { tell(event: string, payload: unknown): void; lose(): void; readonly disposed: () => boolean; fail(): void }
function createSocket(answers: () => { status: CostStatus; charges: readonly Settled[] }): FakeSocket {
  const events = new EventEmitter()
  let close = (): void => undefined
  const closed = new Promise<void>((resolve) => { close = resolve })
  let [broken, disposed] = [false, false]
  return {
    closed, disposed: () => disposed, lose: close, fail: () => { broken = true },
    tell: (event, payload) => void events.emit(event, payload),
    on(event, fn) {
      events.on(event, fn as never)
      return () => void events.off(event, fn as never)
    },
    async call(method) {
      if (broken) throw gone('NEXUS_CLI_UNREACHABLE')
      return method === 'cost.status' ? answers().status : { charges: answers().charges, open: [] }
    },
    async [Symbol.asyncDispose]() { disposed = true },
  }
}

const watching = (t: ReturnType<typeof terminal>): Promise<void> => watch(t.io, () => viewOf(t.io, () => now))

describe('where nobody sees it', () => {
  test('each charge is one line, told once; a budget is told of; Ctrl-C ends it', async () => {
    const t = terminal(false)
    t.answer({ charges: [settled('before')] })
    const done = watching(t)
    await until(() => t.sockets.length === 1)
    t.last().tell('cost.settled', settled('a'))
    t.last().tell('cost.settled', settled('a'))
    t.last().tell('cost.settled', settled('b', { usd: null, price: 'none', sessionKey: 'x\u001b[2Jy' }))
    t.last().tell('cost.warning', budget('global/day', 81))
    await until(() => t.lines().length >= 3)
    t.stop()
    await done
    expect(t.lines()).toEqual([
      '2026-11-23 17:47:03  $0.000412  1.23k tokens  anthropic/claude-x  agent:main:main  price: catalogue 2026-05-01',
      '2026-11-23 17:47:03  unpriced  1.23k tokens  anthropic/claude-x  x [2Jy  price: none',
      '2026-11-23 17:47:03  WARNING  global/day is at 81 %: $0.95 of $5.00 left; resets in 5 h 12 min (Tue 24 Nov 00:00)',
    ].map((line, i) => (i === 2 ? line.replace('17:47', t.lines()[2]!.slice(11, 16)) : line).replace('17:47', t.lines()[i]!.slice(11, 16))))
    expect(t.last().disposed()).toBe(true)
  })

  test('a gateway that goes and comes back: what was charged meanwhile is told, and nothing twice', async () => {
    const t = terminal(false)
    const done = watching(t)
    await until(() => t.sockets.length === 1)
    t.last().tell('cost.settled', settled('a', { model: 'one' }))
    await until(() => t.lines().length >= 1)
    t.refuse(gone(), gone('NEXUS_CLI_TIMEOUT'))
    t.answer({ charges: [settled('c', { model: 'three' }), settled('b', { model: 'two' }), settled('a', { model: 'one' })] })
    t.last().fail()
    t.last().lose()
    await until(() => t.sockets.length === 2)
    t.last().tell('cost.settled', settled('c', { model: 'three' }))
    t.last().tell('cost.settled', settled('d', { model: 'four' }))
    await until(() => t.text().includes('two'))
    t.stop()
    await done
    expect(t.lines().map((line) => /anthropic\/(\w+)|gone|connected again/.exec(line)![0]).sort()).toEqual(['anthropic/four', 'anthropic/one', 'anthropic/three', 'anthropic/two', 'connected again', 'gone'])
    expect(t.sockets.every((socket) => socket.disposed())).toBe(true)
  }, 20_000)

  test('a gateway that does not let it in any more ends it with the reason; so does one that was never there', async () => {
    const t = terminal(false)
    const done = watching(t)
    await until(() => t.sockets.length === 1)
    t.refuse(gone('NEXUS_CALL_DENIED'))
    t.last().lose()
    await expect(done).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
    const never = terminal(true)
    never.refuse(gone())
    await expect(watching(never)).rejects.toMatchObject({ code: 'NEXUS_CLI_NO_GATEWAY' })
    expect(never.text()).toBe('')
  })

  test('an answer that is refused is an error, and not a lost connection', async () => {
    const t = terminal(false)
    const connect = t.io.connect.bind(t.io)
    const done = watch({ ...t.io, connect: async () => Object.assign(await connect(), { call: () => Promise.reject(gone('NEXUS_CALL_DENIED')) }) }, () => viewOf(t.io, () => now))
    await expect(done).rejects.toMatchObject({ code: 'NEXUS_CALL_DENIED' })
  })

  test('that everything was stopped, and resumed', async () => {
    const t = terminal(false)
    const done = watching(t)
    await until(() => t.sockets.length === 1)
    t.answer({ status: status({ stopped: { at: now, by: 'laptop', reason: 'wild' } }) })
    t.last().tell('cost.exceeded', budget('b', 100))
    await until(() => t.lines().length >= 2)
    t.answer({ status: status() })
    await until(() => t.lines().length >= 3)
    t.stop()
    await done
    expect(t.lines().slice(1).map((line) => line.slice(21))).toEqual(['STOPPED by laptop: wild', 'resumed'])
  }, 20_000)
})

test('as JSON, each thing is one line of it', async () => {
  const t = terminal(true, { json: true })
  const done = watching(t)
  await until(() => t.sockets.length === 1)
  t.last().tell('cost.settled', settled('a'))
  await until(() => t.lines().length >= 2)
  t.stop()
  await done
  expect(t.lines().map((line) => JSON.parse(line) as unknown)).toEqual(expect.arrayContaining([{ event: 'cost.status', payload: status() }, { event: 'cost.settled', payload: settled('a') }]))
})

describe('on a terminal', () => {
  test('it is drawn in place, follows the size, and gives the cursor back', async () => {
    const t = terminal(true)
    const done = watching(t)
    await until(() => t.text().includes('SPENT'))
    t.last().tell('cost.settled', settled('a', { model: 'seen' }))
    await until(() => t.text().includes('seen'))
    // A screen of one terminal: every picture goes up by as many lines as the one before had.
    // oxlint-disable-next-line no-control-regex
    const pictures = t.text().split(/(?=\u001b\[\d+F)/)
    for (const [i, picture] of pictures.entries()) {
      // oxlint-disable-next-line no-control-regex
      const up = Number(/^\u001b\[(\d+)F/.exec(picture)?.[1] ?? 0)
      if (i > 0) expect(up).toBe(pictures[i - 1]!.split('\n').length - 1)
      expect(picture.split('\n').length).toBeLessThanOrEqual(24)
    }
    Object.assign(t.stdout, { columns: 40, rows: 10 })
    t.stdout.emit('resize')
    const small = t.text().split('\u001b[2J\u001b[H').at(-1)!
    expect(small.split('\n').length).toBeLessThanOrEqual(10)
    t.stop()
    await done
    expect(t.text().startsWith('\u001b[?25l')).toBe(true)
    expect(t.text().endsWith('\u001b[?25h')).toBe(true)
    expect(t.stdout.listenerCount('resize')).toBe(0)
  })
  test('what was charged before is shown, and that there is no gateway', async () => {
    const t = terminal(true)
    t.answer({ charges: [settled('x', { model: 'older' })] })
    const done = watching(t)
    await until(() => t.text().includes('older'))
    t.refuse(gone(), gone(), gone())
    t.last().lose()
    await until(() => t.text().includes('no gateway, trying again'))
    t.stop()
    await done
  })
})
