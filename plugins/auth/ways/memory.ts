/** Which secret held last, as a digest: settings may change it, and then it is another generation that lets people in. */
import type { AuthHost } from '../host.ts'
import { digestOf } from '../secret.ts'

export interface Memory {
  /** Whether another one held before; from now on it is this one. Never rejects. */
  differs(secret: string): Promise<boolean>
}

export function createMemory({ store, log }: Pick<AuthHost, 'store' | 'log'>, name: 'token' | 'proxy'): Memory {
  const documents = store.documents<{ readonly digest: string }>('auth/held')
  return {
    async differs(secret) {
      const digest = digestOf(secret).toString('latin1')
      try {
        const kept = await documents.get(name)
        if (kept?.value.digest === digest) return false
        await documents.put(name, { digest })
        return kept !== undefined
      } catch (error) {
        log.warn('it could not be noted which secret holds; what the one before let in is ended to be safe', { of: name, error })
        return true
      }
    },
  }
}
