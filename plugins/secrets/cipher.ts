/** age with X25519 keys. What it writes can be read with the `age` command as well, and without the key not at all. */
import { fail } from './errors.ts'

export interface Cipher {
  /** `AGE-SECRET-KEY-1…` */
  newIdentity(): Promise<string>
  /** For the holder of `identity`. */
  encrypt(text: string, identity: string): Promise<Uint8Array>
  /** `undefined` if none of the identities opens it, or it is not what `encrypt` made. */
  decrypt(bytes: Uint8Array, identities: readonly string[]): Promise<string | undefined>
}

/** The library is loaded with the first secret: it takes longer than the start of the gateway. Rejects with NEXUS_SECRETS_LIBRARY. */
export function createCipher(load: () => Promise<typeof import('age-encryption')> = () => import('age-encryption')): Cipher {
  let loading: ReturnType<typeof load> | undefined
  const age = (): ReturnType<typeof load> => loading ??= load().catch(() => {
    loading = undefined
    throw fail('NEXUS_SECRETS_LIBRARY')
  })
  return {
    newIdentity: async () => (await age()).generateX25519Identity(),
    async encrypt(text, identity) {
      const { Encrypter, identityToRecipient } = await age()
      const encrypter = new Encrypter()
      encrypter.addRecipient(await identityToRecipient(identity))
      return encrypter.encrypt(text)
    },
    async decrypt(bytes, identities) {
      const { Decrypter } = await age()
      try {
        const decrypter = new Decrypter()
        for (const identity of identities) decrypter.addIdentity(identity)
        return await decrypter.decrypt(bytes, 'text')
      } catch {
        // What the library says of a key it cannot read repeats the key.
        return undefined
      }
    },
  }
}
