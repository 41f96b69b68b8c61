/** Boundaries that stay the same for an entry of a transcript, made with a secret of this installation. */
import { createHmac, randomBytes } from 'node:crypto'
import { definePlugin, NexusError } from 'nexus-gateway/sdk'
import { Store } from '../store/contract.ts'
import type { Documents } from '../store/contract.ts'
import { externalContent, externalContentErrors, wrapExternal } from './contract.ts'
import type { ExternalContentApi } from './contract.ts'
import { fail } from './errors.ts'

export default definePlugin({
  ...externalContent,
  errors: externalContentErrors,
  requires: { store: Store },
  async setup(ctx) {
    const secret = await secretIn(ctx.deps.store.documents<unknown>('external-content'))
    const boundary: ExternalContentApi['boundary'] = (entryId) => createHmac('sha256', secret).update(entryId).digest('hex').slice(0, 32)
    return { provides: { external: { boundary, wrap: (text, about, entryId) => wrapExternal(text, about, boundary(entryId)) } } }
  },
})

/** Made once and kept: with another one every prompt would differ from what providers have cached. */
async function secretIn(documents: Documents<unknown>): Promise<Buffer> {
  const found = await documents.get('secret')
  if (found) return bytesOf(found.value)
  const made = randomBytes(32)
  try {
    await documents.put('secret', made.toString('base64'), { revision: 0 })
    return made
  } catch (error) {
    // Another generation of this plugin was first.
    if (error instanceof NexusError && error.code === 'NEXUS_STORE_CONFLICT') return secretIn(documents)
    throw error
  }
}

function bytesOf(value: unknown): Buffer {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'base64') : Buffer.alloc(0)
  if (bytes.length !== 32) throw fail('NEXUS_EXTERNAL_CONTENT_SECRET')
  return bytes
}
