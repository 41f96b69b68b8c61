/**
 * References to secrets become secrets: had when somebody asks, all at the same time, each once at a time, with a
 * deadline. What was had is kept by reference, so that a reload asks nobody again, and is used on while its source fails.
 */
import type { SecretStoreApi } from '../points.ts'
import { Secret } from '../secret.ts'
import { failConfig } from './errors.ts'
import { pathText, type KeyPath } from './path.ts'
import { isTable } from './schema.ts'
import type { SecretHost } from './secret-readers.ts'
import { isReference, shownSource, sourceOf, unresolved, type SecretSource } from './secret-source.ts'

export interface SecretsOptions {
  readonly env: () => SecretHost['env']
  /** The directory of the settings. */
  readonly dir: string
  /** For each reading; less than a plugin's setup may take, so that what is told is which secret is missing. */
  readonly timeoutMs?: number
  /** How long a value that was had is used without asking again. */
  readonly freshMs?: Partial<Record<SecretSource['kind'], number>>
  readonly store?: SecretStoreApi
  /** One line for the operator, with no secret in it. */
  readonly onNote?: (note: string) => void
  /** Milliseconds; it need not be the time of day. */
  readonly now?: () => number
}

export interface Secrets {
  /**
   * A copy of `block` with a `Secret` in place of every `{ $secret: "…" }`. `store` is where `store:` names are looked up
   * from now on. Reads nothing. Throws NEXUS_SECRET_SOURCE.
   */
  bind(block: unknown, store?: SecretStoreApi): unknown
  /** What the store gave under these names, or under any, is not used any more. */
  forget(names?: readonly string[]): void
  /** Ends every reading under way. */
  close(): void
}

const fresh: Readonly<Record<SecretSource['kind'], number>> = { env: 0, file: 0, exec: 5 * 60_000, store: 5 * 60_000 }
/** After a failure, the last good value is used this long before the source is asked again. */
const retryMs = 30_000
const mostKept = 1_000

interface Kept { readonly secret: Secret; readonly source: SecretSource; forget(): void }

export function createSecrets({ env, dir, timeoutMs = 8_000, freshMs = {}, store: first, onNote = () => {}, now = () => performance.now() }: SecretsOptions): Secrets {
  const kept = new Map<string, Kept>()
  const running = new Map<AbortController, SecretSource>()
  let store = first

  async function read(source: SecretSource, note: (text: string) => void): Promise<string> {
    const { readSecret } = await import('./secret-readers.ts')
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(unresolved(source, `it took longer than ${timeoutMs / 1_000} s`)), timeoutMs)
    running.set(stop, source)
    try {
      const stopped = new Promise<never>((_, refuse) => { stop.signal.addEventListener('abort', () => refuse(stop.signal.reason), { once: true }) })
      return await Promise.race([readSecret(source, { env: env(), dir, store, note }, stop.signal), stopped])
    } finally {
      clearTimeout(timer)
      running.delete(stop)
    }
  }

  function keep(text: string, source: SecretSource): Kept {
    const shown = shownSource(source)
    const noted = new Set<string>()
    const noteOnce = (note: string): void => {
      if (!noted.has(note)) onNote(note)
      noted.add(note)
    }
    const value = renewed({
      read: () => read(source, noteOnce),
      freshMs: freshMs[source.kind] ?? fresh[source.kind],
      onTrouble: (error) => onNote(`${error instanceof Error ? error.message : `the secret ${shown} cannot be had`}; the last value is used on`),
      now,
    })
    const one = { source, secret: new Secret(shown, value.get), forget: value.forget }
    kept.set(text, one)
    for (const oldest of kept.keys()) {
      if (kept.size <= mostKept) break
      kept.delete(oldest)
    }
    return one
  }

  function secretOf(reference: { readonly $secret: unknown }, path: KeyPath): Secret {
    const source = sourceOf(reference)
    if (!source) throw failConfig('NEXUS_SECRET_SOURCE', { path: pathText(path) })
    const text = `${source.kind}:${source.name}`
    return (kept.get(text) ?? keep(text, source)).secret
  }

  function bound(value: unknown, path: KeyPath): unknown {
    if (isReference(value)) return secretOf(value, path)
    if (Array.isArray(value)) return value.map((item, i) => bound(item, [...path, i]))
    if (!isTable(value) || value instanceof Secret) return value
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, bound(inner, [...path, key])]))
  }

  return {
    bind(block, from) {
      store = from ?? store
      return bound(block, [])
    },
    forget(names) {
      for (const { source, forget } of kept.values()) if (source.kind === 'store' && (!names || names.includes(source.name))) forget()
    },
    close() {
      for (const [stop, source] of running) stop.abort(unresolved(source, 'the gateway stops'))
    },
  }
}

interface Renewal {
  read(): Promise<string>
  readonly freshMs: number
  onTrouble(error: unknown): void
  now(): number
}

/** A value that is asked for when it is wanted and no longer fresh, and the last good one while it cannot be had. */
function renewed({ read, freshMs, onTrouble, now }: Renewal): { get(): Promise<string>; forget(): void } {
  let last: string | undefined
  let until = -Infinity
  let asking: Promise<string> | undefined
  let troubled = false

  async function ask(mine: () => boolean): Promise<string> {
    try {
      const value = await read()
      if (mine()) [last, until, troubled] = [value, now() + freshMs, false]
      return value
    } catch (error) {
      if (last === undefined || !mine()) throw error
      until = now() + Math.min(freshMs, retryMs)
      if (!troubled) onTrouble(error)
      troubled = true
      return last
    }
  }

  return {
    get() {
      if (last !== undefined && now() < until) return Promise.resolve(last)
      if (asking) return asking
      const turn: Promise<string> = ask(() => asking === turn).finally(() => { if (asking === turn) asking = undefined })
      return asking = turn
    },
    forget() {
      [last, until, asking] = [undefined, -Infinity, undefined]
    },
  }
}
