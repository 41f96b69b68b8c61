import { hash, timingSafeEqual } from 'node:crypto'

/** What is kept of a secret to compare with: digests have one length, so a comparison tells nothing of the secret's. */
// As hex and not as a buffer: Node hands that out in a third of the time.
export const digestOf = (secret: string): Buffer => Buffer.from(hash('sha256', secret), 'latin1')

export const matches = (secret: string, digest: Buffer): boolean => timingSafeEqual(digestOf(secret), digest)
