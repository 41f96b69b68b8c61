/** Commands of an isolated plugin: each run has a process of its own, and the terminal over the pipe. */
import type { Command, CommandIo, CommandSocket, Manifest } from 'nexus-gateway/sdk'
import type { IsolatedCode } from 'nexus-gateway/sdk/hosting'
import { fail } from '../errors.ts'
import type { CommandBody, Terminal } from '../wire/messages.ts'
import type { Asked, Link } from '../wire/link.ts'
import { fallback } from './fallback.ts'
import { grantsOf } from './grants.ts'
import { startLife, type Life } from './life.ts'
import type { Probe } from './stand-in.ts'

export function commandsOf(code: IsolatedCode, manifest: Manifest, probe: Probe): Readonly<Record<string, Command>> {
  if (code.cli === undefined) return {}
  return Object.fromEntries(Object.entries(manifest.commands).map(([name, about]) => [name, { ...about, run: (io: CommandIo) => run(code, manifest, name, io, probe) }]))
}

async function run(code: IsolatedCode, manifest: Manifest, name: string, io: CommandIo, probe: Probe): Promise<number> {
  const [session, grants, reason] = await Promise.all([code.session(), grantsOf(manifest.id, manifest.capabilities, io.paths.state), probe()])
  const { answers, hears, close } = deskOf(io, () => life.link)
  const life: Life = await startLife({
    session, root: code.root, grants, limits: fallback, bwrap: reason === undefined, eager: false,
    answers, hears, onOutput: (line) => void io.stdout.write(`${line}\n`), failure: (reason) => fail('NEXUS_ISOLATION_DOWN', { plugin: manifest.id, reason }),
  })
  try {
    const exit = await life.link.ask('command', bodyOf(code, name, io), io.signal)
    return typeof exit === 'number' && Number.isInteger(exit) && exit >= 0 && exit < 126 ? exit : 0
  } finally {
    life.kill('it has run')
    await Promise.all([life.ended, close()])
  }
}

function bodyOf(code: IsolatedCode, name: string, { args, options, json, paths, stdout, stderr }: CommandIo): CommandBody {
  const { state, config, cache, socket } = paths
  const terminal = ({ isTTY, columns }: NodeJS.WriteStream): Terminal => ({ isTTY: isTTY ?? false, columns })
  return { cli: code.cli as string, name, args, options, json, paths: { state, config, cache, socket }, stdout: terminal(stdout), stderr: terminal(stderr), stdin: true }
}

/** The terminal and the gateway, as the process asks for them. */
function deskOf(io: CommandIo, link: () => Link) {
  const sockets: CommandSocket[] = []
  const socketAt = (number: number): CommandSocket => {
    const socket = sockets[number]
    if (!socket) throw new Error('there is no such connection')
    return socket
  }
  const write = (to: NodeJS.WriteStream) => (text: string) => new Promise<void>((resolve) => { to.write(String(text), () => resolve()) })
  return {
    answers: {
      request: ({ method, params, socket }: { method: string; params?: unknown; socket?: number }) => (socket === undefined ? io.call(method, params) : socketAt(socket).call(method, params)),
      connect: async () => {
        const number = sockets.push(await io.connect()) - 1
        void socketAt(number).closed.then(() => link().say('closed', number))
        return number
      },
      stdout: write(io.stdout),
      stderr: write(io.stderr),
      stdin: (_: unknown, __: Asked) => link().flows.send(bytesOf(io.stdin)),
    },
    hears: {
      log() {}, offence() {},
      fault() {},
      print: ({ text, value }: { text: string; value: unknown }) => io.print(text, value),
      listen: ({ socket, event }: { socket: number; event: string }) => void socketAt(socket).on(event, (payload) => link().say('event', { socket, event, payload })),
      disconnect: (number: number) => void socketAt(number)[Symbol.asyncDispose](),
    },
    close: async () => { await Promise.all(sockets.map((socket) => socket[Symbol.asyncDispose]())) },
  }
}

async function* chunksOf(stdin: NodeJS.ReadStream): AsyncGenerator<Uint8Array> {
  for await (const chunk of stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk as Uint8Array
}

function bytesOf(stdin: NodeJS.ReadStream): ReadableStream<Uint8Array> {
  const chunks = chunksOf(stdin)
  return new ReadableStream({
    async pull(control) {
      const { done, value } = await chunks.next()
      if (done) control.close()
      else control.enqueue(value)
    },
    cancel: async () => { await chunks.return(undefined) },
  }, { highWaterMark: 0 })
}
