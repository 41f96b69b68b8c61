/** A vault in a directory of the test's own. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterEach, beforeEach, expect } from 'vitest'
import { createCipher } from '../../plugins/secrets/cipher.ts'
import { fileKeys } from '../../plugins/secrets/keys.ts'
import { createVault, type Vault, type VaultOptions } from '../../plugins/secrets/vault.ts'

export const cipher = createCipher()

export interface VaultHarness {
  dir: string
  /** What rotations that could not be ended failed with. */
  unfinished: unknown[]
  /** Another one on the same directory, as after a restart. */
  vault(more?: Partial<VaultOptions>): Vault
  readonly key: string
  readonly store: string
}

export function vaultHarness(): VaultHarness {
  const h: VaultHarness = {
    dir: '', unfinished: [],
    vault: (more = {}) => createVault({ dir: h.dir, cipher, findKeys: async (file) => fileKeys(file), now: () => 5, onUnfinished: (error) => h.unfinished.push(error), ...more }),
    get key() { return join(h.dir, 'key') },
    get store() { return join(h.dir, 'store.age') },
  }
  beforeEach(async () => {
    h.dir = await mkdtemp(join(tmpdir(), 'nexus-vault-'))
    h.unfinished = []
  })
  afterEach(() => rm(h.dir, { recursive: true, force: true }))
  return h
}

/** Everything that can be asked of a vault with a secret `a` in it. */
export const everything: readonly ((vault: Vault) => Promise<unknown>)[] = [
  (vault) => vault.get('a'), (vault) => vault.list(), (vault) => vault.set('b', 'x'), (vault) => vault.remove('a'), (vault) => vault.rotate(),
]

/** The code of what `work` rejects with, which has neither a key nor a value in it. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(() => { throw new Error('it should have failed') }, (thrown: unknown) => thrown)
  expect(inspect(error, { depth: 9 })).not.toMatch(/AGE-SECRET-KEY-1|age-secret-key-1|a value/)
  return (error as { code?: string }).code ?? String(error)
}
