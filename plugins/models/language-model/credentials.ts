/** What a request carries that nobody else may see, as its sources have it when the request is made. */
import type { MaybePromise, Secret } from 'nexus-gateway/sdk'
import type { Account } from '../attempt.ts'
import { failModels, providerFailure } from '../errors.ts'
import type { LanguageModelSettings } from './settings.ts'

/** Names in lower case; `undefined` takes a header away that the library would send. */
export type Headers = Record<string, string | undefined>

export interface Credentials {
  /** At once where there is nothing to be asked for. Fails with NEXUS_SECRET_UNRESOLVED, and with a failure of kind `auth` where there is no key at all. */
  headers(account?: string): MaybePromise<Headers>
  /** The values sent so far. */
  known(): string[]
  /** Empty when there is but one credential, or none. */
  readonly accounts: readonly Account[]
}

/** How a credential is sent. */
export type Carry = (value: string, kind: Account['kind']) => Headers

export const bearer: Carry = (value) => ({ authorization: `Bearer ${value}` })

/** `required`: nothing is sent without a credential. The `apiKey` beside `accounts` is one more of them, called `default`. Throws NEXUS_MODELS_ACCOUNT_TWICE. */
export function credentialsOf(provider: string, { apiKey, accounts = [], headers }: Partial<Pick<LanguageModelSettings, 'accounts'>> & Pick<LanguageModelSettings, 'apiKey' | 'headers'>, carry: Carry = bearer, required = false): Credentials {
  const keys: readonly { readonly id: string; readonly kind: Account['kind']; readonly apiKey: Secret }[] = [...accounts, ...(apiKey ? [{ id: 'default', kind: 'key' as const, apiKey }] : [])]
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw failModels('NEXUS_MODELS_ACCOUNT_TWICE', { provider })
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const values = async (): Promise<Headers> => Object.fromEntries(await Promise.all(named.map(async ([name, secret]) => [name, await secret.reveal()] as const)))
  const carried = async (key: (typeof keys)[number] | undefined): Promise<Headers> => ({ ...(key && carry(await key.apiKey.reveal(), key.kind)), ...(named.length > 0 && await values()) })
  return {
    headers(account) {
      const key = account === undefined ? keys[0] : keys.find(({ id }) => id === account)
      if (!key && (required || account !== undefined)) throw providerFailure(provider, 'auth')
      return key || named.length > 0 ? carried(key) : {}
    },
    known: () => [...keys.map((key) => key.apiKey), ...named.map(([, secret]) => secret)].flatMap((secret) => secret.known()),
    accounts: accounts.length === 0 ? [] : keys.map(({ id, kind }) => ({ id, kind })),
  }
}
