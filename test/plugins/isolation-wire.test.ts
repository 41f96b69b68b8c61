/** The pipe between a gateway and a plugin's process, without either: what is sent arrives, whole and in order. */
import { createServer, connect, type Socket } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseFrame, longestLine } from '../../plugins/isolation/wire/frame.ts'
import { fromFailure, toFailure } from '../../plugins/isolation/wire/failure.ts'
import { lineWriter, readLines } from '../../plugins/isolation/wire/lines.ts'
import { createLink, type Link, type LinkOptions } from '../../plugins/isolation/wire/link.ts'
import { createLoans } from '../../plugins/isolation/wire/loans.ts'
import { failures, NexusError, type Cause } from 'nexus-gateway/sdk'

let dir: string
beforeAll(async () => { dir = await mkdtemp(join(tmpdir(), 'nexus-wire-')) })
afterAll(() => rm(dir, { recursive: true }))

let pairs = 0
/** Two ends of one pipe. */
async function pair(): Promise<[Socket, Socket]> {
  const path = join(dir, `${++pairs}.sock`)
  const server = createServer()
  await new Promise<void>((resolve) => { server.listen(path, resolve) })
  const other = new Promise<Socket>((resolve) => { server.once('connection', resolve) })
  const one = connect(path)
  const both: [Socket, Socket] = [one, await other]
  server.close()
  return both
}
const still: Omit<LinkOptions, 'onBroken'> = { answers: {}, hears: {}, onEnd() {} }

describe('lines', () => {
  it('are the same however they are cut into pieces, and however few are handled at a time', async () => {
    const value = fc.jsonValue({ maxDepth: 3 })
    await fc.assert(fc.asyncProperty(fc.array(value, { minLength: 1, maxLength: 30 }), fc.array(fc.nat(), { maxLength: 20 }), fc.integer({ min: 1, max: 8 }), async (values, cuts, perTurn) => {
      const bytes = Buffer.from(values.map((one) => `${JSON.stringify(one)}\n`).join(''))
      const places = [...new Set(cuts.map((cut) => cut % bytes.length))].sort((a, b) => a - b)
      const [from, to] = await pair()
      const got: unknown[] = []
      const done = new Promise<void>((resolve) => { readLines(to, { perTurn, onLine: (line) => void got.push(JSON.parse(line)), onTooLong: () => expect.unreachable(), onEnd: resolve }) })
      let at = 0
      for (const place of [...places, bytes.length]) {
        await new Promise((resolve) => { from.write(bytes.subarray(at, place), resolve) })
        at = place
      }
      from.end()
      await done
      to.destroy()
      expect(got).toEqual(values.map((one) => JSON.parse(JSON.stringify(one)) as unknown))
    }), { numRuns: 100 })
  })

  it('longer than any may be are not kept', async () => {
    const [from, to] = await pair()
    const told = new Promise<void>((resolve) => { readLines(to, { onLine: () => expect.unreachable(), onTooLong: resolve, onEnd() {} }) })
    from.write('x'.repeat(longestLine + 1))
    await told
    from.destroy()
    to.destroy()
  })

  it('of one turn are written at once', async () => {
    const written: string[] = []
    const write = lineWriter({ writable: true, write: (text: string) => written.push(text) } as unknown as Socket)
    for (const line of ['a', 'b', 'c']) write(line)
    await Promise.resolve()
    write('d')
    await Promise.resolve()
    expect(written).toEqual(['a\nb\nc\n', 'd\n'])
  })
})

it('a line is a message or nothing', () => {
  fc.assert(fc.property(fc.oneof(fc.string(), fc.json(), fc.array(fc.oneof(fc.constantFrom('ask', 'yes', 'no', 'say', 'data', '__proto__', 'constructor'), fc.integer(), fc.string(), fc.jsonValue())).map((x) => JSON.stringify(x))), (line) => {
    const frame = parseFrame(line)
    if (frame === undefined) return
    expect(['ask', 'yes', 'no', 'stop', 'say', 'data', 'end', 'broke', 'more', 'cancel']).toContain(frame[0])
  }))
  expect(parseFrame('["ask",1,"call",{}]')).toEqual(['ask', 1, 'call', {}])
  for (const line of ['', '{}', '[]', '["ask"]', '["ask","1","call"]', '["ask",1.5,"call"]', '["more",1,null]', '["no",1,"x"]', '["toString"]']) expect(parseFrame(line), line).toBeUndefined()
})

