/** `nexus call`: one method of the running gateway. */
import type { CommandIo } from '../command.ts'
import { misused } from './errors.ts'
import { readAll } from './rpc.ts'
import type { GatewaySocket } from './socket.ts'
import { jsonText, put } from './terminal.ts'

const hint = 'See `nexus help call`.'

export async function call(io: CommandIo): Promise<void> {
  const method = io.args['method'] as string | undefined
  if (io.options['list']) return list(io)
  if (!method) throw misused('the argument <method> is missing', 'See `nexus call --list`.')
  const params = await paramsOf(io.args['params'] as string | undefined, io)
  put(1, jsonText(await io.call(method, params)))
}

/** The running gateway's own list: what is enabled there and open to this caller. */
async function list(io: CommandIo): Promise<void> {
  await using socket = await io.connect() as GatewaySocket
  const methods = [...socket.methods].sort()
  io.print(methods.join('\n'), { methods })
}

/** `text` is JSON, `-` for standard input, or `@file`. */
async function paramsOf(text: string | undefined, io: CommandIo): Promise<unknown> {
  if (text === undefined) return undefined
  if (text === '-' && io.options['token-file'] === '-') throw misused('standard input cannot be both the token and the params', hint)
  const json = text === '-' ? await readAll(io.stdin) : text.startsWith('@') ? await readParams(text.slice(1)) : text
  try {
    return JSON.parse(json) as unknown
  } catch {
    // The parser's own message repeats what it was given.
    throw misused('the params are not JSON', `${hint} In a shell, put them in single quotes.`)
  }
}

async function readParams(file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises')
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => { throw misused(`cannot read ${file}: ${error.code ?? 'unknown reason'}`, hint) })
}
