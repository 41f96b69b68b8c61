/**
 * Way in: the shared token, the owner's own key. It is followed at its source: a new one holds within a second, and what
 * the old one let in is ended. A source that has gone or has none that can be used changes nothing.
 */
import type { AuthAnswer, AuthRequest, Caller } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { fail } from '../errors.ts'
import type { AuthHost } from '../host.ts'
import { findToken, type TokenSource } from '../keyfile.ts'
import { refusals } from '../refusals.ts'
import { operatorScopes } from '../scopes.ts'
import { digestOf, matches } from '../secret.ts'
import { isWeak, minBits } from '../strength.ts'
import { createMemory } from './memory.ts'
import { sourceOf } from './source.ts'

const caller: Caller = { id: 'token', role: 'operator', scopes: operatorScopes, label: 'operator' }
const admitted: AuthAnswer = { ok: true, caller }
const changed = 'token changed'
/** Tokens from before that stay out of the log: work that began with one may still be under way. */
const remembered = 4

export interface SharedTokenOptions extends TokenSource {
  /** Whether this may be the token where the gateway listens. */
  readonly accepts?: (token: string) => boolean
  /** A token of another way, which is that way's to refuse. */
  readonly foreign?: (token: string) => boolean
}

export interface SharedToken {
  readonly way: Way
  current(): string
  /** The newest first: for whoever takes them out of what is written. */
  known(): readonly string[]
  /** Looks at the source now; for `config.changed`. Never rejects. */
  follow(): Promise<void>
}

/** Throws what `findToken` throws: without a token there is no gateway. */
export async function createSharedToken(host: AuthHost, options: SharedTokenOptions): Promise<SharedToken> {
  const { accepts = () => true, foreign = () => false, configured } = options
  const source = sourceOf(options)
  const memory = createMemory(host, 'token')
  let token = await findToken(options)
  let digest = digestOf(token)
  let weak = isWeak(token)
  let before: readonly string[] = []
  let trouble = ''
  let looking: Promise<void> | undefined
  let another: Promise<void> | undefined
  // The generation before this one may go on until it is replaced, so what it lets in till then is ended at the first look.
  let outdated = await memory.differs(token)
  if (outdated) host.end([caller.id], changed)

  function take(next: string): void {
    before = [token, ...before].slice(0, remembered)
    token = next
    digest = digestOf(next)
    weak = isWeak(next)
    host.end([caller.id], changed)
    host.log.info('the shared token was changed at its source; the new one holds', { source: source.name })
  }

  async function look(): Promise<void> {
    if (outdated) host.end([caller.id], changed)
    outdated = false
    try {
      const next = await source.look()
      if (next === undefined) return
      if (next !== token && !accepts(next)) throw fail('NEXUS_AUTH_TOKEN_WEAK', { bits: minBits })
      trouble = ''
      if (next === token) return
      take(next)
      await memory.differs(next)
    } catch (error) {
      const reason = error instanceof Error ? error.message : 'unknown error'
      if (reason !== trouble) host.log.warn('the shared token was changed to one that cannot be used; the old one holds', { source: source.name, error })
      trouble = reason
    }
  }

  /** One look at a time. What changed while one is under way is seen by the one after it. */
  function follow(): Promise<void> {
    if (!looking) return looking = look().finally(() => { looking = undefined })
    return another ??= looking.then(() => {
      another = undefined
      return follow()
    })
  }
  if (source.everyMs > 0) host.scope.interval(follow, source.everyMs)

  function admit({ token: given }: AuthRequest): AuthAnswer | undefined {
    if (given === undefined) return undefined
    // A credential was sent and there is nothing in it, as with an `Authorization` of another kind.
    if (given === '') return refusals.tokenMissing
    if (matches(given, digest)) return admitted
    return foreign(given) ? undefined : refusals.tokenMismatch
  }

  return {
    // What cannot be guessed needs no attempt, so the guesses of others shut nobody out who has it.
    way: { name: 'token', guesses: ({ token: given }) => weak && given !== undefined && given !== '' && !foreign(given), admit },
    current: () => token,
    known: () => [...new Set([token, ...before, ...configured?.known() ?? []])],
    follow,
  }
}