describe('errors', () => {
  const fail = failures({ ACME_FULL: { text: 'full of {what}', fix: 'Empty it.', wire: 'FORBIDDEN', status: 409, retryable: true } })

  it('of a table stay what they are', () => {
    const back = fromFailure(JSON.parse(JSON.stringify(toFailure(fail('ACME_FULL', { what: 'tea' })))) as never)
    expect(back).toBeInstanceOf(NexusError)
    expect(back).toMatchObject({ code: 'ACME_FULL', message: 'full of tea', fix: 'Empty it.', wire: 'FORBIDDEN', status: 409, retryable: true })
  })

  it('with made-up fields have none of them', () => {
    const hostile = { message: 'm', code: 'ACME_X', row: { text: 't', fix: 'f', wire: 'ROOT', status: 200, retryable: 'yes', exit: 999 }, data: 7 }
    const { row } = fromFailure(hostile as never) as NexusError
    expect(row).toEqual({ text: 't', fix: 'f' })
    expect(fromFailure({ message: 'm', code: 'not a code', row: { text: 't', fix: 'f' } } as never)).not.toBeInstanceOf(NexusError)
    expect(fromFailure({} as never).message).toBe('undefined')
  })
})

describe('questions', () => {
  async function linked(a: Partial<LinkOptions>, b: Partial<LinkOptions>): Promise<[Link, Link, () => void]> {
    const [one, two] = await pair()
    const broken = (reason: string): void => expect.unreachable(reason)
    return [createLink(one, { ...still, onBroken: broken, ...a }), createLink(two, { ...still, onBroken: broken, ...b }), () => { one.destroy(); two.destroy() }]
  }

  it('are answered, refused or cut off, each by its number', async () => {
    const [asker, , end] = await linked({}, { answers: {
      double: (n: number) => n * 2,
      later: (ms: number) => new Promise((resolve) => { setTimeout(() => resolve(ms), ms) }),
      refuse: () => { throw new Error('no') },
      wait: (_: unknown, { signal }) => new Promise((_resolve, reject) => { signal.addEventListener('abort', () => reject(new Error('stopped'))) }),
    } })
    expect(await Promise.all([asker.ask('later', 20), asker.ask('double', 4), asker.ask('later', 1)])).toEqual([20, 8, 1])
    await expect(asker.ask('refuse', 0)).rejects.toThrow('no')
    await expect(asker.ask('wait', 0, AbortSignal.timeout(20))).rejects.toThrow('stopped')
    expect(asker.waiting).toBe(0)
    asker.close(new Error('closed'))
    await expect(asker.ask('double', 1)).rejects.toThrow('closed')
    end()
  })

  it.each([['no message', 'nonsense\n'], ['an answer to nothing', '["yes",7]\n'], ['a question that there is not', '["ask",1,"constructor"]\n'], ['a word without meaning', '["say","hasOwnProperty"]\n'], ['a word of the wrong shape', '["say","deep",null]\n'], ['an error that is none', '["broke",1,{"message":{"toString":1}}]\n']])('break with %s', async (_, text) => {
    const [one, two] = await pair()
    const reason = new Promise((resolve) => { createLink(one, { ...still, hears: { deep: ({ a }: { a: { b: 1 } }) => void a.b }, onBroken: resolve }).flows.receive(1) })
    two.write(text)
    expect(await reason).toMatch(/^it /)
    one.destroy()
    two.destroy()
  })

  it('break with bytes that nobody granted', async () => {
    const [one, two] = await pair()
    const reason = new Promise((resolve) => {
      const link = createLink(one, { ...still, onBroken: resolve })
      link.flows.receive(1)
    })
    for (let i = 0; i < 6; i++) two.write(`["data",1,"${Buffer.alloc(65_536).toString('base64')}"]\n`)
    expect(await reason).toBe('it sent more bytes than it was granted')
    one.destroy()
    two.destroy()
  })

  it('carry causes and signals as loans, and let go of them', async () => {
    const aborts: number[] = []
    let lent = 0
    const here = createLoans({ giveCause: ({ trace }) => ({ data: { trace, number: ++lent }, release: () => void lent-- }), takeCause: () => expect.unreachable(), abort: (n) => void aborts.push(n) })
    const there = createLoans({ giveCause: () => expect.unreachable(), takeCause: (data) => ({ caller: 'known', ...data as object }) as unknown as Cause, abort() {} })
    const gone = new AbortController()
    const cause = { caller: { scopes: new Set(['a']) }, trace: 't', path: [] } as unknown as Cause
    const { loan, release } = here.lend([{ ...cause, name: 'tool', signal: gone.signal, args: { caller: 'x' } }, 5, { request: { cause } }])
    expect(lent).toBe(2)
    const taken = there.take(JSON.parse(JSON.stringify(loan)) as typeof loan)
    const [first, five, third] = taken.args as [{ caller: string; trace: string; name: string; signal: AbortSignal; args: object }, number, { request: { cause: Cause } }]
    expect(first).toMatchObject({ caller: 'known', trace: 't', name: 'tool', args: { caller: 'x' } })
    expect(five).toBe(5)
    expect(third.request.cause).toMatchObject({ caller: 'known', trace: 't' })
    gone.abort()
    expect(aborts).toHaveLength(1)
    there.aborted(aborts[0]!)
    expect(first.signal.aborted).toBe(true)
    release()
    expect(lent).toBe(0)
    const same = [{ a: [1, { b: 2 }] }]
    expect(here.lend(same).loan.args).toBe(same)
  })
})
