import { failures } from 'nexus-gateway/sdk'
import type { ErrorTable } from 'nexus-gateway/sdk'

export const externalContentErrors = {
  NEXUS_EXTERNAL_CONTENT_SECRET: { text: 'plugin "external-content": its secret in the store cannot be used', fix: 'Delete the document `secret` of the collection `external-content` in the state directory; a new one is made at the next start.' },
} as const satisfies ErrorTable

export const fail = failures(externalContentErrors)
