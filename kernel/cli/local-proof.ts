/** What a client of the unix socket proves to the gateway, and the gateway to it: that both know `<state>/auth/local`. */
import type { Gateway } from './rpc.ts'

export interface LocalProof {
  /** For `x-nexus-local`. */
  readonly header: string
  /** What the gateway has to answer: `x-nexus-proof`, or `auth.proof` of its hello. */
  readonly answer: string
}

/** `now` in milliseconds since the epoch; `nonce` is 16 random bytes as base64url, good for one request. */
export function proofFor(secret: string, now: number, nonce: string): LocalProof {
  const { createHmac } = process.getBuiltinModule('node:crypto')
  const mac = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url')
  return { header: `${now}.${nonce}.${mac(`nexus-local-client|${now}|${nonce}`)}`, answer: mac(`nexus-local-server|${nonce}`) }
}

/**
 * None for who comes with a token, or over a URL; nor where there is no such file, or none for us, and then nothing
 * can be asked of the gateway either.
 */
export function newProof({ url, token, local }: Gateway): LocalProof | undefined {
  const secret = url || token !== undefined ? undefined : read(local)
  return secret ? proofFor(secret, Date.now(), process.getBuiltinModule('node:crypto').randomBytes(16).toString('base64url')) : undefined
}

function read(file: string): string | undefined {
  try {
    return process.getBuiltinModule('node:fs').readFileSync(file, 'utf8').split('\n', 1)[0]
  } catch {
    return undefined // of an older gateway, or of another user's: it will say what it wants
  }
}
