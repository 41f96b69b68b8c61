/** `nexus chat`, against a kernel in memory instead of a gateway. */
import { PassThrough } from 'node:stream'
import { describe, expect, it } from 'vitest'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import { ask } from '../../plugins/chat/ask.ts'
import cli from '../../plugins/chat/cli.ts'
import { providerFailure } from '../../plugins/models/contract.ts'
import { calls, codeOf, hangs, inTurn, says } from './agent-fakes.ts'
import type { Bench } from './agent-fakes.ts'
import { callFrom, withChat } from './chat-bench.ts'

interface Terminal extends CommandIo { readonly out: () => string; readonly err: () => string; readonly input: PassThrough; interrupt(): void }

function collected(stream: PassThrough): () => string {
  let text = ''
  stream.on('data', (chunk: Buffer) => { text += chunk.toString() })
  return () => text
}

function socketTo(bench: Bench): CommandSocket & { drop(): void } {
  const { k } = bench
  let drop = (): void => {}
  const closed = new Promise<void>((resolve) => { drop = resolve })
  return {
    call: callFrom(bench, 'terminal', ['tool-events']),
    on: (name, fn) => k.kernel.subscribe((event) => { if (event.name === name) fn(event.payload as never) }),
    closed, drop,
    [Symbol.asyncDispose]: async () => {},
  }
}

function terminal(bench: Bench, { message, json = false, tty = true, session }: { message?: string[]; json?: boolean; tty?: boolean; session?: string }): Terminal {
  const [input, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()]
  const stop = new AbortController()
  Object.assign(input, { isTTY: tty })
  return {
    args: { message }, options: { session: session ?? 'main' }, json, input, interrupt: () => stop.abort(), signal: stop.signal,
    stdin: input as never, stdout: stdout as never, stderr: stderr as never, out: collected(stdout), err: collected(stderr),
    paths: {} as never, env: {},
    call: (method, params) => bench.k.call(method, params),
    connect: async () => socketTo(bench),
    print: (text, value) => void stdout.write(json ? `${JSON.stringify(value)}\n` : `${text}\n`),
  }
}

const run = async (io: Terminal): Promise<number | void> => cli['chat']!.run(io)
const until = async (met: () => boolean): Promise<void> => { while (!met()) await new Promise((resolve) => { setTimeout(resolve, 2) }) }

describe('one message', () => {
  it('prints the answer', () => withChat(says('hello'), async (bench) => {
    const io = terminal(bench, { message: ['how', 'are', 'you'] })
    expect([await run(io), io.out(), io.err()]).toEqual([0, 'hello\n', ''])
    expect(bench.sessions.messages('agent:main:main')[0]).toMatchObject({ content: [{ text: 'how are you' }] })
  }))

  it('comes from a pipe where there are no words, and goes to the session named', () => withChat(says('hello'), async (bench) => {
    const io = terminal(bench, { tty: false, session: 'agent:main:notes' })
    io.input.end('  a question\nof two lines\n')
    expect(await run(io)).toBe(0)
    expect(bench.sessions.messages('agent:main:notes')[0]).toMatchObject({ content: [{ text: 'a question\nof two lines' }] })
  }))

  it('with --json gives one line when the answer is whole', () => withChat(says('hello'), async (bench) => {
    const io = terminal(bench, { message: ['hi'], json: true })
    expect(await run(io)).toBe(0)
    expect(io.out().trim().split('\n')).toHaveLength(1)
    expect(JSON.parse(io.out())).toEqual({ runId: expect.any(String), sessionKey: 'agent:main:main', state: 'final', text: 'hello', stopReason: 'stop', usage: expect.objectContaining({ totalTokens: 12 }) })
  }))

  it('that fails exits 1 and says why', () => withChat((_, emit) => {
    emit({ type: 'text', delta: 'half' })
    throw providerFailure('scripted', 'auth')
  }, async (bench) => {
    const io = terminal(bench, { message: ['hi'] })
    expect([await run(io), io.out(), io.err()]).toEqual([1, 'half\n', expect.stringContaining('refused the credential')])
    const json = terminal(bench, { message: ['hi'], json: true })
    expect(await run(json)).toBe(1)
    expect(JSON.parse(json.out())).toMatchObject({ state: 'error', text: 'half', error: expect.stringContaining('refused') })
  }))

  it('is stopped by Ctrl-C, which keeps what was said', () => withChat(hangs('half'), async (bench) => {
    const io = terminal(bench, { message: ['hi'] })
    const exit = run(io)
    await until(() => io.out() === 'half')
    io.interrupt()
    expect(await exit).toBe(130)
    expect(bench.sessions.journal.at(-1)).toMatch(/^end .* aborted$/)
  }))

  it('that the gateway cuts off by stopping says so, and exits 1', () => withChat(hangs('half'), async (bench) => {
    const io = terminal(bench, { message: ['hi'] })
    const exit = run(io)
    await until(() => io.out() === 'half')
    await bench.k.kernel.close({ deadlineMs: 1_200 })
    expect([await exit, io.out(), io.err()]).toEqual([1, 'half\n', expect.stringContaining('cut off')])
  }))

  it('that is empty or too long is refused before it is sent', () => withChat(says('hello'), async (bench) => {
    const empty = terminal(bench, { tty: false })
    empty.input.end('\n')
    await expect(run(empty).catch(codeOf)).resolves.toBe('NEXUS_CHAT_EMPTY')
    await expect(run(terminal(bench, { json: true })).catch(codeOf)).resolves.toBe('NEXUS_CHAT_EMPTY')
    const long = terminal(bench, { tty: false })
    const sent = run(long).catch(codeOf)
    for (let n = 0; n < 9; n++) long.input.write('x'.repeat(1024 * 1024))
    expect(await sent).toBe('NEXUS_CHAT_TOO_LONG')
    expect(bench.sessions.journal).toEqual([])
  }))
})

