/** What a command is given: its arguments, the terminal, and the way to the running gateway. */
import type { CommandIo } from '../contract.ts'
import { statePaths } from '../paths.ts'
import type { Parsed } from './leaf.ts'
import { misused } from './errors.ts'
import type { Gateway } from './rpc.ts'
import { jsonText } from './terminal.ts'

const TIMEOUT_MS = 30_000

export function commandIo(parsed: Parsed, json: boolean): CommandIo {
  const { env, stdout, stderr } = process
  const paths = statePaths(env)
  const interrupt = new AbortController()
  // A second Ctrl-C finds no listener and ends the process.
  process.once('SIGINT', () => interrupt.abort())
  // Whoever reads us may stop reading; that is no fault of ours.
  for (const stream of [stdout, stderr]) stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })

  let found: Promise<Gateway> | undefined
  const gateway = async (): Promise<Gateway> => {
    const { findGateway } = await import('./rpc.ts')
    return found ??= findGateway({ url: text(parsed.options['url']), tokenFile: text(parsed.options['token-file']) }, env, paths)
  }
  const timeoutMs = milliseconds(parsed.options['timeout'], '--timeout', TIMEOUT_MS)

  return {
    ...parsed, json, stdout, stderr, paths, env, signal: interrupt.signal,
    // Opened when somebody reads it.
    get stdin() { return process.stdin },
    async call(method, params) {
      const [{ callGateway }, target] = await Promise.all([import('./rpc.ts'), gateway()])
      return callGateway(target, method, params, { timeoutMs, signal: interrupt.signal })
    },
    async connect() {
      const [{ openSocket }, target] = await Promise.all([import('./socket.ts'), gateway()])
      return openSocket(target, timeoutMs)
    },
    print(line, value) {
      stdout.write(json ? jsonText(value) : `${line}\n`)
    },
  }
}

const text = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

export function milliseconds(value: string | boolean | undefined, flag: string, otherwise: number): number {
  if (typeof value !== 'string') return otherwise
  if (!/^[1-9]\d{0,8}$/.test(value)) throw misused(`${flag} takes a whole number of milliseconds, from 1 to 999999999`, 'Leave it out for the default.')
  return Number(value)
}
