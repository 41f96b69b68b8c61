/** Runs a plugin's command as the command line would, with a terminal in memory. */
import { PassThrough } from 'node:stream'
import { parseLeaf } from '../../kernel/cli/leaf.ts'
import { routeOf } from '../../kernel/cli/route.ts'
import type { Command, CommandIo } from '../../kernel/command.ts'
import type { Client } from '../client.ts'
import { withResolvers } from '../client/calls.ts'

export interface CliOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
  /** What `--json` printed, line by line. */
  readonly json: readonly unknown[]
}
export interface CliHost {
  readonly paths: CommandIo['paths']
  call(method: string, params: unknown): Promise<unknown>
  connect(closed: () => void): Promise<Client>
}

/** `line` is split at spaces: `plugins info cost --json`. */
export async function runCommand(commands: Readonly<Record<string, Command>>, line: string, host: CliHost): Promise<CliOutcome> {
  const words = line.split(' ').filter(Boolean)
  const { command: name, rest } = routeOf(words, new Map(Object.entries(commands)))
  const command = name === undefined ? undefined : commands[name]
  if (name === undefined || !command) throw new Error(`none of these commands is "${line}"`)
  const json = rest.includes('--json')
  const parsed = await parseLeaf({ name, spec: command, calls: true, load: async () => (io) => command.run(io) }, rest)
  const [stdout, stderr] = [capture(), capture()]
  const code = await command.run({
    ...parsed, json, paths: host.paths, env: {}, signal: new AbortController().signal,
    stdin: Object.assign(new PassThrough(), { isTTY: false }).end() as unknown as NodeJS.ReadStream,
    stdout: stdout.stream, stderr: stderr.stream,
    call: (method, params) => host.call(method, params),
    connect: async () => {
      const { promise: closed, resolve } = withResolvers<void>()
      const client = await host.connect(resolve)
      return { call: (method, params) => client.call(method, params), on: (event, fn) => client.on(event, fn as (payload: unknown) => void), closed, [Symbol.asyncDispose]: () => client.close() }
    },
    print: (text, value) => void stdout.stream.write(json ? `${JSON.stringify(value ?? null)}\n` : `${text}\n`),
  })
  return { code: code ?? 0, stdout: stdout.text(), stderr: stderr.text(), json: json ? stdout.text().split('\n').filter(Boolean).map((row) => JSON.parse(row) as unknown) : [] }
}

function capture(): { stream: NodeJS.WriteStream; text(): string } {
  const stream = new PassThrough()
  const parts: string[] = []
  stream.on('data', (part: Buffer) => parts.push(String(part)))
  return { stream: Object.assign(stream, { isTTY: false, columns: 80 }) as unknown as NodeJS.WriteStream, text: () => parts.join('') }
}