describe('a conversation', () => {
  it('stops at a word, and is answered by the gateway where it asks for that', () => withChat(says('hello'), async (bench) => {
    const io = terminal(bench, {})
    const exit = run(io)
    io.input.write('stop\n')
    await until(() => io.out().includes('Nothing is under way.'))
    io.input.write('/help\n')
    await until(() => io.out().includes('/stop'))
    io.input.write('/exit\n')
    expect(await exit).toBe(0)
    expect(bench.sessions.messages('agent:main:main')).toEqual([])
  }))

  it('goes on until /exit, and names the tools it uses', () => withChat(inTurn(says('one'), calls('time', { timezone: 'UTC' }), says('two'), hangs()), async (bench) => {
    const io = terminal(bench, {})
    const exit = run(io)
    io.input.write('first\n\n')
    await until(() => io.out().includes('one\n> '))
    io.input.write('second\n')
    await until(() => io.out().includes('two\n> '))
    io.input.write('/exit\n')
    expect(await exit).toBe(0)
    expect(io.out()).toContain('\n[time]\ntwo\n')
    expect(bench.sessions.messages('agent:main:main').filter(({ role }) => role === 'user')).toHaveLength(2)
  }))

  it('Ctrl-C stops an answer, and leaves when there is none', () => withChat(hangs('half'), async (bench) => {
    const io = terminal(bench, {})
    Object.assign(io.stdout, { isTTY: true, columns: 80 })
    const exit = run(io)
    for (const round of [1, 2]) {
      io.input.write('question\r')
      await until(() => io.out().split('half').length > round)
      io.input.write('\u0003')
      await until(() => io.err().split('(stopped)').length > round)
    }
    io.input.write('\u0003')
    expect(await exit).toBe(0)
    expect(bench.sessions.journal.filter((line) => line.endsWith('aborted'))).toHaveLength(2)
  }))

  it('says what the gateway refuses, and goes on', () => withChat(says('one'), async (bench) => {
    const io = terminal(bench, { session: 'agent:nobody:main' })
    const exit = run(io)
    io.input.write('question\n')
    await until(() => io.err().includes('no agent of that id'))
    io.input.write('/quit\n')
    expect(await exit).toBe(0)
  }))

  it('ends with an error when the connection is lost', () => withChat(says('one'), async (bench) => {
    const socket = socketTo(bench)
    const exit = run({ ...terminal(bench, {}), connect: async () => socket }).catch(codeOf)
    socket.drop()
    expect(await exit).toBe('NEXUS_CHAT_LOST')
  }))

  it('ends when there is nothing more to read', () => withChat(says('one'), async (bench) => {
    const io = terminal(bench, {})
    const exit = run(io)
    io.input.end()
    expect(await exit).toBe(0)
  }))
})

describe('a question over a socket', () => {
  /** Answers as a test tells it to. */
  function scripted(): CommandSocket & { tell(event: object): void; readonly sent: Record<string, unknown>[]; drop(): void } {
    const listeners: ((payload: never) => void)[] = []
    const sent: Record<string, unknown>[] = []
    let drop = (): void => {}
    const closed = new Promise<void>((resolve) => { drop = resolve })
    return {
      sent, closed, drop,
      call: async (_, params) => { sent.push(params as Record<string, unknown>); return {} },
      on: (name, fn) => { if (name === 'chat') listeners.push(fn); return () => {} },
      tell: (event) => listeners.forEach((fn) => fn({ runId: sent[0]!['idempotencyKey'], sessionKey: 'main', ...event } as never)),
      [Symbol.asyncDispose]: async () => {},
    }
  }
  const never = new AbortController().signal
  const message = (text: string) => ({ role: 'assistant', content: [{ type: 'text', text }], timestamp: 0 })

  it('fills in at the end what a slow terminal was spared', async () => {
    const socket = scripted()
    const said: string[] = []
    const answer = ask(socket, 'main', 'hi', { said: (text) => said.push(text) }, never)
    await until(() => socket.sent.length > 0)
    socket.tell({ state: 'delta', seq: 1, deltaText: 'one ' })
    socket.tell({ state: 'delta', seq: 1, runId: 'another', deltaText: 'not mine' })
    socket.tell({ state: 'final', seq: 4, message: message('one two three'), stopReason: 'stop' })
    expect((await answer).text).toBe('one two three')
    expect(said.join('')).toBe('one two three')
  })

  it('says all of it again when the end is not what was said', async () => {
    const socket = scripted()
    const said: string[] = []
    const answer = ask(socket, 'main', 'hi', { said: (text) => said.push(text) }, never)
    await until(() => socket.sent.length > 0)
    socket.tell({ state: 'delta', seq: 1, deltaText: 'wrong' })
    socket.tell({ state: 'final', seq: 3, message: message('right'), stopReason: 'stop' })
    await answer
    expect(said).toEqual(['wrong', '\nright'])
  })

  it('fails plainly when the connection is lost', async () => {
    const socket = scripted()
    const answer = ask(socket, 'main', 'hi', {}, never).catch(codeOf)
    await until(() => socket.sent.length > 0)
    socket.drop()
    expect(await answer).toBe('NEXUS_CHAT_LOST')
  })
})
