/** The value of a secret: piped in, or typed unseen. Never an argument, which the shell's history and other programs would see. */
import { createInterface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { fits, maxValueBytes } from './value.ts'

/** `undefined` when Ctrl-C or Ctrl-D ended it. Rejects with NEXUS_SECRETS_VALUE. */
export async function askValue(io: CommandIo): Promise<string | undefined> {
  const value = io.stdin.isTTY ? await typed(io) : await piped(io.stdin)
  if (value !== undefined && !fits(value)) throw unfit()
  return value
}

/** One newline at the end is the pipe's. */
async function piped(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size > maxValueBytes + 2) throw unfit()
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '')
  } catch {
    throw unfit() // the decoder's error says no more
  }
}

async function typed({ stdin, stderr, signal }: CommandIo): Promise<string | undefined> {
  const given = new AbortController()
  const give = (): void => given.abort()
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  reader.on('SIGINT', give).on('close', give)
  signal.addEventListener('abort', give)
  stderr.write('Value (not shown): ')
  try {
    return await reader.question('', { signal: given.signal })
  } catch (error) {
    if (given.signal.aborted) return undefined
    throw error
  } finally {
    signal.removeEventListener('abort', give)
    reader.close()
    stderr.write('\n')
  }
}

const unfit = () => fail('NEXUS_SECRETS_VALUE', { limit: maxValueBytes })
