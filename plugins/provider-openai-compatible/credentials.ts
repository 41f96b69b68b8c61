/** What a request carries that nobody else may see, as its sources have it when the request is made. */
import type { Secret } from 'nexus-gateway/sdk'
import type { Config } from './config.ts'

export interface Credentials {
  /** Headers by lower-case names. Rejects with NEXUS_SECRET_UNRESOLVED, and with the signal's reason when it aborts first. */
  headers(signal: AbortSignal): Promise<Record<string, string>>
  /** The values sent so far. */
  known(): string[]
}

export function credentialsOf({ apiKey, headers }: Pick<Config, 'apiKey' | 'headers'>): Credentials {
  const named: readonly (readonly [string, Secret, prefix?: string])[] = [
    ...(apiKey ? [['authorization', apiKey, 'Bearer '] as const] : []),
    ...Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const),
  ]
  return {
    async headers(signal) {
      const aborted = new Promise<never>((_, refuse) => {
        if (signal.aborted) refuse(signal.reason)
        signal.addEventListener('abort', () => refuse(signal.reason), { once: true })
      })
      const all = Promise.all(named.map(async ([name, secret, prefix = '']) => [name, `${prefix}${await secret.reveal()}`] as const))
      return Object.fromEntries(await Promise.race([all, aborted]))
    },
    known: () => named.flatMap(([, secret]) => secret.known()),
  }
}
