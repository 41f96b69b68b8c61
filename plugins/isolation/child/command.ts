/** One command of the plugin, on a terminal that is elsewhere. */
import { Readable, Writable } from 'node:stream'
import type { ReadableStream as WebStream } from 'node:stream/web'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import type { Asked, Link } from '../wire/link.ts'
import type { CommandBody, Terminal } from '../wire/messages.ts'
import { commandsIn, modulesOf } from './definition.ts'

export interface CommandDesk {
  run(): Promise<number>
  event(body: { readonly socket: number; readonly event: string; readonly payload: unknown }): void
  closed(socket: number): void
}

interface Followed { readonly heard: Map<string, Set<(payload: never) => void>>; end(): void }

export function createDesk(link: Link, body: CommandBody, asked: Asked): CommandDesk {
  const sockets = new Map<number, Followed>()

  async function connect(): Promise<CommandSocket> {
    const number = await link.ask('connect', {}) as number
    const heard: Followed['heard'] = new Map()
    const closed = new Promise<void>((resolve) => { sockets.set(number, { heard, end: resolve }) })
    return {
      closed,
      call: (method, params) => link.ask('request', { method, params, socket: number }),
      on(event, fn) {
        if (!heard.has(event)) link.say('listen', { socket: number, event })
        heard.set(event, (heard.get(event) ?? new Set()).add(fn))
        return () => void heard.get(event)?.delete(fn)
      },
      async [Symbol.asyncDispose]() {
        link.say('disconnect', number)
        sockets.get(number)?.end()
      },
    }
  }

  const io: CommandIo = {
    args: body.args as CommandIo['args'],
    options: body.options as CommandIo['options'],
    json: body.json,
    paths: body.paths,
    env: process.env,
    signal: asked.signal,
    stdin: stdinOf(link) as unknown as NodeJS.ReadStream,
    stdout: terminalOf(link, 'stdout', body.stdout) as unknown as NodeJS.WriteStream,
    stderr: terminalOf(link, 'stderr', body.stderr) as unknown as NodeJS.WriteStream,
    call: (method, params) => link.ask('request', { method, params }),
    connect,
    print: (text, value) => link.say('print', { text, value }),
  }

  return {
    async run() {
      const commands = await commandsIn(modulesOf(link), body.cli)
      const command = Object.hasOwn(commands, body.name) ? commands[body.name] : undefined
      if (!command) throw new Error(`its file has no command "${body.name}", which its manifest lists`)
      const code = await command.run(io) ?? 0
      for (const stream of [io.stdout, io.stderr]) await new Promise<void>((resolve) => { stream.end(() => resolve()) })
      return code
    },
    event({ socket, event, payload }) {
      for (const fn of sockets.get(socket)?.heard.get(event) ?? []) fn(payload as never)
    },
    closed: (socket) => sockets.get(socket)?.end(),
  }
}

function terminalOf(link: Link, name: 'stdout' | 'stderr', { isTTY, columns }: Terminal): Writable {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _, done) {
      link.ask(name, typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString()).then(() => done(), done)
    },
  })
  return Object.assign(stream, { isTTY, columns })
}

/** Nothing of it is read before somebody reads it here. */
function stdinOf(link: Link): Readable {
  const bytes = async function* bytes(): AsyncGenerator<Uint8Array> {
    const flow = link.flows.receive(await link.ask('stdin', {}) as number)
    yield* flow as unknown as WebStream<Uint8Array>
  }
  return Readable.from(bytes(), { objectMode: false })
}
