/** `nexus chat` with a person at the keyboard. */
import { createInterface } from 'node:readline/promises'
import type { CommandIo, CommandSocket } from 'nexus-gateway/sdk'
import { ask } from './ask.ts'

const leave = new Set(['/exit', '/quit'])

/** Ctrl-C stops the answer under way; with none under way, or a second time, it leaves. */
export async function converse(io: CommandIo, socket: CommandSocket, sessionKey: string): Promise<number> {
  const { stdout, stderr } = io
  const reader = createInterface({ input: io.stdin, output: stdout, prompt: '> ' })
  let running: AbortController | undefined
  const interrupt = (): void => {
    if (running && !running.signal.aborted) running.abort()
    else reader.close()
  }
  reader.on('SIGINT', interrupt)
  io.signal.addEventListener('abort', interrupt)
  const watch = socket.closed.then(() => reader.close())
  try {
    stdout.write(`Session ${sessionKey}. Ctrl-C stops an answer, /exit leaves.\n`)
    reader.prompt()
    for await (const line of reader) {
      const message = line.trim()
      if (leave.has(message)) break
      if (message !== '') {
        running = new AbortController()
        const answer = await ask(socket, sessionKey, message, {
          said: (text) => void stdout.write(text),
          toolStarted: (name) => void stdout.write(`\n[${name}]\n`),
        }, running.signal).finally(() => { running = undefined })
        stdout.write('\n')
        if (answer.state === 'aborted') stderr.write('(stopped)\n')
        if (answer.state === 'error') stderr.write(`${answer.error ?? 'the run failed'}\n`)
      }
      reader.prompt()
    }
    return 0
  } finally {
    io.signal.removeEventListener('abort', interrupt)
    reader.close()
    void watch
  }
}
