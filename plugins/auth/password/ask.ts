/** A new password: piped in, or typed unseen and twice. Never an argument, which the shell's history and other programs would see. */
import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from '../errors.ts'
import { maxBytes, minCharacters } from './hash.ts'

type Terminal = Pick<CommandIo, 'stdin' | 'stderr' | 'signal'>

/** `undefined` when Ctrl-C or Ctrl-D ended it. Rejects with NEXUS_AUTH_PASSWORD, NEXUS_AUTH_PASSWORD_TWICE. */
export async function askPassword(io: Terminal): Promise<string | undefined> {
  return io.stdin.isTTY ? typed(io) : piped(io.stdin)
}

/** One newline at the end is the pipe's. */
async function piped(stdin: AsyncIterable<Buffer | string>): Promise<string> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of stdin) {
    chunks.push(Buffer.from(chunk))
    size += chunk.length
    if (size > maxBytes * 3) throw unfit()
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks)).replace(/\r?\n$/, '')
  } catch {
    throw unfit() // the decoder's error says no more
  }
}

async function typed({ stdin, stderr, signal }: Terminal): Promise<string | undefined> {
  const given = new AbortController()
  const give = (): void => given.abort()
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const reader = createInterface({ input: stdin, output: nowhere, terminal: true, historySize: 0 })
  reader.on('SIGINT', give).on('close', give)
  signal.addEventListener('abort', give)
  try {
    const first = await line(reader, stderr, 'New password (not shown): ', given.signal)
    const second = await line(reader, stderr, 'Once more: ', given.signal)
    if (first !== second) throw fail('NEXUS_AUTH_PASSWORD_TWICE')
    return first
  } catch (error) {
    if (given.signal.aborted) return undefined
    throw error
  } finally {
    signal.removeEventListener('abort', give)
    reader.off('close', give).close()
  }
}

async function line(reader: Interface, stderr: NodeJS.WriteStream, question: string, signal: AbortSignal): Promise<string> {
  stderr.write(question)
  try {
    return await reader.question('', { signal })
  } finally {
    stderr.write('\n')
  }
}

const unfit = () => fail('NEXUS_AUTH_PASSWORD', { least: minCharacters, most: maxBytes })
