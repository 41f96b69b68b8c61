/** A value for a setting, from the command line or, where it is a secret, from where nobody else can read it. */
import type { CommandIo } from 'nexus-gateway/sdk'
import { fail } from './errors.ts'
import { isTable } from './tree.ts'

const mostBytes = 1 << 20

/** JSON5 where it is that, text otherwise; text too where only text is wanted. */
export async function valueOf(text: string, type: string | undefined): Promise<unknown> {
  const { default: JSON5 } = await import('json5')
  try {
    const value: unknown = JSON5.parse(text)
    return type === 'string' && typeof value !== 'string' && !isTable(value) ? text : value
  } catch {
    return text // it is not JSON5, so it stands for itself
  }
}

/** What may be said aloud even where a secret is wanted: where it is to be found. */
export const isReference = (value: unknown): boolean => (isTable(value) ? Object.keys(value).join() === '$secret' : typeof value === 'string' && /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(value))

/** One line typed without echo, or all of what is piped in, without the line end. */
export async function readSecret(io: CommandIo, path: string): Promise<string> {
  const text = io.stdin.isTTY ? await typed(io, path) : await piped(io)
  if (text === '') throw fail('NEXUS_CONFIG_NO_VALUE', { path, hint: 'Pipe the value in, or type it.' })
  return text
}

export async function piped({ stdin }: CommandIo): Promise<string> {
  const parts: Buffer[] = []
  let bytes = 0
  for await (const part of stdin) {
    parts.push(Buffer.from(part as Buffer))
    if ((bytes += parts.at(-1)!.length) > mostBytes) break
  }
  return Buffer.concat(parts).toString('utf8').replace(/\r?\n$/, '')
}

function typed({ stdin, stderr, signal }: CommandIo, path: string): Promise<string> {
  stderr.write(`${path}: `)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  return new Promise((resolve, reject) => {
    let text = ''
    const end = (done: () => void): void => {
      stdin.off('data', read).off('end', hungUp)
      stdin.setRawMode(false)
      stdin.pause()
      stderr.write('\n')
      done()
    }
    const read = (keys: string): void => {
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') return end(() => resolve(text))
        if (key === '\u0003') return end(() => reject(signal.reason ?? new Error('interrupted')))
        text = key === '\u007f' || key === '\b' ? text.slice(0, -1) : text + key
      }
    }
    const hungUp = (): void => end(() => resolve(text))
    stdin.on('data', read).on('end', hungUp)
  })
}
