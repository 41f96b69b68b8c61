import { hash, timingSafeEqual } from 'node:crypto'

/** What is kept of a secret to compare with: digests have one length, so a comparison tells nothing of the secret's. */
export const digestOf = (secret: string): Buffer => hash('sha256', secret, 'buffer')

export const matches = (secret: string, digest: Buffer): boolean => timingSafeEqual(digestOf(secret), digest)
