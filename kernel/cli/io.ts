/** What a command is given: its arguments, the terminal, and the way to the running gateway. */
import type { CommandIo } from '../command.ts'
import { statePaths } from '../paths.ts'
import type { Parsed } from './leaf.ts'
import { misused } from './errors.ts'
import type { Offline } from './offline.ts'
import type { Gateway } from './rpc.ts'
import { jsonText, put } from './terminal.ts'

const TIMEOUT_MS = 30_000
/** How long a command that works without a gateway waits for another one like it. */
const LOCKED_MS = 10_000
const LOCKED_RETRY_MS = 50

/** The streams are opened when somebody uses them: a call that prints one line needs none. */
export function commandIo(parsed: Parsed, json: boolean, offline = false, calls = true): CommandIo & { end(): Promise<void> } {
  const { env } = process
  const paths = statePaths(env)
  const interrupt = new AbortController()
  // A second Ctrl-C finds no listener and ends the process.
  process.once('SIGINT', () => interrupt.abort())
  const opened = new Set<NodeJS.WriteStream>()
  const open = (stream: NodeJS.WriteStream): NodeJS.WriteStream => {
    // Whoever reads us may stop reading; that is no fault of ours.
    if (!opened.has(stream)) stream.on('error', (error: NodeJS.ErrnoException) => { if (error.code !== 'EPIPE') throw error })
    opened.add(stream)
    return stream
  }
  let found: Promise<Gateway> | undefined
  const gateway = async (): Promise<Gateway> => {
    const { findGateway } = await import('./rpc.ts')
    return found ??= findGateway({ url: calls ? text(parsed.options['url']) : undefined, tokenFile: text(parsed.options['token-file']), tlsPin: text(parsed.options['tls-pin']) }, env, paths)
  }
  let own: Promise<Offline> | undefined
  const timeoutMs = milliseconds(parsed.options['timeout'], '--timeout', TIMEOUT_MS)

  return {
    ...parsed, json, paths, env, signal: interrupt.signal,
    get stdin() { return process.stdin },
    get stdout() { return open(process.stdout) },
    get stderr() { return open(process.stderr) },
    async call(method, params) {
      if (own) return (await own).call(method, params)
      const [{ callGateway }, target] = await Promise.all([import('./rpc.ts'), gateway()])
      const until = Date.now() + LOCKED_MS
      for (;;) {
        try {
          return await callGateway(target, method, params, { timeoutMs, signal: interrupt.signal })
        } catch (error) {
          if (!offline || target.url || !isCode(error, 'NEXUS_CLI_NO_GATEWAY')) throw error
        }
        const { openOffline } = await import('./offline.ts')
        own = openOffline(paths, env)
        try {
          return await (await own).call(method, params)
        } catch (error) {
          // Somebody has started a gateway in between, or another command is at it.
          if (!isCode(error, 'NEXUS_START_LOCKED') || Date.now() > until) throw error
          own = undefined
        }
        await new Promise((resolve) => { setTimeout(resolve, LOCKED_RETRY_MS) })
      }
    },
    async connect() {
      const [{ openSocket }, target] = await Promise.all([import('./socket.ts'), gateway()])
      return openSocket(target, timeoutMs)
    },
    print(line, value) {
      put(1, json ? jsonText(value) : `${line}\n`)
    },
    async end() {
      await own?.then((kernel) => kernel.close(), () => undefined)
      for (const stream of opened) await new Promise<void>((resolve) => { stream.write('', () => resolve()) })
    },
  }
}

const text = (value: string | boolean | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

export function milliseconds(value: string | boolean | undefined, flag: string, otherwise: number): number {
  if (typeof value !== 'string') return otherwise
  if (!/^[1-9]\d{0,8}$/.test(value)) throw misused(`${flag} takes a whole number of milliseconds, from 1 to 999999999`, 'Leave it out for the default.')
  return Number(value)
}

const isCode = (error: unknown, code: string): boolean => error instanceof Error && (error as { code?: unknown }).code === code
