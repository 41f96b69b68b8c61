/** Asks the Tailscale of this machine whose an address is. What it says is believed for a short time; headers are not asked. */
import * as v from 'valibot'
import type { AuthHost } from '../host.ts'
import { createSlots } from '../slots.ts'

const cacheMs = 10_000
const maxBytes = 64 * 1024

const Answer = v.object({
  Node: v.optional(v.nullable(v.object({ Tags: v.optional(v.nullable(v.array(v.string()))) }))),
  UserProfile: v.object({ LoginName: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,256}$/)) }),
})

interface Entry { readonly login: Promise<string | undefined>; until: number }

/** `maxCached`: addresses. */
export interface WhoisOptions { readonly binary: string; readonly timeoutMs: number; readonly maxCached: number }

/** The login name; `undefined` for a tagged machine, which is nobody, and where it cannot be found out. `address` is an IP address. */
export function createWhois({ clock, log, scope }: Pick<AuthHost, 'clock' | 'log' | 'scope'>, { binary, timeoutMs, maxCached }: WhoisOptions): (address: string) => Promise<string | undefined> {
  const slots = createSlots({ most: 4, waiting: 32 })
  const cache = new Map<string, Entry>()
  let failing = false

  async function ask(address: string): Promise<string | undefined> {
    try {
      const login = loginIn(await run(address))
      failing = false
      return login
    } catch (error) {
      trouble(reasonOf(error))
      return undefined
    }
  }

  /** No shell, and nothing of this process's environment but where programs are. */
  async function run(address: string): Promise<string> {
    const { execFile } = await import('node:child_process')
    const env = { PATH: process.env['PATH'], SystemRoot: process.env['SystemRoot'] }
    return new Promise((resolve, reject) => {
      execFile(binary, ['whois', '--json', address], { timeout: timeoutMs, maxBuffer: maxBytes, killSignal: 'SIGKILL', signal: scope.signal, env, windowsHide: true, encoding: 'utf8' },
        (error, stdout) => (error ? reject(error) : resolve(stdout)))
    })
  }

  /** One line, however many come while it lasts. */
  function trouble(reason: string): void {
    if (!failing && !scope.signal.aborted) log.warn('`tailscale whois` cannot be asked; nobody comes in by their Tailscale identity', { reason })
    failing = true
  }

  function bound(): void {
    for (const [address, { until }] of cache) {
      if (cache.size <= maxCached) return
      // One that is being asked for has no end yet.
      if (until < Infinity) cache.delete(address)
    }
  }

  return (address) => {
    const cached = cache.get(address)
    if (cached && clock.now() < cached.until) return cached.login
    const login = slots(() => ask(address))
    if (!login) {
      trouble('too many addresses are asked for at once')
      return Promise.resolve(undefined)
    }
    const entry: Entry = { login, until: Infinity }
    cache.delete(address)
    cache.set(address, entry)
    bound()
    return login.finally(() => { entry.until = clock.now() + cacheMs })
  }
}

function loginIn(text: string): string | undefined {
  const { Node, UserProfile } = v.parse(Answer, JSON.parse(text))
  return Node?.Tags?.length ? undefined : UserProfile.LoginName
}

/** The system's code, or how it ended; what the program said may be anything. */
function reasonOf(error: unknown): string {
  const { code, killed } = error as { code?: unknown; killed?: unknown }
  if (typeof code === 'string') return code
  if (killed === true) return 'it took too long'
  return typeof code === 'number' ? `it ended with status ${code}` : 'its answer cannot be read'
}
