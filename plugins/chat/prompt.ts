/** `nexus chat` with a person at the keyboard. */
import { createInterface } from 'node:readline/promises'
import { NexusError } from 'nexus-gateway/sdk'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import { ask } from './ask.ts'
import { failChat } from './errors.ts'

const leave = new Set(['/exit', '/quit'])

/** Ctrl-C stops the answer under way; with none under way, or a second time, it leaves. Rejects with NEXUS_CHAT_LOST. */
export async function converse(io: CommandIo, socket: CommandSocket, sessionKey: string): Promise<number> {
  const { stdin, stdout } = io
  const reader = createInterface({ input: stdin, output: stdout, prompt: '> ' })
  let running: AbortController | undefined
  let lost = false
  const interrupt = (): void => {
    if (running && !running.signal.aborted) running.abort()
    else reader.close()
  }
  reader.on('SIGINT', interrupt)
  io.signal.addEventListener('abort', interrupt)
  void socket.closed.then(() => {
    lost = true
    reader.close()
  })
  try {
    stdout.write(`Session ${sessionKey}. Ctrl-C stops an answer, /exit leaves.\n`)
    reader.prompt()
    for await (const line of reader) {
      const message = line.trim()
      if (leave.has(message)) return 0
      running = new AbortController()
      if (message !== '') await exchange(io, socket, sessionKey, message, running.signal)
      running = undefined
      reader.prompt()
    }
    if (lost) throw failChat('NEXUS_CHAT_LOST')
    return 0
  } finally {
    io.signal.removeEventListener('abort', interrupt)
    reader.close()
  }
}

/** What the gateway refuses is said, and the conversation goes on. */
async function exchange({ stdout, stderr }: CommandIo, socket: CommandSocket, sessionKey: string, message: string, signal: AbortSignal): Promise<void> {
  try {
    const answer = await ask(socket, sessionKey, message, {
      said: (text) => void stdout.write(text),
      toolStarted: (name) => void stdout.write(`\n[${name}]\n`),
    }, signal)
    stdout.write('\n')
    if (answer.error !== undefined) stderr.write(`${answer.error}\n`)
    else if (answer.state === 'aborted') stderr.write('(stopped)\n')
  } catch (error) {
    if (!(error instanceof NexusError) || error.code === 'NEXUS_CHAT_LOST') throw error
    stderr.write(`${error.message}. ${error.fix}\n`)
  }
}
