/**
 * Way in: the password, for people at a keyboard. Only its scrypt is kept. It can be guessed, so a look at one takes an
 * attempt. In the tick in which it is changed or taken away, what it let in is ended.
 */
import * as v from 'valibot'
import { admits } from 'nexus-gateway/sdk'
import type { AuthAnswer, AuthRequest, Caller, Cause, Secret } from 'nexus-gateway/sdk'
import type { Way } from '../authenticate.ts'
import { fail } from '../errors.ts'
import type { AuthHost } from '../host.ts'
import { rateLimited, refusals } from '../refusals.ts'
import { operatorScopes } from '../scopes.ts'
import { createHasher, isFit, maxBytes, minCharacters, PasswordRecord } from './hash.ts'

const caller: Caller = { id: 'password', role: 'operator', scopes: operatorScopes, label: 'operator' }
const admitted: AuthAnswer = { ok: true, caller }
const key = 'password'

export interface Password {
  readonly way: Way
  readonly methods: {
    'auth.password.set'(params: { readonly password: Secret }, call: Cause): Promise<{ set: true }>
    'auth.password.remove'(params: object, call: Cause): Promise<{ set: false; removed: boolean }>
    'auth.password.status'(): Promise<{ set: boolean }>
  }
}

export function createPassword(host: Pick<AuthHost, 'store' | 'log' | 'end'>): Password {
  const documents = host.store.documents('auth/password')
  const hasher = createHasher()
  /** Grows with every change, so that a look that began before it lets nobody in after it. */
  let changes = 0

  async function judge(password: string): Promise<AuthAnswer> {
    const before = changes
    const kept = await documents.get(key)
    if (!kept) return refusals.passwordNotConfigured
    const record = recordIn(kept.value)
    if (!record || !isFit(password)) return refusals.passwordMismatch
    const looking = hasher.matches(password, record)
    if (!looking) return rateLimited(1_000)
    if (!await looking) return refusals.passwordMismatch
    const now = await documents.get(key)
    return changes === before && now?.revision === kept.revision ? admitted : refusals.passwordMismatch
  }

  function recordIn(value: unknown): PasswordRecord | undefined {
    const parsed = v.safeParse(PasswordRecord, value)
    // What is wrong with it would be told with what it is.
    if (!parsed.success) host.log.error('the stored password cannot be read, so it lets nobody in; set it anew with `nexus auth password`')
    return parsed.success ? parsed.output : undefined
  }

  function changed(what: string, by: Caller): void {
    changes++
    host.end([caller.id], `password ${what}`)
    host.log.info(`the password was ${what}`, { by: by.id })
  }

  return {
    way: {
      name: 'password',
      guesses: ({ password }) => Boolean(password),
      admit: ({ password }: AuthRequest) => (password ? judge(password) : undefined),
    },
    methods: {
      async 'auth.password.set'({ password }, { caller: by }) {
        checkMay(by)
        const text = await password.reveal()
        if (!isFit(text)) throw fail('NEXUS_AUTH_PASSWORD', { least: minCharacters, most: maxBytes })
        const making = hasher.make(text)
        if (!making) throw fail('NEXUS_AUTH_PASSWORD_BUSY')
        await documents.put(key, await making)
        changed('set', by)
        return { set: true }
      },
      async 'auth.password.remove'(_, { caller: by }) {
        checkMay(by)
        const removed = await documents.delete(key)
        if (removed) changed('removed', by)
        return { set: false, removed }
      },
      'auth.password.status': async () => ({ set: await documents.get(key) !== undefined }),
    },
  }
}

/** Whoever knows the password holds everything, so nobody with less sets it, nor somebody else's words in an operator's mouth. */
function checkMay({ label, scopes, bounds }: Caller): void {
  if (label !== 'operator' && label !== 'device') throw fail('NEXUS_AUTH_PASSWORD_LABEL', { label })
  if (bounds !== undefined && Object.keys(bounds).length > 0) throw fail('NEXUS_AUTH_ESCALATES')
  const missing = [...operatorScopes].find((scope) => !admits(scopes, scope))
  if (missing !== undefined) throw fail('NEXUS_AUTH_ESCALATES', { missing, have: [...scopes] })
}
