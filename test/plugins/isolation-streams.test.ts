/** Streams between a gateway and a plugin's process: bodies of requests and answers, and the terminal of a command. */
import { PassThrough, Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Command, CommandIo } from '../../kernel/command.ts'
import { appOf, fixtures, isolated, until, workbench, world, type World } from './isolation-harness.ts'

let bench: Awaited<ReturnType<typeof workbench>>
beforeEach(async () => { bench = await workbench() })
afterEach(() => bench.clean())

const everything = (): Promise<World> => world({ dir: bench.dir, sources: [isolated(`${fixtures}/everything`, bench.dir)] })

describe('routes', () => {
  it('answer with status, headers and body', async () => {
    await using w = await everything()
    const answer = await appOf(w.kernel).request('/everything/hello/you?q=1')
    expect(answer.status).toBe(201)
    expect(answer.headers.get('x-own')).toBe('yes')
    expect(await answer.json()).toEqual({ hello: 'you', q: '1', caller: 'test' })
  })

  it('stream both ways, byte for byte', async () => {
    await using w = await everything()
    const sent = Array.from({ length: 40 }, (_, i) => new Uint8Array(50_000).fill(i))
    const body = new ReadableStream<Uint8Array>({ start(control) { for (const chunk of sent) control.enqueue(chunk); control.close() } })
    const answer = await appOf(w.kernel).request('/everything/double', { method: 'POST', body, duplex: 'half' } as RequestInit)
    const got = new Uint8Array(await answer.arrayBuffer())
    expect(got.length).toBe(2 * 40 * 50_000)
    const counts = new Map<number, number>()
    for (const byte of got) counts.set(byte, (counts.get(byte) ?? 0) + 1)
    expect([...counts.values()].every((n) => n === 100_000)).toBe(true)
  })

  it('wait for a reader that is slow, and end with one that leaves', async () => {
    await using w = await everything()
    const answer = await appOf(w.kernel).request('/everything/flood')
    expect(w.kernel.inspect('everything')?.inflight).toBeGreaterThan(0)
    const reader = answer.body!.getReader()
    await reader.read()
    await new Promise((resolve) => { setTimeout(resolve, 100) })
    const { total } = await w.call('everything.inherited') as { total: number }
    // A window of 256 KiB in chunks of 64, and what either side holds in its hands.
    expect(total).toBeLessThan(10)
    await reader.cancel()
    await until(async () => (await w.call('everything.seen') as { aborted: string }).aborted.startsWith('cancelled'))
    await until(() => w.kernel.inspect('everything')?.inflight === 0)
  })

  it('break where the plugin breaks them', async () => {
    await using w = await everything()
    const answer = await appOf(w.kernel).request('/everything/broken')
    await expect(answer.arrayBuffer()).rejects.toThrow('it broke')
  })
})

describe('commands', () => {
  const io = (more: Partial<CommandIo> = {}) => {
    const written = { out: '', err: '', printed: [] as unknown[] }
    const terminal = (key: 'out' | 'err') => Object.assign(new Writable({ write(chunk, _, done) { written[key] += String(chunk); done() } }), { isTTY: true, columns: 77 }) as unknown as NodeJS.WriteStream
    const given: CommandIo = {
      args: {}, options: {}, json: false, stdin: new PassThrough() as unknown as NodeJS.ReadStream, stdout: terminal('out'), stderr: terminal('err'),
      paths: { state: bench.dir, config: '', cache: '', socket: '' }, env: { SECRET: 'x' }, signal: new AbortController().signal,
      call: async (method, params) => ({ method, params }), connect: () => Promise.reject(new Error('no')), print: (text, value) => void written.printed.push([text, value]),
      ...more,
    }
    return { given, written }
  }
  const commands = (): Promise<Readonly<Record<string, Command>>> => isolated(`${fixtures}/everything`, bench.dir).commands()

  it('are given the terminal and the gateway, and the environment they declare', async () => {
    const { given, written } = io({ args: { what: 'x' }, options: { loud: true } })
    expect(await (await commands())['everything tell']!.run(given)).toBe(3)
    expect(written.err).toBe('working\n')
    expect(written.out).toBe('columns 77\n')
    const answer = { method: 'everything.echo', params: { text: 'x' } }
    expect(written.printed).toEqual([[`told ${JSON.stringify(answer)}`, { answer, loud: true, json: false, env: [], state: bench.dir }]])
  })

  it('read their input', async () => {
    const stdin = new PassThrough()
    stdin.end('some words')
    const { given, written } = io({ stdin: stdin as unknown as NodeJS.ReadStream })
    expect(await (await commands())['everything read']!.run(given)).toBe(0)
    expect(written.printed).toEqual([['SOME WORDS', { length: 10 }]])
  })

  it('follow events over a connection of their own', async () => {
    const heard = new Map<string, (payload: never) => void>()
    let disposed = false
    const { given, written } = io({ connect: async () => ({
      call: async (method, params) => {
        heard.get('tick')?.({ n: 1 } as never)
        return { method, params }
      },
      on: (event, fn) => { heard.set(event, fn); return () => {} },
      closed: new Promise(() => {}),
      [Symbol.asyncDispose]: async () => { disposed = true },
    }) })
    expect(await (await commands())['everything follow']!.run(given)).toBe(0)
    expect(written.printed).toEqual([['heard', [{ n: 1 }]]])
    await until(() => disposed)
  })

  it('hear the first Ctrl-C', async () => {
    const stop = new AbortController()
    const { given } = io({ signal: stop.signal })
    const done = (await commands())['everything hang']!.run(given)
    setTimeout(() => stop.abort(), 600)
    expect(await done).toBe(120)
  })
})
