/** References to secrets in a directory of the test's own, with a clock and an environment that the test sets. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect } from 'vitest'
import { NexusError, type Secret } from 'nexus-gateway/sdk'
import { createSecrets, type Secrets, type SecretsOptions } from '../../kernel/config/secrets.ts'
import type { SecretStoreApi } from '../../kernel/points.ts'

export const value = 'sk-do-not-show-me-0123456789'

export interface SecretsHarness {
  dir: string
  env: Record<string, string | undefined>
  notes: string[]
  /** Milliseconds. */
  time: number
  secrets: Secrets
  make(more?: Partial<SecretsOptions>): void
  secretOf($secret: unknown, store?: SecretStoreApi): Secret
  reveal($secret: unknown): Promise<string>
  /** Writes a file beside the settings. */
  put(name: string, content: string | Buffer, mode?: number): Promise<void>
}

/** What `work` rejects with: NEXUS_SECRET_UNRESOLVED without the value anywhere in it. */
export async function failing(work: Promise<unknown>): Promise<NexusError> {
  const error = await work.then(() => { throw new Error('it should have failed') }, (thrown: unknown) => thrown)
  if (!(error instanceof NexusError)) throw error
  expect(error.code).toBe('NEXUS_SECRET_UNRESOLVED')
  expect(inspect([error, error.data, error.fix], { depth: 9 })).not.toContain(value)
  return error
}

export function secretsHarness(): SecretsHarness {
  const h = {
    make: (more = {}) => { h.secrets = createSecrets({ env: () => h.env, dir: h.dir, onNote: (note) => h.notes.push(note), now: () => h.time, ...more }) },
    secretOf: ($secret, store) => (h.secrets.bind({ at: { $secret } }, store) as { at: Secret }).at,
    reveal: ($secret) => h.secretOf($secret).reveal(),
    async put(name, content, mode = 0o600) {
      await writeFile(join(h.dir, name), content)
      await chmod(join(h.dir, name), mode)
    },
  } as SecretsHarness
  beforeEach(async () => {
    Object.assign(h, { dir: await mkdtemp(join(tmpdir(), 'nexus-secrets-')), env: { KEY: value, PATH: process.env['PATH'] }, notes: [], time: 0 })
    h.make()
  })
  afterEach(async () => {
    h.secrets.close()
    await rm(h.dir, { recursive: true, force: true })
  })
  return h
}
