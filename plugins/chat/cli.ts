/** `nexus chat`: with a message one answer, without one a conversation. */
import { command, commands } from 'nexus-gateway/sdk'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import { ask } from './ask.ts'
import { failChat } from './errors.ts'
import { converse } from './prompt.ts'

/** Bytes read from a pipe; more than the gateway takes as one message. */
const maxPiped = 8 * 1024 * 1024
/** As a shell reports a program that Ctrl-C ended. */
const interrupted = 130

export default commands({
  chat: command({
    summary: 'Talk to an agent',
    args: ['[...message]'],
    options: { session: { summary: 'The session to talk in', value: 'KEY', default: 'main' } },
    examples: ['nexus chat', 'nexus chat "What time is it?"', 'git diff | nexus chat --session agent:main:review --json'],
    async run(io) {
      const sessionKey = String(io.options['session'] ?? 'main')
      const message = await messageOf(io)
      const socket = await io.connect()
      try {
        return message === undefined ? await converse(io, socket, sessionKey) : await answer(io, socket, sessionKey, message)
      } finally {
        await socket[Symbol.asyncDispose]()
      }
    },
  }),
})

/** The arguments, else what is piped in; nothing at a terminal. */
async function messageOf(io: CommandIo): Promise<string | undefined> {
  const words = [io.args['message'] ?? []].flat().join(' ')
  if (words !== '') return words
  if (!io.stdin.isTTY) return piped(io.stdin)
  if (io.json) throw failChat('NEXUS_CHAT_EMPTY')
  return undefined
}

async function piped(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    const bytes = Buffer.from(chunk)
    size += bytes.length
    if (size > maxPiped) throw failChat('NEXUS_CHAT_TOO_LONG', { limit: maxPiped })
    chunks.push(bytes)
  }
  const text = Buffer.concat(chunks).toString('utf8').trim()
  if (text === '') throw failChat('NEXUS_CHAT_EMPTY')
  return text
}

async function answer(io: CommandIo, socket: CommandSocket, sessionKey: string, message: string): Promise<number> {
  const given = await ask(socket, sessionKey, message, io.json ? {} : { said: (text) => void io.stdout.write(text) }, io.signal)
  if (io.json) io.print('', given)
  else io.stdout.write('\n')
  if (given.state === 'final') return 0
  if (given.state === 'aborted' && given.error === undefined) return interrupted
  if (!io.json) io.stderr.write(`${given.error ?? 'the run failed'}\n`)
  return 1
}
